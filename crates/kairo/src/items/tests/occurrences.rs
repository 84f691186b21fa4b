//! What differs in one occurrence, and how a series moves on.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use uuid::Uuid;

use super::{every, titled};
use crate::items::{
    Amendment, Draft, ItemError, Kind, Occurrence, Override, Series, Standing, State, Status,
    Times, When,
};
use crate::items::{Repeat, Role};
use crate::limits::ITEM_OVERRIDES_MAX;

pub(super) const NOON: &str = "2026-11-23T12:00:00Z";

pub(super) fn at(day: i8, hour: i8) -> DateTime {
    date(2026, 11, day).at(hour, 0, 0, 0)
}

pub(super) fn series(kind: Kind, start: DateTime, repeat: Repeat) -> State {
    let (role, zone) = (Role::Start, "America/New_York".to_owned());
    State {
        kind,
        status: Status::Open,
        body: titled("water the plants"),
        priority: None,
        when: Some(When { role, start, end: None, all_day: false, zone }),
        repeat: Some(repeat),
        done_at: None,
        deleted_at: None,
    }
}

pub(super) fn daily(rest: &str) -> State {
    series(Kind::Task, at(23, 9), every(&format!("FREQ=DAILY{rest}")))
}

pub(super) fn draft(state: State) -> Draft {
    Draft::new(state, Vec::new(), Uuid::from_u128(7))
}

pub(super) fn now() -> Timestamp {
    NOON.parse().unwrap()
}

pub(super) fn start(draft: &Draft) -> DateTime {
    draft.state.when.as_ref().unwrap().start
}

pub(super) fn rule(draft: &Draft) -> &str {
    &draft.state.repeat.as_ref().unwrap().rrule
}

pub(super) fn to(start: DateTime) -> Amendment {
    Amendment { times: Some(Times { start, end: None, all_day: false }), ..Amendment::default() }
}

fn named(found: &[Occurrence]) -> Vec<(DateTime, DateTime)> {
    found.iter().map(|it| (it.original, it.when.start)).collect()
}

fn between(draft: &Draft, from: DateTime, to: DateTime) -> Vec<Occurrence> {
    draft.series().unwrap().between(from, to, 50)
}

// Goal: what is done at the start moves the series on past all that is done or skipped already, and
// each keeps its entry.
#[test]
fn done_moves_past_what_is_settled() {
    let mut it = draft(daily(";COUNT=5"));
    it.set_standing(at(24, 9), Standing::Done, now()).unwrap();
    it.set_standing(at(25, 9), Standing::Skipped, now()).unwrap();
    assert_eq!(start(&it), at(23, 9), "what lies ahead moves nothing");
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    assert_eq!((start(&it), rule(&it)), (at(26, 9), "FREQ=DAILY;COUNT=2"));
    let standings: Vec<Standing> =
        [23, 24, 25].map(|day| it.series().unwrap().find(at(day, 9)).unwrap().standing).into();
    assert_eq!(standings, [Standing::Done, Standing::Done, Standing::Skipped]);
    assert_eq!(it.beside().touched.len(), 3);
}

// Goal: open again takes the series back to that time with its count, and what was done since
// stays done.
#[test]
fn open_again_takes_the_series_back() {
    let mut it = draft(daily(";COUNT=5"));
    for day in [23, 24] {
        it.set_standing(at(day, 9), Standing::Done, now()).unwrap();
    }
    it.set_standing(at(23, 9), Standing::Open, now()).unwrap();
    assert_eq!((start(&it), rule(&it)), (at(23, 9), "FREQ=DAILY;COUNT=5"));
    assert_eq!(it.series().unwrap().find(at(24, 9)).unwrap().standing, Standing::Done);
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    assert_eq!((start(&it), rule(&it)), (at(25, 9), "FREQ=DAILY;COUNT=3"));
}

// Goal: a name that the rule does not give is not there: off the rule, left out, or before a start
// that never was.
#[test]
fn other_names_are_not_there() {
    let mut state = daily(";UNTIL=20261126");
    state.repeat.as_mut().unwrap().exdates = vec![at(25, 9)];
    let mut it = draft(state);
    for name in [at(25, 9), at(24, 10), at(22, 9), at(27, 9), date(2026, 11, 24).into()] {
        assert!(it.series().unwrap().find(name).is_none(), "{name}");
        let refused = it.set_standing(name, Standing::Done, now());
        assert!(matches!(refused, Err(ItemError::NotFound)), "{name}");
        assert!(matches!(it.amend(name, &to(at(28, 9))), Err(ItemError::NotFound)));
    }
    assert_eq!(named(&between(&it, at(20, 0), at(30, 0))).len(), 3);
}

