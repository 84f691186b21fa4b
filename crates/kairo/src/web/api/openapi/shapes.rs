//! The bodies of the API, as schemas: what `shapes.rs` answers, what `fields.rs` takes, and the
//! problem document of every refusal.

use serde_json::{Map, Value};

use super::schema::{Schema, always, maybe};
use crate::limits::{
    CAPTURE_TEXT_CHARS_MAX, ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_NOTES_CHARS_MAX,
    ITEM_PLACE_CHARS_MAX, ITEM_RRULE_BYTES_MAX, ITEM_TITLE_CHARS_MAX, ITEMS_PAGE_MAX,
    OCCURRENCES_PAGE_MAX,
};

const MONTH_AND_DAY: &str = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const CLOCK: &str = "([01][0-9]|2[0-3]):[0-5][0-9]";
/// A text with no U+0000, which PostgreSQL keeps none of, and with something to read.
const WRITTEN: &str = r"^[^\u0000]*[^\s\u0000][^\u0000]*$";
const WITHOUT_NUL: &str = r"^[^\u0000]*$";
/// An item takes a character of its text at least.
const ITEMS_OF_CAPTURE_MAX: usize = CAPTURE_TEXT_CHARS_MAX;

/// A day of the years that people plan in.
fn day() -> String {
    format!("(19[0-9]{{2}}|2[0-3][0-9]{{2}}|2400)-{MONTH_AND_DAY}")
}

/// Every schema of the components, by its name.
pub fn all() -> Value {
    let named = [
        ("Thought", thought()),
        ("Capture", capture()),
        ("Preview", preview()),
        ("Item", item()),
        ("PreviewItem", preview_item()),
        ("Span", span()),
        ("ItemPage", item_page()),
        ("ItemPatch", item_patch()),
        ("Restoration", restoration()),
        ("Occurrence", occurrence()),
        ("OccurrencePage", occurrence_page()),
        ("OccurrencePatch", occurrence_patch()),
        ("OccurrenceChange", occurrence_change()),
        ("Problem", problem()),
        ("FieldFault", field_fault()),
    ];
    let named = named.map(|(name, schema)| (name.to_owned(), schema.value()));
    Value::Object(Map::from_iter(named))
}

/// An id of Kairo's.
pub fn id() -> Schema {
    let pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
    Schema::text().format("uuid").pattern(pattern)
}

/// A local day or time.
pub fn moment() -> Schema {
    let pattern = format!("^{}(T{CLOCK}(:[0-5][0-9])?)?$", day());
    let schema = Schema::text().format("local-date-or-time").pattern(&pattern);
    schema.such_as("2026-11-24T13:00:00")
}

/// One end of a list's range. Any year: "9999-12-31" is how programs write "without end".
pub fn range_end() -> Schema {
    let pattern = format!("^[0-9]{{4}}-{MONTH_AND_DAY}(T{CLOCK}(:[0-5][0-9])?)?$");
    Schema::text().format("local-date-or-time").pattern(&pattern).such_as("2026-11-24")
}

/// A local time.
pub fn local_time() -> Schema {
    let pattern = format!("^{}T{CLOCK}(:[0-5][0-9])?$", day());
    Schema::text().format("local-time").pattern(&pattern).such_as("2026-11-23T09:00:00")
}

/// The name of an occurrence: one spelling, seconds too.
pub fn original() -> Schema {
    let pattern = format!("^{}T{CLOCK}:[0-5][0-9]$", day());
    Schema::text().format("local-time-full").pattern(&pattern).such_as("2026-11-24T09:15:00")
}

/// Where a list of occurrences begins: a day, a time, or the `next` of the page before.
pub fn occurrences_from() -> Schema {
    let day = day();
    let time = format!("{day}T{CLOCK}:[0-5][0-9]");
    let pattern = format!("^({day}(T{CLOCK}(:[0-5][0-9])?)?|{time}@{time})$");
    Schema::text().format("local-date-or-time").pattern(&pattern).such_as("2026-11-24")
}

/// What an item is.
fn kind() -> Schema {
    Schema::words(&["task", "event", "note"])
}

/// Whether an item is done.
pub fn status() -> Schema {
    Schema::words(&["open", "done"])
}

fn standing() -> Schema {
    Schema::words(&["open", "done", "skipped"])
}

