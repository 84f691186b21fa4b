//! What the listener does on the wire: TLS, HSTS, the throttle.

use super::hello::{Reply, TLS_1_2, TLS_1_3, USUAL, VERSIONS, ask};
use super::{Observation, Told, Untold};
use crate::limits::SIGN_IN_PER_MINUTE;
use crate::trust::controls::origin::Ask;
use crate::trust::controls::subject::Subject;

/// Suites of TLS 1.3, all of which are fit for use (RFC 8446 B.4).
pub(super) const SUITES_13: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/// Suites that may be accepted: forward secrecy, and encryption that authenticates.
const ALLOWED: [u16; 9] = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9];

/// Suites of TLS 1.2 and before that servers have been seen to take: null, export, RC4, DES, 3DES,
/// CBC, static RSA, static and anonymous Diffie-Hellman, PSK, CCM, and the good ones.
const SUITES_12: [u16; 52] = [
    0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0016, 0x0018,
    0x001b, 0x002f, 0x0032, 0x0033, 0x0034, 0x0035, 0x0038, 0x0039, 0x003a, 0x003b, 0x003c, 0x003d,
    0x0041, 0x0067, 0x006b, 0x0084, 0x008c, 0x009c, 0x009d, 0x009e, 0x009f, 0x00a8, 0xc004, 0xc007,
    0xc008, 0xc009, 0xc00a, 0xc011, 0xc012, 0xc013, 0xc014, 0xc023, 0xc027, 0xc02b, 0xc02c, 0xc02f,
    0xc030, 0xc09c, 0xcca8, 0xcca9,
];

pub(super) async fn versions(subject: &Subject) -> Told {
    let (mut violations, mut accepted) = (Vec::new(), Vec::new());
    for origin in &subject.origins {
        let mut good = 0;
        for version in VERSIONS {
            let suites: &[u16] = if version == TLS_1_3 { &SUITES_13 } else { &USUAL };
            let Reply::Accepts { version: chosen, .. } = ask(origin, version, suites).await? else {
                continue;
            };
            // A server may answer an old hello with a newer version only if that was offered.
            let is_old = chosen < TLS_1_2.code;
            if is_old {
                violations.push(format!("{} accepts {}", origin.url, version.name));
            } else {
                good += 1;
                accepted.push(version.name);
            }
        }
        if good == 0 && violations.is_empty() {
            return Err(Untold(format!("{} took no hello at all", origin.host)));
        }
    }
    let population = subject.origins.len() * VERSIONS.len();
    Ok(Observation::of(population, violations, format!("accepted: {}", accepted.join(", "))))
}

pub(super) async fn suites(subject: &Subject) -> Told {
    let (mut violations, mut accepted) = (Vec::new(), 0);
    for origin in &subject.origins {
        let of_13 = SUITES_13.iter().map(|suite| (TLS_1_3, *suite));
        for (version, suite) in of_13.chain(SUITES_12.iter().map(|suite| (TLS_1_2, *suite))) {
            let Reply::Accepts { suite: chosen, .. } = ask(origin, version, &[suite]).await? else {
                continue;
            };
            accepted += 1;
            if !ALLOWED.contains(&chosen) {
                violations.push(format!("{} accepts suite {chosen:04x}", origin.url));
            }
        }
    }
    if accepted == 0 {
        return Err(Untold("no suite was accepted at all".to_owned()));
    }
    let population = subject.origins.len() * (SUITES_13.len() + SUITES_12.len());
    Ok(Observation::of(population, violations, format!("{accepted} were accepted")))
}

/// A year, as browsers' preload lists ask at least.
const HSTS_S_MIN: u64 = 31_536_000;
/// A page, a refusal, an asset that is not there, JSON, and a probe: whatever answers must say it.
const PATHS: [&str; 5] =
    ["/sign-in", "/nothing-here", "/assets/none.css", "/api/v1/items", "/healthz"];

pub(super) async fn hsts(subject: &Subject) -> Told {
    let (mut violations, mut statuses) = (Vec::new(), Vec::new());
    for origin in &subject.origins {
        for path in PATHS {
            let answer = origin.ask(&subject.tls, Ask::get(path)).await?;
            statuses.push(answer.status.to_string());
            let age_s = answer.header("strict-transport-security").and_then(max_age_s);
            let least = if origin.is_loopback { 1 } else { HSTS_S_MIN };
            if age_s.is_none_or(|age_s| age_s < least) {
                violations.push(format!("{}{path} has max-age {age_s:?}", origin.url));
            }
        }
    }
    let population = subject.origins.len() * PATHS.len();
    Ok(Observation::of(population, violations, format!("answers: {}", statuses.join(", "))))
}

fn max_age_s(header: &str) -> Option<u64> {
    let mut parts = header.split(';').map(str::trim);
    parts.find_map(|part| part.strip_prefix("max-age=")?.parse().ok())
}

const DOORS: [&str; 3] = ["/sign-in", "/sign-in/code", "/sign-in/link"];

pub(super) async fn throttle(subject: &Subject) -> Told {
    let mut tried = 0;
    for origin in &subject.origins {
        let Some(from) = origin.own_source(&subject.base.random) else { continue };
        let mut refused = None;
        // What is no address costs nothing but the look at the bucket, and writes to nobody.
        for (at, door) in DOORS
            .iter()
            .cycle()
            .take(usize::try_from(SIGN_IN_PER_MINUTE).unwrap_or(0) + DOORS.len())
            .enumerate()
        {
            let ask = Ask { from: Some(from), ..Ask::post(door, "email=nobody") };
            let answer = origin.ask(&subject.tls, ask).await?;
            if answer.status == 429 {
                refused = Some((at, answer.header("retry-after").is_some()));
                break;
            }
        }
        tried += DOORS.len();
        let least = usize::try_from(SIGN_IN_PER_MINUTE).unwrap_or(0);
        let violation = match refused {
            Some((at, true)) if at >= least => continue,
            Some((_, false)) => "a refusal does not say when to come back".to_owned(),
            Some((at, _)) => format!("refused after {at} posts already"),
            None => format!("{least} posts and more were let through"),
        };
        return Ok(Observation::of(tried, vec![violation], "posts were answered"));
    }
    if tried == 0 {
        return Err(Untold(
            "the listener is not reached over loopback, so no address of its own can be taken"
                .to_owned(),
        ));
    }
    Ok(Observation::of(tried, Vec::new(), format!("429 after {SIGN_IN_PER_MINUTE} posts")))
}
