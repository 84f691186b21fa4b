//! Buckets: their rate, their memory, and what is exempt.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

use super::*;
use crate::accounts::sources::{Bucket, Digests};
use crate::limits::{ADDRESSES_MAX, SITE_TIMES};
use crate::web::edge::{Peer, Rate, Source, Sources, Throttle};

const TINY: Rate = Rate { per_minute: 60, burst: 3 };
const NOON_S: i64 = 20_000 * 86_400 + 43_200;

fn source_of(address: IpAddr, at_s: i64) -> Source {
    let now = Timestamp::from_second(at_s).unwrap();
    Sources::new(&[7; 32]).of(Peer((address, 1).into()), now)
}

fn source(at: u32) -> Source {
    source_of(Ipv4Addr::from_bits(at).into(), NOON_S)
}

/// Network `network` of site `site`.
fn source_v6(site: u32, network: u16) -> Source {
    let prefix = (0x2001 << 112) | (u128::from(site) << 80) | (u128::from(network) << 64);
    source_of(Ipv6Addr::from_bits(prefix).into(), NOON_S)
}

fn bounds() -> Bounds {
    Bounds {
        address_per_minute: 60,
        address_burst: 3,
        sign_in_per_minute: 1,
        ai_per_minute: 1,
        ..Bounds::default()
    }
}

// Goal: a burst passes, one more waits as long as it is told, and then passes.
#[test]
fn one_past_the_burst() {
    let hand = Hand::default();
    let throttle = Throttle::new(TINY, 100, hand.ticks());
    for _ in 0..3 {
        assert_eq!(throttle.admit(&source(1)), Ok(()));
    }
    assert_eq!(throttle.admit(&source(1)), Err(1));
    assert_eq!(throttle.admit(&source(2)), Ok(()), "another source has its own bucket");
    hand.forward(Duration::from_secs(1));
    assert_eq!(throttle.admit(&source(1)), Ok(()));
    assert_eq!(throttle.admit(&source(1)), Err(1));
}

// Goal: 429 carries Retry-After, and nothing below the throttle runs.
#[tokio::test]
async fn a_throttled_source_is_told_how_long() {
    let app = app_within(bounds());
    for _ in 0..3 {
        assert_eq!(send(&app, empty(ask("GET", "/"))).await.0.status.as_u16(), 200);
    }
    let (parts, _) = send(&app, empty(ask("GET", "/panics"))).await;
    assert_eq!((parts.status.as_u16(), header(&parts, "retry-after")), (429, "1"));
}

// Goal: a page's assets and the probes cost nothing.
#[tokio::test]
async fn assets_and_probes_are_exempt() {
    let app = app_within(bounds());
    for path in [assets::asset("app.css"), "/healthz", "/readyz"] {
        for _ in 0..5 {
            assert_eq!(send(&app, empty(ask("GET", path))).await.0.status.as_u16(), 200, "{path}");
        }
    }
}

// Goal: sign-in posts and those that may ask a model have a bucket each, looking at the form uses
// up none, and a route may answer a refusal by itself.
#[tokio::test]
async fn some_routes_are_stricter() {
    let edge = EdgeState::new(settings(Bounds { address_burst: 30, ..bounds() }));
    let route = |path| Router::new().route(path, get(async || "form").post(async || "in"));
    let routes = Router::new()
        .merge(edge.strict(Bucket::SignIn, route("/sign-in")))
        .merge(edge.strict(Bucket::Ai, route("/api/v1/captures")))
        .merge(edge.strict_or(Bucket::Ai, route("/captures"), |_, _| {
            Box::pin(async { Ok("kept".into_response()) })
        }));
    let app = wrap(routes, edge);
    let posts = [("/sign-in", 200), ("/api/v1/captures", 200), ("/sign-in", 429)];
    for (path, status) in posts.into_iter().chain([("/api/v1/captures", 429)]) {
        assert_eq!(send(&app, empty(ask("GET", path))).await.0.status.as_u16(), 200);
        let (parts, _) = send(&app, empty(ask("POST", path))).await;
        assert_eq!(parts.status.as_u16(), status, "{path}");
        assert_eq!(header(&parts, "retry-after"), if status == 429 { "60" } else { "" });
    }
    assert_eq!(send(&app, empty(ask("POST", "/captures"))).await.1, "kept");
}

