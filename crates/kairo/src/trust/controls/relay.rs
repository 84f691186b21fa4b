//! What stands in front of a scratch server: a relay that passes every byte on, and, under
//! sabotage, answers an old or weak hello itself, as a careless terminator would.
//!
//! **Invariant:** it keeps the client's loopback address towards the server, so that the server
//! still tells sources apart.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// What it does besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ails {
    /// Nothing.
    Nothing,
    /// It takes TLS 1.0.
    OldTls,
    /// It takes AES-128-CBC with static RSA.
    WeakSuite,
}

/// A running relay.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Where it listens.
    pub at: SocketAddr,
    ails: Arc<AtomicU8>,
}

impl Relay {
    /// Starts one towards a listener on this machine.
    ///
    /// # Errors
    /// No port is free.
    pub async fn to(upstream: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let relay = Self { at: listener.local_addr()?, ails: Arc::default() };
        let ails = Arc::clone(&relay.ails);
        tokio::spawn(async move {
            while let Ok((client, from)) = listener.accept().await {
                let ails = ails.load(Ordering::SeqCst);
                tokio::spawn(async move { pass(client, from, upstream, ails).await });
            }
        });
        Ok(relay)
    }

    /// From now on.
    pub fn ail(&self, ails: Ails) {
        self.ails.store(ails as u8, Ordering::SeqCst);
    }
}

/// Where a hello of [`super::checks`] has its version, and its list of one suite.
const VERSION_AT: std::ops::Range<usize> = 9..11;
const ONE_SUITE_AT: std::ops::Range<usize> = 76..80;

async fn pass(
    mut client: TcpStream,
    from: SocketAddr,
    upstream: SocketAddr,
    ails: u8,
) -> Option<()> {
    let mut hello = [0; 128];
    let seen = client.peek(&mut hello).await.ok()?;
    let hello = hello.get(..seen)?;
    let answer = if ails == Ails::OldTls as u8 && hello.get(VERSION_AT) == Some(&[3, 1]) {
        Some(server_hello([3, 1], 0xc013))
    } else if ails == Ails::WeakSuite as u8 && hello.get(ONE_SUITE_AT) == Some(&[0, 2, 0, 0x2f]) {
        Some(server_hello([3, 3], 0x002f))
    } else {
        None
    };
    if let Some(answer) = answer {
        client.write_all(&answer).await.ok()?;
        return client.shutdown().await.ok();
    }
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::new(from.ip(), 0)).ok()?;
    let mut server = socket.connect(upstream).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok().map(|_| ())
}

fn server_hello([major, minor]: [u8; 2], suite: u16) -> Vec<u8> {
    let [high, low] = suite.to_be_bytes();
    let mut body = vec![major, minor];
    body.extend([0x5a; 32]);
    body.extend([0, high, low, 0]);
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let mut record = vec![22, major, minor, 0, length + 4, 2, 0, 0, length];
    record.extend(body);
    record
}
