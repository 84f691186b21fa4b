//! `GET /security/{id}`: one claim, with how it is checked, what was last seen, and its 90 days.

use axum::extract::{Path, State as Given};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;

use super::days::{Day, days, grouped, in_words};
use super::words::{self, Shown};
use super::{Look, around, shown, text, trouble};
use crate::trust::controls::catalogue::{
    Check, Claim, Detail, Kind, Lifecycle, Runner, Section, Sentence, Spot,
};
use crate::trust::controls::queries::DayRow;
use crate::trust::controls::state::Newest;
use crate::trust::controls::{Standing, State};
use crate::web::Site;
use crate::web::error::Error;
use crate::web::views::trust::{Around, CheckRow, ClaimPage, PublicPlace, Step, Strip};

pub(super) async fn show(
    Given(site): Given<Site>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let page = &site.security;
    let claim = page.catalogue.claim(&id).ok_or(Error::NotFound)?;
    let read = page.known_with_days(&site.base.db, claim.checks.clone()).await;
    let (known, rows) = match read {
        Ok((known, rows)) => (Ok(known), rows),
        Err(error) => (Err(trouble(error)), Vec::new()),
    };
    let look = Look::new(page, known, site.base.clock.now());
    let around = around(&site, &headers, PublicPlace::Elsewhere);
    let view = view(&look, claim, &rows, around).ok_or(Error::NotFound)?;
    shown(&look, &view)
}

/// Where a claim stands in the catalogue: its section, the bold words before its sentence, and the
/// sentence.
fn place<'c>(look: &Look<'c>, id: &str) -> Option<(&'c Section, &'c str, &'c Sentence)> {
    let sections = look.page.catalogue.sections.iter();
    let blocks = sections.flat_map(|section| section.blocks.iter().map(move |it| (section, it)));
    let mut sentences = blocks.flat_map(|(section, block)| {
        block.sentences.iter().enumerate().map(move |(index, sentence)| {
            let lead = if index == 0 { block.lead.as_str() } else { "" };
            (section, lead, sentence)
        })
    });
    sentences.find(|(_, _, sentence)| sentence.claims.iter().any(|claim| claim.id == id))
}

/// The page of a claim, with the days of its checks; `None` for a claim of another catalogue.
pub fn view(look: &Look<'_>, claim: &Claim, rows: &[DayRow], around: Around) -> Option<ClaimPage> {
    let (section, lead, sentence) = place(look, &claim.id)?;
    let mut sentence_row = text::sentence(look, sentence, lead);
    for mark in &mut sentence_row.marks {
        mark.is_current = mark.id == claim.id;
    }
    let standing = look.standing(claim);
    let days = days(look, claim, rows);
    let (before, after) = neighbours(look, claim);
    Some(ClaimPage {
        around,
        id: claim.id.clone(),
        section: section_words(section),
        section_href: section_href(section),
        trouble: look.trouble(),
        sentence: sentence_row,
        text: look.fill(&claim.text),
        state: state_words(look, claim, &standing),
        kind: words::kind(claim.kind),
        standing: standing_words(claim, &standing),
        checks: checks(look, claim),
        missing: claim.missing.clone(),
        note: claim.note.clone(),
        owner: claim.owner.clone(),
        enforced_by: claim.enforced_by.clone(),
        criteria: criteria(look, claim),
        strip: (!days.is_empty()).then(|| Strip::days(days.iter().map(Day::bar))),
        strip_words: in_words(&days),
        strip_dates: strip_dates(look.today(), &days),
        days: grouped(look.today(), claim.detail, &days),
        before,
        after,
    })
}

fn section_words(section: &Section) -> String {
    match section.number {
        0 => "Heading".to_owned(),
        number => format!("{number}. {}", section.title),
    }
}

fn section_href(section: &Section) -> String {
    match section.number {
        0 => "/security".to_owned(),
        number => format!("/security#s{number}"),
    }
}

/// "verified 3 min ago, 41 of 41 tables".
fn state_words(look: &Look<'_>, claim: &Claim, standing: &Standing) -> String {
    let lower = Shown::of(claim, standing.state).lower;
    format!("{lower}{}", words::rest(look, claim, standing))
}

