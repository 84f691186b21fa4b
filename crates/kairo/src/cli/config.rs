//! `kairo settings`: the table of configuration keys.

use crate::config::table;

/// Prints the table that the README holds too.
pub(super) fn print() {
    print!("{}", table::markdown());
}
