//! Random requests with a chosen clock, on the real statement and on twenty lines that say what it
//! ought to do.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Reserve { key: u8, cost: i32, hour: u8 },
    Settle(u8),
    Release(u8),
    Caps { month: i32, hour: i32 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..12_u8, 0..3_i32, 0..5_u8)
            .prop_map(|(key, cost, hour)| Step::Reserve { key, cost, hour }),
        1 => (0..12_u8).prop_map(Step::Settle),
        2 => (0..12_u8).prop_map(Step::Release),
        1 => (0..9_i32, 0..5_i32).prop_map(|(month, hour)| Step::Caps { month, hour }),
    ]
}

/// Hours of two months; the third begins the second.
const HOURS: [&str; 5] = [
    "2026-11-30 22:10Z",
    "2026-11-30 23:10Z",
    "2026-12-01 00:10Z",
    "2026-12-01 01:10Z",
    "2026-12-01 02:10Z",
];

/// Twenty lines.
struct Reference {
    caps: (i32, i32),
    /// Month and hour that run, and what is used of them.
    month: (u8, i32),
    hour: (u8, i32),
    calls: HashMap<u8, (char, i32, u8, u8)>,
}

impl Reference {
    fn reserve(&mut self, key: u8, cost: i32, hour: u8) -> &'static str {
        let month = u8::from(hour >= 2);
        let (m, h) = (self.month.0.max(month), self.hour.0.max(hour));
        let month_used = if m == self.month.0 { self.month.1 } else { 0 };
        let hour_used = if h == self.hour.0 { self.hour.1 } else { 0 };
        let replayed = cost > 0 && self.calls.contains_key(&key);
        let fits = (month_used + cost <= self.caps.0, hour_used + cost <= self.caps.1);
        if cost > 0 && fits != (true, true) {
            let limit = if fits.0 { "hour" } else { "month" };
            return if replayed { "replay" } else { limit };
        }
        let cost = if replayed { 0 } else { cost };
        (self.month, self.hour) = ((m, month_used + cost), (h, hour_used + cost));
        if cost > 0 {
            self.calls.insert(key, ('R', cost, m, h));
        }
        if replayed { "replay" } else { "granted" }
    }

    fn end(&mut self, key: u8, state: char) -> bool {
        let Some(call) = self.calls.get_mut(&key).filter(|call| call.0 == 'R') else {
            return false;
        };
        call.0 = state;
        if state == 'X' {
            self.month.1 -= if self.month.0 == call.2 { call.1 } else { 0 };
            self.hour.1 -= if self.hour.0 == call.3 { call.1 } else { 0 };
        }
        true
    }
}

async fn follows(host: &Host, who: &Somebody, steps: Vec<Step>) {
    let caps = async |month: i32, hour: i32| {
        let set = "SELECT guard.plan_set('pro', 'normal', $1, $2, NULL)";
        host.query(set, &[&month, &hour]).await.unwrap();
    };
    caps(6, 3).await;
    let mut model = Reference { caps: (6, 3), month: (0, 0), hour: (0, 0), calls: HashMap::new() };
    let id = "encode(substring(sha256(uuid_send($1) || uuid_send($2)) FOR 16), 'hex')::uuid";
    let key_of = |key: u8| Uuid::from_u128(u128::from(key));
    for step in steps {
        let (expected, came) = match step {
            Step::Reserve { key, cost, hour } => {
                let now = HOURS[usize::from(hour)];
                let said = at(host, who.id, key_of(key), cost, 10, now).await;
                (model.reserve(key, cost, hour).to_owned(), said.verdict)
            }
            Step::Settle(key) => {
                let settle =
                    format!("SELECT guard.settle(ARRAY[{id}], '{{4}}', '{{1}}', '{{1}}') = 1");
                let came: bool =
                    host.query(&settle, &[&who.id, &key_of(key)]).await.unwrap()[0].get(0);
                (model.end(key, 'S').to_string(), came.to_string())
            }
            Step::Release(key) => {
                let release = format!("SELECT guard.release({id})");
                let came: bool =
                    host.query(&release, &[&who.id, &key_of(key)]).await.unwrap()[0].get(0);
                (model.end(key, 'X').to_string(), came.to_string())
            }
            Step::Caps { month, hour } => {
                model.caps = (month, hour);
                caps(month, hour).await;
                continue;
            }
        };
        assert_eq!((came, used(host, who).await), (expected, (model.hour.1, model.month.1)));
    }
    is_sound(host).await;
}

// Goal: whatever is asked in whatever order, the statement does what twenty lines say.
#[test]
fn the_statement_does_as_the_reference() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(kairo_with(&plans(6, 3, None)));
    let host = runtime.block_on(app.superuser());
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec(step(), 1..40);
    let ran = TestRunner::new(config).run(&steps, |steps| {
        let who = runtime.block_on(people(&app, 1)).remove(0);
        runtime.block_on(follows(&host, &who, steps));
        Ok(())
    });
    ran.unwrap();
}
