//! A chart of bars, one a day, drawn here and not by the browser, so that it needs no script.
//!
//! **Invariant:** what the small model did differs by shape, not by colour alone (WCAG 1.4.1).

use jiff::civil::Date;

use super::words;

/// What happened on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayCalls {
    /// Which day.
    pub date: Date,
    /// Calls to the normal model.
    pub normal: usize,
    /// Calls to the small one.
    pub small: usize,
}

impl DayCalls {
    fn calls(&self) -> usize {
        self.normal + self.small
    }
}

/// A bar of the picture; lengths are tenths of a unit, written as decimals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// "Thu 12 Nov: 81 calls, 22 of them small".
    pub title: String,
    /// Where the filled one begins and how high it is; `None` for nothing.
    pub normal: Option<Block>,
    /// Likewise the hollow one.
    pub small: Option<Block>,
}

/// A rectangle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// From the left.
    pub x: String,
    /// From the top.
    pub y: String,
    /// How high.
    pub height: String,
}

/// A row of the table behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayRow {
    /// "Mon 23 Nov".
    pub day: String,
    /// Calls.
    pub all: String,
    /// To the normal model.
    pub normal: String,
    /// To the small one.
    pub small: String,
}

/// The chart with its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// "1,021 calls to a model."
    pub caption: String,
    /// The picture for ears.
    pub label: String,
    /// What the scale says at its top.
    pub top: String,
    /// And in its middle.
    pub half: String,
    /// Width of the picture; its height is 160.
    pub width: usize,
    /// Days on which there was a call.
    pub bars: Vec<Bar>,
    /// What stands below: the first day, the one in the middle, and today.
    pub dates: [String; 3],
    /// Every day, the newest first.
    pub rows: Vec<DayRow>,
}

/// Height of the picture, in tenths.
const HEIGHT: usize = 1_600;
/// Width of a day, and of its bar.
const STEP: usize = 20;
const BAR: usize = 10;
/// Between a filled bar and a hollow one on it, in tenths.
const GAP: usize = 20;

impl Chart {
    /// Of these days, the oldest first and today last.
    #[must_use]
    pub fn of(days: &[DayCalls]) -> Self {
        let today = days.last().map(|day| day.date).unwrap_or_default();
        let most = days.iter().map(DayCalls::calls).max().unwrap_or(0);
        let top = top(most);
        let bars = days.iter().enumerate().filter(|(_, day)| day.calls() > 0);
        let total = days.iter().map(DayCalls::calls).sum();
        let middle = days.get(days.len() / 2).map(|day| short_day(day.date));
        Self {
            caption: format!("{} to a model.", words::count(total, "call", "calls")),
            label: label(days, most, today),
            top: words::thousands(top),
            half: words::thousands(top / 2),
            width: days.len() * STEP,
            bars: bars.map(|(index, day)| bar(index, day, top, today)).collect(),
            dates: [
                days.first().map(|day| short_day(day.date)).unwrap_or_default(),
                middle.unwrap_or_default(),
                "Today".to_owned(),
            ],
            rows: days.iter().rev().map(|day| row(day, today)).collect(),
        }
    }

    /// Whether there is anything to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }
}

/// Where the scale ends: the next of 2, 4, 10, 20, 40, 100, … whose half is a whole number, too.
fn top(most: usize) -> usize {
    let steps = (0..9).flat_map(|power| [2, 4, 10].map(|step| step * 10usize.pow(power)));
    steps.into_iter().find(|step| *step >= most).unwrap_or(most)
}

fn bar(index: usize, day: &DayCalls, top: usize, today: Date) -> Bar {
    let tall = |calls: usize| calls * HEIGHT / top.max(1);
    let x = index * STEP + (STEP - BAR) / 2;
    let filled = tall(day.normal);
    let hollow = tall(day.small).max(10);
    let under = if day.normal > 0 { filled + GAP } else { 5 };
    let small = match day.small {
        0 => String::new(),
        small => format!(", {} of them small", words::thousands(small)),
    };
    let calls = words::count(day.calls(), "call", "calls");
    Bar {
        title: format!("{}: {calls}{small}", words::short_date(day.date, today)),
        normal: (day.normal > 0).then(|| Block {
            x: x.to_string(),
            y: tenths(HEIGHT.saturating_sub(filled)),
            height: tenths(filled),
        }),
        // Half a unit inside, so that the outline is as wide as a filled bar.
        small: (day.small > 0).then(|| Block {
            x: format!("{x}.5"),
            y: tenths(HEIGHT.saturating_sub(under + hollow)),
            height: tenths(hollow),
        }),
    }
}

/// "25 Oct".
fn short_day(date: Date) -> String {
    let month: String = words::month(date.month()).chars().take(3).collect();
    format!("{} {month}", date.day())
}

fn tenths(length: usize) -> String {
    match length % 10 {
        0 => (length / 10).to_string(),
        rest => format!("{}.{rest}", length / 10),
    }
}

fn label(days: &[DayCalls], most: usize, today: Date) -> String {
    let Some(first) = days.first() else { return String::new() };
    let busiest = days.iter().rev().find(|day| day.calls() == most);
    let busiest = busiest.map(|day| words::long_date(day.date, today)).unwrap_or_default();
    format!(
        "Calls a day from {} to {}. The busiest day was {busiest} with {}. The table below has \
         every day.",
        words::day_month(first.date, today),
        words::day_month(today, today),
        words::thousands(most),
    )
}

fn row(day: &DayCalls, today: Date) -> DayRow {
    DayRow {
        day: words::short_date(day.date, today),
        all: words::thousands(day.calls()),
        normal: words::thousands(day.normal),
        small: words::thousands(day.small),
    }
}
