//! From the chosen matches of one line to its items.
//!
//! **Invariant:** a match that could not be resolved is treated as plain words: it stays in the
//! title and gives no span.

use crate::ast::{Clock, Day, Dur, Half, Hour, Lead, Match, Moment, Said, WhenSaid, Which};
use crate::chips::{Chip, Saying};
use crate::choose::choose;
use crate::grammar::{Memo, PersonFound, Scan, Signs, people, place};
use crate::hours::spread_halves;
use crate::join::join;
use crate::kind::kind;
use crate::label;
use crate::lex::{Kind as Lexed, Plain, lex, lowers};
use crate::model::{Confidence, Context, Field, Item, Reading, Recurrence, Span, SpanRead, When};
use crate::recurring::series;
use crate::timing::{Mood, Others, lasting_end, resolve};
use crate::title::title;
use crate::words::{Unit, W, among, listed, lists, namings};
use jiff::civil::{DateTime, Time};

/// What the time words of a line came to.
#[derive(Debug, Default)]
struct Timing {
    whens: Vec<When>,
    recurrence: Option<Recurrence>,
    doubt: Option<Confidence>,
    clock: bool,
    used: Vec<usize>,
    others: Others,
    /// Matches of a list that say a moment of their own, with its place in `whens`.
    own: Vec<(usize, usize)>,
    estimate: Option<i32>,
}

/// Reads one line of a text, from byte `from` to byte `to`.
pub(crate) fn read_line(text: &str, from: usize, to: usize, context: &Context) -> Reading {
    let toks = lex(text, from, to, &context.dismissed);
    let lowers = lowers(text, &toks);
    let signs = Signs::of(&toks, &lowers);
    let today = context.reference.date();
    let memo = Memo::of(toks.len());
    let scan = Scan { text, toks: &toks, lowers: &lowers, signs: &signs, memo: &memo, today };
    let chosen = choose(&scan, &context.known_lists);
    let mood = mood(&scan);
    let timing = timing(&scan, &chosen, context, mood);
    let mut kept: Vec<bool> = chosen.iter().map(|one| !is_time(&one.said)).collect();
    for at in &timing.used {
        if let Some(place) = kept.get_mut(*at) {
            *place = true;
        }
    }
    let line = Line { scan, chosen: &chosen, kept: &kept, context, from, to };
    line.reading(timing)
}

fn is_time(said: &Said) -> bool {
    matches!(
        said,
        Said::When(_)
            | Said::Repeat(_)
            | Said::Except(_)
            | Said::Count(_)
            | Said::Lasting(_)
            | Said::Estimate(_)
    )
}

/// "dinner" leans to the evening, "breakfast" to the morning.
fn mood(scan: &Scan<'_>) -> Mood {
    (0..scan.toks.len()).find_map(|i| match scan.lower(i) {
        "dinner" | "reservation" | "restaurant" | "drinks" | "supper" | "party" | "concert"
        | "movie" | "gig" | "cocktails" | "theatre" | "theater" | "night" | "pub" | "beers" => {
            Some(Half::Pm)
        }
        "table" if scan.is(i + 1, W::For) => Some(Half::Pm),
        "breakfast" | "brunch" | "sunrise" | "wake" | "alarm" => Some(Half::Am),
        _ => None,
    })
}

fn timing(scan: &Scan<'_>, chosen: &[Match], context: &Context, mood: Mood) -> Timing {
    if let Some(series) = series(context, chosen, mood) {
        let estimate = estimate(chosen).filter(|(dur, _)| dur.is_clock());
        let estimate = estimate.map(|(dur, _)| dur.minutes());
        return Timing {
            clock: true,
            whens: vec![series.when],
            recurrence: Some(series.recurrence),
            doubt: Some(series.doubt),
            used: series.used,
            others: series.others,
            estimate,
            ..Timing::default()
        };
    }
    let mut timing = Timing::default();
    let joined = join(scan, chosen).map(|mut joined| {
        let from = &mut joined.said.from;
        (from.hour, from.more_hours) = spread_halves(from.hour, &from.more_hours);
        joined
    });
    if let Some(joined) = joined
        && let Some(timed) = resolve(context, &joined.said, mood)
    {
        timing.doubt = Some(if joined.left_over { Confidence::Unsure } else { timed.doubt });
        timing.clock = timed.clock;
        timing.others = timed.others;
        timing.used = joined.used;
        timing.whens = vec![timed.when];
        for (at, said) in joined.more.iter().take(crate::limits::ITEMS_MAX / 2) {
            let Some(timed) = resolve(context, said, mood) else { continue };
            timing.own.push((*at, timing.whens.len()));
            timing.whens.push(timed.when);
        }
        for hour in joined.said.from.more_hours.iter().take(8) {
            let before = timing.whens.last().map(|when| when.start);
            timing.whens.extend(hour_behind(context, &joined.said, *hour, mood, before));
        }
        for day in joined.said.from.more_days.iter().take(crate::limits::ITEMS_MAX - 1) {
            let mut said = joined.said.clone();
            said.from.day = Some(day.clone());
            timing.whens.extend(resolve(context, &said, mood).map(|timed| timed.when));
        }
    }
    timing.whens.truncate(crate::limits::ITEMS_MAX);
    spread(chosen, &mut timing);
    timing
}

