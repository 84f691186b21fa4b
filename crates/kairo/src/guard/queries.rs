//! The SQL of the guard.

use jiff::Timestamp;
use jiff::civil::Date;
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

    /// What somebody used on a day.
    DayRow {
        /// The day, UTC.
        day: Date,
        /// Calls to a model.
        calls: i32,
        /// Those of them that the small one answered.
        small: i32,
    }

    /// What somebody used this month.
    MonthRow {
        /// Thoughts that a model read.
        captures: i32,
        /// Calls by API tokens.
        chats: i32,
        /// Thoughts that a kept answer served.
        hits: i32,
    }

    /// What today's calls hold of the ceiling.
    SpendRow {
        /// The day, UTC.
        day: Date,
        /// Held, in nano-dollars.
        spent_nano: i64,
        /// What a day may cost.
        ceiling_nano: i64,
        /// When 70 % of it were given out.
        alarmed_at: Option<Timestamp>,
        /// When a call was first refused for want of money.
        stopped_at: Option<Timestamp>,
        /// The database's time.
        counted_at: Timestamp,
    }

    /// What everybody's last 24 hours came to, and how it stands now.
    OverviewRow {
        /// Thoughts that a model read.
        captures: i64,
        /// Calls by API tokens.
        chats: i64,
        /// Calls that the small model answered.
        small: i64,
        /// Thoughts that a kept answer served.
        hits: i64,
        /// Credits.
        credits: i64,
        /// People whom the small model answers until the hour is over.
        downshifted: i64,
        /// Calls that nobody has ended yet.
        under_way: i64,
    }

    /// Attempts at a model that came to the same.
    CallsRow {
        /// The model.
        model: String,
        /// What they came to.
        outcome: String,
        /// How many.
        calls: i64,
        /// Tokens of their prompts.
        tokens_in: i64,
        /// Tokens of their answers.
        tokens_out: i64,
        /// What they cost, in nano-dollars.
        cost_nano: i64,
    }

    /// What somebody's last 24 hours came to.
    PersonRow {
        /// Who.
        user_id: Uuid,
        /// Credits.
        credits: i64,
        /// Calls that the small model answered.
        small: i64,
        /// Thoughts that a kept answer served.
        hits: i64,
        /// What the calls cost, in nano-dollars.
        cost_nano: i64,
        /// Whether the small model answers until the hour is over.
        downshifted: bool,
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
        sessions: Vec<String>, keys: Vec<Uuid>, costs: Vec<i32>,
        tasks: Vec<&'static str>, nanos: Vec<i64>,
    } -> AnswerRow = "
        SELECT ord, verdict, reservation, state, small, subject, plan, month_used, month_cap,
               month_end, hour_used, hour_cap, hour_end, burst_at, counted_at
          FROM guard.reserve_batch($1, $2, $3, $4, $5)";

    /// Where the caller stands, for the meter; decides nothing.
    App MyStanding {} -> AnswerRow = "
        SELECT ord, verdict, reservation, state, small, subject, plan, month_used, month_cap,
               month_end, hour_used, hour_cap, hour_end, burst_at, counted_at
          FROM guard.standing()";

    /// What the caller used on each of the last days, today among them, whether there was anything
    /// or not.
    App MyDays { days: i32 } -> DayRow = "
        SELECT d.day, coalesce(u.calls, 0)::integer AS calls, coalesce(u.small, 0)::integer AS small
          FROM (SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date - n AS day
                  FROM generate_series(0, $1 - 1) n) d
          LEFT JOIN (SELECT (h.hour AT TIME ZONE 'UTC')::date AS day,
                            sum(h.captures + h.chats) AS calls, sum(h.small) AS small
                       FROM guard.usage_hours h
                      WHERE h.hour > statement_timestamp() - make_interval(days => $1)
                      GROUP BY 1) u ON u.day = d.day
         ORDER BY d.day";

    /// What the caller used this month.
    App MyMonth {} -> MonthRow = "
        SELECT coalesce(sum(captures), 0)::integer AS captures,
               coalesce(sum(chats), 0)::integer AS chats, coalesce(sum(hits), 0)::integer AS hits
          FROM guard.usage_hours
         WHERE hour >= date_trunc('month', statement_timestamp(), 'UTC')";

    /// What today's calls hold of the ceiling.
    Worker Spend {} -> SpendRow = "
        SELECT day, spent_nano, ceiling_nano, alarmed_at, stopped_at, counted_at
          FROM guard.spend()";

    /// What everybody's last 24 hours came to.
    Worker Overview {} -> OverviewRow = "
        SELECT captures, chats, small, hits, credits, downshifted, under_way
          FROM guard.overview()";

    /// Attempts of the last 24 hours, by model and outcome.
    Worker OverviewCalls {} -> CallsRow = "
        SELECT model, outcome, calls, tokens_in, tokens_out, cost_nano
          FROM guard.overview_calls()";

    /// Who used most in the last 24 hours.
    Worker OverviewPeople { limit: i32 } -> PersonRow = "
        SELECT user_id, credits, small, hits, cost_nano, downshifted
          FROM guard.overview_people($1)";

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
    Worker GuardPurge { rows: i32 } -> Count = "SELECT guard.purge($1) AS count";

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
