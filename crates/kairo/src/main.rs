//! The program: reads its arguments and hands over to [`kairo::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    kairo::cli::run()
}
