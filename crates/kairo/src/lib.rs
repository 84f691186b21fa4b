//! Kairo.
