//! Kairo through PgBouncer: served from where each transaction has another session of the server,
//! and refused where prepared statements would get lost.
//!
//! `KAIRO_PGBOUNCER` and `KAIRO_PGBOUNCER_OLD` name the programs: 1.21 or later, and one before it.
//! `cargo xtask test` makes them and runs these tests in a step of its own, or says why not; the
//! default filter of nextest leaves them out.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::client::Client;
use super::external::{Server, kairo, refused};
use super::program::Data;

/// A pooler before a server; ends with the value.
struct Pooler {
    child: Child,
    port: u16,
}

impl Pooler {
    /// Starts one in transaction mode with two connections to the server a role, so that every
    /// session of the server is everybody's.
    fn start(program: &str, server: &Server, keys: &Data, more: &str) -> Self {
        let program = std::env::var(program)
            .unwrap_or_else(|_| panic!("{program} names no program; run cargo xtask test"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = server.root().join(format!("pooler-{port}"));
        fs::create_dir_all(&root).unwrap();
        let kept = fs::read_to_string(keys.0.join("keys/database")).unwrap();
        let mut users = "\"kairo_admin\" \"correct horse\"\n".to_owned();
        for role in kairo::db::external::RUNTIME_ROLES {
            let password = kept.split(&format!("\"{role}\"")).nth(1).unwrap();
            let password = password.split('"').find(|it| it.len() > 20).unwrap();
            users.push_str(&format!("\"{role}\" \"{password}\"\n"));
        }
        fs::write(root.join("users.txt"), users).unwrap();
        let (to, at) = (server.port(), root.display());
        let settings = format!(
            "[databases]\nkairo = host=127.0.0.1 port={to} dbname=kairo\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {at}/users.txt\nserver_tls_sslmode = require\n\
             pool_mode = transaction\ndefault_pool_size = 2\nlogfile = {at}/log\n{more}\n"
        );
        fs::write(root.join("pgbouncer.ini"), settings).unwrap();
        // Where it was built, the user that it runs as may not reach it.
        fs::copy(program, root.join("pgbouncer")).unwrap();
        server.own();
        let mut command = server.as_owner(&root.join("pgbouncer"));
        command.arg("-q").arg(root.join("pgbouncer.ini"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let pooler = Self { child, port };
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        pooler
    }

    /// The settings of a node that comes through it; the way lies on this machine.
    fn settings(&self, keys: &Data) -> Vec<(&'static str, String)> {
        let at = format!("127.0.0.1:{}/kairo?sslmode=disable", self.port);
        let url = format!("postgresql://kairo_admin:correct%20horse@{at}");
        let keys = format!("file:{}", keys.0.join("keys").display());
        vec![("KAIRO_DATABASE_URL", url), ("KAIRO_KEYS", keys)]
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

// Goal: two nodes serve through a pooler in transaction mode whose sessions everybody shares:
// nobody sees another's items, and the checks of the Security page find a node that leads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_serve_through_a_pooler() {
    let server = Server::prepared("pool").await;
    let (a, b, keys) = (Data::new("pool-a"), Data::new("pool-b"), Data::new("pool-keys"));
    let straight = server.settings(&keys);
    assert!(kairo(&a, &straight, &["migrate"]).0);
    let pooler = Pooler::start("KAIRO_PGBOUNCER", &server, &keys, "max_prepared_statements = 200");
    let settings = pooler.settings(&keys);
    refused(&a, &settings, "migrate", "this command needs the server itself");
    let (mut node_a, mut node_b) = (a.serve_with(&settings), b.serve_with(&settings));
    let (port_a, port_b) = (node_a.is_up(), node_b.is_up());
    let token = |email: &str| {
        let (well, said) = kairo(&a, &straight, &["token", "create", "--email", email]);
        assert!(well, "{said}");
        said.lines().find(|line| line.starts_with("kt1_")).unwrap().to_owned()
    };
    let ana = Client::new(&a, port_a, &token("ana@example.org"));
    let ben = Client::new(&b, port_b, &token("ben@example.org"));
    for n in 0..10 {
        let (one, two) = (format!("ana{n}"), format!("ben{n}"));
        let (one, two) = tokio::join!(ana.capture(&one), ben.capture(&two));
        assert!(one.is_some() && two.is_some());
    }
    let (of_ana, of_ben) = tokio::join!(ana.items(), ben.items());
    assert!(of_ana.len() == 10 && of_ana.iter().all(|it| it.1.contains("ana")), "{of_ana:?}");
    assert!(of_ben.len() == 10 && of_ben.iter().all(|it| it.1.contains("ben")), "{of_ben:?}");
    let host = server.superuser("kairo").await;
    while host.query("SELECT FROM trust.evidence LIMIT 1", &[]).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

// Goal: a pooler that does not carry prepared statements along is refused with what to do, whether
// it refuses start-up options or drops them, and whether it is old or told to forget.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgetful_pooler_is_refused() {
    let server = Server::prepared("forget").await;
    let (a, keys) = (Data::new("forget-a"), Data::new("forget-keys"));
    assert!(kairo(&a, &server.settings(&keys), &["migrate"]).0);
    for (program, more) in [
        ("KAIRO_PGBOUNCER_OLD", ""),
        ("KAIRO_PGBOUNCER_OLD", "ignore_startup_parameters = options"),
        ("KAIRO_PGBOUNCER", "max_prepared_statements = 0"),
    ] {
        let pooler = Pooler::start(program, &server, &keys, more);
        refused(&a, &pooler.settings(&keys), "serve", "PgBouncer 1.21 or later");
    }
}
