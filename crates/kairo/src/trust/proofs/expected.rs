//! What each role may do, written by hand from the threat model; whatever is not here is closed.
//!
//! **Invariant:** never copied from what a run or the catalogue shows. A line is added because
//! somebody needs it, and says for what; a reviewer asks what a thief of that role would have.
//!
//! The threats, in short. A thief of `kairo_app` (an injected statement) holds the session of the
//! request alone, and must see and change nothing of anybody else, nor make a row into somebody
//! else's. A read-only token must not write. A thief of `kairo_worker` must not reach what nobody
//! asked to delete, and read no mail but what is due. A thief of `kairo_login` must read nothing.
//! `kairo_support` and every role to come start with nothing. The tables' owner is bound by the
//! policies like everybody.

mod functions;
mod guard;

use super::actors::{APP, AUDIT, AUTH, Actor, GUARD, LOGIN, OWNER, Role, WORKER};
use functions::function;
pub use functions::{Function, functions};

/// How far a grant reaches, once it is there.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// Not to any row: no policy is for this role.
    Nothing,
    /// To every row, whoever asks.
    All,
    /// To rows of the person who asks; where there are figures, only to those whose label ends in
    /// one of them.
    Own(&'static str),
    /// As [`Reach::Own`], where the bearer may write.
    OwnWrite(&'static str),
    /// To one row, which is the person who asks.
    Myself,
    /// To the rows with these labels, whoever asks.
    Those(&'static [&'static str]),
}

/// A right: to whom, for which columns, to which rows.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// The role.
    pub role: Role,
    /// The command.
    pub command: Command,
    /// Columns; every one where there is none.
    pub columns: &'static [&'static str],
    /// Rows.
    pub reach: Reach,
}

/// A command that a grant is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// SELECT.
    Select,
    /// INSERT of a row of the asking person's own, and of somebody else's.
    Insert,
    /// UPDATE, column by column.
    Update,
    /// DELETE.
    Delete,
}

use Command::{Delete, Insert, Select, Update};
use Reach::{All, Myself, Own, OwnWrite, Those};

/// A table or view.
#[derive(Debug, Clone, Copy)]
pub struct Relation {
    /// Name with its schema.
    pub name: &'static str,
    /// The column whose value tells a row from another one.
    pub label: &'static str,
    /// Its owner, to whom every command is granted and, by FORCE, no row.
    pub owner: Option<Role>,
    /// What is not closed.
    pub rights: &'static [Right],
}

const fn right(role: Role, command: Command, reach: Reach) -> Right {
    Right { role, command, columns: &[], reach }
}

const fn some(
    role: Role,
    command: Command,
    columns: &'static [&'static str],
    reach: Reach,
) -> Right {
    Right { role, command, columns, reach }
}

const fn table(name: &'static str, label: &'static str, rights: &'static [Right]) -> Relation {
    Relation { name, label, owner: Some(OWNER), rights }
}

const READ_AND_APPEND: [Right; 2] = [right(AUDIT, Select, All), right(AUDIT, Insert, All)];

/// Every table and view.
pub fn relations() -> impl Iterator<Item = &'static Relation> {
    RELATIONS.iter().chain(&guard::RELATIONS)
}