// Goal: the last one ends the series whether it was done or skipped, and only the done count as
// done; open again reopens the series at that one.
#[test]
fn the_last_one_ends_the_series() {
    for (standing, done) in [(Standing::Done, 2), (Standing::Skipped, 1)] {
        let mut it = draft(daily(";COUNT=2"));
        it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
        it.set_standing(at(24, 9), standing, now()).unwrap();
        assert_eq!((it.state.status, it.state.done_at), (Status::Done, Some(now())));
        assert_eq!(it.series().unwrap().done().len(), done, "{standing:?}");
        assert!(
            it.series()
                .unwrap()
                .soon(at(23, 0), at(30, 0), 9)
                .iter()
                .all(|it| { it.standing == Standing::Done })
        );
        it.set_status(Status::Open, now()).unwrap();
        assert_eq!((it.state.status, start(&it)), (Status::Open, at(24, 9)));
        assert_eq!(it.state.done_at, None);
    }
}

// Goal: of a series that is over, an earlier one that is opened again is all that is open.
#[test]
fn a_finished_series_opens_where_it_is_asked_to() {
    let mut it = draft(daily(";COUNT=3"));
    for day in [24, 25, 23] {
        it.set_standing(at(day, 9), Standing::Done, now()).unwrap();
    }
    assert_eq!(it.state.status, Status::Done);
    it.set_standing(at(24, 9), Standing::Open, now()).unwrap();
    assert_eq!((it.state.status, start(&it)), (Status::Open, at(24, 9)));
    it.set_standing(at(24, 9), Standing::Done, now()).unwrap();
    assert_eq!(it.state.status, Status::Done);
}

// Goal: moved onto another occurrence, both are there; moved out of a window it is gone from it,
// and stands where it was moved to.
#[test]
fn moved_onto_another_both_stand() {
    let mut it = draft(daily(""));
    it.amend(at(24, 9), &to(at(25, 9))).unwrap();
    let on_the_25th = named(&between(&it, at(25, 0), at(26, 0)));
    assert_eq!(on_the_25th, [(at(24, 9), at(25, 9)), (at(25, 9), at(25, 9))]);
    assert!(between(&it, at(24, 0), at(25, 0)).is_empty());
    it.amend(at(24, 9), &to(at(24, 9))).unwrap();
    assert!(it.overrides().is_empty(), "moved back, nothing differs");
}

// Goal: an end moves with its start; a day stays a day; a series longer than a day is found while
// it lasts.
#[test]
fn long_ones_are_found_while_they_last() {
    let mut state = series(Kind::Event, date(2026, 11, 20).into(), every("FREQ=WEEKLY"));
    let when = state.when.as_mut().unwrap();
    (when.all_day, when.end) = (true, Some(date(2026, 11, 23).into()));
    let it = draft(state);
    let found = between(&it, at(23, 0), at(24, 0));
    assert_eq!(found[0].when.end, Some(date(2026, 11, 23).into()));
    let next = between(&it, at(27, 0), at(28, 0));
    assert_eq!(next[0].when.end, Some(date(2026, 11, 30).into()));
    assert!(between(&it, at(24, 0), at(27, 0)).is_empty());
}

// Goal: an occurrence in a gap of the clock keeps its name and its length, and takes place later.
#[test]
fn a_gap_moves_the_time_and_not_the_name() {
    let first = date(2027, 3, 13).at(2, 30, 0, 0);
    let mut state = series(Kind::Event, first, every("FREQ=DAILY"));
    state.when.as_mut().unwrap().end = Some(date(2027, 3, 13).at(3, 0, 0, 0));
    let it = draft(state);
    let name = date(2027, 3, 14).at(2, 30, 0, 0);
    let found = it.series().unwrap().find(name).unwrap();
    assert_eq!(found.when.start, date(2027, 3, 14).at(3, 30, 0, 0));
    assert_eq!(found.when.end, Some(date(2027, 3, 14).at(4, 0, 0, 0)));
    assert!(it.series().unwrap().find(date(2027, 3, 14).at(3, 30, 0, 0)).is_none());
}

