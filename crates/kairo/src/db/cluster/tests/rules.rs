//! Who may connect, what is logged, which server will do.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

// Each of Kairo's roles is mapped; nobody else may connect, not even the user that runs the server.
#[test]
fn only_kairo_connects() {
    let node = Node::new("peer");
    let cluster = node.start();
    for role in &ROLES[1..] {
        for other in ["postgres", "template1"] {
            let said = ask(&cluster.pg_config(role, other), "SELECT 'yes'").unwrap_err();
            let message = said.as_db_error().unwrap().message();
            assert!(message.contains("no pg_hba.conf entry"), "{role}: {message}");
        }
        let said = ask(&cluster.pg_config(role, "kairo"), "SELECT 'yes'").unwrap_err();
        // The map lets it pass; the migrations have not made the role yet.
        assert!(said.as_db_error().unwrap().message().contains("does not exist"), "{role}");
    }
    let said = ask(&cluster.pg_config("postgres", "postgres"), "SELECT 'yes'").unwrap_err();
    assert!(said.as_db_error().unwrap().message().contains("no pg_hba.conf entry"));
    if !is_root() {
        return;
    }
    let psql = programs().bin().join("psql").to_str().unwrap().to_owned();
    let socket = cluster.socket_dir().to_str().unwrap().to_owned();
    let args = ["-h", &socket, "-U", "kairo_super", "-c", "SELECT 1", "postgres"];
    for (name, said) in [("nobody", "Permission denied"), (&node.user().name, "authentication")] {
        let client = as_user(&User::find(name).unwrap(), &psql, &args);
        let output = client.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(said), "{name}: {error}");
    }
}