const RELATIONS: [Relation; 24] = [
    table(
        "app.captures",
        "id",
        &[
            right(APP, Select, Own("")),
            right(APP, Insert, OwnWrite("")),
            // How far a second reading has come, and nothing else: what was typed stays as typed,
            // and is deleted by the purge alone.
            some(APP, Update, &["refine"], OwnWrite("")),
            right(WORKER, Select, Own("")),
            right(WORKER, Delete, OwnWrite("3")),
        ],
    ),
    table(
        "app.items",
        "id",
        &[
            right(APP, Select, Own("")),
            right(APP, Insert, OwnWrite("")),
            // Neither the person nor the capture: a row cannot change hands. Deleting is an UPDATE.
            some(
                APP,
                Update,
                &[
                    "kind",
                    "status",
                    "body_sealed",
                    "priority",
                    "start_local",
                    "end_local",
                    "all_day",
                    "role",
                    "zone",
                    "start_at",
                    "end_at",
                    "rrule",
                    "anchor",
                    "exdates",
                    "version",
                    "updated_at",
                    "done_at",
                    "deleted_at",
                ],
                OwnWrite(""),
            ),
            right(WORKER, Select, Own("")),
            // Thirty days after the deletion, not a day sooner.
            right(WORKER, Delete, OwnWrite("3")),
            // Whose deleted items are due; Ben has deleted nothing.
            some(AUTH, Select, &["user_id", "deleted_at"], Those(&["a0", "c0"])),
        ],
    ),
    table(
        "app.item_revisions",
        "id",
        &[
            right(APP, Select, Own("")),
            // Written and never changed, so that undo can be trusted.
            right(APP, Insert, OwnWrite("")),
            right(WORKER, Select, Own("")),
            right(WORKER, Delete, OwnWrite("3")),
        ],
    ),
    table(
        "app.item_occurrences",
        "id",
        &[
            right(APP, Select, Own("")),
            right(APP, Insert, OwnWrite("")),
            // Never changed in place: a row goes and comes again, by its whole tenant's key.
            right(APP, Delete, OwnWrite("")),
            right(WORKER, Select, Own("")),
            right(WORKER, Delete, OwnWrite("3")),
        ],
    ),
    table(
        "app.capture_keys",
        "key_hash",
        &[
            right(APP, Select, Own("")),
            right(APP, Insert, OwnWrite("")),
            right(WORKER, Select, Own("")),
            right(WORKER, Delete, OwnWrite("3")),
        ],
    ),
    table(
        "app.data_keys",
        "id",
        &[
            // People get their own by `authn.my_account`. Made with the account, and never
            // changed: a changed key would lose what it sealed.
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
        ],
    ),
    table(
        "app.settings",
        "user_id",
        &[
            right(APP, Select, Own("")),
            some(
                APP,
                Update,
                &["time_zone", "week_start", "day_first", "single_keys", "version"],
                OwnWrite(""),
            ),
            right(WORKER, Select, Own("")),
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            // Signing in tells the zone of somebody who has not chosen one; Ana has.
            some(AUTH, Update, &["time_zone"], Those(&["b0", "c0"])),
        ],
    ),
    table(
        "app.key_ring",
        "one",
        &[
            // A digest of public key ids, nobody's: `serve` compares it.
            right(APP, Select, All),
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
        ],
    ),
    table(
        "authn.users",
        "id",
        &[
            some(APP, Select, &["id", "email_norm", "plan", "created_at"], Own("")),
            some(WORKER, Select, &["id", "email_norm", "plan", "created_at"], Own("")),
            right(AUTH, Select, All),
            // Whose usual use stands in for a newcomer's.
            some(GUARD, Select, &["id", "plan"], All),
            right(AUTH, Insert, All),
            some(AUTH, Update, &["plan", "suspended_at", "suspended"], All),
        ],
    ),
    table(
        "authn.sessions",
        "id",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            some(
                AUTH,
                Update,
                &["last_seen_at", "idle_expires_at", "revoked_at", "revoke_reason"],
                All,
            ),
            // Dead for a day at least: a live session does not vanish, it is revoked.
            right(AUTH, Delete, Those(&["a8", "a9"])),
        ],
    ),
    table(
        "authn.proofs",
        "id",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            some(AUTH, Update, &["tries", "used_at", "superseded_at"], All),
            right(AUTH, Delete, All),
        ],
    ),
    table(
        "authn.proof_budgets",
        "email_norm",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            some(AUTH, Update, &["hour_start", "sent", "last_at"], All),
            right(AUTH, Delete, All),
        ],
    ),
    table(
        "authn.proof_address_budgets",
        "email_norm",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            some(AUTH, Update, &["hour_start", "sent"], All),
            right(AUTH, Delete, All),
        ],
    ),
    table(
        "mail.letters",
        "id",
        &[
            // Roles that sign in have functions, one a verb: the worker gets what is due, and
            // nobody leafs through the mail of others.
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            // Neither its purpose, its addressee nor its end: a letter is what it was made as.
            some(
                AUTH,
                Update,
                &[
                    "state",
                    "sealed",
                    "attempts",
                    "next_attempt_at",
                    "lease_until",
                    "last_error",
                    "provider_id",
                    "fate",
                    "sent_at",
                ],
                All,
            ),
            // What waits is ended first, which erases it; a letter does not vanish.
            right(AUTH, Delete, Those(&["a2", "a3", "b2", "b3", "c2", "c3"])),
        ],
    ),
    table(
        "mail.suppressions",
        "address_mac",
        &[
            // Never changed: shut off by an event, and released by the host.
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            right(AUTH, Delete, All),
        ],
    ),
    table(
        "mail.events",
        "event_hash",
        &[
            right(AUTH, Select, All),
            right(AUTH, Insert, All),
            // An event that was forgotten could be told again.
            right(AUTH, Delete, Those(&["a3", "b3", "c3"])),
        ],
    ),
    // What a live session is. Nobody but its owner sees it; `me` and functions stand on it.
    Relation {
        name: "authn.live",
        label: "id",
        owner: None,
        rights: &[
            right(AUTH, Select, Those(&["a1", "a2", "a3", "a4", "b1"])),
            right(GUARD, Select, Those(&["a1", "a2", "a3", "a4", "b1"])),
        ],
    },
    // Who asks: one row, or none.
    Relation {
        name: "authn.me",
        label: "user_id",
        owner: None,
        rights: &[
            right(APP, Select, Myself),
            right(WORKER, Select, Myself),
            right(AUTH, Select, Myself),
            right(GUARD, Select, Myself),
        ],
    },
    // The same person's id alone, for policies.
    Relation {
        name: "authn.caller",
        label: "user_id",
        owner: None,
        rights: &[
            right(APP, Select, Myself),
            right(WORKER, Select, Myself),
            right(AUTH, Select, Myself),
        ],
    },
    // Who asks, with settings and wrapped keys: a row for each key, or none.
    Relation {
        name: "authn.my_account",
        label: "user_id",
        owner: None,
        rights: &[right(APP, Select, Myself), right(AUTH, Select, Myself)],
    },
    // The record of checks: its functions read and insert, and nobody changes or deletes a row.
    table("trust.evidence", "check_id", &READ_AND_APPEND),
    table("trust.roots", "env", &READ_AND_APPEND),
    table("trust.statements", "id", &READ_AND_APPEND),
    // Names and digests of steps: `serve` compares them with its own.
    Relation {
        name: "ops.migrations",
        label: "name",
        owner: None,
        rights: &[right(WORKER, Select, All)],
    },
];

