//! `?wait_s=`: how long an answer may wait for the second reading of a thought.

use std::time::Duration;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use crate::accounts::Person;
use crate::capture::refine::Refine;
use crate::capture::{self, CaptureError};
use crate::db::Identity;
use crate::items::Item;
use crate::limits::{REFINE_LOOK_FIRST, REFINE_LOOK_MAX, REFINE_WAIT_S_MAX};
use crate::web::Site;
use crate::web::error::Error;

/// The query of a route that waits.
pub(super) type Asked = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// How long the client is willing to wait; not at all where it does not say.
pub(super) fn asked(query: Asked) -> Result<Duration, Error> {
    let malformed =
        || Error::Malformed { detail: "The query takes wait_s alone, once, as name=value.".into() };
    let Query(pairs) = query.map_err(|_| malformed())?;
    let value = match pairs.as_slice() {
        [] => return Ok(Duration::ZERO),
        [(name, value)] if name == "wait_s" => value,
        _ => return Err(malformed()),
    };
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wait = value.parse::<i64>().ok().filter(|wait| digits && *wait <= REFINE_WAIT_S_MAX);
    wait.and_then(|wait| u64::try_from(wait).ok()).map(Duration::from_secs).ok_or_else(|| {
        let takes = format!("Send whole seconds from 0 to {REFINE_WAIT_S_MAX}.");
        Error::field("wait_s", "out_of_range", takes)
    })
}

/// A capture with its items, once its second reading has ended or the wait has. One that is under
/// way on another node is looked for again and again.
pub(super) async fn shown(
    site: &Site,
    identity: &Identity,
    id: Uuid,
    wait: Duration,
) -> Result<(Person, Vec<Item>, Refine), CaptureError> {
    let until = Instant::now() + wait;
    let mut pause = REFINE_LOOK_FIRST;
    loop {
        // Asked for before the look: what ends between the two is not waited for.
        let landing = site.refiner.as_ref().and_then(|refiner| refiner.landing(id));
        let found = capture::shown(&site.base, identity, id).await?;
        if found.2 != Refine::Running || Instant::now() >= until {
            return Ok(found);
        }
        if let Some(landing) = landing {
            let _ended_or_over = timeout_at(until, landing.wait()).await;
            continue;
        }
        sleep(pause.min(until.saturating_duration_since(Instant::now()))).await;
        // Whoever waits for long costs the database a look a second, not ten.
        pause = (pause * 2).min(REFINE_LOOK_MAX);
    }
}
