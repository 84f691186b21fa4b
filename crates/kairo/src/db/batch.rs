//! Statements that travel together: one batch, one transaction, one round trip.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::statement::{Entry, FromRow, RuntimeRole, Statement};

/// A statement with its parameters, its type erased.
pub struct Bound<'a> {
    pub(super) entry: Entry,
    pub(super) params: Vec<&'a (dyn ToSql + Sync)>,
}

/// The rows of each statement of a batch, in order.
pub type Answers = std::vec::IntoIter<Vec<Row>>;

/// One member of a batch: a statement, or several of a kind.
pub trait Member: Send + Sync {
    /// The role that runs it.
    type As: RuntimeRole;
    /// What its rows become.
    type Out: Send;
    /// Adds its statements in order.
    fn bind<'a>(&'a self, out: &mut Vec<Bound<'a>>);
    /// Takes its rows, as many answers as it added statements.
    fn read(&self, answers: &mut Answers) -> Result<Self::Out, tokio_postgres::Error>;
}

impl<S> Member for S
where
    S: Statement,
    S::Row: Send,
{
    type As = S::As;
    type Out = Vec<S::Row>;

    fn bind<'a>(&'a self, out: &mut Vec<Bound<'a>>) {
        out.push(Bound { entry: S::ENTRY, params: self.params() });
    }

    fn read(&self, answers: &mut Answers) -> Result<Self::Out, tokio_postgres::Error> {
        answers.next().unwrap_or_default().iter().map(S::Row::from_row).collect()
    }
}

impl<S> Member for Vec<S>
where
    S: Statement,
    S::Row: Send,
{
    type As = S::As;
    type Out = Vec<Vec<S::Row>>;

    fn bind<'a>(&'a self, out: &mut Vec<Bound<'a>>) {
        for statement in self {
            statement.bind(out);
        }
    }

    fn read(&self, answers: &mut Answers) -> Result<Self::Out, tokio_postgres::Error> {
        self.iter().map(|statement| statement.read(answers)).collect()
    }
}

impl<S> Member for Option<S>
where
    S: Statement,
    S::Row: Send,
{
    type As = S::As;
    type Out = Vec<S::Row>;

    fn bind<'a>(&'a self, out: &mut Vec<Bound<'a>>) {
        if let Some(statement) = self {
            statement.bind(out);
        }
    }

    fn read(&self, answers: &mut Answers) -> Result<Self::Out, tokio_postgres::Error> {
        self.as_ref().map_or_else(|| Ok(Vec::new()), |statement| statement.read(answers))
    }
}

/// Members of one role.
pub trait Batch: Send + Sync {
    /// The role that runs them.
    type As: RuntimeRole;
    /// What their rows become.
    type Out: Send;
    /// All statements in order.
    fn bind(&self) -> Vec<Bound<'_>>;
    /// All rows in order.
    fn read(&self, answers: Vec<Vec<Row>>) -> Result<Self::Out, tokio_postgres::Error>;
}

macro_rules! tuple_batch {
    ($($m:ident $i:tt),+) => {
        impl<R: RuntimeRole, $($m: Member<As = R>),+> Batch for ($($m,)+) {
            type As = R;
            type Out = ($($m::Out,)+);

            fn bind(&self) -> Vec<Bound<'_>> {
                let mut out = Vec::new();
                $( self.$i.bind(&mut out); )+
                out
            }

            fn read(&self, answers: Vec<Vec<Row>>) -> Result<Self::Out, tokio_postgres::Error> {
                let mut answers = answers.into_iter();
                Ok(($( self.$i.read(&mut answers)?, )+))
            }
        }
    };
}

tuple_batch!(A 0);
tuple_batch!(A 0, B 1);
tuple_batch!(A 0, B 1, C 2);
tuple_batch!(A 0, B 1, C 2, D 3);
tuple_batch!(A 0, B 1, C 2, D 3, E 4);
tuple_batch!(A 0, B 1, C 2, D 3, E 4, F 5);
