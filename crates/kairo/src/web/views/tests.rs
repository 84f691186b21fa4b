//! Tests of the pages, over samples that show each in all its states.

mod html;
mod pages;
mod preview;
mod repeats;
mod samples;
mod usage;
mod words;
