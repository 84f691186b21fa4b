//! Where a request came from, in the only form that the rest of Kairo may see.
//!
//! **Invariant:** [`Peer`] exists between the listener and `edge::wrap`, which replaces it with
//! [`Source`]; no handler, log line or table can hold a raw address.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use ring::hmac;

/// The address of the other end of a connection. Its `Debug` says nothing, so that it cannot be
/// logged by accident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Peer(…)")
    }
}

/// A keyed digest of the address prefix: equal for requests from one network, useless without the
/// pepper. A rotated pepper makes older digests meaningless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// HMAC-SHA-256 of the prefix under the pepper.
    pub digest: [u8; 32],
    /// Whether the request came from this machine.
    pub loopback: bool,
}

/// Makes [`Source`]s.
#[derive(Clone)]
pub struct Sources(hmac::Key);

impl Sources {
    /// Digests under this pepper.
    pub fn new(pepper: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, pepper))
    }

    /// The digest of where `peer` comes from.
    pub fn of(&self, peer: Peer) -> Source {
        let ip = peer.0.ip().to_canonical();
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(hmac::sign(&self.0, &prefix(ip)).as_ref()) {
            *to = *from;
        }
        Source { digest, loopback: ip.is_loopback() }
    }
}

/// One household or one machine: the whole IPv4 address, the first 64 bits of an IPv6 one (a single
/// host may use any of the 2^64 addresses below it, RFC 4291 2.5.4). The first byte keeps the two
/// families apart. An IPv4-mapped address must be made canonical first, or the same client would
/// have two buckets.
pub(super) fn prefix(ip: IpAddr) -> [u8; 9] {
    let mut out = [0; 9];
    let mut put = |family: u8, bytes: &[u8]| {
        for (to, from) in out.iter_mut().zip(std::iter::once(&family).chain(bytes)) {
            *to = *from;
        }
    };
    match ip {
        IpAddr::V4(v4) => put(4, &v4.octets()),
        IpAddr::V6(v6) => put(6, &v6.octets()),
    }
    out
}
