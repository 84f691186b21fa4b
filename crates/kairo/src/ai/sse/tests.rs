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

/// The same by another way: the whole text at once, its ends of lines made one, line by line.
fn read_whole(text: &[u8]) -> Vec<Event> {
    let text: Vec<char> = text.iter().map(|byte| char::from(*byte)).collect();
    let text: String = text.into_iter().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.strip_prefix("\u{EF}\u{BB}\u{BF}").unwrap_or(&text);
    let (mut events, mut lines): (Vec<Event>, Vec<String>) = (Vec::new(), Vec::new());
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for line in whole.split('\n').filter(|_| text.contains('\n')) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match (line, name) {
            ("", _) if lines.is_empty() => {}
            ("", _) => {
                let data: Vec<char> = lines.join("\n").chars().collect();
                lines.clear();
                let bytes = data.into_iter().map(|it| u8::try_from(u32::from(it)).unwrap());
                events.push(Event::Data(bytes.collect()));
            }
            (_, "") => events.push(Event::Comment),
            (_, "data") => lines.push(value.strip_prefix(' ').unwrap_or(value).to_owned()),
            _ => {}
        }
    }
    events
}

/// Pushes a stream in pieces of these sizes, again and again; what came, and whether it was too
/// long. Nowhere is more held than the bound.
fn in_pieces(text: &[u8], sizes: &[usize]) -> (Vec<Event>, bool) {
    let (mut events, mut came, mut rest) = (Events::default(), Vec::new(), text);
    for size in sizes.iter().cycle() {
        let (piece, later) = rest.split_at((*size).min(rest.len()));
        let pushed = events.push(piece);
        let held = events.line.len() + events.data.as_ref().map_or(0, Vec::len);
        assert!(held <= AI_EVENT_BYTES_MAX + usize::from(pushed.is_err()), "{held} bytes are held");
        match pushed {
            Ok(pushed) => came.extend(pushed),
            Err(TooLong) => return (came, true),
        }
        if later.is_empty() {
            break;
        }
        rest = later;
    }
    (came, false)
}

/// What a provider could send, and parts of it, long and short.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let some =
        ["data:", "data: ", "data", ":", "\n", "\r\n", "\r", "\n\n", "event: x\n", "\u{FEFF}"];
    let long = prop::sample::select(vec![40_000, AI_EVENT_BYTES_MAX / 2, AI_EVENT_BYTES_MAX]);
    prop_oneof![
        8 => prop::sample::select(some.map(|it| it.as_bytes().to_vec()).to_vec()),
        2 => prop::collection::vec(any::<u8>(), 0..20),
        1 => long.prop_map(|bytes| vec![b'x'; bytes]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    // Goal: any cut of any stream gives the same, an event that is too long among it, and holds
    // no more than the bound on the way.
    #[test]
    fn any_cut_of_any_stream(
        text in prop::collection::vec(fragment(), 0..24).prop_map(|it| it.concat()),
        sizes in prop::collection::vec(1_usize..5_000, 1..8),
    ) {
        let (came, too_long) = in_pieces(&text, &sizes);
        let (other, also) = in_pieces(&text, &[977]);
        prop_assert_eq!(Events::default().push(&text).is_err(), too_long);
        prop_assert_eq!(also, too_long);
        prop_assert!(other.starts_with(&came), "other events, or others first");
        if !too_long {
            prop_assert_eq!(other.len(), came.len());
            prop_assert!(came == read_whole(&text), "not what the standard says");
        }
    }
}

proptest! {
    // Goal: bytes of chance are read as the standard says, however they are cut, and end nothing.
    #[test]
    fn any_bytes(
        text in prop::collection::vec(any::<u8>(), 0..300),
        lines in prop::collection::vec(prop::sample::select(BYTES.to_vec()), 0..300),
        sizes in prop::collection::vec(1_usize..40, 1..8),
    ) {
        for text in [&text, &lines] {
            prop_assert_eq!(in_pieces(text, &sizes), (read_whole(text), false));
        }
    }

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
