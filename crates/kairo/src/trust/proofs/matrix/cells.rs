//! The cells: who tries what on what, and what must come of it.

use std::collections::BTreeSet;

use super::super::actors::{ACTORS, ANA, ANONYMOUS, Actor, ROLES, Role};
use super::super::expected::{self, Command, Reach, Relation};
use super::super::world::{Found, World, expectation, label};
use super::queries;
use crate::db::Answer;

/// What must come of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No grant: refused before any row is looked at.
    Closed,
    /// Granted, and a policy refuses the new row.
    Barred,
    /// The new row passes. (Where the same row is there already, the server says so only after
    /// the policies have let it pass.)
    Passes,
    /// It runs, whatever it gives.
    Runs,
    /// It reaches exactly the rows with these labels.
    Rows(BTreeSet<String>),
    /// It changes so many rows, and reads none: what is not read, no policy of SELECT protects.
    Changes(usize),
    /// Nobody can write to this view.
    Unwritable,
}

impl Outcome {
    /// Whether an answer is what was expected.
    pub fn is(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (Self::Closed, Answer::Refused { by_grant, .. }) => *by_grant,
            (Self::Barred, Answer::Refused { code, by_grant }) => code == REFUSED && !by_grant,
            (Self::Passes, Answer::Refused { code, .. }) => code == EXISTS,
            (Self::Runs, Answer::Refused { by_grant, .. }) => !by_grant,
            (Self::Unwritable, Answer::Refused { code, by_grant }) => {
                *by_grant || code == NOT_UPDATABLE
            }
            (Self::Passes | Self::Runs, Answer::Rows(_) | Answer::Changed(_)) => true,
            (Self::Changes(expected), Answer::Changed(rows)) => *expected as u64 == *rows,
            (Self::Rows(expected), Answer::Rows(keys)) => *expected == labels(keys),
            _ => false,
        }
    }
}

const REFUSED: &str = "42501";
const EXISTS: &str = "23505";
const NOT_UPDATABLE: &str = "55000";

/// An answer as a report shows it.
pub fn told(answer: &Answer) -> String {
    match answer {
        Answer::Rows(keys) => format!("rows {:?}", labels(keys)),
        Answer::Changed(rows) => format!("{rows} rows changed"),
        Answer::Refused { code, by_grant: true } => format!("closed ({code})"),
        Answer::Refused { code, .. } => format!("refused ({code})"),
    }
}

fn labels(keys: &[String]) -> BTreeSet<String> {
    keys.iter().map(|key| label(key)).collect()
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct Cell {
    /// As whom in the database.
    pub role: Role,
    /// On whose behalf.
    pub actor: Actor,
    /// On which table, view, function or schema.
    pub object: String,
    /// The statement.
    pub sql: String,
    /// What must come of it.
    pub expected: Outcome,
}

/// Every cell of a world.
pub fn all(world: &World) -> Vec<Cell> {
    let mut cells = Vec::new();
    for found in &world.relations {
        let Some(relation) = expectation(&found.name) else { continue };
        for role in ROLES {
            let mut of_role = Of { relation, found, role, cells: &mut cells };
            of_role.select();
            of_role.insert();
            of_role.update();
            of_role.delete();
        }
    }
    functions(world, &mut cells);
    schemas(&mut cells);
    cells
}

/// The cells of one role on one relation.
struct Of<'a> {
    relation: &'static Relation,
    found: &'a Found,
    role: Role,
    cells: &'a mut Vec<Cell>,
}

/// A command's right, as one role has it.
struct Open {
    columns: Vec<String>,
    reach: Reach,
    label: &'static str,
}

