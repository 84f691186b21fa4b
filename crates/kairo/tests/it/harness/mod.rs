//! A whole Kairo for one test: a private cluster of its own, the real doors, the real router behind
//! the real edge, and actors who use it as people and programs do.
//!
//! ```ignore
//! let app = Kairo::start().await;
//! let ana = app.member("ana@example.org").await;
//! let page = ana.get("/").await;
//! assert_eq!(page.status, 200);
//! ```
//!
//! **Invariant:** a test shares nothing with another one, and leaves nothing behind, also when it
//! fails.
//! **Invariant:** what an actor may do is decided by the product; the harness signs actors in by
//! the same verbs, and goes past the product only by [`Kairo::superuser`], by name.

pub mod actors;
pub mod cluster;
pub mod http;
pub mod page;
pub mod resend;
pub mod smtp;
mod tests;
pub mod upstream;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use kairo::accounts::Base;
use kairo::accounts::checks::OwnerChecks;
use kairo::ai::UpstreamSettings;
use kairo::clock::{Clock, Ids, Random};
use kairo::db::cluster::Throwaway;
use kairo::db::{Db, Host};
use kairo::guard::{self, Guard, GuardParts, Plans};
use kairo::limits::{MAIL_SEND_MAX, RESERVE_BATCH_MAX};
use kairo::mail::{ADDRESSES, Carrier, LETTERS, Outbox, OutboxLetter, Post, Seals, Webhook};
use kairo::trust::controls::{Catalogue, Env, Facts, Page};
use kairo::web::edge::{self, Bounds, EdgeSettings, EdgeState, Proxies, Ticks};
use kairo::web::v1::Ai;
use kairo::web::{Site, SiteSettings, routes};
use tokio_postgres::Config;

use cluster::Private;

/// The origin of every test's site; on loopback, so its cookies' names hold the port.
pub const ORIGIN: &str = "https://localhost:8443";

/// The digest of the program that a test's Kairo says it is.
pub const PROGRAM: [u8; 32] = [7; 32];

/// What the Security page of a test's Kairo stands on; nothing is stated by the operator.
pub fn security_page() -> Page {
    Page {
        catalogue: Catalogue::compiled().unwrap(),
        facts: Facts::new(|_| None),
        program: PROGRAM.to_vec(),
        env: Env::Production,
    }
}

/// A guard, and a provider behind it.
fn ai(base: &Base, provider: &kairo::config::Ai, plans: Plans) -> Ai {
    let guard = Guard::open(GuardParts {
        door: base.db.quota.clone(),
        worker: base.db.worker.clone(),
        clock: base.clock.clone(),
        plans,
        batch_max: RESERVE_BATCH_MAX,
    });
    let settings = UpstreamSettings::new(provider, base.random.clone());
    Ai { guard, upstream: kairo::ai::Upstream::open(settings).unwrap() }
}

/// Time that stands still until a test moves it, but for a microsecond at each look: ids and
/// letters still come in order. The database has its own time, which no test moves.
#[derive(Clone)]
pub struct Hand(Arc<Mutex<Timestamp>>);

impl Hand {
    fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    fn clock(&self) -> Clock {
        let at = Arc::clone(&self.0);
        Clock::from_fn(move || {
            let mut at = at.lock().unwrap();
            *at += SignedDuration::from_micros(1);
            *at
        })
    }

    /// Moves on.
    pub fn forward(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }

    /// Moves to an instant.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap() = to;
    }
}

/// What a test may change before its Kairo starts.
pub struct Settings {
    /// The edge's bounds. The throttles let everything pass unless a test lowers them.
    pub bounds: Bounds,
    /// What the throttles count by.
    pub ticks: Ticks,
    /// Whether the application checks owners too; without it row-level security stands alone.
    pub owner_checks: bool,
    /// Where the clock stands at the start.
    pub now: Timestamp,
    /// The origin of the pages.
    pub origin: &'static str,
    /// Whether only this machine can reach the site.
    pub loopback: bool,
    /// Whether there is a page of the outbox. Letters are kept either way, for tests to read.
    pub outbox_page: bool,
    /// Where mail goes instead of the outbox.
    pub carrier: Option<Carrier>,
    /// What the mail provider's messages are signed with.
    pub webhook: Option<Webhook>,
    /// Time for one attempt at one letter.
    pub send_max: Duration,
    /// The provider of models, with the plans of the guard in front of it.
    pub ai: Option<(kairo::config::Ai, Plans)>,
    /// Whether letters leave the queue; without it a test takes them out, or looks at them there.
    pub delivers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let unthrottled = 1_000_000;
        Self {
            bounds: Bounds {
                address_per_minute: unthrottled,
                address_burst: unthrottled,
                sign_in_per_minute: unthrottled,
                ..Bounds::default()
            },
            ticks: Ticks::monotonic(),
            owner_checks: true,
            now: Clock::system().now(),
            origin: ORIGIN,
            loopback: true,
            outbox_page: true,
            carrier: None,
            webhook: None,
            send_max: MAIL_SEND_MAX,
            ai: None,
            delivers: true,
        }
    }
}

