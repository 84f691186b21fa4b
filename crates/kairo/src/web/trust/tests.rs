//! Tests of what the pages of trust say: states, ages, days, and what must never be said.

mod days;
mod json;
mod marks;
mod words;
