//! Strips: bars on a line, drawn here and not by the browser, so that they need no script.
//!
//! **Invariant:** a bar differs from another kind by shape and not by colour alone (WCAG 1.4.1).

use std::fmt::Write as _;

/// A bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bar {
    /// Nothing was there.
    #[default]
    None,
    /// Verified: up.
    Up,
    /// Failing: down.
    Down,
    /// Overdue: short.
    Short,
    /// Could not tell: short, and another shade.
    Unsure,
    /// A person's word: hollow.
    Hollow,
    /// In progress: hollow, half as high.
    Half,
    /// Not run yet: hollow, and very short.
    Low,
    /// A known gap: hollow, down.
    Below,
    /// A promise: a dot.
    Dot,
}

/// A strip as paths of SVG, one for all bars that are drawn alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strip {
    /// Width of the picture; its height is 42.
    pub width: usize,
    /// Where its base line ends.
    pub line: usize,
    /// Filled, in the accent.
    pub up: String,
    /// Filled, below the line.
    pub down: String,
    /// Filled, short.
    pub short: String,
    /// Filled, short, of no certain meaning.
    pub unsure: String,
    /// Outlined.
    pub hollow: String,
    /// Dots.
    pub dot: String,
}

/// Where bars stand.
const BASE: usize = 28;

impl Strip {
    /// A bar for each claim of a section.
    #[must_use]
    pub fn map(bars: impl IntoIterator<Item = Bar>) -> Self {
        Self::drawn(bars, 4, 8, 26)
    }

    /// A bar for each day.
    #[must_use]
    pub fn days(bars: impl IntoIterator<Item = Bar>) -> Self {
        Self::drawn(bars, 3, 6, 16)
    }

    fn drawn(bars: impl IntoIterator<Item = Bar>, wide: usize, step: usize, height: usize) -> Self {
        let mut strip = Self::default();
        for (index, bar) in bars.into_iter().enumerate() {
            let x = index * step;
            strip.width = x + step;
            strip.line = x + step - 3;
            strip.draw(bar, x, wide, height);
        }
        strip
    }

    fn draw(&mut self, bar: Bar, x: usize, wide: usize, height: usize) {
        let filled = |y: usize, high: usize| format!("M{x} {y}h{wide}v{high}h-{wide}z");
        // Half a unit inside, so that the outline is as wide as a filled bar.
        let outlined = |y: usize, high: usize| {
            let inner = wide - 1;
            format!("M{x}.5 {y}.5h{inner}v{high}h-{inner}z")
        };
        let half = height / 2;
        match bar {
            Bar::None => {}
            Bar::Up => self.up.push_str(&filled(BASE - height, height)),
            Bar::Down => self.down.push_str(&filled(BASE, 14)),
            Bar::Short => self.short.push_str(&filled(BASE - 8, 8)),
            Bar::Unsure => self.unsure.push_str(&filled(BASE - 8, 8)),
            Bar::Hollow => self.hollow.push_str(&outlined(BASE - height, height)),
            Bar::Half => self.hollow.push_str(&outlined(BASE - half, half)),
            Bar::Low => self.hollow.push_str(&outlined(BASE - 5, 5)),
            Bar::Below => self.hollow.push_str(&outlined(BASE, 13)),
            Bar::Dot => {
                let _ = write!(self.dot, "M{x} 25a2 2 0 1 0 4 0 2 2 0 1 0-4 0z");
            }
        }
    }
}
