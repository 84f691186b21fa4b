//! The relay that ails in front of a scratch server, and the hellos that it answers.

use std::net::{IpAddr, Ipv4Addr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};

use crate::trust::controls::relay::{Ails, Relay};

// Goal: a relay passes bytes on, and keeps the address that they came from.
#[tokio::test]
async fn a_relay_keeps_the_source() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = Relay::to(server.local_addr().unwrap()).await.unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    let source = IpAddr::V4(Ipv4Addr::new(127, 9, 8, 7));
    socket.bind((source, 0).into()).unwrap();
    let mut client = socket.connect(relay.at).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let (mut served, from) = server.accept().await.unwrap();
    assert_eq!(from.ip(), source);
    let mut heard = [0; 5];
    served.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"hello");
}

// Goal: it answers an old hello itself only while it ails.
#[tokio::test]
async fn a_relay_ails_only_when_told() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = Relay::to(server.local_addr().unwrap()).await.unwrap();
    relay.ail(Ails::OldTls);
    let mut client = tokio::net::TcpStream::connect(relay.at).await.unwrap();
    let mut old = vec![22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 1];
    old.resize(105, 0);
    client.write_all(&old).await.unwrap();
    let mut head = [0; 6];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!((head[0], head[5]), (22, 2));
}
