//! The quota, tried in a cluster of its own: two nodes, many requests at once, and every count
//! taken by SQL of the check's own.
//!
//! **Invariant:** what the guard says is compared with what the tables hold; neither is believed
//! alone.

use futures_util::future::join_all;
use tokio_postgres::Row;
use uuid::Uuid;

use super::database::{differences, scratch};
use super::{Observation, Told, Untold, queries};
use crate::db::{Bearer, Db, Host, Identity};
use crate::guard::{
    Ask, Class, Granted, Guard, GuardParts, Limit, Plan, Plans, Refusal, Task, write_plans,
};
use crate::limits::RESERVE_BATCH_MAX;
use crate::trust::controls::subject::Subject;
use crate::trust::controls::workshop::ScratchCluster;

/// Credits of an hour on the bench.
const HOUR: usize = 10;
/// Credits of a month.
const MONTH: usize = 12;
/// Past how many in an hour the small model answers.
const BURST: usize = 4;
/// Requests at once.
const RUSH: usize = 60;
/// A ceiling of money that nothing meets.
const RICH: i64 = 1_000_000_000;

/// What was counted.
#[derive(Default)]
struct Sum {
    requests: usize,
    violations: Vec<String>,
}

impl Sum {
    fn expect(&mut self, what: &str, expected: usize, found: impl TryInto<usize>) {
        let found = found.try_into().unwrap_or(usize::MAX);
        if found != expected {
            self.violations.push(format!("{what}: {expected} expected, {found} found"));
        }
    }

    /// A rush of which so many are granted, and the rest refused for one reason.
    fn rush(&mut self, what: &str, came: &Came, granted: usize, refused: usize) {
        self.requests += came.granted.len() + came.refused() + came.odd.len();
        self.expect(what, granted, came.granted.len());
        self.expect(&format!("{what}, refused as it must be"), refused, came.refused());
        self.violations.extend(came.odd.iter().map(|odd| format!("{what}: {odd}")));
    }
}

/// What became of requests.
#[derive(Default)]
struct Came {
    granted: Vec<Granted>,
    hour: usize,
    month: usize,
    replay: usize,
    budget: usize,
    odd: Vec<String>,
}

impl Came {
    fn refused(&self) -> usize {
        self.hour + self.month + self.replay + self.budget
    }

    fn of_class(&self, class: Class) -> usize {
        self.granted.iter().filter(|it| it.permit.class() == class).count()
    }
}

/// Somebody on the larger plan.
struct Somebody {
    id: Uuid,
    identity: Identity,
}

/// A migrated cluster with small plans.
struct Bench<'a> {
    subject: &'a Subject,
    cluster: ScratchCluster,
    root: Host,
    plans: Plans,
}

impl<'a> Bench<'a> {
    async fn make(subject: &'a Subject) -> Result<Self, Untold> {
        let cluster = scratch(subject).await?;
        let root = Host::connect(cluster.pg_config("kairo_super")).await?;
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let pro = Plan {
            class: Class::Normal,
            month: number(MONTH),
            hour: number(HOUR),
            burst: Some(number(BURST)),
            at_once: number(RUSH),
            ..Plans::default().pro
        };
        let plans = Plans { pro, day_nano_max: RICH, ..Plans::default() };
        Ok(Self { subject, cluster, root, plans })
    }

    /// Two nodes, which remember nothing.
    async fn nodes(&self) -> Result<[Guard; 2], Untold> {
        let open = || {
            Db::open(
                |role| self.cluster.pg_config(role),
                crate::STATEMENTS,
                crate::QUOTA_STATEMENTS,
            )
        };
        let (one, two) = (open()?, open()?);
        write_plans(&one.worker, &self.plans).await?;
        let guard = |db: Db| {
            Guard::open(GuardParts {
                door: db.quota,
                worker: db.worker,
                clock: self.subject.base.clock.clone(),
                plans: self.plans,
                batch_max: RESERVE_BATCH_MAX,
            })
        };
        Ok([guard(one), guard(two)])
    }

    async fn somebody(&self) -> Result<Somebody, Untold> {
        let base = &self.subject.base;
        let no_randomness = |_| Untold("the system gave no randomness".to_owned());
        let secret: [u8; 32] = base.random.bytes().map_err(no_randomness)?;
        let id = base.ids.next().map_err(no_randomness)?;
        let token = base.ids.next().map_err(no_randomness)?;
        let identity = Identity::from_secret(&secret, Bearer::Key);
        let mail = format!("{id}@canary.invalid");
        self.root.query(queries::SOMEBODY, &[&id, &mail]).await?;
        let hash = identity.token_hash().to_vec();
        self.root.query(queries::TOKEN, &[&token, &hash, &id]).await?;
        Ok(Somebody { id, identity })
    }

