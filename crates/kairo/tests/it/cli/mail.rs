//! Mail of the program itself: killed with -9, stopped, on two nodes, and what its log holds of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use kairo::clock::Clock;
use kairo::db::Host;
use kairo::db::cluster::pg_config;
use ring::hmac;
use rustix::process::{Signal, kill_process};
use serde_json::Value;

use super::client::Client;
use super::external::{Server, kairo};
use super::program::{Data, Serve};
use crate::harness::resend::{API_KEY, FROM, Say, Scripted};

const ANA: &str = "ana@example.org";
const SECRET: &[u8] = b"a secret of the test";

/// What an operator sets to send by a provider and to hear of it.
fn settings(resend: &Scripted) -> Vec<(&'static str, String)> {
    vec![
        ("KAIRO_RESEND_API_KEY", API_KEY.to_owned()),
        ("KAIRO_RESEND_BASE_URL", resend.url.clone()),
        ("KAIRO_RESEND_WEBHOOK_SECRET", format!("whsec_{}", STANDARD.encode(SECRET))),
        ("KAIRO_MAIL_FROM", FROM.to_owned()),
    ]
}

/// Serves, and gives a client of it.
fn up(data: &Data, resend: &Scripted) -> (Serve, Client) {
    let mut serve = data.serve_with(&settings(resend));
    let port = serve.is_up();
    (serve, Client::new(data, port, ""))
}

/// The database of a running Kairo, past every policy.
async fn superuser(data: &Data) -> Host {
    let node = fs::read_to_string(data.0.join("run/node.json")).unwrap();
    let node: Value = serde_json::from_str(&node).unwrap();
    let socket = node["socket_dir"].as_str().unwrap();
    Host::connect(pg_config(socket.as_ref(), "kairo_super", "kairo")).await.unwrap()
}

/// Ends leases that are three seconds old, whose nodes died, as a minute would, until nothing
/// waits; gives each letter's state and number of attempts. Those to the canaries of checks, which
/// are carried nowhere, are not among them.
async fn finished(host: &Host) -> Vec<(String, i16)> {
    let lapse = "UPDATE mail.letters SET lease_until = now() WHERE lease_until IS NOT NULL
                    AND lease_until < now() + interval '57 seconds'";
    let sql = "SELECT state, attempts, sealed IS NULL FROM mail.letters
                WHERE last_error IS DISTINCT FROM 'reserved' ORDER BY created_at";
    for _look in 0..300 {
        host.execute(lapse).await.unwrap();
        let rows = host.query(sql, &[]).await.unwrap();
        if rows.iter().all(|row| row.get(2)) {
            return rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    unreachable!("letters wait for ever")
}

/// Kills a Kairo whose provider does `say` with the only letter, and starts it again.
async fn killed_while(test: &str, say: Say) -> (Scripted, Vec<(String, i16)>) {
    let (data, resend) = (Data::new(test), Scripted::start().await);
    resend.always(say);
    let (serve, client) = up(&data, &resend);
    assert!(client.ask_for_mail(ANA).await);
    resend.wait_for(1).await;
    kill_process(serve.pid(), Signal::KILL).unwrap();
    drop(serve);
    resend.always(Say::Take(Duration::ZERO));
    let (_serve, _client) = up(&data, &resend);
    let states = finished(&superuser(&data).await).await;
    (resend, states)
}

// Goal: killed before the provider took the letter, and the person was told that it is on its way:
// it comes, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_before_the_letter_was_taken() {
    let (resend, states) = killed_while("mail-before", Say::Hang).await;
    assert_eq!(states, [("sent".to_owned(), 2)]);
    assert_eq!(resend.addressees(), [ANA]);
}

// Goal: killed after the provider took the letter and before that was kept: it is handed over again
// under the same key, so the person gets one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_before_it_was_kept() {
    let (resend, states) = killed_while("mail-after", Say::TakeAndHang).await;
    assert_eq!(states, [("sent".to_owned(), 2)]);
    let asked = resend.asked();
    assert_eq!((asked.len(), &asked[0].key), (2, &asked[1].key));
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(resend.addressees(), [ANA]);
}

