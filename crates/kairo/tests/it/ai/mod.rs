//! Calls to a provider of models: what a permit is good for, and what it costs in the end.

mod asks;
mod breaker;
mod refunds;
mod streams;
mod walls;

use kairo::ai::{Call, Reply, Times, UpstreamSettings};
use kairo::config::Ai;
use kairo::guard::{self, Ask, Guard, GuardParts, Plans, Refusal, Standing, Task};
use kairo::limits::AI_DRAINS_MAX;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::upstream::Upstream;

/// A Kairo with a guard, and a provider that does as it is told.
struct Desk {
    app: Kairo,
    guard: Guard,
    upstream: Upstream,
    ai: kairo::ai::Upstream,
    ana: Actor,
}

/// What the ledger holds of one call.
#[derive(Debug, PartialEq, Eq)]
struct Ledger {
    /// R, S, X or E.
    state: String,
    /// Outcomes of its attempts.
    outcomes: Vec<String>,
    /// What its attempts cost, in nano-dollars.
    nanos: i64,
}

impl Desk {
    async fn open() -> Self {
        Self::open_with(|_, _| {}).await
    }

    /// The times are short enough for a test to see them pass.
    async fn open_with(change: impl FnOnce(&mut Ai, &mut Times)) -> Self {
        Self::over(Kairo::start().await, Upstream::start().await, AI_DRAINS_MAX, change).await
    }

    async fn over(
        app: Kairo,
        upstream: Upstream,
        drains_max: usize,
        change: impl FnOnce(&mut Ai, &mut Times),
    ) -> Self {
        let mut plans = Plans::default();
        (plans.free.class, plans.free.hour, plans.free.at_once) = (guard::Class::Normal, 50, 16);
        let (worker, base) = (app.base.db.worker.clone(), &app.base);
        guard::write_plans(&worker, &plans).await.unwrap();
        let (door, clock) = (base.db.quota.clone(), base.clock.clone());
        let guard = Guard::open(GuardParts { door, worker, clock, plans, batch_max: 16 });
        let (mut provider, mut times) = (upstream.settings(), Times::default());
        change(&mut provider, &mut times);
        let mut settings = UpstreamSettings::new(&provider, base.random.clone());
        (settings.times, settings.drains_max) = (times, drains_max);
        let ai = kairo::ai::Upstream::open(settings).unwrap();
        let ana = app.program("ana@example.org").await;
        Self { app, guard, upstream, ai, ana }
    }

    /// A call with as much money as `asks` requests of [`chat`] need.
    async fn call(&self, asks: usize) -> Call {
        self.try_call(asks).await.unwrap()
    }

    async fn try_call(&self, asks: usize) -> Result<Call, Refusal> {
        let nano_max = self.ai.nano_max(500, 100, asks);
        let ask = Ask {
            key: Uuid::from_bytes(self.app.base.random.bytes().unwrap()),
            task: Task::Chat,
            nano_max,
        };
        let granted = self.guard.reserve(self.ana.identity(), ask).await?;
        Ok(self.ai.call(granted.permit))
    }

    /// Where Ana stands, after everything was written.
    async fn standing(&self) -> Standing {
        self.guard.flush().await;
        self.guard.standing(self.ana.identity()).await.unwrap().unwrap()
    }

    /// Credits that are charged.
    async fn used(&self) -> i32 {
        self.standing().await.month.used
    }

    /// Waits until no call is under way, since nobody else says when a stream's end was noticed.
    async fn settled(&self) -> Vec<Ledger> {
        for _look in 0..2_000 {
            let ledger = self.ledger().await;
            if ledger.iter().all(|call| call.state != "R") {
                return ledger;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        unreachable!("a call is still under way: {:?}", self.ledger().await)
    }

    /// Every call, the oldest first.
    async fn ledger(&self) -> Vec<Ledger> {
        self.guard.flush().await;
        let sql = "SELECT r.state::text, coalesce(sum(a.cost_nano), 0)::bigint,
                          coalesce(array_agg(a.outcome ORDER BY a.attempt)
                                   FILTER (WHERE a.outcome IS NOT NULL), '{}')
                     FROM guard.reservations r
                     LEFT JOIN guard.attempts a ON a.reservation_id = r.id
                    GROUP BY r.id ORDER BY r.created_at";
        let rows = self.app.superuser().await.query(sql, &[]).await.unwrap();
        let row = |row: &tokio_postgres::Row| Ledger {
            state: row.get(0),
            nanos: row.get(1),
            outcomes: row.get(2),
        };
        rows.iter().map(row).collect()
    }
}

/// A request that every test sends unless it is about another.
fn chat() -> Map<String, Value> {
    let messages = json!([{ "role": "user", "content": "When is lunch with Sam?" }]);
    let body = json!({ "messages": messages, "max_completion_tokens": 100 });
    body.as_object().unwrap().clone()
}

/// What a call of one attempt came to.
fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn once(state: &str, outcome: &str, nanos: i64) -> Ledger {
    Ledger { state: state.to_owned(), outcomes: vec![outcome.to_owned()], nanos }
}

/// What a call costs of which nobody said what it cost.
fn estimate() -> i64 {
    let bound = kairo::ai::Bound::of(&chat()).unwrap();
    kairo::config::Price::parse("1/2").unwrap().of(bound.tokens_in, bound.tokens_out)
}
