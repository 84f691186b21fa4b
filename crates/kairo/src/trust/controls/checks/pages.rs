//! What the public pages say, as they are served.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::canary::door;
use super::{Observation, Told, Untold};
use crate::trust::controls::catalogue::Lifecycle;
use crate::trust::controls::origin::Ask;
use crate::trust::controls::subject::Subject;

async fn page(subject: &Subject, path: &str) -> Result<String, Untold> {
    let answer = door(subject)?.ask(&subject.tls, Ask::get(path)).await?;
    match answer.status {
        200 => Ok(answer.body),
        status => Err(Untold(format!("{path} answered {status}"))),
    }
}

async fn json(subject: &Subject) -> Result<Value, Untold> {
    let text = page(subject, "/security.json").await?;
    serde_json::from_str(&text).map_err(|_| Untold("/security.json is no JSON".to_owned()))
}

/// Tags inside of a sentence; every other one ends it.
const INLINE: [&str; 8] = ["a", "b", "i", "em", "strong", "span", "code", "time"];

/// The words of a page, as somebody reads them.
fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut parts = html.split('<');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        if !INLINE.contains(&name) {
            text.push(' ');
        }
        text.push_str(after);
    }
    plain(&unescaped(&text))
}

/// The signs that a page writes as `&#39;` or `&amp;`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part.split_once(';').unwrap_or((part, ""));
        let number = name.strip_prefix('#').and_then(|it| it.parse().ok()).and_then(char::from_u32);
        let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
        let named = named.into_iter().find(|(it, _)| *it == name).map(|(_, sign)| sign);
        match number.or(named) {
            Some(sign) => {
                out.push(sign);
                out.push_str(after);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

/// One space between words: where a page breaks its lines is nobody's claim.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) async fn sentences(subject: &Subject) -> Told {
    let html = page(subject, "/security").await?;
    let shown = words(&html);
    let said = json(subject).await?;
    let facts = said.get("facts").and_then(Value::as_object).cloned().unwrap_or_default();
    let fill = |text: &str| {
        facts.iter().fold(text.to_owned(), |text, (name, fact)| {
            let value = fact.get("value").and_then(Value::as_str).unwrap_or_default();
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    let claims = said.get("claims").and_then(Value::as_array).cloned().unwrap_or_default();
    let field =
        |claim: &Value, name: &str| claim.get(name).and_then(Value::as_str).map(str::to_owned);
    let (mut violations, mut count) = (Vec::new(), 0);
    for (section, sentence) in subject.catalogue.sentences() {
        count += 1;
        let text = plain(&fill(&sentence.text));
        if !text.starts_with('{') && !shown.contains(&text) {
            violations.push(format!("section {} lacks: {text}", section.number));
        }
        for claim in &sentence.claims {
            let told = claims.iter().find(|it| field(it, "id").as_ref() == Some(&claim.id));
            let Some(told) = told else {
                violations.push(format!("/security.json lacks {}", claim.id));
                continue;
            };
            let in_progress = claim.lifecycle == Lifecycle::InProgress;
            let link = format!("data-state=\"pass\" href=\"/security/{}\"", claim.id);
            if in_progress
                && (field(told, "state").as_deref() == Some("pass") || html.contains(&link))
            {
                violations.push(format!("{} is in progress and shown as verified", claim.id));
            }
        }
    }
    Ok(Observation::of(count, violations, format!("{} claims in the JSON", claims.len())))
}

pub(super) async fn version(subject: &Subject) -> Told {
    let html = page(subject, "/security").await?;
    let version = subject.catalogue.version();
    let version = version.ok_or_else(|| Untold("the text has no version".to_owned()))?;
    let today = subject.base.clock.now().to_zoned(TimeZone::UTC).date();
    let mut violations = Vec::new();
    for (what, date) in [("Last updated", version.updated), ("Effective", version.effective)] {
        if !html.contains(&format!("datetime=\"{date}\"")) {
            violations.push(format!("{what} is not {date} on the page"));
        }
        if date > today {
            violations.push(format!("{what} lies ahead: {date}"));
        }
    }
    if subject.catalogue.text_sha256() != version.text_sha256 {
        violations.push("the text was changed without a version".to_owned());
    }
    let witness = format!("version {} of the text", version.number);
    Ok(Observation::of(subject.catalogue.versions.len(), violations, witness))
}

const SECURITY_TXT: &str = "/.well-known/security.txt";

/// The words of a page, or of the one file that has no tags.
fn shown(path: &str, body: &str) -> String {
    if path == SECURITY_TXT { plain(body) } else { words(body) }
}

pub(super) async fn entity(subject: &Subject) -> Told {
    let entity = fact(&json(subject).await?, "entity")?;
    let mut violations = Vec::new();
    let pages = ["/security", "/privacy", SECURITY_TXT];
    for path in pages {
        if !shown(path, &page(subject, path).await?).contains(&entity) {
            violations.push(format!("{path} does not name {entity}"));
        }
    }
    Ok(Observation::of(pages.len(), violations, format!("{entity} was looked for")))
}

/// A fact as the page states it to programs; the words of a page are compared with it.
fn fact(said: &Value, name: &str) -> Result<String, Untold> {
    let value = said.get("facts").and_then(|facts| facts.get(name)?.get("value")?.as_str());
    value.map(str::to_owned).ok_or_else(|| Untold(format!("there is no fact {name}")))
}

/// Words that would claim a certificate or a bounty that there is not.
const BOASTS: [&str; 8] = [
    "soc 2 certified",
    "soc2 certified",
    "soc 2 compliant",
    "soc 2 type ii report is available",
    "iso 27001 certified",
    "hipaa compliant",
    "pci certified",
    "bounties of up to",
];

pub(super) async fn posture(subject: &Subject) -> Told {
    let pages = ["/security", "/privacy", "/security/criteria", "/sign-in", SECURITY_TXT];
    let mut violations = Vec::new();
    for path in pages {
        let shown = shown(path, &page(subject, path).await?).to_lowercase();
        let boasts = BOASTS.iter().filter(|boast| shown.contains(**boast));
        violations.extend(boasts.map(|boast| format!("{path} says: {boast}")));
    }
    let shown = words(&page(subject, "/security").await?);
    for stated in ["not pursuing SOC 2 certification", "do not currently run a paid bug-bounty"] {
        if !shown.contains(stated) {
            violations.push(format!("the page no longer says: {stated}"));
        }
    }
    Ok(Observation::of(pages.len(), violations, "both statements were looked for"))
}

pub(super) async fn criteria(subject: &Subject) -> Told {
    let shown = words(&page(subject, "/security/criteria").await?);
    let catalogue = &subject.catalogue;
    let has =
        |id: &str| shown.split(|c: char| !c.is_alphanumeric() && c != '.').any(|word| word == id);
    let missing = catalogue.criteria.iter().filter(|it| !has(&it.id));
    let mut violations: Vec<String> =
        missing.map(|it| format!("{} is not listed", it.id)).collect();
    let bare = catalogue.claims().filter(|claim| claim.tsc.is_empty());
    violations.extend(bare.map(|claim| format!("{} speaks to no criterion", claim.id)));
    let claims = catalogue.claims().count();
    Ok(Observation::of(catalogue.criteria.len(), violations, format!("{claims} claims are mapped")))
}

pub(super) async fn privacy(subject: &Subject) -> Told {
    let policy = page(subject, "/privacy").await?;
    let security = page(subject, "/security").await?;
    let mut violations = Vec::new();
    if !policy.contains("id=\"breach\"") {
        violations.push("the policy has no place for the commitment about breaches".to_owned());
    }
    for (name, html) in [("the policy", &policy), ("the Security page", &security)] {
        if !words(html).contains("72 hours") {
            violations.push(format!("{name} does not say 72 hours"));
        }
    }
    if !security.contains("href=\"/privacy\"") {
        violations.push("the Security page does not lead to the policy".to_owned());
    }
    Ok(Observation::of(2, violations, "both pages answered"))
}

/// Days that security.txt must still count, and may count at most (RFC 9116 2.5.5).
const EXPIRES_DAYS: std::ops::RangeInclusive<i64> = 30..=365;

pub(super) async fn contact(subject: &Subject) -> Told {
    let address = fact(&json(subject).await?, "security_address")?;
    let mail = format!("mailto:{address}");
    let file = page(subject, SECURITY_TXT).await?;
    let mut violations = Vec::new();
    for path in ["/security", "/privacy", SECURITY_TXT] {
        if !page(subject, path).await?.contains(&mail) {
            violations.push(format!("{path} does not lead to {address}"));
        }
    }
    let expires = file.lines().find_map(|line| line.strip_prefix("Expires: ")?.trim().parse().ok());
    let days =
        expires.map(|at: Timestamp| at.duration_since(subject.base.clock.now()).as_hours() / 24);
    if !days.is_some_and(|days| EXPIRES_DAYS.contains(&days)) {
        violations.push(format!("security.txt counts for {days:?} days"));
    }
    Ok(Observation::of(3, violations, format!("{address} was looked for")))
}
