//! What Kairo counts about itself, for an operator's Prometheus.
//!
//! Every series of the product is made by a function of this page, so that the names and labels can
//! be read in one place. Until a recorder is installed (`KAIRO_METRICS_LISTEN`) each is a no-op.
//!
//! **Invariant:** a label holds one of a few words that stand in the code, or a route's template:
//! no user, address, token, path as sent or word of a person's. So the number of series has a
//! bound, which nobody on the network can move (a test tries).
//! **Invariant:** nothing here decides anything; time is measured for show alone.

mod process;
mod recorder;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use metrics::{SharedString, counter, gauge, histogram};

pub use recorder::{AlreadyInstalled, Meters, PoolUse, Sample};

/// One series or family of series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Family {
    /// Name.
    pub name: &'static str,
    /// Whether it only grows, goes up and down, or holds how values are spread.
    pub kind: Kind,
    /// What it counts, for a person.
    pub help: &'static str,
}

/// What kind of numbers a family has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How values are spread over these upper bounds.
    Histogram(&'static [f64]),
}

const fn family(name: &'static str, kind: Kind, help: &'static str) -> Family {
    Family { name, kind, help }
}

/// Upper bounds for what a person waits for, in seconds; the last is `limits::REQUEST_MAX`.
const WAITS_S: Kind =
    Kind::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0]);
/// Upper bounds for the reader, in microseconds: it is to stay below 50 at the median and 1,000
/// nearly always.
const READINGS_US: Kind =
    Kind::Histogram(&[10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0]);

const REQUESTS: Family = family(
    "kairo_http_requests_total",
    Kind::Counter,
    "Answered requests by method, template of the route and class of the status",
);
const REQUEST_DURATION: Family = family(
    "kairo_http_request_duration_seconds",
    WAITS_S,
    "Time from a request's headers to its answer, by template of the route",
);
const THROTTLED: Family = family(
    "kairo_throttled_total",
    Kind::Counter,
    "Requests and connections that were refused for their number, by bound",
);
const BATCHES: Family = family(
    "kairo_db_batches_total",
    Kind::Counter,
    "Transactions by the role that ran them and what became of them",
);
const BATCH_DURATION: Family = family(
    "kairo_db_batch_duration_seconds",
    WAITS_S,
    "Time of a transaction, the wait for a connection included, by role",
);
const SIGN_INS: Family = family(
    "kairo_sign_in_asks_total",
    Kind::Counter,
    "Times that somebody asked for a sign-in mail, by what came of it",
);
const CAPTURES: Family =
    family("kairo_captures_total", Kind::Counter, "Thoughts that were kept for the first time");
const READING_DURATION: Family = family(
    "kairo_reading_duration_microseconds",
    READINGS_US,
    "Time that the reader took for one text",
);
const QUOTA_DRIFT: Family = family(
    "kairo_quota_drift",
    Kind::Gauge,
    "Counters of quotas that are not the sum of their ledger; more than none is a fault",
);
const MODEL_ANSWERS: Family = family(
    "kairo_model_answers_total",
    Kind::Counter,
    "Thoughts that were to be read a second time, by where the answer came from",
);
const CREDITS: Family = family(
    "kairo_credits_granted_total",
    Kind::Counter,
    "Credits of calls that were granted, by class of the model and by task",
);
const DOWNSHIFTED: Family = family(
    "kairo_downshifted_grants_total",
    Kind::Counter,
    "Calls that the small model got because its person had used much in the hour",
);
const CALL_REFUSALS: Family = family(
    "kairo_call_refusals_total",
    Kind::Counter,
    "Calls to a model that were not granted, by what refused them",
);
const MODEL_CALLS: Family = family(
    "kairo_model_calls_total",
    Kind::Counter,
    "Attempts at a provider, by class of the model and by what they came to",
);
const DAY_SPEND: Family = family(
    "kairo_day_spend_nanodollars",
    Kind::Gauge,
    "What today's calls hold of the ceiling, on all nodes together",
);
const DAY_CEILING: Family =
    family("kairo_day_ceiling_nanodollars", Kind::Gauge, "What all calls of a day may cost");

const LETTERS_WAITING: Family = family(
    "kairo_mail_waiting",
    Kind::Gauge,
    "Letters of all nodes that were not sent yet, as this one last saw them",
);

const ALERTS: Family = family(
    "kairo_alerts_total",
    Kind::Counter,
    "Alerts that this node wrote into its log, by kind",
);
const ALERT_MESSAGES: Family = family(
    "kairo_alert_messages_total",
    Kind::Counter,
    "Attempts at a message to the webhook for alerts, by what came of it",
);
const WATCH_AGE: Family = family(
    "kairo_watch_age_seconds",
    Kind::Gauge,
    "Time since the use of models was last compared, as of the last look; above 7,200 it is late",
);

/// Every family that functions of this page count, in the order of this page.
const COUNTED: [Family; 20] = [
    REQUESTS,
    REQUEST_DURATION,
    THROTTLED,
    BATCHES,
    BATCH_DURATION,
    SIGN_INS,
    CAPTURES,
    READING_DURATION,
    QUOTA_DRIFT,
    MODEL_ANSWERS,
    LETTERS_WAITING,
    CREDITS,
    DOWNSHIFTED,
    CALL_REFUSALS,
    MODEL_CALLS,
    DAY_SPEND,
    DAY_CEILING,
    ALERTS,
    ALERT_MESSAGES,
    WATCH_AGE,
];

