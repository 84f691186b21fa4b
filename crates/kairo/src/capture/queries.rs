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
        /// How far a second reading has come; one that nobody ended in its time has failed.
        refine: String,
    }

    /// An answer that is kept.
    AnswerRow {
        /// Its id, which it is sealed for.
        id: Uuid,
        /// The answer.
        answer_sealed: Vec<u8>,
    }

    /// A number of captures.
    CaptureCount {
        /// How many.
        count: i64,
    }

    /// The id of a row.
    IdRow {
        /// It.
        id: Uuid,
    }

    /// An earlier request with the same key.
    CaptureKeyRow {
        /// Keyed digest of what it asked for.
        request_mac: Vec<u8>,
        /// What it made.
        capture_id: Uuid,
        /// How far a second reading has come.
        refine: String,
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
        reference_local: DateTime, zone: String, refine: &'static str,
    } -> Nothing = "
        INSERT INTO app.captures (id, user_id, text_sealed, reader_version, confidence,
                                  reference_local, zone, refine)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    /// Notes how far the second reading has come.
    App CaptureRefined { id: Uuid, refine: &'static str } -> Nothing = "
        UPDATE app.captures SET refine = $2 WHERE id = $1";

    /// How many thoughts of the caller's were kept this month for which no model was asked.
    App ReadAlone {} -> CaptureCount = "
        SELECT count(*) AS count FROM app.captures
         WHERE refine = 'none' AND created_at >= date_trunc('month', statement_timestamp(), 'UTC')";

    /// The answers that are kept under a key, the normal model's first.
    App AnswerFind { key_mac: Vec<u8> } -> AnswerRow = "
        SELECT id, answer_sealed FROM app.model_answers
         WHERE key_mac = $1 AND expires_at > statement_timestamp() ORDER BY model LIMIT 1";

    /// Keeps an answer, in the place of one that has expired.
    App AnswerInsert {
        id: Uuid, user_id: Uuid, key_mac: Vec<u8>, model: &'static str, answer_sealed: Vec<u8>,
        kept_s: f64,
    } -> Nothing = "
        WITH old AS (
            DELETE FROM app.model_answers
             WHERE key_mac = $3 AND model = $4 AND expires_at <= statement_timestamp())
        INSERT INTO app.model_answers (id, user_id, key_mac, model, answer_sealed, expires_at)
        VALUES ($1, $2, $3, $4, $5, statement_timestamp() + make_interval(secs => $6))";

    /// Forgets every answer of the caller's.
    App AnswersForget {} -> IdRow = "DELETE FROM app.model_answers RETURNING id";

    /// Removes answers that have expired.
    Worker AnswersPurge {} -> SessionsPurged = "SELECT authn.answers_purge() AS removed";

    /// Keeps that a key was used.
    App CaptureKeyInsert {
        user_id: Uuid, key_hash: Vec<u8>, request_mac: Vec<u8>, capture_id: Uuid,
    } -> Nothing = "
        INSERT INTO app.capture_keys (user_id, key_hash, request_mac, capture_id)
        VALUES ($1, $2, $3, $4)";

    /// What a key was used for.
    App CaptureByKey { key_hash: Vec<u8> } -> CaptureKeyRow = "
        SELECT k.request_mac, k.capture_id, c.refine
          FROM app.capture_keys k
          JOIN app.captures c ON c.user_id = k.user_id AND c.id = k.capture_id
         WHERE k.key_hash = $1";

    /// One capture.
    App CaptureFind { id: Uuid } -> CaptureRow = "
        SELECT id, user_id, text_sealed, confidence,
               CASE WHEN refine = 'running'
                         AND created_at < statement_timestamp() - interval '15 minutes'
                    THEN 'failed' ELSE refine END AS refine
          FROM app.captures WHERE id = $1";

    /// The capture that an item came from.
    App CaptureOfItem { item_id: Uuid } -> CaptureRow = "
        SELECT c.id, c.user_id, c.text_sealed, c.confidence,
               CASE WHEN c.refine = 'running'
                         AND c.created_at < statement_timestamp() - interval '15 minutes'
                    THEN 'failed' ELSE c.refine END AS refine
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
