//! The text of a key ring; the format is at [`super::KeyRing`].
//!
//! **Invariant:** there is one text for one list of keys, and the parser takes nothing else: no
//! comment, no blank, no `\r`. What a lenient reader passes over is where a damaged file hides.
//! **Invariant:** errors name a line and quote nothing, because the line holds a key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::key::{KeyState, RootKey};
use crate::VaultError;
use crate::limits::RING_KEYS_MAX;
use crate::secret::{SECRET_BYTES, Secret};

const MAGIC: &str = "kairo-keyring ";
const VERSION: &str = "1";
const BASE64_BYTES: usize = 43;
/// A `key` line at its longest: word 4, id 37, time 36, state 13, key 43, end 1.
const LINE_BYTES_MAX: usize = 134;

pub(super) struct Parsed {
    pub(super) keys: Vec<RootKey>,
    pub(super) fingerprint: [u8; SECRET_BYTES],
}

pub(super) fn parse(text: &str) -> Result<Parsed, VaultError> {
    let mut lines = text.split('\n').zip(1..);
    let (magic, _) = lines.next().ok_or(VaultError::RingVersion)?;
    if magic.strip_prefix(MAGIC) != Some(VERSION) {
        return Err(VaultError::RingVersion);
    }
    let mut keys = Vec::with_capacity(RING_KEYS_MAX);
    for (content, line) in &mut lines {
        if content.is_empty() {
            break;
        }
        if let Some(encoded) = content.strip_prefix("fingerprint ") {
            let fingerprint = decode(encoded).ok_or(VaultError::RingLine { line })?;
            return finish(lines, line)
                .map(|()| Parsed { keys, fingerprint: *fingerprint.expose() });
        }
        keys.push(parse_key(content).ok_or(VaultError::RingLine { line })?);
    }
    // An empty line ends a cut file, unless something follows it.
    match lines.next() {
        Some((_, line)) => Err(VaultError::RingLine { line: line - 1 }),
        None => Err(VaultError::RingTruncated),
    }
}

/// Nothing but the end of the last line may be left.
fn finish<'a>(
    mut rest: impl Iterator<Item = (&'a str, usize)>,
    last: usize,
) -> Result<(), VaultError> {
    match (rest.next(), rest.next()) {
        (Some(("", _)), None) => Ok(()),
        (None, _) => Err(VaultError::RingTruncated),
        _ => Err(VaultError::RingLine { line: last + 1 }),
    }
}

fn parse_key(line: &str) -> Option<RootKey> {
    let mut fields = line.strip_prefix("key ")?.split(' ');
    let (id, created) = (fields.next()?, fields.next()?);
    let (state, encoded) = (fields.next()?, fields.next()?);
    if fields.next().is_some() {
        return None;
    }
    let state = KeyState::from_word(state)?;
    RootKey::new(id.parse().ok()?, created, state, decode(encoded)?).ok()
}

fn decode(encoded: &str) -> Option<Secret> {
    let mut buffer = Zeroizing::new([0; BASE64_BYTES]);
    if encoded.len() != BASE64_BYTES {
        return None;
    }
    let len = URL_SAFE_NO_PAD.decode_slice(encoded, buffer.as_mut_slice()).ok()?;
    let bytes: &[u8; SECRET_BYTES] = buffer.get(..len)?.try_into().ok()?;
    Secret::filled(|out| {
        out.copy_from_slice(bytes);
        Ok(())
    })
    .ok()
}

fn push_encoded(out: &mut String, bytes: &[u8; SECRET_BYTES]) -> Result<(), VaultError> {
    let mut buffer = Zeroizing::new([0; BASE64_BYTES]);
    let len = URL_SAFE_NO_PAD
        .encode_slice(bytes, buffer.as_mut_slice())
        .map_err(|_| VaultError::Backend)?;
    let encoded = buffer.get(..len).and_then(|ascii| std::str::from_utf8(ascii).ok());
    out.push_str(encoded.ok_or(VaultError::Backend)?);
    Ok(())
}

pub(super) fn render<'a>(
    keys: impl Iterator<Item = &'a RootKey>,
    fingerprint: &[u8; SECRET_BYTES],
) -> Result<Zeroizing<String>, VaultError> {
    let mut text = Zeroizing::new(String::with_capacity((RING_KEYS_MAX + 2) * LINE_BYTES_MAX));
    for part in [MAGIC, VERSION, "\n"] {
        text.push_str(part);
    }
    for key in keys {
        let id = key.id().to_string();
        for part in ["key ", &id, " ", key.created(), " ", key.state().as_str(), " "] {
            text.push_str(part);
        }
        push_encoded(&mut text, key.secret().expose())?;
        text.push('\n');
    }
    text.push_str("fingerprint ");
    push_encoded(&mut text, fingerprint)?;
    text.push('\n');
    Ok(text)
}
