//! The SQL of captures.

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
}
