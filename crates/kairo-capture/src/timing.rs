//! From the joined sayings of a text to one moment on the calendar.
//!
//! **Invariant:** a time that does not exist on its day, or exists twice, is bent by the rules of
//! the zone and says so.

use crate::ast::{Day, Edge, Half, Hour, Lead, Moment, WhenSaid, Which, ZoneName};
use crate::hours::{
    CLOSE, Guess, Hints, Settled, in_half, named_part, part_hour, settle, settle_range,
};
use crate::label;
use crate::model::{Alternative, Confidence, Context, Role, Shift, When, zone_named};
use crate::resolve::{Calendar, Resolved, plus, plus_days};
use crate::words::{Daypart, Unit};
use jiff::Span;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

impl Others {
    fn move_by(&mut self, away: Span) -> Option<()> {
        for other in &mut self.day {
            other.start = other.start.checked_add(away).ok()?;
            other.label = label::day(other.start.date());
        }
        for other in &mut self.hour {
            other.start = other.start.checked_add(away).ok()?;
            other.label = label::time(other.start.time());
        }
        Some(())
    }
}

/// A moment on the calendar.
#[derive(Debug, Clone)]
pub(crate) struct Timed {
    pub(crate) when: When,
    pub(crate) doubt: Confidence,
    pub(crate) clock: bool,
    pub(crate) others: Others,
}

/// Other readings, by the words that they are readings of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Others {
    /// The other order of day and month, the other "next friday".
    pub(crate) day: Vec<Alternative>,
    /// The other half of the day.
    pub(crate) hour: Vec<Alternative>,
}

/// What the text besides the sayings tells about the hour ("dinner").
pub(crate) type Mood = Option<Half>;

/// The context moved into the zone that the text names.
pub(crate) fn in_zone(
    context: &Context,
    zone: Option<&ZoneName>,
) -> Option<(Context, Option<String>)> {
    let name = match zone {
        None => return Some((context.clone(), None)),
        Some(ZoneName::Iana(name)) => name.clone(),
        Some(ZoneName::Offset(0)) => "UTC".to_owned(),
        Some(ZoneName::Offset(minutes)) if minutes % 60 == 0 => {
            format!("Etc/GMT{:+}", -minutes / 60)
        }
        Some(ZoneName::Offset(330)) => "Asia/Kolkata".to_owned(),
        Some(ZoneName::Offset(_)) => return None,
    };
    let zone = zone_named(&name).ok()?;
    let now = context.zone.to_ambiguous_zoned(context.reference).compatible().ok()?;
    let reference = now.with_time_zone(zone.clone()).datetime();
    let context = Context { reference, zone, zone_name: name.clone(), ..context.clone() };
    Some((context, Some(name)))
}

/// Applies the rules of daylight saving time to a local time.
pub(crate) fn bend(zone: &TimeZone, at: DateTime) -> (DateTime, Option<Shift>) {
    let ambiguous = zone.to_ambiguous_zoned(at);
    let shift = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => return (at, None),
        AmbiguousOffset::Gap { .. } => Shift::Gap,
        AmbiguousOffset::Fold { .. } => Shift::Fold,
    };
    match ambiguous.compatible() {
        Ok(zoned) => (zoned.datetime(), Some(shift)),
        Err(_) => (at, None),
    }
}

/// The same for a start and its end. An end that the moved start overtakes keeps its distance:
/// half past two that becomes half past three, for half an hour, ends at four.
pub(crate) fn bend_both(
    zone: &TimeZone,
    start: DateTime,
    end: Option<DateTime>,
) -> (DateTime, Option<DateTime>, Option<Shift>) {
    let (bent, shift) = bend(zone, start);
    let end = end.map(|end| match bend(zone, end).0 {
        overtaken if overtaken < bent => bent.saturating_add(end.duration_since(start)),
        end => end,
    });
    (bent, end, shift)
}

struct Resolver<'a> {
    context: &'a Context,
    said: &'a WhenSaid,
    mood: Mood,
}

/// Resolves joined sayings.
pub(crate) fn resolve(context: &Context, said: &WhenSaid, mood: Mood) -> Option<Timed> {
    let (context, zone) = in_zone(context, said.from.zone.as_ref())?;
    let resolver = Resolver { context: &context, said, mood };
    let mut timed = resolver.resolve()?;
    if !timed.when.all_day {
        let (start, end, shifted) = bend_both(&context.zone, timed.when.start, timed.when.end);
        (timed.when.start, timed.when.end) = (start, end);
        timed.when.shifted = shifted;
        if shifted.is_some() {
            timed.doubt = timed.doubt.min(Confidence::Likely);
        }
    }
    timed.when.zone = zone;
    Some(timed)
}

