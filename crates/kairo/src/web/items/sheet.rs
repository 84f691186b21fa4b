//! An item as the sheet that changes it.

use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::rows::{Here, mark};
use super::told;
use crate::accounts::Person;
use crate::capture::Thought;
use crate::capture::item_page::ItemPage;
use crate::capture::reading::Setting;
use crate::capture::refine::Refine;
use crate::items::{Item, Kind, Repeat, Role, State, Status};
use crate::web::Site;
use crate::web::views::rows::tick_action;
use crate::web::views::{Choice, Field, ItemSheet, Select, Typed, Undo, repeats, words};

/// `?back=` or `back`: the list that a change returns to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    back: String,
}

impl Back {
    /// The list; the agenda for anything that is no list. Never another site.
    pub(super) fn back(&self) -> String {
        list(&self.back).to_owned()
    }
}

/// One of the lists.
pub(super) fn list(back: &str) -> &'static str {
    ["/inbox", "/done"].into_iter().find(|known| *known == back).unwrap_or("/")
}

/// What a list is called.
pub(super) fn label(back: &str) -> &'static str {
    match list(back) {
        "/inbox" => "Inbox",
        "/done" => "Done",
        _ => "Agenda",
    }
}

/// The sheet of a stored item.
pub(super) fn of(page: &ItemPage, here: &Here, back: &str) -> ItemSheet {
    let item = &page.item;
    let state = &item.state;
    let plain = |value: String| Field { value, ..Field::default() };
    let id = item.id.to_string();
    ItemSheet {
        heading: state.body.title.clone(),
        mark: mark(state.kind),
        about: about(item, here),
        done: state.status == Status::Done,
        action: format!("/items/{id}"),
        tick: tick_action(&id, "", state.status == Status::Done),
        deletion: format!("/items/{id}/deletion"),
        version: item.version,
        back: back.to_owned(),
        back_label: label(back).to_owned(),
        conflict: false,
        title: plain(state.body.title.clone()),
        when: plain(when_words(state, here.today())),
        reading: reading(state, here),
        kind: kinds(state.kind),
        place: plain(state.body.place.clone().unwrap_or_default()),
        people: plain(state.body.people.join(", ")),
        tags: plain(state.body.tags.join(", ")),
        priority: priorities(state.priority),
        notes: plain(state.body.notes.clone().unwrap_or_default()),
        typed: page.typed.as_ref().map(|typed| Typed {
            text: typed.text.clone(),
            how: format!("{}{}", how(&typed.confidence), second(typed.refine, page)),
        }),
        undo: page.last_cause.as_ref().map(|cause| undo(cause, item)),
    }
}

/// Takes the last change back; a model's says so.
fn undo(cause: &str, item: &Item) -> Undo {
    let undo = told::undo(item, &format!("/items/{}", item.id));
    match cause {
        "refine" => Undo { label: "Undo the model\u{2019}s change".to_owned(), ..undo },
        _ => undo,
    }
}

/// What a model made of it, after [`how`].
fn second(refine: Refine, page: &ItemPage) -> &'static str {
    match (refine, page.last_cause.as_deref()) {
        (Refine::None, _) => "",
        (Refine::Running, _) => " A model reads it once more.",
        (Refine::Done, Some("refine")) => " Refined by a model.",
        (Refine::Done, None) => " A model read it, too, and changed nothing.",
        (Refine::Done, Some(_)) => " A model read it, too.",
        (Refine::Refused, _) => " It stays as it was read.",
        (Refine::Failed, _) => " No model could say more, so it stays as it was read.",
    }
}

/// How a capture was read, on a page of its own.
pub(crate) fn how_read(typed: &crate::capture::Typed) -> String {
    let more = match typed.refine {
        Refine::None => "",
        Refine::Running => " A model reads it once more.",
        Refine::Done => " A model read it, too.",
        Refine::Refused => " It was read without a model.",
        Refine::Failed => " No model could say more, so it stays as it was read.",
    };
    format!("{}{more}", how(&typed.confidence))
}

fn how(confidence: &str) -> &'static str {
    match confidence {
        "sure" => "Read at once, without a model.",
        "likely" => "Read at once, without a model, by a rule of thumb.",
        _ => "Read at once, without a model. Some of it was a guess; look it over.",
    }
}

