//! Answers in pieces: what the client sees, and what is counted when it goes away.

use std::time::Duration;

use kairo::ai::{Failure, Streamed};
use serde_json::json;

use super::*;
use crate::harness::upstream::{Cut, Say, WORDS};

/// What came to the client, and how it ended.
async fn read(mut stream: Streamed) -> (String, Option<Failure>) {
    let mut text = String::new();
    loop {
        match stream.next().await {
            Some(Ok(piece)) => text.push_str(std::str::from_utf8(&piece).unwrap()),
            Some(Err(failure)) => return (text, Some(failure)),
            None => return (text, None),
        }
    }
}

/// The words of a stream.
fn words(text: &str) -> String {
    let data = text.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
    let pieces = data.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    pieces
        .filter_map(|it| Some(it["choices"][0]["delta"]["content"].as_str()?.to_owned()))
        .collect()
}

/// What the provider's count comes to.
fn counted(desk: &Desk) -> i64 {
    let (tokens_in, tokens_out) = desk.upstream.tokens();
    i64::try_from(tokens_in * 1_000 + tokens_out * 2_000).unwrap()
}

// Goal: the pieces come as they are, then the end; the count comes only to who asked for it, and is
// charged either way.
#[tokio::test]
async fn pieces_come_through() {
    let desk = Desk::open().await;
    let (text, failure) = read(desk.call(1).await.stream(chat()).await.unwrap()).await;
    assert_eq!((words(&text).as_str(), failure), (WORDS, None));
    assert!(text.ends_with("data: [DONE]\n\n") && !text.contains("prompt_tokens"), "{text}");
    assert_eq!(desk.ledger().await, [once("S", "answered", counted(&desk))]);
    let mut body = chat();
    body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
    let (text, _) = read(desk.call(1).await.stream(body).await.unwrap()).await;
    assert!(text.contains("prompt_tokens"), "{text}");
}

// Goal: the ledger knows before the client sees the end.
#[tokio::test]
async fn the_end_comes_after_the_ledger() {
    let desk = Desk::open().await;
    let mut stream = desk.call(1).await.stream(chat()).await.unwrap();
    while let Some(piece) = stream.next().await {
        if piece.unwrap().starts_with(b"data: [DONE]") {
            break;
        }
    }
    assert_eq!(desk.ledger().await[0].state, "S");
}

// Goal: a stream without a count, and one whose count comes with its last piece and no end, are
// whole; the former costs the most.
#[tokio::test]
async fn other_forms_are_whole() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Uncounted, Say::Undone]);
    let (text, failure) = read(desk.call(1).await.stream(chat()).await.unwrap()).await;
    assert_eq!((words(&text).as_str(), failure), (WORDS, None));
    assert_eq!(desk.ledger().await, [once("S", "estimated", estimate())]);
    let (text, failure) = read(desk.call(1).await.stream(chat()).await.unwrap()).await;
    assert!(failure.is_none() && text.ends_with("data: [DONE]\n\n"));
    assert_eq!(desk.ledger().await.pop(), Some(once("S", "answered", counted(&desk))));
}

// Goal: a stream that breaks off is charged at the most, ends with a failure, and passes on no word
// of the provider's about it.
#[tokio::test]
async fn a_broken_stream_costs_the_most() {
    let soon = Duration::from_millis(300);
    let desk = Desk::open_with(|_, times| times.idle = soon).await;
    for (cut, failure, outcome) in [
        (Cut::Closed, Failure::BrokenOff, "broken_off"),
        (Cut::Reset, Failure::BrokenOff, "broken_off"),
        (Cut::Ended, Failure::BrokenOff, "broken_off"),
        (Cut::Error, Failure::Invalid, "invalid"),
        (Cut::Silent, Failure::TimedOut, "timed_out"),
    ] {
        desk.upstream.script([Say::Cut(cut)]);
        let (text, ended) = read(desk.call(1).await.stream(chat()).await.unwrap()).await;
        assert_eq!((words(&text).as_str(), ended), ("Lunch with ", Some(failure)), "{cut:?}");
        assert!(!text.contains("sk-") && !text.contains("DONE"), "{text}");
        assert_eq!(desk.ledger().await.pop(), Some(once("S", outcome, estimate())), "{cut:?}");
    }
}

// Goal: a stream has a bound, also where it says nothing.
#[tokio::test]
async fn streams_have_a_bound() {
    let desk = Desk::open().await;
    let line = format!(":{}\n", "x".repeat(200_000));
    let lines = kairo::limits::AI_STREAM_BYTES_MAX / line.len() + 1;
    desk.upstream.script([Say::Garbage(line.repeat(lines))]);
    let (text, ended) = read(desk.call(1).await.stream(chat()).await.unwrap()).await;
    assert_eq!((ended, text.contains('x')), (Some(Failure::Invalid), false));
    assert_eq!(desk.ledger().await, [once("S", "invalid", estimate())]);
}

// Goal: nothing to read is a failure before the first piece, with the credit back where no work
// was done.
#[tokio::test]
async fn a_stream_that_does_not_begin() {
    let soon = Duration::from_millis(300);
    let desk = Desk::open_with(|_, times| times.first_byte = soon).await;
    desk.upstream.script([Say::Refuse(400, Some("tools")), Say::Hang]);
    let refused = desk.call(1).await.stream(chat()).await.err();
    let parameter = Some("tools");
    assert_eq!(refused, Some(Failure::Refused { status: 400, parameter }));
    assert_eq!(desk.used().await, 0);
    assert_eq!(desk.call(1).await.stream(chat()).await.err(), Some(Failure::TimedOut));
    assert_eq!((desk.used().await, desk.upstream.calls()), (1, 2));
}

// Goal: when the client goes away, the stream is read on to its count, and that is charged.
#[tokio::test]
async fn a_client_that_leaves_pays_what_was_counted() {
    let desk = Desk::open().await;
    desk.upstream.script([Say::Paused]);
    let mut stream = desk.call(1).await.stream(chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(desk.ledger().await[0].state, "R");
    desk.upstream.go_on();
    assert_eq!(desk.settled().await, [once("S", "answered", counted(&desk))]);
}

// Goal: there is a bound to streams that are read for nobody; past it they are ended and cost the
// most.
#[tokio::test]
async fn there_is_room_for_so_many_drains() {
    let desk = Desk::over(Kairo::start().await, Upstream::start().await, 0, |_, _| {}).await;
    desk.upstream.script([Say::Paused]);
    let mut stream = desk.call(1).await.stream(chat()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    desk.upstream.go_on();
    assert_eq!(desk.settled().await, [once("S", "estimated", estimate())]);
}
