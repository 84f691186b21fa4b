//! Addresses and their digests.

use jiff::Timestamp;

use super::*;
use crate::limits::PEPPER_TURN_S;
use crate::web::edge::{Peer, Proxies, Source, Sources};

/// Noon of a day, some seconds on.
fn noon(and_s: i64) -> Timestamp {
    Timestamp::from_second(20_000 * 86_400 + 43_200 + and_s).unwrap()
}

fn source_at(address: &str, now: Timestamp) -> Source {
    Sources::new(&[7; 32]).of(Peer(address.parse().unwrap()), now)
}

fn source(address: &str) -> Source {
    source_at(address, noon(0))
}

// Goal: one household is one source, two are two, and a mapped address is the IPv4 one.
#[test]
fn a_source_is_a_prefix() {
    let same = [
        ("192.0.2.1:1", "192.0.2.1:2"),
        ("192.0.2.1:1", "[::ffff:192.0.2.1]:1"),
        ("192.0.2.1:1", "[64:ff9b::192.0.2.1]:1"),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff::2]:1"),
    ];
    let different = [
        ("192.0.2.1:1", "192.0.2.2:1"),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1"),
        ("0.0.0.0:1", "[::]:1"),
        // Not of the well-known prefix, but of the one beside it that a network gives itself.
        ("192.0.2.1:1", "[64:ff9b:1::192.0.2.1]:1"),
    ];
    for (one, other) in same {
        assert_eq!(source(one), source(other));
    }
    for (one, other) in different {
        assert_ne!(source(one).today.network, source(other).today.network);
    }
}

// Goal: the networks of one /48 are one site, which no network and no other site is; IPv4 has none.
#[test]
fn a_site_is_a_wider_prefix() {
    let site = |address| source(address).today.site;
    assert!(site("[2001:db8::1]:1").is_some());
    assert_eq!(site("[2001:db8::1]:1"), site("[2001:db8:0:ffff::1]:1"));
    assert_ne!(site("[2001:db8::1]:1"), site("[2001:db8:1::1]:1"));
    assert_ne!(site("[2001:db8::1]:1"), Some(source("[2001:db8::1]:1").today.network));
    assert_eq!([site("192.0.2.1:1"), site("[64:ff9b::c000:201]:1")], [None, None]);
}

// Goal: each day has a pepper of its own, and for an hour a source is known by the former, too.
#[test]
fn a_day_has_a_pepper() {
    let at = |and_s| source_at("[2001:db8::1]:1", noon(and_s));
    let turn = 43_200;
    assert_eq!(at(0), at(turn - 1));
    assert_eq!(at(0).yesterday, None);
    for and_s in [turn, turn + PEPPER_TURN_S - 1] {
        assert_eq!(at(and_s).yesterday, Some(at(0).today));
        assert_eq!(at(and_s).networks(), [at(0).today.network, at(and_s).today.network]);
    }
    let later = at(turn + PEPPER_TURN_S);
    assert_eq!((later.yesterday, later.today), (None, at(turn).today));
    assert_ne!(later.today.network, at(0).today.network);
    assert_ne!(later.today.site, at(0).today.site);
}

// Goal: peppers that are kept change nothing: at each moment the digests are those of that day,
// also where the clock goes back over a turn.
#[test]
fn a_kept_pepper_ends_with_its_day() {
    let kept = Sources::new(&[7; 32]);
    let peer = Peer("192.0.2.1:1".parse().unwrap());
    let (turn, day) = (43_200, 86_400);
    for and_s in [0, turn - 1, turn, turn + 1, turn - 1, turn + PEPPER_TURN_S, 3 * day, turn] {
        let now = noon(and_s);
        assert_eq!(kept.of(peer, now), source_at("192.0.2.1:1", now), "{and_s}");
    }
    assert_ne!(kept.of(peer, noon(turn - 1)).today, kept.of(peer, noon(turn)).today);
}

// Goal: without the pepper a digest says nothing, so another pepper gives another digest.
#[test]
fn a_digest_needs_the_pepper() {
    let peer = Peer("192.0.2.1:1".parse().unwrap());
    let other = Sources::new(&[8; 32]).of(peer, noon(0));
    assert_ne!(other.today, source("192.0.2.1:1").today);
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

/// The source of a request over `peer` with these lines of `X-Forwarded-For`.
fn forwarded(peer: &str, lines: &[&str]) -> Source {
    let proxies = ["10.0.0.0/8", "192.0.2.7/32", "2001:db8:1::/48"];
    let proxies = Proxies::new(proxies.iter().map(|net| net.parse().unwrap()).collect());
    let mut headers = axum::http::HeaderMap::new();
    for line in lines {
        headers.append("x-forwarded-for", line.parse().unwrap());
    }
    let client = proxies.client(Peer(peer.parse().unwrap()), &headers);
    Sources::new(&[7; 32]).of(client, noon(0))
}

// Goal: behind trusted proxies the client is the last address that is no proxy of ours.
#[test]
fn a_client_behind_proxies_is_itself() {
    let client = source("198.51.100.1:1");
    for (peer, lines) in [
        ("10.0.0.1:1", &["198.51.100.1"][..]),
        ("[::ffff:10.0.0.1]:1", &["198.51.100.1:50000"]),
        ("192.0.2.7:1", &["203.0.113.9, 198.51.100.1, 10.2.3.4"]),
        ("192.0.2.7:1", &["203.0.113.9", "198.51.100.1,10.2.3.4"]),
        ("[2001:db8:1::5]:1", &["::ffff:198.51.100.1"]),
    ] {
        assert_eq!(forwarded(peer, lines), client, "{peer} {lines:?}");
    }
    assert_eq!(forwarded("10.0.0.1:1", &["[2001:db8:9::1]:4"]), source("[2001:db8:9::2]:1"));
}

// Goal: nobody chooses a bucket: a stranger's header says nothing, nor what stands left of the
// first stranger, nor what is no address.
#[test]
fn a_forged_header_changes_nothing() {
    let stranger = source("198.51.100.1:1");
    for lines in [&["203.0.113.9"][..], &["127.0.0.1"], &["10.0.0.1, 127.0.0.1"], &[""]] {
        assert_eq!(forwarded("198.51.100.1:1", lines), stranger, "{lines:?}");
    }
    for lines in [&["127.0.0.1, 198.51.100.1"][..], &["203.0.113.9", "::1, 198.51.100.1"]] {
        assert_eq!(forwarded("10.0.0.1:1", lines), stranger, "{lines:?}");
    }
    let proxy = source("10.0.0.1:1");
    for lines in [&["unknown"][..], &["198.51.100.1, "], &["198.51.100.1, _hidden"], &["'"], &[]] {
        assert_eq!(forwarded("10.0.0.1:1", lines), proxy, "{lines:?}");
    }
}

// Goal: this machine is known as such in both families and when mapped; nobody else is.
#[test]
fn loopback_is_known() {
    for (address, loopback) in [
        ("127.0.0.1:1", true),
        ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true),
        ("10.0.0.1:1", false),
        ("[64:ff9b::127.0.0.1]:1", false),
    ] {
        assert_eq!(source(address).loopback, loopback, "{address}");
    }
}
