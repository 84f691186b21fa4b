//! When a credit goes back, and when it does not.

use std::time::Duration;

use kairo::ai::Failure;
use tokio::net::TcpListener;

use super::*;
use crate::harness::upstream::Say;

const SOON: Duration = Duration::from_millis(300);

async fn hasty() -> Desk {
    Desk::open_with(|_, times| (times.answer, times.idle) = (SOON, SOON)).await
}

// Goal: a provider that refused did no work: the credit and the money go back.
#[tokio::test]
async fn a_refusal_gives_back() {
    let desk = hasty().await;
    for (status, named, parameter) in [
        (400, Some("response_format"), Some("response_format")),
        (400, Some("sk-scripted"), None),
        (401, None, None),
        (404, None, None),
        (422, Some("temperature"), Some("temperature")),
    ] {
        desk.upstream.script([Say::Refuse(status, named)]);
        let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
        assert_eq!(failure, Failure::Refused { status, parameter });
        let words = format!("{failure} {failure:?}");
        assert!(!words.contains("sk-") && !words.contains("lunch"), "{words}");
        assert_eq!(desk.ledger().await.pop(), Some(once("X", "refused", 0)));
    }
    assert_eq!((desk.used().await, desk.upstream.calls()), (0, 5));
}

// Goal: a provider without room or in trouble is asked twice more, which is the same credit; where
// it stays so, the credit goes back.
#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let desk = hasty().await;
    for (say, outcome) in [(Say::Busy(Some("0")), "busy"), (Say::Refuse(500, None), "failed")] {
        let (calls, used) = (desk.upstream.calls(), desk.used().await);
        desk.upstream.script([say.clone(), say.clone()]);
        desk.call(1).await.ask(chat()).await.unwrap();
        let ledger = desk.ledger().await.pop().unwrap();
        assert_eq!(
            (ledger.state.as_str(), ledger.outcomes),
            ("S", [outcome, outcome, "answered"].map(str::to_owned).to_vec()),
            "{say:?}"
        );
        desk.upstream.script([say.clone(), say.clone(), say.clone()]);
        desk.call(1).await.ask(chat()).await.unwrap_err();
        let ledger = desk.ledger().await.pop().unwrap();
        assert_eq!((ledger.state.as_str(), ledger.nanos), ("X", 0), "{say:?}");
        assert_eq!((desk.upstream.calls(), desk.used().await), (calls + 6, used + 1));
    }
}

// Goal: a wait that is longer than it is worth ends the call at once, and the client is told it.
#[tokio::test]
async fn a_long_wait_is_not_waited() {
    let desk = hasty().await;
    desk.upstream.script([Say::Busy(Some("60"))]);
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!(failure, Failure::Busy { retry_after: Some(Duration::from_secs(60)) });
    assert_eq!((desk.upstream.calls(), desk.used().await), (1, 0));
}

// Goal: a provider that cannot be reached did no work, and neither did one that does not speak TLS
// where it should: not a byte of the request leaves in the clear.
#[tokio::test]
async fn an_unreached_provider_gives_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let desk = Desk::open_with(|ai, _| ai.base_url = format!("http://127.0.0.1:{port}/v1")).await;
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!((failure, desk.used().await), (Failure::Unreachable, 0));
    assert_eq!(desk.ledger().await[0].outcomes, ["unreachable"; 3]);
    let upstream = Upstream::start().await;
    let secure = upstream.url().replace("http://", "https://");
    let desk = Desk::open_with(|ai, _| ai.base_url = secure).await;
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!((failure, desk.used().await), (Failure::Unreachable, 0));
    assert_eq!(upstream.calls(), 0);
}

// Goal: a provider that takes connections and then says nothing was not reached either: the bound
// on connecting is one on TLS too.
#[tokio::test]
async fn a_handshake_has_a_bound() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/v1", silent.local_addr().unwrap());
    let desk = Desk::open_with(|ai, times| {
        (ai.base_url, times.connect) = (base_url, Duration::from_millis(50));
    })
    .await;
    let failure = desk.call(1).await.ask(chat()).await.unwrap_err();
    assert_eq!((failure, desk.used().await), (Failure::Unreachable, 0));
    assert_eq!(desk.ledger().await[0].outcomes, ["unreachable"; 3]);
}

// Goal: once a request was sent, silence, a closed connection and nonsense are charged at the most,
// and nothing is sent again.
#[tokio::test]
async fn what_was_sent_stays_charged() {
    let desk = hasty().await;
    let huge = format!("{{\"choices\":[\"{}\"]}}", "x".repeat(kairo::limits::AI_ANSWER_BYTES_MAX));
    let cases = [
        (Say::Hang, Failure::TimedOut, "timed_out"),
        (Say::Refuse(504, None), Failure::TimedOut, "timed_out"),
        (Say::Close, Failure::BrokenOff, "broken_off"),
        (Say::Garbage("<html>".to_owned()), Failure::Invalid, "invalid"),
        (Say::Garbage("{\"error\":{}}".to_owned()), Failure::Invalid, "invalid"),
        (Say::Garbage("[".repeat(9_999)), Failure::Invalid, "invalid"),
        (Say::Garbage(huge), Failure::Invalid, "invalid"),
    ];
    for (calls, (say, failure, outcome)) in (1..).zip(cases) {
        desk.upstream.script([say]);
        assert_eq!(desk.call(1).await.ask(chat()).await.unwrap_err(), failure);
        assert_eq!(desk.ledger().await.pop(), Some(once("S", outcome, estimate())));
        assert_eq!(desk.upstream.calls(), calls);
    }
    assert_eq!(desk.used().await, 7);
}

// Goal: an answer that takes its time within bounds is an answer.
#[tokio::test]
async fn a_slow_answer_is_an_answer() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Slow(SOON)]);
    desk.call(1).await.ask(chat()).await.unwrap();
    assert_eq!(desk.ledger().await[0].outcomes, ["answered"]);
}

// Goal: an answer without a count is charged at the most.
#[tokio::test]
async fn an_uncounted_answer_costs_the_most() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Uncounted]);
    let reply = desk.call(1).await.ask(chat()).await.unwrap();
    assert_eq!(reply.usage, None);
    assert_eq!(desk.ledger().await, [once("S", "estimated", estimate())]);
}

// Goal: a call that nobody waits for any more is charged at the most if it had begun, and given
// back if it had not.
#[tokio::test]
async fn a_dropped_call_is_settled() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Hang]);
    let mut call = desk.call(1).await;
    let asking = tokio::spawn(async move { call.ask(chat()).await.map(drop) });
    desk.upstream.wait_for(1).await;
    asking.abort();
    let _aborted = asking.await;
    drop(desk.call(1).await);
    let expected = [
        once("S", "estimated", estimate()),
        Ledger { state: "X".to_owned(), outcomes: Vec::new(), nanos: 0 },
    ];
    assert_eq!((desk.ledger().await, desk.used().await), (expected.into(), 1));
}

// Goal: a refusal and then an answer within one call are charged as the answer.
#[tokio::test]
async fn one_answer_keeps_the_credit() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Refuse(400, Some("response_format"))]);
    let mut call = desk.call(1).await;
    call.ask(chat()).await.unwrap_err();
    call.ask(chat()).await.unwrap();
    call.end();
    let ledger = desk.ledger().await;
    assert_eq!((ledger[0].state.as_str(), desk.used().await), ("S", 1));
    assert_eq!(ledger[0].outcomes, ["refused", "answered"]);
}