fn standing_words(claim: &Claim, standing: &Standing) -> String {
    if claim.lifecycle == Lifecycle::InProgress {
        return "Kairo does not do this yet. No check runs, and it is not counted as verified."
            .to_owned();
    }
    match (claim.kind, standing.state, standing.until) {
        (Kind::Promise, _, _) => {
            "No machine can verify a promise, so no check runs. It never shows as verified."
                .to_owned()
        }
        (_, State::Exception, Some(until)) => format!(
            "This gap is known and accepted until {}: {}. Until then the claim does not show as \
             verified, whatever its checks say.",
            words::instant(until),
            standing.reason.trim_end_matches('.'),
        ),
        _ => String::new(),
    }
}

fn checks(look: &Look<'_>, claim: &Claim) -> Vec<CheckRow> {
    let checks = look.checks(claim).into_iter();
    checks.map(|(check, standing)| check_row(look, claim.detail, check, &standing)).collect()
}

fn check_row(look: &Look<'_>, detail: Detail, check: &Check, standing: &Standing) -> CheckRow {
    let shown = Shown::named(standing.state.word());
    let newest = look
        .known
        .as_ref()
        .ok()
        .and_then(|known| known.newest.iter().find(|newest| newest.check == check.id));
    let seen = standing.observed_at;
    let is_attested = check.runner == Runner::Attestation;
    CheckRow {
        id: check.id.clone(),
        title: check.title.clone(),
        state: format!("{}{}", shown.word, words::told(look, detail, Some(check), standing)),
        is_loud: matches!(standing.state, State::Fail | State::Stale),
        how: check.how.clone(),
        seen: seen.map(|at| format!("{at:.0}")).unwrap_or_default(),
        seen_words: seen.map(words::instant).unwrap_or_default(),
        evidence: match (is_attested, newest) {
            (true, _) => vouched(standing),
            (false, Some(newest)) => found(detail, check, newest),
            (false, None) => "There is none yet.".to_owned(),
        },
        witness: check.witness.clone(),
        sabotage: check.sabotage.clone(),
        holds: holds(check),
    }
}

/// "41 of 41 tables were tested, and 0 of them did not hold."
fn found(detail: Detail, check: &Check, newest: &Newest) -> String {
    let number = words::number;
    let of = if newest.population == 1 { &check.population_one } else { &check.population };
    let counts = match detail {
        Detail::None => String::new(),
        _ => format!(
            "{} of {} {of} tested, {} at fault. ",
            number(newest.tested),
            number(newest.population),
            number(newest.violations),
        ),
    };
    let reason = match newest.reason.as_str() {
        "" => String::new(),
        reason => format!("It could not tell: {reason}. "),
    };
    format!("{counts}{reason}Version {} of the check.", newest.version)
}

fn vouched(standing: &Standing) -> String {
    match standing.until {
        Some(until) => {
            format!("A person vouched for {} until {}.", standing.reason, words::instant(until))
        }
        None => "Nobody has vouched for it yet.".to_owned(),
    }
}

/// "It runs every hour. …"
fn holds(check: &Check) -> String {
    if check.runner == Runner::Attestation {
        return "Until the date that was named, a year at most; then it turns stale by itself."
            .to_owned();
    }
    let age = words::long(check.max_age);
    let own = match check.place {
        Spot::Scratch => " It counts for this very program alone.",
        Spot::Live => "",
    };
    format!(
        "It runs {}. Evidence older than {age} counts no more: the mark turns stale by \
         itself.{own}",
        words::every(check.every),
    )
}

fn criteria(look: &Look<'_>, claim: &Claim) -> Vec<(String, String)> {
    let all = &look.page.catalogue.criteria;
    let found = claim.tsc.iter().filter_map(|id| all.iter().find(|it| it.id == *id));
    found.map(|it| (it.id.clone(), it.about.clone())).collect()
}

/// The days under the strip: the first, the middle one, and today.
fn strip_dates(today: Date, days: &[Day]) -> Vec<String> {
    let named = |day: Option<&Day>| day.map(|it| words::short_day(it.date, today));
    let ends = [named(days.first()), named(days.get(days.len() / 2))];
    let today = (!days.is_empty()).then(|| "Today".to_owned());
    ends.into_iter().chain([today]).flatten().collect()
}

fn neighbours(look: &Look<'_>, claim: &Claim) -> (Option<Step>, Option<Step>) {
    let step = |it: &Claim| Step { id: it.id.clone(), text: look.fill(&it.text) };
    let claims: Vec<&Claim> = look.page.catalogue.claims().collect();
    let at = claims.iter().position(|it| it.id == claim.id);
    let beside = |at: Option<usize>| at.and_then(|at| claims.get(at)).map(|it| step(it));
    (beside(at.and_then(|at| at.checked_sub(1))), beside(at.and_then(|at| at.checked_add(1))))
}
