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
use crate::db::{Answer, Change, DbError, Probe, Scratch};

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

impl Report {
    fn count(&mut self, mutant: &Mutant, killer: Result<Option<Killer>, DbError>) {
        let name = &mutant.name;
        let explained = SURVIVORS.iter().any(|(listed, _)| listed == name);
        match (killer, explained) {
            (Ok(Some(Killer::Matrix)), false) => self.by_matrix += 1,
            (Ok(Some(Killer::Lint)), false) => self.by_lint += 1,
            (Ok(None), true) => self.explained += 1,
            (Ok(None), false) => self.faults.push(format!("survives: {name}")),
            (Ok(Some(_)), true) => self.faults.push(format!("is listed and was killed: {name}")),
            (Err(why), _) => self.faults.push(format!("cannot be made: {name} ({why})")),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.mutants += other.mutants;
        self.by_matrix += other.by_matrix;
        self.by_lint += other.by_lint;
        self.explained += other.explained;
        self.faults.extend(other.faults);
        self
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
    let copying: Vec<String> =
        root.host().query(queries::COPY, &[]).await?.iter().map(|row| row.get(0)).collect();
    // Nobody may be connected to what is copied.
    drop(root);
    let cells = all(&world);
    // Two halves in two databases of one world. What is the whole cluster's stays in the first:
    // two transactions that change one role would wait for each other.
    let server = scratch.beside("postgres").sign_in(ROOT).await?;
    for statement in copying {
        server.host().execute(&statement).await?;
    }
    let beside = scratch.beside(queries::COPY_NAME);
    let (first, second) = halves(&mutants);
    let grounds = (Ground::open(scratch, &cells), Ground::open(&beside, &cells));
    let (mut one, mut other) = tokio::try_join!(grounds.0, grounds.1)?;
    let (one, other) = tokio::try_join!(one.run(&first), other.run(&second))?;
    let mut report = one.and(other);
    let is_made = |name: &str| mutants.iter().any(|mutant| mutant.name == name);
    let stale = SURVIVORS.iter().filter(|(name, _)| !is_made(name));
    report.faults.extend(stale.map(|(name, _)| format!("is listed and no mutant: {name}")));
    Ok(report)
}

/// Mutants of the cluster, with every other one of the rest; the others.
fn halves(mutants: &[Mutant]) -> (Vec<&Mutant>, Vec<&Mutant>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    // Those of one kind follow each other, as one rule kills most of them.
    let mut mutants: Vec<&Mutant> = mutants.iter().collect();
    mutants.sort_by_key(|mutant| (mutant.object.is_some(), mutant.verb.as_deref()));
    for (n, mutant) in mutants.into_iter().enumerate() {
        let is_of_cluster = mutant.object.is_none() && mutant.role.is_none();
        let half = if is_of_cluster || n % 2 == 0 { &mut first } else { &mut second };
        half.push(mutant);
    }
    (first, second)
}

/// What every mutant is tried on.
struct Ground<'a> {
    root: Probe,
    cells: &'a [Cell],
    /// Rules in the order in which they are asked: what killed last comes first.
    rules: Vec<&'static Rule>,
}

impl<'a> Ground<'a> {
    async fn open(scratch: &Scratch, cells: &'a [Cell]) -> Result<Self, DbError> {
        let root = scratch.sign_in(ROOT).await?;
        // What has parameters cannot be an attempt; it is about new objects, and no mutant is one.
        let rules = RULES.iter().filter(|rule| !rule.sql.contains("$1")).collect();
        Ok(Self { root, cells, rules })
    }

    async fn run(&mut self, mutants: &[&Mutant]) -> Result<Report, DbError> {
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
        for some in mutants.chunks(MUTANTS_AT_ONCE) {
            for (mutant, seen) in some.iter().zip(self.glance(some).await?) {
                let killer = match seen {
                    Ok(None) => self.try_out(mutant).await?,
                    other => other,
                };
                report.count(mutant, killer);
            }
        }
        Ok(report)
    }

