//! `kairo controls` beside a Kairo that serves, and without one.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::{SignedDuration, tz::TimeZone};
use kairo::clock::Clock;
use kairo::db::Host;
use kairo::db::cluster::pg_config;
use serde_json::Value;

use super::program::Data;

/// What a command said: exit code, standard output, standard error.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn controls(data: &Data, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
    command.arg("controls").args(arguments).env("KAIRO_DATA_DIR", &data.0);
    command.env("KAIRO_LOG_LEVEL", "error").current_dir("/");
    let said = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: said.status.code(), out: text(said.stdout), err: text(said.stderr) }
}

/// The state of a claim in the JSON of `verify`.
fn state(said: &Said, claim: &str) -> String {
    let whole: Value = serde_json::from_str(&said.out).unwrap();
    let claims = whole["claims"].as_array().unwrap();
    let found = claims.iter().find(|it| it["id"] == claim).unwrap();
    found["state"].as_str().unwrap().to_owned()
}

/// So many days from now, as the option takes it.
fn in_days(days: i64) -> String {
    let at = Clock::system().now() + SignedDuration::from_hours(24 * days);
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The database of a running Kairo, past every policy.
pub async fn superuser(data: &Data) -> Host {
    let node = fs::read_to_string(data.0.join("run/node.json")).unwrap();
    let node: Value = serde_json::from_str(&node).unwrap();
    let socket = node["socket_dir"].as_str().unwrap();
    Host::connect(pg_config(socket.as_ref(), "kairo_super", "kairo")).await.unwrap()
}

// Goal: the lint passes on the program's catalogue, and ends with 3 on a broken one.
#[test]
fn the_lint_tells_a_broken_catalogue() {
    let data = Data::new("controls-lint");
    let good = controls(&data, &["lint"]);
    assert_eq!(good.code, Some(0), "{}", good.err);
    assert!(good.out.starts_with("97 claims, "), "{}", good.out);
    let copy = Data::new("controls-copy");
    fs::create_dir(&copy.0).unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../controls");
    for entry in fs::read_dir(source).unwrap().flatten() {
        fs::copy(entry.path(), copy.0.join(entry.file_name())).unwrap();
    }
    let file = copy.0.join("10-contact.toml");
    let text = fs::read_to_string(&file).unwrap().replace("questions:", "queries:");
    fs::write(file, text).unwrap();
    let bad = controls(&data, &["lint", "--folder", copy.0.to_str().unwrap()]);
    assert_eq!(bad.code, Some(3));
    assert!(bad.err.contains("add a version with text_sha256"), "{}", bad.err);
    fs::write(copy.0.join("checks.toml"), "[[check]").unwrap();
    let broken = controls(&data, &["lint", "--folder", copy.0.to_str().unwrap()]);
    assert_eq!(broken.code, Some(3));
    assert!(broken.err.contains("controls/checks.toml"), "{}", broken.err);
}

// Goal: words of people are taken for the claims that need them, with their bounds, and show as
// such.
#[test]
fn people_vouch_and_except_within_bounds() {
    let data = Data::new("controls-words");
    let word = |verb: &str, claim: &str, days: i64| {
        let until = in_days(days);
        let words = ["--source", "a provider", "--owner", "Ana", "--reason", "its report"];
        controls(&data, &[&[verb, claim, "--until", &until], &words[..]].concat())
    };
    let vouched = word("attest", "1.4", 90);
    assert_eq!(vouched.code, Some(0), "{}", vouched.err);
    assert_eq!(word("except", "2.3", 80).code, Some(0));
    let refused = [
        (word("attest", "2.1", 90), "its checks say whether it holds"),
        (word("attest", "1.4", 370), "at most 366 days"),
        (word("except", "2.1", 92), "at most 90 days"),
        (word("except", "2.1", -2), "an end has to lie ahead"),
        (word("except", "5.1", 9), "there is nothing to except"),
        (word("attest", "99.1", 9), "there is no claim 99.1"),
    ];
    for (said, expected) in refused {
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains(expected), "{}", said.err);
    }
    let verified = controls(&data, &["verify", "--format", "json"]);
    assert_eq!(state(&verified, "1.4"), "attested");
    assert_eq!(state(&verified, "2.3"), "exception");
    // Nobody serves, so what needs a listener has not run; what needs the database has.
    assert_eq!(state(&verified, "1.1"), "never");
    assert_eq!(state(&verified, "2.1"), "pass");
    assert_eq!(state(&verified, "2.4"), "never");
    assert_eq!(verified.code, Some(0), "{}", verified.err);
}

// Goal: a fault made by hand on a running Kairo ends `verify` with 1, is told in full on the host
// alone, and its mending ends it with 0.
#[tokio::test]
async fn verify_tells_a_fault_by_its_exit_code() {
    let data = Data::new("controls-verify");
    let mut serve = data.serve();
    serve.is_up();
    let host = superuser(&data).await;
    host.execute("ALTER TABLE app.captures DISABLE ROW LEVEL SECURITY").await.unwrap();
    let broken = controls(&data, &["verify", "--section", "2", "--format", "json"]);
    assert_eq!((broken.code, state(&broken, "2.1").as_str()), (Some(1), "fail"), "{}", broken.err);
    assert!(!broken.out.contains("app.captures"), "{}", broken.out);
    let shown = controls(&data, &["show", "2.1"]);
    assert!(shown.out.contains("app.captures has row-level security"), "{}", shown.out);
    let junit = controls(&data, &["verify", "--section", "2", "--format", "junit"]);
    assert!(junit.out.contains("<failure message=\"fail\">"), "{}", junit.out);
    host.execute("ALTER TABLE app.captures ENABLE ROW LEVEL SECURITY").await.unwrap();
    let mended = controls(&data, &["verify", "--section", "2", "--format", "json"]);
    assert_eq!((mended.code, state(&mended, "2.1").as_str()), (Some(0), "pass"), "{}", mended.err);
    let unknown = controls(&data, &["verify", "--fail-on", "green"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("the states are"), "{}", unknown.err);
}