/// A running Kairo; it ends with the value.
pub struct Kairo {
    /// What the verbs of every domain stand on.
    pub base: Base,
    /// What the handlers stand on.
    pub site: Site,
    /// The whole application, edge included.
    pub router: Router,
    /// The application's time.
    pub time: Hand,
    outbox: Outbox,
    letters_given: Mutex<HashSet<Timestamp>>,
    private: Private,
}

impl Kairo {
    /// Starts one as it is in service.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let private = tokio::task::spawn_blocking(Private::start).await.unwrap();
        let plans = settings.ai.as_ref().map(|(_, plans)| *plans);
        let app = Self::over(private, settings);
        if let Some(plans) = plans {
            guard::write_plans(&app.base.db.worker, &plans).await.unwrap();
        }
        app
    }

    fn over(private: Private, settings: Settings) -> Self {
        let (time, random) = (Hand::at(settings.now), Random::system());
        let ids = Ids::new(time.clock(), random.clone());
        let keys = private.keys();
        let checks = match settings.owner_checks {
            true => OwnerChecks::on(),
            false => OwnerChecks::off(&private.throwaway()),
        };
        let base = Base {
            db: Db::open(
                |role| private.pg_config(role),
                kairo::STATEMENTS,
                kairo::QUOTA_STATEMENTS,
            )
            .unwrap(),
            keys: keys.clone(),
            clock: time.clock(),
            random,
            ids: ids.clone(),
            checks,
        };
        let outbox = Outbox::in_folder(private.outbox());
        let carrier = settings.carrier.unwrap_or_else(|| Carrier::Outbox(outbox.clone()));
        let seals = Seals::new(keys.system(LETTERS).unwrap(), keys.digests(ADDRESSES).unwrap());
        let (door, webhook) = (base.db.worker.clone(), settings.webhook);
        let (random, send_max) = (base.random.clone(), settings.send_max);
        let post = Post { carrier, webhook, door, seals, random, send_max };
        let (mailer, postman) = post.open();
        if settings.delivers {
            tokio::spawn(postman.run(std::future::pending()));
        }
        let ai = settings.ai.map(|(provider, plans)| ai(&base, &provider, plans));
        let site = Site::new(SiteSettings {
            base: base.clone(),
            mailer,
            outbox: settings.outbox_page.then(|| outbox.clone()),
            origin: settings.origin.to_owned(),
            loopback: settings.loopback,
            security: security_page(),
            ai,
        });
        let edge = EdgeState::new(EdgeSettings {
            ids,
            origin: HeaderValue::from_static(settings.origin),
            loopback: settings.loopback,
            pepper: keys.address_pepper(),
            proxies: Proxies::default(),
            bounds: settings.bounds,
            ticks: settings.ticks,
        });
        let router = edge::wrap(routes::all(site.clone(), &edge), edge);
        let letters_given = Mutex::default();
        Self { base, site, router, time, outbox, letters_given, private }
    }

    /// A connection as the migrating user, past every policy: to plant and to look, never to act.
    pub async fn superuser(&self) -> Host {
        Host::connect(self.pg_config("kairo_super")).await.unwrap()
    }

    /// How to connect to this Kairo's database as a role.
    pub fn pg_config(&self, role: &str) -> Config {
        self.private.pg_config(role)
    }

    /// The mark of a cluster on which nobody's data lives.
    pub fn throwaway(&self) -> Throwaway {
        self.private.throwaway()
    }

    /// Stops the database for good, under whoever uses it.
    pub fn stop_database(&mut self) {
        self.private.stop();
    }

    /// The newest letter to an address that was not given yet; waits for the carrier's task.
    pub async fn letter(&self, to: &str) -> OutboxLetter {
        for _look in 0..1_000 {
            if let Some(letter) = self.letter_now(to) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("no letter came for {to}")
    }

    fn letter_now(&self, to: &str) -> Option<OutboxLetter> {
        let mut given = self.letters_given.lock().unwrap();
        let new = |letter: &OutboxLetter| letter.to == to && !given.contains(&letter.at);
        let letter = self.outbox.letters().unwrap().into_iter().find(new)?;
        given.insert(letter.at);
        Some(letter)
    }

    /// Every letter of the outbox, the newest first.
    pub fn letters(&self) -> Vec<OutboxLetter> {
        self.outbox.letters().unwrap()
    }
}
