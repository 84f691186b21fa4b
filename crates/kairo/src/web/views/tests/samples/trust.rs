//! The Security page and what belongs to it, over made-up evidence.

use super::HOSTILE;
use crate::web::trust::sample::{NOW, days, look, mixed, page};
use crate::web::trust::{
    AWAY, Look, claim as opened, criteria as listed, privacy as policy, security as text,
};
use crate::web::views::trust::*;

fn at(place: PublicPlace) -> Around {
    Around { place, has_session: false }
}

pub(super) fn security() -> Security {
    let page = page(|_| None);
    text::view(&look(&page, mixed(&page)), at(PublicPlace::Security))
}

pub(super) fn security_hostile() -> Security {
    let page = page(|_| Some(HOSTILE.to_owned()));
    let mut known = mixed(&page);
    for statement in &mut known.statements {
        (statement.source, statement.reason) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    }
    for newest in &mut known.newest {
        newest.reason = HOSTILE.to_owned();
    }
    text::view(&look(&page, known), Around { has_session: true, ..Around::default() })
}

pub(super) fn security_away() -> Security {
    let page = page(|_| None);
    text::view(&Look::new(&page, Err(AWAY), NOW), at(PublicPlace::Security))
}

pub(super) fn claim(id: &str) -> ClaimPage {
    let page = page(|_| None);
    let claim = page.catalogue.claim(id).unwrap();
    let rows: Vec<_> = claim.checks.iter().flat_map(|it| days(it, 84, &[58], &[29, 30])).collect();
    opened::view(&look(&page, mixed(&page)), claim, &rows, Around::default()).unwrap()
}

pub(super) fn criteria() -> Criteria {
    let page = page(|_| None);
    listed::view(&look(&page, mixed(&page)), Around::default())
}

pub(super) fn privacy() -> Privacy {
    let page = page(|_| None);
    let cookie = Cookie {
        name: "__Host-kairo".to_owned(),
        about: "keeps you signed in",
        kept: "30 days at most".to_owned(),
    };
    let look = Look::new(&page, Err(AWAY), NOW);
    policy::view(&look, vec![cookie], false, at(PublicPlace::Privacy))
}
