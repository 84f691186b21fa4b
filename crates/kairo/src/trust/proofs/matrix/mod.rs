//! The matrix: every command on every table, view and function, as every role and actor.
//!
//! Each attempt runs in a transaction that is thrown away, signed in as the role where the role can
//! sign in. What must come of it is in [`expected`](super::expected).
//!
//! **Invariant:** a cell compares which rows are reached, not how many.

mod calls;
mod cells;
pub mod queries;

use std::collections::HashMap;
use std::fmt;

pub use cells::{Cell, Outcome, all};

use super::actors::{Role, Way};
use super::world::World;
use crate::db::{Answer, DbError, Probe, Scratch};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Attempts that were made.
    pub cells: usize,
    /// Those that came to something else, and what is not expected at all.
    pub mismatches: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.cells.saturating_sub(self.mismatches.len());
        write!(f, "{held} of {} cells as expected", self.cells)
    }
}

/// The user who may make the world, and act as roles that nobody signs in as.
pub const ROOT: &str = "kairo_super";

/// Makes the world in a migrated database without people, and runs the whole matrix there.
///
/// # Errors
/// A connection failed, or the world could not be made.
pub async fn run(scratch: &Scratch) -> Result<Report, DbError> {
    let root = scratch.sign_in(ROOT).await?;
    let world = World::make(root.host()).await?;
    run_in(scratch, &root, &world).await
}

/// Runs the whole matrix in a world that is there.
///
/// # Errors
/// A connection failed.
pub async fn run_in(scratch: &Scratch, root: &Probe, world: &World) -> Result<Report, DbError> {
    let mut report = Report { cells: 0, mismatches: world.unexpected() };
    let cells = all(world);
    let mut probes = HashMap::new();
    for cell in &cells {
        if cell.role.way == Way::SignsIn && !probes.contains_key(cell.role.name) {
            probes.insert(cell.role.name, scratch.sign_in(cell.role.name).await?);
        }
    }
    for role in super::actors::ROLES {
        let of_role: Vec<&Cell> = cells.iter().filter(|cell| cell.role == role).collect();
        let probe = probes.get(role.name).unwrap_or(root);
        let attempts: Vec<String> = of_role.iter().map(|cell| alone(cell)).collect();
        let answers = probe.attempts(&attempts, "ROLLBACK").await?;
        report.cells += answers.len();
        report.mismatches.extend(mismatches(&of_role, &answers));
    }
    Ok(report)
}

/// An attempt in a transaction of its own.
fn alone(cell: &Cell) -> String {
    let identity = queries::identity(cell.actor.session, cell.actor.bearer);
    format!("BEGIN; {}{identity}{}", turn(cell.role, false), cell.sql)
}

/// An attempt inside a transaction of the superuser that has a savepoint.
pub(super) fn within(cell: &Cell) -> String {
    let identity = queries::identity(cell.actor.session, cell.actor.bearer);
    format!("{}{identity}{}", turn(cell.role, true), cell.sql)
}

/// How a probe becomes a role before it tries: not at all where it has signed in as it.
fn turn(role: Role, from_root: bool) -> String {
    match role.way {
        Way::Acts => queries::act_as(role.name),
        Way::Stranger => queries::become_role(role.name),
        Way::SignsIn if from_root => queries::become_role(role.name),
        Way::SignsIn => String::new(),
    }
}

/// What came to something else.
pub(super) fn mismatches(cells: &[&Cell], answers: &[Answer]) -> Vec<String> {
    let pairs = cells.iter().zip(answers);
    let wrong = pairs.filter(|(cell, answer)| !cell.expected.is(answer));
    wrong
        .map(|(cell, answer)| {
            let (role, actor) = (cell.role.name, cell.actor.name);
            let told = cells::told(answer);
            format!("{role}, {actor}: {}: {:?} expected, {told} found", cell.sql, cell.expected)
        })
        .collect()
}
