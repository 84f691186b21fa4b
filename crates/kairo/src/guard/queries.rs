//! The SQL of the guard.

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Nothing;

crate::rows! {
    /// What the guard answered to one request.
    AnswerRow {
        /// Its place in a batch, from 1.
        ord: Option<i32>,
        /// What was decided.
        verdict: String,
        /// The reservation, where it was granted.
        reservation: Option<Uuid>,
        /// What became of the call whose key was used before.
        state: Option<String>,
        /// Whether the small model answers.
        small: Option<bool>,
        /// Whose session it is.
        subject: Option<Uuid>,
        /// Their plan.
        plan: Option<String>,
        /// Credits used this month.
        month_used: Option<i32>,
        /// Credits of a month.
        month_cap: Option<i32>,
        /// When the next month begins.
        month_end: Option<Timestamp>,
        /// Credits used this hour.
        hour_used: Option<i32>,
        /// Credits of an hour.
        hour_cap: Option<i32>,
        /// When the next hour begins.
        hour_end: Option<Timestamp>,
        /// Past how many credits in an hour the small model answers.
        burst_at: Option<i32>,
        /// The database's time of the decision.
        counted_at: Option<Timestamp>,
    }

    /// A number of rows.
    Count {
        /// How many.
        count: i32,
    }

    /// Whether a reservation was given back.
    Released {
        /// False where it had ended already.
        released: bool,
    }

    /// A counter that is not the sum of the ledger.
    DriftRow {
        /// Whose.
        user_id: Uuid,
        /// `month` or `hour`.
        bucket: String,
        /// What the counter says.
        used: i32,
        /// What the ledger says.
        ledger: i32,
    }
}

crate::queries! {
    /// Decides and charges for the caller.
    App Reserve { key: Uuid, cost: i32, task: String, nano_max: i64 } -> AnswerRow = "
        SELECT ord, verdict, reservation, state, small, subject, plan, month_used, month_cap,
               month_end, hour_used, hour_cap, hour_end, burst_at, counted_at
          FROM guard.reserve($1, $2, $3, $4)";

    /// Decides and charges for several, each by the digest of their own session.
    App ReserveBatch {
        bearers: Vec<&'static str>, digests: Vec<String>, keys: Vec<Uuid>, costs: Vec<i32>,
        tasks: Vec<&'static str>, nanos: Vec<i64>,
    } -> AnswerRow = "
        SELECT ord, verdict, reservation, state, small, subject, plan, month_used, month_cap,
               month_end, hour_used, hour_cap, hour_end, burst_at, counted_at
          FROM guard.reserve_batch($1, $2, $3, $4, $5, $6)";

    /// Where the caller stands, for the meter; decides nothing.
    App MyStanding {} -> AnswerRow = "
        SELECT ord, verdict, reservation, state, small, subject, plan, month_used, month_cap,
               month_end, hour_used, hour_cap, hour_end, burst_at, counted_at
          FROM guard.standing()";

    /// Ends calls that were made.
    #[derive(Clone)]
    Worker Settle {
        ids: Vec<Uuid>, nanos: Vec<i64>, tokens_in: Vec<i64>, tokens_out: Vec<i64>,
    } -> Count = "
        SELECT guard.settle($1, $2, $3, $4) AS count";

    /// Gives one back that the provider did no work for.
    #[derive(Clone)]
    Worker Release { id: Uuid } -> Released = "
        SELECT guard.release($1) AS released";

    /// Keeps what attempts at the provider came to.
    #[derive(Clone)]
    Worker LogAttempts {
        ids: Vec<Uuid>, attempts: Vec<i16>, models: Vec<String>, outcomes: Vec<&'static str>,
        statuses: Vec<Option<i16>>, tokens_in: Vec<i64>, tokens_out: Vec<i64>, nanos: Vec<i64>,
        channels: Vec<&'static str>,
    } -> Nothing = "
        SELECT FROM guard.log_attempts($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    /// Ends calls of which nobody said what became.
    Worker Sweep {} -> Count = "SELECT guard.sweep() AS count";

    /// Whose counter is not the sum of the ledger.
    Worker Drift {} -> DriftRow = "SELECT user_id, bucket, used, ledger FROM guard.drift()";

    /// Removes what is older than 90 days.
    Worker GuardPurge {} -> Count = "SELECT guard.purge() AS count";

    /// Writes what a plan gives.
    Worker PlanSet {
        plan: &'static str, model: &'static str, month_cap: i32, hour_cap: i32,
        burst_at: Option<i32>,
    } -> Nothing = "
        SELECT FROM guard.plan_set($1, $2, $3, $4, $5)";

    /// Writes what all calls of a day may cost.
    Worker RulesSet { day_nano_max: i64 } -> Nothing = "
        SELECT FROM guard.rules_set($1)";
}
