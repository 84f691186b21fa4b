//! The unit, the Dockerfile and their page: they name only settings, commands and files that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kairo::config::table;
use kairo::limits::{DRAIN_MAX, OPEN_FILES_MIN};
use kairo::meters::families;

const FILES: [&str; 4] =
    ["Dockerfile", "deploy/kairo.service", "deploy/kairo.sysusers.conf", "docs/operating.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Words of a text that begin like this and go on with capitals.
fn names(text: &str) -> BTreeSet<&str> {
    let word = |c: char| !(c.is_ascii_uppercase() || c == '_');
    text.split(word).filter(|name| name.starts_with("KAIRO_")).collect()
}

/// The commands that the program has.
fn commands() -> BTreeSet<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_kairo")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.lines().take_while(|line| !line.is_empty());
    let named = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// Values of one setting of the unit, as often as it is set.
fn unit(name: &str) -> Vec<String> {
    let unit = read("deploy/kairo.service");
    let lines = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    lines.map(str::to_owned).collect()
}

// Goal: a setting that was renamed or mistyped does not stay in a file that operators copy.
#[test]
fn every_setting_exists() {
    for name in FILES {
        let text = read(name);
        for setting in names(&text) {
            assert!(table::by_env(setting).is_some(), "{name} names {setting}");
        }
    }
    assert!(names(&read("deploy/kairo.service")).contains("KAIRO_DATA_DIR"));
    assert!(names(&read("Dockerfile")).contains("KAIRO_LISTEN"));
}

// Goal: every command that a file or the page tells somebody to run is one.
#[test]
fn every_command_exists() {
    let commands = commands();
    assert!(commands.len() > 4 && commands.contains("serve"), "{commands:?}");
    let exec = unit("ExecStart");
    assert_eq!(exec, ["/usr/local/bin/kairo serve"]);
    assert!(read("Dockerfile").contains("ENTRYPOINT [\"/usr/local/bin/kairo\"]\nCMD [\"serve\"]"));
    let page = read("docs/operating.md");
    let mut found = 0;
    for quoted in page.split('`').skip(1).step_by(2).chain(page.lines()) {
        let Some((_, words)) = quoted.rsplit_once("kairo kairo ").or(quoted.split_once("kairo "))
        else {
            continue;
        };
        // Only what is typed: a quoted command, or a line of an example.
        let typed = quoted.starts_with("kairo ")
            || ["sudo -u kairo", "docker exec", "KAIRO_DATABASE_URL="]
                .iter()
                .any(|begin| quoted.starts_with(begin));
        if !typed {
            continue;
        }
        let words = words.rsplit_once("kairo ").map_or(words, |(_, last)| last);
        let command = words.split_whitespace().next().unwrap();
        assert!(commands.contains(command), "{quoted}");
        found += 1;
    }
    assert!(found > 8, "only {found} commands were seen");
}

// Goal: the unit's bounds are not tighter than Kairo's own, and its folders are those that it is
// told of.
#[test]
fn the_unit_fits_the_program() {
    let number = |name: &str| unit(name)[0].parse::<u64>().unwrap();
    assert!(number("LimitNOFILE") >= OPEN_FILES_MIN);
    assert!(number("TimeoutStopSec") > DRAIN_MAX.as_secs() + 10);
    assert_eq!(unit("KillMode"), ["mixed"]);
    let environment = unit("Environment");
    let state = format!("KAIRO_DATA_DIR=/var/lib/{}", unit("StateDirectory")[0]);
    let run = format!("XDG_RUNTIME_DIR=/run/{}", unit("RuntimeDirectory")[0]);
    assert!(environment.contains(&state) && environment.contains(&run), "{environment:?}");
    let user = format!("u {} ", unit("User")[0]);
    assert!(read("deploy/kairo.sysusers.conf").contains(&user));
}

// Goal: what the image copies is there and is sent to the builder, it asks an address that answers,
// on the port that it listens on, and it runs as nobody's root.
#[test]
fn the_image_fits_the_repository() {
    let (docker, ignored) = (read("Dockerfile"), read(".dockerignore"));
    for kept in ignored.lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(root().join(kept).exists(), "{kept} is not there");
    }
    let workspace = read("Cargo.toml");
    for member in workspace.split("members = [").nth(1).unwrap().split('"').skip(1).step_by(2) {
        if member.starts_with("crates/") || member == "xtask" {
            let top = member.split('/').next().unwrap();
            assert!(ignored.lines().any(|line| line == format!("!{top}")), "{member} is left out");
        }
    }
    assert!(docker.contains("https://127.0.0.1:8443/readyz"));
    assert!(docker.contains("KAIRO_LISTEN=0.0.0.0:8443") && docker.contains("EXPOSE 8443"));
    let user = docker.lines().rfind(|line| line.starts_with("USER ")).unwrap();
    let id: u32 = user.trim_start_matches("USER ").split(':').next().unwrap().parse().unwrap();
    assert!(id > 0 && docker.contains(&format!("--uid {id}")));
    for secret in ["PASSWORD", "TOKEN", "SMTP_URL=", "DATABASE_URL="] {
        assert!(!docker.contains(secret), "{secret}");
    }
}

// Goal: the page's table of series names every family, and none that is not there.
#[test]
fn every_series_is_on_the_page() {
    let page = read("docs/operating.md");
    for family in families() {
        let whole = page.contains(family.name);
        let short = family.name.strip_prefix("kairo_db_pool");
        let short = short.is_some_and(|rest| page.contains(&format!("`{rest}`")));
        assert!(whole || short, "{} is not on the page", family.name);
    }
    let word = |c: char| !(c.is_ascii_lowercase() || c == '_');
    let is_series = |name: &&str| name.starts_with("kairo_") || name.starts_with("process_");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    for name in rows.flat_map(|row| row.split(word)).filter(is_series) {
        assert!(families().any(|family| family.name == name), "{name} is no series");
    }
}
