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
mod tests;
