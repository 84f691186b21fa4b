//! keys.

pub mod source;

#[cfg(test)]
mod tests;
