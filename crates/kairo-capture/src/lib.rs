//! Read captures.
