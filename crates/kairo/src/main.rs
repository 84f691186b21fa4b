//! Kairo.
fn main() {}
