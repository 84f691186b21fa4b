//! Buckets: their rate, their memory, and what is exempt.

use super::*;
use crate::web::edge::{Peer, Rate, Source, Sources, Throttle};

const TINY: Rate = Rate { per_minute: 60, burst: 3 };

fn source(at: u32) -> Source {
    let address = std::net::Ipv4Addr::from_bits(at);
    Sources::new(&[7; 32]).of(Peer((address, 1).into()))
}

fn bounds() -> Bounds {
    Bounds { address_per_minute: 60, address_burst: 3, sign_in_per_minute: 1, ..Bounds::default() }
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

// Goal: sign-in posts have a bucket of their own; looking at the form does not use it up.
#[tokio::test]
async fn sign_in_is_stricter() {
    let edge = EdgeState::new(settings(bounds()));
    let form = Router::new().route("/sign-in", get(async || "form").post(async || "in"));
    let app = wrap(Router::new().merge(edge.strict(form)), edge);
    let statuses = [("GET", 200), ("POST", 200), ("POST", 429)];
    for (method, status) in statuses {
        assert_eq!(send(&app, empty(ask(method, "/sign-in"))).await.0.status.as_u16(), status);
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
        assert!(throttle.sources() <= 4_000 + 16_384);
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
