//! The self-test: each check must turn red when the real thing is broken, and green when it is
//! mended. Mutation testing for controls.
//!
//! **Invariant:** what is broken is a scratch server's database, wire or file; the check's code and
//! what it reads stay as they are.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::catalogue::{Check, Runner};
use super::checks::{
    Implementation, SABOTAGE_ATTESTATION, SABOTAGE_KEY, Sabotage, Tamper, UNDO_ATTESTATION,
    UNDO_KEY, implementation,
};
use super::evidence::{self, Run};
use super::relay::{Ails, Relay};
use super::state::{Outcome, State};
use super::subject::Subject;
use crate::db::cluster::Throwaway;
use crate::db::{DbError, Host};

/// What a scratch server does wrong now. Shared with its edge; a server that people use has none.
#[derive(Debug, Clone)]
pub struct Tampers(Arc<Mutex<Option<Tamper>>>, Arc<AtomicU32>);

impl Tampers {
    /// For a server of a scratch cluster alone.
    pub fn new(_mark: &Throwaway) -> Self {
        Self(Arc::default(), Arc::default())
    }

    /// The end of an address that no request has come from yet.
    pub fn next_source(&self) -> String {
        let number = self.1.fetch_add(1, Ordering::Relaxed);
        let [_, a, b, c] = number.to_be_bytes();
        format!("{a}.{b}.{c}")
    }

    /// What it does wrong now.
    pub fn now(&self) -> Option<Tamper> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, tamper: Option<Tamper>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tamper;
    }
}

/// A scratch server with everything that can be broken about it.
pub struct Stage {
    /// The server.
    pub subject: Subject,
    /// The superuser of its cluster.
    pub root: Host,
    /// What its edge does wrong.
    pub tampers: Tampers,
    /// What stands in front of it.
    pub relay: Relay,
    /// A repository of its own.
    pub repository: PathBuf,
    /// The file of its key ring.
    pub ring: PathBuf,
}

/// What one check's test came to.
#[derive(Debug)]
pub struct Tested {
    /// The check.
    pub check: String,
    /// What went otherwise than it must; `None` where it saw the violation.
    pub fault: Option<String>,
}

/// What the sabotage writes beside a key, as somebody's note would.
const KEY_FORM: &str = "key:";

impl Stage {
    /// Tests every check of the catalogue, in its order.
    pub async fn run(&self, mut tell: impl FnMut(&Tested)) -> Vec<Tested> {
        let mut all = Vec::new();
        for check in &self.subject.catalogue.checks {
            let fault = self.one(check).await.err();
            let tested = Tested { check: check.id.clone(), fault };
            tell(&tested);
            all.push(tested);
        }
        all
    }

    async fn one(&self, check: &Check) -> Result<(), String> {
        if check.runner == Runner::Attestation {
            return self.attestation(check).await;
        }
        let code = implementation(&check.id).ok_or("there is no code for it")?;
        self.expect(check, Outcome::Pass, "before").await?;
        let broken = self.apply(code).await;
        let saw = match broken {
            Ok(()) => self.expect(check, red(check), "under sabotage").await,
            Err(error) => Err(format!("could not be sabotaged: {error}")),
        };
        self.revert(code).await.map_err(|error| format!("could not be mended: {error}"))?;
        saw?;
        self.expect(check, Outcome::Pass, "after").await
    }

    async fn expect(&self, check: &Check, outcome: Outcome, when: &str) -> Result<(), String> {
        let run = evidence::run(&self.subject, check).await.ok_or("there is no code for it")?;
        if run.outcome == outcome { Ok(()) } else { Err(told(&run, outcome, when)) }
    }

    async fn apply(&self, code: &Implementation) -> Result<(), String> {
        match code.sabotage {
            Sabotage::Sql { apply, .. } => self.root.execute(apply).await.map_err(text),
            Sabotage::Wire(Tamper::OldTls) => {
                self.relay.ail(Ails::OldTls);
                Ok(())
            }
            Sabotage::Wire(Tamper::WeakSuite) => {
                self.relay.ail(Ails::WeakSuite);
                Ok(())
            }
            Sabotage::Wire(tamper) => {
                self.tampers.set(Some(tamper));
                Ok(())
            }
            Sabotage::KeyInDatabase => {
                let key = self.key()?;
                self.root.query(SABOTAGE_KEY, &[&key]).await.map(|_| ()).map_err(text)
            }
            Sabotage::KeyInSource => self.commit_key(),
        }
    }