fn about(item: &Item, here: &Here) -> String {
    let kind = mark(item.state.kind).label();
    let zone = kairo_capture::zone_named(&here.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let added = zone.to_datetime(item.created_at);
    let day = words::relative_day(added.date(), here.today());
    format!("{kind}, added {day} at {}", words::clock(added.time()))
}

/// The time in words that the reader reads back to the same time, on any day and in either order of
/// day and month: "by 24 Nov 2026 4:00 pm", "30 Nov 2026 to 2 Dec 2026"; the
/// repetition stands after it.
pub(super) fn when_words(state: &State, today: Date) -> String {
    let Some(when) = &state.when else { return String::new() };
    let role = match when.role {
        Role::Start => "",
        Role::Due => "by ",
        Role::NotBefore => "after ",
    };
    let time = |at: DateTime| words::clock(at.time());
    let moment = |at: DateTime| match when.all_day {
        true => words::full_date(at.date()),
        false => format!("{} {}", words::full_date(at.date()), time(at)),
    };
    let mut out = format!("{role}{}", moment(when.start));
    if let Some(end) = when.end {
        let same_day = end.date() == when.start.date() && !when.all_day;
        out.push_str(&format!(" to {}", if same_day { time(end) } else { moment(end) }));
    }
    out + &repeat_words(state, today)
}

/// ", the 1st of every month"; empty for what does not repeat.
pub(super) fn repeat_words(state: &State, today: Date) -> String {
    let words = |repeat: &Repeat| repeats::repeat(&repeat.rrule, repeat.from_completion, today);
    state.repeat.as_ref().map(|repeat| format!(", {}", words(repeat))).unwrap_or_default()
}

/// "Mon 23 Nov, 2:00 to 3:00 pm, New York; every week".
pub(super) fn reading(state: &State, here: &Here) -> String {
    let Some(when) = &state.when else { return String::new() };
    let mut out = match when.role {
        Role::Start => String::new(),
        Role::Due => "due ".to_owned(),
        Role::NotBefore => "not before ".to_owned(),
    };
    out.push_str(&words::span(when.start, when.end, when.all_day, here.today()));
    if !when.all_day {
        out.push_str(&format!(", {}", words::zone_city(&when.zone)));
    }
    if let Some(repeat) = &state.repeat {
        let words = repeats::repeat(&repeat.rrule, repeat.from_completion, here.today());
        out.push_str(&format!("; {words}"));
    }
    out
}

pub(super) fn kinds(chosen: Kind) -> Select {
    let choice = |kind: Kind| Choice {
        value: kind.as_str().to_owned(),
        label: mark(kind).label().to_owned(),
        selected: kind == chosen,
    };
    Select {
        choices: [Kind::Task, Kind::Event, Kind::Note].map(choice).into(),
        ..Select::default()
    }
}

pub(super) fn priorities(chosen: Option<i16>) -> Select {
    let levels = [
        (None, "None"),
        (Some(1), "Urgent"),
        (Some(2), "High"),
        (Some(3), "Medium"),
        (Some(4), "Low"),
    ];
    let choice = |(level, label): (Option<i16>, &str)| Choice {
        value: level.map(|level| level.to_string()).unwrap_or_default(),
        label: label.to_owned(),
        selected: level == chosen,
    };
    Select { choices: levels.map(choice).into(), ..Select::default() }
}

/// How a sample would be read: "Tue 24 Nov, 1:00 pm, with Sam".
pub(super) fn sample_reading(site: &Site, person: &Person, text: &str, here: &Here) -> String {
    let thought = Thought::default();
    let Ok(setting) = Setting::of(&site.base, person, &thought) else { return String::new() };
    let kept = crate::capture::reading::read(text, &setting, &[], &[]);
    let Some(state) = kept.states.first() else { return String::new() };
    let mut parts = Vec::new();
    if let Some(when) = &state.when {
        let due = if when.role == Role::Due { "due " } else { "" };
        let span = words::span(when.start, when.end, when.all_day, here.today());
        parts.push(format!("{due}{span}"));
    }
    if let Some(repeat) = &state.repeat {
        parts.push(format!(
            "then {}",
            repeats::repeat(&repeat.rrule, repeat.from_completion, here.today())
        ));
    }
    if !state.body.people.is_empty() {
        parts.push(format!("with {}", state.body.people.join(", ")));
    }
    match state.priority {
        Some(1) => parts.push("urgent".to_owned()),
        Some(2) => parts.push("high priority".to_owned()),
        _ => {}
    }
    if parts.is_empty() {
        let kind = mark(state.kind).label().to_lowercase();
        return format!("a {kind}: quoted words are never read as dates");
    }
    parts.join(", ")
}
