//! Addresses and their digests.

use super::*;
use crate::web::edge::{Peer, Source, Sources};

fn source(address: &str) -> Source {
    Sources::new(&[7; 32]).of(Peer(address.parse().unwrap()))
}

// Goal: one household is one source, two are two, and a mapped address is the IPv4 one.
#[test]
fn a_source_is_a_prefix() {
    let same = [
        ("192.0.2.1:1", "192.0.2.1:2"),
        ("192.0.2.1:1", "[::ffff:192.0.2.1]:1"),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff::2]:1"),
    ];
    let different = [
        ("192.0.2.1:1", "192.0.2.2:1"),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1"),
        ("0.0.0.0:1", "[::]:1"),
    ];
    for (one, other) in same {
        assert_eq!(source(one), source(other));
    }
    for (one, other) in different {
        assert_ne!(source(one).digest, source(other).digest);
    }
}

// Goal: without the pepper a digest says nothing, so another pepper gives another digest.
#[test]
fn a_digest_needs_the_pepper() {
    let peer = Peer("192.0.2.1:1".parse().unwrap());
    assert_ne!(Sources::new(&[8; 32]).of(peer).digest, source("192.0.2.1:1").digest);
}

// Goal: a raw address can neither be printed nor reach a handler.
#[tokio::test]
async fn a_raw_address_stays_at_the_edge() {
    let peer = Peer("192.0.2.1:1".parse().unwrap());
    assert_eq!(format!("{peer:?}"), "Peer(…)");
    let sees = async |request: Request| {
        let it = request.extensions();
        format!("{} {}", it.get::<Peer>().is_some(), it.get::<Source>().is_some())
    };
    let app =
        wrap(Router::new().route("/", get(sees)), EdgeState::new(settings(Bounds::default())));
    let mut request = empty(ask("GET", "/"));
    request.extensions_mut().insert(peer);
    assert_eq!(send(&app, request).await.1, "false true");
}

// Goal: this machine is known as such in both families and when mapped; nobody else is.
#[test]
fn loopback_is_known() {
    for (address, loopback) in [
        ("127.0.0.1:1", true),
        ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true),
        ("10.0.0.1:1", false),
    ] {
        assert_eq!(source(address).loopback, loopback, "{address}");
    }
}
