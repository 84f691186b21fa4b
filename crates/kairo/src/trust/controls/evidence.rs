//! Evidence: what a run of a check came to, written at the end of a chain, and the chain's roots.
//!
//! **Invariant:** evidence comes from a run. There is no way to write a pass by hand from here, and
//! the function of the database takes nothing back.
//! **Invariant:** a run that tested fewer than its check asks for is inconclusive, never a pass.

use ring::digest;
use ring::signature::{ED25519, KeyPair as _, UnparsedPublicKey};

use super::catalogue::{Catalogue, Check};
use super::checks::{Told, Untold};
use super::queries::{EvidenceEnd, EvidenceRecord, RootKeep, RootRow};
use super::state::Outcome;
use super::subject::Subject;
use crate::accounts::{AccountError, Base};
use crate::db::DbError;

/// A run of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The check.
    pub check: String,
    /// What it came to.
    pub outcome: Outcome,
    /// How many there are to test.
    pub population: i32,
    /// How many were tested.
    pub tested: i32,
    /// How many did not hold.
    pub violations: i32,
    /// Why it could not tell; empty otherwise.
    pub reason: String,
    /// For the operator.
    pub detail: serde_json::Value,
    /// How long it took.
    pub took_ms: i64,
}

/// Longest reason.
const REASON_CHARS_MAX: usize = 200;

impl Run {
    /// Judges what a check told.
    pub fn of(check: &Check, told: Told, took_ms: i64) -> Self {
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let base = Self {
            check: check.id.clone(),
            outcome: Outcome::Inconclusive,
            population: 0,
            tested: 0,
            violations: 0,
            reason: String::new(),
            detail: serde_json::json!({}),
            took_ms,
        };
        let seen = match told {
            Ok(seen) => seen,
            Err(Untold(reason)) => {
                let reason = reason.chars().take(REASON_CHARS_MAX).collect();
                return Self { reason, ..base };
            }
        };
        let detail = seen.detail();
        let enough = u64::from(check.population_min) <= seen.tested as u64 && seen.tested > 0;
        let (outcome, reason) = match (seen.violations.len(), enough) {
            (0, true) => (Outcome::Pass, String::new()),
            (0, false) => {
                let few = format!("only {} {} to test", seen.tested, check.population);
                (Outcome::Inconclusive, few)
            }
            _ => (Outcome::Fail, String::new()),
        };
        Self {
            outcome,
            population: number(seen.population),
            tested: number(seen.tested),
            violations: number(seen.violations.len()),
            reason,
            detail,
            ..base
        }
    }
}

/// Runs a check, within its time.
pub async fn run(subject: &Subject, check: &Check) -> Option<Run> {
    let implementation = super::checks::implementation(&check.id)?;
    let begun = tokio::time::Instant::now();
    let limit = check.timeout.try_into().unwrap_or(std::time::Duration::from_secs(20));
    let told = tokio::time::timeout(limit, (implementation.run)(subject)).await;
    let told = told.unwrap_or_else(|_| Err(Untold("it did not end in its time".to_owned())));
    let took_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    Some(Run::of(check, told, took_ms))
}

/// Writes a run down.
pub async fn record(subject: &Subject, check: &Check, run: &Run) -> Result<i64, DbError> {
    let statement = EvidenceRecord {
        env: subject.env.word().to_owned(),
        check: check.id.clone(),
        version: check.version,
        catalogue: Catalogue::digest().to_vec(),
        program: subject.program.sha256.to_vec(),
        took_ms: run.took_ms,
        counts_s: check.max_age.as_secs(),
        outcome: run.outcome.word().to_owned(),
        population: run.population,
        tested: run.tested,
        violations: run.violations,
        reason: run.reason.clone(),
        detail: run.detail.clone(),
    };
    let rows = subject.base.db.worker.write(None, statement).await?;
    Ok(rows.first().map_or(0, |row| row.seq))
}

/// The hash before the first link of a chain.
pub fn genesis(env: &str) -> Vec<u8> {
    let first = format!("kairo/evidence/v1 {env}");
    digest::digest(&digest::SHA256, first.as_bytes()).as_ref().to_vec()
}

/// What the signature of a root covers.
fn signed_bytes(env: &str, seq: i64, hash: &[u8]) -> Vec<u8> {
    let mut bytes = format!("kairo/evidence-root/v1\n{env}\n{seq}\n").into_bytes();
    bytes.extend_from_slice(hash);
    bytes
}

/// Signs the present end of the chain, once a day; gives whether this was the day's first.
///
/// # Errors
/// The database is away, or there is no randomness.
pub async fn sign_root(base: &Base, env: &str) -> Result<bool, AccountError> {
    let end = EvidenceEnd { env: env.to_owned() };
    let Some(end) = base.db.worker.read(None, end).await?.into_iter().next() else {
        return Ok(false);
    };
    let signer = base.keys.evidence_signer()?;
    let signature = signer.sign(&signed_bytes(env, end.seq, &end.hash));
    let keep = RootKeep {
        env: env.to_owned(),
        seq: end.seq,
        hash: end.hash,
        signer: signer.public_key().as_ref().to_vec(),
        signature: signature.as_ref().to_vec(),
    };
    let rows = base.db.worker.write(None, keep).await?;
    Ok(rows.first().is_some_and(|row| row.kept))
}

/// Whether a root's signature is its signer's.
pub fn is_signed(env: &str, root: &RootRow) -> bool {
    let key = UnparsedPublicKey::new(&ED25519, &root.signer);
    key.verify(&signed_bytes(env, root.seq, &root.hash), &root.signature).is_ok()
}