const ROUNDS: u64 = 8;
const ASKERS: u64 = 4;

// Goal: killed at any moment, again and again, every letter that was promised is taken exactly once
// in the end, and none that was not promised is taken twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_nine_at_any_moment() {
    let (data, resend) = (Data::new("mail-any"), Scripted::start().await);
    resend.always(Say::Take(Duration::from_millis(40)));
    let (mut promised, mut seed) = (Vec::new(), 0x9e37_79b9_u64);
    for round in 0..ROUNDS {
        let (serve, client) = up(&data, &resend);
        let askers = (0..ASKERS).map(|n| {
            let (client, email) = (client.clone(), format!("p{round}-{n}@example.org"));
            tokio::spawn(async move { client.ask_for_mail(&email).await.then_some(email) })
        });
        let askers: Vec<_> = askers.collect();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        tokio::time::sleep(Duration::from_millis(30 + (seed >> 33) % 400)).await;
        kill_process(serve.pid(), Signal::KILL).unwrap();
        promised.extend(join_all(askers).await.into_iter().filter_map(Result::unwrap));
    }
    let (_serve, _client) = up(&data, &resend);
    let states = finished(&superuser(&data).await).await;
    assert!(states.iter().all(|(state, _)| state == "sent"), "{states:?}");
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for email in resend.addressees() {
        *taken.entry(email).or_default() += 1;
    }
    assert!(promised.len() > 8, "only {} letters: no load", promised.len());
    for email in &promised {
        assert_eq!(taken.get(email), Some(&1), "{email}");
    }
    assert!(taken.values().all(|letters| *letters == 1), "{taken:?}");
    assert_eq!(taken.len(), states.len(), "a letter is a row");
}

// Goal: a stop finishes the letter under way and keeps what came of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_is_under_way() {
    let (data, resend) = (Data::new("mail-stop"), Scripted::start().await);
    resend.always(Say::Take(Duration::from_millis(700)));
    let (serve, client) = up(&data, &resend);
    assert!(client.ask_for_mail(ANA).await);
    resend.wait_for(1).await;
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    assert!(status.success(), "{said}");
    let (_serve, _client) = up(&data, &resend);
    assert_eq!(finished(&superuser(&data).await).await, [("sent".to_owned(), 1)]);
    assert_eq!(resend.asked().len(), 1);
}

// Goal: two nodes on one database send each letter once between them, whoever was asked; where one
// is killed in the middle, the other finishes its letters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_send_each_letter_once() {
    let server = Server::prepared("mail").await;
    let (a, b) = (Data::new("mail-a"), Data::new("mail-b"));
    let (keys, resend) = (Data::new("mail-keys"), Scripted::start().await);
    resend.always(Say::Take(Duration::from_millis(60)));
    let mut settings_of_both = server.settings(&keys);
    assert!(kairo(&a, &settings_of_both, &["migrate"]).0);
    settings_of_both.extend(settings(&resend));
    let (mut node_a, mut node_b) =
        (a.serve_with(&settings_of_both), b.serve_with(&settings_of_both));
    let (at_a, at_b) = (Client::new(&a, node_a.is_up(), ""), Client::new(&b, node_b.is_up(), ""));
    let ask = async |from: usize, to: usize| {
        for n in from..to {
            let client = if n % 2 == 0 { &at_a } else { &at_b };
            assert!(client.ask_for_mail(&format!("n{n}@example.org")).await);
        }
    };
    ask(0, 24).await;
    let host = server.superuser("kairo").await;
    assert_eq!(finished(&host).await, vec![("sent".to_owned(), 1); 24]);
    assert_eq!((resend.asked().len(), resend.taken().len()), (24, 24));

    resend.always(Say::TakeAndHang);
    assert!(at_a.ask_for_mail(ANA).await);
    resend.wait_for(25).await;
    resend.always(Say::Take(Duration::ZERO));
    kill_process(node_a.pid(), Signal::KILL).unwrap();
    host.execute("UPDATE mail.letters SET lease_until = now() WHERE state = 'sending'")
        .await
        .unwrap();
    assert_eq!(finished(&host).await.len(), 25);
    assert_eq!(resend.addressees().iter().filter(|to| *to == ANA).count(), 1);
}

