//! A provider that fails is left alone.

use std::time::Duration;

use kairo::ai::Failure;
use kairo::limits::BREAKER_CALLS_MIN;

use super::*;
use crate::harness::upstream::{Cut, Say};

// Goal: after twenty failures nothing more is sent, and such a call costs nothing; after a while
// one is sent, and a good answer opens the way again.
#[tokio::test]
async fn a_failing_provider_is_left_alone() {
    let soon = Duration::from_millis(400);
    let desk = Desk::open_with(|_, times| times.left_alone = soon).await;
    desk.upstream.always(Say::Close);
    for _call in 0..BREAKER_CALLS_MIN {
        let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
        assert_eq!(failure, Failure::BrokenOff);
    }
    desk.upstream.always(Say::Answer("x".to_owned()));
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!((failure, desk.upstream.calls(), desk.used().await), (Failure::LeftAlone, 20, 20));
    let mut left_alone = 0;
    while desk.call(1).await.ask(chat()).await.err() == Some(Failure::LeftAlone) {
        left_alone += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    desk.call(1).await.ask(chat()).await.unwrap();
    assert_eq!((desk.upstream.calls(), desk.used().await, left_alone > 0), (22, 22, true));
}

// Goal: a stream is judged at its end: one that began well and broke off is a failure.
#[tokio::test]
async fn a_stream_is_judged_at_its_end() {
    let desk = Desk::open().await;
    desk.upstream.always(Say::Cut(Cut::Closed));
    for _call in 0..BREAKER_CALLS_MIN {
        let mut stream = desk.call(1).await.stream(chat()).await.unwrap();
        while stream.next().await.is_some() {}
    }
    let failure = desk.call(1).await.stream(chat()).await.err();
    assert_eq!((failure, desk.upstream.calls()), (Some(Failure::LeftAlone), 20));
}

// Goal: what a request has wrong says nothing about the provider.
#[tokio::test]
async fn refusals_do_not_count() {
    let desk = Desk::open().await;
    desk.upstream.always(Say::Refuse(400, None));
    for _call in 0..2 * BREAKER_CALLS_MIN {
        let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
        assert_eq!(failure, Failure::Refused { status: 400, parameter: None });
    }
    assert_eq!(desk.upstream.calls(), 40);
}
