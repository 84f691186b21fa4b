//! How a connection is closed.
//!
//! A socket that is closed while the other side is still sending is reset. The reset fails the
//! client's next write, and many clients then never look at the answer: to curl, every third body
//! that was refused with 413 looked like a broken line. So the write side is closed first, and what
//! still comes is thrown away for a moment (RFC 9112 9.6).
//!
//! **Invariant:** the moment is bounded in time and bytes, and the bytes are not even decrypted.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

use crate::limits::{LINGER_BYTES_MAX, LINGER_MAX};

/// A TLS stream that lingers when it is shut down.
pub(super) struct Lingering {
    stream: TlsStream<TcpStream>,
    until: Option<Pin<Box<Sleep>>>,
    bytes_left: usize,
}

impl Lingering {
    pub fn new(stream: TlsStream<TcpStream>) -> Self {
        Self { stream, until: None, bytes_left: LINGER_BYTES_MAX }
    }

    /// Ready when the other side has closed, or when the bounds are reached.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = self.until.get_or_insert_with(|| Box::pin(sleep(LINGER_MAX)));
        if until.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut bytes = [0; 4_096];
        loop {
            let mut read = ReadBuf::new(&mut bytes);
            let socket = Pin::new(&mut *self.stream.get_mut().0);
            let done = ready!(socket.poll_read(cx, &mut read)).is_err();
            let count = read.filled().len();
            if done || count == 0 || count > self.bytes_left {
                return Poll::Ready(());
            }
            self.bytes_left -= count;
        }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        read: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, read)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.until.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        self.poll_linger(cx).map(Ok)
    }
}
