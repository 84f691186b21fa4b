//! The SQL of claims.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

crate::rows! {
    /// The newest evidence of a check.
    NewestRow {
        /// The check.
        check_id: String,
        /// Its version then.
        check_version: i32,
        /// SHA-256 of the program that ran it.
        program: Vec<u8>,
        /// When.
        observed_at: Timestamp,
        /// How long it counts.
        expires_at: Timestamp,
        /// Since when runs have come to the same.
        since: Timestamp,
        /// `pass`, `fail` or `inconclusive`.
        outcome: String,
        /// How many there are.
        population: i32,
        /// How many were tested.
        tested: i32,
        /// How many did not hold.
        violations: i32,
        /// Why it could not tell.
        reason: String,
    }

    /// What a person said.
    StatementRow {
        /// `attestation` or `exception`.
        kind: String,
        /// The claim.
        claim_id: String,
        /// What it is about.
        source: String,
        /// Whose word.
        owner: String,
        /// Why.
        reason: String,
        /// When.
        made_at: Timestamp,
        /// Until when.
        until: Timestamp,
    }

    /// The runs of a day that came to the same.
    DayRow {
        /// The check.
        check_id: String,
        /// The day, UTC.
        day: Date,
        /// What they came to.
        outcome: String,
        /// How many.
        runs: i64,
    }

    /// The database's present.
    NowRow {
        /// It.
        now: Timestamp,
    }

    /// A number in a chain.
    SeqRow {
        /// It.
        seq: i64,
    }

    /// A link of the chain.
    LinkRow {
        /// Its number.
        seq: i64,
        /// What its hash covers, with the hash before it.
        said: String,
        /// The hash before it.
        prev_hash: Vec<u8>,
        /// Its hash.
        hash: Vec<u8>,
    }

    /// The end of a chain.
    EndRow {
        /// The last link.
        seq: i64,
        /// Its hash.
        hash: Vec<u8>,
    }

    /// A signed root.
    RootRow {
        /// The day, UTC.
        day: Date,
        /// The last link.
        seq: i64,
        /// Its hash.
        hash: Vec<u8>,
        /// The public key.
        signer: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
        /// When.
        signed_at: Timestamp,
    }

    /// Whether something was kept.
    KeptRow {
        /// Whether.
        kept: bool,
    }
}

crate::queries! {
    /// The newest evidence of some checks.
    App EvidenceNewest { env: String, checks: Vec<String> } -> NewestRow = "
        SELECT check_id, check_version, program, observed_at, expires_at, since, outcome,
               population, tested, violations, reason
          FROM trust.newest($1, $2)";

    /// What people vouch for.
    App StatementsMade {} -> StatementRow = "
        SELECT kind, claim_id, source, owner, reason, made_at, until FROM trust.statements_made()";

    /// The runs of some checks by day.
    App EvidenceDays { env: String, checks: Vec<String>, days: i32 } -> DayRow = "
        SELECT check_id, day, outcome, runs FROM trust.days($1, $2, $3)";

    /// The signed roots.
    App RootsKept { env: String, limit: i32 } -> RootRow = "
        SELECT day, seq, hash, signer, signature, signed_at FROM trust.roots_kept($1, $2)";

    /// The database's present.
    App Present {} -> NowRow = "SELECT statement_timestamp() AS now";

    /// Writes a run down.
    Worker EvidenceRecord {
        env: String, check: String, version: i32, catalogue: Vec<u8>, program: Vec<u8>,
        took_ms: i64, counts_s: i64, outcome: String, population: i32, tested: i32,
        violations: i32, reason: String, detail: Value,
    } -> SeqRow = "
        SELECT trust.record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS seq";

    /// The end of a chain.
    Worker EvidenceEnd { env: String } -> EndRow = "
        SELECT seq, hash FROM trust.chain_end($1)";

    /// Links of the chain after one of them.
    Worker EvidenceAfter { env: String, seq: i64, limit: i32 } -> LinkRow = "
        SELECT seq, said, prev_hash, hash FROM trust.after($1, $2, $3)";

    /// Keeps a signed root.
    Worker RootKeep {
        env: String, seq: i64, hash: Vec<u8>, signer: Vec<u8>, signature: Vec<u8>,
    } -> KeptRow = "
        SELECT trust.root_keep($1, $2, $3, $4, $5) AS kept";
}

/// The verbs of the host, run by the migrating user as `kairo_audit`, and of the runner's own
/// connection.
pub mod host {
    /// Begins what [`LEAD`] is asked in. It rests between two looks for as long as a check takes,
    /// which keeps nothing from being cleaned: it has no snapshot while it rests.
    pub const LEAD_BEGIN: &str =
        "BEGIN READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0";
    /// Asks to be the one node that runs checks; the transaction holds it, since behind a pooler
    /// it alone stays with one session of the server. The number is "claims".
    pub const LEAD: &str = "SELECT pg_try_advisory_xact_lock(109313567420787) AS leads";
    /// Ends it where another node leads.
    pub const LEAD_NOT: &str = "ROLLBACK";
    /// Whether the transaction is still there.
    pub const STILL_LEADS: &str = "SELECT";
    /// What a check found the last time, in full.
    pub const NEWEST_DETAIL: &str = "
        SELECT detail FROM trust.evidence
         WHERE env = 'production' AND check_id = $1 ORDER BY seq DESC LIMIT 1";
    /// Keeps a person's word.
    pub const STATEMENT_MAKE: &str = "
        INSERT INTO trust.statements (id, kind, claim_id, source, owner, reason, made_at, until)
        VALUES ($1, $2, $3, $4, $5, $6, statement_timestamp(), $7)";
}
