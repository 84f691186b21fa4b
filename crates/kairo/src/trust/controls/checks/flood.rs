//! The throttle by source address in front of what people do when they are signed in.

use futures_util::future::join_all;
use tokio::time::Instant;

use super::cache::{THOUGHT_FORM, counts, forget};
use super::canary::{door, sign_in, sign_out};
use super::{Observation, Told, Untold, rows};
use crate::db::Host;
use crate::limits::{ADDRESS_BURST, ADDRESS_PER_MINUTE};
use crate::trust::controls::origin::{Ask, Origin};
use crate::trust::controls::subject::Subject;

const CANARY: &str = "flood";
/// Where thoughts come in.
const DOORS: [&str; 3] = ["/captures", "/captures/preview", "/api/v1/captures"];
/// A page that needs a session.
const PAGE: &str = "/settings/reading";
/// Requests at once.
const AT_ONCE: usize = 20;

pub(super) async fn signed_in(subject: &Subject) -> Told {
    let host = rows::host(subject).await?;
    let origin = door(subject)?;
    let cookie = sign_in(subject, origin, CANARY).await?;
    let told = flooded(subject, origin, &host, &cookie).await;
    forget(subject, origin, &host, (CANARY, &cookie)).await?;
    sign_out(subject, origin, cookie).await?;
    told
}

async fn flooded(subject: &Subject, origin: &Origin, host: &Host, cookie: &str) -> Told {
    let from = origin.own_source(&subject.base.random);
    let from = from.ok_or_else(|| {
        Untold("the listener is not reached over loopback, so no address can be taken".to_owned())
    })?;
    let signed = |ask: Ask<'static>| Ask { cookie: Some(cookie.to_owned()), ..ask };
    let burst = usize::try_from(ADDRESS_BURST).unwrap_or(usize::MAX);
    let (mut sent, mut is_full) = (0, false);
    // The bucket fills up again meanwhile, so a few more than it holds are needed, and a bound.
    let begun = Instant::now();
    while !is_full && sent < burst.saturating_mul(3) {
        let page = || Ask { from: Some(from), ..signed(Ask::get(PAGE)) };
        let asked = (0..AT_ONCE).map(|_| origin.ask(&subject.tls, page()));
        for answer in join_all(asked).await {
            match answer?.status {
                200 if !is_full => sent += 1,
                200 => {}
                429 => is_full = true,
                other => return Err(Untold(format!("the canary's page answered {other}"))),
            }
        }
    }
    let refilled = begun.elapsed().as_secs().saturating_mul(u64::from(ADDRESS_PER_MINUTE)) / 60;
    if !is_full && sent as u64 <= u64::from(ADDRESS_BURST).saturating_add(refilled) {
        return Err(Untold("the listener answers too slowly for its limit to be met".to_owned()));
    }
    let before = counts(host, CANARY).await?;
    let mut violations = Vec::new();
    for door in DOORS {
        let thought = Ask { from: Some(from), ..signed(Ask::post(door, THOUGHT_FORM)) };
        let answer = origin.ask(&subject.tls, thought).await?;
        if answer.status != 429 || answer.header("retry-after").is_none() {
            violations.push(format!("{door} answered {} past the limit", answer.status));
        }
    }
    if counts(host, CANARY).await? != before {
        violations.push("a request past the limit reached the person's quota".to_owned());
    }
    // Whoever comes from elsewhere is not held up, and neither is the same person there.
    let other = origin.ask(&subject.tls, signed(Ask::get(PAGE))).await?;
    if other.status != 200 {
        violations.push(format!("another address is answered {}", other.status));
    }
    let witness = format!("{sent} requests of a signed-in canary were answered before");
    Ok(Observation::of(DOORS.len() + 1, violations, witness))
}