/// One more hour of a list; where its half of the day is open, the one behind the hour before it:
/// "9:00, 9:20 and 10:15" are all in the morning, or all in the evening.
fn hour_behind(
    context: &Context,
    said: &WhenSaid,
    hour: Hour,
    mood: Mood,
    before: Option<DateTime>,
) -> Option<When> {
    let at = |hour: Hour| {
        let from = Moment { hour: Some(hour), ..said.from.clone() };
        resolve(context, &WhenSaid { from, ..said.clone() }, mood).map(|timed| timed.when)
    };
    let when = at(hour)?;
    match hour {
        Hour::Clock(clock) if clock.half == Half::Open && before > Some(when.start) => {
            let later = at(Hour::Clock(Clock { half: Half::Pm, ..clock }));
            Some(later.filter(|later| Some(later.start) > before).unwrap_or(when))
        }
        _ => Some(when),
    }
}

/// Lets a length give a start its end, or stand as an estimate.
fn spread(chosen: &[Match], timing: &mut Timing) {
    let Some((dur, at)) = estimate(chosen) else { return };
    let days = !dur.is_clock();
    if days {
        let ranged = timing.whens.first_mut().filter(|when| when.all_day && when.end.is_none());
        if let Some(when) = ranged {
            when.end = lasting_end(when.start, true, dur);
            timing.used.push(at);
        }
        return;
    }
    timing.used.push(at);
    timing.estimate = Some(dur.minutes());
    for when in timing.whens.iter_mut().filter(|when| !when.all_day && when.end.is_none()) {
        when.end = lasting_end(when.start, false, dur);
    }
}

fn estimate(chosen: &[Match]) -> Option<(Dur, usize)> {
    chosen.iter().enumerate().find_map(|(at, one)| match one.said {
        Said::Lasting(dur) | Said::Estimate(dur) => Some((dur, at)),
        _ => None,
    })
}

struct Line<'a> {
    scan: Scan<'a>,
    chosen: &'a [Match],
    kept: &'a [bool],
    context: &'a Context,
    from: usize,
    to: usize,
}

