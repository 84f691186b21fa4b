//! What may be done with quotas, the ledger and the budget, and with the shared buckets of source
//! addresses in front of them.
//!
//! The threats, besides those of the page above. A thief of `kairo_app` can use up the credits of
//! the session that it holds, and nobody else's; it can give nothing back. A thief of
//! `kairo_worker` can end calls that are open and change what plans give, until a node starts
//! again, and see by their ids who used most of the last day; it can neither reserve nor read
//! anybody's quota. It is told who used far more than usual, and can keep an operator from being
//! told: it can mark alerts as told, and send others words of its own to the webhook.

use super::super::actors::{APP, AUTH, GUARD, LOGIN, WORKER};
use super::Command::{Delete, Insert, Select, Update};
use super::Reach::{All, Own, OwnWrite, Those};
use super::{Function, Relation, function, right, some, table};

/// Tables of the guard.
pub(super) const RELATIONS: [Relation; 13] = [
    table(
        "authn.source_buckets",
        "digest",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            // A slot is given to another source, but never to another kind of bucket.
            some(AUTH, Update, &["digest", "minute_full_at", "hour_full_at"], All),
            right(AUTH, Delete, All),
        ],
    ),
    table(
        "app.model_answers",
        "id",
        &[
            right(APP, Select, Own("")),
            right(APP, Insert, OwnWrite("")),
            right(APP, Delete, OwnWrite("")),
            // What has expired is removed, whosever it was; its key and its text stay unread.
            some(AUTH, Select, &["id", "expires_at"], Those(&["a3", "b3", "c3"])),
            right(AUTH, Delete, Those(&["a3", "b3", "c3"])),
        ],
    ),
    table(
        "guard.plans",
        "plan",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            some(GUARD, Update, &["model", "month_cap", "hour_cap", "burst_at"], All),
        ],
    ),
    table(
        "guard.rules",
        "one",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            some(GUARD, Update, &["day_nano_max"], All),
        ],
    ),
    table(
        "guard.quotas",
        "user_id",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            // Never deleted, and never somebody else's: a counter that vanished would begin anew.
            some(
                GUARD,
                Update,
                &["month_start", "month_used", "hour_start", "hour_used", "downshift", "passes"],
                All,
            ),
        ],
    ),
    table(
        "guard.reservations",
        "id",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            // What has ended stays as it ended: a call is given back once.
            some(GUARD, Update, &["state"], Those(&["a1", "a4", "b1", "b4", "c1", "c4"])),
            right(GUARD, Delete, Those(&["a1", "a3", "a4", "b1", "b3", "b4", "c1", "c3", "c4"])),
        ],
    ),
    table(
        "guard.attempts",
        "reservation_id",
        &[
            // Never changed: a bill is compared with it.
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            right(GUARD, Delete, Those(&["a3", "b3", "c3"])),
        ],
    ),
    table(
        "guard.usage_hours",
        "user_id",
        &[
            right(APP, Select, Own("")),
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            some(
                GUARD,
                Update,
                &[
                    "captures",
                    "chats",
                    "small",
                    "hits",
                    "credits",
                    "tokens_in",
                    "tokens_out",
                    "cost_nano",
                ],
                All,
            ),
            // Ben's is of a hundred days ago.
            right(GUARD, Delete, Those(&["b0"])),
        ],
    ),
    table(
        "guard.days",
        "day",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            some(GUARD, Update, &["granted_nano", "alarmed_at", "stopped_at"], All),
        ],
    ),
    table(
        "guard.slices",
        "slot",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            some(GUARD, Update, &["left_nano"], All),
        ],
    ),
    table(
        "guard.watch_runs",
        "people",
        &[
            // Never changed: an hour that was compared stays so.
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            right(GUARD, Delete, Those(&["3"])),
        ],
    ),
    table(
        "guard.alerts",
        "id",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            // Where it went, and never what it says.
            some(GUARD, Update, &["logged_at", "letter_id", "message_id"], All),
            right(GUARD, Delete, Those(&["a3", "b3", "c3"])),
        ],
    ),
    table(
        "guard.messages",
        "id",
        &[
            right(GUARD, Select, All),
            right(GUARD, Insert, All),
            // Neither when it was made nor its end.
            some(
                GUARD,
                Update,
                &[
                    "state",
                    "body",
                    "attempts",
                    "next_attempt_at",
                    "lease_until",
                    "last_error",
                    "sent_at",
                ],
                All,
            ),
            right(GUARD, Delete, Those(&["a3", "b3", "c3"])),
        ],
    ),
];

