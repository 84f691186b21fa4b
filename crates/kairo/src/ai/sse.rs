//! Reads a stream of server-sent events (WHATWG HTML 9.2), whichever way it is cut into pieces.
//!
//! Only `data` matters here: names, ids and waits of events are not passed on, and a comment, which
//! keeps a connection open, loses its words.
//!
//! **Invariant:** memory has a bound; a longer event ends the stream.

use std::mem;

use bytes::Bytes;

use crate::limits::AI_EVENT_BYTES_MAX;

/// The mark with which a file may begin, of the encoding that is the only one here.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The data of one event, its lines joined.
    Data(Vec<u8>),
    /// A comment.
    Comment,
}

impl Event {
    /// As it goes on to a client.
    pub(super) fn wire(&self) -> Bytes {
        let mut wire = Vec::new();
        match self {
            Self::Comment => wire.extend_from_slice(b":\n"),
            Self::Data(data) => {
                for line in data.split(|byte| *byte == b'\n') {
                    wire.extend_from_slice(b"data: ");
                    wire.extend_from_slice(line);
                    wire.push(b'\n');
                }
            }
        }
        wire.push(b'\n');
        wire.into()
    }
}

/// An event is longer than any that makes sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// A stream as far as it came.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    /// The last byte ended a line; a line feed after it is the other half of that end.
    returned: bool,
    began: bool,
}

impl Events {
    /// What a piece of the stream completes.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        for byte in piece {
            let other_half = mem::take(&mut self.returned) && *byte == b'\n';
            match byte {
                b'\n' if other_half => {}
                b'\n' | b'\r' => {
                    self.returned = *byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => self.line.push(*byte),
            }
            let held = self.line.len() + self.data.as_ref().map_or(0, Vec::len);
            if held > AI_EVENT_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !mem::replace(&mut self.began, true) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        if line.is_empty() {
            return self.data.take().map(Event::Data);
        }
        if line.starts_with(b":") {
            return Some(Event::Comment);
        }
        let value = match line.strip_prefix(b"data") {
            Some([]) => &[],
            Some([b':', b' ', value @ ..] | [b':', value @ ..]) => value,
            _ => return None,
        };
        match &mut self.data {
            None => self.data = Some(value.to_vec()),
            Some(data) => {
                data.push(b'\n');
                data.extend_from_slice(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
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

    proptest! {
        // Goal: where a stream is cut makes no difference, whatever it holds.
        #[test]
        fn cuts_make_no_difference(
            text in prop::collection::vec(prop::sample::select(b"data: x:\r\n\xEF\xBB\xBF{".to_vec()), 0..200),
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
}
