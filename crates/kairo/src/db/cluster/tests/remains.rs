//! Whatever a killed server leaves behind, the next start gets past it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use super::*;

fn write_pid(node: &Node, text: &str) {
    let (path, user) = (node.folder.pg().join("postmaster.pid"), node.user());
    let _ = fs::remove_file(&path);
    fs::write(&path, text).unwrap();
    chown(&path, Some(user.uid), Some(user.gid)).unwrap();
}

// A `postmaster.pid` of a process that is gone, of a stranger, of a stranger of another user, or of
// nobody at all keeps no cluster from starting, and no stranger is harmed.
#[test]
fn stale_pid_files() {
    let node = Node::new("stale");
    node.start().stop().unwrap();
    let mut gone = as_user(&node.user(), "true", &[]);
    let dead = gone.id();
    gone.wait().unwrap();
    let mut stranger = as_user(&node.user(), "sleep", &["600"]);
    for text in [dead.to_string(), stranger.id().to_string(), "1".into(), "x".into(), "".into()] {
        write_pid(&node, &format!("{text}\n/elsewhere\n"));
        node.start().stop().unwrap();
    }
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger was ended");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

// A process that has ended, and that its parent has not collected yet, is waited for.
#[test]
fn zombie_is_waited_for() {
    let node = Node::new("zombie");
    node.start().stop().unwrap();
    let mut zombie = as_user(&node.user(), "true", &[]);
    sleep(Duration::from_millis(200));
    write_pid(&node, &format!("{}\n", zombie.id()));
    let pid = rustix::process::Pid::from_raw(zombie.id().cast_signed()).unwrap();
    assert_eq!(stale::look(pid, &node.folder.pg(), &node.user()), stale::Found::Zombie);
    let collector = std::thread::spawn(move || {
        sleep(Duration::from_millis(300));
        zombie.wait().unwrap();
    });
    node.start().stop().unwrap();
    collector.join().unwrap();
}

// A server that lives on in the folder, without a Kairo, is stopped in order and not adopted.
#[test]
fn orphaned_server_is_stopped() {
    let node = Node::new("orphan");
    node.start().stop().unwrap();
    let socket_dir = socket::place(&node.folder);
    socket::prepare(&socket_dir, &node.user(), &node.folder).unwrap();
    let mut command = process::command(&programs(), &node.user(), is_root(), "KILL");
    command.arg(programs().bin().join("postgres")).arg("-D").arg(node.folder.pg());
    command.args(["-c", "listen_addresses=", "-k"]).arg(&socket_dir);
    let orphan = Server::spawn(command, &node.folder.pg()).unwrap();
    assert!(await_ready(&orphan, &node.folder.pg()).is_ok());
    let cluster = node.start();
    assert!(!orphan.is_running());
    assert_eq!(ask_super(&cluster, "SELECT 'yes'"), "yes");
}

// A server that was killed itself is noticed, and the next start recovers it.
#[test]
fn killed_server_recovers() {
    let node = Node::new("recovers");
    let cluster = node.start();
    cluster.server.signal(Signal::KILL);
    assert!(cluster.server.wait(Duration::from_secs(20)));
    assert!(!cluster.is_running());
    drop(cluster);
    assert_eq!(ask_super(&node.start(), "SELECT 'yes'"), "yes");
}

// A first start that was killed in the middle leaves nothing half-made.
#[test]
fn half_made_cluster_is_thrown_away() {
    let node = Node::new("half");
    let draft = node.folder.root().join("pg.new");
    fs::create_dir(&draft).unwrap();
    fs::write(draft.join("PG_VERSION"), "15\n").unwrap();
    assert_eq!(ask_super(&node.start(), "SELECT 'yes'"), "yes");
    assert!(!draft.exists());
}

// A folder that is no cluster, or one of another branch, is left alone and named.
#[test]
fn other_clusters_are_refused() {
    let node = Node::new("branch");
    let (pg, user) = (node.folder.pg(), node.user());
    fs::create_dir(&pg).unwrap();
    chown(&pg, Some(user.uid), Some(user.gid)).unwrap();
    let start = || Cluster::start(&node.folder, &programs(), Tuning::Test).unwrap_err();
    assert!(matches!(start(), ClusterError::NoCluster(_)));
    fs::write(pg.join("PG_VERSION"), "14\n").unwrap();
    assert!(start().to_string().contains("postgresql-14"));
}

// A socket folder that others may enter, or a link in its place, is refused: somebody else made it.
#[test]
fn socket_folder_of_somebody_else() {
    let node = Node::new("socket");
    let dir = socket::place(&node.folder);
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    let start = || Cluster::start(&node.folder, &programs(), Tuning::Test).unwrap_err();
    assert!(matches!(start(), ClusterError::SocketFolderTaken { .. }));
    fs::remove_dir(&dir).unwrap();
    std::os::unix::fs::symlink("/tmp", &dir).unwrap();
    assert!(matches!(start(), ClusterError::Folder(FolderError::NotFolder(_))));
    fs::remove_file(&dir).unwrap();
}