/// What Resend tells of a letter, as Svix signs it; the status of the answer.
async fn tell(client: &Client, id: &str, body: &str) -> Option<u16> {
    let at = Clock::system().now().as_second();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    let tag = STANDARD.encode(hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes()));
    let headers = format!(
        "content-type: application/json\r\nsvix-id: {id}\r\nsvix-timestamp: {at}\r\n\
         svix-signature: v1,{tag}\r\n"
    );
    client.post("/webhooks/resend", &headers, body).await
}

const BOUNCED: &str = r#"{"type":"email.bounced","created_at":"2026-11-24T09:00:00Z",
    "data":{"email_id":"letter-1","to":["ana@example.org"],"subject":"S",
            "bounce":{"message":"m","subType":"General","type":"Permanent"}}}"#;

// Goal: an operator sees how many addresses were shut off, and lets one in again that a person
// names, while Kairo serves; no address is listed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_lets_an_address_in_again() {
    let (data, resend) = (Data::new("mail-host"), Scripted::start().await);
    let (_serve, client) = up(&data, &resend);
    // Standard output comes first, and what is logged after it.
    let mail = |arguments: &[&str]| kairo(&data, &[], &[&["mail"], arguments].concat());
    let counted = |words: &str| {
        let (well, said) = mail(&["suppressed"]);
        assert!(well && said.starts_with(words) && !said.contains("ana"), "{said}");
    };
    counted("0\n");
    assert_eq!(tell(&client, "msg_1", BOUNCED).await, Some(204));
    counted("bounced: 1, the newest 20");
    let release = |email: &str, well: bool, words: &str| {
        let (went_well, said) = mail(&["release", "--email", email]);
        assert!(went_well == well && said.contains(words), "{said}");
    };
    release("ben@example.org", false, "was not shut off");
    release("nobody", false, "is not an e-mail address");
    release("Ana@Example.org", true, "released\n");
    release(ANA, false, "was not shut off");
    counted("0\n");
}

// Goal: the log of a run in which mail is sent, refused, put off, garbled and comes back, with
// every line that can be turned on, holds no address, no word of a letter, no key and no provider's
// words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_holds_nothing_of_mail() {
    let (data, resend) = (Data::new("mail-log"), Scripted::start().await);
    let path = data.0.with_extension("log");
    let mut serve = data.serve_logged_with(File::create(&path).unwrap(), &settings(&resend));
    let port = serve.is_up();
    let client = Client::new(&data, port, "");
    let says = [
        Say::Refuse(422, "validation_error"),
        Say::Refuse(500, "internal_server_error"),
        Say::Busy("5"),
        Say::Garbage("ana@example.org".to_owned()),
        Say::Take(Duration::ZERO),
    ];
    for (n, say) in says.into_iter().enumerate() {
        let asked = resend.asked().len();
        resend.next([say]);
        assert!(client.ask_for_mail(&format!("ana{n}@example.org")).await);
        resend.wait_for(asked + 1).await;
    }
    assert_eq!(tell(&client, "msg_1", BOUNCED).await, Some(204));
    let kind = "content-type: application/json\r\n";
    assert_eq!(client.post("/webhooks/resend", kind, BOUNCED).await, Some(400));
    kill_process(serve.pid(), Signal::TERM).unwrap();
    tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for told in ["a mail was given up at once", "a mail was not taken", "was refused"] {
        assert!(log.contains(told), "the log does not speak of {told}");
    }
    let secret = STANDARD.encode(SECRET);
    for hidden in
        ["example.org", "link and code", "sign-in/link#", API_KEY, &secret, "quoted here", "127.1."]
    {
        let line = log.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "the log holds {hidden}");
    }
}
