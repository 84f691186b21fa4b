//! `kairo serve`: everything up, until SIGTERM or Ctrl-C, then everything down in order.
//!
//! **Invariant:** a Kairo whose PostgreSQL has died ends, too, with a failure: its supervisor
//! starts both again, where one that stayed would answer 503 for ever.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Failure;
use super::controls::{Sighting, origins, stated};
use super::database::ServedDatabase;
use super::mail::seals;
use super::open::{Opened, open};
use crate::accounts::Base;
use crate::accounts::checks::OwnerChecks;
use crate::accounts::email::Email;
use crate::capture::purge;
use crate::capture::refine::Refiner;
use crate::config::{Alerts, Config, MailWay, Node};
use crate::db::{Db, Endpoint};
use crate::guard::watch::{Hook, Watch};
use crate::keys::Keys;
use crate::limits::{DRAIN_MAX, MAIL_SEND_MAX};
use crate::mail::{Carrier, Mailer, Outbox, Post, Resend, Smtp, Webhook};
use crate::meters::Meters;
use crate::trust::controls::{Catalogue, Env, Page, Program, runner};
use crate::web::edge::renewal::Renewal;
use crate::web::edge::{self, Bounds, EdgeSettings, EdgeState, Proxies, Ticks};
use crate::web::{Site, SiteSettings, routes};

/// Serves. The cluster outlives the runtime, so that requests under way can finish against it.
pub(super) fn run(file: Option<&Path>) -> Result<(), Failure> {
    let opened = open(file)?;
    super::ai::check(&opened)?;
    let database = ServedDatabase::start(&opened)?;
    let runtime = match workers(&database) {
        // One needs nobody to share with.
        1 => Builder::new_current_thread().enable_all().build()?,
        several => Builder::new_multi_thread().worker_threads(several).enable_all().build()?,
    };
    let served = runtime.block_on(serve(&opened, &database));
    drop(runtime);
    let stopped = database.stop();
    served?;
    stopped
}

/// How many threads answer requests. A private cluster works on the same processors, so half of
/// them are left to it: each request is some work here and some there, and as many threads as
/// processors answer no more of them, for more of the processor (docs/benchmarks.md).
fn workers(database: &ServedDatabase) -> usize {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    match database {
        ServedDatabase::Private(_) => (processors / 2).max(1),
        ServedDatabase::External(..) => processors,
    }
}

async fn serve(opened: &Opened, database: &ServedDatabase) -> Result<(), Failure> {
    // The folder's lock is held: two first starts cannot make two rings.
    let ways = database.ways(opened).await?;
    let db = Db::open(|role| (ways.of)(role), crate::STATEMENTS, crate::QUOTA_STATEMENTS)?;
    let config = &opened.config;
    let (listener, bound) = listen(config.listen).await?;
    let origin = config.origin(bound).to_string();
    let base = base_of(opened, &db, ways.keys);
    metrics(opened, &db).await?;
    tokio::spawn(purge::run(base.clone()));
    let (mailer, outbox, delivery) = mail(opened, &base)?;
    tokio::spawn(watch(opened, &base, (ways.of)("kairo_worker"), &mailer, &origin)?.run());
    let program = tokio::task::spawn_blocking(Program::this).await??;
    let ai = super::ai::open(config, &base).await?;
    let guard = ai.as_ref().map(|ai| ai.guard.clone());
    let site = Site::new(SiteSettings {
        base: base.clone(),
        mailer,
        outbox,
        origin: origin.clone(),
        loopback: config.is_loopback(),
        refiner: ai.as_ref().map(|ai| Refiner::new(ai.guard.clone(), ai.upstream.clone())),
        security: security_page(config, &program)?,
        ai,
    });
    let proxies = Proxies::new(config.trusted_proxies.clone());
    let edge = edge_of(&base, config, &origin, proxies.clone())?;
    let (app, tls) = (edge::wrap(routes::all(site, &edge), edge), tls(opened)?);
    publish(config, database, bound, &origin)?;
    redirect(config, &origin).await?;
    let sighting = Sighting {
        opened,
        base,
        way: ways.of,
        every_row: ways.every_row,
        origins: origins(bound, &config.origin(bound), config.tls.is_some()),
        watch: Some(opened.watch.clone()),
        program,
        chain: config.tls.as_ref().map(|files| files.cert.clone()),
    };
    tokio::spawn(runner::run(sighting.subject()?));
    let asked = stop_signal()?;
    say_where(config, &origin);
    let stop = async {
        tokio::select! {
            () = asked => {}
            () = ended(database) => {}
        }
    };
    edge::listener::serve(listener, tls, app, proxies, stop).await?;
    delivery.finish().await;
    if let Some(guard) = guard {
        // What calls cost that have just ended; one that is lost stays charged at its most.
        let _written_or_not = tokio::time::timeout(DRAIN_MAX, guard.flush()).await;
    }
    stopped(database)
}

