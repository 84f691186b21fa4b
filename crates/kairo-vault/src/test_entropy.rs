//! Random bytes that tests can foretell. Never part of the library.

use std::cell::Cell;

use crate::{Entropy, VaultError};

/// Counts upwards, one a byte, from the start given.
pub(crate) struct Counting(Cell<u8>);

impl Counting {
    pub(crate) fn from(start: u8) -> Self {
        Self(Cell::new(start))
    }
}

impl Entropy for Counting {
    fn fill(&self, out: &mut [u8]) -> Result<(), VaultError> {
        for byte in out {
            *byte = self.0.replace(self.0.get().wrapping_add(1));
        }
        Ok(())
    }
}

/// Has nothing to give.
pub(crate) struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), VaultError> {
        Err(VaultError::Entropy)
    }
}
