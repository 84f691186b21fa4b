//! HTTP: routes, forms, pages and JSON. The only place that knows of requests and templates.
//!
//! `routes.rs` is the whole table. One folder a domain, as under `src/`, `templates/` and
//! `tests/it/`.
//!
//! **Invariant:** a handler knows a caller only through [`caller`], and decides nothing about who
//! may see what: that is the database's, by the caller's session.
//! **Invariant:** pages are changed by forms that POST to a noun and redirect; GET changes nothing.

pub mod accounts;
pub mod api;
pub mod assets;
pub mod caller;
pub mod capture;
pub mod edge;
pub mod error;
pub mod form;
pub mod frame;
pub mod health;
pub mod id;
pub mod items;
pub mod lost;
pub mod mail;
pub mod near;
pub mod ops;
pub mod outbox;
pub mod rate_limit;
pub mod render;
pub mod routes;
pub mod trust;
pub mod v1;
pub mod views;

use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::Base;
use crate::capture::refine::Refiner;
use crate::mail::{Mailer, Outbox};
use crate::trust::controls::Page;

/// What the handlers stand on. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<SiteSettings>);

/// What a [`Site`] is made from.
pub struct SiteSettings {
    /// Database, keys, clock.
    pub base: Base,
    /// Takes letters.
    pub mailer: Mailer,
    /// The development outbox, where mail goes nowhere else.
    pub outbox: Option<Outbox>,
    /// `https://localhost:8443`: mails build their links from this alone, never from a request's
    /// Host.
    pub origin: String,
    /// Whether only this machine can reach the site.
    pub loopback: bool,
    /// Reads thoughts a second time, where there is a provider of models.
    pub refiner: Option<Refiner>,
    /// What the Security page stands on.
    pub security: Page,
    /// The guard and the provider behind it, where one is set.
    pub ai: Option<v1::Ai>,
}

impl Site {
    /// A site.
    pub fn new(settings: SiteSettings) -> Self {
        Self(Arc::new(settings))
    }
}

impl Deref for Site {
    type Target = SiteSettings;

    fn deref(&self) -> &SiteSettings {
        &self.0
    }
}
