//! The database: there, current, sound, sealed with these keys, and of the same time.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;

use super::queries::SERVER_TIME;
use super::{Finding, Lint};
use crate::accounts::queries::host::RING_FINGERPRINT;
use crate::clock::Clock;
use crate::config::{Config, KeySource, Node, OsAccount};
use crate::db::cluster::pg_config;
use crate::db::external::{External, ExternalError, shown_findings};
use crate::db::{DbError, Host, migrate};
use crate::keys::Keys;
use crate::keys::passwords::Passwords;
use crate::keys::source::RingStore;
use crate::limits::{CLOCK_SKEW_S_MAX, CLOCK_SKEW_S_WARN};

const CHECK: &str = "database";
const AGAIN: &str = "Run kairo doctor again; where it stays, look at PostgreSQL's own log";

/// What is looked at.
pub(super) struct Look<'a> {
    pub(super) config: &'a Config,
    pub(super) account: &'a OsAccount,
    /// The node that serves now.
    pub(super) node: Option<Node>,
    pub(super) private: (&'static str, &'static str),
    pub(super) lint: Lint,
}

/// The two ways to look: one reads the catalogue and the record of migrations, the other the
/// fingerprint. In a private cluster both are the migrating user's.
struct Ways {
    catalogue: Host,
    fingerprint: Host,
    /// Whether the fingerprint has to be asked for as the role that keeps it.
    as_owner: bool,
}

impl Look<'_> {
    /// Looks, where there is somebody to ask.
    pub(super) async fn check(&self, ring: Option<&Keys>, clock: &Clock) -> Vec<Finding> {
        let ways = match &self.config.database_url {
            Some(url) => self.external(url.expose_secret()).await,
            None => self.private().await,
        };
        let mut ways = match ways {
            Ok(ways) => ways,
            Err(finding) => return vec![finding],
        };
        let mut found = vec![Finding::ok(CHECK, "it can be reached")];
        found.push(migrations(&ways.catalogue).await);
        found.extend(self.policies(&ways.catalogue).await);
        found.extend(fingerprint(&mut ways, ring).await);
        found.push(match server_time(&ways.catalogue).await {
            Ok(server) => skew(clock.now(), server),
            Err(error) => Finding::problem("clock", error.to_string(), AGAIN),
        });
        if self.config.database_url.is_some() {
            found.extend(left_open(&ways.catalogue).await);
        }
        found
    }

    async fn private(&self) -> Result<Ways, Finding> {
        let Some(node) = &self.node else {
            let what = "Kairo is not running, so its database was not looked at";
            return Err(Finding::warning(CHECK, what, "Start it and run kairo doctor again"));
        };
        let Some(socket) = &node.socket_dir else {
            let what = "the Kairo that runs here uses an external PostgreSQL";
            let mend = "Set KAIRO_DATABASE_URL to it for kairo doctor, too";
            return Err(Finding::warning(CHECK, what, mend));
        };
        let (database, role) = self.private;
        let connect = || Host::connect(pg_config(socket, role, database));
        match (connect().await, connect().await) {
            (Ok(catalogue), Ok(fingerprint)) => Ok(Ways { catalogue, fingerprint, as_owner: true }),
            (Err(error), _) | (_, Err(error)) => {
                let mend = "Stop Kairo and start it again; its log says what became of PostgreSQL";
                Err(Finding::problem(CHECK, error.to_string(), mend))
            }
        }
    }

    /// As `serve` signs in: with the passwords beside the ring.
    async fn external(&self, url: &str) -> Result<Ways, Finding> {
        let wrong = |what: String| Finding::problem(CHECK, what, "");
        let external = External::parse(url).map_err(|error| wrong(error.to_string()))?;
        let KeySource::File(path) = &self.config.keys;
        let passwords = match path.exists() {
            false => None,
            true => RingStore::open(&self.config.keys, self.account)
                .map_err(|error| error.to_string())
                .and_then(|store| Passwords::load(&store).map_err(|error| error.to_string()))
                .map_err(wrong)?,
        };
        let Some(passwords) = passwords.filter(Passwords::given) else {
            return Err(wrong(ExternalError::NotMigrated.to_string()));
        };
        let sign_in = async |role: &'static str| {
            let none = zeroize::Zeroizing::default();
            let password = passwords.of(role).unwrap_or(&none);
            let host = Host::connect(external.runtime(role, password)).await;
            host.map_err(|error| {
                let what = format!("{} does not let {role} in: {error}", external.host());
                let mend = "Look whether the server runs, whether KAIRO_DATABASE_URL names it, and \
                            whether KAIRO_KEYS are the keys of the Kairo that migrated it";
                Finding::problem(CHECK, what, mend)
            })
        };
        let catalogue = sign_in("kairo_worker").await?;
        Ok(Ways { catalogue, fingerprint: sign_in("kairo_app").await?, as_owner: false })
    }

    async fn policies(&self, host: &Host) -> Vec<Finding> {
        match (self.lint)(host).await {
            Ok(faults) if faults.is_empty() => {
                vec![Finding::ok("policies", "they keep people apart")]
            }
            Ok(faults) => {
                let mend = "Until then serve refuses to start";
                faults.into_iter().map(|it| Finding::problem("policies", it, mend)).collect()
            }
            Err(error) => vec![Finding::problem("policies", error.to_string(), AGAIN)],
        }
    }
}