// The server listens on no address, keeps what it committed, and does not run as root.
#[test]
fn server_is_private_and_durable() {
    let node = Node::new("durable");
    let cluster = Cluster::start(&node.folder, &programs(), Tuning::Durable).unwrap();
    for (name, value) in [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("max_connections", "60"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_min_error_statement", "panic"),
    ] {
        let shown = ask_super(&cluster, &format!("SELECT current_setting('{name}')"));
        assert_eq!(shown, value, "{name}");
    }
    let pid = cluster.server.pid().as_raw_pid();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(!status.contains("Uid:\t0\t"));
    assert!(status.contains("NoNewPrivs:\t1"));
}

// What a person typed never reaches the log, though the error's code does.
#[test]
fn log_quotes_nobody() {
    let node = Node::new("log");
    let cluster = node.start();
    for sql in [
        "SELECT 'hunter22'::uuid::text",
        "SELECT hunter22",
        "SELECT 'a\n<x|y|> hunter22'::uuid::text",
    ] {
        assert!(ask(&cluster.pg_config("kairo_super", "postgres"), sql).is_err());
    }
    cluster.server.signal(Signal::INT);
    assert!(cluster.server.wait(STOP_MAX));
    let tail = cluster.server.tail();
    assert!(tail.iter().any(|line| line.sqlstate == "22P02"), "{tail:?}");
    assert!(!tail.iter().any(|line| line.text.contains("hunter22")), "{tail:?}");
}

// A line of a client's session is cut to its severity; lines that follow it go with it.
#[test]
fn log_lines() {
    let mut shown = true;
    let mut parse = |line| LogLine::parse(line, &mut shown).map(|line| line.text);
    assert_eq!(parse("no prefix yet").as_deref(), Some("no prefix yet"));
    assert_eq!(parse("<00000|postmaster|> LOG:  ready").as_deref(), Some("LOG:  ready"));
    assert_eq!(
        parse("<22P02|client backend|> ERROR:  invalid: \"x").as_deref(),
        Some("ERROR in a client backend")
    );
    assert_eq!(parse("\tsecret"), None);
    assert_eq!(parse("secret <00000|postmaster|> LOG:  y"), None);
    assert_eq!(parse("<00000|client backend|> LOG:  statement: secret"), None);
    assert_eq!(
        parse("<22P02|autovacuum worker|> ERROR:  secret").as_deref(),
        Some("ERROR in a autovacuum worker")
    );
}

// The supported releases, each with the one before it.
#[test]
fn versions() {
    let parsed = Version::parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n");
    assert_eq!(parsed, Some(Version { major: 15, minor: 18 }));
    assert_eq!(Version::parse("postgres (PostgreSQL) 19devel"), None);
    assert_eq!(Version::parse("mysqld 8.0"), None);
    for (major, first) in [(15, 14), (16, 10), (17, 6)] {
        assert!(Version { major, minor: first }.is_supported());
        assert!(!Version { major, minor: first - 1 }.is_supported());
    }
    assert!(Version { major: 18, minor: 0 }.is_supported());
    for major in [14, 19] {
        assert!(!Version { major, minor: 20 }.is_supported());
    }
}

/// A folder with a PostgreSQL that only tells its version.
fn pretend(dir: &Scratch, name: &str, version: &str) -> PathBuf {
    let bin = dir.join(name);
    fs::create_dir(&bin).unwrap();
    let tell = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
    for program in ["postgres", "initdb", "setpriv"] {
        fs::write(bin.join(program), &tell).unwrap();
        fs::set_permissions(bin.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    bin
}

// A release with known holes is refused with what to install; a named folder is the only one looked
// at.
#[test]
fn old_releases_are_refused() {
    let dir = Scratch::new("programs");
    let (old, new) = (pretend(&dir, "old", "16.9"), pretend(&dir, "new", "16.10"));
    let path = Some(new.as_os_str());
    let said = Programs::find(Some(&old), path, None).unwrap_err().to_string();
    assert!(said.contains("found: 16.9") && said.contains("16.10"), "{said}");
    assert!(said.contains("apt install"), "{said}");
    assert_eq!(Programs::find(Some(&new), path, None).unwrap().version().minor, 10);
    assert_eq!(Programs::find(None, path, Some(16)).unwrap().bin(), new);
    assert!(Programs::find(Some(&new), path, Some(17)).is_err());
    assert!(matches!(
        Programs::find(Some(&new), Some(OsStr::new("/nowhere")), None),
        Err(ClusterError::NoSetpriv)
    ));
}

// The ancestor that does not let the cluster's user pass is found and named.
#[test]
fn blocked_ancestor_is_named() {
    let dir = Scratch::new("blocked");
    let inner = dir.join("closed/open");
    fs::create_dir_all(&inner).unwrap();
    let stranger = User { name: "stranger".to_owned(), uid: 4_000_001, gid: 4_000_001 };
    assert_eq!(stranger.blocked_at(&inner), None);
    fs::set_permissions(dir.join("closed"), fs::Permissions::from_mode(0o750)).unwrap();
    assert_eq!(stranger.blocked_at(&inner), Some(dir.join("closed")));
}

// A data folder out of the cluster user's reach is refused before `initdb` says less.
#[test]
fn unreachable_data_folder() {
    let dir = Scratch::new("reach");
    fs::set_permissions(&*dir, fs::Permissions::from_mode(0o700)).unwrap();
    let started = Cluster::start(&open(&dir.join("data")), &programs(), Tuning::Test);
    match started {
        Err(ClusterError::NotReachable { ancestor, .. }) => assert_eq!(ancestor, *dir),
        Ok(_) => assert!(!is_root(), "root's cluster runs as another user"),
        Err(other) => panic!("{other}"),
    }
}

// A socket's path that Linux would cut off is refused, one byte past the limit.
#[test]
fn socket_path_length() {
    let node = Node::new("long");
    let base = "/tmp/k".len() + "/.s.PGSQL.5432".len();
    let dir = |length: usize| PathBuf::from(format!("/tmp/k{}", "x".repeat(length - base)));
    let prepare = |dir: &Path| socket::prepare(dir, &node.user(), &node.folder);
    assert!(matches!(prepare(&dir(108)), Err(ClusterError::SocketPathTooLong(_))));
    prepare(&dir(107)).unwrap();
    fs::remove_dir(dir(107)).unwrap();
}
