//! From the first start to the last.

use std::io::{BufRead, BufReader};

use super::*;
use crate::config::Node as Page;

const ROLE: &str = "KAIRO_TEST_FOLDER";

/// Runs the named test once more, in a process of its own that plays the other part: its
/// environment names the folder. The program is copied, for another user may not reach where it was
/// built.
fn play(node: &Node, test: &str, user: Option<&User>) -> Child {
    let program = node.dir.join("player");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            let (uid, gid) = (user.uid.to_string(), user.gid.to_string());
            command.args(["--reuid", &uid, "--regid", &gid, "--clear-groups", "--"]);
            command.arg(program);
            command
        }
        None => Command::new(program),
    };
    let path = format!("db::cluster::tests::life::{test}");
    command.args(["--exact", &path, "--nocapture"]).env(ROLE, node.dir.join("data"));
    command.current_dir("/").stdout(Stdio::piped()).spawn().unwrap()
}

fn part() -> Option<PathBuf> {
    std::env::var_os(ROLE).map(PathBuf::from)
}

// A new cluster answers, and answers again after each of five restarts.
#[test]
fn restarts_five_times() {
    let node = Node::new("re starts, \"ü'");
    for _ in 0..5 {
        let started = Instant::now();
        let cluster = node.start();
        let ready = started.elapsed();
        assert_eq!(ask_super(&cluster, "SELECT session_user::text"), "kairo_super");
        let started = Instant::now();
        cluster.stop().unwrap();
        eprintln!("ready {ready:?}, stopped {:?}", started.elapsed());
    }
    assert!(!socket::place(&node.folder).exists(), "the socket folder is left behind");
}

// After kill -9 of Kairo, in the middle of a statement, the next start brings the cluster back at
// once with what was committed, as a new server.
#[test]
fn comes_back_after_kill_9() {
    if let Some(folder) = part() {
        let cluster = Cluster::start(&open(&folder), &programs(), Tuning::Durable).unwrap();
        ask_super(&cluster, "SELECT pg_reload_conf()::text");
        let row = "SELECT lo_from_bytea(4711, 'kept')::text";
        ask_super(&cluster, row);
        println!("\nserver {}", cluster.server.pid().as_raw_pid());
        ask_super(&cluster, "SELECT pg_sleep(600)::text");
    }
    let node = Node::new("killed");
    let mut kairo = play(&node, "comes_back_after_kill_9", None);
    let mut lines = BufReader::new(kairo.stdout.take().unwrap()).lines();
    let server = lines.find_map(|line| line.unwrap().strip_prefix("server ")?.parse::<i32>().ok());
    sleep(Duration::from_millis(100));
    kairo.kill().unwrap();
    let started = Instant::now();
    let cluster = Cluster::start(&node.folder, &programs(), Tuning::Durable).unwrap();
    eprintln!("back {:?} after kill -9", started.elapsed());
    kairo.wait().unwrap();
    assert_ne!(server, Some(cluster.server.pid().as_raw_pid()));
    assert_eq!(ask_super(&cluster, "SELECT encode(lo_get(4711), 'escape')"), "kept");
}

// The server of a killed Kairo goes by itself, without a next start.
#[test]
fn dies_with_kairo() {
    if let Some(folder) = part() {
        let cluster = Cluster::start(&open(&folder), &programs(), Tuning::Test).unwrap();
        println!("\nserver {}", cluster.server.pid().as_raw_pid());
        sleep(Duration::from_secs(600));
    }
    let node = Node::new("dies");
    let mut kairo = play(&node, "dies_with_kairo", None);
    let mut lines = BufReader::new(kairo.stdout.take().unwrap()).lines();
    let server = lines.find_map(|line| line.unwrap().strip_prefix("server ")?.parse::<i32>().ok());
    let proc = PathBuf::from(format!("/proc/{}", server.unwrap()));
    assert!(proc.exists());
    kairo.kill().unwrap();
    kairo.wait().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let gone = || !node.folder.pg().join("postmaster.pid").exists();
    while !gone() {
        assert!(Instant::now() < until, "the server lives on");
        sleep(POLL);
    }
}

// An ordinary user runs the whole, twice; where the tests run as root, the user is `nobody`.
#[test]
fn runs_as_an_ordinary_user() {
    let twice = |path: &Path| {
        for _ in 0..2 {
            let cluster = Cluster::start(&open(path), &programs(), Tuning::Test).unwrap();
            assert_eq!(ask_super(&cluster, "SELECT 'yes'"), "yes");
            cluster.stop().unwrap();
        }
    };
    if let Some(folder) = part() {
        assert!(!is_root());
        return twice(&folder);
    }
    let node = Node::new("ordinary");
    if !is_root() {
        return twice(node.folder.root());
    }
    let nobody = User::find("nobody").unwrap();
    std::fs::remove_dir_all(node.folder.root()).unwrap();
    let (uid, gid) = (Some(nobody.uid), Some(nobody.gid));
    std::os::unix::fs::chown(&*node.dir, uid, gid).unwrap();
    let player = play(&node, "runs_as_an_ordinary_user", Some(&nobody));
    let output = player.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

// The server outlives the thread that asked for it: its parent is a thread of its own.
#[test]
fn outlives_the_thread_that_started_it() {
    let node = Node::new("thread");
    let cluster = thread_start(&node);
    sleep(Duration::from_millis(200));
    assert!(cluster.is_running());
    assert_eq!(ask_super(&cluster, "SELECT 'yes'"), "yes");
}

fn thread_start(node: &Node) -> Cluster {
    std::thread::scope(|scope| scope.spawn(|| node.start()).join().unwrap())
}

// Two data folders are two Kairos, at once; one folder is one, and the second is told who holds it.
#[test]
fn two_folders_two_clusters() {
    let (one, two) = (Node::new("one"), Node::new("two"));
    let (first, second) = (one.start(), two.start());
    assert_ne!(first.socket_dir(), second.socket_dir());
    assert_eq!(ask_super(&second, "SELECT 'yes'"), "yes");
    let said = Cluster::start(&one.folder, &programs(), Tuning::Test).unwrap_err().to_string();
    assert!(said.contains("kairo serve (process"), "{said}");
    drop(first);
    one.start().stop().unwrap();
}

// A host command uses the node that runs, once it has published itself, and else runs its own.
#[test]
fn host_command_attaches_or_starts() {
    let node = Node::new("attach");
    let cluster = node.start();
    let page = Page { socket_dir: Some(cluster.socket_dir().to_path_buf()), ..Page::default() };
    page.publish(cluster.lock()).unwrap();
    let attached = HostCluster::attach(&node.folder, || panic!("no program is needed")).unwrap();
    assert!(matches!(attached, HostCluster::Attached(_)));
    assert_eq!(ask(&attached.pg_config("kairo_super", "postgres"), "SELECT 'yes'").unwrap(), "yes");
    cluster.stop().unwrap();
    let started = HostCluster::attach(&node.folder, || Ok(programs())).unwrap();
    assert!(matches!(started, HostCluster::Started(_)));
    assert_eq!(ask(&started.pg_config("kairo_super", "postgres"), "SELECT 'yes'").unwrap(), "yes");
}
