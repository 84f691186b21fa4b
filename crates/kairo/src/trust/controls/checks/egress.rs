//! What leaves for a provider of models, and how: what the ledger says of every attempt, what the
//! client does on the wire, and what the program refuses to be set to.
//!
//! **Invariant:** no model is asked and nobody charged: what the client is watched by are listeners
//! of the check's own on loopback, and the canary's calls go back.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::canary::{door, identity, sign_in, sign_out};
use super::database::host;
use super::hello::{self, Reply, TLS_1_2, TLS_1_3, USUAL};
use super::wire::SUITES_13;
use super::{Observation, Told, Untold, queries, rows};
use crate::ai::{Failure, Upstream, UpstreamSettings};
use crate::config::{Ai, Plans, Price};
use crate::db::Identity;
use crate::guard::{Ask, Guard, GuardParts, Task};
use crate::trust::controls::model::{Model, Says, on_loopback};
use crate::trust::controls::origin::Origin;
use crate::trust::controls::subject::Subject;

const CANARY: &str = "egress";
/// Words that must not be seen in plain text.
const WORDS: &str = "a thought of nobody";
/// The address of another machine, which nothing is sent to (RFC 5737).
const ELSEWHERE: &str = "192.0.2.1";

/// What was looked at.
#[derive(Default)]
struct Sum {
    tested: usize,
    violations: Vec<String>,
}

impl Sum {
    fn expect(&mut self, holds: bool, otherwise: &str) {
        self.tested += 1;
        if !holds {
            self.violations.push(otherwise.to_owned());
        }
    }
}

pub(super) async fn tls(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let mut sum = Sum::default();
    refusals(subject, &mut sum);
    let cookie = sign_in(subject, origin, CANARY).await?;
    let watched = match identity(&cookie) {
        Ok(canary) => watched(subject, origin, &canary, &mut sum).await,
        Err(untold) => Err(untold),
    };
    sign_out(subject, origin, cookie).await?;
    let watched = watched?;
    provider(subject, &mut sum).await?;
    let attempts = kept(subject, &mut sum).await?;
    let witness = format!("{watched} connections watched, {attempts} attempts in the ledger");
    Ok(Observation::of(sum.tested, sum.violations, witness))
}

/// A provider on another machine, as an operator may set it.
fn elsewhere(scheme: &str) -> Ai {
    Ai {
        base_url: format!("{scheme}://{ELSEWHERE}/v1"),
        host: ELSEWHERE.to_owned(),
        local: false,
        api_key: None,
        model: "check".to_owned(),
        small_model: "check".to_owned(),
        price: Some(Price::FREE),
        small_price: Some(Price::FREE),
        zero_retention: true,
        hosts: vec![ELSEWHERE.to_owned()],
    }
}

/// What the program may not be set to. It takes the good one, or refusing the others says nothing.
fn refusals(subject: &Subject, sum: &mut Sum) {
    let takes = |provider: &Ai| {
        let settings = UpstreamSettings::new(provider, subject.base.random.clone());
        Upstream::open(settings).is_ok()
    };
    let unlisted = Ai { hosts: vec!["192.0.2.2".to_owned()], ..elsewhere("https") };
    let keeps = Ai { zero_retention: false, ..elsewhere("https") };
    sum.expect(takes(&elsewhere("https")), "a provider over TLS is refused");
    sum.expect(!takes(&elsewhere("http")), "a provider elsewhere over plain HTTP is taken");
    sum.expect(!takes(&unlisted), "a provider whose host is not listed is taken");
    sum.expect(!takes(&keeps), "a provider that may keep what it is sent is taken");
}