/// A start with what made it doubtful.
struct Start {
    at: DateTime,
    all_day: bool,
    end_clock: Option<(Time, i32)>,
    doubt: Confidence,
    clock: bool,
    others: Others,
}

impl Start {
    fn days(at: Date) -> Self {
        Self {
            at: at.to_datetime(Time::midnight()),
            all_day: true,
            end_clock: None,
            doubt: Confidence::Sure,
            clock: false,
            others: Others::default(),
        }
    }

    fn timed(at: DateTime) -> Self {
        Self { at, all_day: false, ..Self::days(at.date()) }
    }
}

impl Resolver<'_> {
    fn today(&self) -> Date {
        self.context.reference.date()
    }

    fn now(&self) -> Time {
        self.context.reference.time()
    }

    fn resolve(&self) -> Option<Timed> {
        let mut start = self.start()?;
        if let Some(dur) = self.said.offset {
            let away = Span::new().try_seconds(dur.seconds).ok()?;
            start.at = start.at.checked_add(away).ok()?;
            start.others.move_by(away)?;
        }
        let end = self.end(&start);
        let mut doubt = start.doubt;
        let backwards =
            end.is_some_and(|end| end < start.at || (end == start.at && !start.all_day));
        if backwards {
            doubt = Confidence::Unsure;
        }
        // "Friday to Sunday 6pm": the first day is said without an hour, so it begins with the day.
        let half = start.all_day && end.is_some_and(|end| end.time() != Time::midnight());
        if half {
            start.all_day = false;
            doubt = doubt.min(Confidence::Likely);
        }
        let when = When {
            role: self.role(),
            start: start.at,
            end: end.filter(|_| !backwards),
            all_day: start.all_day,
            zone: None,
            shifted: None,
        };
        Some(Timed { when, doubt, clock: start.clock, others: start.others })
    }

    fn role(&self) -> Role {
        let whole_now = matches!(
            self.said.from.day,
            Some(Day::Period {
                ahead: 0,
                edge: Edge::Whole,
                unit: Unit::Week | Unit::Month | Unit::Quarter | Unit::Year
            })
        );
        let close = self.said.from.hour == Some(Hour::Close);
        match self.said.lead {
            Lead::By | Lead::Due | Lead::Until | Lead::Within | Lead::Ending => Role::Due,
            Lead::After => Role::NotBefore,
            _ if whole_now || close => Role::Due,
            _ => Role::Start,
        }
    }

    fn start(&self) -> Option<Start> {
        let from = &self.said.from;
        if let Some(dur) = from.from_now {
            let zoned =
                self.context.zone.to_ambiguous_zoned(self.context.reference).compatible().ok()?;
            let at = zoned.checked_add(Span::new().try_seconds(dur.seconds).ok()?).ok()?.datetime();
            let at = plus(at.date(), crate::ast::Dur { seconds: 0, ..dur })?.to_datetime(at.time());
            let doubt = if from.guessed { Confidence::Unsure } else { Confidence::Sure };
            return Some(Start { clock: true, doubt, ..Start::timed(at) });
        }
        match from.hour {
            Some(Hour::Clock(clock)) => self.at_clock(clock),
            Some(Hour::Close) => {
                let day = self.day(true)?;
                let date = day.map_or(self.today(), |day| day.date);
                Some(Start { doubt: Confidence::Likely, ..Start::timed(date.to_datetime(CLOSE)) })
            }
            Some(Hour::Part(..)) => self.in_part(),
            None if from.part.is_some() => self.in_part(),
            None => {
                let day = self.day(false)??;
                let mut start = Start::days(day.date);
                self.doubts(&mut start, day);
                Some(start)
            }
        }
    }

    /// The day said; `None` inside where no day was said.
    fn day(&self, ahead_today: bool) -> Option<Option<Resolved>> {
        let Some(day) = &self.said.from.day else { return Some(None) };
        let calendar = Calendar { context: self.context, today: self.today(), ahead_today };
        Some(Some(calendar.day(day)?))
    }

    /// Whether the day said is today's weekday, so that the hour decides which week it is.
    fn same_weekday(&self) -> bool {
        matches!(&self.said.from.day, Some(Day::Wd(wd, _)) if *wd == self.today().weekday())
    }

    fn doubts(&self, start: &mut Start, day: Resolved) {
        if day.contested {
            start.doubt = Confidence::Unsure;
        }
        if let Some(other) = day.other {
            start.doubt = start.doubt.min(Confidence::Likely);
            let at = other.to_datetime(start.at.time());
            start.others.day.push(Alternative { label: label::day(other), start: at });
        }
        let calendar = Calendar { context: self.context, today: self.today(), ahead_today: false };
        if let Some(or) = self.said.from.or_day.as_ref().and_then(|day| calendar.day(day)) {
            start.doubt = Confidence::Unsure;
            let at = or.date.to_datetime(start.at.time());
            start.others.day.push(Alternative { label: label::day(or.date), start: at });
        }
        if matches!(
            self.said.from.day,
            Some(Day::Month { edge: Edge::Whole, .. } | Day::Year(_) | Day::Period { .. })
        ) {
            start.doubt = start.doubt.min(Confidence::Likely);
        }
    }

    /// A time of a part of the day, by the person's set hours.
    fn in_part(&self) -> Option<Start> {
        let from = &self.said.from;
        let (part, shift) = named_part(from.hour, from.part)?;
        let mut time = part_hour(self.context.dayparts, part, shift)?;
        let day = self.day(time > self.now())?;
        let date = match day {
            Some(day) => day.date,
            None if from.tonight || time > self.now() => self.today(),
            None => plus_days(self.today(), 1)?,
        };
        if from.tonight && date == self.today() && time <= self.now() {
            let night = part_hour(self.context.dayparts, Daypart::Night, 0)?;
            time = if part == Daypart::Evening && night > self.now() { night } else { time };
        }
        let clock = day.is_none() || date == self.today() || self.same_weekday();
        let mut start = Start { clock, ..Start::timed(date.to_datetime(time)) };
        if let Some(day) = day {
            self.doubts(&mut start, day);
        }
        start.doubt = start.doubt.min(Confidence::Likely);
        Some(start)
    }

    fn at_clock(&self, clock: crate::ast::Clock) -> Option<Start> {
        let from = &self.said.from;
        let dark = matches!(from.part, None | Some(Daypart::Evening | Daypart::Night));
        let small = clock.hour <= 4 || clock.hour == 12;
        let late = from.tonight && dark && small && clock.half == Half::Open;
        let part = if late { Some(Daypart::Night) } else { from.part };
        let blind = settle(clock, Hints { part, mood: self.mood, now: None })?;
        let day = self.day(blind.time > self.now())?;
        let today = day.is_none_or(|day| day.date == self.today());
        let now = (today && !from.tonight).then(|| self.now());
        let hints = Hints { part, mood: self.mood, now };
        let (first, last) = match from.hour_end {
            Some(Hour::Clock(end)) => {
                let (first, last) = settle_range(clock, end, hints)?;
                (first, Some(last))
            }
            _ => (self.with_later_end(clock, hints)?, None),
        };
        let passed = first.time <= self.now() && first.carry == 0;
        let mut date = match day {
            Some(day) => day.date,
            None if passed && !from.tonight => plus_days(self.today(), 1)?,
            None => self.today(),
        };
        // Today's midnight is the one that comes, unless the day was written out with its year.
        let written = matches!(
            from.day,
            Some(Day::Ymd { year: Some(_), .. } | Day::Numeric { year: Some(_), .. })
        );
        let midnight = first.time == Time::midnight()
            && today
            && passed
            && !written
            && (day.is_some() || from.tonight && from.part != Some(Daypart::Night));
        let small_hours = part == Some(Daypart::Night) && first.time < Time::constant(5, 0, 0, 0);
        date = plus_days(
            date,
            i32::from(midnight || (small_hours && clock.half == Half::Open)).max(first.carry),
        )?;
        let at = date.to_datetime(first.time);
        let mut start = Start { clock: today || self.same_weekday(), ..Start::timed(at) };
        start.end_clock = last.map(|last| (last.time, last.carry));
        if let Some(day) = day {
            self.doubts(&mut start, day);
        }
        self.half_doubt(&mut start, clock, first, last.is_some());
        Some(start)
    }

    /// A start whose end is in another saying ("Monday 9 to Tuesday 5pm").
    fn with_later_end(&self, clock: crate::ast::Clock, hints: Hints) -> Option<Settled> {
        match self.said.to.as_ref() {
            Some(Moment { day: None, hour: Some(Hour::Clock(end)), .. }) => {
                settle_range(clock, *end, hints).map(|(first, _)| first)
            }
            _ => settle(clock, hints),
        }
    }

    fn half_doubt(&self, start: &mut Start, clock: crate::ast::Clock, first: Settled, range: bool) {
        let doubt = match first.guess {
            Guess::None => return,
            Guess::Custom => Confidence::Likely,
            Guess::Coin => Confidence::Unsure,
        };
        start.doubt = start.doubt.min(doubt);
        let morning = first.time < Time::constant(12, 0, 0, 0);
        let other = in_half(clock, if morning { Half::Pm } else { Half::Am });
        if let Some(other) = other.filter(|_| !range) {
            let mut at = start.at.date().to_datetime(other);
            if at <= self.context.reference {
                at = plus_days(at.date(), 1).map_or(at, |date| date.to_datetime(other));
            }
            start.others.hour.push(Alternative { label: label::time(other), start: at });
        }
    }

    fn end(&self, start: &Start) -> Option<DateTime> {
        let from = &self.said.from;
        let date = start.at.date();
        let on = |day: &Day, ahead: bool| {
            let calendar = Calendar { context: self.context, today: date, ahead_today: ahead };
            let from_reference =
                Calendar { context: self.context, today: self.today(), ahead_today: false };
            let fixed = matches!(
                day,
                Day::Rel(_) | Day::In(_) | Day::Period { .. } | Day::Wd(_, Which::InWeek(_))
            );
            let calendar = if fixed { from_reference } else { calendar };
            calendar.day(day).map(|resolved| resolved.date)
        };
        let day_end = match &from.day_end {
            Some(day) => Some(on(day, true)?),
            None => None,
        };
        if let Some((time, carry)) = start.end_clock {
            let date = day_end.or_else(|| {
                self.said.to.as_ref().and_then(|to| to.day.as_ref()).and_then(|day| on(day, false))
            });
            return Some(plus_days(date.unwrap_or(date_of(start)), carry)?.to_datetime(time));
        }
        if let Some(to) = &self.said.to {
            let end = match &to.day {
                Some(day) => on(day, false)?,
                None => date,
            };
            return self.end_of(start, to, end);
        }
        let listed = !from.more_days.is_empty();
        if let Some(dur) = self.said.lasting.filter(|dur| dur.is_clock() || !listed) {
            return lasts(start, dur);
        }
        day_end.filter(|_| start.all_day).map(|end| end.to_datetime(Time::midnight()))
    }

    fn end_of(&self, start: &Start, to: &Moment, end: Date) -> Option<DateTime> {
        let same_day = to.day.is_none();
        match (to.hour, self.said.from.hour) {
            (Some(Hour::Clock(last)), Some(Hour::Clock(first))) if same_day => {
                let hints =
                    Hints { part: to.part.or(self.said.from.part), mood: self.mood, now: None };
                let (_, last) = settle_range(first, last, hints)?;
                Some(plus_days(end, last.carry)?.to_datetime(last.time))
            }
            (Some(Hour::Clock(last)), _) => {
                let settled = settle(last, Hints { part: to.part, mood: self.mood, now: None })?;
                Some(plus_days(end, settled.carry)?.to_datetime(settled.time))
            }
            (Some(Hour::Close), _) => Some(end.to_datetime(CLOSE)),
            _ if start.all_day => Some(end.to_datetime(Time::midnight())),
            _ => {
                let part = named_part(to.hour, to.part);
                let time =
                    part.and_then(|(part, shift)| part_hour(self.context.dayparts, part, shift));
                Some(end.to_datetime(time.unwrap_or(start.at.time())))
            }
        }
    }
}

fn date_of(start: &Start) -> Date {
    start.at.date()
}

/// The end of something that lasts: of days the last one, of hours the minute after.
pub(crate) fn lasting_end(
    start: DateTime,
    all_day: bool,
    dur: crate::ast::Dur,
) -> Option<DateTime> {
    if all_day {
        let after = plus(start.date(), crate::ast::Dur { seconds: 0, ..dur })?;
        let last = plus_days(after, -1)?;
        return (last > start.date()).then(|| last.to_datetime(Time::midnight()));
    }
    let date = plus(start.date(), crate::ast::Dur { seconds: 0, ..dur })?;
    date.to_datetime(start.time()).checked_add(Span::new().try_seconds(dur.seconds).ok()?).ok()
}

fn lasts(start: &Start, dur: crate::ast::Dur) -> Option<DateTime> {
    if start.all_day && dur.is_clock() {
        return None;
    }
    lasting_end(start.at, start.all_day, dur)
}
