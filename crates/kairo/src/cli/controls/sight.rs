//! The running Kairo of a data folder, as the checks look at it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::super::Failure;
use super::super::database::HostDatabase;
use super::super::open::Opened;
use crate::accounts::Base;
use crate::accounts::checks::OwnerChecks;
use crate::config::{self, Node, table};
use crate::db::{Db, Endpoint};
use crate::keys::Keys;
use crate::trust::controls::catalogue::{Catalogue, Check, Runner};
use crate::trust::controls::origin::Origin;
use crate::trust::controls::subject::{Env, Program, Subject, WayOf};
use crate::trust::controls::watch::Watch;
use crate::trust::controls::workshop::Workshop;

/// What a subject is made from, wherever it runs.
pub(in crate::cli) struct Sighting<'a> {
    pub(in crate::cli) opened: &'a Opened,
    pub(in crate::cli) base: Base,
    pub(in crate::cli) way: WayOf,
    pub(in crate::cli) every_row: Option<Endpoint>,
    pub(in crate::cli) origins: Vec<Origin>,
    pub(in crate::cli) watch: Option<Watch>,
    pub(in crate::cli) program: Program,
    /// The operator's certificate, where Kairo has one from them.
    pub(in crate::cli) chain: Option<PathBuf>,
}

impl Sighting<'_> {
    /// The subject.
    pub(in crate::cli) fn subject(self) -> Result<Subject, Failure> {
        let opened = self.opened;
        let own_authority = self.chain.is_none().then(|| opened.folder.tls().join("ca.pem"));
        Ok(Subject {
            origins: self.origins,
            tls: client([own_authority, self.chain].into_iter().flatten())?,
            base: self.base,
            way: self.way,
            every_row: self.every_row,
            watch: self.watch,
            catalogue: Arc::new(Catalogue::compiled()?),
            env: Env::Production,
            program: self.program,
            repository: None,
            provider: opened.config.ai.as_ref().and_then(provider),
            workshop: Workshop {
                programs: opened.programs().ok(),
                account: opened.folder.account().clone(),
                ids: opened.ids.clone(),
            },
        })
    }
}

/// Where a provider on another machine is reached.
fn provider(ai: &config::Ai) -> Option<Origin> {
    let url = reqwest::Url::parse(&ai.base_url).ok().filter(|_| !ai.local)?;
    Some(Origin {
        url: ai.base_url.clone(),
        host: url.host_str()?.to_owned(),
        at: None,
        port: url.port_or_known_default()?,
        is_loopback: false,
    })
}

/// Trusts what browsers do, and the certificates of some files.
pub(in crate::cli) fn client(
    files: impl Iterator<Item = PathBuf>,
) -> Result<Arc<ClientConfig>, Failure> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for file in files {
        // A file that is not there, or a leaf that cannot be an anchor, leaves the others.
        let chain = CertificateDer::pem_file_iter(&file).into_iter().flatten().flatten();
        roots.add_parsable_certificates(chain);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// The listener by the name of its origin, and the public origin where it leads elsewhere.
pub(in crate::cli) fn origins(
    bound: SocketAddr,
    origin: &config::Origin,
    has_operators_certificate: bool,
) -> Vec<Origin> {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let own = Origin::new(origin, Some(SocketAddr::new(ip, bound.port())));
    // Behind a proxy that brings its own certificate, the listener has Kairo's, for this machine.
    let own = match (has_operators_certificate, origin.is_loopback()) {
        (false, false) => Origin { host: "localhost".to_owned(), ..own },
        _ => own,
    };
    let elsewhere = (!origin.is_loopback()).then(|| Origin::new(origin, None));
    std::iter::once(own).chain(elsewhere).collect()
}

/// What can be seen from a command: the database always, the listener while `serve` runs, its log
/// never.
pub(super) fn subject(
    opened: &Opened,
    database: &HostDatabase,
    keys: Keys,
) -> Result<Subject, Failure> {
    let way = database.way(opened)?;
    let base = Base {
        db: Db::open(|role| way(role), crate::STATEMENTS, crate::QUOTA_STATEMENTS)?,
        keys,
        clock: opened.clock.clone(),
        random: opened.random.clone(),
        ids: opened.ids.clone(),
        checks: OwnerChecks::on(),
    };
    let node = Node::running(&opened.folder)?;
    // What the running node was told counts, and not what this command's environment says.
    let chain = node.as_ref().and_then(|node| node.settings.get(table::TLS_CERT.name));
    let chain = chain.map(PathBuf::from);
    let origins = node.and_then(|node| {
        let (bound, origin) = (node.listen.parse().ok()?, config::Origin::parse(&node.origin)?);
        Some(origins(bound, &origin, chain.is_some()))
    });
    Sighting {
        opened,
        base,
        every_row: database.every_row(),
        way,
        origins: origins.unwrap_or_default(),
        watch: None,
        program: Program::this()?,
        chain,
    }
    .subject()
}

/// Checks that ask neither the listener nor the log, besides those of the catalogue and the source.
const ALONE: [&str; 5] = [
    "db.policies_proved",
    "evidence.chain",
    "guard.downshift",
    "guard.exact",
    "keys.outside_database",
];

/// Whether a check can see from here what it looks at; what it cannot is the running program's.
pub(super) fn sees(subject: &Subject, check: &Check) -> bool {
    let needs_log = check.id == "logs.no_secrets" || check.id == "privacy.raw_addresses";
    let stands_alone =
        matches!(check.runner, Runner::Sql | Runner::Source) || ALONE.contains(&check.id.as_str());
    match (needs_log, stands_alone) {
        (true, _) => subject.watch.is_some() && !subject.origins.is_empty(),
        (false, true) => true,
        (false, false) => !subject.origins.is_empty(),
    }
}
