//! `kairo serve` when something it stands on is gone.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use super::program::Data;

// Goal: Kairo does not outlive its database as a zombie; a supervisor sees that it failed.
#[test]
fn ends_with_its_database() {
    let data = Data::new("killed");
    let mut serve = data.serve();
    serve.is_up();
    let page = fs::read_to_string(data.0.join("pg/postmaster.pid")).unwrap();
    let postmaster = page.lines().next().unwrap().parse().unwrap();
    kill_process(Pid::from_raw(postmaster).unwrap(), Signal::KILL).unwrap();
    let (status, said) = serve.end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("PostgreSQL ended while Kairo was serving"), "{said}");
}

// Goal: a lost ring is told as that, and no other is made beside what the lost one sealed.
#[test]
fn makes_no_ring_for_a_sealed_database() {
    let data = Data::new("ring");
    let mut serve = data.serve();
    serve.is_up();
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = serve.end();
    assert!(status.success(), "{said}");
    fs::remove_file(data.0.join("keys/ring")).unwrap();
    let (status, said) = data.serve().end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("there is no key ring in "), "{said}");
    assert_eq!(fs::read_dir(data.0.join("keys")).unwrap().count(), 0);
}

// Goal: a Kairo whose output nobody reads serves all the same.
#[test]
fn outlives_the_reader_of_its_output() {
    let data = Data::new("unread");
    let mut serve = data.serve();
    serve.stop_reading();
    let node = data.0.join("run/node.json");
    for _look in 0..600 {
        if node.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // It is published just before the first line.
    std::thread::sleep(std::time::Duration::from_millis(500));
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = serve.end();
    assert!(status.success(), "{status}: {said}");
}
