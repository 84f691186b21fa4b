//! Where a request came from, in the only form that the rest of Kairo may see.
//!
//! **Invariant:** [`Peer`] exists between the listener and `edge::wrap`, which replaces it with
//! [`Source`]; no handler, log line or table can hold a raw address.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;
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

/// The machines whose word about a client's address counts.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Those in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Who sent a request: the other end of the connection, or where that is a trusted proxy the
    /// last address in `X-Forwarded-For` that is none. It is read from the right, since each proxy
    /// adds the address that it saw at the end: all that stands left of the first stranger was
    /// written by the stranger, and could be a bucket of somebody else's.
    pub fn client(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let mut client = peer;
        let said = headers.get_all("x-forwarded-for").iter().rev();
        let hops = said.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        for hop in hops {
            if !self.trusts(client.0.ip()) {
                break;
            }
            // What a proxy did not write as an address says nothing; its own is the last known.
            let Some(ip) = address_in(hop.trim()) else { break };
            client = Peer(SocketAddr::new(ip, 0));
        }
        client
    }

    /// Whether an address is one of theirs.
    pub(super) fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`: proxies differ.
fn address_in(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
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