// Goal: what is throttled is answered before a byte of its body came.
#[tokio::test]
async fn a_refusal_reads_no_body() {
    let edge = EdgeState::new(settings(Bounds { address_burst: 30, ..bounds() }));
    let echo = Router::new().route("/echo", post(async |body: Bytes| body.len().to_string()));
    let app = wrap(Router::new().merge(edge.strict(Bucket::Ai, echo)), edge);
    let never = || Body::from_stream(futures_util::stream::pending::<Result<Bytes, axum::Error>>());
    assert_eq!(send(&app, empty(ask("POST", "/echo"))).await.1, "0");
    let (parts, _) = send(&app, ask("POST", "/echo").body(never()).unwrap()).await;
    assert_eq!(parts.status.as_u16(), 429);
}

// Goal: the networks of one IPv6 site have eight times a network's share together, and not more;
// one that is refused uses up nothing of it.
#[test]
fn a_site_has_a_share() {
    let throttle = Throttle::new(TINY, 1_000, Hand::default().ticks());
    for _ in 0..3 {
        assert_eq!(throttle.admit(&source_v6(1, 0)), Ok(()));
    }
    for _ in 0..100 {
        assert_eq!(throttle.admit(&source_v6(1, 0)), Err(1));
    }
    let passed = (1..100).filter(|network| throttle.admit(&source_v6(1, *network)).is_ok());
    assert_eq!(passed.count(), usize::try_from(3 * SITE_TIMES).unwrap() - 3);
    assert_eq!(throttle.admit(&source_v6(1, 100)), Err(1));
    assert_eq!(throttle.admit(&source_v6(2, 0)), Ok(()), "another site has its own share");
}

// Goal: a turn of the pepper empties nobody's bucket, nor does the end of the hour after it.
#[test]
fn a_turn_gives_no_second_share() {
    let throttle = Throttle::new(TINY, 100, Hand::default().ticks());
    let at = |s| source_of(Ipv4Addr::LOCALHOST.into(), NOON_S + 43_200 + s);
    for s in [-2, -1, 0] {
        assert_eq!(throttle.admit(&at(s)), Ok(()));
    }
    assert_eq!(throttle.admit(&at(1)), Err(1));
    let other = |s| source_of(Ipv4Addr::BROADCAST.into(), NOON_S + 43_200 + s);
    for s in [3_597, 3_598, 3_599] {
        assert_eq!(throttle.admit(&other(s)), Ok(()));
    }
    assert_eq!(throttle.admit(&other(3_600)), Err(1));
}

/// The same, without the work of a digest.
fn stranger(at: u64, has_site: bool) -> Source {
    let mut network = [0; 32];
    for part in network.chunks_mut(8) {
        part.copy_from_slice(&at.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    }
    let today = Digests { network, site: has_site.then_some(network) };
    Source { today, yesterday: None, loopback: false }
}

// Goal: a million addresses, of IPv4 or each of an IPv6 site of its own, leave no more behind than
// the bound says.
#[test]
fn a_million_addresses_stay_within_memory() {
    for has_site in [false, true] {
        let throttle = Throttle::new(TINY, ADDRESSES_MAX, Hand::default().ticks());
        let mut most = 0;
        for at in 0..1_000_000 {
            let _ = throttle.admit(&stranger(at, has_site));
            if at % 1_000 == 0 {
                most = most.max(throttle.sources());
            }
        }
        assert!(most > ADDRESSES_MAX, "only {most} were kept: no flood");
        assert!(most <= Throttle::sources_max(ADDRESSES_MAX), "{most} were kept");
    }
}

// Goal: a flood from more sources than may be remembered stays within memory, is still throttled,
// and a quiet neighbour is still served.
#[test]
fn memory_is_bounded_in_a_flood() {
    let hand = Hand::default();
    let throttle = Throttle::new(TINY, 4_000, hand.ticks());
    for at in 0..100_000 {
        let _ = throttle.admit(&source(at));
        assert!(throttle.sources() <= Throttle::sources_max(4_000));
    }
    let refused = (0..50).filter(|_| throttle.admit(&source(1)).is_err()).count();
    assert!(refused >= 47, "only {refused} of 50 were refused");
    hand.forward(Duration::from_secs(60));
    assert_eq!(throttle.admit(&source(200_000)), Ok(()));
}

// Goal: when the flood is over, sources have their own buckets again and idle ones are forgotten.
#[test]
fn the_flood_is_forgotten() {
    let hand = Hand::default();
    let throttle = Throttle::new(TINY, 4_000, hand.ticks());
    for at in 0..20_000 {
        let _ = throttle.admit(&source(at));
    }
    hand.forward(Duration::from_secs(600));
    for _ in 0..2_000 {
        let _ = throttle.admit(&source(1));
    }
    assert!(throttle.sources() < 10, "{} are remembered", throttle.sources());
}