    /// What sees each of some mutants that travel together, at a glance: their nearest cells, and
    /// where there are none the rule that killed last. Most die there.
    async fn glance(
        &self,
        mutants: &[&Mutant],
    ) -> Result<Vec<Result<Option<Killer>, DbError>>, DbError> {
        let near: Vec<Vec<&Cell>> = mutants
            .iter()
            .map(|mutant| self.nearest(mutant).take(Change::ATTEMPTS_MAX).collect())
            .collect();
        let changes = mutants.iter().zip(&near).map(|(mutant, cells)| Change {
            begin: queries::begin(&mutant.change),
            attempts: match (cells.is_empty(), self.rules.first()) {
                (true, Some(rule)) => vec![rule.sql.to_owned()],
                _ => cells.iter().map(|cell| within(cell)).collect(),
            },
        });
        let changes: Vec<Change> = changes.collect();
        let answers = self.root.changes(&changes, BACK).await?;
        let seen = near.iter().zip(answers).map(|(cells, answers)| {
            let answers = answers?;
            let is_seen = match cells.is_empty() {
                true => answers != [Answer::Rows(Vec::new())],
                false => !mismatches(cells, &answers).is_empty(),
            };
            let killer = if cells.is_empty() { Killer::Lint } else { Killer::Matrix };
            Ok(is_seen.then_some(killer))
        });
        Ok(seen.collect())
    }

    /// Cells where a mutant should show.
    fn nearest<'c>(&'c self, mutant: &'c Mutant) -> impl Iterator<Item = &'c Cell> {
        self.cells.iter().filter(|cell| {
            mutant.object.as_deref() == Some(cell.object.as_str())
                && mutant.role.as_deref().is_none_or(|role| role == cell.role.name)
                && mutant.verb.as_deref().is_none_or(|verb| cell.sql.starts_with(verb))
        })
    }

    /// Breaks, looks, mends. The inner error is that of a change that the server refuses.
    async fn try_out(
        &mut self,
        mutant: &Mutant,
    ) -> Result<Result<Option<Killer>, DbError>, DbError> {
        let began = self.root.host().execute(&queries::begin(&mutant.change)).await;
        let killer = match began {
            Ok(()) => Ok(self.killer(mutant).await?),
            Err(error) => Err(error),
        };
        self.root.host().execute("ROLLBACK").await?;
        Ok(killer)
    }

    /// First where it should show, then by the lint, then everywhere.
    async fn killer(&mut self, mutant: &Mutant) -> Result<Option<Killer>, DbError> {
        let nearest: Vec<&Cell> = self.nearest(mutant).collect();
        if self.any_differs(&nearest).await? {
            return Ok(Some(Killer::Matrix));
        }
        if self.lint_finds().await? {
            return Ok(Some(Killer::Lint));
        }
        let object = |cell: &&Cell| mutant.object.as_deref() == Some(cell.object.as_str());
        let (near, far): (Vec<&Cell>, Vec<&Cell>) = self.cells.iter().partition(object);
        let seen = self.any_differs(&near).await? || self.any_differs(&far).await?;
        Ok(seen.then_some(Killer::Matrix))
    }

    /// Whether a rule turns red. Mutants of one kind follow each other, so the rule that killed the
    /// last one is asked first.
    async fn lint_finds(&mut self) -> Result<bool, DbError> {
        for place in 0..self.rules.len() {
            let Some(rule) = self.rules.get(place) else { break };
            let answers = self.root.attempts(&[rule.sql.to_owned()], BACK).await?;
            if answers != [Answer::Rows(Vec::new())] {
                if let Some(before) = self.rules.get_mut(..=place) {
                    before.rotate_right(1);
                }
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
/// Mutants that travel together.
const MUTANTS_AT_ONCE: usize = 8;
/// As many as a probe sends together.
const CELLS_AT_ONCE: usize = 15;
