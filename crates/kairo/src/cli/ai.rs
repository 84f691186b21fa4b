//! The guard and the provider of a Kairo that serves.

use super::Failure;
use super::open::Opened;
use crate::accounts::Base;
use crate::ai::{Upstream, UpstreamSettings};
use crate::config::Config;
use crate::guard::{self, Guard, GuardParts};
use crate::limits::RESERVE_BATCH_MAX;
use crate::web::v1::Ai;

/// Refuses a provider that cannot be used, before anything is started for it.
pub(super) fn check(opened: &Opened) -> Result<(), Failure> {
    let Some(provider) = &opened.config.ai else { return Ok(()) };
    Upstream::open(UpstreamSettings::new(provider, opened.random.clone()))?;
    Ok(())
}

/// Writes the plans, before anybody can ask, and opens both where a provider is set.
pub(super) async fn open(config: &Config, base: &Base) -> Result<Option<Ai>, Failure> {
    let (worker, plans) = (base.db.worker.clone(), config.plans);
    guard::write_plans(&worker, &plans).await?;
    tokio::spawn(guard::sweep::run(worker.clone(), base.clock.clone()));
    let Some(provider) = &config.ai else { return Ok(None) };
    let upstream = Upstream::open(UpstreamSettings::new(provider, base.random.clone()))?;
    let guard = Guard::open(GuardParts {
        door: base.db.quota.clone(),
        worker,
        clock: base.clock.clone(),
        plans,
        batch_max: RESERVE_BATCH_MAX,
    });
    let (host, retention) = (provider.host.as_str(), upstream.retention().word());
    tracing::info!(host, retention, "a provider of models is set");
    Ok(Some(Ai { guard, upstream }))
}
