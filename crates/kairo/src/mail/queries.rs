//! The SQL of mail.

use uuid::Uuid;

crate::rows! {
    /// A letter that this node holds for one attempt.
    Claimed {
        /// The row.
        id: Uuid,
        /// The sealed letter.
        sealed: Vec<u8>,
        /// Which attempt it is, from 1.
        attempt: i16,
    }

    /// Whether what an attempt came to was kept.
    Recorded {
        /// False where the lease was lost.
        recorded: bool,
    }

    /// Whether what a provider told was kept.
    Noted {
        /// False where it was known.
        noted: bool,
    }

    /// How many letters wait.
    Waiting {
        /// Number.
        waiting: i32,
    }

    /// How many letters were removed.
    Removed {
        /// Number.
        removed: i32,
    }
}

crate::queries! {
    /// Takes letters that are due, and ends those that nobody should get any more.
    Worker MailClaim { limit: i32 } -> Claimed = "
        SELECT id, sealed, attempt FROM mail.claim($1)";

    /// Keeps what an attempt came to.
    #[derive(Clone)]
    Worker MailRecord {
        id: Uuid, attempt: i16, outcome: String, error: Option<String>,
        provider_id: Option<String>, wait_ms: i64,
    } -> Recorded = "
        SELECT mail.record($1, $2, $3, $4, $5, $6) AS recorded";

    /// Keeps what a provider told.
    Worker MailNote {
        event_hash: Vec<u8>, fate: String, provider_id: Option<String>,
        address_macs: Vec<Vec<u8>>,
    } -> Noted = "
        SELECT mail.note($1, $2, $3, $4) AS noted";

    /// Counts the letters that wait, those under way among them.
    Worker MailWaiting {} -> Waiting = "SELECT mail.waiting() AS waiting";

    /// Removes what ended long ago.
    Worker MailPurge {} -> Removed = "SELECT mail.purge() AS removed";
}

/// The verbs of the host, run by the migrating user as `kairo_auth`.
pub mod host {
    /// How many addresses get no more mail, by reason.
    pub const SUPPRESSED: &str = "
        SELECT reason, count(*) AS addresses, max(since) AS newest
          FROM mail.suppressions GROUP BY reason ORDER BY reason";
    /// Lets an address get mail again.
    pub const RELEASE: &str = "
        DELETE FROM mail.suppressions WHERE address_mac = ANY ($1) RETURNING reason";
}