    async fn counted(&self, who: &Somebody, of: &str) -> Result<i64, Untold> {
        let rows = self.root.query(queries::COUNTED, &[&who.id]).await?;
        let count = |row: &Row| row.get::<_, i64>(of);
        rows.first().map(count).ok_or_else(|| Untold("nothing was counted".to_owned()))
    }

    async fn hour(&self) -> Result<String, Untold> {
        let rows = self.root.query(queries::HOUR, &[]).await?;
        Ok(rows.first().map(|row| row.get("hour")).unwrap_or_default())
    }

    /// Requests of one person at both nodes at once; with one key, or each with its own.
    async fn rush(
        &self,
        nodes: &[Guard],
        who: &Somebody,
        count: usize,
        key: Option<Uuid>,
        nano_max: i64,
    ) -> Result<Came, Untold> {
        let mut asked = Vec::with_capacity(count);
        for node in nodes.iter().cycle().take(count) {
            let fresh = self.subject.base.ids.next();
            let fresh = fresh.map_err(|_| Untold("the system gave no randomness".to_owned()))?;
            let ask = Ask { key: key.unwrap_or(fresh), task: Task::Chat, nano_max };
            asked.push(node.reserve(&who.identity, ask));
        }
        let mut came = Came::default();
        for one in join_all(asked).await {
            match one {
                Ok(granted) => came.granted.push(granted),
                Err(Refusal::Quota { limit: Limit::Hour, .. }) => came.hour += 1,
                Err(Refusal::Quota { limit: Limit::Month, .. }) => came.month += 1,
                Err(Refusal::Replay { .. }) => came.replay += 1,
                Err(Refusal::Budget { .. }) => came.budget += 1,
                Err(other) => came.odd.push(other.to_string()),
            }
        }
        Ok(came)
    }

    /// Ends it where that may block.
    fn end(self) {
        let cluster = self.cluster;
        tokio::task::spawn_blocking(move || drop(cluster));
    }

    async fn bucket(&self, sum: &mut Sum) -> Result<(), Untold> {
        let nodes = self.nodes().await?;
        let (ana, ben) = (self.somebody().await?, self.somebody().await?);
        let came = self.rush(&nodes, &ana, RUSH, None, 0).await?;
        sum.rush("requests at once", &came, HOUR, RUSH - HOUR);
        sum.expect("refused by the hour", RUSH - HOUR, came.hour);
        for (what, of) in [("rows", "held"), ("the hour", "hour"), ("the month", "month")] {
            sum.expect(&format!("{what} after a rush"), HOUR, self.counted(&ana, of).await?);
        }
        // Somebody else is not slowed down, and what a node remembers of them decides nothing.
        let [one, two] = &nodes;
        let first = self.rush(std::slice::from_ref(one), &ben, 1, None, 0).await?;
        sum.rush("somebody else's request", &first, 1, 0);
        let left = first.granted.first().map_or(0, |it| it.standing.hour.left());
        sum.expect("what a node shows as left", HOUR - 1, left);
        let rest = self.rush(std::slice::from_ref(two), &ben, HOUR - 1, None, 0).await?;
        sum.rush("the rest on another node", &rest, HOUR - 1, 0);
        let past = self.rush(std::slice::from_ref(one), &ben, 1, None, 0).await?;
        sum.rush("a request that a node's old count would let through", &past, 0, 1);
        // What no provider worked for goes back, once.
        drop(came);
        join_all(nodes.iter().map(Guard::flush)).await;
        sum.expect("given back", HOUR, self.counted(&ana, "given_back").await?);
        sum.expect("the hour after that", 0, self.counted(&ana, "hour").await?);
        self.month(&ana, sum).await
    }

    async fn month(&self, ana: &Somebody, sum: &mut Sum) -> Result<(), Untold> {
        let nodes = self.nodes().await?;
        let held = self.rush(&nodes, ana, HOUR, None, 0).await?;
        sum.rush("requests after that", &held, HOUR, 0);
        self.root.query(queries::AN_HOUR_LATER, &[&ana.id]).await?;
        let later = self.rush(&nodes, ana, HOUR, None, 0).await?;
        let left = MONTH - HOUR;
        sum.rush("requests an hour later", &later, left, HOUR - left);
        sum.expect("refused by the month", HOUR - left, later.month);
        sum.expect("the month at its end", MONTH, self.counted(ana, "month").await?);
        sum.expect("the hour at the month's end", left, self.counted(ana, "hour").await?);
        Ok(())
    }

