//! Kairo on a PostgreSQL of somebody else's: over TLS, by a migrating user without superuser.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kairo::clock::Clock;
use kairo::db::Host;
use kairo::db::cluster::Programs;
use kairo::web::edge::tls;
use tokio_postgres::Config;

use super::client::Client;
use super::doctor::{doctor, says};
use super::program::Data;

/// A PostgreSQL that is not Kairo's, with an authority of its own.
pub struct Server {
    root: PathBuf,
    port: u16,
    bin: PathBuf,
    child: Option<Child>,
}

impl Server {
    fn start(test: &str) -> Self {
        let root = PathBuf::from(format!("/tmp/kairo-pg-{test}-{}", std::process::id()));
        let _of_a_former_process = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        let programs = Programs::find(None, std::env::var_os("PATH").as_deref(), None).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        tls::development(&root.join("tls"), Clock::system().now()).unwrap();
        let mut server = Self { root, port, bin: programs.bin().to_owned(), child: None };
        server.own();
        let data = server.root.join("data");
        let initdb = ["-A", "trust", "-U", "postgres", "--no-sync", "-D"];
        let made = server.run("initdb").args(initdb).arg(&data).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let hba = "local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), hba).unwrap();
        server.child = Some(server.serve(&data));
        server
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// PostgreSQL refuses to run as root.
    pub fn own(&self) {
        if rustix::process::geteuid().is_root() {
            let done = Command::new("chown").arg("-R").arg("postgres").arg(&self.root).status();
            assert!(done.unwrap().success());
        }
    }

    fn run(&self, program: &str) -> Command {
        self.as_owner(&self.bin.join(program))
    }

    /// A program as the user that the server runs as.
    pub fn as_owner(&self, path: &Path) -> Command {
        if !rustix::process::geteuid().is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        // The server ends with the test, also where that is killed.
        command.args(["--pdeathsig=INT", "--"]).arg(path);
        command
    }

    fn serve(&self, data: &Path) -> Child {
        let mut command = self.run("postgres");
        command.arg("-D").arg(data).args(["-p", &self.port.to_string(), "-c", "ssl=on"]);
        command.args(["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"]);
        for (name, path) in [
            ("unix_socket_directories", self.root.clone()),
            ("ssl_cert_file", self.root.join("tls/cert.pem")),
            ("ssl_key_file", self.root.join("tls/key.pem")),
        ] {
            command.arg("-c").arg(format!("{name}={}", path.display()));
        }
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// As the superuser, in `database`.
    pub async fn superuser(&self, database: &str) -> Host {
        let mut config = Config::new();
        config.host_path(&self.root).port(self.port).user("postgres").dbname(database);
        for _try in 0..500 {
            match Host::connect(config.clone()).await {
                Ok(host) => return host,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
        unreachable!("the server does not start")
    }

    /// A migrating user and its database.
    pub async fn prepared(test: &str) -> Self {
        let server = Self::start(test);
        let host = server.superuser("postgres").await;
        let role = "CREATE ROLE kairo_admin LOGIN CREATEROLE PASSWORD 'correct horse'";
        for sql in [role, "CREATE DATABASE kairo OWNER kairo_admin"] {
            host.execute(sql).await.unwrap();
        }
        server
    }

    fn url(&self, password: &str, more: &str) -> String {
        let (port, ca) = (self.port, self.root.join("tls/ca.pem"));
        let ca = ca.display();
        format!("postgresql://kairo_admin:{password}@127.0.0.1:{port}/kairo?sslrootcert={ca}{more}")
    }

    /// What a node of this server is told.
    pub fn settings(&self, keys: &Data) -> Vec<(&'static str, String)> {
        fs::create_dir_all(&keys.0).unwrap();
        let keys = format!("file:{}", keys.0.join("keys").display());
        vec![("KAIRO_DATABASE_URL", self.url("correct%20horse", "")), ("KAIRO_KEYS", keys)]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let pid = rustix::process::Pid::from_child(child);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Runs a command of the host to its end; what it said, and whether it went well.
pub fn kairo(data: &Data, settings: &[(&str, String)], arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kairo"));
    command.args(arguments).env("KAIRO_DATA_DIR", &data.0).env("KAIRO_LISTEN", "127.0.0.1:0");
    let done = command.envs(settings.iter().map(|(name, it)| (name, it))).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

pub fn refused(data: &Data, settings: &[(&str, String)], command: &str, words: &str) {
    let (well, said) = kairo(data, settings, &[command]);
    assert!(!well && said.contains(words), "{command}: {said}");
    assert!(!said.contains("correct"), "a password is shown: {said}");
}

// Goal: two nodes on one external server, migrated without superuser, over verified TLS: what one
// stores the other shows, and who is suspended is nobody at the next request on both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_a_server() {
    let server = Server::prepared("two").await;
    let (a, b) = (Data::new("ext-a"), Data::new("ext-b"));
    let keys = Data::new("ext-keys");
    let settings = server.settings(&keys);
    let (well, said) = kairo(&a, &settings, &["migrate"]);
    assert!(well && said.contains("Finding: catalogue functions"), "{said}");
    assert!(kairo(&a, &settings, &["migrate"]).0, "a second time");
    let (mut node_a, mut node_b) = (a.serve_with(&settings), b.serve_with(&settings));
    let (port_a, port_b) = (node_a.is_up(), node_b.is_up());
    let (well, said) = kairo(&a, &settings, &["token", "create", "--email", "ana@example.org"]);
    assert!(well, "{said}");
    let token = said.lines().find(|line| line.starts_with("kt1_")).unwrap();
    let (well, said) = kairo(&a, &[], &["token", "create", "--email", "ana@example.org"]);
    assert!(!well && said.contains("Set KAIRO_DATABASE_URL"), "{said}");
    let (at_a, at_b) = (Client::new(&a, port_a, token), Client::new(&b, port_b, token));
    let id = at_a.capture("ferns").await.unwrap();
    assert_eq!(at_b.items().await.into_iter().map(|it| it.0).collect::<Vec<_>>(), [id]);
    let host = server.superuser("kairo").await;
    host.execute("UPDATE authn.users SET suspended = true, suspended_at = now()").await.unwrap();
    for client in [at_a, at_b] {
        assert_eq!(client.ask("GET /api/v1/items", "", "").await.unwrap().0, 401);
    }
}

// Goal: a runtime role that can do more than Kairo gave it is refused, by name and with what it can
// do; when that was taken away, Kairo serves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_with_more_than_its_rights_is_refused() {
    let server = Server::prepared("strong").await;
    let (a, keys) = (Data::new("ext-strong"), Data::new("ext-strong-keys"));
    let settings = server.settings(&keys);
    assert!(kairo(&a, &settings, &["migrate"]).0);
    let host = server.superuser("kairo").await;
    for (sabotage, mend, fact) in [
        ("ALTER ROLE kairo_app BYPASSRLS", "NOBYPASSRLS", "bypasses row-level security"),
        ("ALTER ROLE kairo_login SUPERUSER", "NOSUPERUSER", "is superuser"),
        ("ALTER ROLE kairo_worker CREATEROLE", "NOCREATEROLE", "makes roles"),
        ("ALTER ROLE kairo_app CREATEDB", "NOCREATEDB", "makes databases"),
        ("ALTER ROLE kairo_support REPLICATION", "NOREPLICATION", "replicates"),
        ("GRANT kairo_owner TO kairo_app", "", "is a member of kairo_owner"),
        ("GRANT pg_read_all_data TO kairo_support", "", "is a member of pg_read_all_data"),
    ] {
        host.execute(sabotage).await.unwrap();
        refused(&a, &settings, "serve", fact);
        refused(&a, &settings, "migrate", fact);
        let (altered, power) = sabotage.rsplit_once(' ').unwrap();
        let granted = altered.replace("GRANT", "REVOKE").replace(" TO", " FROM");
        let mend = if mend.is_empty() {
            format!("{granted} {power}")
        } else {
            format!("{altered} {mend}")
        };
        host.execute(&mend).await.unwrap_or_else(|error| panic!("{mend}: {error}"));
    }
    a.serve_with(&settings).is_up();
    host.execute("ALTER TABLE app.items OWNER TO kairo_app").await.unwrap();
    refused(&a, &settings, "serve", "kairo_app owns app.items");
}

// Goal: whatever does not belong together is refused with what to do: a server that was not
// migrated, another Kairo's keys, a wrong password, an authority that nobody named, a schema that
// is behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_belong_together_is_refused() {
    let server = Server::prepared("other").await;
    let (a, keys, others) = (Data::new("ext-o"), Data::new("ext-o-keys"), Data::new("ext-o-other"));
    let settings = server.settings(&keys);
    refused(&a, &settings, "serve", "Run: kairo migrate");
    let with = |url: String| vec![("KAIRO_DATABASE_URL", url), settings[1].clone()];
    refused(
        &a,
        &with(server.url("wrong", "")),
        "migrate",
        "cannot sign in to PostgreSQL as kairo_admin",
    );
    let unnamed = server.url("correct%20horse", "").replace("sslrootcert=", "application_name=");
    refused(&a, &with(unnamed), "migrate", "invalid peer certificate");
    assert!(kairo(&a, &settings, &["migrate"]).0);
    let foreign = server.settings(&others);
    refused(&a, &foreign, "migrate", "it belongs to another Kairo");
    refused(&a, &foreign, "serve", "Run: kairo migrate");
    fs::copy(keys.0.join("keys/database"), others.0.join("keys/database")).unwrap();
    refused(&a, &foreign, "serve", "there is no key ring");
    refused(&a, &foreign, "migrate", "there is no key ring");
    let host = server.superuser("kairo").await;
    host.execute("ALTER ROLE kairo_login PASSWORD 'another'").await.unwrap();
    refused(&a, &settings, "serve", "does not take the password that the keys here hold for");
    refused(&a, &settings, "migrate", "does not take the password that the keys here hold for");
    let file = fs::read_to_string(keys.0.join("keys/database")).unwrap();
    fs::write(keys.0.join("keys/database"), file.replace("true", "false")).unwrap();
    assert!(kairo(&a, &settings, &["migrate"]).0, "a migration that was cut off is finished");
    let last = "DELETE FROM ops.migrations WHERE name = (SELECT max(name) FROM ops.migrations)";
    host.execute(last).await.unwrap();
    refused(&a, &settings, "serve", "the database lacks the migration");
}

// Goal: the doctor looks at an external server as the runtime roles: before it was migrated, after,
// and when it is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_looks_at_it() {
    let server = Server::prepared("doctor").await;
    let (a, keys) = (Data::new("ext-doc"), Data::new("ext-doc-keys"));
    let settings = server.settings(&keys);
    let (_, lines) = doctor(&a, &settings);
    says(&lines, "problem database", "Run: kairo migrate");
    assert!(kairo(&a, &settings, &["migrate"]).0);
    let (_, lines) = doctor(&a, &settings);
    for check in ["database", "migrations", "policies", "clock"] {
        says(&lines, &format!("ok {check}"), "");
    }
    says(&lines, "ok keys", "sealed with this ring");
    says(&lines, "warning server", "A superuser ends it with");
    assert!(!lines.concat().contains("correct"), "{lines:#?}");
    let host = server.superuser("kairo").await;
    host.execute("ALTER ROLE kairo_app BYPASSRLS").await.unwrap();
    says(&doctor(&a, &settings).1, "problem policies", "bypasses row-level security");
    let nobody =
        format!(":{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let away = settings[0].1.replace(&format!(":{}/", server.port), &nobody);
    let away = [("KAIRO_DATABASE_URL", away), settings[1].clone()];
    says(&doctor(&a, &away).1, "problem database", "does not let kairo_worker in");
}