/// Every family: those that are counted and those that are looked up when they are asked for.
pub fn families() -> impl Iterator<Item = Family> {
    COUNTED.into_iter().chain(recorder::SAMPLED)
}

/// A request was answered. `route` is its template, `method` one of the known ones.
pub fn answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let class = match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let route: SharedString = route.to_owned().into();
    let labels = [
        ("method", SharedString::from(method)),
        ("route", route.clone()),
        ("class", SharedString::from(class)),
    ];
    counter!(REQUESTS.name, &labels).increment(1);
    histogram!(REQUEST_DURATION.name, "route" => route).record(took.as_secs_f64());
}

/// What was refused for its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Requests of one source.
    Source,
    /// Sign-in posts of one source.
    SignIn,
    /// Posts of one source that may ask a model.
    Ai,
    /// Connections of one source.
    Connections,
}

/// What this process refused for its number since its start, so that the operator's page can say it
/// without a recorder.
static THROTTLED_HERE: [(Bound, &str, AtomicU64); 4] = [
    (Bound::Source, "source", AtomicU64::new(0)),
    (Bound::SignIn, "sign_in", AtomicU64::new(0)),
    (Bound::Ai, "ai", AtomicU64::new(0)),
    (Bound::Connections, "connections", AtomicU64::new(0)),
];

/// A request or connection was refused for its number.
pub fn throttled(bound: Bound) {
    let here = THROTTLED_HERE.iter().find(|(known, ..)| *known == bound);
    let Some((_, word, count)) = here else { return };
    count.fetch_add(1, Ordering::Relaxed);
    counter!(THROTTLED.name, "bound" => *word).increment(1);
}

/// How often this process refused something for its number since its start, by bound.
pub fn throttled_here() -> [(Bound, u64); 4] {
    THROTTLED_HERE.each_ref().map(|(bound, _, count)| (*bound, count.load(Ordering::Relaxed)))
}

/// A transaction ended; `outcome` is `done` or the kind of the error.
pub fn batch(role: &'static str, outcome: &'static str, since: Instant) {
    counter!(BATCHES.name, "role" => role, "outcome" => outcome).increment(1);
    histogram!(BATCH_DURATION.name, "role" => role).record(since.elapsed().as_secs_f64());
}

/// Somebody asked for a sign-in mail.
pub fn sign_in_asked(outcome: &'static str) {
    counter!(SIGN_INS.name, "outcome" => outcome).increment(1);
}

/// A thought was kept for the first time.
pub fn captured() {
    counter!(CAPTURES.name).increment(1);
}

/// Reads a text, and notes how long that took.
pub fn reading<T>(read: impl FnOnce() -> T) -> T {
    let since = Instant::now();
    let read = read();
    histogram!(READING_DURATION.name).record(since.elapsed().as_secs_f64() * 1e6);
    read
}

/// Counters of quotas were compared with the ledger.
pub fn quota_drift(found: usize) {
    gauge!(QUOTA_DRIFT.name).set(u32::try_from(found).unwrap_or(u32::MAX));
}

/// A thought was to be read a second time; the answer came from `cache`, from a `model`, or `none`
/// could be used.
pub fn model_answer(from: &'static str) {
    counter!(MODEL_ANSWERS.name, "from" => from).increment(1);
}

/// So many letters wait, in the whole queue.
pub fn letters_waiting(count: i32) {
    gauge!(LETTERS_WAITING.name).set(f64::from(count));
}

/// A call was granted for so many credits, to a model of a class (`normal`, `small`), for a task.
pub fn granted(class: &'static str, task: &'static str, credits: u32, downshifted: bool) {
    counter!(CREDITS.name, "class" => class, "task" => task).increment(u64::from(credits));
    if downshifted {
        counter!(DOWNSHIFTED.name).increment(1);
    }
}

/// A call was not granted; `why` is one of a few words of the guard's.
pub fn call_refused(why: &'static str) {
    counter!(CALL_REFUSALS.name, "why" => why).increment(1);
}

/// A provider was asked once.
pub fn model_called(class: &'static str, outcome: &'static str) {
    counter!(MODEL_CALLS.name, "class" => class, "outcome" => outcome).increment(1);
}

/// What today's calls hold of the ceiling, in nano-dollars.
pub fn day_spend(spent_nano: i64, ceiling_nano: i64) {
    // Past 2^53 nano-dollars, which are nine million dollars, the last digits are lost.
    let number = |nano: i64| Duration::from_secs(nano.max(0).unsigned_abs()).as_secs_f64();
    gauge!(DAY_SPEND.name).set(number(spent_nano));
    gauge!(DAY_CEILING.name).set(number(ceiling_nano));
}

/// An alert was written into the log; gives its kind as a word of this list.
pub fn alert(kind: &str) -> &'static str {
    const KINDS: [&str; 5] = ["usage", "spend_alarm", "spend_stop", "drift", "missed"];
    let kind = KINDS.into_iter().find(|it| *it == kind).unwrap_or("other");
    counter!(ALERTS.name, "kind" => kind).increment(1);
    kind
}

/// A message to the webhook was tried; `outcome` is `sent` or a cause.
pub fn alert_message(outcome: &'static str) {
    counter!(ALERT_MESSAGES.name, "outcome" => outcome).increment(1);
}

/// The use of models was last compared so many seconds ago.
pub fn watch_age(seconds: i64) {
    gauge!(WATCH_AGE.name).set(f64::from(u32::try_from(seconds).unwrap_or(0)));
}
