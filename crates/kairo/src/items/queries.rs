//! The SQL of items and their revisions.

use jiff::Timestamp;
use jiff::civil::DateTime;
use uuid::Uuid;

use crate::accounts::queries::NewVersion;
use crate::db::Nothing;

crate::rows! {
    /// An item as it is stored.
    ItemRow {
        /// Its id.
        id: Uuid,
        /// Whose it is.
        user_id: Uuid,
        /// The capture that it came from.
        capture_id: Option<Uuid>,
        /// `task`, `event` or `note`.
        kind: String,
        /// `open` or `done`.
        status: String,
        /// Sealed words.
        body_sealed: Vec<u8>,
        /// 1 to 4.
        priority: Option<i16>,
        /// Local start.
        start_local: Option<DateTime>,
        /// Local end.
        end_local: Option<DateTime>,
        /// Whether only days were meant.
        all_day: bool,
        /// `start`, `due` or `not_before`.
        role: Option<String>,
        /// IANA name.
        zone: Option<String>,
        /// RFC 5545 rule.
        rrule: Option<String>,
        /// `due` or `completion`.
        anchor: Option<String>,
        /// Local starts that are left out.
        exdates: Vec<DateTime>,
        /// Version.
        version: i32,
        /// Made.
        created_at: Timestamp,
        /// Changed.
        updated_at: Timestamp,
        /// Done.
        done_at: Option<Timestamp>,
        /// Deleted.
        deleted_at: Option<Timestamp>,
    }

    /// What an item was before a change.
    RevisionRow {
        /// Its id.
        id: Uuid,
        /// The item.
        item_id: Uuid,
        /// The version that it was.
        version: i32,
        /// The whole state, sealed.
        state_sealed: Vec<u8>,
        /// Why it changed.
        cause: String,
    }

    /// What differs in one occurrence of a series.
    OccurrenceRow {
        /// Its id.
        id: Uuid,
        /// Whose it is.
        user_id: Uuid,
        /// The series.
        item_id: Uuid,
        /// The time that the rule gives.
        original_local: DateTime,
        /// `done`, `skipped`, `moved` or `edited`.
        change: String,
        /// Local start, where it was moved.
        start_local: Option<DateTime>,
        /// Local end, likewise.
        end_local: Option<DateTime>,
        /// Whether it was moved to whole days.
        all_day: bool,
        /// Its own words, sealed.
        body_sealed: Option<Vec<u8>>,
        /// Done or skipped.
        settled_at: Option<Timestamp>,
    }

    /// A number of rows.
    Count {
        /// How many.
        count: i64,
    }

    /// A stored item's own times.
    Made {
        /// Made, by the database's clock.
        created_at: Timestamp,
    }
}

/// The columns of [`ItemRow`].
macro_rules! item_select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, capture_id, kind, status, body_sealed, priority, start_local, \
             end_local, all_day, role, zone, rrule, anchor, exdates, version, created_at, \
             updated_at, done_at, deleted_at FROM app.items ",
            $rest
        )
    };
}

/// The columns of [`OccurrenceRow`].
macro_rules! occurrence_select {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.user_id, o.item_id, o.original_local, o.change, o.start_local, \
             o.end_local, o.all_day, o.body_sealed, o.settled_at FROM app.item_occurrences o ",
            $rest
        )
    };
}