const fn guard(signature: &'static str, granted: Option<super::Role>) -> Function {
    Function { signature, owner: GUARD, granted }
}

/// Functions of the guard.
pub(super) const FUNCTIONS: [Function; 36] = [
    // A thief can fill buckets of digests that it knows, and learns how full they are.
    function("authn.sources_pass(text,integer[],bytea[],boolean[])", Some(LOGIN)),
    function("authn.sources_purge()", Some(WORKER)),
    function("authn.answers_purge()", Some(WORKER)),
    // For whoever asks, by the session that the transaction holds, or by the digest of one.
    guard("guard.reserve(uuid,integer,text,bigint)", Some(APP)),
    guard("guard.reserve_batch(text[],uuid[],integer[],text[],bigint[])", Some(APP)),
    guard("guard.standing()", Some(APP)),
    // They name reservations, and end each once.
    guard("guard.settle(uuid[],bigint[],bigint[],bigint[])", Some(WORKER)),
    guard("guard.release(uuid)", Some(WORKER)),
    guard(
        concat!(
            "guard.log_attempts(uuid[],smallint[],text[],text[],smallint[],bigint[],bigint[],",
            "bigint[],text[])"
        ),
        Some(WORKER),
    ),
    guard("guard.sweep()", Some(WORKER)),
    guard("guard.drift()", Some(WORKER)),
    guard("guard.purge(integer)", Some(WORKER)),
    // Sums for the operator's page and for the meters; whose they are is an id.
    guard("guard.spend()", Some(WORKER)),
    guard("guard.overview()", Some(WORKER)),
    guard("guard.overview_calls()", Some(WORKER)),
    guard("guard.overview_people(integer)", Some(WORKER)),
    // From the configuration of a node that starts.
    guard("guard.plan_set(text,text,integer,integer,integer)", Some(WORKER)),
    guard("guard.rules_set(bigint)", Some(WORKER)),
    // From inside the others: whoever chose the clock would choose the window.
    guard("guard.reserve_at(uuid,text,uuid,integer,text,bigint,timestamp with time zone)", None),
    guard(
        "guard.reserve_batch_at(text[],uuid[],integer[],text[],bigint[],timestamp with time \
         zone)",
        None,
    ),
    // The watch: an hour is compared once, whoever asks.
    guard("guard.watch()", Some(WORKER)),
    guard("guard.notice()", Some(WORKER)),
    guard("guard.watch_at(timestamp with time zone)", None),
    guard("guard.notice_at(timestamp with time zone)", None),
    guard("guard.alarm_drift(integer)", Some(WORKER)),
    guard("guard.runs_newest(integer)", Some(WORKER)),
    // Who is told, and of what.
    guard("guard.alerts_waiting(text)", Some(WORKER)),
    guard("guard.alerts_newest(integer)", Some(WORKER)),
    guard("guard.alerts_logged(uuid[])", Some(WORKER)),
    guard("guard.alerts_mail(uuid[],uuid,bytea,bytea[])", Some(WORKER)),
    guard("guard.alerts_send(uuid[],uuid,text)", Some(WORKER)),
    guard("guard.message_claim()", Some(WORKER)),
    guard("guard.message_record(uuid,smallint,text,bigint)", Some(WORKER)),
    // From inside alerts_mail: a letter speaks of alerts that no other one speaks of.
    function("mail.alert_letter(uuid,bytea,bytea[])", Some(GUARD)),
    guard("guard.take(date,bigint)", None),
    guard("guard.give_back(date,bigint)", None),
];
