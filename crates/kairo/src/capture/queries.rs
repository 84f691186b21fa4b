//! The SQL of captures.

use jiff::Timestamp;
use jiff::civil::DateTime;
use uuid::Uuid;

use crate::db::Nothing;

crate::rows! {
    /// A capture as it is stored.
    CaptureRow {
        /// Its id.
        id: Uuid,
        /// Whose it is.
        user_id: Uuid,
        /// What was typed, sealed.
        text_sealed: Vec<u8>,
        /// `sure`, `likely` or `unsure`.
        confidence: String,
    }

    /// An earlier request with the same key.
    CaptureKeyRow {
        /// Keyed digest of what it asked for.
        request_mac: Vec<u8>,
        /// What it made.
        capture_id: Uuid,
    }

    /// Somebody whose deleted items are due.
    DuePerson {
        /// The account.
        user_id: Uuid,
        /// What was deleted before is due, by the database's clock.
        cutoff: Timestamp,
    }

    /// Dead sessions.
    SessionsPurged {
        /// How many were removed.
        removed: i32,
    }

    /// Whether a job may begin.
    JobBegun {
        /// False where the account is suspended or gone.
        begun: bool,
    }
}

crate::queries! {
    /// Keeps what was typed.
    App CaptureInsert {
        id: Uuid, user_id: Uuid, text_sealed: Vec<u8>, reader_version: String, confidence: String,
        reference_local: DateTime, zone: String,
    } -> Nothing = "
        INSERT INTO app.captures (id, user_id, text_sealed, reader_version, confidence,
                                  reference_local, zone)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// Keeps that a key was used.
    App CaptureKeyInsert {
        user_id: Uuid, key_hash: Vec<u8>, request_mac: Vec<u8>, capture_id: Uuid,
    } -> Nothing = "
        INSERT INTO app.capture_keys (user_id, key_hash, request_mac, capture_id)
        VALUES ($1, $2, $3, $4)";

    /// What a key was used for.
    App CaptureByKey { key_hash: Vec<u8> } -> CaptureKeyRow = "
        SELECT request_mac, capture_id FROM app.capture_keys WHERE key_hash = $1";

    /// One capture.
    App CaptureFind { id: Uuid } -> CaptureRow = "
        SELECT id, user_id, text_sealed, confidence FROM app.captures WHERE id = $1";

    /// The capture that an item came from.
    App CaptureOfItem { item_id: Uuid } -> CaptureRow = "
        SELECT c.id, c.user_id, c.text_sealed, c.confidence
          FROM app.items i
          JOIN app.captures c ON c.user_id = i.user_id AND c.id = i.capture_id
         WHERE i.id = $1";

    /// Whose deleted items are due.
    Worker PurgeDue { after_s: i64, limit: i32 } -> DuePerson = "
        SELECT user_id, cutoff FROM authn.purge_due($1, $2)";

    /// Removes sessions that ended long ago.
    Worker SessionsPurge {} -> SessionsPurged = "
        SELECT authn.sessions_purge() AS removed";

    /// Begins a job's session for one person.
    Worker JobBegin {
        user_id: Uuid, purpose: String, session: Uuid, token_hash: Vec<u8>,
    } -> JobBegun = "
        SELECT authn.job_session($1, $2, $3, $4) AS begun";

    /// What hangs on items that are due.
    Worker OccurrencesPurge { cutoff: Timestamp } -> Nothing = "
        DELETE FROM app.item_occurrences o USING app.items i
         WHERE i.user_id = o.user_id AND i.id = o.item_id
           AND i.deleted_at < $1";

    /// Likewise.
    Worker RevisionsPurge { cutoff: Timestamp } -> Nothing = "
        DELETE FROM app.item_revisions r USING app.items i
         WHERE i.user_id = r.user_id AND i.id = r.item_id
           AND i.deleted_at < $1";

    /// Items that are due.
    Worker ItemsPurge { cutoff: Timestamp } -> Nothing = "
        DELETE FROM app.items
         WHERE deleted_at < $1";

    /// Keys of captures of which no item is left.
    Worker CaptureKeysPurge { cutoff: Timestamp } -> Nothing = "
        DELETE FROM app.capture_keys k
         WHERE k.created_at < $1
           AND NOT EXISTS (SELECT FROM app.items i
                            WHERE i.user_id = k.user_id AND i.capture_id = k.capture_id)";

    /// Captures of which no item is left.
    Worker CapturesPurge { cutoff: Timestamp } -> Nothing = "
        DELETE FROM app.captures c
         WHERE c.created_at < $1
           AND NOT EXISTS (SELECT FROM app.items i
                            WHERE i.user_id = c.user_id AND i.capture_id = c.id)";
}
