//! From tags to a state: the model tags, Kairo resolves.
//!
//! **Invariant:** no date, clock or rule of a state comes from a model. Its phrase is read by the
//! same reader as what people type, and where the words that it points at say another time, neither
//! counts.

use jiff::{SignedDuration, ToSpan as _};

use super::tags::{Invalid, TaggedKind, TaggedPriority, TaggedRole, Tags};
use crate::capture::reading::{Setting, fitting, read_time};
use crate::items::{Kind, Repeat, Role, State, When};
use crate::limits::{ITEM_PLACE_CHARS_MAX, ITEM_TITLE_CHARS_MAX, REFINED_YEARS_MAX};

/// The state that tags make of the offline one.
///
/// # Errors
/// A phrase of a time that Kairo cannot read.
pub(super) fn apply(tags: &Tags, offline: &State, setting: &Setting) -> Result<State, Invalid> {
    let mut state = offline.clone();
    if let Some((when, repeat)) = resolved(tags, setting)? {
        state.when = Some(when);
        state.repeat = repeat;
    }
    let kind = tags.kind.map(|kind| match kind {
        TaggedKind::Task => Kind::Task,
        TaggedKind::Event => Kind::Event,
        TaggedKind::Note => Kind::Note,
    });
    // An event is somewhen; without a time the word alone would hide it from every day.
    state.kind =
        kind.filter(|kind| *kind != Kind::Event || state.when.is_some()).unwrap_or(state.kind);
    words(tags, &mut state);
    Ok(state)
}

fn words(tags: &Tags, state: &mut State) {
    let fits = |text: &str, most| text.chars().count() <= most;
    let title = clean(&tags.title);
    if !title.is_empty() && fits(&title, ITEM_TITLE_CHARS_MAX) {
        state.body.title = title;
    }
    let cleaned = |said: &[String]| fitting(said.iter().map(|said| clean(said)).collect());
    if state.body.people.is_empty() {
        state.body.people = cleaned(&tags.people);
    }
    if state.body.tags.is_empty() {
        state.body.tags = cleaned(&tags.labels);
    }
    if state.body.place.is_none() {
        let place = tags.place.as_deref().map(clean);
        state.body.place = place.filter(|place| fits(place, ITEM_PLACE_CHARS_MAX));
    }
    state.priority = state.priority.or(match tags.priority.unwrap_or_default() {
        TaggedPriority::None => None,
        TaggedPriority::Urgent => Some(1),
        TaggedPriority::High => Some(2),
        TaggedPriority::Medium => Some(3),
        TaggedPriority::Low => Some(4),
    });
    if let Ok(tidy) = state.body.clone().tidy() {
        state.body = tidy;
    }
}

/// The time that the tags name, where phrase and words agree; `None` where they name none, or two.
fn resolved(tags: &Tags, setting: &Setting) -> Result<Option<(When, Option<Repeat>)>, Invalid> {
    let phrase = joined(tags.when_norm.as_deref(), tags.repeat_norm.as_deref());
    if phrase.is_empty() {
        return Ok(None);
    }
    let (mut when, repeat) = read_time(&phrase, setting).ok_or(Invalid::Phrase)?;
    let words = joined(tags.when_text.as_deref(), tags.repeat_text.as_deref());
    // Odd words are what a model is asked for, so that they cannot be read alone says nothing.
    if let Some((read, _)) = read_time(&words, setting)
        && (read.start, read.all_day) != (when.start, when.all_day)
    {
        return Ok(None);
    }
    when.role = match tags.role.unwrap_or_default() {
        TaggedRole::Start => Role::Start,
        TaggedRole::Due => Role::Due,
        TaggedRole::After => Role::NotBefore,
    };
    if let (false, None, Some(minutes @ 1..=1_440)) = (when.all_day, when.end, tags.duration_min) {
        when.end = when.start.checked_add(SignedDuration::from_mins(minutes)).ok();
    }
    Ok(Some((when, repeat)).filter(|(when, _)| is_near(when, setting)))
}

/// Whether a time lies where people plan.
fn is_near(when: &When, setting: &Setting) -> bool {
    let years = i16::try_from(REFINED_YEARS_MAX).unwrap_or(i16::MAX).years();
    let from = setting.reference.checked_sub(years);
    let to = setting.reference.checked_add(years);
    let within = from.is_ok_and(|from| from <= when.start) && to.is_ok_and(|to| when.start <= to);
    within && when.check().is_ok()
}

fn joined(when: Option<&str>, repeat: Option<&str>) -> String {
    let parts: Vec<&str> = [repeat, when].into_iter().flatten().collect();
    parts.join(" ")
}

/// Without control characters and those that turn the direction of text (CVE-2021-42574).
fn clean(said: &str) -> String {
    let embeds = |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let turns = |sign: char| embeds(sign) || matches!(sign, '\u{200e}' | '\u{200f}');
    let kept: String = said.chars().filter(|sign| !sign.is_control() && !turns(*sign)).collect();
    kept.trim().to_owned()
}
