//! The ledger of calls against the counters that decide, on the running Kairo.
//!
//! **Invariant:** the call that is reserved to see the ledger work is given back: the canary is
//! charged nothing, and no model is asked.

use uuid::Uuid;

use super::canary::{door, identity, sign_in, sign_out};
use super::{Observation, Told, Untold, queries, rows};
use crate::db::{Host, Identity};
use crate::guard::CALL_CREDITS;
use crate::guard::queries::{Release, Reserve};
use crate::trust::controls::subject::Subject;

const CANARY: &str = "ledger";

pub(super) async fn sums(subject: &Subject) -> Told {
    let host = rows::host(subject).await?;
    let origin = door(subject)?;
    let cookie = sign_in(subject, origin, CANARY).await?;
    let told = looked(subject, &host, identity(&cookie)?).await;
    sign_out(subject, origin, cookie).await?;
    told
}

async fn looked(subject: &Subject, host: &Host, canary: Identity) -> Told {
    let held = reserve(subject, &canary).await?;
    let during = held_row(host, held).await;
    let counted = counted(host).await;
    let mut violations = Vec::new();
    // The first gives it back, and the second must find nothing to give.
    for (time, expected) in [("once", true), ("twice", false)] {
        let given = subject.base.db.worker.write(None, Release { id: held }).await?;
        if given.first().is_none_or(|row| row.released != expected) {
            violations.push(format!("a call that is given back {time} counts wrongly"));
        }
    }
    let (during, after) = (during?, held_row(host, held).await?);
    if during != kept("R") {
        violations.push(format!("a granted call is not in the ledger: {during:?}"));
    }
    if after != kept("X") {
        violations.push(format!("a call that was given back is not noted: {after:?}"));
    }
    let (counters, off) = counted?;
    violations.extend(off);
    let witness = "a call of the canary was in the ledger and its counters, and went back";
    Ok(Observation::of(counters, violations, witness))
}

/// State, cost and owner of a reservation.
type Kept = Option<(String, i32, String)>;

fn kept(state: &str) -> Kept {
    Some((state.to_owned(), CALL_CREDITS, format!("{CANARY}@canary.invalid")))
}

async fn held_row(host: &Host, id: Uuid) -> Result<Kept, Untold> {
    let rows = host.query(queries::RESERVATION, &[&id]).await?;
    Ok(rows.first().map(|row| (row.get("state"), row.get("cost"), row.get("who"))))
}

/// Asks as a request does, by the session alone.
async fn reserve(subject: &Subject, canary: &Identity) -> Result<Uuid, Untold> {
    let base = &subject.base;
    let key = base.ids.next().map_err(|_| Untold("the system gave no randomness".to_owned()))?;
    let ask = Reserve { key, cost: CALL_CREDITS, task: "capture".to_owned(), nano_max: 0 };
    let rows = base.db.quota.write(Some(canary), ask).await?;
    let row = rows.first().ok_or_else(|| Untold("the quota gave no answer".to_owned()))?;
    let refused = || Untold(format!("the canary may not ask a model: {}", row.verdict));
    row.reservation.filter(|_| row.verdict == "granted").ok_or_else(refused)
}

/// How many counters there are, and what differs.
async fn counted(host: &Host) -> Result<(usize, Vec<String>), Untold> {
    let rows = host.query(queries::LEDGER, &[]).await?;
    let row = rows.first().ok_or_else(|| Untold("nothing was counted".to_owned()))?;
    let counters: i64 = row.get("counters");
    let mut off: Vec<String> = row.get("off");
    for (what, of) in [
        ("attempts at a model have no reservation", "orphans"),
        ("reservations were not ended in time", "forgotten"),
    ] {
        let count: i64 = row.get(of);
        if count > 0 {
            off.push(format!("{count} {what}"));
        }
    }
    Ok((usize::try_from(counters).unwrap_or(usize::MAX), off))
}
