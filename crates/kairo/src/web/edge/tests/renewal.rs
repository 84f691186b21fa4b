//! A certificate renewed under a running listener, by real handshakes.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificates::Folder;
use super::*;
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::web::edge::renewal::{Looked, Renewal};
use crate::web::edge::{Proxies, listener, tls};

fn days(days: i64) -> Timestamp {
    Clock::system().now() + SignedDuration::from_hours(24 * days)
}

/// Two authorities with their certificates, and the pair that the listener is told to use.
struct Files(Folder);

impl Files {
    fn new() -> Self {
        let folder = Folder::new();
        for (name, made) in [("a", days(0)), ("b", days(0)), ("ended", days(-800))] {
            tls::development(&folder.0.join(name), made).unwrap();
        }
        Self(folder)
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.0.join(name)
    }

    fn put(&self, cert: &str, key: &str) {
        fs::write(self.at("cert.pem"), fs::read(self.at(cert).join("cert.pem")).unwrap()).unwrap();
        fs::write(self.at("key.pem"), fs::read(self.at(key).join("key.pem")).unwrap()).unwrap();
        self.mode(0o600);
    }

    fn mode(&self, mode: u32) {
        fs::set_permissions(self.at("key.pem"), fs::Permissions::from_mode(mode)).unwrap();
    }
}

async fn connect(at: SocketAddr, ca: &Path) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca.join("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(at).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn is_answered(stream: &mut TlsStream<TcpStream>) -> bool {
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut read = [0; 12];
    asked.is_ok()
        && stream.read_exact(&mut read).await.is_ok()
        && read.starts_with(b"HTTP/1.1 200")
        && stream.read(&mut [0; 4_096]).await.is_ok()
}

async fn start(files: &Files) -> (SocketAddr, Renewal) {
    files.put("a", "a");
    let (cert, key) = (files.at("cert.pem"), files.at("key.pem"));
    let (config, renewal) = Renewal::begin(cert, key, Clock::system()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let never = std::future::pending();
    tokio::spawn(listener::serve(listener, config, app(), Proxies::default(), never));
    (at, renewal)
}

// Goal: a new pair is in use from the next handshake on, and connections that are open go on.
#[tokio::test]
async fn a_new_pair_is_taken() {
    let files = Files::new();
    let (at, mut renewal) = start(&files).await;
    let mut open = connect(at, &files.at("a")).await.unwrap();
    assert!(is_answered(&mut open).await && connect(at, &files.at("b")).await.is_err());
    assert!(matches!(renewal.look(), Looked::Same));
    files.put("b", "b");
    assert!(matches!(renewal.look(), Looked::Taken));
    assert!(matches!(renewal.look(), Looked::Same));
    let mut new = connect(at, &files.at("b")).await.unwrap();
    assert!(is_answered(&mut new).await && is_answered(&mut open).await);
    assert!(connect(at, &files.at("a")).await.is_err());
}

// Goal: whatever is wrong with a new pair, the former one stays in use, and what is wrong is said;
// once it is mended it is taken.
#[tokio::test]
async fn a_broken_pair_changes_nothing() {
    let files = Files::new();
    let (at, mut renewal) = start(&files).await;
    let spoil: [(&str, &dyn Fn()); 7] = [
        ("cannot be used", &|| files.put("b", "a")),
        ("chmod go=", &|| (files.put("b", "b"), files.mode(0o644)).1),
        ("not now", &|| files.put("ended", "ended")),
        ("cert.pem", &|| fs::write(files.at("cert.pem"), "nonsense").unwrap()),
        ("cert.pem", &|| fs::write(files.at("cert.pem"), "").unwrap()),
        ("key.pem", &|| fs::write(files.at("key.pem"), "").unwrap()),
        ("key.pem", &|| fs::remove_file(files.at("key.pem")).unwrap()),
    ];
    for (says, spoil) in spoil {
        files.put("b", "b");
        spoil();
        match renewal.look() {
            Looked::Refused(error) => assert!(error.to_string().contains(says), "{error}"),
            other => panic!("{says}: {other:?}"),
        }
        assert!(is_answered(&mut connect(at, &files.at("a")).await.unwrap()).await, "{says}");
    }
    files.put("b", "b");
    assert!(matches!(renewal.look(), Looked::Taken));
    assert!(is_answered(&mut connect(at, &files.at("b")).await.unwrap()).await);
}

// Goal: a file of the largest size is read, and one byte more is refused.
#[tokio::test]
async fn large_files_are_refused() {
    let files = Files::new();
    let (_, mut renewal) = start(&files).await;
    files.put("b", "b");
    let mut text = fs::read(files.at("cert.pem")).unwrap();
    text.resize(usize::try_from(CERTIFICATE_BYTES_MAX).unwrap(), b'\n');
    fs::write(files.at("cert.pem"), &text).unwrap();
    assert!(matches!(renewal.look(), Looked::Taken));
    text.push(b'\n');
    fs::write(files.at("cert.pem"), &text).unwrap();
    assert!(
        matches!(renewal.look(), Looked::Refused(error) if error.to_string().contains("longer"))
    );
}