/// A right to a schema.
#[derive(Debug, Clone, Copy)]
pub struct SchemaRight {
    /// The schema.
    pub schema: &'static str,
    /// Who may enter it.
    pub enter: &'static [Role],
    /// Who may make objects in it.
    pub create: &'static [Role],
}

/// Every schema.
pub const SCHEMAS: [SchemaRight; 7] = [
    SchemaRight { schema: "app", enter: &[OWNER, AUTH, APP, WORKER], create: &[OWNER] },
    SchemaRight {
        schema: "authn",
        enter: &[OWNER, AUTH, GUARD, APP, LOGIN, WORKER],
        // Its views and functions are made as kairo_auth; nobody signs in as either.
        create: &[OWNER, AUTH],
    },
    // Functions of kairo_auth; tables that no role which signs in may touch.
    SchemaRight { schema: "mail", enter: &[OWNER, AUTH, GUARD, WORKER], create: &[OWNER, AUTH] },
    SchemaRight { schema: "guard", enter: &[OWNER, GUARD, APP, WORKER], create: &[OWNER, GUARD] },
    SchemaRight { schema: "ops", enter: &[WORKER], create: &[] },
    SchemaRight {
        schema: "trust",
        enter: &[OWNER, AUDIT, APP, WORKER],
        // As of authn: its functions are made as kairo_audit.
        create: &[OWNER, AUDIT],
    },
    SchemaRight { schema: "public", enter: &[], create: &[] },
];

/// What a definer function gives to each actor, in a column of text.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The role that calls.
    pub role: Role,
    /// The statement, from [`super::matrix`]'s queries.
    pub sql: &'static str,
    /// The labels or values that this actor must get.
    pub gives: fn(&Actor) -> &'static [&'static str],
}
