//! `GET /security`: the whole text, a mark for each claim, and how many hold.

use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::response::Response;

use super::words::{self, SHOWN, Shown};
use super::{Look, around, shown, text};
use crate::trust::controls::catalogue::{BlockKind, Claim, Kind, Section};
use crate::web::Site;
use crate::web::error::Error;
use crate::web::views::trust::{
    Around, CountTable, FactRow, MapPart, PublicPlace, Security, StateCount, Strip, Totals,
};

pub(super) async fn show(Given(site): Given<Site>, headers: HeaderMap) -> Result<Response, Error> {
    let look = Look::now(&site).await;
    shown(&look, &view(&look, around(&site, &headers, PublicPlace::Security)))
}

/// The page.
pub fn view(look: &Look<'_>, around: Around) -> Security {
    let sections = &look.page.catalogue.sections;
    let header = sections.iter().filter(|section| section.number == 0);
    let blocks = || header.clone().flat_map(|section| &section.blocks);
    let opening = blocks().filter(|block| block.kind != BlockKind::Fact);
    Security {
        around,
        title: header.clone().map(|section| section.title.as_str()).collect(),
        facts: facts(look),
        unstated: look.unstated(),
        trouble: look.trouble(),
        opening: opening.flat_map(|block| text::sentences(look, block)).collect(),
        totals: totals(look),
        sections: sections
            .iter()
            .filter(|section| section.number > 0)
            .map(|section| text::section(look, section))
            .collect(),
    }
}

/// The dates and names above the text.
fn facts(look: &Look<'_>) -> Vec<FactRow> {
    let catalogue = &look.page.catalogue;
    let version = catalogue.version();
    let blocks = catalogue.sections.iter().flat_map(|section| &section.blocks);
    let facts = blocks.filter(|block| block.kind == BlockKind::Fact);
    let rows = facts.flat_map(|block| block.sentences.iter().map(move |it| (block, it)));
    rows.map(|(block, sentence)| {
        let date = match sentence.text.as_str() {
            "{updated}" => version.map(|version| version.updated),
            "{effective}" => version.map(|version| version.effective),
            _ => None,
        };
        FactRow {
            name: block.lead.clone(),
            value: look.fill(&sentence.text),
            datetime: date.map(|date| date.to_string()).unwrap_or_default(),
            marks: sentence.claims.iter().map(|claim| words::mark(look, claim)).collect(),
        }
    })
    .collect()
}

/// A claim with its section and how it is shown.
type Told<'c> = (&'c Section, &'c Claim, Shown);

fn totals(look: &Look<'_>) -> Totals {
    let sentences = look.page.catalogue.sentences();
    let claims = sentences.flat_map(|(section, it)| it.claims.iter().map(move |c| (section, c)));
    let told: Vec<Told<'_>> = claims
        .map(|(section, claim)| (section, claim, Shown::of(claim, look.standing(claim).state)))
        .collect();
    let count = |it: &Shown| told.iter().filter(|(_, _, shown)| shown.name == it.name).count();
    let (states, absent): (Vec<StateCount>, Vec<StateCount>) =
        SHOWN.iter().map(|it| state_count(it, count(it))).partition(|it| it.count > 0);
    Totals {
        verified: count(&Shown::named("pass")),
        claims: told.len(),
        as_of: format!("{:.0}", look.now),
        as_of_time: words::minute(look.now),
        as_of_date: words::date(look.today()),
        map: look.page.catalogue.sections.iter().map(|it| map_part(it, &told)).collect(),
        tables: vec![by_section(look, &states, &told), by_kind(&states, &told)],
        absent_title: absent_title(absent.len()),
        states,
        absent,
    }
}

fn state_count(shown: &Shown, count: usize) -> StateCount {
    StateCount { state: shown.name, count, name: shown.lower, about: shown.about }
}

fn absent_title(count: usize) -> String {
    const NUMBERS: [&str; 9] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];
    let number = NUMBERS.get(count).copied().unwrap_or("Some");
    format!("{number} mark{} that no claim has today", if count == 1 { "" } else { "s" })
}

fn map_part(section: &Section, told: &[Told<'_>]) -> MapPart {
    let own = || told.iter().filter(|(it, _, _)| it.number == section.number);
    let counts = SHOWN.iter().filter_map(|shown| {
        match own().filter(|(_, _, it)| it.name == shown.name).count() {
            0 => None,
            count => Some(format!("{count} {}", shown.lower)),
        }
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let (href, name, title) = match section.number {
        0 => ("#top".to_owned(), "Head".to_owned(), "Heading"),
        number => (format!("#s{number}"), number.to_string(), section.title.as_str()),
    };
    MapPart {
        href,
        name,
        words: format!("{title}: {counts}"),
        strip: Strip::map(own().map(|(_, _, shown)| shown.bar)),
    }
}

/// The number in each state, and of all, of those claims that `is_in` takes.
fn cells(
    states: &[StateCount],
    told: &[Told<'_>],
    is_in: impl Fn(&Told<'_>) -> bool,
) -> Vec<String> {
    let own: Vec<&Told<'_>> = told.iter().filter(|it| is_in(it)).collect();
    let dashed = |count: usize| if count == 0 { "–".to_owned() } else { count.to_string() };
    let of_state = states
        .iter()
        .map(|state| dashed(own.iter().filter(|(_, _, shown)| shown.name == state.state).count()));
    of_state.chain([own.len().to_string()]).collect()
}

fn heads(states: &[StateCount]) -> Vec<&'static str> {
    states.iter().map(|state| Shown::named(state.state).word).chain(["All"]).collect()
}

fn by_section(look: &Look<'_>, states: &[StateCount], told: &[Told<'_>]) -> CountTable {
    let rows = look.page.catalogue.sections.iter().map(|section| {
        let name = match section.number {
            0 => "Heading".to_owned(),
            number => format!("{number}. {}", section.title),
        };
        (name, cells(states, told, |(it, _, _)| it.number == section.number))
    });
    let all = ("All".to_owned(), cells(states, told, |_| true));
    CountTable {
        caption: "Claims by section and state",
        first: "Section",
        heads: heads(states),
        rows: rows.chain([all]).collect(),
    }
}

fn by_kind(states: &[StateCount], told: &[Told<'_>]) -> CountTable {
    let rows = Kind::ALL.iter().filter_map(|kind| {
        let is_in = |(_, claim, _): &Told<'_>| claim.kind == *kind;
        told.iter()
            .any(is_in)
            .then(|| (words::kind_short(*kind).to_owned(), cells(states, told, is_in)))
    });
    let all = ("All".to_owned(), cells(states, told, |_| true));
    CountTable {
        caption: "Claims by how they can be known and state",
        first: "Known by",
        heads: heads(states),
        rows: rows.chain([all]).collect(),
    }
}
