//! Mutants that nobody sees because they change nothing that anybody could do, each with the
//! reason. A reviewer doubts each line.

/// An item's id is unique by itself, and a foreign key holds row and item to one person.
const ONE_PERSON: &str = "an item's id is unique, and the foreign key ties the row to an item of \
                          the same person";

/// So is a capture's.
const ONE_CAPTURE: &str = "a capture's id is unique, and the foreign key ties item and row to a \
                           capture of the same person";

/// What a sub-select in a policy reads obeys the policies of what it reads.
const OWN_ITEMS: &str = "the sub-select reads app.items as kairo_worker, whose policy shows the \
                         asking person's items alone, and the row must be its item's person's";

/// Restrictive policies add up by AND, and AND with itself is itself.
const TWICE: &str = "the role has the same restriction already, by a policy of its own";

/// A definer function differs from another one only for somebody who is not its owner.
const OWNER_ALONE: &str = "nobody but its owner may execute it, directly or from a function that \
                           runs with the owner's rights";

/// What is no definer function has the rights of whoever calls it already.
const NO_DEFINER: &str = "the function runs with its caller's rights, and only its owner calls it; \
                          it names no object that a search path could change";

/// Name and reason.
pub const SURVIVORS: [(&str, &str); 21] = [
    ("function trust.said(trust.evidence): SECURITY INVOKER", NO_DEFINER),
    ("function trust.said(trust.evidence): RESET search_path", NO_DEFINER),
    (
        "policy app.settings.settings_update_auth: WITH CHECK (true)",
        "kairo_auth may update time_zone alone, so a row that USING let pass still has version 1",
    ),
    ("policy app.item_occurrences.item_occurrences_delete_scope: for kairo_worker too", TWICE),
    ("policy app.item_occurrences.item_occurrences_delete_worker_scope: for kairo_app too", TWICE),
    (
        "function authn.proof_begin(uuid,text,bytea[],bytea,bytea,bytea,bytea): SECURITY INVOKER",
        OWNER_ALONE,
    ),
    ("function mail.is_full(): SECURITY INVOKER", OWNER_ALONE),
    ("function authn.user_ensure(text,uuid,uuid,text,bytea,text): SECURITY INVOKER", OWNER_ALONE),
    (
        "function authn.key_create(uuid,uuid,bytea,bytea,text[],timestamp with time zone,text,\
         integer): SECURITY INVOKER",
        OWNER_ALONE,
    ),
    ("function guard.take(date,bigint): SECURITY INVOKER", OWNER_ALONE),
    ("function guard.watch_at(timestamp with time zone): SECURITY INVOKER", OWNER_ALONE),
    ("function guard.notice_at(timestamp with time zone): SECURITY INVOKER", OWNER_ALONE),
    ("function guard.give_back(date,bigint): SECURITY INVOKER", OWNER_ALONE),
    (
        "function guard.reserve_at(uuid,text,uuid,integer,text,bigint,timestamp with time zone): \
         SECURITY INVOKER",
        OWNER_ALONE,
    ),
    (
        "function guard.reserve_batch_at(text[],uuid[],integer[],text[],bigint[],timestamp \
         with time zone): SECURITY INVOKER",
        OWNER_ALONE,
    ),
    (
        "policy app.capture_keys.capture_keys_delete: USING without (i.user_id = \
         capture_keys.user_id)",
        ONE_CAPTURE,
    ),
    (
        "policy app.captures.captures_delete: USING without (i.user_id = captures.user_id)",
        ONE_CAPTURE,
    ),
    (
        "policy app.item_occurrences.item_occurrences_delete_worker: USING without (i.user_id = \
         item_occurrences.user_id)",
        ONE_PERSON,
    ),
    (
        "policy app.item_revisions.item_revisions_delete: USING without (i.user_id = \
         item_revisions.user_id)",
        ONE_PERSON,
    ),
    (
        "policy app.item_occurrences.item_occurrences_delete_worker: USING without (user_id = ( \
         SELECT caller.user_id FROM authn.caller))",
        OWN_ITEMS,
    ),
    (
        "policy app.item_revisions.item_revisions_delete: USING without (user_id = ( SELECT \
         caller.user_id FROM authn.caller))",
        OWN_ITEMS,
    ),
];