    async fn revert(&self, code: &Implementation) -> Result<(), String> {
        match code.sabotage {
            Sabotage::Sql { revert, .. } => self.root.execute(revert).await.map_err(text),
            Sabotage::Wire(_) => {
                self.relay.ail(Ails::Nothing);
                self.tampers.set(None);
                Ok(())
            }
            Sabotage::KeyInDatabase => self.root.execute(UNDO_KEY).await.map_err(text),
            Sabotage::KeyInSource => new_repository(&self.repository),
        }
    }

    /// A key as the ring's file has it: the last word of its first line of a key.
    fn key(&self) -> Result<String, String> {
        let text = std::fs::read_to_string(&self.ring).map_err(text)?;
        let line = text.lines().find(|line| line.starts_with("key "));
        let key = line.and_then(|line| line.rsplit(' ').next()).ok_or("the ring has no key")?;
        Ok(format!("{KEY_FORM} {key}"))
    }

    /// Commits a private key, and takes it away again: the history keeps it.
    fn commit_key(&self) -> Result<(), String> {
        let random: [u8; 32] = self.subject.base.random.bytes().map_err(text)?;
        let more: [u8; 32] = self.subject.base.random.bytes().map_err(text)?;
        let body = STANDARD.encode([random, more].concat());
        let pem = format!("-----BEGIN {0}-----\n{body}\n-----END {0}-----\n", "PRIVATE KEY");
        let file = self.repository.join("server.pem");
        std::fs::write(&file, pem).map_err(text)?;
        git(&self.repository, &["add", "-A"])?;
        git(&self.repository, &["commit", "-q", "-m", "Add a key"])?;
        std::fs::remove_file(&file).map_err(text)?;
        git(&self.repository, &["commit", "-q", "-a", "-m", "Take it away"])
    }

    async fn attestation(&self, check: &Check) -> Result<(), String> {
        self.attested(check, State::Attested, "before").await?;
        self.root.execute(SABOTAGE_ATTESTATION).await.map_err(text)?;
        let saw = self.attested(check, State::Stale, "under sabotage").await;
        self.root.execute(UNDO_ATTESTATION).await.map_err(text)?;
        saw?;
        self.attested(check, State::Attested, "after").await
    }

    async fn attested(&self, check: &Check, state: State, when: &str) -> Result<(), String> {
        let known = super::known(&self.subject.base.db, &self.subject).await;
        let known = known.map_err(|error: DbError| error.to_string())?;
        let catalogue = &self.subject.catalogue;
        let claim = catalogue.claims().find(|claim| claim.checks.contains(&check.id));
        let claim = claim.ok_or("no claim asks for it")?;
        let mut standings = known.checks(catalogue, claim).into_iter();
        let found = standings.find(|(it, _)| it.id == check.id).map(|(_, standing)| standing.state);
        match found {
            Some(found) if found == state => Ok(()),
            found => Err(format!("{when}: {} expected, {found:?} found", state.word())),
        }
    }
}

/// What a check comes to under its sabotage: it fails, but for one whose answer is that it cannot
/// tell.
fn red(check: &Check) -> Outcome {
    if check.id == "operator.facts" { Outcome::Inconclusive } else { Outcome::Fail }
}

fn told(run: &Run, expected: Outcome, when: &str) -> String {
    let (expected, found) = (expected.word(), run.outcome.word());
    format!("{when}: {expected} expected, {found} found; {} {}", run.reason, run.detail)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn git(folder: &std::path::Path, arguments: &[&str]) -> Result<(), String> {
    let who = [
        "-c",
        "user.name=Kairo",
        "-c",
        "user.email=kairo@example.invalid",
        "-c",
        "commit.gpgsign=false",
    ];
    let run = Command::new("git").arg("-C").arg(folder).args(who).args(arguments).output();
    let run = run.map_err(|error| format!("git: {error}"))?;
    if run.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

/// Makes a repository with one file in it, in the place of what was there.
///
/// # Errors
/// There is no git, or no room.
pub fn new_repository(folder: &std::path::Path) -> Result<(), String> {
    let _gone_or_not = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(text)?;
    git(folder, &["init", "-q"])?;
    std::fs::write(folder.join("README.md"), "Kairo\n").map_err(text)?;
    git(folder, &["add", "-A"])?;
    git(folder, &["commit", "-q", "-m", "Begin"])
}
