//! From several sayings ("tomorrow" ... "at 1pm") to one.
//!
//! **Invariant:** two sayings join only if they do not contradict each other; the second of two
//! that do stays in the title.

use crate::ast::{Lead, Match, Moment, Said, WhenSaid};
use crate::grammar::Scan;
use crate::words::W;

/// Sayings that belong together, and the matches they came from.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    pub(crate) said: WhenSaid,
    pub(crate) used: Vec<usize>,
    /// Further sayings of a list ("today at noon and tomorrow at 5"), each with its match.
    pub(crate) more: Vec<(usize, WhenSaid)>,
    /// Whether a saying was left out since it contradicts.
    pub(crate) left_over: bool,
}

/// Joins the sayings of a text.
pub(crate) fn join(scan: &Scan<'_>, chosen: &[Match]) -> Option<Joined> {
    let mut end = 0;
    let mut joined: Option<Joined> = None;
    for (at, one) in chosen.iter().enumerate() {
        let Said::When(said) = &one.said else { continue };
        let listed = end > 0
            && end < one.from
            && (end..one.from).all(|i| scan.is(i, W::And) || scan.sep(i, ','));
        end = one.to;
        let Some(so_far) = joined.as_mut() else {
            let (said, used) = ((**said).clone(), vec![at]);
            joined = Some(Joined { said, used, more: Vec::new(), left_over: false });
            continue;
        };
        if so_far.more.is_empty()
            && let Some(said) = together(&so_far.said, said)
        {
            so_far.said = said;
        } else if listed && said.from.day.is_some() && so_far.said.from.day.is_some() {
            so_far.more.push((at, (**said).clone()));
        } else {
            so_far.left_over = true;
            continue;
        }
        so_far.used.push(at);
    }
    joined
}

/// Two sayings as one, if they do not contradict each other.
fn together(one: &WhenSaid, two: &WhenSaid) -> Option<WhenSaid> {
    let (a, b) = (&one.from, &two.from);
    if a.from_now.is_some() || b.from_now.is_some() {
        return None;
    }
    let hours = a.hour.is_some() && b.hour.is_some();
    let ends = (one.to.is_some() && b.day.is_some()) || (two.to.is_some() && a.day.is_some());
    let parts = a.part.is_some() && b.part.is_some();
    if hours || ends || parts || (one.to.is_some() && two.to.is_some()) {
        return None;
    }
    let day = match (&a.day, &b.day) {
        (Some(one), Some(two)) => Some(crate::grammar::agreeing(one, two.clone())?),
        (one, two) => one.clone().or_else(|| two.clone()),
    };
    let dated = if b.day.is_some() { two } else { one };
    let lead = match (one.lead, two.lead) {
        (Lead::By | Lead::Due, _) | (_, Lead::Due) => Lead::Due,
        (_, Lead::By) => Lead::By,
        (Lead::None | Lead::On | Lead::At, Lead::After) => Lead::After,
        _ => dated.lead,
    };
    Some(WhenSaid {
        lead,
        from: Moment {
            day,
            day_end: a.day_end.clone().or_else(|| b.day_end.clone()),
            hour: a.hour.or(b.hour),
            hour_end: a.hour_end.or(b.hour_end),
            part: a.part.or(b.part),
            zone: a.zone.clone().or_else(|| b.zone.clone()),
            from_now: None,
            or_day: a.or_day.clone().or_else(|| b.or_day.clone()),
            guessed: false,
            tonight: a.tonight || b.tonight,
            more_hours: if a.hour.is_some() { a.more_hours.clone() } else { b.more_hours.clone() },
            more_days: if a.more_days.is_empty() {
                b.more_days.clone()
            } else {
                a.more_days.clone()
            },
            parts: Vec::new(),
        },
        to: one.to.clone().or_else(|| two.to.clone()),
        lasting: one.lasting.or(two.lasting),
        offset: one.offset.or(two.offset),
    })
}