fn role() -> Schema {
    Schema::words(&["start", "due", "not_before"])
}

fn zone() -> Schema {
    // The most that the time zone database's theory file allows a name, twice over.
    let schema = Schema::text().format("iana-time-zone").chars(1, 64);
    schema.pattern(r"^[A-Za-z0-9_+/\-]+$").such_as("America/New_York")
}

fn title() -> Schema {
    Schema::text().chars(1, ITEM_TITLE_CHARS_MAX).pattern(WRITTEN)
}

fn notes() -> Schema {
    Schema::text().chars(0, ITEM_NOTES_CHARS_MAX).pattern(WITHOUT_NUL)
}

fn place() -> Schema {
    Schema::text().chars(0, ITEM_PLACE_CHARS_MAX).pattern(WITHOUT_NUL)
}

fn labels() -> Schema {
    let label = Schema::text().chars(0, ITEM_LABEL_CHARS_MAX).pattern(WITHOUT_NUL);
    Schema::list(label).most(ITEM_LABELS_MAX)
}

fn priority() -> Schema {
    Schema::whole(1, 4).says("1 is urgent, 4 is low.")
}

fn rrule() -> Schema {
    let schema = Schema::text().format("rfc5545-rrule").chars(1, ITEM_RRULE_BYTES_MAX);
    schema.pattern("^[A-Z0-9=;,+-]+$").such_as("FREQ=WEEKLY;BYDAY=MO")
}

fn version() -> Schema {
    Schema::whole(1, i64::from(i32::MAX)).says("Moves by one with every change.")
}

fn instant() -> Schema {
    Schema::text().format("date-time").says("The instant of the start, in UTC.")
}

fn thought() -> Schema {
    let text = Schema::text().chars(1, CAPTURE_TEXT_CHARS_MAX).pattern(WRITTEN);
    Schema::sent([
        always("text", text.says("What was typed.").such_as("lunch with Sam tomorrow 1pm")),
        maybe("time_zone", zone().or_null().says("Without it, the zone of the settings.")),
        maybe(
            "reference",
            local_time().or_null().says(
                "The local time that \"tomorrow\" counts from; without it, now. For tests and \
                 imports.",
            ),
        ),
    ])
}

fn capture() -> Schema {
    let refine = Schema::words(&["none", "running", "done", "refused", "failed"]);
    let capture = Schema::answered([always("id", id()), always("refine", refine)]);
    let items = Schema::list(Schema::named("Item")).most(ITEMS_OF_CAPTURE_MAX);
    Schema::answered([always("capture", capture), always("items", items)])
}

fn preview() -> Schema {
    let items = Schema::list(Schema::named("PreviewItem")).most(ITEMS_OF_CAPTURE_MAX);
    let confidence = Schema::words(&["sure", "likely", "unsure"]);
    Schema::answered([always("items", items), always("confidence", confidence)])
}

fn item() -> Schema {
    Schema::answered([
        always("id", id()),
        always("kind", kind()),
        always("status", status()),
        always("title", title()),
        always("notes", notes().or_null()),
        always("people", labels()),
        always("place", place().or_null()),
        always("tags", labels()),
        always("priority", priority().or_null()),
        always("start", moment().or_null().says("Local; a day when all day.")),
        always("end", moment().or_null().says("Local; the last day when all day.")),
        always("all_day", Schema::truth()),
        always("role", role().or_null()),
        always("zone", zone().or_null()),
        always("start_at", instant().or_null()),
        always("rrule", rrule().or_null()),
        always("version", version()),
        always("spans", spans()),
    ])
}

fn preview_item() -> Schema {
    Schema::answered([
        always("kind", kind()),
        always("status", status()),
        always("title", title()),
        always("notes", notes().or_null()),
        always("people", labels()),
        always("place", place().or_null()),
        always("tags", labels()),
        always("priority", priority().or_null()),
        always("start", moment().or_null()),
        always("end", moment().or_null()),
        always("all_day", Schema::truth()),
        always("role", role().or_null()),
        always("zone", zone().or_null()),
        always("start_at", instant().or_null()),
        always("rrule", rrule().or_null()),
        always("spans", spans()),
    ])
}