async fn migrations(host: &Host) -> Finding {
    match migrate::behind(host).await {
        Ok(None) => Finding::ok("migrations", "the database has the schema of this program"),
        Ok(Some(step)) => {
            let what = format!("the database lacks the migration {step}");
            Finding::problem("migrations", what, "Run: kairo migrate")
        }
        Err(error) => Finding::problem("migrations", error.to_string(), ""),
    }
}

async fn fingerprint(ways: &mut Ways, ring: Option<&Keys>) -> Option<Finding> {
    let rows = match ways.as_owner {
        true => ways.fingerprint.query_as("kairo_auth", RING_FINGERPRINT, &[]).await,
        false => ways.fingerprint.query(RING_FINGERPRINT, &[]).await,
    };
    let kept = match rows {
        Ok(rows) => rows.first().map(|row| row.get::<_, Vec<u8>>("fingerprint")),
        Err(error) => return Some(Finding::problem("keys", error.to_string(), AGAIN)),
    };
    let mend = "Put back the folder of keys that belongs to this database (KAIRO_KEYS), or name \
                the database of these keys";
    match (kept, ring) {
        (None, _) => None,
        (Some(_), None) => {
            let what = "the database was sealed with a key ring that cannot be read here";
            Some(Finding::problem("keys", what, mend))
        }
        (Some(kept), Some(ring)) => Some(match ring.fingerprint() {
            Ok(ours) if ours.as_slice() == kept => {
                Finding::ok("keys", "the database was sealed with this ring")
            }
            _ => Finding::problem("keys", "the database was sealed with another key ring", mend),
        }),
    }
}

async fn server_time(host: &Host) -> Result<Timestamp, DbError> {
    let rows = host.query(SERVER_TIME, &[]).await?;
    let now = rows.first().map(|row| row.get("now"));
    now.ok_or(DbError::Unavailable("it told no time".to_owned()))
}

/// Judges the clocks: sessions and quotas end by the server's, links and certificates by ours.
pub(super) fn skew(here: Timestamp, server: Timestamp) -> Finding {
    let seconds = server.duration_since(here).abs();
    let what = format!("this machine and the database differ by {} s", seconds.as_secs());
    let mend = "Let both follow a time server (chrony, systemd-timesyncd)";
    if seconds > SignedDuration::from_secs(CLOCK_SKEW_S_MAX) {
        Finding::problem("clock", what, mend)
    } else if seconds > SignedDuration::from_secs(CLOCK_SKEW_S_WARN) {
        Finding::warning("clock", what, mend)
    } else {
        Finding::ok("clock", "this machine and the database agree")
    }
}

/// What an external server gives to everybody; the policies hold all the same.
async fn left_open(host: &Host) -> Vec<Finding> {
    let Ok(findings) = shown_findings(host).await else { return Vec::new() };
    let shown = findings.into_iter().map(|it| {
        Finding::warning("server", it.fact, format!("A superuser ends it with: {};", it.mend))
    });
    shown.collect()
}
