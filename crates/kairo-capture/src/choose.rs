//! From all matches the best set that does not overlap.
//!
//! **Invariant:** weighted interval scheduling over token positions: linear in tokens and matches.
//! **Invariant:** a weak match is kept only with the company that its strength asks for.

use crate::ast::{Match, Said, Strength};
use crate::grammar::Scan;
use crate::words::W;

/// Every match of a text, best set only, in order.
pub(crate) fn choose(scan: &Scan<'_>, known_lists: &[String]) -> Vec<Match> {
    let found = collect(scan, known_lists);
    let kept = with_company(scan, found);
    best(scan.toks.len(), kept)
}

fn collect(scan: &Scan<'_>, known_lists: &[String]) -> Vec<Match> {
    let mut found = Vec::new();
    for i in 0..scan.toks.len() {
        found.extend(scan.when(i));
        found.extend(scan.repeat(i));
        found.extend(scan.field(i, known_lists));
        found.extend(scan.year_alone(i));
        found.extend(scan.now(i));
        found.extend(scan.minutes_alone(i));
        found.extend(scan.next_days(i));
        found.extend(scan.after_completion(i));
        found.extend(scan.except(i));
        found.extend(scan.count(i));
        found.extend(scan.lasts(i));
    }
    found.retain(|one| !is_timely(&one.said) || !scan.only_named(one));
    found
}

fn is_timely(said: &Said) -> bool {
    matches!(said, Said::When(_) | Said::Repeat(_))
}

fn with_company(scan: &Scan<'_>, found: Vec<Match>) -> Vec<Match> {
    let strong: Vec<&Match> = found
        .iter()
        .filter(|one| {
            one.strength == Strength::Strong
                && (is_timely(&one.said) || matches!(one.said, Said::Estimate(_)))
        })
        .collect();
    let timely = Company::of(scan, strong.iter().filter(|two| is_timely(&two.said)).copied());
    let beside = Company::of(scan, strong.iter().copied());
    let timely = |one: &Match| timely.apart(one);
    let repeats = found.iter().any(|one| {
        matches!(one.said, Said::Repeat(_)) && (one.strength == Strength::Strong || timely(one))
    });
    let kept: Vec<bool> = found
        .iter()
        .map(|one| {
            let company = match one.strength {
                Strength::Strong => true,
                Strength::Somewhere => timely(one),
                Strength::Beside => {
                    let whole = one.from == 0 && one.to == scan.toks.len();
                    whole || beside_dismissed(scan, one) || beside.next_to(scan, one)
                }
            };
            let counts = matches!(one.said, Said::Count(_) | Said::Except(_));
            company && (repeats || !counts)
        })
        .collect();
    found.into_iter().zip(kept).filter_map(|(one, keep)| keep.then_some(one)).collect()
}

/// Where strong matches begin and end, so that company is found without a look at each of them.
struct Company {
    begins: Vec<bool>,
    ends: Vec<bool>,
    last_begin: Option<usize>,
    first_end: Option<usize>,
}

impl Company {
    fn of<'a>(scan: &Scan<'_>, matches: impl Iterator<Item = &'a Match>) -> Self {
        let places = vec![false; scan.toks.len() + 1];
        let (begins, ends) = (places.clone(), places);
        let mut company = Self { begins, ends, last_begin: None, first_end: None };
        for one in matches {
            if let Some(place) = company.begins.get_mut(one.from) {
                *place = true;
            }
            if let Some(place) = company.ends.get_mut(one.to) {
                *place = true;
            }
            company.last_begin = company.last_begin.max(Some(one.from));
            let first = company.first_end.map_or(one.to, |first| first.min(one.to));
            company.first_end = Some(first);
        }
        company
    }

    /// Whether a match stands apart from this one, before or behind it.
    fn apart(&self, one: &Match) -> bool {
        self.last_begin.is_some_and(|begin| one.to <= begin)
            || self.first_end.is_some_and(|end| end <= one.from)
    }

    /// Whether nothing but a connective stands between a match and this one.
    fn next_to(&self, scan: &Scan<'_>, one: &Match) -> bool {
        let connective = |i: usize| {
            matches!(scan.word(i), W::At | W::On | W::And | W::For)
                || scan.sep(i, ',')
                || scan.sep(i, '-')
        };
        let at = |places: &[bool], i: usize| places.get(i).copied().unwrap_or(false);
        let before = one.from.checked_sub(1).filter(|gap| connective(*gap));
        at(&self.ends, one.from)
            || at(&self.begins, one.to)
            || before.is_some_and(|gap| at(&self.ends, gap))
            || (connective(one.to) && at(&self.begins, one.to + 1))
    }
}

/// Whether a time stood beside a match until it was dismissed.
fn beside_dismissed(scan: &Scan<'_>, one: &Match) -> bool {
    let joint = |i: usize| {
        matches!(scan.word(i), W::At | W::On)
            || [',', '-', '('].iter().any(|mark| scan.sep(i, *mark))
    };
    let before = scan
        .prev(one.from)
        .is_some_and(|at| scan.dismissed_time(at) || (joint(at) && scan.behind_dismissed_time(at)));
    let after = scan.dismissed_time(one.to) || (joint(one.to) && scan.dismissed_time(one.to + 1));
    before || after
}

fn weight(one: &Match) -> i64 {
    let tokens = i64::try_from(one.to - one.from).unwrap_or(0);
    let bonus = match one.said {
        Said::Note => 100_000,
        Said::Tag | Said::List | Said::Escape => 60,
        Said::Reminder(_) => 25,
        Said::Repeat(_) => 8,
        Said::Person | Said::Assignee => 3,
        Said::When(_) => 4,
        Said::Except(_) => 12,
        Said::Count(_) => 6,
        Said::Priority(_) | Said::LeadIn => 0,
        Said::Lasting(_) | Said::Estimate(_) => 1,
    };
    10 * tokens + bonus - 6
}

fn best(tokens: usize, found: Vec<Match>) -> Vec<Match> {
    let mut score = vec![0_i64; tokens + 1];
    let mut pick: Vec<Option<usize>> = vec![None; tokens + 1];
    let mut by_start: Vec<Vec<usize>> = vec![Vec::new(); tokens + 1];
    for (at, one) in found.iter().enumerate() {
        if let Some(starts) = by_start.get_mut(one.from) {
            starts.push(at);
        }
    }
    let at = |scores: &[i64], i: usize| scores.get(i).copied().unwrap_or(0);
    for i in (0..tokens).rev() {
        let mut top = at(&score, i + 1);
        let mut chosen = None;
        for index in by_start.get(i).into_iter().flatten() {
            let Some(one) = found.get(*index) else { continue };
            let total = weight(one) + at(&score, one.to);
            if total > top {
                (top, chosen) = (total, Some(*index));
            }
        }
        if let (Some(place), Some(slot)) = (score.get_mut(i), pick.get_mut(i)) {
            (*place, *slot) = (top, chosen);
        }
    }
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens {
        match pick.get(i).copied().flatten().and_then(|index| found.get(index)) {
            Some(one) => {
                i = one.to.max(i + 1);
                kept.push(one.clone());
            }
            None => i += 1,
        }
    }
    kept
}
