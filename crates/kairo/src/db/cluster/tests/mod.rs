//! The private cluster, for real: each test has a data folder and a PostgreSQL of its own.

mod life;
mod remains;
mod rules;

use std::path::PathBuf;
use std::process::{Child, Stdio};

use super::*;
use crate::config::OsAccount;
use crate::config::os_account::environment;
use crate::config::scratch::Scratch;

/// A node of one test.
struct Node {
    dir: Scratch,
    folder: DataFolder,
}

impl Node {
    fn new(name: &str) -> Self {
        let dir = Scratch::new(name);
        let folder = open(&dir.join("data"));
        Self { dir, folder }
    }

    fn start(&self) -> Cluster {
        let path = std::env::var_os("PATH");
        let programs = Programs::for_folder(&self.folder, None, path.as_deref()).unwrap();
        Cluster::start(&self.folder, &programs, Tuning::Test).unwrap()
    }

    fn user(&self) -> User {
        User::of_cluster(&self.folder).unwrap()
    }
}

impl Drop for Node {
    /// A player that was killed could not remove its socket folder.
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(socket::place(&self.folder));
    }
}

fn open(path: &Path) -> DataFolder {
    let account = OsAccount { runtime_dir: None, ..OsAccount::current(environment()) };
    DataFolder::open(path, &account).unwrap()
}

fn programs() -> Programs {
    Programs::find(None, std::env::var_os("PATH").as_deref(), None).unwrap()
}

fn is_root() -> bool {
    OsAccount::current(std::iter::empty()).is_root()
}

/// One text from the database.
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

fn ask_super(cluster: &Cluster, sql: &str) -> String {
    ask(&cluster.pg_config("kairo_super", "postgres"), sql).unwrap()
}

/// A process of the user that runs the cluster.
fn as_user(user: &User, program: &str, args: &[&str]) -> Child {
    let mut command = process::command(&programs(), user, is_root(), "KILL");
    command.arg(program).args(args).current_dir("/");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
