//! The whole series changed by one of its occurrences, and a series that goes on as another item.

use jiff::civil::{DateTime, date};

use super::every;
use super::occurrences::{at, daily, draft, now, rule, series, start, to};
use crate::items::split::Rest;
use crate::items::{Amendment, Draft, ItemError, Kind, Override, Standing, Times};

fn rest_rule(rest: &Rest) -> &str {
    &rest.state.repeat.as_ref().unwrap().rrule
}

fn rest_start(rest: &Rest) -> DateTime {
    rest.state.when.as_ref().unwrap().start
}

fn code(refused: Result<(), ItemError>) -> &'static str {
    match refused {
        Err(ItemError::Invalid(faults)) => faults[0].code,
        _ => "",
    }
}

// Goal: a bound of so many times is shared out, an end day stays with what follows, and the first
// part ends with the last that lies before.
#[test]
fn a_split_shares_out_the_bound() {
    let title = Amendment { title: Some("water twice".into()), ..Amendment::default() };
    for (bound, ended, left) in [
        (";COUNT=10", ";COUNT=3", ";COUNT=7"),
        (";UNTIL=20261231", ";UNTIL=20261125", ";UNTIL=20261231"),
        ("", ";UNTIL=20261125", ""),
    ] {
        let mut it = draft(daily(bound));
        let rest = it.amend_following(at(26, 9), &title, now()).unwrap().unwrap();
        assert_eq!(rule(&it), format!("FREQ=DAILY{ended}"));
        assert_eq!(rest_rule(&rest), format!("FREQ=DAILY{left}"));
        assert_eq!((start(&it), rest_start(&rest)), (at(23, 9), at(26, 9)));
        assert_eq!(rest.state.body.title, "water twice");
        assert_eq!(it.state.body.title, "water the plants");
        assert!(it.series().unwrap().find(at(26, 9)).is_none());
        assert!(it.series().unwrap().find(at(25, 9)).is_some());
    }
}

// Goal: days left out go to the part that they lie in, with its hour; so does what differs.
#[test]
fn a_split_shares_out_what_differs() {
    let mut state = daily("");
    state.repeat.as_mut().unwrap().exdates = vec![at(24, 9), at(28, 9)];
    let mut it = draft(state);
    it.amend(at(25, 9), &to(at(25, 12))).unwrap();
    it.set_standing(at(27, 9), Standing::Skipped, now()).unwrap();
    let rest = it.amend_following(at(26, 9), &to(at(26, 10)), now()).unwrap().unwrap();
    assert_eq!(it.state.repeat.as_ref().unwrap().exdates, [at(24, 9)]);
    assert_eq!(rest.state.repeat.as_ref().unwrap().exdates, [at(28, 10)]);
    let names: Vec<DateTime> = rest.overrides.iter().map(|own| own.original).collect();
    assert_eq!(names, [at(27, 10)]);
    assert_eq!(it.series().unwrap().find(at(25, 9)).unwrap().when.start, at(25, 12));
}

// Goal: a split at what was done ahead goes on with the first that is still to be done.
#[test]
fn a_split_passes_what_is_done() {
    let mut it = draft(daily(";COUNT=6"));
    it.set_standing(at(25, 9), Standing::Done, now()).unwrap();
    let rest = it.amend_following(at(25, 9), &to(at(25, 10)), now()).unwrap().unwrap();
    assert_eq!((rest_start(&rest), rest_rule(&rest)), (at(26, 10), "FREQ=DAILY;COUNT=3"));
}

// Goal: a series that happens twice a day is ended between the two.
#[test]
fn a_split_within_a_day_is_counted() {
    let mut it = draft(series(Kind::Task, at(23, 9), every("FREQ=DAILY;BYHOUR=9,17")));
    let title = Amendment { title: Some("other".into()), ..Amendment::default() };
    let rest = it.amend_following(at(24, 17), &title, now()).unwrap().unwrap();
    assert_eq!(rule(&it), "FREQ=DAILY;BYHOUR=9,17;COUNT=3");
    assert_eq!((rest_start(&rest), rest_rule(&rest)), (at(24, 17), "FREQ=DAILY;BYHOUR=9,17"));
    assert_eq!(code(it.amend_all(at(23, 17), &to(at(23, 18)), now())), "rule_stays");
}

