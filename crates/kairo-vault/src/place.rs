//! Where a sealed value stands.
//!
//! **Invariant:** a value opens only at the place it was sealed for. That is what stops the cut and
//! paste of a ciphertext to a row that the attacker may read.

use crate::VaultError;
use crate::limits::NAME_BYTES_MAX;

/// The place of a sealed value. Names are 1 to 63 bytes of printable ASCII without a space.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Place<'a> {
    /// The table, with its schema: `app.items`.
    pub table: &'a str,
    /// The column: `body`.
    pub column: &'a str,
    /// The bytes of the row's UUID.
    pub row: [u8; 16],
    /// What the value is for: `item`. It selects the record key.
    pub purpose: &'a str,
}

impl Place<'_> {
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        check_name(self.table)?;
        check_name(self.column)?;
        check_name(self.purpose)
    }
}

pub(crate) fn check_name(name: &str) -> Result<(), VaultError> {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len());
    if fits && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(VaultError::Name)
    }
}
