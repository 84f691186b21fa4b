-- reads: app.item_occurrences, app.item_revisions
-- An occurrence that was moved may be a day where the series has an hour, or the other way round; one
-- that was done or skipped says when. Its name moves with the hour of the whole series.
ALTER TABLE app.item_occurrences
    ADD COLUMN all_day    boolean NOT NULL DEFAULT false,
    ADD COLUMN settled_at timestamptz,
    ADD CONSTRAINT item_occurrences_times_check
        CHECK (end_local IS NULL OR (start_local IS NOT NULL AND end_local >= start_local)),
    ADD CONSTRAINT item_occurrences_settled_check
        CHECK ((change IN ('done', 'skipped')) = (settled_at IS NOT NULL));
-- What was done long ago is most of it after years, and no list asks for it.
CREATE INDEX item_occurrences_user_id_settled ON app.item_occurrences (user_id, settled_at DESC)
    WHERE settled_at IS NOT NULL;
CREATE INDEX item_occurrences_user_id_original ON app.item_occurrences (user_id, original_local);
CREATE INDEX item_occurrences_user_id_not_done ON app.item_occurrences (user_id) WHERE change <> 'done';

ALTER TABLE app.item_revisions DROP CONSTRAINT item_revisions_cause_check;
ALTER TABLE app.item_revisions ADD CONSTRAINT item_revisions_cause_check
    CHECK (cause IN ('edit', 'done', 'reopen', 'skip', 'split', 'delete', 'undo', 'refine'));
