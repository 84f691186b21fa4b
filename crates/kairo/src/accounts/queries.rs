//! The SQL of accounts.

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::Nothing;

crate::rows! {
    /// The caller with what every page needs: settings and a wrapped key.
    WhoAmIRow {
        /// The account.
        user_id: Uuid,
        /// The session.
        session_id: Uuid,
        /// `web`, `key` or `job`.
        kind: String,
        /// `read`, `write`.
        scopes: Vec<String>,
        /// The account's address.
        email_norm: String,
        /// IANA name.
        time_zone: String,
        /// ISO weekday.
        week_start: i16,
        /// Whether 3/4 is the third of April.
        day_first: bool,
        /// Whether a single letter is a shortcut.
        single_keys: bool,
        /// Version of the settings.
        version: i32,
        /// Whether the last sight is more than five minutes old.
        touch_due: bool,
        /// Id of a data key; none where every key was shredded.
        key_id: Option<Uuid>,
        /// The root key that wrapped it.
        root_key_id: Option<String>,
        /// The wrapped bytes.
        wrapped: Option<Vec<u8>>,
    }

    /// One live session or API token of the caller.
    SessionRow {
        /// Public id.
        id: Uuid,
        /// `web` or `key`.
        kind: String,
        /// Device of a browser.
        device: Option<String>,
        /// Sealed name of an API token.
        name_sealed: Option<Vec<u8>>,
        /// `read`, `write`.
        scopes: Vec<String>,
        /// `link`, `code` or `host`.
        method: String,
        /// Begin.
        created_at: Timestamp,
        /// Last sight, to five minutes.
        last_seen_at: Timestamp,
        /// End, if it has one.
        expires_at: Option<Timestamp>,
        /// Whether it is the session that asks.
        this: bool,
    }

    /// A number of rows that a function changed.
    Changed {
        /// How many.
        changed: i32,
    }

    /// The new version of a row that changed.
    NewVersion {
        /// Version.
        version: i32,
    }

    /// Whether a source may ask.
    SourceWait {
        /// Which request.
        nth: i32,
        /// Seconds until it may; 0 where it may now; nothing where it has to ask alone.
        wait_s: Option<i32>,
    }

    /// What asking for a proof came to.
    ProofBegun {
        /// `sent`, `too_soon` or `busy`.
        outcome: String,
    }

    /// What redeeming a proof came to.
    ProofRedeemed {
        /// `signed_in`, `wrong_code`, `other_browser` or `spent`.
        outcome: String,
        /// Tries that are left for this code.
        tries_left: Option<i32>,
        /// The account, when signed in.
        user_id: Option<Uuid>,
    }
}

crate::queries! {
    /// Who the caller is, a row for each data key, the one that seals first; no row where the
    /// session is not live. Nearly every batch begins with it, so it says the identity, too, and
    /// saves a statement. The sub-select hangs on no row, so it is a condition on all that follows
    /// and is evaluated first; and whoever looked before it would be nobody.
    App WhoAmI {} -> WhoAmIRow, introduces = "
        SELECT user_id, session_id, kind, scopes, email_norm, time_zone, week_start, day_first,
               single_keys, version,
               last_seen_at <= statement_timestamp() - interval '5 minutes' AS touch_due,
               key_id, root_key_id, wrapped
          FROM authn.my_account
         WHERE (SELECT set_config('kairo.session', $1, true)) IS NOT NULL
         ORDER BY key_created_at DESC, key_id DESC";

    /// The caller's live sessions and API tokens.
    App SessionList {} -> SessionRow = "
        SELECT id, kind, device, name_sealed, scopes, method, created_at, last_seen_at, expires_at,
               this
          FROM authn.session_list()";

    /// Writes that the session was seen.
    App SessionTouch { every_s: i64, idle_s: i64 } -> Changed = "
        SELECT authn.session_touch($1, $2) AS changed";

    /// Ends one session or token of the caller; the caller's own without an id.
    App SessionRevoke { id: Option<Uuid> } -> Changed = "
        SELECT authn.session_revoke($1) AS changed";

    /// Signs out everywhere.
    App SessionRevokeAll { keys: bool } -> Changed = "
        SELECT authn.session_revoke_all($1) AS changed";

    /// Changes how words are read.
    App SettingsUpdate {
        user_id: Uuid, time_zone: String, week_start: i16, day_first: bool, single_keys: bool,
        version: i32,
    } -> NewVersion = "
        UPDATE app.settings
           SET time_zone = $2, week_start = $3, day_first = $4, single_keys = $5,
               version = version + 1
         WHERE user_id = $1 AND version = $6
        RETURNING version";

    /// Counts requests in the buckets of their sources, where all of one's have room.
    Login SourcesPass {
        bucket: &'static str, nths: Vec<i32>, digests: Vec<Vec<u8>>, wide: Vec<bool>,
    } -> SourceWait = "
        SELECT nth, wait_s FROM authn.sources_pass($1, $2, $3, $4)";

    /// Removes the digests of sources that have not asked for an hour.
    Worker SourcesPurge {} -> Changed = "
        SELECT authn.sources_purge() AS changed";

    /// Counts the mail, and keeps the digests of a link and a code with the letter that holds them.
    Login ProofAsk {
        id: Uuid, email: String, sources: Vec<Vec<u8>>, earlier_binding_hash: Option<Vec<u8>>,
        link_hash: Vec<u8>, binding_hash: Vec<u8>, code_mac: Vec<u8>,
        letter: Uuid, sealed: Vec<u8>, address_macs: Vec<Vec<u8>>,
    } -> ProofBegun = "
        SELECT authn.proof_ask($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS outcome";

    /// Spends a proof and begins a session.
    Login ProofRedeem {
        link_hash: Option<Vec<u8>>, binding_hash: Option<Vec<u8>>, code_mac: Option<Vec<u8>>,
        new_user: Uuid, new_key: Uuid, root_key_id: String, wrapped: Vec<u8>,
        zone: String, session: Uuid, token_hash: Vec<u8>, device: String,
    } -> ProofRedeemed = "
        SELECT outcome, tries_left, user_id
          FROM authn.proof_redeem($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// Answers at once; tells whether the database serves this role.
    App Ping {} -> Nothing = "SELECT";
}

/// The verbs of the host, run by the migrating user as `kairo_auth`; not in the registry, because
/// no runtime role may run them.
pub mod host {
    /// Finds or makes the account of an address.
    pub const USER_ENSURE: &str = "
        SELECT authn.user_ensure($1, $2, $3, $4, $5, $6) AS user_id";
    /// The wrapped keys of one account, newest first.
    pub const USER_KEYS: &str = "
        SELECT id, root_key_id, wrapped FROM app.data_keys
         WHERE user_id = $1 AND wrapped IS NOT NULL ORDER BY created_at DESC, id DESC";
    /// Makes an API token.
    pub const KEY_CREATE: &str = "
        SELECT authn.key_create($1, $2, $3, $4, $5, $6, $7, $8) AS made";
    /// Keeps the fingerprint of the key ring, once.
    pub const RING_KEEP: &str = "
        INSERT INTO app.key_ring (fingerprint) VALUES ($1) ON CONFLICT (one) DO NOTHING";
    /// The fingerprint that the database is sealed with.
    pub const RING_FINGERPRINT: &str = "SELECT fingerprint FROM app.key_ring";
}
