//! `kairo mail`: addresses that get no more mail, in numbers, and letting one get mail again.
//!
//! **Invariant:** no address is listed, for none is kept; an operator can only ask about one that a
//! person names.

use std::path::Path;

use clap::{Args, Subcommand};

use super::Failure;
use super::database::HostDatabase;
use super::open::open;
use crate::accounts::email::Email;
use crate::keys::Keys;
use crate::mail::{self, ADDRESSES, LETTERS, Seals};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Print how many addresses get no more mail, by reason.
    Suppressed,
    /// Let an address get mail again.
    Release(Release),
}

#[derive(Args)]
pub(super) struct Release {
    /// The address.
    #[arg(long)]
    email: String,
}

/// The keys of mail.
pub(super) fn seals(keys: &Keys) -> Result<Seals, Failure> {
    Ok(Seals::new(keys.system(LETTERS)?, keys.digests(ADDRESSES)?))
}

/// Prints or releases.
pub(super) fn run(file: Option<&Path>, command: &Command) -> Result<(), Failure> {
    let email = match command {
        Command::Suppressed => None,
        Command::Release(Release { email }) => {
            let known = Email::parse(email);
            Some(known.map_err(|_| format!("{email} is not an e-mail address"))?)
        }
    };
    let opened = open(file)?;
    let database = HostDatabase::attach(&opened)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut host, keys) = database.open(&opened).await?;
        let Some(email) = email else {
            let mut all = 0;
            for found in mail::suppressed(&mut host).await? {
                println!("{}: {}, the newest {}", found.reason, found.addresses, found.newest);
                all += found.addresses;
            }
            println!("{all}");
            return Ok(());
        };
        match mail::release(&mut host, &seals(&keys)?, email.as_str()).await? {
            true => println!("released"),
            false => return Err("this address was not shut off".into()),
        }
        Ok(())
    })
}
