//! A scratch Kairo: a cluster, a server with its real edge, and what breaks them on purpose.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kairo_vault::{KeyId, SystemEntropy};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::super::Failure;
use super::super::mail::seals;
use super::super::open::start_log;
use super::sight::client;
use crate::accounts::checks::OwnerChecks;
use crate::accounts::{Base, tokens};
use crate::ai::{Upstream, UpstreamSettings};
use crate::capture::refine::Refiner;
use crate::clock::{Clock, Ids, Random};
use crate::config::{self, Config, DataFolder, KeySource, OsAccount, Plans, os_account};
use crate::db::cluster::Programs;
use crate::db::{Db, Host};
use crate::guard::{self, Guard, GuardParts};
use crate::keys::Keys;
use crate::keys::source::RingStore;
use crate::limits::{MAIL_SEND_MAX, RESERVE_BATCH_MAX};
use crate::mail::{Carrier, Outbox, Post};
use crate::trust::controls::catalogue::{Catalogue, Runner};
use crate::trust::controls::model::{Model, Says};
use crate::trust::controls::origin::Origin;
use crate::trust::controls::relay::Relay;
use crate::trust::controls::selftest::{Stage, Tampers, new_repository};
use crate::trust::controls::statements::NewStatement;
use crate::trust::controls::subject::{Env, Program, Subject};
use crate::trust::controls::workshop::{ScratchCluster, Workshop};
use crate::trust::controls::{Facts, Page, Watch};
use crate::web::edge::{self, Bounds, EdgeSettings, EdgeState, Proxies, Ticks};
use crate::web::{Site, SiteSettings, routes};

/// A stage, and what it stands on; all of it goes with the value.
pub(super) struct Staged {
    pub(super) stage: Stage,
    // The server ends before its cluster.
    _stop: oneshot::Sender<()>,
    _cluster: ScratchCluster,
}

/// Where everything about a scratch Kairo comes from.
struct Tools {
    workshop: Workshop,
    clock: Clock,
    random: Random,
    ids: Ids,
    watch: Watch,
}

impl Tools {
    fn load(file: Option<&Path>) -> Result<Self, Failure> {
        let account = OsAccount::current(os_account::environment());
        let (config, _) = Config::load(file, os_account::environment(), &account)?;
        let watch = Watch::silent();
        start_log(&config, &watch);
        let (clock, random) = (Clock::system(), Random::system());
        let ids = Ids::new(clock.clone(), random.clone());
        let path = std::env::var_os("PATH");
        let programs = Programs::find(config.postgres_bin.as_deref(), path.as_deref(), None)?;
        let workshop = Workshop { programs: Some(programs), account, ids: ids.clone() };
        Ok(Self { workshop, clock, random, ids, watch })
    }
}

impl Staged {
    /// Starts one.
    pub(super) fn make(file: Option<&Path>, runtime: &Runtime) -> Result<Self, Failure> {
        let tools = Tools::load(file)?;
        let cluster = tools.workshop.make()?;
        let (stage, stop) = runtime.block_on(start(&tools, &cluster))?;
        Ok(Self { stage, _stop: stop, _cluster: cluster })
    }
}

async fn start(
    tools: &Tools,
    cluster: &ScratchCluster,
) -> Result<(Stage, oneshot::Sender<()>), Failure> {
    cluster.migrate().await?;
    let mut root = Host::connect(cluster.pg_config("kairo_super")).await?;
    let folder = cluster.folder();
    let mark = cluster.throwaway().ok_or("the scratch cluster keeps what is written")?;
    let keys = new_keys(tools, folder)?;
    tokens::ring_is_ours(&mut root, &keys).await?;
    let catalogue = Arc::new(Catalogue::compiled()?);
    attest(tools, &mut root, &catalogue).await?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let bound = listener.local_addr()?;
    let origin = config::Origin::localhost(bound.port());
    let relay = Relay::to(bound).await?;
    let base = Base {
        db: Db::open(|role| cluster.pg_config(role), crate::STATEMENTS, crate::QUOTA_STATEMENTS)?,
        keys,
        clock: tools.clock.clone(),
        random: tools.random.clone(),
        ids: tools.ids.clone(),
        checks: OwnerChecks::on(),
    };
    let program = Program::this()?;
    let tampers = Tampers::new(&mark);
    let tls = edge::tls::development(&folder.tls(), tools.clock.now())?;
    let site = site(cluster, &base, &origin, &program, refiner(&base).await?)?;
    let edge = edge_of(&base, &origin)?;
    let app = edge::wrap(routes::all(site, &edge), edge);
    let app = edge::tamper::wrap(app, tampers.clone());
    let proxies = own_network();
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(edge::listener::serve(listener, tls, app, proxies, async {
        let _stopped_or_dropped = stopped.await;
    }));
    let repository = folder.root().join("repository");
    new_repository(&repository)?;
    let of_role = cluster.socket_dir().to_owned();
    let subject = Subject {
        origins: vec![Origin { at: Some(relay.at), ..Origin::new(&origin, None) }],
        tls: client(std::iter::once(folder.tls().join("ca.pem")))?,
        base,
        way: Arc::new(move |role| ScratchCluster::config_at(&of_role, role).into()),
        every_row: Some(cluster.pg_config("kairo_super").into()),
        watch: Some(tools.watch.clone()),
        catalogue,
        env: Env::Ci,
        program,
        repository: Some(repository.clone()),
        provider: None,
        workshop: tools.workshop.clone(),
    };
    let ring = folder.keys().join("ring");
    Ok((Stage { subject, root, tampers, relay, repository, ring }, stop))
}

