//! A day, a time, or both in any order, read as one moment.
//!
//! **Invariant:** a moment takes at most one day (or one list of days) and one time.

use super::{Found, Scan};
use crate::ast::{Aspect, Clock, Day, Dur, Edge, Half, Hour, Moment, Of, Part, Which, add_part};
use crate::words::{Daypart, Form, Unit, W, among, listed, lists};
use jiff::civil::Weekday;

/// A moment, and whether it may stand without company.
#[derive(Debug, Clone)]
pub(super) struct MomentFound {
    pub(super) moment: Moment,
    pub(super) sure: bool,
}

/// Most parts that one moment is put together from.
const PARTS_MAX: usize = 6;

impl Scan<'_> {
    /// The longest moment that begins here; `led` says that a word such as "at" stands before.
    pub(super) fn moment(&self, i: usize, led: bool) -> Found<MomentFound> {
        let mut found = MomentFound { moment: Moment::default(), sure: false };
        let mut next = i;
        let mut strong = 0;
        let mut count = 0;
        let mut parts = Vec::new();
        for _ in 0..PARTS_MAX {
            let first = next == i;
            let places = self.connected(next, first);
            let from = places.first().map_or(next, |(at, _)| *at);
            let taken = places.into_iter().find_map(|(at, led_here)| {
                let led = if first { led } else { led_here };
                self.part(&found.moment, at, led, first)
            });
            let Some(((moment, sure), after)) = taken else { break };
            let aspect = gained(&found.moment, &moment);
            add_part(&mut parts, Part { aspect, from, to: after });
            found.moment = moment;
            strong += usize::from(sure);
            count += 1;
            next = after;
        }
        if next == i {
            return None;
        }
        found.moment.parts = parts;
        found.sure = strong > 0 || count > 1;
        Some((found, next))
    }

    /// Where the next part may begin: here, or behind "at", "on" or a comma.
    fn connected(&self, i: usize, first: bool) -> Vec<(usize, bool)> {
        if first {
            return vec![(i, false)];
        }
        let comma =
            self.sep(i, ',') || (self.sep(i, '-') && !self.glued(i + 1)) || self.sep(i, '(');
        let at = if comma { i + 1 } else { i };
        let mut places = vec![(at, false)];
        if comma && self.lower(at) == "t" {
            return places;
        }
        match self.word(at) {
            W::At | W::From | W::Approx | W::By | W::Between => {
                let more =
                    matches!(self.word(at + 1), W::Approx) || self.lower(at + 1) == "exactly";
                places.push((if more { at + 2 } else { at + 1 }, true));
            }
            W::In if self.is(at + 1, W::Between) => places.push((at + 2, true)),
            W::On | W::In | W::For | W::The | W::Of | W::Starting => places.push((at + 1, false)),
            _ => {}
        }
        if self.sep(at, '@') {
            places.push((at + 1, true));
        }
        places
    }

    /// One more part of a moment.
    fn part(&self, so_far: &Moment, i: usize, led: bool, first: bool) -> Found<(Moment, bool)> {
        if let Some(found) = self.year_behind(so_far, i) {
            return Some(found);
        }
        if let Some(next) = self.all_of(so_far, i, first) {
            return Some(((so_far.clone(), false), next));
        }
        if let Some(found) = self.early_day(so_far, i).filter(|_| first) {
            return Some(found);
        }
        if so_far.day.is_none()
            && so_far.from_now.is_none()
            && let Some((start, end, next)) = self.numbered_days(i)
        {
            let mut moment = Moment { day: Some(start), ..so_far.clone() };
            let either = (i..next).any(|at| self.is(at, W::Or));
            *(if either { &mut moment.or_day } else { &mut moment.day_end }) = Some(end);
            return Some(((moment, true), next));
        }
        self.time_part(so_far, i, led, first).or_else(|| self.day_part(so_far, i, first))
    }

    /// "2026" in "Wed Dec 2 15:00 2026".
    fn year_behind(&self, so_far: &Moment, i: usize) -> Found<(Moment, bool)> {
        so_far.hour?;
        let Some(Day::Ymd { year: None, month, day, wd }) = so_far.day else { return None };
        let (year, next) = self.year(i)?;
        let day = Day::Ymd { year: Some(year), month, day, wd };
        Some(((Moment { day: Some(day), ..so_far.clone() }, true), next))
    }

    fn day_part(&self, so_far: &Moment, i: usize, first: bool) -> Found<(Moment, bool)> {
        if so_far.from_now.is_some() {
            return None;
        }
        let mut moment = so_far.clone();
        if self.is(i, W::Tonight) && so_far.day.is_none() {
            moment.tonight = true;
            moment.part.get_or_insert(Daypart::Evening);
            return Some(((moment, true), i + 1));
        }
        let (found, next) = self.day(i)?;
        match &so_far.day {
            None => moment.day = Some(found.day),
            Some(day) => moment.day = Some(agreeing(day, found.day)?),
        }
        let (moment, next) =
            if so_far.day.is_none() { self.day_range(moment, next) } else { (moment, next) };
        let (moment, next) = if first { self.more_days(moment, i, next) } else { (moment, next) };
        let (moment, next) = self.or_day(moment, next);
        let sure = found.sure || moment.day_end.is_some() || moment.or_day.is_some();
        Some(((moment, sure), next))
    }

    fn time_part(
        &self,
        so_far: &Moment,
        i: usize,
        led: bool,
        first: bool,
    ) -> Found<(Moment, bool)> {
        let mut moment = so_far.clone();
        if so_far.hour.is_some() {
            if let Some((Hour::Part(part, _), next)) = self.daypart(i)
                && so_far.part.is_none()
                && so_far.day.is_some()
                && !first
            {
                moment.part = Some(part);
                return Some(((moment, false), next));
            }
            let (zone, next) = self.zone(i).filter(|_| so_far.zone.is_none())?;
            moment.zone = Some(zone);
            return Some(((moment, true), next));
        }
        let i = if self.lower(i) == "t" && self.glued(i) { i + 1 } else { i };
        let iso = self.lower(i.saturating_sub(1)) == "t" && self.glued(i);
        if let Some((start, end, next)) = self.clock_range(i, led || so_far.day.is_some()) {
            moment.hour = Some(Hour::Clock(start));
            moment.hour_end = Some(Hour::Clock(end));
            return Some(((moment, true), next));
        }
        let dated = so_far.day.is_some()
            && self
                .num(i)
                .is_some_and(|(value, width)| width == 4 && !(1900..2100).contains(&value));
        let last = (so_far.tonight || self.hour_closes(so_far, i)) && self.tok(i + 1).is_none();
        let led = led || dated || last;
        let found = if iso { self.iso_clock(i) } else { self.clock(i, led) };
        if let Some((clock, next)) = found {
            if so_far.from_now.is_some() {
                return None;
            }
            moment.hour = Some(Hour::Clock(clock));
            let named = matches!(self.word(i), W::Midnight | W::Noon);
            let noun = self.is_word(next) && matches!(self.word(next), W::None | W::Is);
            let sure = !(named && first && !led && noun);
            return Some(((moment, sure), next));
        }
        if let Some((hour, next)) = self.close(i).or_else(|| self.thing(i, first)) {
            moment.hour = Some(hour);
            return Some(((moment, true), next));
        }
        if let Some((hour, next)) = self.custom_hour(i, first) {
            moment.hour = Some(hour);
            return Some(((moment, !first || self.is_done(i)), next));
        }
        self.part_of_day(moment, i, first)
    }

    /// "dinner fri 7": a number behind a weekday that is not the day of that weekday.
    fn hour_closes(&self, so_far: &Moment, i: usize) -> bool {
        let near = matches!(so_far.day, Some(Day::Wd(..) | Day::Rel(_))) && so_far.part.is_none();
        near && self.num(i).is_some_and(|(hour, width)| (1..=12).contains(&hour) && width <= 2)
    }

    /// Whether the text ends here, or a repetition comes.
    fn clears(&self, i: usize) -> bool {
        self.tok(i).is_none() || self.is(i, W::Every) || self.is(i, W::On) || self.sep(i, ',')
    }

    /// Whether a day comes next ("10 to 11 tomorrow").
    pub(super) fn day_follows(&self, i: usize) -> bool {
        let at = i + usize::from(self.is(i, W::On));
        let named = matches!(self.word(at), W::Rel(_) | W::Wd(..) | W::Tonight | W::This | W::Next);
        (named && self.day(at).is_some()) || self.dismissed_time(at)
    }

    /// "T13:00", where the T has just been passed.
    fn iso_clock(&self, i: usize) -> Found<Clock> {
        let (hour, width) = self.num(i)?;
        let (minute, next) = match self.num(i + 2) {
            Some((minute, 2)) if self.sep(i + 1, ':') => (minute, i + 3),
            _ if width == 4 => (hour % 100, i + 1),
            _ => return None,
        };
        let hour = if width == 4 { hour / 100 } else { hour };
        let seconds = self.num(next + 1).filter(|(_, width)| self.sep(next, ':') && *width == 2);
        let (second, next) = seconds.map_or((0, next), |(second, _)| (second, next + 2));
        let fraction = self.sep(next, '.') && self.glued(next + 1) && self.num(next + 1).is_some();
        let next = if fraction { next + 2 } else { next };
        let small = |value: u32| i8::try_from(value).ok();
        let clock = Clock {
            hour: small(hour)?,
            minute: small(minute)?,
            second: small(second)?,
            half: Half::Whole,
            bare: false,
        };
        (hour < 24 && minute < 60 && second < 60).then_some((clock, next))
    }

    /// "tomorrow morning", "this evening", "in the afternoon".
    fn part_of_day(&self, mut moment: Moment, i: usize, first: bool) -> Found<(Moment, bool)> {
        if moment.part.is_some() || moment.from_now.is_some() {
            return None;
        }
        let this = matches!(self.word(i), W::This);
        let article = self.is(i, W::The);
        let at = if this || article { i + 1 } else { i };
        let (hour, next) = self.daypart(at)?;
        let led =
            matches!(self.word_before(i), W::In | W::During | W::At | W::By | W::Until | W::On)
                && i > 0;
        let led = led && (article || self.is(i.wrapping_sub(1), W::At) || !first);
        let bare_night = matches!(hour, Hour::Part(Daypart::Night, _)) && article;
        let at_day = next + usize::from(matches!(self.word(next), W::Of | W::On));
        let of_day = self.day(at_day).is_some_and(|(found, _)| found.sure);
        let company = self.behind_dismissed_time(i) || self.dismissed_time(next);
        if first && !this && (!led || bare_night) && !of_day && !company {
            return None;
        }
        let noun = self.is_word(next) && self.lower(next) == "school";
        // "movie night friday" is a movie night.
        let named = bare_named_night(self, at, first && !this && !led);
        if noun || named {
            return None;
        }
        match hour {
            Hour::Part(_, shift) if shift != 0 && !self.clock_near(next) => {
                moment.hour = Some(hour);
            }
            Hour::Part(part, _) => moment.part = Some(part),
            _ => {}
        }
        if this {
            moment.tonight = true;
        }
        Some(((moment, true), next))
    }

    /// "9-11am", "3:30 to 6 PM", "between 3 and 5".
    pub(super) fn clock_range(&self, i: usize, led: bool) -> Option<(Clock, Clock, usize)> {
        let between = self.is(i.wrapping_sub(1), W::Between);
        let (start, next) = self.clock(i, true).or_else(|| self.clock(i, led))?;
        let at = match self.range_mark(next) {
            Some(at) => at,
            None if between && self.is(next, W::And) => next + 1,
            None => return None,
        };
        let at = if self.is(at, W::At) { at + 1 } else { at };
        let (end, after) = self.clock(at, true)?;
        let bare = start.bare && end.bare && start.half == Half::Open && end.half == Half::Open;
        let whole = start.bare && end.bare;
        let repeated = matches!(
            self.word_before(i),
            W::Wd(_, Form::Plural) | W::Workdays | W::Weekends | W::Often(_)
        );
        let from = matches!(self.word_before(i), W::From | W::Between | W::At)
            || repeated
            || led
            || self.day_follows(after)
            || (among(lists::MEETINGS, self.lower_before(i)) && self.clears(after));
        let glued = self.glued(at) && self.glued(at + 1);
        let counted = bare && counts(start, end) && !self.day_follows(after);
        if (bare || whole) && !from || counted || (!led && self.like_part_number(i, at)) {
            return None;
        }
        let longer = self.sep(after, '-') && self.glued(after) && glued;
        (!longer && self.can_end(after)).then_some((start, end, after))
    }

    /// "1106-0918": four digits and four more whose minutes no appointment has.
    fn like_part_number(&self, i: usize, at: usize) -> bool {
        let odd = |at: usize| {
            self.num(at).is_some_and(|(value, width)| width > 2 && !value.is_multiple_of(5))
                && !matches!(self.word(at + 1), W::Am | W::Pm)
        };
        odd(i) || odd(at)
    }
}