/// Watches the client from the other end: towards `https` it sends a hello of TLS 1.2 or later and
/// not a word besides, and what it asks on this machine is not to be stored.
async fn watched(
    subject: &Subject,
    origin: &Origin,
    canary: &Identity,
    sum: &mut Sum,
) -> Result<usize, Untold> {
    let no_port = |_| Untold("no port was free".to_owned());
    let silent = Model::start(Says::Nothing).await.map_err(no_port)?;
    ask(subject, canary, &silent.settings("https")).await?;
    let hellos = silent.asked();
    for sent in &hellos {
        // A record of a handshake, with a ClientHello whose version is 1.2, as 1.3 says as well.
        let is_hello = sent.first() == Some(&22) && sent.get(9..11) == Some(&TLS_1_2.code);
        sum.expect(is_hello, "an address with https was sent something else than a TLS hello");
        sum.expect(!holds(sent, WORDS), "words were sent before any TLS");
    }
    let open = Model::start(Says::Refusal).await.map_err(no_port)?;
    ask(subject, canary, &open.settings("http")).await?;
    let requests = open.asked();
    for sent in &requests {
        sum.expect(holds(sent, "\"store\":false"), "a provider was not told to store nothing");
        sum.expect(!holds(sent, "\"store\":true"), "a provider was told to store words");
    }
    // Kairo's own listener speaks TLS, and no public authority says that it is 127.0.0.1.
    let own = origin.at.filter(|at| at.ip() == Ipv4Addr::LOCALHOST);
    if let Some(at) = own {
        let failure = ask(subject, canary, &on_loopback("https", at.port())).await?;
        let fails = failure == Some(Failure::Unreachable);
        sum.expect(fails, "a certificate is taken that no public authority vouches for");
    }
    match (hellos.len(), requests.iter().filter(|sent| holds(sent, WORDS)).count()) {
        (0, _) | (_, 0) => Err(Untold("Kairo's client sent nothing that was watched".to_owned())),
        (hellos, requests) => Ok(hellos + requests),
    }
}

fn holds(sent: &[u8], words: &str) -> bool {
    sent.windows(words.len()).any(|part| part == words.as_bytes())
}

/// Makes a call with the program's own client; gives why it failed, as nobody there has an answer.
async fn ask(
    subject: &Subject,
    canary: &Identity,
    provider: &Ai,
) -> Result<Option<Failure>, Untold> {
    let base = &subject.base;
    let upstream = UpstreamSettings::new(provider, base.random.clone());
    let upstream = Upstream::open(upstream).map_err(|error| Untold(error.to_string()))?;
    let guard = Guard::open(GuardParts {
        door: base.db.quota.clone(),
        worker: base.db.worker.clone(),
        clock: base.clock.clone(),
        plans: Plans::default(),
        batch_max: 1,
    });
    let key = base.ids.next().map_err(|_| Untold("the system gave no randomness".to_owned()))?;
    let granted = guard.reserve(canary, Ask { key, task: Task::Chat, nano_max: 0 }).await;
    let granted = granted.map_err(|error| Untold(format!("the canary may not ask: {error}")))?;
    let body = json!({
        "messages": [{ "role": "user", "content": WORDS }], "max_tokens": 1, "store": true,
    });
    let body: Map<String, Value> = body.as_object().cloned().unwrap_or_default();
    let mut call = upstream.call(granted.permit);
    let failure = call.ask(body).await.err();
    call.end();
    guard.flush().await;
    Ok(failure)
}

/// The provider that people's words go to, where that is another machine: it speaks TLS 1.2 or
/// 1.3.
async fn provider(subject: &Subject, sum: &mut Sum) -> Result<(), Untold> {
    let Some(provider) = &subject.provider else { return Ok(()) };
    let mut speaks = false;
    for (version, suites) in [(TLS_1_3, &SUITES_13[..]), (TLS_1_2, &USUAL[..])] {
        speaks |= matches!(hello::ask(provider, version, suites).await?, Reply::Accepts { .. });
    }
    sum.expect(speaks, "the provider takes neither TLS 1.2 nor 1.3");
    Ok(())
}

/// The one rule about channels, as the server prints it.
const RULE: &str = "CHECK ((channel = ANY (ARRAY['tls'::text, 'loopback'::text])))";

/// Every attempt went over TLS or over loopback: the rule about it stands, and where every row may
/// be read, those of 30 days obey it.
async fn kept(subject: &Subject, sum: &mut Sum) -> Result<usize, Untold> {
    let rules = host(subject).await?.query(queries::ATTEMPT_RULES, &[]).await?;
    let stands = rules.iter().any(|row| row.get::<_, &str>("rule") == RULE);
    sum.expect(stands, "the ledger has no rule about what attempts went over");
    if subject.every_row.is_none() {
        return Ok(0);
    }
    let host = rows::host(subject).await?;
    let mut attempts = 0;
    for row in host.query(queries::CHANNELS, &[]).await? {
        let (channel, count): (String, i64) = (row.get("channel"), row.get("attempts"));
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        attempts += count;
        if channel != "tls" && channel != "loopback" {
            sum.violations.push(format!("{count} attempts went over {channel}"));
        }
    }
    sum.tested += attempts;
    Ok(attempts)
}
