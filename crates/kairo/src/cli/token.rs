//! `kairo token create`: an API token for an address, made on the host.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;

use super::Failure;
use super::database::HostDatabase;
use super::open::open;
use crate::accounts::email::Email;
use crate::accounts::tokens::{self, NewToken};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token and, where needed, its account. The token is printed alone on the last line,
    /// once.
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    /// Whose token.
    #[arg(long)]
    email: String,
    /// The account's plan; left as it is when not given.
    #[arg(long)]
    plan: Option<Plan>,
    /// A name to know it by in the settings.
    #[arg(long, default_value = "Made on the host")]
    name: String,
    /// The token may read and change nothing.
    #[arg(long)]
    read_only: bool,
    /// Days until it ends; without it, it ends when it is revoked.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: Option<u16>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Plan {
    Free,
    Pro,
}

/// Longest name of a token, in characters.
const NAME_CHARS_MAX: usize = 60;

/// Makes the token.
pub(super) fn run(file: Option<&Path>, command: &Command) -> Result<(), Failure> {
    let Command::Create(create) = command;
    let email = Email::parse(&create.email)
        .map_err(|_| format!("{} is not an e-mail address that Kairo writes to", create.email))?;
    if create.name.trim().is_empty() || create.name.chars().count() > NAME_CHARS_MAX {
        return Err(format!("a token's name has 1 to {NAME_CHARS_MAX} characters").into());
    }
    let opened = open(file)?;
    let ends = |days| opened.clock.now() + SignedDuration::from_hours(24 * i64::from(days));
    let new = NewToken {
        email,
        name: create.name.trim().to_owned(),
        plan: create.plan.map(|plan| match plan {
            Plan::Free => "free".to_owned(),
            Plan::Pro => "pro".to_owned(),
        }),
        may_write: !create.read_only,
        expires_at: create.days.map(ends),
    };
    let database = HostDatabase::attach(&opened)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let secret = runtime.block_on(async {
        let (mut host, keys) = database.open(&opened).await?;
        let made = tokens::create(&mut host, &keys, &opened.ids, &opened.random, &new).await;
        made.map_err(Failure::from)
    })?;
    println!("{}", *secret.reveal());
    Ok(())
}
