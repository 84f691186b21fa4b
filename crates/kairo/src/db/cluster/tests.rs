//! The private cluster, for real: each test has a data folder and a PostgreSQL of its own.

use super::*;
use crate::config::Host;
use crate::config::host::environment;
use crate::config::scratch::Scratch;

/// A data folder of one test.
struct Node {
    dir: Scratch,
    folder: DataFolder,
}

impl Node {
    fn new(name: &str) -> Self {
        let dir = Scratch::new(name);
        let host = Host { runtime_dir: None, ..Host::current(environment()) };
        let folder = DataFolder::open(&dir.join("data"), &host).unwrap();
        Self { dir, folder }
    }

    fn start(&self) -> Cluster {
        Cluster::start(&self.folder, &programs(), Tuning::Test).unwrap()
    }
}

fn programs() -> Programs {
    Programs::find(None, std::env::var_os("PATH").as_deref(), None).unwrap()
}

fn ask(config: &tokio_postgres::Config, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
        let talk = tokio::spawn(connection);
        let row = client.query_one(sql, &[]).await?;
        drop(client);
        talk.await.unwrap()?;
        Ok(row.get(0))
    })
}

// A new cluster answers, and answers again after each of five restarts.
#[test]
fn restarts_five_times() {
    let node = Node::new("restarts");
    for _ in 0..5 {
        let started = Instant::now();
        let cluster = node.start();
        let ready = started.elapsed();
        let name = ask(&cluster.pg_config("kairo_super", "postgres"), "SELECT session_user::text");
        assert_eq!(name.unwrap(), "kairo_super");
        let started = Instant::now();
        cluster.stop().unwrap();
        eprintln!("ready {ready:?}, stopped {:?}", started.elapsed());
    }
}
