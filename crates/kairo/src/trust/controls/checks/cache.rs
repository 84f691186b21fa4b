//! Answers of models that are kept: the same thought, kept twice by a canary, costs one call a day.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::canary::{door, sign_in, sign_out};
use super::{Observation, Told, Untold, queries, rows};
use crate::db::Host;
use crate::trust::controls::origin::{Ask, Origin};
use crate::trust::controls::subject::Subject;

const CANARY: &str = "cache";
/// "rent on 3/4": a thought that the reader cannot be sure of, as it may be April or March, and
/// whose reading does not hang on the minute.
pub(super) const THOUGHT_FORM: &str = "text=rent+on+3%2F4";
/// The word of it that no sealed answer may show.
const PLAIN: &[u8] = b"rent";
/// Between two looks at how far a second reading has come.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Looks until a model counts as silent; the check's own time ends before.
const LOOKS_MAX: usize = 900;

pub(super) async fn free(subject: &Subject) -> Told {
    let host = rows::host(subject).await?;
    let origin = door(subject)?;
    let cookie = sign_in(subject, origin, CANARY).await?;
    let told = kept_twice(subject, origin, &host, &cookie).await;
    forget(subject, origin, &host, (CANARY, &cookie)).await?;
    sign_out(subject, origin, cookie).await?;
    told
}

/// What the tables have of the canary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    attempts: i64,
    calls: i64,
    under_way: i64,
    hits: i64,
    credits: i64,
    answers: i64,
    bare: i64,
    refine: String,
}

pub(super) async fn counts(host: &Host, canary: &str) -> Result<Counts, Untold> {
    let email = format!("{canary}@canary.invalid");
    let rows = host.query(queries::CACHED, &[&email, &PLAIN]).await?;
    let row = rows.first().ok_or_else(|| Untold("the canary is nobody".to_owned()))?;
    Ok(Counts {
        attempts: row.get("attempts"),
        calls: row.get("calls"),
        under_way: row.get("under_way"),
        hits: row.get("hits"),
        credits: row.get("credits"),
        answers: row.get("answers"),
        bare: row.get("bare"),
        refine: row.get::<_, Option<String>>("refine").unwrap_or_default(),
    })
}

/// What the tables have when the second reading of the newest thought has ended, and what became of
/// its call is in the ledger, which is a moment later.
pub(super) async fn settled(host: &Host, canary: &str) -> Result<Counts, Untold> {
    for _look in 0..LOOKS_MAX {
        let counts = counts(host, canary).await?;
        if counts.refine != "running" && counts.under_way == 0 {
            return Ok(counts);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Untold("a second reading did not end".to_owned()))
}

/// Keeps the thought, and waits until its second reading has ended.
async fn keep(
    subject: &Subject,
    origin: &Origin,
    host: &Host,
    cookie: &str,
) -> Result<Counts, Untold> {
    let ask = Ask { cookie: Some(cookie.to_owned()), ..Ask::post("/captures", THOUGHT_FORM) };
    let answer = origin.ask(&subject.tls, ask).await?;
    if answer.status != 303 {
        return Err(Untold(format!("the canary's thought was answered {}", answer.status)));
    }
    let counts = settled(host, CANARY).await?;
    match counts.refine.as_str() {
        "none" => Err(Untold("no model is configured".to_owned())),
        "refused" => Err(Untold("the canary's credits are used up".to_owned())),
        "failed" => Err(Untold("the model gave no answer to keep".to_owned())),
        _ => Ok(counts),
    }
}

async fn kept_twice(subject: &Subject, origin: &Origin, host: &Host, cookie: &str) -> Told {
    let today = || subject.base.clock.now().to_zoned(TimeZone::UTC).date();
    let (day, before) = (today(), counts(host, CANARY).await?);
    let first = keep(subject, origin, host, cookie).await?;
    let second = keep(subject, origin, host, cookie).await?;
    if today() != day {
        return Err(Untold("the day ended between the two thoughts".to_owned()));
    }
    let mut violations = Vec::new();
    let mut expect = |what: &str, holds: bool| {
        if !holds {
            violations.push(what.to_owned());
        }
    };
    expect("one thought asked for more than one call", first.calls - before.calls <= 1);
    expect("no answer was kept", first.answers > 0);
    expect("a kept answer is not sealed under a digest", second.bare == 0);
    expect("a kept answer's thought reached a model", second.attempts == first.attempts);
    expect("a kept answer's thought was granted a call", second.calls == first.calls);
    expect("a kept answer's thought was charged", second.credits == first.credits);
    expect("a kept answer was not counted as one", second.hits == first.hits + 1);
    let asked = first.attempts - before.attempts;
    let witness = format!("{asked} requests to a model for the first thought, 0 for the second");
    Ok(Observation::of(2, violations, witness))
}

/// A canary keeps no thoughts.
pub(super) async fn forget(
    subject: &Subject,
    origin: &Origin,
    host: &Host,
    (canary, cookie): (&str, &str),
) -> Result<(), Untold> {
    let email = format!("{canary}@canary.invalid");
    for row in host.query(queries::ITEMS, &[&email]).await? {
        let (id, version): (String, i32) = (row.get("id"), row.get("version"));
        let path = format!("/items/{id}/deletion");
        let form = format!("version={version}");
        let ask = Ask { cookie: Some(cookie.to_owned()), ..Ask::post(&path, form) };
        origin.ask(&subject.tls, ask).await?;
    }
    Ok(())
}