// Goal: own words stay when the series has others, and words that are those of the series are no
// difference.
#[test]
fn own_words_stand_by_themselves() {
    let mut it = draft(daily(""));
    let own = Amendment {
        title: Some("water the big ones".into()),
        notes: Some("twice".into()),
        times: None,
    };
    it.amend(at(24, 9), &own).unwrap();
    it.state.body = titled("water all");
    let seen = it.series().unwrap().find(at(24, 9)).unwrap().seen(&it.state);
    assert_eq!(
        (seen.body.title.as_str(), seen.body.notes.as_deref()),
        ("water the big ones", Some("twice"))
    );
    let plain =
        Amendment { title: Some(" water  all ".into()), notes: Some(" ".into()), times: None };
    it.amend(at(24, 9), &plain).unwrap();
    assert!(it.overrides().is_empty());
    let empty = Amendment { title: Some(" ".into()), ..Amendment::default() };
    let refused = it.amend(at(24, 9), &empty);
    assert!(matches!(refused, Err(ItemError::Invalid(faults)) if faults[0].field == "title"));
}

// Goal: a series from completion has one occurrence, which done and skipped move on from today.
#[test]
fn a_series_from_completion_has_one() {
    for standing in [Standing::Done, Standing::Skipped] {
        let repeat = Repeat { from_completion: true, ..every("FREQ=DAILY;INTERVAL=3") };
        let mut it = draft(series(Kind::Task, at(20, 9), repeat));
        assert_eq!(named(&it.series().unwrap().soon(at(23, 0), at(30, 0), 9)).len(), 1);
        assert!(it.series().unwrap().find(at(23, 9)).is_none());
        it.set_standing(at(20, 9), standing, now()).unwrap();
        assert_eq!(start(&it), at(26, 9));
        it.set_standing(at(20, 9), Standing::Open, now()).unwrap();
        assert_eq!(start(&it), at(20, 9));
    }
}

// Goal: a list shows what waits since before once, each of its days, and else the next one.
#[test]
fn a_list_shows_what_waits_and_what_comes() {
    let mut it = draft(series(Kind::Task, at(20, 9), every("FREQ=DAILY")));
    it.amend(at(25, 9), &to(at(26, 18))).unwrap();
    it.set_standing(at(24, 9), Standing::Skipped, now()).unwrap();
    let found = named(&it.series().unwrap().soon(at(23, 0), at(27, 0), 9));
    let names: Vec<_> = found.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [at(20, 9), at(23, 9), at(26, 9), at(25, 9)]);
    let yearly = draft(series(Kind::Event, at(2, 9), every("FREQ=YEARLY")));
    let found = named(&yearly.series().unwrap().soon(at(23, 0), at(27, 0), 9));
    let next = date(2027, 11, 2).at(9, 0, 0, 0);
    assert_eq!(found, [(next, next)]);
}

// Goal: an item may differ in so many occurrences and in no more; what is done along the way does
// not count.
#[test]
fn one_past_the_most_that_differs() {
    let far = |n: usize| {
        date(2027, 1, 1).at(9, 0, 0, 0).checked_add(jiff::Span::new().days(n as i64)).unwrap()
    };
    let own = |n| Override {
        times: Some(Times { start: far(n), end: None, all_day: true }),
        ..Override::new(Uuid::from_u128(n as u128), far(n))
    };
    let most: Vec<Override> = (0..ITEM_OVERRIDES_MAX - 1).map(own).collect();
    let mut it = Draft::new(daily(""), most, Uuid::nil());
    it.amend(at(24, 9), &to(at(24, 10))).unwrap();
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    let refused = it.amend(at(26, 9), &to(at(26, 10)));
    assert!(matches!(refused, Err(ItemError::Invalid(faults)) if faults[0].code == "too_many"));
}

// Goal: another hour of the whole series takes along what differs, its way back is noted, and a
// rule that names its hours moves no name when it moves on.
#[test]
fn what_differs_goes_along_with_the_hour() {
    let mut it = draft(daily(""));
    it.set_standing(at(25, 9), Standing::Done, now()).unwrap();
    let mut later = Draft::new(it.state.clone(), it.overrides().to_vec(), Uuid::nil());
    later.state.when.as_mut().unwrap().start = at(23, 11);
    later.follow();
    assert_eq!(later.series().unwrap().find(at(25, 11)).unwrap().standing, Standing::Done);
    let back = later.beside().clone().reversed().touched;
    let comes = |hour| back.iter().any(|it| it.original == at(25, hour) && it.after.is_some());
    assert!(comes(9) && !comes(11));
    let twice = every("FREQ=DAILY;BYHOUR=9,17");
    let mut it = draft(series(Kind::Task, at(23, 9), twice));
    it.set_standing(at(24, 9), Standing::Done, now()).unwrap();
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    it.follow();
    assert_eq!(start(&it), at(23, 17));
    let names: Vec<DateTime> = it.overrides().iter().map(|own| own.original).collect();
    assert_eq!(names, [at(24, 9), at(23, 9)]);
}