/// What reads thoughts a second time, by a model of the stage's own.
async fn refiner(base: &Base) -> Result<Refiner, Failure> {
    let plans = Plans::default();
    guard::write_plans(&base.db.worker, &plans).await?;
    let provider = Model::start(Says::Tags).await?.settings("http");
    let upstream = Upstream::open(UpstreamSettings::new(&provider, base.random.clone()))?;
    let guard = Guard::open(GuardParts {
        door: base.db.quota.clone(),
        worker: base.db.worker.clone(),
        clock: base.clock.clone(),
        plans,
        batch_max: RESERVE_BATCH_MAX,
    });
    Ok(Refiner::new(guard, upstream))
}

fn new_keys(tools: &Tools, folder: &DataFolder) -> Result<Keys, Failure> {
    let store = RingStore::open(&KeySource::File(folder.keys()), folder.account())?;
    let id = KeyId::from_bytes(tools.ids.next()?.into_bytes());
    Ok(Keys::new(store.load_or_make(id, tools.clock.now(), &SystemEntropy::new())?)?)
}

/// The clients of a stage are proxies too, so that a sabotage can say that they are others.
fn own_network() -> Proxies {
    Proxies::new("127.0.0.0/8".parse().into_iter().collect())
}

fn site(
    cluster: &ScratchCluster,
    base: &Base,
    origin: &config::Origin,
    program: &Program,
    refiner: Refiner,
) -> Result<Site, Failure> {
    let outbox = Outbox::in_folder(cluster.folder().outbox());
    let post = Post {
        carrier: Carrier::Outbox(outbox.clone()),
        webhook: None,
        door: base.db.worker.clone(),
        seals: seals(&base.keys)?,
        random: base.random.clone(),
        send_max: MAIL_SEND_MAX,
    };
    let (mailer, postman) = post.open();
    tokio::spawn(postman.run(std::future::pending()));
    let facts: BTreeMap<&str, &str> = crate::trust::controls::facts::NAMES.into_iter().collect();
    Ok(Site::new(SiteSettings {
        base: base.clone(),
        mailer,
        outbox: Some(outbox),
        origin: origin.to_string(),
        loopback: true,
        refiner: Some(refiner),
        security: Page {
            catalogue: Catalogue::compiled()?,
            facts: Facts::new(|name| facts.get(name).map(|value| (*value).to_owned())),
            program: program.sha256.to_vec(),
            env: Env::Ci,
        },
    }))
}

fn edge_of(base: &Base, origin: &config::Origin) -> Result<EdgeState, Failure> {
    Ok(EdgeState::new(EdgeSettings {
        ids: base.ids.clone(),
        origin: origin.to_string().parse()?,
        loopback: true,
        pepper: base.keys.address_pepper(),
        proxies: own_network(),
        bounds: Bounds::default(),
        ticks: Ticks::monotonic(),
    }))
}

/// A scratch Kairo has an operator, whose word its attested claims need.
async fn attest(tools: &Tools, root: &mut Host, catalogue: &Catalogue) -> Result<(), Failure> {
    let now = tools.clock.now();
    let attests =
        |id: &String| catalogue.check(id).is_some_and(|it| it.runner == Runner::Attestation);
    for claim in catalogue.claims().filter(|claim| claim.checks.iter().any(attests)) {
        let statement = NewStatement {
            id: tools.ids.next()?,
            is_exception: false,
            claim: claim.id.clone(),
            source: "a scratch cluster".to_owned(),
            owner: "selftest".to_owned(),
            reason: "a word that selftest makes old".to_owned(),
            until: now + jiff::SignedDuration::from_hours(24 * 90),
        };
        statement.make(root, catalogue, now).await?;
    }
    Ok(())
}
