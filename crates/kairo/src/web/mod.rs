//! HTTP: routes, forms, pages and JSON. The only place that knows of requests and templates.

pub mod assets;
pub mod edge;
pub mod error;
pub mod health;
pub mod views;
