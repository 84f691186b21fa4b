//! Why the vault refused.
//!
//! **Invariant:** no variant carries a secret, or says which part of an authentication failed: a
//! reason would be an oracle for whoever edits ciphertext.

/// A refusal of the vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The operating system gave no random bytes. Nothing may be sealed until it does.
    #[error("no random bytes are to be had")]
    Entropy,
    /// The bytes were changed, moved to another place or owner, or sealed by another key.
    #[error("the sealed bytes are not authentic")]
    NotAuthentic,
    /// The bytes are too short to be what they claim; a write was cut, or the column is wrong.
    #[error("the sealed bytes are cut short")]
    Truncated,
    /// Version, algorithm or flags are ones this build does not know: a newer Kairo wrote the row,
    /// or somebody tries a downgrade.
    #[error("the sealed bytes have an unknown format")]
    UnknownFormat,
    /// More text than a record may hold, [`crate::limits::PLAINTEXT_BYTES_MAX`].
    #[error("the text is too long to seal")]
    TooLong,
    /// A table, column or purpose is empty, too long, or not printable ASCII. A mistake in the code
    /// of the caller, never of a person.
    #[error("the name of a table, column or purpose is not valid")]
    Name,
    /// The owner kind is not one of the known words.
    #[error("the kind of owner is unknown")]
    OwnerKind,
    /// The root key is not in the ring: the wrong ring was loaded, or the key was removed too early.
    #[error("the root key is not in the ring")]
    UnknownKey,
    /// The root key is retired. After a restore from an old backup, set it to `decrypt-only` again.
    #[error("the root key is retired")]
    RetiredKey,
    /// The active key can be neither retired nor removed, and only a retired key can be removed.
    #[error("the state of the root key does not allow this")]
    KeyInUse,
    /// The text is not a UUID in lower case.
    #[error("the id of a root key is not valid")]
    KeyId,
    /// The time of creation is not an RFC 3339 date and time.
    #[error("the time of creation of a root key is not valid")]
    Created,
    /// The first line names no version, or one that this build does not know.
    #[error("the key ring has an unknown version")]
    RingVersion,
    /// A line of the key ring is not what the format asks for, or something follows the end.
    #[error("line {line} of the key ring is not valid")]
    RingLine {
        /// The line, counted from 1.
        line: usize,
    },
    /// The last line is missing: the file was cut.
    #[error("the key ring is cut short")]
    RingTruncated,
    /// The keys are not the ones that the fingerprint was made of: a line is lost or damaged. Using
    /// such a ring would wrap new keys with a key that nobody can rebuild.
    #[error("the key ring does not match its fingerprint")]
    RingFingerprint,
    /// Two entries have one id, or hold the same key.
    #[error("the key ring holds a key twice")]
    DuplicateKey,
    /// No entry is active.
    #[error("the key ring has no active key")]
    NoActiveKey,
    /// Two entries are active.
    #[error("the key ring has more than one active key")]
    TwoActiveKeys,
    /// More keys or more text than a ring may hold.
    #[error("the key ring is too large")]
    RingTooLarge,
    /// The back end refused lengths that are fixed in this crate. It has not been seen to happen.
    #[error("the cryptographic back end refused")]
    Backend,
}
