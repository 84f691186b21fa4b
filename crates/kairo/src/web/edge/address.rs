//! Where a request came from, in the only form that the rest of Kairo may see.
//!
//! **Invariant:** [`Peer`] exists between the listener and `edge::wrap`, which replaces it with
//! [`Source`]; no handler, log line or table can hold a raw address.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderMap;
use ipnet::IpNet;
use jiff::Timestamp;
use ring::hmac;

use crate::accounts::sources::Digests;
use crate::limits::PEPPER_TURN_S;

/// The address of the other end of a connection. Its `Debug` says nothing, so that it cannot be
/// logged by accident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Peer(…)")
    }
}

/// Where a request came from: keyed digests of its address's prefixes, equal for requests from one
/// network and useless without the pepper, which turns each day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// What it is known by today.
    pub today: Digests,
    /// What it was known by yesterday; in the first hour of a day alone. Every bucket counts both
    /// until then and each may refuse, so that a turn of the pepper empties nobody's bucket.
    pub yesterday: Option<Digests>,
    /// Whether the request came from this machine.
    pub loopback: bool,
}

impl Source {
    /// All that it is known by, the former first: where that has no room, the new counts nothing.
    pub fn known_by(&self) -> Vec<Digests> {
        self.yesterday.into_iter().chain([self.today]).collect()
    }

    /// Its network's digests, without those of the site around it.
    pub fn networks(&self) -> Vec<[u8; 32]> {
        self.known_by().into_iter().map(|digests| digests.network).collect()
    }
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
pub struct Sources {
    key: hmac::Key,
    /// Those of the day that was asked for last.
    peppers: RwLock<Arc<Peppers>>,
}

/// The peppers of a day and of the one before it, kept since making them costs more than a digest.
struct Peppers {
    day: i64,
    today: hmac::Key,
    yesterday: hmac::Key,
}

const DAY_S: i64 = 86_400;

impl Sources {
    /// Digests under peppers that this one gives, one for each day.
    pub fn new(pepper: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, pepper);
        let peppers = RwLock::new(Arc::new(Peppers::of(&key, 0)));
        Self { key, peppers }
    }

    /// The digests of where `peer` comes from.
    pub fn of(&self, peer: Peer, now: Timestamp) -> Source {
        let (day, second) = (now.as_second().div_euclid(DAY_S), now.as_second().rem_euclid(DAY_S));
        let prefixes = Prefixes::of(peer.0.ip());
        let peppers = self.peppers(day);
        Source {
            today: prefixes.digests(&peppers.today),
            yesterday: (second < PEPPER_TURN_S).then(|| prefixes.digests(&peppers.yesterday)),
            // As the connection has it: what a translator wrote is nobody's word for this.
            loopback: peer.0.ip().to_canonical().is_loopback(),
        }
    }

    /// The peppers of this day: those that are kept where they are of this day, or new ones.
    fn peppers(&self, day: i64) -> Arc<Peppers> {
        let kept = Arc::clone(&self.peppers.read().unwrap_or_else(PoisonError::into_inner));
        if kept.day == day {
            return kept;
        }
        let made = Arc::new(Peppers::of(&self.key, day));
        *self.peppers.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&made);
        made
    }
}

impl Peppers {
    /// Days are counted from 1970 in UTC, so that nodes need not agree on a pepper.
    fn of(key: &hmac::Key, day: i64) -> Self {
        let pepper = |day: i64| {
            let mut said = Vec::from(b"kairo/source/v1");
            said.extend_from_slice(&day.to_be_bytes());
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(key, &said).as_ref())
        };
        Self { day, today: pepper(day), yesterday: pepper(day - 1) }
    }
}

/// A family and length, and the bits.
type Prefix = [u8; 9];

/// What an address is known by.
struct Prefixes {
    network: Prefix,
    site: Option<Prefix>,
}

impl Prefixes {
    fn digests(&self, pepper: &hmac::Key) -> Digests {
        let digest = |prefix: &Prefix| {
            let mut digest = [0; 32];
            for (to, from) in digest.iter_mut().zip(hmac::sign(pepper, prefix).as_ref()) {
                *to = *from;
            }
            digest
        };
        Digests { network: digest(&self.network), site: self.site.as_ref().map(digest) }
    }

    fn of(ip: IpAddr) -> Self {
        match canonical(ip) {
            IpAddr::V4(v4) => Self { network: put(4, &v4.octets()), site: None },
            IpAddr::V6(v6) => {
                let octets = v6.octets();
                let [a, b, c, d, e, f, ..] = octets;
                Self { network: put(6, &octets), site: Some(put(48, &[a, b, c, d, e, f])) }
            }
        }
    }
}

/// One household or one machine: the whole IPv4 address, the first 64 bits of an IPv6 one (a single
/// host may use any of the 2^64 addresses below it, RFC 4291 2.5.4). The first byte keeps families
/// and lengths apart.
pub(super) fn network(ip: IpAddr) -> Prefix {
    Prefixes::of(ip).network
}

/// The address as which a client is known: that of IPv4 where the one of IPv6 is only a way to
/// write it, mapped (RFC 4291 2.5.5.2) or translated under the well-known prefix 64:ff9b::/96
/// (RFC 6052 2.1). Otherwise one client had two buckets, and all clients behind a translator one.
fn canonical(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => match v6.octets() {
            [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d] => {
                IpAddr::V4([a, b, c, d].into())
            }
            _ => IpAddr::V6(v6),
        },
        v4 => v4,
    }
}

fn put(kind: u8, bits: &[u8]) -> Prefix {
    let mut out = [0; 9];
    for (to, from) in out.iter_mut().zip(std::iter::once(&kind).chain(bits)) {
        *to = *from;
    }
    out
}