/// "from 1 to 10" counts, and "3-2" is a score: nothing takes place for nine hours from one
/// o'clock, or for eleven from any.
pub(super) fn counts(start: Clock, end: Clock) -> bool {
    let bare = start.bare && end.bare && start.half == Half::Open && end.half == Half::Open;
    let hours = (end.hour - start.hour).rem_euclid(12);
    bare && ((start.hour, end.hour) == (1, 10) || hours == 0 || (hours == 11 && start.hour < 7))
}

/// Whether a bare "night" names what takes place ("game night") rather than when.
fn bare_named_night(scan: &Scan<'_>, at: usize, bare: bool) -> bool {
    let noun = at > 0 && scan.is_word(at - 1) && scan.word_before(at) == W::None;
    let verb = listed(lists::VERBS, scan.lower_before(at)) && at == 1;
    bare && noun && !verb && scan.is(at, W::Part(Daypart::Night))
}

/// What a moment has more than before. "Tonight" and "this morning" say the day first of all: their
/// hour is a setting.
fn gained(before: &Moment, after: &Moment) -> Aspect {
    let clock = before.hour != after.hour;
    let part = before.part != after.part && before.tonight == after.tonight;
    if before.day.is_none() && after.day.is_some() {
        Aspect::Day
    } else if before.zone != after.zone {
        Aspect::Zone
    } else if clock || part {
        Aspect::Hour
    } else {
        Aspect::Day
    }
}

