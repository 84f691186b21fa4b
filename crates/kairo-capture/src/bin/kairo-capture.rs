//! JSONL.
fn main() {}