    async fn keys_and_money(&self, sum: &mut Sum) -> Result<(), Untold> {
        let nodes = self.nodes().await?;
        let cleo = self.somebody().await?;
        let came = self.rush(&nodes, &cleo, 2 * HOUR, Some(cleo.id), 0).await?;
        sum.rush("one key", &came, 1, 2 * HOUR - 1);
        sum.expect("repeated keys", 2 * HOUR - 1, came.replay);
        sum.expect("the hour after one key", 1, self.counted(&cleo, "hour").await?);
        let (price, calls) = (1_000, 5);
        let dora = self.somebody().await?;
        let most = price * i64::try_from(calls).unwrap_or_default();
        self.root.query(queries::BUDGET, &[&most]).await?;
        let came = self.rush(&nodes, &dora, HOUR, None, price).await?;
        sum.rush("requests against the day's budget", &came, calls, HOUR - calls);
        sum.expect("refused for want of money", HOUR - calls, came.budget);
        let spent = self.counted(&dora, "nano").await?;
        if spent > most {
            sum.violations.push(format!("the day spent {spent} of {most}"));
        }
        sum.expect("the hour after the budget", calls, self.counted(&dora, "hour").await?);
        Ok(())
    }

    async fn downshift(&self, sum: &mut Sum) -> Result<(), Untold> {
        let nodes = self.nodes().await?;
        let eve = self.somebody().await?;
        let came = self.rush(&nodes, &eve, HOUR, None, 0).await?;
        sum.rush("requests past the threshold", &came, HOUR, 0);
        sum.expect("answered by the normal model", BURST, came.of_class(Class::Normal));
        sum.expect("answered by the small model", HOUR - BURST, came.of_class(Class::Small));
        sum.expect("kept as normal", BURST, self.counted(&eve, "normal").await?);
        drop(came);
        join_all(nodes.iter().map(Guard::flush)).await;
        // It stays so until the hour ends, also where everything was given back.
        let again = self.rush(&nodes, &eve, BURST, None, 0).await?;
        sum.rush("requests in the rest of the hour", &again, BURST, 0);
        sum.expect("small in the rest of the hour", BURST, again.of_class(Class::Small));
        drop(again);
        join_all(nodes.iter().map(Guard::flush)).await;
        self.root.query(queries::AN_HOUR_LATER, &[&eve.id]).await?;
        let later = self.rush(&nodes, &eve, BURST, None, 0).await?;
        sum.rush("requests of the next hour", &later, BURST, 0);
        sum.expect("normal in the next hour", BURST, later.of_class(Class::Normal));
        Ok(())
    }
}

/// Which proof is run.
#[derive(Clone, Copy)]
enum Proof {
    Exact,
    Downshift,
}

async fn proved(bench: &Bench<'_>, proof: Proof) -> Told {
    let form = differences(bench.subject, &bench.root, queries::GUARD_FORM).await?;
    let (different, parts) = form;
    let mut sum = Sum { violations: different, ..Sum::default() };
    // A wall that is not the one of this program has failed already.
    if sum.violations.is_empty() {
        let begun = bench.hour().await?;
        match proof {
            Proof::Exact => {
                bench.bucket(&mut sum).await?;
                bench.keys_and_money(&mut sum).await?;
            }
            Proof::Downshift => bench.downshift(&mut sum).await?,
        }
        if bench.hour().await? != begun {
            return Err(Untold("the hour ended while it was counted".to_owned()));
        }
    }
    let witness = format!("{} parts compared, {} requests decided", parts.len(), sum.requests);
    Ok(Observation::of(sum.requests, sum.violations, witness))
}

async fn prove(subject: &Subject, proof: Proof) -> Told {
    let bench = Bench::make(subject).await?;
    let told = match proved(&bench, proof).await {
        // A proof takes seconds, so the next one is not cut by the end of an hour again.
        Err(_) => proved(&bench, proof).await,
        told => told,
    };
    bench.end();
    told
}

pub(super) async fn exact(subject: &Subject) -> Told {
    prove(subject, Proof::Exact).await
}

pub(super) async fn downshift(subject: &Subject) -> Told {
    prove(subject, Proof::Downshift).await
}
