//! The whole table of routes.

use axum::Router;

use super::Site;
use super::edge::EdgeState;
use super::{accounts, api, assets, capture, health, items, mail, ops, outbox, trust, v1};
use crate::accounts::queries::Ping;

/// Every route of the site, without the edge around it.
pub fn all(site: Site, edge: &EdgeState) -> Router {
    let base = site.base.clone();
    let ready = move || {
        let base = base.clone();
        async move { base.db.app.read(None, Ping {}).await.is_ok() }
    };
    Router::new()
        .merge(api::routes(edge))
        .merge(assets::routes())
        .merge(health::routes(ready))
        .merge(items::routes())
        .merge(capture::routes(edge))
        .merge(accounts::routes(edge))
        .merge(outbox::routes())
        .merge(ops::routes())
        .merge(mail::routes(&site))
        .merge(trust::routes())
        .merge(v1::routes(edge))
        .with_state(site)
}
