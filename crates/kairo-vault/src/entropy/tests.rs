//! What drawing randomness promises.

use super::draw;
use crate::{SystemEntropy, VaultError, test_entropy::Dry};

// Goal: the system's bytes are not fixed, and a dry source is an error and never zeros.
#[test]
fn fresh_or_refused() {
    let (first, second) =
        (draw::<32>(&SystemEntropy::new()).unwrap(), draw::<32>(&SystemEntropy::new()).unwrap());

    assert_ne!(first, second);
    assert_eq!(draw::<32>(&Dry), Err(VaultError::Entropy));
}