// Goal: what is no series has no occurrences, and done is done.
#[test]
fn an_item_that_does_not_recur_has_none() {
    let mut state = daily("");
    state.repeat = None;
    assert!(Series::of(&state, &[]).is_none());
    let mut it = draft(state);
    assert!(matches!(it.set_standing(at(23, 9), Standing::Done, now()), Err(ItemError::NotFound)));
    it.set_status(Status::Done, now()).unwrap();
    assert_eq!(it.state.done_at, Some(now()));
}

// Goal: a start is the first occurrence, also where the rule does not give it: it is listed, found,
// moved on from and split behind (RFC 5545 3.8.5.3).
#[test]
fn the_start_is_an_occurrence() {
    let mut it = draft(series(Kind::Task, at(25, 9), every("FREQ=WEEKLY;BYDAY=MO")));
    let listed = named(&it.series().unwrap().soon(at(24, 0), at(30, 23), 9));
    assert_eq!(listed, [(at(25, 9), at(25, 9)), (at(30, 9), at(30, 9))]);
    assert!(it.series().unwrap().find(at(25, 9)).is_some());
    let title = Amendment { title: Some("mondays".into()), ..Amendment::default() };
    let mut split = draft(it.state.clone());
    let rest = split.amend_following(at(30, 9), &title, now()).unwrap().unwrap();
    assert_eq!(rest.state.when.unwrap().start, at(30, 9));
    it.set_standing(at(25, 9), Standing::Done, now()).unwrap();
    assert_eq!(start(&it), at(30, 9));
}

// Goal: a series is not taken back over more than may lie ahead, nor to more times than a rule can
// count.
#[test]
fn one_past_what_is_taken_back() {
    let far = at(23, 9).checked_add(jiff::Span::new().days(ITEM_OVERRIDES_MAX as i64)).unwrap();
    for (start, fits) in [(far, true), (far.checked_add(jiff::Span::new().days(1)).unwrap(), false)]
    {
        let done = Override {
            standing: Standing::Done,
            settled_at: Some(now()),
            ..Override::new(Uuid::from_u128(1), at(23, 9))
        };
        let state = series(Kind::Task, start, every("FREQ=DAILY"));
        let mut it = Draft::new(state, vec![done], Uuid::nil());
        assert_eq!(it.set_standing(at(23, 9), Standing::Open, now()).is_ok(), fits, "{start}");
    }
    let mut it = draft(daily(";COUNT=50"));
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    it.state.repeat = Some(every("FREQ=DAILY;COUNT=9999"));
    let mut it = Draft::new(it.state.clone(), it.overrides().to_vec(), Uuid::nil());
    assert!(it.set_standing(at(23, 9), Standing::Open, now()).is_err());
}

// Goal: pages of a list follow each other without a gap and without an end that comes back, also
// where many begin at one moment and where each lasts for weeks.
#[test]
fn pages_follow_each_other() {
    let mut long = daily("");
    long.when.as_mut().unwrap().end = Some(date(2027, 3, 23).at(9, 0, 0, 0));
    let moved = |n: i64| Override {
        times: Some(Times { start: at(28, 8), end: None, all_day: false }),
        ..Override::new(
            Uuid::from_u128(n as u128),
            at(23, 9).saturating_add(jiff::Span::new().days(n)),
        )
    };
    let most: Vec<Override> = (1..40).map(moved).collect();
    for (state, own) in [(long, vec![]), (daily(""), most)] {
        let series = Series::of(&state, &own).unwrap();
        let range = (at(28, 0), date(2027, 1, 10).at(0, 0, 0, 0));
        let whole = named(&series.after(None, range, 1_000));
        let (mut pages, mut seen) = (Vec::new(), None);
        loop {
            let page = series.after(seen, range, 7);
            let Some(last) = page.last() else { break };
            seen = Some(last.seen_at());
            pages.extend(named(&page));
            assert!(pages.len() <= whole.len(), "it does not end");
        }
        assert_eq!(pages, whole);
    }
}
