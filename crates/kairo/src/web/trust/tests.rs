//! Tests of the pages of trust.