crate::queries! {
    /// Open items of the caller: dated ones in order, then those without a date, the newest first.
    App ItemsOpen { limit: i64 } -> ItemRow = item_select!(
        "WHERE status = 'open' AND deleted_at IS NULL
         ORDER BY start_at NULLS LAST, created_at DESC, id DESC LIMIT $1");

    /// What was done, the last first.
    App ItemsDone { since: Timestamp, limit: i64 } -> ItemRow = item_select!(
        "WHERE status = 'done' AND deleted_at IS NULL AND done_at >= $1
         ORDER BY done_at DESC, id DESC LIMIT $2");

    /// Open items without a date.
    App InboxCount {} -> Count = "
        SELECT count(*) AS count FROM app.items
         WHERE status = 'open' AND start_at IS NULL AND deleted_at IS NULL";

    /// One item, deleted or not.
    App ItemFind { id: Uuid } -> ItemRow = item_select!("WHERE id = $1");

    /// The items of one capture.
    App ItemsOfCapture { capture_id: Uuid } -> ItemRow = item_select!(
        "WHERE capture_id = $1 ORDER BY id");

    /// One page of items by id, for the API.
    App ItemsPage {
        after: Option<Uuid>, status: Option<String>, from: Option<DateTime>, to: Option<DateTime>,
        limit: i64,
    } -> ItemRow = item_select!(
        "WHERE deleted_at IS NULL
           AND ($1::uuid IS NULL OR id > $1)
           AND ($2::text IS NULL OR status = $2)
           AND ($3::timestamp IS NULL OR coalesce(end_local, start_local) >= $3)
           AND ($4::timestamp IS NULL OR start_local < $4)
         ORDER BY id LIMIT $5");

    /// New items of one capture, in one statement however many they are: a batch has few places.
    /// Each `exdates` is the text of an array, since arrays of arrays would have to be of one
    /// length.
    App ItemsInsert {
        user_id: Uuid, capture_id: Uuid, ids: Vec<Uuid>, kinds: Vec<String>, bodies: Vec<Vec<u8>>,
        priorities: Vec<Option<i16>>, starts: Vec<Option<DateTime>>, ends: Vec<Option<DateTime>>,
        all_day: Vec<bool>, roles: Vec<Option<String>>, zones: Vec<Option<String>>,
        starts_at: Vec<Option<Timestamp>>, ends_at: Vec<Option<Timestamp>>,
        rrules: Vec<Option<String>>, anchors: Vec<Option<String>>, exdates: Vec<String>,
    } -> Made = "
        INSERT INTO app.items (user_id, capture_id, id, kind, body_sealed, priority, start_local,
                               end_local, all_day, role, zone, start_at, end_at, rrule, anchor,
                               exdates)
        SELECT $1, $2, n.id, n.kind, n.body, n.priority, n.start_local, n.end_local, n.all_day,
               n.role, n.zone, n.start_at, n.end_at, n.rrule, n.anchor, n.exdates::timestamp[]
          FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::smallint[], $7::timestamp[],
                      $8::timestamp[], $9::boolean[], $10::text[], $11::text[],
                      $12::timestamptz[], $13::timestamptz[], $14::text[], $15::text[],
                      $16::text[])
               AS n (id, kind, body, priority, start_local, end_local, all_day, role, zone,
                     start_at, end_at, rrule, anchor, exdates)
        RETURNING created_at";

    /// Changes an item on top of a version, and keeps what it was: no row where the version has
    /// moved, or where the revision that it goes with was not kept.
    App ItemChange {
        id: Uuid, version: i32, kind: String, status: String, body_sealed: Vec<u8>,
        priority: Option<i16>, start_local: Option<DateTime>, end_local: Option<DateTime>,
        all_day: bool, role: Option<String>, zone: Option<String>, start_at: Option<Timestamp>,
        end_at: Option<Timestamp>, rrule: Option<String>, anchor: Option<String>,
        exdates: Vec<DateTime>, done_at: Option<Timestamp>, deleted_at: Option<Timestamp>,
        revision_id: Uuid, before_sealed: Vec<u8>, cause: String, only_with: Option<Uuid>,
    } -> NewVersion = "
        WITH changed AS (
            UPDATE app.items
               SET kind = $3, status = $4, body_sealed = $5, priority = $6, start_local = $7,
                   end_local = $8, all_day = $9, role = $10, zone = $11, start_at = $12,
                   end_at = $13, rrule = $14, anchor = $15, exdates = $16, done_at = $17,
                   deleted_at = $18, version = version + 1, updated_at = statement_timestamp()
             WHERE id = $1 AND version = $2
               AND ($22::uuid IS NULL
                    OR EXISTS (SELECT FROM app.item_revisions r WHERE r.id = $22))
            RETURNING id, user_id, version
        ), kept AS (
            INSERT INTO app.item_revisions (id, user_id, item_id, version, state_sealed, cause)
            SELECT $19, user_id, id, $2, $20, $21 FROM changed
        )
        SELECT version FROM changed";

    /// What an item was at one version.
    App RevisionFind { item_id: Uuid, version: i32 } -> RevisionRow = "
        SELECT id, item_id, version, state_sealed, cause FROM app.item_revisions
         WHERE item_id = $1 AND version = $2";

    /// What the items of a capture were when they were made, of those that have changed since.
    App RevisionsFirst { capture_id: Uuid } -> RevisionRow = "
        SELECT r.id, r.item_id, r.version, r.state_sealed, r.cause
          FROM app.item_revisions r
          JOIN app.items i ON i.user_id = r.user_id AND i.id = r.item_id
         WHERE i.capture_id = $1 AND r.version = 1";

    /// Why an item has the version that it has: no row for one that was never changed.
    App LastChange { item_id: Uuid } -> RevisionRow = "
        SELECT r.id, r.item_id, r.version, r.state_sealed, r.cause
          FROM app.items i
          JOIN app.item_revisions r
            ON r.user_id = i.user_id AND r.item_id = i.id AND r.version = i.version - 1
         WHERE i.id = $1";

    /// Splits of an item that were not taken back by the change after them.
    App ItemSplits { item_id: Uuid } -> Count = "
        SELECT count(*) AS count FROM app.item_revisions r
         WHERE r.item_id = $1 AND r.cause = 'split'
           AND NOT EXISTS (SELECT FROM app.item_revisions u
                            WHERE u.item_id = r.item_id AND u.version = r.version + 1
                              AND u.cause = 'undo')
        HAVING count(*) > 0";

    /// What differs in one series from its start on, and in one occurrence by name. It is read
    /// after the item: whatever is newer than the version that was read makes the change fail.
    App OccurrencesOfItem { item_id: Uuid, original: Option<DateTime>, limit: i64 }
        -> OccurrenceRow = occurrence_select!(
        "JOIN app.items i ON i.user_id = o.user_id AND i.id = o.item_id
         WHERE o.item_id = $1 AND (o.original_local >= i.start_local OR o.original_local = $2)
         ORDER BY o.original_local LIMIT $3");

    /// What differs within a range in one series: by name, or by where it was moved.
    App OccurrencesWithin { item_id: Uuid, from: DateTime, to: DateTime, limit: i64 }
        -> OccurrenceRow = occurrence_select!(
        "JOIN app.items i ON i.user_id = o.user_id AND i.id = o.item_id
         WHERE o.item_id = $1
           AND ((o.original_local < $3
                 AND o.original_local
                     + coalesce(i.end_local - i.start_local, interval '0') >= $2)
                OR (o.start_local < $3 AND coalesce(o.end_local, o.start_local) >= $2))
         ORDER BY o.original_local LIMIT $4");

    /// What differs in the caller's series within the days of a list: by name, by where it was
    /// moved, by when it was done, or where the series stands. The first condition says less than
    /// the others, and lets the indexes pass over years of what was done.
    App OccurrencesNear { from: DateTime, to: DateTime, since: Timestamp, limit: i64 }
        -> OccurrenceRow = occurrence_select!(
        "JOIN app.items i ON i.user_id = o.user_id AND i.id = o.item_id
         WHERE i.deleted_at IS NULL AND i.rrule IS NOT NULL
           AND (o.change <> 'done' OR o.settled_at >= $3
                OR o.original_local >= $1::timestamp - interval '35 days')
           AND ((o.original_local < $2
                 AND o.original_local
                     + coalesce(i.end_local - i.start_local, interval '0') >= $1)
                OR (o.start_local < $2 AND coalesce(o.end_local, o.start_local) >= $1)
                OR o.settled_at >= $3
                OR o.original_local = i.start_local)
         ORDER BY o.original_local, o.id LIMIT $4");

    /// What was done or skipped of series, the last first.
    App OccurrencesSettled { limit: i64 } -> OccurrenceRow = occurrence_select!(
        "JOIN app.items i ON i.user_id = o.user_id AND i.id = o.item_id
         WHERE i.deleted_at IS NULL AND i.rrule IS NOT NULL AND o.settled_at IS NOT NULL
         ORDER BY o.settled_at DESC, o.id DESC LIMIT $1");

    /// Open series of which something was done, the last first: the items of such occurrences.
    App ItemsDoneInPart { limit: i64 } -> ItemRow = item_select!(
        "WHERE status = 'open' AND deleted_at IS NULL AND rrule IS NOT NULL
           AND EXISTS (SELECT FROM app.item_occurrences o
                        WHERE o.user_id = items.user_id AND o.item_id = items.id
                          AND o.change = 'done')
         ORDER BY updated_at DESC, id DESC LIMIT $1");

    /// Takes away what differed in occurrences, if the change that says so was kept.
    App OccurrencesDrop { revision_id: Uuid, originals: Vec<DateTime> } -> Nothing = "
        DELETE FROM app.item_occurrences o USING app.item_revisions r
         WHERE r.id = $1 AND o.user_id = r.user_id AND o.item_id = r.item_id
           AND o.original_local = ANY ($2)";

    /// Keeps what differs in occurrences, likewise: of the changed item, or of the one that goes
    /// on as. A row in the way makes the whole change fail: it was not read, and is not written
    /// over.
    App OccurrencesPut {
        revision_id: Uuid, following: Option<Uuid>, ids: Vec<Uuid>, originals: Vec<DateTime>,
        changes: Vec<String>, starts: Vec<Option<DateTime>>, ends: Vec<Option<DateTime>>,
        all_day: Vec<bool>, bodies: Vec<Option<Vec<u8>>>, settled: Vec<Option<Timestamp>>,
    } -> Nothing = "
        INSERT INTO app.item_occurrences (user_id, item_id, id, original_local, change,
                                          start_local, end_local, all_day, body_sealed,
                                          settled_at)
        SELECT r.user_id, coalesce($2, r.item_id), n.id, n.original_local, n.change,
               n.start_local, n.end_local, n.all_day, n.body_sealed, n.settled_at
          FROM app.item_revisions r,
               unnest($3::uuid[], $4::timestamp[], $5::text[], $6::timestamp[], $7::timestamp[],
                      $8::boolean[], $9::bytea[], $10::timestamptz[])
               AS n (id, original_local, change, start_local, end_local, all_day, body_sealed,
                     settled_at)
         WHERE r.id = $1";

    /// Keeps the item that goes on where another was ended, if that change was kept.
    App ItemFollow {
        revision_id: Uuid, id: Uuid, status: String, body_sealed: Vec<u8>,
        start_local: Option<DateTime>, end_local: Option<DateTime>, all_day: bool,
        start_at: Option<Timestamp>, end_at: Option<Timestamp>, rrule: Option<String>,
        exdates: Vec<DateTime>, done_at: Option<Timestamp>,
    } -> Nothing = "
        INSERT INTO app.items (user_id, capture_id, kind, priority, role, zone, anchor, id, status,
                               body_sealed, start_local, end_local, all_day, start_at, end_at,
                               rrule, exdates, done_at)
        SELECT i.user_id, i.capture_id, i.kind, i.priority, i.role, i.zone, i.anchor, $2, $3,
               $4, $5, $6, $7, $8, $9, $10, $11, $12
          FROM app.item_revisions r
          JOIN app.items i ON i.user_id = r.user_id AND i.id = r.item_id
         WHERE r.id = $1";
}
