//! Envelope encryption for what a person wrote: root keys wrap data keys, data keys seal records.
//!
//! ```text
//! root key (secrets store)  --wraps-->  data key (one an owner)  --HKDF-->  record key (one a seal)
//!          \--HKDF--> subkeys (MAC)             \--HKDF--> keyed digests
//! ```
//!
//! The crate is pure: no I/O, no async, no clock, and randomness is the [`Entropy`] parameter.
//! The only cryptographic back end is `ring`: AES-256-GCM, HKDF-SHA256 and HMAC-SHA256.
//!
//! # Formats
//! Integers are big-endian. `lp(x)` is the length of `x` as eight bytes, then `x`. `Expand` is
//! HKDF-Expand of RFC 5869 with SHA-256; every key here is uniform, so no Extract step is needed.
//!
//! **Sealed record, version 1**, 64 bytes longer than its plaintext:
//! ```text
//! 01 | alg 01 | data-key id 16 | flags 0000 | salt 16 | nonce 12 | ciphertext | tag 16
//! key  = Expand(data key, "kairo/v1/" purpose salt)
//! data = lp(header 48) lp(table) lp(column) lp(row) lp(owner kind) lp(owner id)
//! ```
//! **Wrapped data key, version 1**, 78 bytes:
//! ```text
//! 01 | alg 01 | salt 16 | nonce 12 | ciphertext 32 | tag 16
//! key  = Expand(root key, "kairo/root/v1/wrap/" salt)
//! data = lp(header 30) lp(data-key id) lp(owner kind) lp(owner id) lp(root-key id)
//! ```
//! **Keyed digest** under a data key or a subkey of a root key, over a list of parts:
//! ```text
//! HMAC-SHA256(Expand(data key, "kairo/mac/v1/" purpose), lp(part) …)
//! HMAC-SHA256(Expand(root key, "kairo/root/v1/subkey/" purpose), lp(part) …)
//! ```
//! **System key**, a data key that no table holds:
//! ```text
//! key = Expand(root key, "kairo/root/v1/system/" purpose)
//! id  = the first 16 bytes of Expand(root key, "kairo/root/v1/system-id/" purpose)
//! ```
//! The text of a key ring is described at [`KeyRing`].
//!
//! # Threat model
//! The attacker reads and writes the database and its backups, and does not hold a root key.
//! - They learn lengths, owners and times, never text. Lengths are not padded.
//! - A record or a wrapped key that was changed, cut, or moved to another row, column, table, owner
//!   or purpose does not open. What they can do is put back an *older* sealed value of the *same*
//!   place, and delete; versions, the audit chain and backups answer for that.
//! - The salt gives every record a key of its own, so the limit of 2^32 random nonces a key (NIST
//!   SP 800-38D, 8.3) does not bound a data key; a repeat needs salt and nonce to collide together.
//! - AES-GCM does not commit to its key, which matters where an attacker chooses keys (partitioning
//!   oracles, Len et al. 2021). Here nobody outside chooses one, and the id in the header is bound.
//! - Losing a root key loses all it wraps; erasing a wrapped data key erases what it sealed, backups
//!   of the table apart.
//!
//! Out of scope: an attacker who reads the memory of the process, and timing on the same machine of
//! the base64 of a key file. Secrets that this crate holds are zeroed on drop; the expanded key
//! schedules that `ring` holds while it works are not, because it offers no way to.
//!
//! **Invariant:** every failed authentication is [`VaultError::NotAuthentic`], with no detail.
//! **Invariant:** no secret appears in `Debug`, in `Display` or in an error.
//! **Invariant:** one key serves one use; the labels above are disjoint, and a salt of fixed length
//! ends the variable ones, so no two uses can be given the same HKDF info.
//! **Invariant:** nothing here panics, whatever the input.
#![deny(missing_docs)]

mod bytes;
mod data_key;
mod entropy;
mod error;
mod key_ring;
pub mod limits;
mod mac;
mod owner;
mod place;
mod seal;
mod secret;
#[cfg(test)]
mod test_entropy;
mod wrap;

pub use data_key::DataKey;
pub use entropy::{Entropy, SystemEntropy};
pub use error::VaultError;
pub use key_ring::{KeyId, KeyRing, KeyState, RootKey};
pub use mac::Subkey;
pub use owner::{Owner, OwnerKind};
pub use place::Place;
pub use seal::sealed_key_id;
pub use wrap::Wrapped;
