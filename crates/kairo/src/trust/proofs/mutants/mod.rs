//! The mutants: the proofs put to the proof.
//!
//! Every policy, grant, role, function and view is broken in turn, by DDL in a transaction that is
//! thrown away, and the matrix or the lint must see it. One that nobody sees is either a hole in
//! the proofs or changes nothing; the latter are listed in `survivors` with the reason.
//!
//! Other connections cannot see what was not committed, so attempts run on the connection that
//! broke it, which becomes each role by `SET SESSION AUTHORIZATION`: `session_user` is then the
//! role, too.
//!
//! **Invariant:** the world without a mutant is as expected, or no mutant counts as killed.
//! **Invariant:** a listed survivor that is killed, or that is no mutant any more, is an error.

mod make;
mod queries;
mod survivors;

#[cfg(test)]
mod tests;

use std::fmt;

pub use survivors::SURVIVORS;

use super::lint::{RULES, Rule};
use super::matrix::{Cell, ROOT, all, mismatches, within};
use super::world::World;
use crate::db::{Answer, DbError, Probe, Scratch};

/// One way to break the schema.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What is broken, and how.
    pub name: String,
    /// The statement that breaks it.
    pub change: String,
    /// Where it should show; nowhere in the matrix, if there is none.
    pub object: Option<String>,
    /// As whom it should show; as anybody, if there is none.
    pub role: Option<String>,
    /// By which command; by any, if there is none.
    pub verb: Option<String>,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Mutants that were made.
    pub mutants: usize,
    /// Killed by a cell of the matrix.
    pub by_matrix: usize,
    /// Killed by a rule of the lint, which is asked after the nearest cells and before all others.
    pub by_lint: usize,
    /// Survivors that are listed, with the reason.
    pub explained: usize,
    /// What is wrong: survivors that nothing explains, explanations that explain nothing, and
    /// mutants that could not be made.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (killed, counted) = (self.by_matrix + self.by_lint, self.mutants - self.explained);
        write!(f, "{killed} of {counted} mutants killed ({} by the matrix, ", self.by_matrix)?;
        write!(f, "{} by the lint); {} more change nothing", self.by_lint, self.explained)
    }
}

/// What saw a mutant.
enum Killer {
    Matrix,
    Lint,
}

/// Makes the world in a migrated database without people, and every mutant in it.
///
/// # Errors
/// A connection failed, or the world could not be made.
pub async fn run(scratch: &Scratch) -> Result<Report, DbError> {
    let root = scratch.sign_in(ROOT).await?;
    let world = World::make(root.host()).await?;
    let mutants = make::all(root.host()).await?;
    let ground = Ground { root, cells: all(&world) };
    ground.run(&mutants).await
}

/// What every mutant is tried on.
struct Ground {
    root: Probe,
    cells: Vec<Cell>,
}

impl Ground {
    async fn run(&self, mutants: &[Mutant]) -> Result<Report, DbError> {
        let mut report = Report { mutants: mutants.len(), ..Report::default() };
        let nothing = Mutant {
            name: "nothing is broken".to_owned(),
            change: String::new(),
            object: None,
            role: None,
            verb: None,
        };
        if !matches!(self.try_out(&nothing).await?, Ok(None)) {
            report.faults.push("the world is not as expected before anything is broken".to_owned());
            return Ok(report);
        }
        for mutant in mutants {
            let explained = SURVIVORS.iter().any(|(name, _)| *name == mutant.name);
            match (self.try_out(mutant).await?, explained) {
                (Ok(Some(Killer::Matrix)), false) => report.by_matrix += 1,
                (Ok(Some(Killer::Lint)), false) => report.by_lint += 1,
                (Ok(None), true) => report.explained += 1,
                (Ok(None), false) => report.faults.push(format!("survives: {}", mutant.name)),
                (Ok(Some(_)), true) => {
                    report.faults.push(format!("is listed and was killed: {}", mutant.name));
                }
                (Err(why), _) => {
                    report.faults.push(format!("cannot be made: {} ({why})", mutant.name));
                }
            }
        }
        let is_made = |name: &str| mutants.iter().any(|mutant| mutant.name == name);
        let stale = SURVIVORS.iter().filter(|(name, _)| !is_made(name));
        report.faults.extend(stale.map(|(name, _)| format!("is listed and no mutant: {name}")));
        Ok(report)
    }

    /// Breaks, looks, mends. The inner error is that of a change that the server refuses.
    async fn try_out(&self, mutant: &Mutant) -> Result<Result<Option<Killer>, DbError>, DbError> {
        let host = self.root.host();
        if let Err(error) = host.execute(&queries::begin(&mutant.change)).await {
            host.execute("ROLLBACK").await?;
            return Ok(Err(error));
        }
        let killer = self.killer(mutant).await?;
        host.execute("ROLLBACK").await?;
        Ok(Ok(killer))
    }

    /// First where it should show, then by the lint, then everywhere.
    async fn killer(&self, mutant: &Mutant) -> Result<Option<Killer>, DbError> {
        let object = |cell: &Cell| mutant.object.as_deref() == Some(cell.object.as_str());
        let nearest = |cell: &Cell| {
            object(cell)
                && mutant.role.as_deref().is_none_or(|role| role == cell.role.name)
                && mutant.verb.as_deref().is_none_or(|verb| cell.sql.starts_with(verb))
        };
        let parts: [Vec<&Cell>; 3] = [
            self.cells.iter().filter(|cell| nearest(cell)).collect(),
            self.cells.iter().filter(|cell| object(cell) && !nearest(cell)).collect(),
            self.cells.iter().filter(|cell| !object(cell)).collect(),
        ];
        let [nearest, near, far] = &parts;
        if self.any_differs(nearest).await? {
            return Ok(Some(Killer::Matrix));
        }
        if self.lint_finds().await? {
            return Ok(Some(Killer::Lint));
        }
        let seen = self.any_differs(near).await? || self.any_differs(far).await?;
        Ok(seen.then_some(Killer::Matrix))
    }

    /// Whether a rule turns red; those first that most mutants break.
    async fn lint_finds(&self) -> Result<bool, DbError> {
        let is_first = |rule: &&Rule| FIRST_RULES.contains(&rule.id);
        let (first, rest): (Vec<&Rule>, Vec<&Rule>) = RULES.iter().partition(is_first);
        // What has parameters cannot be an attempt; it is about new objects, and no mutant is one.
        let rules = first.iter().chain(&rest).filter(|rule| !rule.sql.contains("$1"));
        for rule in rules {
            let answers = self.root.attempts(&[rule.sql.to_owned()], BACK).await?;
            if answers != [Answer::Rows(Vec::new())] {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether some cell comes to something else; stops soon after the first.
    async fn any_differs(&self, cells: &[&Cell]) -> Result<bool, DbError> {
        for some in cells.chunks(CELLS_AT_ONCE) {
            let attempts: Vec<String> = some.iter().map(|cell| within(cell)).collect();
            let answers = self.root.attempts(&attempts, BACK).await?;
            if !mismatches(some, &answers).is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Ends an attempt, and nothing else of the mutant.
const BACK: &str = queries::BACK;
/// Rules that most mutants break.
const FIRST_RULES: [&str; 4] = ["L4", "L7", "L10", "L15"];
/// As many as a probe sends together.
const CELLS_AT_ONCE: usize = 15;
