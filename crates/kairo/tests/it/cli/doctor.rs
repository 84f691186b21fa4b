//! `kairo doctor` on installations that are broken in one thing each.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use jiff::SignedDuration;
use kairo::clock::Clock;
use kairo::db::Host;
use kairo::db::cluster::pg_config;
use kairo::web::edge::tls;
use rustix::process::{Signal, kill_process};
use serde_json::Value;

use super::program::Data;

/// What the doctor says: its exit code, and `level check: what. mend` of each finding.
pub(super) fn doctor(data: &Data, settings: &[(&str, String)]) -> (Option<i32>, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
    command.args(["doctor", "--format", "json"]).env("KAIRO_DATA_DIR", &data.0);
    command.env("KAIRO_LISTEN", "127.0.0.1:0").envs(settings.iter().map(|(name, it)| (name, it)));
    let said = command.output().unwrap();
    let whole: Value = serde_json::from_slice(&said.stdout).unwrap_or_else(|_| {
        panic!("no JSON: {}", String::from_utf8_lossy(&said.stderr));
    });
    let text =
        |finding: &Value, name: &str| finding.get(name).unwrap().as_str().unwrap().to_owned();
    let lines = whole.get("findings").unwrap().as_array().unwrap().iter().map(|it| {
        let [level, check, what, mend] = ["level", "check", "what", "mend"].map(|n| text(it, n));
        format!("{level} {check}: {what}. {mend}")
    });
    let lines: Vec<String> = lines.collect();
    let worst = ["problem", "warning"]
        .iter()
        .position(|level| lines.iter().any(|line| line.starts_with(level)));
    assert_eq!(said.status.code(), Some(worst.map_or(0, |at| 2 - i32::try_from(at).unwrap())));
    assert!(said.stderr.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
    (said.status.code(), lines)
}

/// Checks that one line begins and goes on like this.
pub(super) fn says(lines: &[String], begins: &str, holds: &str) {
    let found = lines.iter().any(|line| line.starts_with(begins) && line.contains(holds));
    assert!(found, "no line says \"{begins} … {holds}\" in {lines:#?}");
}

fn problems(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| line.starts_with("problem")).collect()
}

/// A folder that a Kairo has used, with nobody running.
fn used(test: &str) -> Data {
    let data = Data::new(test);
    let mut serve = data.serve();
    serve.is_up();
    kill_process(serve.pid(), Signal::TERM).unwrap();
    assert!(serve.end().0.success());
    data
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Everything that a look could change.
fn tree(folder: &Path) -> Vec<(String, u32, i64, i64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let meta = entry.metadata().unwrap();
        let name = entry.path().display().to_string();
        found.push((name, meta.mode(), meta.mtime(), meta.mtime_nsec()));
        if meta.is_dir() && entry.file_name() != "pg" {
            found.extend(tree(&entry.path()));
        }
    }
    found.sort();
    found
}

// Goal: a sound Kairo that runs has no problem, each thing was looked at, and the text form has one
// line a finding.
#[test]
fn a_sound_kairo_has_no_problem() {
    let data = Data::new("doc-sound");
    let mut serve = data.serve();
    let port = serve.is_up();
    let (_, lines) = doctor(&data, &[]);
    assert_eq!(problems(&lines), Vec::<&String>::new());
    for (begins, holds) in [
        ("ok configuration", ""),
        ("ok data folder", "belongs to Kairo alone"),
        ("ok keys", "can be read by Kairo alone"),
        ("ok keys", "the database was sealed with this ring"),
        ("ok certificate", "is valid until"),
        ("ok address", &format!("https://localhost:{port}")),
        ("ok mail", "outbox"),
        ("ok postgresql", " in /"),
        ("ok database", ""),
        ("ok migrations", ""),
        ("ok policies", ""),
        ("ok clock", ""),
    ] {
        says(&lines, begins, holds);
    }
    let mut text = Command::new(env!("CARGO_BIN_EXE_kairo"));
    text.arg("doctor").env("KAIRO_DATA_DIR", &data.0).env("KAIRO_LISTEN", "127.0.0.1:0");
    let text = String::from_utf8(text.output().unwrap().stdout).unwrap();
    assert_eq!(text.lines().count(), lines.len(), "{text}");
    assert!(text.lines().all(|line| line.split_whitespace().count() > 2), "{text}");
}

