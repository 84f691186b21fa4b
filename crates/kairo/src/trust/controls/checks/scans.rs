//! Looks for what must be nowhere: keys outside of their store, addresses, secrets in the log.

use std::io::{BufRead as _, BufReader};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;

use super::canary::{door, link, redeem, session, sign_out};
use super::{Observation, Told, Untold, rows};
use crate::trust::controls::catalogue::hex;
use crate::trust::controls::origin::Ask;
use crate::trust::controls::secrets;
use crate::trust::controls::subject::Subject;
use crate::trust::controls::watch::Watch;

pub(super) async fn keys_outside_database(subject: &Subject) -> Told {
    let keys = &subject.base.keys;
    let fingerprint = keys.fingerprint().map_err(|_| Untold("the ring has no print".to_owned()))?;
    let (mut violations, mut knows_ring) = (Vec::new(), false);
    let looked = rows::each(subject, |column, value| {
        knows_ring |= column == "app.key_ring.fingerprint" && value == fingerprint;
        if keys.appear_in(value) {
            violations.push(format!("a root key stands in {column}"));
        }
    });
    let looked = looked.await?;
    if !knows_ring {
        return Err(Untold("the look did not come upon the ring's fingerprint".to_owned()));
    }
    violations.dedup();
    let witness = format!("{} rows, the ring's fingerprint among them", looked.rows);
    Ok(Observation::of(looked.columns, violations, witness))
}

/// What the program's file must hold, to show that it was read.
const MARKER: &str = "kairo: this program was searched for keys";

pub(super) async fn no_keys_in_source(subject: &Subject) -> Told {
    let (subject, marker) = (subject.clone(), MARKER);
    let looked = tokio::task::spawn_blocking(move || {
        let mut found = Vec::new();
        let program = std::fs::read(&subject.program.path)
            .map_err(|_| Untold("the program's file cannot be read".to_owned()))?;
        let is_whole = program.windows(marker.len()).any(|run| run == marker.as_bytes());
        search(&subject, "the program", &program, &mut found);
        let objects = match &subject.repository {
            Some(folder) => repository(&subject, folder, &mut found)?,
            None => 0,
        };
        Ok::<_, Untold>((is_whole, objects, found))
    });
    let looked = looked.await.map_err(|_| Untold("the look was broken off".to_owned()))?;
    let (is_whole, objects, violations) = looked?;
    if !is_whole {
        return Err(Untold("the program's file is not this program".to_owned()));
    }
    let witness = format!("the program's marker was found; {objects} commits of its history");
    Ok(Observation::of(objects + 1, violations, witness))
}

fn search(subject: &Subject, place: &str, bytes: &[u8], found: &mut Vec<String>) {
    found.extend(secrets::found(bytes).map(|shape| format!("{} in {place}", shape.name)));
    if subject.base.keys.appear_in(bytes) {
        found.push(format!("a root key of this installation in {place}"));
    }
}

/// How the history is asked: every commit of every branch with the lines that it added. A line that
/// was ever there was once added.
const HISTORY: [&str; 9] = [
    "log",
    "--all",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "-c",
    "-p",
    "-U0",
    "--format=commit %H",
];

/// Searches what each commit of a repository added; gives their number.
fn repository(subject: &Subject, folder: &Path, found: &mut Vec<String>) -> Result<usize, Untold> {
    let unread = || Untold("the history could not be read".to_owned());
    let mut git = Command::new("git");
    // A work tree of another user's is read, and nothing of its configuration is run.
    git.args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false"]);
    git.arg("-C").arg(folder).args(HISTORY).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut git = git.spawn().map_err(|_| unread())?;
    let mut lines = BufReader::new(git.stdout.take().ok_or_else(unread)?);
    let (mut commit, mut added, mut commits) = (String::new(), Vec::new(), 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line).map_err(|_| unread())?;
        let begins = line.strip_prefix(b"commit ");
        if (read == 0 || begins.is_some()) && !commit.is_empty() {
            search(subject, &format!("commit {commit}"), &added, found);
            added.clear();
            commits += 1;
        }
        match begins {
            Some(id) => commit = String::from_utf8_lossy(id).trim_end().to_owned(),
            None if read == 0 => break,
            None => added.extend_from_slice(line.strip_prefix(b"+").unwrap_or_default()),
        }
    }
    match git.wait() {
        Ok(status) if status.success() => Ok(commits),
        _ => Err(unread()),
    }
}

