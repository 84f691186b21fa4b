//! The limits of the vault. Each is tested one past it.
//!
//! **Invariant:** no limit may grow past what the formats of the crate can carry.

/// The longest plaintext that is sealed, in bytes. Larger things are files, and are sealed in
/// segments elsewhere, because a record is opened whole in memory.
pub const PLAINTEXT_BYTES_MAX: usize = 1024 * 1024;

/// What sealing adds to a plaintext: header 48 bytes, tag 16.
pub const SEAL_OVERHEAD_BYTES: usize = 64;

/// The length of a wrapped data key: header 30 bytes, key 32, tag 16.
pub const WRAPPED_BYTES: usize = 78;

/// The longest table, column or purpose. PostgreSQL cuts names at 63 bytes without an error, and two
/// names that become one there must not be two here.
pub const NAME_BYTES_MAX: usize = 63;

/// The most root keys in a ring. At one rotation a quarter this is 16 years; the bound keeps a ring
/// text that somebody else wrote from costing memory.
pub const RING_KEYS_MAX: usize = 64;

/// The longest text of a ring, in bytes: room for [`RING_KEYS_MAX`] of the longest lines.
pub const RING_TEXT_BYTES_MAX: usize = 16 * 1024;