/// Writes where host commands find this node.
fn publish(
    config: &Config,
    database: &ServedDatabase,
    bound: SocketAddr,
    origin: &str,
) -> Result<(), Failure> {
    let node = Node {
        listen: bound.to_string(),
        origin: origin.to_owned(),
        socket_dir: database.socket_dir(),
        settings: config.settings().clone(),
        ..Node::default()
    };
    Ok(node.publish(database.lock())?)
}

/// Says so, and whether that was meant.
fn stopped(database: &ServedDatabase) -> Result<(), Failure> {
    tracing::info!("stopped serving");
    match database.is_running() {
        true => Ok(()),
        false => Err("PostgreSQL ended while Kairo was serving; start Kairo again".into()),
    }
}

async fn listen(at: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind(at).await;
    let listener = listener.map_err(|error| format!("cannot listen on {at}: {error}"))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

fn base_of(opened: &Opened, db: &Db, keys: Keys) -> Base {
    Base {
        db: db.clone(),
        keys,
        clock: opened.clock.clone(),
        random: opened.random.clone(),
        ids: opened.ids.clone(),
        checks: OwnerChecks::on(),
    }
}

fn edge_of(
    base: &Base,
    config: &Config,
    origin: &str,
    proxies: Proxies,
) -> Result<EdgeState, Failure> {
    Ok(EdgeState::new(EdgeSettings {
        ids: base.ids.clone(),
        origin: origin.parse()?,
        loopback: config.is_loopback(),
        pepper: base.keys.address_pepper(),
        clock: base.clock.clone(),
        shared: Some(base.db.login.clone()),
        proxies,
        bounds: Bounds::default(),
        ticks: Ticks::monotonic(),
    }))
}

/// What compares the use of models with what is usual, and tells of what is not.
fn watch(
    opened: &Opened,
    base: &Base,
    way: Endpoint,
    mailer: &Mailer,
    origin: &str,
) -> Result<Watch, Failure> {
    let Alerts { email, webhook } = &opened.config.alerts;
    // As mail that comes back is told of, so that an address can be shut off.
    let email = email.as_deref().map(Email::parse).transpose()?;
    let hook = webhook.as_ref().map(|it| Hook::new(&it.url, &it.secret)).transpose()?;
    Ok(Watch {
        way,
        door: base.db.worker.clone(),
        clock: base.clock.clone(),
        random: base.random.clone(),
        ids: base.ids.clone(),
        origin: origin.to_owned(),
        mailer: mailer.clone(),
        email: email.map(|it| it.as_str().to_owned()),
        hook,
    })
}

fn security_page(config: &Config, program: &Program) -> Result<Page, Failure> {
    Ok(Page {
        catalogue: Catalogue::compiled()?,
        facts: stated(config),
        program: program.sha256.to_vec(),
        env: Env::Production,
    })
}

/// The operator's certificate, which is looked after from here on, or Kairo's own.
fn tls(opened: &Opened) -> Result<Arc<rustls::ServerConfig>, Failure> {
    let Some(files) = &opened.config.tls else {
        outlive_hangups()?;
        return Ok(edge::tls::development(&opened.folder.tls(), opened.clock.now())?);
    };
    let (cert, key) = (files.cert.clone(), files.key.clone());
    let (config, renewal) = Renewal::begin(cert, key, opened.clock.clone())?;
    renewal.watch()?;
    Ok(config)
}

/// Tells the first words of a Kairo that serves.
fn say_where(config: &Config, origin: &str) {
    say(&format!("Kairo is at {origin}"));
    if config.outbox_allowed() {
        let outbox = format!("{origin}/outbox and below");
        say(&format!("Mail goes nowhere else: its links and codes are at {outbox}."));
    }
}

/// Writes a line to standard output. `println!` panics where its reader has gone, and whoever only
/// waited for the first line would end a Kairo that serves.
fn say(line: &str) {
    let _gone = writeln!(std::io::stdout(), "{line}");
}

/// A unit's reload sends SIGHUP, which by default ends a program. So it still does where a terminal
/// was closed.
fn outlive_hangups() -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        return Ok(());
    }
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            tracing::info!("there is no certificate of the operator's to look at");
        }
    });
    Ok(())
}

