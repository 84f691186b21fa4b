//! Seal and open.