impl Of<'_> {
    fn push(&mut self, actor: Actor, sql: String, expected: Outcome) {
        let (role, object) = (self.role, self.found.name.clone());
        self.cells.push(Cell { role, actor, object, sql, expected });
    }

    /// The right to a command, with the column that can tell its rows apart.
    fn open(&self, command: Command) -> Option<Open> {
        let find = |command| {
            let mut rights = self.relation.rights.iter();
            rights.find(|right| right.role == self.role && right.command == command)
        };
        let every = || self.found.columns.clone();
        if self.relation.owner == Some(self.role) {
            let reach = Reach::Nothing;
            return Some(Open { columns: every(), reach, label: self.relation.label });
        }
        let right = find(command)?;
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let readable = find(Command::Select).map_or(&[][..], |right| right.columns);
        let hidden = !readable.is_empty() && !readable.contains(&self.relation.label);
        Some(Open {
            columns: if right.columns.is_empty() { every() } else { named(right.columns) },
            reach: right.reach,
            label: if hidden { "user_id" } else { self.relation.label },
        })
    }

    /// The rows that a right reaches for somebody.
    fn rows(&self, open: &Open, actor: &Actor) -> Outcome {
        let own = |figures: &str| {
            let keys = self.found.rows.iter().map(|(key, _)| key.clone());
            let is_own = |key: &String| actor.who.is_some_and(|who| key.starts_with(who));
            keys.filter(is_own)
                .filter(|key| figures.is_empty() || key.ends_with(|last| figures.contains(last)))
                .collect()
        };
        Outcome::Rows(match open.reach {
            Reach::Nothing => BTreeSet::new(),
            Reach::All => self.found.rows.iter().map(|(key, _)| key.clone()).collect(),
            Reach::Myself => actor.who.iter().map(|who| format!("{who}0")).collect(),
            Reach::Own(figures) => own(figures),
            Reach::OwnWrite(figures) if actor.writes => own(figures),
            Reach::OwnWrite(_) => BTreeSet::new(),
            Reach::Those(labels) => labels.iter().map(|label| (*label).to_owned()).collect(),
        })
    }

    fn select(&mut self) {
        let name = self.found.name.clone();
        let Some(open) = self.open(Command::Select) else {
            for actor in FEW {
                self.push(actor, queries::count(&name), Outcome::Closed);
            }
            return;
        };
        for actor in actors(&open) {
            let expected = self.rows(&open, &actor);
            self.push(actor, queries::select(&name, open.label), expected);
        }
        for column in self.found.columns.clone() {
            let readable = open.columns.contains(&column);
            let expected = if readable { Outcome::Runs } else { Outcome::Closed };
            self.push(ANA, queries::select(&name, &column), expected);
        }
    }

    fn insert(&mut self) {
        let name = self.found.name.clone();
        let Some(open) = self.open(Command::Insert) else {
            let expected = self.closed();
            for actor in FEW {
                self.push(actor, queries::insert_default(&name), expected.clone());
            }
            return;
        };
        // A row of Ana's and one of Ben's; one row where they are nobody's.
        let mut letters = Vec::new();
        let first = |(key, row): &(String, String)| {
            let letter = key.chars().next().unwrap_or_default();
            let is_new = !letters.contains(&letter);
            letters.push(letter);
            is_new.then(|| (letter, row.clone()))
        };
        let rows: Vec<(char, String)> = self.found.rows.iter().filter_map(first).collect();
        for actor in actors(&open) {
            for (letter, row) in &rows {
                let passes = match open.reach {
                    Reach::All => true,
                    Reach::OwnWrite(_) => actor.writes && actor.who == Some(*letter),
                    _ => false,
                };
                let expected = if passes { Outcome::Passes } else { Outcome::Barred };
                self.push(actor, queries::insert(&name, row), expected);
            }
        }
    }

    fn update(&mut self) {
        let name = self.found.name.clone();
        let open = self.open(Command::Update);
        for column in self.found.columns.clone() {
            let open = open.as_ref().filter(|open| open.columns.contains(&column));
            match open {
                Some(open) => {
                    let expected = self.rows(open, &ANA);
                    self.push(ANA, queries::update(&name, &column, open.label), expected);
                }
                None => {
                    let expected = self.closed();
                    self.push(ANONYMOUS, queries::update_blind(&name, &column), expected);
                }
            }
        }
        let Some(open) = open else { return };
        let Some(column) = open.columns.first() else { return };
        for actor in actors(&open) {
            let reached = self.rows(&open, &actor);
            self.push(actor, queries::update(&name, column, open.label), reached.clone());
            if let Some(blind) = queries::update_constant(&name) {
                self.push(actor, blind, unseen(&reached));
            }
        }
    }

    fn delete(&mut self) {
        let name = self.found.name.clone();
        let Some(open) = self.open(Command::Delete) else {
            let expected = self.closed();
            for actor in FEW {
                self.push(actor, queries::delete_blind(&name), expected.clone());
            }
            return;
        };
        for actor in actors(&open) {
            let reached = self.rows(&open, &actor);
            self.push(actor, queries::delete_blind(&name), unseen(&reached));
            self.push(actor, queries::delete(&name, open.label), reached);
        }
    }

    fn closed(&self) -> Outcome {
        if self.found.is_view { Outcome::Unwritable } else { Outcome::Closed }
    }
}

/// The same reach, by a statement that reads nothing.
fn unseen(reached: &Outcome) -> Outcome {
    match reached {
        Outcome::Rows(labels) => Outcome::Changes(labels.len()),
        other => other.clone(),
    }
}

/// Who tries what a grant decides alone.
const FEW: [Actor; 2] = [ANONYMOUS, ANA];

/// Who tries what a policy decides: everybody, unless it does not ask who.
fn actors(open: &Open) -> Vec<Actor> {
    match open.reach {
        Reach::Own(_) | Reach::OwnWrite(_) | Reach::Myself => ACTORS.to_vec(),
        Reach::Nothing | Reach::All | Reach::Those(_) => FEW.to_vec(),
    }
}

fn functions(world: &World, cells: &mut Vec<Cell>) {
    for found in &world.functions {
        let expected = expected::functions().find(|it| it.signature == found.signature);
        let Some(expected) = expected else { continue };
        for role in ROLES {
            let may = expected.granted == Some(role) || role == expected.owner;
            let outcome = if may { Outcome::Runs } else { Outcome::Closed };
            let (object, sql) = (found.signature.clone(), found.call.clone());
            cells.push(Cell { role, actor: ANONYMOUS, object, sql, expected: outcome });
        }
    }
    for call in super::calls::queries::CALLS {
        let object = world.functions.iter().find(|it| {
            let name = it.signature.split('(').next().unwrap_or_default();
            call.sql.contains(&format!("{name}("))
        });
        let Some(object) = object.map(|it| it.signature.clone()) else { continue };
        for actor in ACTORS {
            let gives = (call.gives)(&actor).iter().map(|label| (*label).to_owned()).collect();
            let (object, sql) = (object.clone(), call.sql.to_owned());
            let expected = Outcome::Rows(gives);
            cells.push(Cell { role: call.role, actor, object, sql, expected });
        }
    }
}

fn schemas(cells: &mut Vec<Cell>) {
    for right in expected::SCHEMAS {
        for role in ROLES {
            for (privilege, may) in [(queries::ENTER, right.enter), (queries::MAKE, right.create)] {
                let answer = if may.contains(&role) { "t" } else { "f" };
                cells.push(Cell {
                    role,
                    actor: ANONYMOUS,
                    object: right.schema.to_owned(),
                    sql: queries::schema_right(right.schema, privilege),
                    expected: Outcome::Rows([answer.to_owned()].into()),
                });
            }
        }
    }
}