/// Starts the plain HTTP listener where one is wanted.
async fn redirect(config: &Config, origin: &str) -> Result<(), Failure> {
    let Some(at) = config.http_listen else { return Ok(()) };
    let listener = TcpListener::bind(at).await;
    let listener = listener.map_err(|error| format!("cannot listen on {at}: {error}"))?;
    tokio::spawn(edge::redirect::serve(listener, origin.parse()?));
    Ok(())
}

/// Starts to count, before there is anything to count, and the listener that shows it.
async fn metrics(opened: &Opened, db: &Db) -> Result<(), Failure> {
    let Some(at) = opened.config.metrics_listen else { return Ok(()) };
    let listener = TcpListener::bind(at).await;
    let listener = listener.map_err(|error| format!("cannot listen on {at}: {error}"))?;
    let db = db.clone();
    let meters = Meters::install(opened.clock.clone(), Arc::new(move || db.usage()))?;
    say(&format!("Metrics are at http://{}/metrics", listener.local_addr()?));
    tokio::spawn(edge::metrics::serve(listener, meters));
    Ok(())
}

/// The task that delivers mail.
struct Delivery {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Delivery {
    /// Letters under way are finished; one that is not is taken again when its lease has ended.
    async fn finish(self) {
        drop(self.stop);
        let _ = tokio::time::timeout(DRAIN_MAX, self.task).await;
    }
}

/// Begins to deliver mail: gives what takes letters, and the outbox where they go nowhere else.
fn mail(opened: &Opened, base: &Base) -> Result<(Mailer, Option<Outbox>, Delivery), Failure> {
    let (carrier, webhook, outbox) = way(opened)?;
    let post = Post {
        carrier,
        webhook,
        door: base.db.worker.clone(),
        seals: seals(&base.keys)?,
        random: base.random.clone(),
        send_max: MAIL_SEND_MAX,
    };
    let (mailer, postman) = post.open();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(postman.run(async { drop(stopped.await) }));
    Ok((mailer, outbox, Delivery { stop, task }))
}

/// Where mail goes, what is heard of it, and the outbox where it goes nowhere else.
type Way = (Carrier, Option<Webhook>, Option<Outbox>);

fn way(opened: &Opened) -> Result<Way, Failure> {
    let Some(mail) = &opened.config.mail else {
        let outbox = Outbox::in_folder(opened.folder.outbox());
        return Ok((Carrier::Outbox(outbox.clone()), None, Some(outbox)));
    };
    Ok(match &mail.way {
        MailWay::Smtp { url, authority } => {
            let smtp = Smtp::new(url, &mail.from, authority.as_deref())?;
            (Carrier::Smtp(smtp), None, None)
        }
        MailWay::Resend { base_url, api_key, webhook_secret } => {
            let resend = Resend::new(base_url, api_key.clone(), &mail.from)?;
            (Carrier::Resend(resend), webhook_secret.as_ref().and_then(Webhook::new), None)
        }
    })
}

/// Time between two looks whether the server still runs.
const CLUSTER_LOOK: Duration = Duration::from_secs(1);

/// Ends when the server has ended: killed for want of memory, or by somebody's hand.
async fn ended(database: &ServedDatabase) {
    while database.is_running() {
        tokio::time::sleep(CLUSTER_LOOK).await;
    }
    tracing::error!("PostgreSQL has ended; stopping, too");
}

/// Ends at SIGTERM or Ctrl-C.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping; requests under way may finish");
    })
}
