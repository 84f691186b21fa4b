//! What a person's account does, tried as a canary.

use futures_util::future::join_all;

use super::canary::{door, link, redeem, session, sign_in, sign_out};
use super::{Observation, Told, Untold};
use crate::trust::controls::origin::Ask;
use crate::trust::controls::subject::Subject;

/// Redemptions at once, and one more afterwards.
const AT_ONCE: usize = 8;

pub(super) async fn single_use(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let link = link(subject, origin, "single-use").await?;
    let tries = (0..AT_ONCE).map(|_| redeem(subject, origin, &link));
    let mut answers = join_all(tries).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    answers.push(redeem(subject, origin, &link).await?);
    let sessions: Vec<String> = answers.iter().filter_map(|it| session(origin, it)).collect();
    let tried = answers.len();
    for cookie in &sessions {
        sign_out(subject, origin, cookie.clone()).await?;
    }
    let mut violations = Vec::new();
    match sessions.len() {
        0 => return Err(Untold("the link made no session at all".to_owned())),
        1 => {}
        made => violations.push(format!("one link made {made} sessions")),
    }
    Ok(Observation::of(tried, violations, "one redemption of the link made a session"))
}

const ACCOUNT: &str = "/settings/account";

pub(super) async fn sign_out_everywhere(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let one = sign_in(subject, origin, "everywhere").await?;
    let two = sign_in(subject, origin, "everywhere").await?;
    let ask = |cookie: &String| Ask { cookie: Some(cookie.clone()), ..Ask::get(ACCOUNT) };
    let mut violations = Vec::new();
    for cookie in [&one, &two] {
        let page = origin.ask(&subject.tls, ask(cookie)).await?;
        if page.status != 200 {
            return Err(Untold(format!("the canary's account answered {}", page.status)));
        }
        if !page.body.contains("action=\"/settings/sessions/revocation\"") {
            violations.push("Settings, Account has no way to sign out everywhere".to_owned());
        }
    }
    let all = Ask { cookie: Some(one.clone()), ..Ask::post("/settings/sessions/revocation", "") };
    origin.ask(&subject.tls, all).await?;
    for (name, cookie) in [("this session", &one), ("the other session", &two)] {
        if origin.ask(&subject.tls, ask(cookie)).await?.status == 200 {
            violations.push(format!("{name} still works after signing out everywhere"));
        }
    }
    for cookie in [one, two] {
        sign_out(subject, origin, cookie).await?;
    }
    Ok(Observation::of(2, violations, "both sessions opened the account before"))
}

/// ASVS 3.3: each says where it may go, and nothing reads it.
const FLAGS: [&str; 4] = ["secure", "httponly", "samesite=lax", "path=/"];

pub(super) async fn cookie_flags(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let link = link(subject, origin, "cookies").await?;
    let redeemed = redeem(subject, origin, &link).await?;
    let cookie = session(origin, &redeemed)
        .ok_or_else(|| Untold(format!("the canary could not sign in: {}", redeemed.status)))?;
    let bare = cookie.clone();
    let reading = Ask {
        cookie: Some(cookie.clone()),
        ..Ask::post("/settings/reading", "zone=UTC&week_start=monday&date_order=DMY")
    };
    let kept = origin.ask(&subject.tls, reading).await?;
    let shown = Ask { cookie: Some(cookie), ..Ask::get("/settings/reading") };
    let shown = origin.ask(&subject.tls, shown).await?;
    let ended = sign_out(subject, origin, bare.clone()).await?;
    let stale = Ask { cookie: Some(bare), ..Ask::get("/sign-in") };
    let stale = origin.ask(&subject.tls, stale).await?;
    let answers = [
        ("POST /sign-in/link", &redeemed),
        ("POST /settings/reading", &kept),
        ("GET /settings/reading", &shown),
        ("POST /sign-out", &ended),
        ("GET /sign-in", &stale),
    ];
    let (mut violations, mut population) = (Vec::new(), 0);
    for (route, answer) in answers {
        for cookie in answer.cookies() {
            population += 1;
            let name = cookie.split('=').next().unwrap_or_default();
            let lower = cookie.to_ascii_lowercase();
            let has = |flag: &str| lower.split(';').skip(1).any(|part| part.trim() == flag);
            let lacks =
                FLAGS.into_iter().filter(|flag| !has(flag)).map(|flag| format!("without {flag}"));
            let scoped = lower.split(';').any(|part| part.trim().starts_with("domain="));
            let scoped = scoped.then(|| "with a domain".to_owned());
            let named = (!name.starts_with("__Host-")).then(|| "not bound to the host".to_owned());
            violations.extend(
                lacks.chain(scoped).chain(named).map(|what| format!("{route}: {name} {what}")),
            );
        }
    }
    Ok(Observation::of(population, violations, "the session's own cookie was among them"))
}
