//! ClientHellos made by hand: rustls speaks no version before 1.2 and no suite without forward
//! secrecy, so it cannot ask whether a server does.
//!
//! Shapes: RFC 8446 4.1.2 (TLS 1.3), RFC 5246 7.4.1.2 (TLS 1.2), RFC 6101 5.6.1.2 (SSL 3.0).

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::Untold;
use crate::trust::controls::origin::Origin;

/// A version on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) name: &'static str,
    pub(super) code: [u8; 2],
}

pub(super) const VERSIONS: [Version; 5] = [
    Version { name: "SSL 3.0", code: [3, 0] },
    Version { name: "TLS 1.0", code: [3, 1] },
    Version { name: "TLS 1.1", code: [3, 2] },
    TLS_1_2,
    TLS_1_3,
];
pub(super) const TLS_1_2: Version = Version { name: "TLS 1.2", code: [3, 3] };
pub(super) const TLS_1_3: Version = Version { name: "TLS 1.3", code: [3, 4] };

/// Suites that old and new servers take, to be offered when the version is what is asked about.
pub(super) const USUAL: [u16; 12] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xc009, 0xc013, 0xc00a, 0xc014, 0x002f, 0x0035, 0x000a, 0x0005,
];

/// Time for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Alert 40 and 70: no suite or version in common (RFC 8446 6.2); others are refusals as well.
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;

/// What a server answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// It goes on, with this version and suite.
    Accepts {
        /// The version that it chose.
        version: [u8; 2],
        /// The suite that it chose.
        suite: u16,
    },
    /// An alert, or the end of the connection.
    Refuses,
}

/// Sends a hello and reads what comes back.
pub(super) async fn ask(
    origin: &Origin,
    version: Version,
    suites: &[u16],
) -> Result<Reply, Untold> {
    let hello = hello(&origin.host, version, suites);
    let mut stream = origin.connect(None).await?;
    let answered = timeout(ANSWER_MAX, async {
        stream.write_all(&hello).await?;
        let mut head = [0; 5];
        stream.read_exact(&mut head).await?;
        let len = usize::from(u16::from_be_bytes([head[3], head[4]])).min(1 << 14);
        let mut body = vec![0; len];
        stream.read_exact(&mut body).await?;
        Ok::<_, std::io::Error>((head[0], body))
    });
    match answered.await {
        Err(_) => {
            Err(Untold(format!("{} did not answer a hello of {}", origin.host, version.name)))
        }
        // Whoever closes the connection has refused.
        Ok(Err(_)) => Ok(Reply::Refuses),
        Ok(Ok((ALERT, _))) => Ok(Reply::Refuses),
        Ok(Ok((HANDSHAKE, body))) => Ok(accepted(&body).unwrap_or(Reply::Refuses)),
        Ok(Ok((kind, _))) => {
            Err(Untold(format!("{} answered with a record of type {kind}", origin.host)))
        }
    }
}

/// The version and suite of a ServerHello.
fn accepted(body: &[u8]) -> Option<Reply> {
    let (&kind, rest) = body.split_first()?;
    let hello = rest.get(3..)?;
    let mut version: [u8; 2] = hello.get(..2)?.try_into().ok()?;
    let session = usize::from(*hello.get(34)?);
    let after = hello.get(35 + session..)?;
    let suite = u16::from_be_bytes(after.get(..2)?.try_into().ok()?);
    // After the compression method and the length of all extensions.
    let mut extensions = after.get(5..).unwrap_or_default();
    while let (Some(head), Some(rest)) = (extensions.get(..4), extensions.get(4..)) {
        let len = usize::from(u16::from_be_bytes([*head.get(2)?, *head.get(3)?]));
        let value = rest.get(..len)?;
        if head.get(..2) == Some(&[0, 43]) {
            version = value.try_into().ok()?;
        }
        extensions = rest.get(len..).unwrap_or_default();
    }
    (kind == SERVER_HELLO).then_some(Reply::Accepts { version, suite })
}

/// A whole record with one ClientHello.
pub(super) fn hello(host: &str, version: Version, suites: &[u16]) -> Vec<u8> {
    let is_13 = version == TLS_1_3;
    let legacy = if is_13 { TLS_1_2.code } else { version.code };
    let mut body = Vec::new();
    body.extend(legacy);
    // Nobody finishes this handshake, so its random bytes need not be random.
    body.extend([0x4b; 32]);
    body.push(32);
    body.extend([0x61; 32]);
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    sized16(&mut body, &suites);
    body.extend([1, 0]);
    if version.code != [3, 0] {
        let extensions = extensions(host, is_13);
        sized16(&mut body, &extensions);
    }
    let mut record = vec![HANDSHAKE, 3, if version.code == [3, 0] { 0 } else { 1 }];
    let mut message = vec![1, 0];
    sized16(&mut message, &body);
    sized16(&mut record, &message);
    record
}

fn extensions(host: &str, is_13: bool) -> Vec<u8> {
    let mut out = Vec::new();
    if host.parse::<std::net::IpAddr>().is_err() {
        let mut name = vec![0];
        sized16(&mut name, host.as_bytes());
        let mut list = Vec::new();
        sized16(&mut list, &name);
        extension(&mut out, 0, &list);
    }
    // Groups: x25519, secp256r1, secp384r1. Signatures: those of certificates of today and of old.
    extension(&mut out, 10, &[0, 6, 0, 29, 0, 23, 0, 24]);
    extension(&mut out, 11, &[1, 0]);
    let signatures: [u16; 9] =
        [0x0403, 0x0503, 0x0807, 0x0804, 0x0805, 0x0401, 0x0501, 0x0203, 0x0201];
    let signatures: Vec<u8> = signatures.iter().flat_map(|it| it.to_be_bytes()).collect();
    let mut list = Vec::new();
    sized16(&mut list, &signatures);
    extension(&mut out, 13, &list);
    if is_13 {
        extension(&mut out, 43, &[2, 3, 4]);
        extension(&mut out, 45, &[1, 1]);
        // A share of x25519: every 32 bytes are a point.
        let mut share = vec![0, 29];
        sized16(&mut share, &[9; 32]);
        let mut shares = Vec::new();
        sized16(&mut shares, &share);
        extension(&mut out, 51, &shares);
    }
    out
}

fn extension(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend(kind.to_be_bytes());
    sized16(out, value);
}

fn sized16(out: &mut Vec<u8>, value: &[u8]) {
    out.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(value);
}