// Goal: at the first of a series there is nothing to end, and what was done before is not split.
#[test]
fn the_first_is_the_whole() {
    let mut it = draft(daily(";COUNT=4"));
    assert!(it.amend_following(at(23, 9), &to(at(23, 10)), now()).unwrap().is_none());
    assert_eq!((start(&it), rule(&it)), (at(23, 10), "FREQ=DAILY;COUNT=4"));
    it.set_standing(at(23, 10), Standing::Done, now()).unwrap();
    let back = it.amend_following(at(23, 10), &to(at(23, 11)), now()).map(|_| ());
    assert_eq!(code(back), "lies_back");
}

// Goal: moved to another day with all others, a rule says the new day, or the move is refused.
#[test]
fn a_rule_moves_to_another_day_where_it_can_say_so() {
    let monday = at(23, 9);
    for (before, moved, after, first) in [
        ("FREQ=WEEKLY;BYDAY=MO,WE", at(24, 9), "FREQ=WEEKLY;BYDAY=TU,WE", at(24, 9)),
        ("FREQ=WEEKLY;BYDAY=MO,WE", at(25, 9), "FREQ=WEEKLY;BYDAY=WE", at(25, 9)),
        ("FREQ=WEEKLY;INTERVAL=2", at(26, 10), "FREQ=WEEKLY;INTERVAL=2", at(26, 10)),
        ("FREQ=MONTHLY;BYMONTHDAY=23", at(27, 9), "FREQ=MONTHLY;BYMONTHDAY=27", at(27, 9)),
        ("FREQ=MONTHLY;BYDAY=4MO", at(24, 9), "FREQ=MONTHLY;BYDAY=4TU", at(24, 9)),
        ("FREQ=MONTHLY;BYDAY=-2MO", at(30, 9), "FREQ=MONTHLY;BYDAY=-1MO", at(30, 9)),
        (
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=23",
            at(24, 9),
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24",
            at(24, 9),
        ),
        ("FREQ=DAILY;INTERVAL=3", at(24, 9), "FREQ=DAILY;INTERVAL=3", at(24, 9)),
    ] {
        let mut it = draft(series(Kind::Event, monday, every(before)));
        it.amend_all(monday, &to(moved), now()).unwrap();
        assert_eq!((rule(&it), start(&it)), (after, first), "{before}");
        assert!(it.series().unwrap().find(first).is_some(), "{before}");
    }
    for rule in
        ["FREQ=DAILY;BYDAY=MO,TU", "FREQ=MONTHLY;BYMONTHDAY=-8", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=4"]
    {
        let mut it = draft(series(Kind::Event, monday, every(rule)));
        assert_eq!(code(it.amend_all(monday, &to(at(24, 9)), now())), "rule_stays", "{rule}");
        it.amend_all(monday, &to(at(23, 11)), now()).unwrap();
        assert_eq!(start(&it), at(23, 11), "another hour always fits: {rule}");
    }
}

// Goal: the others of a week stay where they are when one moves with its whole series.
#[test]
fn one_day_of_the_week_moves_alone() {
    let mut it = draft(series(Kind::Event, at(23, 9), every("FREQ=WEEKLY;BYDAY=MO,WE")));
    it.amend_all(at(25, 9), &to(at(26, 9)), now()).unwrap();
    assert_eq!((rule(&it), start(&it)), ("FREQ=WEEKLY;BYDAY=MO,TH", at(23, 9)));
}

// Goal: what one occurrence has of its own gives way to the whole where that is changed, and else
// goes along under its new name.
#[test]
fn own_times_give_way_to_the_whole() {
    let mut it = draft(daily(""));
    it.amend(at(24, 9), &to(at(24, 15))).unwrap();
    let own = Amendment { title: Some("the big ones".into()), ..Amendment::default() };
    it.amend(at(24, 9), &own).unwrap();
    let mut all = Draft::new(it.state.clone(), it.overrides().to_vec(), uuid::Uuid::nil());
    all.amend_all(at(24, 9), &to(at(24, 16)), now()).unwrap();
    let found = all.series().unwrap().find(at(24, 16)).unwrap();
    assert_eq!((found.when.start, found.moved), (at(24, 16), false));
    assert_eq!(found.words.title.as_deref(), Some("the big ones"));
    let undone = all.beside().clone().reversed();
    let left: Vec<_> = undone.touched.iter().filter_map(|it| it.after.clone()).collect();
    assert_eq!(left, it.overrides(), "its way back is whole");
}

// Goal: an end that was typed is the length of every occurrence, and days become hours.
#[test]
fn the_length_is_that_of_all() {
    let mut state = series(Kind::Event, date(2026, 11, 23).into(), every("FREQ=DAILY"));
    state.when.as_mut().unwrap().all_day = true;
    let mut it = draft(state);
    let times = Times { start: at(25, 9), end: Some(at(25, 11)), all_day: false };
    let by = Amendment { times: Some(times), ..Amendment::default() };
    it.amend_all(date(2026, 11, 25).into(), &by, now()).unwrap();
    let when = it.state.when.as_ref().unwrap();
    assert_eq!((when.start, when.end, when.all_day), (at(23, 9), Some(at(23, 11)), false));
    assert_eq!(it.series().unwrap().find(at(26, 9)).unwrap().when.end, Some(at(26, 11)));
}

/// The start and the rule after the series of `rule` at `from` was moved by its occurrence there.
fn moved(rule: &str, from: DateTime, goal: DateTime) -> Option<(DateTime, String)> {
    let mut it = draft(series(Kind::Task, from, every(rule)));
    it.amend_all(from, &to(goal), now()).ok()?;
    Some((start(&it), super::occurrences::rule(&it).to_owned()))
}

// Goal: a rule that names no day takes it from its start, wherever that is moved within the month.
#[test]
fn a_rule_without_a_day_moves_with_its_start() {
    for plain in ["FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=11"] {
        assert_eq!(moved(plain, at(24, 9), at(26, 9)), Some((at(26, 9), plain.to_owned())));
    }
}

// Goal: a move that would lose months of a rule, or put days of a week into another one, is
// refused; within the week, and of one day alone, it is not.
#[test]
fn a_move_that_loses_days_is_refused() {
    let quarterly = "FREQ=YEARLY;BYMONTH=2,5,8,11;BYMONTHDAY=24";
    assert_eq!(moved(quarterly, at(24, 9), at(25, 9)), None);
    let two = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE";
    assert_eq!(moved(two, at(23, 9), at(22, 9)), None);
    let tuesday = moved(two, at(23, 9), at(24, 9)).unwrap();
    assert_eq!(tuesday, (at(24, 9), "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,WE".to_owned()));
    let sunday = moved("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", at(23, 9), at(22, 9)).unwrap();
    assert_eq!(sunday, (at(22, 9), "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU".to_owned()));
}

// Goal: neighbours go along with the whole series, in either direction, and undo knows each.
#[test]
fn neighbours_move_together() {
    for (day, goal) in [(24, 23), (24, 25)] {
        let skipped = |day: i8| Override {
            standing: Standing::Skipped,
            settled_at: Some(now()),
            ..Override::new(uuid::Uuid::from_u128(day.unsigned_abs().into()), at(day, 9))
        };
        let mut all = Draft::new(daily(""), vec![skipped(25), skipped(26)], uuid::Uuid::nil());
        all.amend_all(at(day, 9), &to(at(goal, 9)), now()).unwrap();
        let names: Vec<DateTime> = all.overrides().iter().map(|own| own.original).collect();
        let by = goal - day;
        assert_eq!(names, [at(25 + by, 9), at(26 + by, 9)]);
        let mut back = all.beside().clone().reversed().touched;
        back.sort_by_key(|it| it.original);
        let kept: Vec<DateTime> =
            back.iter().filter(|it| it.after.is_some()).map(|it| it.original).collect();
        assert_eq!(kept, [at(25, 9), at(26, 9)]);
    }
}

// Goal: a series that is moved to where something is done already begins after it, and takes no
// name that is taken.
#[test]
fn a_series_that_is_moved_back_meets_what_is_done() {
    let mut it = draft(daily(""));
    it.set_standing(at(23, 9), Standing::Done, now()).unwrap();
    let title = Amendment { title: Some("own".into()), ..Amendment::default() };
    it.amend(at(24, 9), &title).unwrap();
    let mut all = Draft::new(it.state.clone(), it.overrides().to_vec(), uuid::Uuid::nil());
    all.amend_all(at(24, 9), &to(at(23, 9)), now()).unwrap();
    assert_eq!(start(&all), at(24, 9));
    let series = all.series().unwrap();
    assert_eq!(series.find(at(23, 9)).unwrap().standing, Standing::Done);
    assert_eq!(series.find(at(24, 9)).unwrap().words.title.as_deref(), Some("own"));
}
