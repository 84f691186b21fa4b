//! `/api/v1/items/{id}/occurrences`: the times of a series, and one of them changed.
//!
//! **Invariant:** an occurrence is changed from a version of its item; the item's version moves.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jiff::Span;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kairo_capture::zone_named;

use super::fields::{Fields, Sent};
use super::items::{refuse, version};
use super::moment::{Moment, moment};
use super::patch::{needed, told, word};
use super::precondition::etag;
use super::shapes::{ChangedAnswer, ItemShape, OccurrenceShape, OccurrencesAnswer};
use super::{fault, refused};
use crate::items::amend::{self, Amended, At, Change, Scope};
use crate::items::lists::AHEAD_DAYS;
use crate::items::{
    Amendment, Fault, Item, ItemError, Occurrence, Override, Seen, Series, Standing, Times, When,
    change as verbs,
};
use crate::limits::OCCURRENCES_PAGE_MAX;
use crate::web::Site;
use crate::web::caller::{Program, touch_later};
use crate::web::error::Error;
use crate::web::id::{Id, Named};

/// `GET /items/{id}/occurrences`: those that take place within a range.
pub async fn list(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(pairs) = query.map_err(|_| Error::Malformed {
        detail: "The query could not be read. Write it as name=value, joined by &.".into(),
    })?;
    let sent = Range::read(pairs)?;
    // Which day it is in the zone of the series is known with the item; a day on either side holds
    // every zone's.
    let now = site.base.clock.now();
    let (earliest, latest) = sent.around(TimeZone::UTC.to_datetime(now), Span::new().days(1));
    let found = verbs::find_within(&site.base, &identity, id, (earliest, latest)).await;
    let (person, item, overrides) = found.map_err(refused)?;
    touch_later(&site, &identity, &person);
    let zone = item.state.when.as_ref().and_then(|when| zone_named(&when.zone).ok());
    let (from, to) = sent.around(zone.unwrap_or(TimeZone::UTC).to_datetime(now), Span::new());
    let series = Series::of(&item.state, &overrides);
    let read = |series: Series<'_>| series.after(sent.after, (from, to), OCCURRENCES_PAGE_MAX + 1);
    let mut found = series.map(read).unwrap_or_default();
    let more = found.len() > OCCURRENCES_PAGE_MAX;
    found.truncate(OCCURRENCES_PAGE_MAX);
    let next = found.last().filter(|_| more).map(Occurrence::seen_at).map(cursor);
    let occurrences = found.iter().map(|it| OccurrenceShape::new(&item.state, it)).collect();
    let answer = OccurrencesAnswer { item: item.id, version: item.version, occurrences, next };
    Ok(([etag(item.version)], Json(answer)).into_response())
}

/// What a list was asked for.
struct Range {
    from: Option<DateTime>,
    to: Option<DateTime>,
    /// What the page before ended with.
    after: Option<Seen>,
}

impl Range {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Error> {
        let (mut faults, mut bounds) = (Vec::new(), [None, None]);
        let mut after = None;
        for (name, value) in pairs {
            let (field, bound) = match (name.as_str(), &mut bounds) {
                ("from", [from, _]) => ("from", from),
                ("to", [_, to]) => ("to", to),
                _ => {
                    let shown: String = name.chars().take(40).collect();
                    let detail = format!("There is no \"{shown}\" here. The query takes from, to.");
                    return Err(Error::Malformed { detail: detail.into() });
                }
            };
            if bound.is_some() {
                faults.push(refuse(field, "twice", "This came twice. Send it once."));
                continue;
            }
            // The `next` of a page begins behind what that page gave.
            if let Some(seen) = seen(&value).filter(|_| field == "from") {
                (after, *bound) = (Some(seen), Some(seen.start));
                continue;
            }
            match moment(field, &value).and_then(|moment| planned(field, moment.at)) {
                Ok(at) => *bound = Some(at),
                Err(refusal) => faults.push(fault(refusal)),
            }
        }
        let [from, to] = bounds;
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            faults.push(refuse("to", "before_from", "The end of the range lies before its start."));
        }
        if faults.is_empty() { Ok(Self { from, to, after }) } else { Err(Error::Invalid(faults)) }
    }

    /// The bounds; two weeks from today where they were not sent, and those with `room` about them.
    fn around(&self, now: DateTime, room: Span) -> (DateTime, DateTime) {
        let today = now.start_of_day();
        let earlier = today.checked_sub(room).unwrap_or(today);
        let from = self.from.or(self.to.filter(|to| *to < earlier)).unwrap_or(earlier);
        let ahead = |at: DateTime| at.checked_add(Span::new().days(AHEAD_DAYS)).unwrap_or(at);
        let later = |at: DateTime| at.checked_add(room).unwrap_or(at);
        let to = self.to.unwrap_or_else(|| later(ahead(self.from.unwrap_or(today))));
        (from, to)
    }
}

/// "2026-11-24T13:00:00@2026-11-24T09:00:00": how far a list was read.
fn cursor(seen: Seen) -> String {
    format!("{}@{}", seen.start, seen.original)
}

fn seen(text: &str) -> Option<Seen> {
    let (start, original) = text.split_once('@')?;
    let read = |text: &str| planned("from", text.parse::<DateTime>().ok()?).ok();
    Some(Seen { start: read(start)?, original: read(original)? })
}

