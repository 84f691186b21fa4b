//! The commands of the host.
//!
//! **Invariant:** commands are thin: they read configuration, open what they need and call a
//! domain's verb.
//! **Invariant:** a command's answer goes to standard output, alone on its last line where scripts
//! read it; everything else goes to standard error.

mod ai;
mod config;
mod controls;
mod database;
mod doctor;
mod mail;
mod migrate;
mod open;
mod serve;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A failed command, as its user reads it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "kairo", version, about = "A self-hosted AI capture workspace")]
struct Arguments {
    /// Configuration file; DATA_DIR/kairo.toml when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve Kairo until SIGTERM.
    Serve,
    /// Bring the database to the schema of this program.
    Migrate,
    /// API tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// The claims of the Security page.
    #[command(subcommand)]
    Controls(controls::Command),
    /// Addresses that get no more mail.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Say what is wrong with this installation and how to mend it: 0 when all is well, 1 with
    /// warnings, 2 with problems.
    Doctor(doctor::Doctor),
    /// Print every configuration key with its default and meaning, as a table.
    Settings,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(tell_panic));
    // Before anything of TLS: TLS without a chosen provider panics.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("kairo: another cryptography provider is installed already");
        return ExitCode::FAILURE;
    }
    let arguments = Arguments::parse();
    let config = arguments.config.as_deref();
    let fine = |()| ExitCode::SUCCESS;
    let done = match arguments.command {
        Command::Serve => serve::run(config).map(fine),
        Command::Migrate => migrate::run(config).map(fine),
        Command::Token(command) => token::run(config, &command).map(fine),
        Command::Controls(command) => controls::run(config, &command),
        Command::Mail(command) => mail::run(config, &command).map(fine),
        Command::Doctor(doctor) => doctor::run(config, &doctor),
        Command::Settings => {
            config::print();
            Ok(ExitCode::SUCCESS)
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kairo: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Logs where a panic happened, never its message: "byte index 3 is not a char boundary; it is
/// inside …" quotes what a person wrote.
fn tell_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!(place, "a panic");
    } else {
        // Before the log has begun.
        eprintln!("kairo: a panic at {place}");
    }
}

/// An error with its causes, each said once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
