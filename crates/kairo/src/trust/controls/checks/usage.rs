//! Whether the use of models is compared each hour, and what stood out was told.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::sleep;

use super::{Observation, Told, Untold, queries};
use crate::db::Host;
use crate::guard::watch::queries::RunsNewest;
use crate::trust::controls::subject::Subject;

/// Hours that are asked about: a day, and the one before it.
const HOURS: i32 = 25;
/// Age of the last comparison that is late.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// Looks, and the time between two: a Kairo that has just started compares what it missed.
const LOOKS: usize = 6;
const LOOK: Duration = Duration::from_secs(2);

/// Each hour of the last day was compared, and the last not long ago.
pub(super) async fn hourly(subject: &Subject) -> Told {
    let mut looks = 1..=LOOKS;
    loop {
        let runs = subject.base.db.worker.read(None, RunsNewest { limit: HOURS }).await?;
        let is_last = looks.next().is_none();
        let newest = runs.first();
        let age = newest.map(|run| run.asked_at.duration_since(run.ran_at));
        match (newest, age) {
            (Some(newest), Some(age)) if is_last || age <= LATE => {
                let mut violations = Vec::new();
                if age > LATE {
                    violations.push(format!("the last comparison is {} h ago", age.as_hours()));
                }
                let begin = newest.asked_at - SignedDuration::from_hours(24);
                for (run, before) in runs.iter().zip(runs.iter().skip(1)) {
                    let between = run.hour.duration_since(before.hour);
                    if run.hour > begin && between != SignedDuration::from_hours(1) {
                        violations.push(format!("before {} hours were left out", run.hour));
                    }
                }
                let (people, hour) = (newest.people, newest.hour);
                let witness = format!("{people} people were compared for the day before {hour}");
                return Ok(Observation::of(runs.len(), violations, witness));
            }
            (None, _) if is_last => return Err(Untold("no hour was compared yet".to_owned())),
            _ => sleep(LOOK).await,
        }
    }
}

/// Who stood out by the rows of usage has an alert. The search is this check's own, and has to find
/// somebody whom it plants and takes away again.
pub(super) async fn alerts(subject: &Subject) -> Told {
    let Some(endpoint) = subject.every_row.clone() else {
        return Err(Untold("no role of this server may read every row".to_owned()));
    };
    let host = Host::connect(endpoint).await?;
    let hours = host.query(queries::COMPARED_HOURS, &[]).await?.len();
    if hours == 0 {
        return Err(Untold("no hour was compared yet".to_owned()));
    }
    // What is planted is never committed: the connection ends with this function.
    host.execute(queries::PLANT_SPIKE).await?;
    let found = host.query(queries::UNTOLD_SPIKES, &[]).await?;
    host.execute(queries::CLOSE_ROWS).await?;
    let (mut violations, mut is_planted_found) = (Vec::new(), false);
    for row in &found {
        if row.get("is_planted") {
            is_planted_found = true;
        } else {
            let person: &str = row.get("person");
            violations.push(format!("nobody was told of person {person}"));
        }
    }
    if !is_planted_found {
        return Err(Untold("the search did not find whom it had planted".to_owned()));
    }
    let witness = "somebody was planted who used a hundred times the usual, and was found";
    Ok(Observation::of(hours, violations, witness))
}
