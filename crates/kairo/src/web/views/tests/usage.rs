//! Numbers as pictures.

use super::samples::thirty_days;
use crate::web::views::chart::Chart;
use crate::web::views::usage::Amount;

// Goal: a dial is never wider than its frame, and never divides by nothing, whatever was used.
#[test]
fn dials_stay_in_their_frame() {
    for (used, cap, fill, max) in [
        (0, 50, 0, 50),
        (43, 120, 43, 120),
        (3_500, 3_000, 3_000, 3_000),
        (0, 0, 1, 1),
        (7, 0, 1, 1),
    ] {
        let amount = Amount::of(used, cap);
        assert_eq!((amount.fill, amount.max), (fill, max), "{used} of {cap}");
    }
    assert_eq!(Amount::of(-1, -1), Amount::of(0, 0));
}

// Goal: bars have the height of their numbers, a day without a call has none, and the table has
// every day.
#[test]
fn bars_are_as_high_as_their_numbers() {
    let chart = Chart::of(&thirty_days(|index| match index {
        18 => (59, 22),
        29 => (0, 3),
        _ => (0, 0),
    }));
    assert_eq!((chart.top.as_str(), chart.half.as_str(), chart.width), ("100", "50", 600));
    assert_eq!((chart.bars.len(), chart.rows.len()), (2, 30));
    let busiest = chart.bars.first().unwrap();
    assert_eq!(busiest.title, "Thu 12 Nov: 81 calls, 22 of them small");
    let (filled, hollow) = (busiest.normal.clone().unwrap(), busiest.small.clone().unwrap());
    assert_eq!((&*filled.x, &*filled.y, &*filled.height), ("365", "65.6", "94.4"));
    assert_eq!((&*hollow.x, &*hollow.y, &*hollow.height), ("365.5", "28.4", "35.2"));
    assert!(chart.bars.last().unwrap().normal.is_none());
    let newest = chart.rows.first().unwrap();
    assert_eq!((&*newest.day, &*newest.all, &*newest.small), ("Mon 23 Nov", "3", "3"));
    assert_eq!(
        chart.label,
        "Calls a day from 25 October to 23 November. The busiest day was Thursday 12 November with \
         81. The table below has every day."
    );
}

// Goal: the scale ends at or above the largest number, with a whole number in its middle.
#[test]
fn the_scale_holds_every_bar() {
    for (most, top) in [(1, "2"), (2, "2"), (3, "4"), (5, "10"), (81, "100"), (101, "200")] {
        assert_eq!(Chart::of(&thirty_days(|_| (most, 0))).top, top, "{most}");
    }
    let huge = Chart::of(&thirty_days(|_| (1_000_000_000, 1_000_000_000)));
    assert_eq!(huge.top, "2,000,000,000");
}

// Goal: without a call there is nothing to draw, and a chart of no days is no fault.
#[test]
fn nothing_is_drawn_of_nothing() {
    let none = Chart::of(&thirty_days(|_| (0, 0)));
    assert!(none.is_empty() && none.rows.len() == 30);
    assert!(Chart::of(&[]).is_empty());
}
