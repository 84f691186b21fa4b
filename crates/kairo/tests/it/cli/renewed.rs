//! `kairo serve` with an operator's certificate, which is renewed while it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use kairo::clock::Clock;
use kairo::web::edge::tls;
use rustix::process::{Signal, kill_process};

use super::client::Client;
use super::program::Data;

/// A client that trusts this authority alone: whether it is answered.
async fn reaches(data: &Data, port: u16, authority: &Path) -> bool {
    fs::copy(authority.join("ca.pem"), data.0.join("tls/ca.pem")).unwrap();
    let client = Client::new(data, port, "none");
    client.ask("GET /api/v1/items", "", "").await.is_some_and(|(status, _)| status == 401)
}

// Goal: at SIGHUP a new certificate is used, a broken one is not, and Kairo serves all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_renewed_at_a_signal() {
    let (data, files) = (Data::new("renewed"), Data::new("renewed-files"));
    let (a, b) = (files.0.join("a"), files.0.join("b"));
    for folder in [&a, &b] {
        tls::development(folder, Clock::system().now()).unwrap();
    }
    let (cert, key) = (files.0.join("cert.pem"), files.0.join("key.pem"));
    let put = |from: &Path| {
        fs::copy(from.join("cert.pem"), &cert).unwrap();
        fs::copy(from.join("key.pem"), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    };
    put(&a);
    let text = |path: &Path| path.display().to_string();
    let settings = [("KAIRO_TLS_CERT", text(&cert)), ("KAIRO_TLS_KEY", text(&key))];
    let mut serve = data.serve_with(&settings);
    let port = serve.is_up();
    assert!(reaches(&data, port, &a).await && !reaches(&data, port, &b).await);
    fs::write(&cert, "nonsense").unwrap();
    kill_process(serve.pid(), Signal::HUP).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(reaches(&data, port, &a).await);
    put(&b);
    kill_process(serve.pid(), Signal::HUP).unwrap();
    for _look in 0..100 {
        if reaches(&data, port, &b).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(reaches(&data, port, &b).await && !reaches(&data, port, &a).await);
    kill_process(serve.pid(), Signal::TERM).unwrap();
    let (status, said) = tokio::task::spawn_blocking(|| serve.end()).await.unwrap();
    assert!(status.success() && said.contains("the former one stays in use"), "{said}");
}

// Goal: a reload does not end a Kairo that has nothing to reload.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_ends_nothing() {
    let data = Data::new("hangup");
    let mut serve = data.serve();
    let port = serve.is_up();
    kill_process(serve.pid(), Signal::HUP).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let client = Client::new(&data, port, "none");
    assert_eq!(client.ask("GET /api/v1/items", "", "").await.map(|it| it.0), Some(401));
}
