//! Kairo: a self-hosted AI capture workspace whose Security page is executable.
//!
//! Modules in reading order, from what everything stands on to what a person sees. Each may use
//! only the ones above it in this list; `cargo xtask tidy` holds the table.

pub mod clock;
pub mod config;
pub mod limits;
pub mod meters;

pub mod db;

pub mod keys;
pub mod mail;

pub mod accounts;
pub mod guard;

pub mod ai;

pub mod items;

pub mod capture;

pub mod ops;
pub mod trust;

pub mod cli;
pub mod web;

/// Every statement that a runtime role may run. Connections prepare theirs when they are made; a
/// test prepares, type-checks and explains each as its role.
pub const STATEMENTS: &[&[db::Entry]] = &[
    mail::queries::REGISTRY,
    accounts::queries::REGISTRY,
    guard::queries::REGISTRY,
    guard::watch::queries::REGISTRY,
    items::queries::REGISTRY,
    capture::queries::REGISTRY,
    trust::controls::queries::REGISTRY,
];

/// The statements of the quota, which have connections of their own besides.
pub const QUOTA_STATEMENTS: &[&[db::Entry]] = &[guard::queries::REGISTRY];