// Goal: open modes, links and a foreign owner are told one by one, and a look changes nothing.
#[test]
fn an_open_folder_is_told() {
    let data = used("doc-folder");
    let inside = |name: &str| data.0.join(name);
    mode(&data.0, 0o755);
    mode(&inside("keys"), 0o750);
    mode(&inside("tls/key.pem"), 0o644);
    fs::remove_dir_all(inside("outbox")).unwrap();
    std::os::unix::fs::symlink("/tmp", inside("outbox")).unwrap();
    let before = tree(&data.0);
    let (code, lines) = doctor(&data, &[]);
    assert_eq!((code, tree(&data.0)), (Some(2), before));
    says(&lines, "problem data folder", "is open to others (mode 755). Run: chmod 711");
    says(&lines, "problem data folder", "keys is open to others (mode 750). Run: chmod 700");
    says(&lines, "problem data folder", "key.pem is open to others (mode 644). Run: chmod 600");
    says(&lines, "problem data folder", "outbox is a link");
    says(&lines, "warning database", "not running");
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(inside("run"), Some(12_345), None).unwrap();
        says(&doctor(&data, &[]).1, "problem data folder", "belongs to user id 12345");
        says(&lines, "warning account", "root");
    }
}

// Goal: a folder that is not there yet is no problem, and is not made.
#[test]
fn a_new_folder_is_not_made() {
    let data = Data::new("doc-new");
    let (code, lines) = doctor(&data, &[("KAIRO_SERVICE_HOST", "10.0.0.1".to_owned())]);
    assert_eq!((code, data.0.exists()), (Some(1), false));
    says(&lines, "warning data folder", "is not there");
    says(&lines, "warning keys", "is not there");
    says(&lines, "warning certificate", "none yet");
    says(&lines, "warning environment", "KAIRO_SERVICE_HOST is no setting");
}

// Goal: a lost, damaged or foreign ring is told, also while a Kairo runs that still has its own.
#[test]
fn a_wrong_ring_is_told() {
    let (data, other) = (Data::new("doc-ring"), used("doc-ring-other"));
    let mut serve = data.serve();
    serve.is_up();
    let ring = data.0.join("keys/ring");
    let own = fs::read(&ring).unwrap();
    fs::copy(other.0.join("keys/ring"), &ring).unwrap();
    says(&doctor(&data, &[]).1, "problem keys", "sealed with another key ring");
    fs::write(&ring, "cut").unwrap();
    let (_, lines) = doctor(&data, &[]);
    says(&lines, "problem keys", "holds no valid key ring");
    says(&lines, "problem keys", "sealed with a key ring that cannot be read here");
    fs::write(&ring, &own).unwrap();
    mode(&ring, 0o640);
    says(&doctor(&data, &[]).1, "problem keys", "can be read by others (mode 640)");
    fs::remove_file(&ring).unwrap();
    says(&doctor(&data, &[]).1, "warning keys", "holds no key ring");
}

// Goal: a schema that is behind, and one that no longer keeps people apart, are told under a
// running Kairo, each with what to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_database_is_told() {
    let data = Data::new("doc-db");
    let mut serve = data.serve();
    serve.is_up();
    let node = fs::read_to_string(data.0.join("run/node.json")).unwrap();
    let node: Value = serde_json::from_str(&node).unwrap();
    let socket = node.get("socket_dir").unwrap().as_str().unwrap();
    let host = Host::connect(pg_config(Path::new(socket), "kairo_super", "kairo")).await.unwrap();
    host.execute("GRANT kairo_owner TO kairo_app").await.unwrap();
    let (_, lines) = doctor(&data, &[]);
    says(&lines, "problem policies", "kairo_app");
    host.execute("REVOKE kairo_owner FROM kairo_app").await.unwrap();
    let last = "DELETE FROM ops.migrations WHERE name = (SELECT max(name) FROM ops.migrations)";
    host.execute(last).await.unwrap();
    let (code, lines) = doctor(&data, &[]);
    says(&lines, "problem migrations", "lacks the migration");
    says(&lines, "problem migrations", "Run: kairo migrate");
    says(&lines, "ok policies", "");
    assert_eq!(code, Some(2));
}

