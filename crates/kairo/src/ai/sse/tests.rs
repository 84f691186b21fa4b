//! Streams, whichever way they are cut.

use proptest::prelude::*;

use super::*;

fn data(text: &str) -> Event {
    Event::Data(text.as_bytes().to_vec())
}

// Goal: the forms that the standard has, each of its three ends of a line among them.
#[test]
fn the_standards_forms() {
    let all = |text: &str| Events::default().push(text.as_bytes()).unwrap();
    assert_eq!(all("data: a\n\n"), [data("a")]);
    assert_eq!(all("data:a\r\n\r\ndata: b\r\rdata:c\n\n"), [data("a"), data("b"), data("c")]);
    assert_eq!(all("data: a\ndata:  b\ndata\n\n"), [data("a\n b\n")]);
    assert_eq!(all(": ping\n\n\n"), [Event::Comment]);
    assert_eq!(all("event: x\nid: 1\nretry: 5\ndata: a\n\n"), [data("a")]);
    assert_eq!(all("\u{FEFF}data: a\n\n"), [data("a")]);
    assert_eq!(all("database: a\n\n"), []);
    assert_eq!(all("data: unfinished\n"), []);
}

// Goal: an event at the bound is read, and one byte more ends the stream.
#[test]
fn events_have_a_bound() {
    let long = |bytes: usize| {
        let text = format!("data:{}\n\n", "x".repeat(bytes - "data:".len()));
        Events::default().push(text.as_bytes())
    };
    assert_eq!(long(AI_EVENT_BYTES_MAX).unwrap().len(), 1);
    assert_eq!(long(AI_EVENT_BYTES_MAX + 1), Err(TooLong));
    let mut events = Events::default();
    let lines = b"data: 7 bytes\n".repeat(AI_EVENT_BYTES_MAX / 7);
    assert_eq!(events.push(&lines), Err(TooLong));
}

/// Of these a stream is made, besides whatever else.
const BYTES: &[u8] = b"data: x:\r\n\xEF\xBB\xBF{";

proptest! {
    // Goal: where a stream is cut makes no difference, whatever it holds.
    #[test]
    fn cuts_make_no_difference(
        text in prop::collection::vec(prop::sample::select(BYTES.to_vec()), 0..200),
        cut in 0_usize..200,
    ) {
        let (first, rest) = text.split_at(cut.min(text.len()));
        let (mut whole, mut parts) = (Events::default(), Events::default());
        let mut pieces = parts.push(first).unwrap();
        for byte in rest {
            pieces.extend(parts.push(&[*byte]).unwrap());
        }
        prop_assert_eq!(pieces, whole.push(&text).unwrap());
    }

    // Goal: what goes on to a client is read there as what came here.
    #[test]
    fn what_goes_on_is_what_came(text in "[^\r]{0,100}") {
        let event = data(&text);
        prop_assert_eq!(Events::default().push(&event.wire()).unwrap(), [event]);
    }
}