fn spans() -> Schema {
    Schema::list(Schema::named("Span")).most(CAPTURE_TEXT_CHARS_MAX)
}

fn span() -> Schema {
    // A character of a capture has up to four bytes.
    let most = i64::try_from(4 * CAPTURE_TEXT_CHARS_MAX).unwrap_or(i64::MAX);
    Schema::answered([
        always("start", Schema::whole(0, most).says("First byte in the capture's text.")),
        always("end", Schema::whole(0, most).says("One past the last byte.")),
        always("field", Schema::text().says("What it was read as: `day`, `hour`, `who`.")),
        always("text", Schema::text().says("How, in words.")),
    ])
}

fn item_page() -> Schema {
    let most = usize::try_from(ITEMS_PAGE_MAX).unwrap_or(usize::MAX);
    let next = id().or_null().says("The `after` of the next page; null on the last.");
    let items = Schema::list(Schema::named("Item")).most(most);
    Schema::answered([always("items", items), always("next", next)])
}

fn item_patch() -> Schema {
    let of_settings = "null means the zone of the settings.";
    Schema::sent([
        maybe("title", title()),
        maybe("notes", notes().or_null()),
        maybe("people", labels().or_null()),
        maybe("place", place().or_null()),
        maybe("tags", labels().or_null()),
        maybe("priority", priority().or_null()),
        maybe("kind", kind()),
        maybe("status", status()),
        maybe("start", moment().or_null().says("null takes the whole date away.")),
        maybe("end", moment().or_null()),
        maybe("all_day", Schema::truth().or_null()),
        maybe("role", role().or_null().says("null means start.")),
        maybe("zone", zone().or_null().says(of_settings)),
        maybe("rrule", rrule().or_null().says("null ends the recurrence.")),
    ])
    .says("What is left out stays; null takes a value away.")
}

fn restoration() -> Schema {
    let says = "The newest version: the one that the change to take back made.";
    Schema::sent([always("version", version().says(says))])
}

fn occurrence() -> Schema {
    Schema::answered([
        always("original", original().says("Its name: the local time that the rule gives.")),
        always("status", standing()),
        always("title", title()),
        always("notes", notes().or_null()),
        always("start", moment().or_null()),
        always("end", moment().or_null()),
        always("all_day", Schema::truth()),
        always("zone", zone().or_null()),
        always("start_at", instant().or_null()),
        always("moved", Schema::truth().says("It takes place at another time than the rule's.")),
        always("edited", Schema::truth().says("Title or notes are its own.")),
    ])
}

fn occurrence_page() -> Schema {
    let occurrences = Schema::list(Schema::named("Occurrence")).most(OCCURRENCES_PAGE_MAX);
    let next = occurrences_from().or_null().says("The `from` of the next page.");
    Schema::answered([
        always("item", id()),
        always("version", version()),
        always("occurrences", occurrences),
        always("next", next),
    ])
}

fn occurrence_patch() -> Schema {
    let scope = Schema::words(&["this", "following", "all"]);
    Schema::sent([
        maybe("title", title()),
        maybe("notes", notes().or_null()),
        maybe("start", moment()),
        maybe("end", moment().or_null()),
        maybe("status", standing()),
        maybe("scope", scope.says("What the change is about; `this` unless named.")),
    ])
}

fn occurrence_change() -> Schema {
    Schema::answered([
        always("item", Schema::named("Item")),
        always("occurrence", Schema::named("Occurrence").or_null()),
        always("following", Schema::named("Item").or_null()),
    ])
}

fn problem() -> Schema {
    let word = Schema::text().pattern("^[a-z_]+$");
    Schema::answered([
        always("type", Schema::text().pattern("^urn:problem:kairo:[a-z_]+$")),
        always("title", Schema::text()),
        always("status", Schema::whole(400, 599)),
        always("detail", Schema::text()),
        always("code", word.says("Programs decide by this; sentences are for people.")),
        always("errors", Schema::list(Schema::named("FieldFault"))),
        always("request_id", id().says("Finds the request in the log.")),
    ])
    .says("A problem document (RFC 9457).")
}

fn field_fault() -> Schema {
    Schema::answered([
        always("field", Schema::text().says("The field, parameter or header.")),
        always("code", Schema::text().pattern("^[a-z_]+$")),
        always("message", Schema::text()),
    ])
}