/// Years that people plan in, and that PostgreSQL has.
fn planned(field: &'static str, at: DateTime) -> Result<DateTime, Fault> {
    let message = "Dates lie between the years 1900 and 2400.".to_owned();
    let fault = Fault { field, code: "out_of_range", message };
    if (1900..=2400).contains(&at.year()) { Ok(at) } else { Err(fault) }
}

/// A change of one occurrence as it was sent.
struct Patch {
    title: Sent<String>,
    notes: Sent<String>,
    start: Sent<Moment>,
    end: Sent<Moment>,
    status: Option<Standing>,
    scope: Scope,
}

impl Patch {
    fn read(body: &[u8]) -> Result<Self, Error> {
        let known = ["title", "notes", "start", "end", "status", "scope"];
        let mut fields = Fields::parse(body, &known)?;
        let from = &mut fields;
        let words = "this, following or all";
        let patch = Self {
            title: needed(from, "title", Fields::text),
            notes: from.text("notes"),
            start: needed(from, "start", |from, field| {
                told(from, field, |text| moment(field, text))
            }),
            end: told(from, "end", |text| moment("end", text)),
            status: word(from, "status", "open, done or skipped", Standing::parse).value(),
            scope: word(from, "scope", words, Scope::parse).value().unwrap_or(Scope::This),
        };
        if patch.status.is_some() && patch.scope != Scope::This {
            let message = "The status is that of one occurrence. Leave the scope out.";
            fields.refuse("scope", "not_of_one", message);
        }
        fields.done()?;
        Ok(patch)
    }

    /// The change, on top of the occurrence as it is.
    fn amendment(self, shown: &When) -> Result<Amendment, ItemError> {
        let times = self.times(shown).map_err(|fault| ItemError::Invalid(vec![fault]))?;
        let notes = match self.notes {
            Sent::Value(notes) => Some(notes),
            Sent::Null => Some(String::new()),
            Sent::Nothing => None,
        };
        Ok(Amendment { title: self.title.value(), notes, times })
    }

    /// A start without an end keeps the length.
    fn times(&self, shown: &When) -> Result<Option<Times>, Fault> {
        if self.start.is_nothing() && self.end.is_nothing() {
            return Ok(None);
        }
        let start = match self.start {
            Sent::Value(start) => start,
            Sent::Nothing | Sent::Null => Moment { at: shown.start, is_day: shown.all_day },
        };
        let end = match self.end {
            Sent::Value(end) => {
                let (code, message) = if start.is_day {
                    ("needs_day", "A day ends with a day, such as 2026-11-24.")
                } else {
                    ("needs_time", "Send the time too, such as 2026-11-24T13:00:00.")
                };
                if end.is_day != start.is_day {
                    return Err(Fault { field: "end", code, message: message.to_owned() });
                }
                Some(end.at)
            }
            Sent::Null => None,
            Sent::Nothing if start.is_day != shown.all_day => None,
            Sent::Nothing => {
                let length = shown.end.map(|end| end.duration_since(shown.start));
                length.and_then(|length| start.at.checked_add(length).ok())
            }
        };
        Ok(Some(Times { start: start.at, end, all_day: start.is_day }))
    }
}

/// `PATCH /items/{id}/occurrences/{original}`: changes the fields that were sent.
pub async fn change(
    State(site): State<Site>,
    Program(identity): Program,
    named: Named,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let patch = Patch::read(&body)?;
    let named_version = version(&site.base, &identity, named.id, &headers).await?;
    let (base, at) = (&site.base, named.original);
    let found = verbs::find_series(base, &identity, named.id, Some(at)).await;
    let (person, item, overrides) = found.map_err(refused)?;
    let occurrence = one(&item, &overrides, at).ok_or(Error::NotFound)?;
    verbs::writes(&person).map_err(refused)?;
    if item.version != named_version {
        return Err(Error::VersionMoved);
    }
    touch_later(&site, &identity, &person);
    let (scope, standing) = (patch.scope, patch.status);
    let by = patch.amendment(&occurrence.when).map_err(refused)?;
    let place = At { item: &item, overrides: &overrides, original: at };
    let change = Change { by: &by, scope, standing };
    let amended = amend::amend(base, &identity, &person, place, change).await.map_err(refused)?;
    Ok(changed(item, overrides, at, amended))
}

fn changed(item: Item, overrides: Vec<Override>, at: DateTime, amended: Amended) -> Response {
    let (item, overrides, following) = match amended {
        Amended::Not => (item, overrides, None),
        Amended::Item { item, overrides } => (*item, overrides, None),
        Amended::Split { ended, following } => (*ended, Vec::new(), Some(*following)),
    };
    let tag = etag(item.version);
    let occurrence = one(&item, &overrides, at).map(|it| OccurrenceShape::new(&item.state, &it));
    let following = following.map(ItemShape::from);
    let answer = ChangedAnswer { item: item.into(), occurrence, following };
    ([tag], Json(answer)).into_response()
}

fn one(item: &Item, overrides: &[Override], at: DateTime) -> Option<Occurrence> {
    Series::of(&item.state, overrides)?.find(at)
}