pub(super) async fn raw_addresses(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let Some(from) = origin.own_source(&subject.base.random) else {
        return Err(Untold(
            "the listener is not reached over IPv4, so no address of its own can be taken"
                .to_owned(),
        ));
    };
    let watch = watched(subject)?;
    let mark = watch.mark();
    let ask = Ask { from: Some(from), ..Ask::post("/sign-in", "email=nobody") };
    origin.ask(&subject.tls, ask).await?;
    let link = link(subject, origin, "addresses").await?;
    let signed_in = redeem(subject, origin, &link).await?;
    if let Some(cookie) = session(origin, &signed_in) {
        sign_out(subject, origin, cookie).await?;
    }
    let text = from.to_string();
    let plain = digest::digest(&digest::SHA256, text.as_bytes());
    let (plain, plain_hex) = (plain.as_ref(), hex(plain.as_ref()));
    let mut violations = Vec::new();
    let looked = rows::each(subject, |column, value| {
        let shown = String::from_utf8_lossy(value);
        if value == plain || shown.contains(&plain_hex) {
            violations.push(format!("{column} holds the plain SHA-256 of an address"));
        } else if shown.contains(&text) || std::str::from_utf8(value).is_ok_and(has_address) {
            violations.push(format!("{column} holds an address"));
        }
    });
    let looked = looked.await?;
    let lines = watch.since(mark).ok_or_else(|| Untold("the log ran over".to_owned()))?;
    if lines.iter().any(|line| line.contains(&text)) {
        violations.push("the log holds an address".to_owned());
    }
    violations.sort();
    violations.dedup();
    let witness = format!("{} rows and {} lines of the log", looked.rows, lines.len());
    Ok(Observation::of(looked.columns, violations, witness))
}

fn watched(subject: &Subject) -> Result<&Watch, Untold> {
    let none = || Untold("only the running program sees its own log".to_owned());
    subject.watch.as_ref().ok_or_else(none)
}

/// Whether a text holds something that is an address of IPv4 or IPv6, standing by itself.
fn has_address(text: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '_' | '-');
    let words = text.split(|c: char| !is_inside(c)).map(|word| word.trim_matches(['.', ':']));
    words.filter(|word| word.contains(['.', ':'])).any(|word| word.parse::<IpAddr>().is_ok())
}

pub(super) async fn no_secrets_in_logs(subject: &Subject) -> Told {
    let origin = door(subject)?;
    let secret = || -> Result<String, Untold> {
        let bytes: [u8; 32] =
            subject.base.random.bytes().map_err(|_| Untold("no randomness".to_owned()))?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    };
    let [cookie, bearer, token, words] = [secret()?, secret()?, secret()?, secret()?];
    let watch = watched(subject)?;
    let (_, leaks_before) = watch.counts();
    let mark = watch.mark();
    let session = format!("{}=ks1_{cookie}", origin.cookie_name("__Host-kairo"));
    let bearing = format!("Bearer kt1_{bearer}");
    let asks = [
        Ask { cookie: Some(session.clone()), ..Ask::get("/") },
        Ask { headers: &[("authorization", bearing.as_str())], ..Ask::get("/api/v1/items") },
        Ask::post("/sign-in/link", format!("token=kl1_{token}")),
        Ask { cookie: Some(session), ..Ask::post("/captures", format!("text={words}")) },
    ];
    let (count, mut ids) = (asks.len(), Vec::new());
    for ask in asks {
        let ask = Ask { from: origin.own_source(&subject.base.random), ..ask };
        let answer = origin.ask(&subject.tls, ask).await?;
        ids.extend(answer.header("x-request-id").map(str::to_owned));
    }
    let lines = watch.since(mark).ok_or_else(|| Untold("the log ran over".to_owned()))?;
    let (_, leaks) = watch.counts();
    let seen = |needle: &String| lines.iter().any(|line| line.contains(needle.as_str()));
    if !ids.iter().any(seen) {
        return Err(Untold(
            "the log does not tell of requests, so nothing was looked at".to_owned(),
        ));
    }
    let secrets =
        [("a cookie", &cookie), ("a token", &bearer), ("a link", &token), ("a thought", &words)];
    let mut violations: Vec<String> = secrets
        .iter()
        .filter(|(_, value)| seen(value))
        .map(|(what, _)| format!("{what} is in the log"))
        .collect();
    if leaks > leaks_before && violations.is_empty() {
        violations.push("something shaped like a secret is in the log".to_owned());
    }
    let read = ids.iter().filter(|id| seen(id)).count();
    Ok(Observation::of(count, violations, format!("lines of {read} requests were read")))
}