/// Two days said of one moment ("Friday" and "Nov 27"), if they can be one.
pub(crate) fn agreeing(one: &Day, two: Day) -> Option<Day> {
    let week = |wd: Weekday, ahead: i32| Some(Day::Wd(wd, Which::InWeek(ahead)));
    match (one.clone(), two) {
        (Day::Wd(wd, _), Day::Ymd { year, month, day, wd: None })
        | (Day::Ymd { year, month, day, wd: None }, Day::Wd(wd, Which::Plain)) => {
            Some(Day::Ymd { year, month, day, wd: Some(wd) })
        }
        (Day::Wd(wd, Which::Plain), Day::Numeric { first, second, year, wd: None })
        | (Day::Numeric { first, second, year, wd: None }, Day::Wd(wd, Which::Plain)) => {
            Some(Day::Numeric { first, second, year, wd: Some(wd) })
        }
        (Day::Wd(wd, _), Day::Dom { day, wd: None, of })
        | (Day::Dom { day, wd: None, of }, Day::Wd(wd, Which::Plain)) => {
            Some(Day::Dom { day, wd: Some(wd), of })
        }
        (Day::Wd(wd, _), Day::Period { unit: Unit::Week, ahead, edge: Edge::Whole })
        | (Day::Period { unit: Unit::Week, ahead, edge: Edge::Whole }, Day::Wd(wd, _)) => {
            week(wd, ahead)
        }
        (
            Day::Period { unit: Unit::Month, ahead, edge: Edge::Whole },
            Day::Dom { day, wd, of: Of::Soonest },
        )
        | (
            Day::Dom { day, wd, of: Of::Soonest },
            Day::Period { unit: Unit::Month, ahead, edge: Edge::Whole },
        ) => Some(Day::Dom { day, wd, of: Of::MonthsAhead(ahead) }),
        (
            base @ (Day::Ymd { year: None, .. } | Day::Month { year: None, ahead: 0, .. }),
            Day::Period { unit: Unit::Year, ahead, edge: Edge::Whole },
        )
        | (
            Day::Period { unit: Unit::Year, ahead, edge: Edge::Whole },
            base @ (Day::Ymd { year: None, .. } | Day::Month { year: None, ahead: 0, .. }),
        ) => Some(Day::OfYear { base: Box::new(base), ahead }),
        (Day::Wd(wd, _), Day::In(Dur { months: 0, workdays: 0, days, .. }))
        | (Day::In(Dur { months: 0, workdays: 0, days, .. }), Day::Wd(wd, _))
            if days % 7 == 0 =>
        {
            week(wd, days / 7)
        }
        _ => None,
    }
}
