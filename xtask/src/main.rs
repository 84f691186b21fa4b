//! The repository's own commands: `cargo xtask up | test | tidy | schema | bench | api | tls |
//! clients | model`.
//!
//! **Invariant:** no dependency beyond the standard library, so that the first command of a fresh
//! clone answers within seconds. Nothing of this crate is part of the product.

mod api;
mod bench;
mod clients;
mod install;
mod kairo;
mod model;
mod schema;
mod sh;
mod test;
mod tidy;
mod tls;
mod up;

use std::process::ExitCode;

use sh::{Failure, Result};

const USAGE: &str = "\
cargo xtask <command>

  up [options of `kairo serve`]   find or install PostgreSQL, build Kairo and run it
  test [--fast] [--model]         install what tests need, then run everything that CI runs;
                                  `--model` adds the step `model`
  tidy                            check the house rules
  schema [--check]                write crates/kairo/schema.sql, or compare it
  bench [filter]                  run the benchmarks
  api [options of schemathesis]   generated requests against a running Kairo
  tls                             sslscan and testssl.sh against a running Kairo
  clients                         OpenAI's own clients against a running Kairo
  model                           a running Kairo with a real small model on this machine";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", arguments),
    };
    match command {
        "up" => up::up(rest),
        "test" => test::test(rest),
        "tidy" => tidy::tidy(rest),
        "schema" => schema::schema(rest),
        "bench" => bench::bench(rest),
        "api" => api::api(rest),
        "tls" => tls::tls(rest),
        "clients" => clients::clients(),
        "model" => model::model(&mut install::Apt::default()),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::new(format!("There is no command `{other}`.\n\n{USAGE}"))),
    }
}