// Goal: a certificate that has ended, ends soon, is for another name or whose key is open is told.
#[test]
fn a_poor_certificate_is_told() {
    let (data, files) = (Data::new("doc-tls"), Data::new("doc-tls-files"));
    let now = Clock::system().now();
    let days = |days: i64| now + SignedDuration::from_hours(24 * days);
    let made = |made_at| {
        let _former = fs::remove_dir_all(&files.0);
        tls::development(&files.0, made_at).unwrap();
        let text = |name: &str| files.0.join(name).display().to_string();
        vec![("KAIRO_TLS_CERT", text("cert.pem")), ("KAIRO_TLS_KEY", text("key.pem"))]
    };
    let settings = made(days(0));
    says(&doctor(&data, &settings).1, "ok certificate", "is valid until");
    mode(&files.0.join("key.pem"), 0o640);
    says(&doctor(&data, &settings).1, "problem certificate", "can be read by others");
    let mut elsewhere = made(days(0));
    elsewhere.extend([
        ("KAIRO_PUBLIC_ORIGIN", "https://kairo.example.com".to_owned()),
        ("KAIRO_SMTP_URL", "smtps://u:secret@mail.example.com:465".to_owned()),
        ("KAIRO_MAIL_FROM", "Kairo <k@example.com>".to_owned()),
    ]);
    let (_, lines) = doctor(&data, &elsewhere);
    says(&lines, "problem certificate", "is not for kairo.example.com");
    says(&lines, "warning address", "Set KAIRO_TRUSTED_PROXIES");
    says(&lines, "ok mail", "as Kairo <k@example.com>");
    assert!(!lines.concat().contains("secret"), "{lines:#?}");
    // Made for 396 days.
    says(&doctor(&data, &made(days(-376))).1, "warning certificate", "ends on");
    assert!(!doctor(&data, &made(days(-374))).1.concat().contains("ends on"));
    says(&doctor(&data, &made(days(-400))).1, "problem certificate", "and not now");
    fs::write(files.0.join("cert.pem"), "nonsense").unwrap();
    says(&doctor(&data, &settings).1, "problem certificate", "no certificate in PEM");
}

// Goal: a configuration that cannot be used, a taken address, missing programs and a low limit of
// open files are told.
#[test]
fn what_a_start_would_meet_is_told() {
    let data = Data::new("doc-start");
    let one = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    let (code, lines) = doctor(&data, &one("KAIRO_LISTEN", "localhost"));
    says(&lines, "problem configuration", "KAIRO_LISTEN");
    assert_eq!((code, lines.len()), (Some(2), 1));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|at| (at, taken)).unwrap();
    let (_, lines) = doctor(&data, &one("KAIRO_LISTEN", &taken.0.to_string()));
    says(&lines, "problem address", "cannot listen on");
    let (_, lines) = doctor(&data, &one("KAIRO_POSTGRES_BIN", "/nowhere"));
    says(&lines, "problem postgresql", "KAIRO_POSTGRES_BIN");
    let program = env!("CARGO_BIN_EXE_kairo");
    let mut low = Command::new("sh");
    low.args(["-c", &format!("ulimit -n 512 && exec {program} doctor")]);
    let low = low.env("KAIRO_DATA_DIR", &data.0).output().unwrap();
    let low = String::from_utf8(low.stdout).unwrap();
    assert!(low.contains("512 may be open at once") && low.contains("LimitNOFILE"), "{low}");
}
