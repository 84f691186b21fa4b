//! Letters by SMTP over TLS, against a mail server with an authority of its own.

use super::*;
use crate::harness::smtp::{Sink, Way};

async fn over(sink: &Sink, trusted: bool) -> Kairo {
    let authority = sink.authority();
    let carrier = sink.carrier(trusted.then_some(authority.as_path()));
    Kairo::start_with(|settings| settings.carrier = Some(carrier)).await
}

// Goal: by TLS from the first byte and by STARTTLS, a letter arrives whole under its row's id, and
// not a word of it crosses in plain text.
#[tokio::test]
async fn a_letter_arrives_over_tls() {
    for (test, way) in [("wrapped", Way::Wrapped), ("upgraded", Way::Upgraded)] {
        let sink = Sink::start(test, way).await;
        let app = over(&sink, true).await;
        ask(&app, ANA).await.unwrap();
        let row = comes_to(&app, "sent").await;
        assert_eq!((row.is_sealed, row.provider_id), (false, None));
        let letters = sink.letters();
        assert_eq!(letters.len(), 1);
        let id = format!("Message-ID: <{}@example.org>", row.id);
        for part in [&id, "To: ana@example.org", "From: Kairo <kairo@example.org>", "sign-in/link"]
        {
            assert!(letters[0].contains(part), "{part}: {}", letters[0]);
        }
        assert!(!sink.plain().contains("example.org"), "{}", sink.plain());
    }
}

// Goal: a server that nobody vouches for is given nothing: the letter waits.
#[tokio::test]
async fn a_server_of_nobodys_gets_nothing() {
    for (test, way) in [("stranger", Way::Wrapped), ("stranger-up", Way::Upgraded)] {
        let sink = Sink::start(test, way).await;
        let app = over(&sink, false).await;
        ask(&app, ANA).await.unwrap();
        let row = loop {
            let row = comes_to(&app, "queued").await;
            if row.error.is_some() {
                break row;
            }
        };
        assert_eq!((row.error.as_deref(), row.is_sealed), (Some("unreachable"), true));
        assert!(sink.letters().is_empty() && !sink.plain().contains("example.org"));
    }
}

// Goal: a server that puts a letter off gets it again under the same id; one that refuses does not.
#[tokio::test]
async fn later_and_never() {
    let sink = Sink::start("later", Way::Wrapped).await;
    let app = over(&sink, true).await;
    sink.next("451 ana@example.org later");
    ask(&app, ANA).await.unwrap();
    let row = loop {
        let row = comes_to(&app, "queued").await;
        if row.error.is_some() {
            break row;
        }
    };
    assert_eq!(row.error.as_deref(), Some("unavailable"));
    hurry(&app).await;
    let row = comes_to(&app, "sent").await;
    assert!(sink.letters()[0].contains(&row.id));
    sink.next("550 ana@example.org never");
    ask(&app, ANA).await.unwrap();
    let row = comes_to(&app, "failed").await;
    assert_eq!((row.error.as_deref(), row.is_sealed, row.attempts), (Some("refused"), false, 1));
    assert_eq!(sink.letters().len(), 1);
}
