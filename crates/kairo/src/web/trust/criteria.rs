//! `GET /security/criteria`: the same claims by the Trust Services Criteria that they speak to.
//!
//! **Invariant:** criteria that no claim speaks to are listed as such: a mapping that shows its
//! gaps is a narrative, one that hides them is an advertisement.

use axum::extract::State as Given;
use axum::http::HeaderMap;
use axum::response::Response;

use super::words::mark;
use super::{Look, around, shown};
use crate::web::Site;
use crate::web::error::Error;
use crate::web::views::trust::{Around, Criteria, CriteriaGroup, CriterionRow, PublicPlace};

pub(super) async fn show(Given(site): Given<Site>, headers: HeaderMap) -> Result<Response, Error> {
    let look = Look::now(&site).await;
    shown(&look, &view(&look, around(&site, &headers, PublicPlace::Elsewhere)))
}

/// The kinds of criteria by what their ids begin with.
const GROUPS: [(&str, &str, &str); 4] = [
    ("CC", "common", "Common to all: security"),
    ("A", "availability", "Availability"),
    ("C", "confidentiality", "Confidentiality"),
    ("P", "privacy", "Privacy"),
];

/// "CC" of "CC6.1".
fn group_of(id: &str) -> &str {
    id.find(|c: char| c.is_ascii_digit()).and_then(|at| id.get(..at)).unwrap_or(id)
}

/// The page.
pub fn view(look: &Look<'_>, around: Around) -> Criteria {
    let catalogue = &look.page.catalogue;
    let claims = catalogue.by_criterion();
    let rows: Vec<CriterionRow> = catalogue
        .criteria
        .iter()
        .map(|criterion| CriterionRow {
            id: criterion.id.clone(),
            about: criterion.about.clone(),
            claims: claims
                .get(criterion.id.as_str())
                .into_iter()
                .flatten()
                .map(|claim| (look.fill(&claim.text), mark(look, claim)))
                .collect(),
        })
        .collect();
    let bare: Vec<&str> =
        rows.iter().filter(|row| row.claims.is_empty()).map(|row| row.id.as_str()).collect();
    let group = |(prefix, anchor, title): (&str, &'static str, &'static str)| {
        let own = rows.iter().filter(|row| group_of(&row.id) == prefix);
        CriteriaGroup { anchor, title, rows: own.cloned().collect() }
    };
    Criteria {
        around,
        covered: rows.len() - bare.len(),
        all: rows.len(),
        bare: bare.join(", "),
        trouble: look.trouble(),
        groups: GROUPS.map(group).into_iter().filter(|it| !it.rows.is_empty()).collect(),
    }
}
