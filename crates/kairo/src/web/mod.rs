//! web.

pub mod assets;
pub mod edge;
pub mod error;
pub mod health;