impl Line<'_> {
    fn matches(&self) -> impl Iterator<Item = (usize, &Match)> {
        self.chosen
            .iter()
            .enumerate()
            .filter(|(at, _)| self.kept.get(*at).copied().unwrap_or(false))
    }

    fn span(&self, one: &Match) -> Option<Span> {
        let start = self.scan.tok(one.from)?.start;
        if one.said == Said::Escape {
            return Some(Span { start, end: start + 1 });
        }
        if one.said == Said::Note {
            return Some(Span { start, end: self.to });
        }
        let end = self.scan.tok(one.to.checked_sub(1)?)?.end;
        Some(Span { start, end })
    }

    fn taken(&self) -> Vec<bool> {
        let mut taken = vec![false; self.scan.toks.len()];
        for (_, one) in self.matches().filter(|(_, one)| one.said != Said::Escape) {
            for slot in taken.iter_mut().take(one.to).skip(one.from) {
                *slot = true;
            }
        }
        taken
    }

    fn reading(&self, timing: Timing) -> Reading {
        let taken = self.taken();
        let found = people(&self.scan, &taken, &self.context.known_people);
        let place = place(&self.scan, &taken, &found);
        let mut item = self.item(&timing, &found, place.as_ref());
        let cuts: Vec<Span> =
            item.spans.iter().filter(|span| span.cut).map(|span| span.span).collect();
        item.title = title(self.scan.text, self.from, self.to, &cuts);
        if !item.title.contains(char::is_alphanumeric) {
            item.title = self.scan.text.get(self.from..self.to).unwrap_or("").trim().to_owned();
            for span in &mut item.spans {
                span.cut = false;
            }
        }
        item.kind = kind(&self.scan, &taken, &item);
        let confidence = self.confidence(&timing, &taken);
        let items = if timing.whens.len() > 1 {
            timing
                .whens
                .iter()
                .map(|when| Item { when: Some(when.clone()), ..item.clone() })
                .collect()
        } else {
            vec![item]
        };
        Reading { items, confidence, uses_clock: timing.clock }
    }

    fn item(&self, timing: &Timing, found: &[PersonFound], place: Option<&PersonFound>) -> Item {
        let mut item = Item {
            when: timing.whens.first().cloned(),
            recurrence: timing.recurrence.clone(),
            estimate_minutes: timing.estimate,
            place: place.map(|place| place.name.clone()),
            ..crate::plain("")
        };
        let mut others = timing.others.clone();
        for (at, one) in self.matches() {
            if let Said::When(said) = &one.said {
                self.say(&mut item, at, said, timing, &mut others);
            } else if let Some(span) = self.span(one) {
                self.fill(&mut item, one, span);
            }
        }
        // "at Joe's Diner" names a place, and nobody.
        let placed = |person: &PersonFound| {
            place.is_some_and(|place| person.from < place.to && place.from < person.to)
        };
        for person in found.iter().filter(|person| !placed(person)) {
            push_unique(&mut item.people, &person.name);
            item.spans.extend(self.named(person, Field::Who));
        }
        item.spans.extend(place.and_then(|place| self.named(place, Field::Place)));
        for tok in self.scan.toks.iter().filter(|tok| tok.kind == Lexed::Opaque(Plain::Quote)) {
            let inside = item.spans.iter().any(|read| read.span.overlaps(tok.span()));
            if !inside {
                let text = self.scan.text.get(tok.start..tok.end).unwrap_or("").to_owned();
                let (span, field) = (tok.span(), Field::Quote);
                item.spans.push(SpanRead {
                    span,
                    field,
                    text,
                    cut: false,
                    alternatives: Vec::new(),
                });
            }
        }
        item.spans.sort_by_key(|read| read.span);
        item
    }

    fn named(&self, person: &PersonFound, field: Field) -> Option<SpanRead> {
        let start = self.scan.tok(person.from)?.start;
        let span = Span { start, end: start + person.name.len() };
        Some(SpanRead {
            span,
            field,
            text: person.name.clone(),
            cut: false,
            alternatives: Vec::new(),
        })
    }

    /// Adds the chips of a saying.
    fn say(
        &self,
        item: &mut Item,
        at: usize,
        said: &WhenSaid,
        timing: &Timing,
        others: &mut Others,
    ) {
        let Some(one) = self.chosen.get(at) else { return };
        let own = timing.own.iter().find(|(of, _)| *of == at).map_or(0, |(_, when)| *when);
        let Some(when) = timing.whens.get(own) else { return };
        let hour = |other: &usize| {
            let said = self.chosen.get(*other).map(|one| &one.said);
            matches!(said, Some(Said::When(said)) if said.from.hour.is_some())
        };
        let saying = Saying {
            scan: &self.scan,
            one,
            said,
            when,
            recurrence: timing.recurrence.as_ref(),
            reference: self.context.reference.date(),
            hours: self.hours(said, timing),
            hour_elsewhere: timing.used.iter().any(|other| *other != at && hour(other)),
        };
        let cut = !self.attributive(one);
        for Chip { span, field, text, alternatives } in saying.chips(others) {
            item.spans.push(SpanRead { span, field, text, cut, alternatives });
        }
    }

    /// Every hour of a list of hours, in the order of the text.
    fn hours(&self, said: &WhenSaid, timing: &Timing) -> Vec<Time> {
        if said.from.more_hours.is_empty() || !said.from.more_days.is_empty() {
            return Vec::new();
        }
        match &timing.recurrence {
            Some(recurrence) => recurrence.hours(),
            None => timing.whens.iter().map(|when| when.start.time()).collect(),
        }
    }

    /// Puts one match into the item.
    fn fill(&self, item: &mut Item, one: &Match, span: Span) {
        let raw = self.scan.text.get(span.start..span.end).unwrap_or("");
        let name = || {
            let name = if one.said == Said::Assignee {
                raw.rsplit(char::is_whitespace).next()
            } else {
                Some(raw)
            };
            let name = name.unwrap_or(raw).trim_end_matches(':');
            name.trim_start_matches(['#', '@', '+', '~', '/']).to_owned()
        };
        let (field, text) = match &one.said {
            Said::When(_) => return,
            Said::Repeat(_) | Said::Except(_) | Said::Count(_) => (Field::Repeat, raw.to_owned()),
            Said::Lasting(dur) | Said::Estimate(dur) => {
                (Field::Estimate, label::minutes(dur.minutes()))
            }
            Said::Reminder(dur) => {
                item.reminder_minutes = Some(dur.minutes());
                (Field::Reminder, format!("{} before", label::minutes(dur.minutes())))
            }
            Said::Priority(level) => {
                item.priority = Some(item.priority.map_or(*level, |known| known.min(*level)));
                (Field::Priority, format!("p{level}"))
            }
            Said::Tag => {
                push_unique(&mut item.tags, &name());
                (Field::Tag, name())
            }
            Said::List => {
                item.list.get_or_insert_with(name);
                (Field::List, name())
            }
            Said::Person => {
                push_unique(&mut item.people, &name());
                (Field::Who, name())
            }
            Said::Assignee => {
                item.assignee.get_or_insert_with(name);
                push_unique(&mut item.people, &name());
                (Field::Assignee, name())
            }
            Said::LeadIn => (Field::Reminder, "capture".to_owned()),
            Said::Escape => (Field::Quote, "plain".to_owned()),
            Said::Note => {
                let note = raw.trim_start_matches('/').trim();
                item.notes = Some(note.to_owned()).filter(|note| !note.is_empty());
                (Field::Note, note.to_owned())
            }
        };
        let person_in_phrase = one.said == Said::Person && self.in_phrase(one.from);
        if person_in_phrase {
            let sign = Span { start: span.start, end: span.start + 1 };
            item.spans.push(SpanRead {
                span: sign,
                field,
                text: text.clone(),
                cut: true,
                alternatives: Vec::new(),
            });
            let span = Span { start: span.start + 1, end: span.end };
            item.spans.push(SpanRead { span, field, text, cut: false, alternatives: Vec::new() });
            return;
        }
        item.spans.push(SpanRead { span, field, text, cut: true, alternatives: Vec::new() });
    }

    /// "the 5:15 bus", "Christmas dinner": the time belongs to the noun, and the title needs it.
    fn attributive(&self, one: &Match) -> bool {
        let Said::When(said) = &one.said else { return false };
        let holiday = matches!(said.from.day, Some(Day::Holiday(_, None, Which::Plain)))
            && said.from.hour.is_none()
            && said.lead == Lead::None
            && self.scan.is_word(one.to)
            && self.scan.word(one.to) == W::None
            && !listed(lists::VERBS, self.scan.lower(one.to));
        if holiday {
            return true;
        }
        let hour = said.lead == Lead::None && said.from.day.is_none() && said.from.hour.is_some();
        let noun = self.scan.is_word(one.to) && self.scan.word(one.to) == W::None;
        hour && noun && matches!(self.scan.word_before(one.from), W::The | W::A)
    }

    /// Whether a person is asked for by the word before ("lunch with @sam" needs the name).
    fn in_phrase(&self, from: usize) -> bool {
        self.scan.prev(from).is_some_and(|at| among(lists::PERSON_AFTER, self.scan.lower(at)))
    }

    /// How far the whole reading can be trusted.
    fn confidence(&self, timing: &Timing, taken: &[bool]) -> Confidence {
        let doubt = timing.doubt.unwrap_or(Confidence::Sure);
        let left = (0..self.scan.toks.len())
            .filter(|i| !taken.get(*i).copied().unwrap_or(false))
            .any(|i| self.time_word(i));
        if left { doubt.min(Confidence::Likely) } else { doubt }
    }

    /// Whether a word that was left over may mean a time.
    fn time_word(&self, i: usize) -> bool {
        let led = matches!(
            self.scan.word_before(i),
            W::This | W::Next | W::At | W::By | W::Before | W::After | W::Until
        );
        if led && among(namings::VAGUE_TIMES, self.scan.lower(i)) {
            return true;
        }
        match self.scan.word(i) {
            W::Rel(_)
            | W::Tonight
            | W::Wd(..)
            | W::Month(_, false)
            | W::Every
            | W::Often(_)
            | W::Noon
            | W::Midnight
            | W::Am
            | W::Pm
            | W::Ago
            | W::Part(_)
            | W::Next => true,
            W::Unit(Unit::Second) => false,
            W::Units(_) | W::Unit(_) => {
                self.scan.prev(i).is_some_and(|at| self.scan.num(at).is_some())
            }
            _ => false,
        }
    }
}

fn push_unique(names: &mut Vec<String>, name: &str) {
    if !name.is_empty() && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
