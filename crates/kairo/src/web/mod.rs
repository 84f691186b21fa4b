//! web.

pub mod views;
