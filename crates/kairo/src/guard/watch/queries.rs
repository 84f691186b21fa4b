//! The SQL of the watch.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

crate::rows! {
    /// What an operator should know. Which figures there are depends on the kind.
    Alert {
        /// Id.
        id: Uuid,
        /// `usage`, `spend_alarm`, `spend_stop`, `drift` or `missed`.
        kind: String,
        /// Of whom it speaks, where it is somebody.
        user_id: Option<Uuid>,
        /// The day, UTC.
        day: Date,
        /// Credits of 24 hours.
        credits: Option<i64>,
        /// Credits that are usual in a day, in thousandths.
        usual_milli: Option<i64>,
        /// What that cost, or what was granted of the day's budget; nano-dollars.
        cost_nano: Option<i64>,
        /// What is usual, or the whole budget; nano-dollars.
        usual_nano: Option<i64>,
        /// How many counters, or hours.
        number: Option<i32>,
        /// Whose days are the usual ones: `own`, or those of others on the `plan`.
        basis: Option<String>,
        /// When it was made.
        created_at: Timestamp,
    }

    /// An hour that was compared.
    RunRow {
        /// The end of the 24 hours.
        hour: Timestamp,
        /// When.
        ran_at: Timestamp,
        /// How many people had used a model in them.
        people: i32,
        /// The database's time of asking.
        asked_at: Timestamp,
    }

    /// How long ago something was compared.
    Noticed {
        /// Seconds; `None` where nothing ever was.
        age_s: Option<i64>,
    }

    /// Whether something was kept.
    Kept {
        /// False where somebody else was first.
        kept: bool,
    }

    /// A number of rows.
    Logged {
        /// How many.
        count: i32,
    }

    /// A message that this node holds for one attempt.
    Message {
        /// Its id, the same for each attempt.
        id: Uuid,
        /// Its bytes, the same for each attempt.
        body: String,
        /// Which attempt it is, from 1.
        attempt: i16,
    }
}

crate::queries! {
    /// Makes alerts of what others noted.
    Worker Notice {} -> Noticed = "SELECT guard.notice() AS age_s";

    /// Makes an alert of counters that are not the sum of the ledger.
    Worker AlarmDrift { number: i32 } -> Kept = "SELECT guard.alarm_drift($1) AS kept";

    /// Alerts that did not go one way yet.
    Worker AlertsWaiting { way: &'static str } -> Alert = "
        SELECT id, kind, user_id, day, credits, usual_milli, cost_nano, usual_nano, number, basis,
               created_at
          FROM guard.alerts_waiting($1)";

    /// The newest alerts.
    Worker AlertsNewest { limit: i32 } -> Alert = "
        SELECT id, kind, user_id, day, credits, usual_milli, cost_nano, usual_nano, number, basis,
               created_at
          FROM guard.alerts_newest($1)";

    /// The newest hours that were compared.
    Worker RunsNewest { limit: i32 } -> RunRow = "
        SELECT hour, ran_at, people, statement_timestamp() AS asked_at
          FROM guard.runs_newest($1)";

    /// Says that alerts stand in a log.
    Worker AlertsLogged { ids: Vec<Uuid> } -> Logged = "SELECT guard.alerts_logged($1) AS count";

    /// Keeps a letter about alerts, and that it speaks of them.
    Worker AlertsMail {
        ids: Vec<Uuid>, letter: Uuid, sealed: Vec<u8>, address_macs: Vec<Vec<u8>>,
    } -> Kept = "
        SELECT guard.alerts_mail($1, $2, $3, $4) AS kept";

    /// Keeps a message about alerts, and that it speaks of them.
    Worker AlertsSend { ids: Vec<Uuid>, message: Uuid, body: String } -> Kept = "
        SELECT guard.alerts_send($1, $2, $3) AS kept";

    /// Takes messages that are due.
    Worker MessageClaim {} -> Message = "SELECT id, body, attempt FROM guard.message_claim()";

    /// Keeps what an attempt came to.
    #[derive(Clone)]
    Worker MessageRecord {
        id: Uuid, attempt: i16, error: Option<&'static str>, wait_ms: i64,
    } -> Kept = "
        SELECT guard.message_record($1, $2, $3, $4) AS kept";
}

/// The comparison, by a connection of its own: of a million people it takes longer than a door
/// waits.
pub mod alone {
    /// How long it may take.
    pub const PATIENCE: &str = "SET statement_timeout = '300s'";
    /// Compares one hour that is due; no row where there is none.
    pub const WATCH: &str = "SELECT hour::text AS hour, people, alerts FROM guard.watch()";
}
