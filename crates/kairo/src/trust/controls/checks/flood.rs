//! The throttle by source address in front of what people do when they are signed in.

use std::net::IpAddr;

use futures_util::future::{OptionFuture, join, join_all};
use tokio::time::Instant;

use super::cache::{THOUGHT_FORM, counts, forget, settled};
use super::canary::{door, sign_in, sign_out};
use super::{Observation, Told, Untold, rows};
use crate::db::Host;
use crate::limits::{ADDRESS_BURST, ADDRESS_PER_MINUTE};
use crate::trust::controls::origin::{Answer, Ask, Origin};
use crate::trust::controls::subject::Subject;

const CANARY: &str = "flood";
/// Where thoughts come in.
const DOORS: [&str; 4] =
    ["/captures", "/captures/preview", "/api/v1/captures", "/v1/chat/completions"];
/// A page that needs a session.
const PAGE: &str = "/settings/reading";
/// Requests at once.
const AT_ONCE: usize = 30;
/// Waves until a route counts as one that never refuses.
const WAVES_MAX: usize = 8;

pub(super) async fn signed_in(subject: &Subject) -> Told {
    let host = rows::host(subject).await?;
    let origin = door(subject)?;
    let cookie = sign_in(subject, origin, CANARY).await?;
    let told = flooded(subject, origin, &host, &cookie).await;
    forget(subject, origin, &host, (CANARY, &cookie)).await?;
    sign_out(subject, origin, cookie).await?;
    told
}

/// The canary at one address.
struct Flood<'a> {
    subject: &'a Subject,
    origin: &'a Origin,
    cookie: &'a str,
    from: Option<IpAddr>,
}

impl Flood<'_> {
    fn signed<'b>(&self, ask: Ask<'b>) -> Ask<'b> {
        Ask { cookie: Some(self.cookie.to_owned()), from: self.from, ..ask }
    }

    /// Asks for a page many times at once, and then for `last`; gives how many pages there were.
    async fn wave(&self, last: Option<Ask<'_>>) -> Result<(usize, Option<Answer>), Untold> {
        let tls = &self.subject.tls;
        let pages = (0..AT_ONCE).map(|_| self.origin.ask(tls, self.signed(Ask::get(PAGE))));
        let last = last.map(|ask| self.origin.ask(tls, self.signed(ask)));
        let (pages, last) = join(join_all(pages), OptionFuture::from(last)).await;
        let mut answered = 0;
        for page in pages {
            match page?.status {
                200 => answered += 1,
                429 => {}
                other => return Err(Untold(format!("the canary's page answered {other}"))),
            }
        }
        Ok((answered, last.transpose()?))
    }

    /// Empties the bucket; gives how many pages that were.
    async fn empty(&self) -> Result<usize, Untold> {
        let burst = usize::try_from(ADDRESS_BURST).unwrap_or(usize::MAX);
        let (mut answered, begun) = (0, Instant::now());
        loop {
            let (pages, _) = self.wave(None).await?;
            answered += pages;
            // One that never refuses is found out by the posts.
            if pages < AT_ONCE || answered >= burst.saturating_mul(3) {
                break;
            }
        }
        let refilled = begun.elapsed().as_secs().saturating_mul(u64::from(ADDRESS_PER_MINUTE)) / 60;
        let held = u64::from(ADDRESS_BURST).saturating_add(refilled);
        match answered as u64 <= held && answered >= burst.saturating_mul(3) {
            true => Err(Untold("the listener answers too slowly for its limit".to_owned())),
            false => Ok(answered),
        }
    }

    /// Posts a thought in the midst of waves until it is refused: meanwhile the bucket fills up
    /// again by ten a second. Gives what does not hold.
    async fn refused(&self, host: &Host, door: &str) -> Result<Option<String>, Untold> {
        for _wave in 0..WAVES_MAX {
            let before = settled(host, CANARY).await?;
            let (_, answer) = self.wave(Some(Ask::post(door, THOUGHT_FORM))).await?;
            let Some(answer) = answer.filter(|answer| answer.status == 429) else { continue };
            return Ok(if answer.header("retry-after").is_none() {
                Some(format!("{door} refuses without a time to wait"))
            } else if counts(host, CANARY).await? != before {
                Some(format!("{door} refuses, and reached the person's quota all the same"))
            } else {
                None
            });
        }
        Ok(Some(format!("{door} answers past the limit")))
    }
}

async fn flooded(subject: &Subject, origin: &Origin, host: &Host, cookie: &str) -> Told {
    let from = origin.own_source(&subject.base.random);
    if from.is_none() {
        let why = "the listener is not reached over loopback, so no address can be taken";
        return Err(Untold(why.to_owned()));
    }
    let flood = Flood { subject, origin, cookie, from };
    let answered = flood.empty().await?;
    let mut violations = Vec::new();
    for door in DOORS {
        violations.extend(flood.refused(host, door).await?);
    }
    // The same person is not held up at another address.
    let elsewhere = Flood { from: origin.own_source(&subject.base.random), ..flood };
    let page = origin.ask(&subject.tls, elsewhere.signed(Ask::get(PAGE))).await?;
    if page.status != 200 {
        violations.push(format!("another address is answered {}", page.status));
    }
    let witness = format!("{answered} requests of a signed-in canary were answered before");
    Ok(Observation::of(DOORS.len() + 1, violations, witness))
}
