//! An answer in pieces, on its way to a client and past a counter.
//!
//! A task of its own reads the provider's stream: a client that goes away does not change what the
//! provider counts, so the stream is read on to its end for as many such clients as there is room
//! for, and at the most that it could cost for any other.
//!
//! **Invariant:** the ledger is told before the client sees the end, so that its next call does not
//! meet its last one.
//! **Invariant:** an event in which the provider speaks of an error is not passed on.

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{timeout, timeout_at};

use super::answer::{Said, Usage, said};
use super::call::{Call, Opened};
use super::failure::Failure;
use super::sse::{Event, Events};
use crate::guard::Class;
use crate::limits::{AI_CHANNEL_MAX, AI_END_MAX, AI_STREAM_BYTES_MAX};

/// An answer in pieces. Dropping it is going away.
pub struct Streamed {
    pieces: Receiver<Result<Bytes, Failure>>,
    class: Class,
}

impl Streamed {
    /// The next event as it goes over the wire; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        self.pieces.recv().await
    }

    /// Which model answers.
    pub fn class(&self) -> Class {
        self.class
    }
}

pub(super) fn start(call: Call, opened: Opened, counts: bool) -> Streamed {
    let (client, pieces) = mpsc::channel(AI_CHANNEL_MAX);
    let class = call.class();
    let pump = Pump { call, client: Client::There(client), read: Read::default(), counts };
    tokio::spawn(pump.run(opened));
    Streamed { pieces, class }
}

/// Who waits for the pieces.
enum Client {
    There(Sender<Result<Bytes, Failure>>),
    /// Nobody; what the provider counts is waited for, in one of the places for that.
    Gone(
        #[expect(dead_code, reason = "held for as long as the stream is read")]
        OwnedSemaphorePermit,
    ),
}

/// What was read so far.
#[derive(Default)]
struct Read {
    events: Events,
    bytes: usize,
    usage: Option<Usage>,
    /// The provider said that the answer, or the stream, is whole.
    whole: bool,
    done: bool,
}

struct Pump {
    call: Call,
    client: Client,
    read: Read,
    /// Whether the client asked for the count.
    counts: bool,
}

/// Why reading ended before the stream did.
enum Stop {
    Failed(Failure),
    /// The client is gone, and there is no room to read on.
    Abandoned,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Pump {
    async fn run(mut self, mut opened: Opened) {
        let failed = match self.read_all(&mut opened).await {
            // What comes late cannot take back an answer that is whole.
            Ok(()) | Err(Stop::Failed(_)) if self.read.whole => None,
            Ok(()) => Some(Failure::BrokenOff),
            Err(Stop::Failed(failure)) => Some(failure),
            // It stays as an answer of which nobody said what it cost, and says nothing else.
            Err(Stop::Abandoned) => return,
        };
        let last = match failed {
            None => Ok(Event::Data(b"[DONE]".to_vec()).wire()),
            Some(failure) => Err(failure),
        };
        match failed {
            None => self.call.answered(opened, self.read.usage),
            Some(failure) => self.call.broke(opened, failure),
        }
        self.call.finish();
        if let Client::There(client) = &self.client {
            let _gone = client.send(last).await;
        }
    }

    /// Reads to the end of the stream, which the count may stand just before.
    async fn read_all(&mut self, opened: &mut Opened) -> Result<(), Stop> {
        while !self.read.done {
            let Some(piece) = opened.begun.piece().await? else { return Ok(()) };
            self.take(&piece, opened).await?;
        }
        // What comes after the last event is nothing that anybody reads; an end lets the connection
        // be used again.
        let _late = timeout(AI_END_MAX, rest(opened)).await;
        Ok(())
    }

    async fn take(&mut self, piece: &[u8], opened: &Opened) -> Result<(), Stop> {
        self.read.bytes = self.read.bytes.saturating_add(piece.len());
        if self.read.bytes > AI_STREAM_BYTES_MAX {
            return Err(Failure::Invalid.into());
        }
        let events = self.read.events.push(piece).map_err(|_| Failure::Invalid)?;
        for event in events {
            if self.goes_on(&event)? {
                self.send(event.wire(), opened).await?;
            }
            if self.read.done {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Notes what an event says, and whether the client gets it; the end comes from here, later.
    fn goes_on(&mut self, event: &Event) -> Result<bool, Failure> {
        let Event::Data(data) = event else { return Ok(true) };
        match said(data) {
            Said::Wrong => Err(Failure::Invalid),
            Said::Done => {
                (self.read.whole, self.read.done) = (true, true);
                Ok(false)
            }
            Said::Piece { usage, counts_only, last } => {
                self.read.usage = usage.or(self.read.usage);
                self.read.whole |= last;
                Ok(self.counts || !counts_only)
            }
        }
    }

    async fn send(&mut self, wire: Bytes, opened: &Opened) -> Result<(), Stop> {
        let Client::There(client) = &self.client else { return Ok(()) };
        if let Ok(Ok(())) = timeout_at(opened.begun.deadline, client.send(Ok(wire))).await {
            return Ok(());
        }
        let room = self.call.upstream.0.drains.clone().try_acquire_owned();
        self.client = Client::Gone(room.map_err(|_| Stop::Abandoned)?);
        Ok(())
    }
}

async fn rest(opened: &mut Opened) {
    while let Ok(Some(_)) = opened.begun.piece().await {}
}
