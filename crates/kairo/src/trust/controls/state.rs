//! What holds now: a pure function of evidence, statements and the present instant.
//!
//! **Invariant:** nothing here is stored. A scheduler that died leaves old evidence, and old
//! evidence is [`State::Stale`] without anybody writing so.
//! **Invariant:** there is no way from a person's word to [`State::Pass`].

use jiff::{SignedDuration, Timestamp};

use super::catalogue::{Catalogue, Check, Claim, Kind, Lifecycle, Runner, Spot};

/// Where a claim or a check stands, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// What no machine can verify.
    Commitment,
    /// Evidence says that it holds.
    Pass,
    /// A person vouches for it, until a date.
    Attested,
    /// A known gap, with an owner, a reason and an end.
    Exception,
    /// No evidence yet; or Kairo does not do it yet.
    Never,
    /// The last evidence is older than it may be.
    Stale,
    /// The check ran and could not tell.
    Inconclusive,
    /// The check found that it does not hold.
    Fail,
}

impl State {
    /// Every state, in the order of tables.
    pub const ALL: [Self; 8] = [
        Self::Pass,
        Self::Fail,
        Self::Inconclusive,
        Self::Stale,
        Self::Exception,
        Self::Attested,
        Self::Never,
        Self::Commitment,
    ];

    /// As JSON and the command line say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Pass => "pass",
            Self::Attested => "attested",
            Self::Exception => "exception",
            Self::Never => "never",
            Self::Stale => "stale",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

/// What a check came to when it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It could not tell.
    Inconclusive,
}

impl Outcome {
    /// As evidence keeps it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// As evidence has it; what is not known cannot be told from it.
    pub fn of(word: &str) -> Self {
        match word {
            "pass" => Self::Pass,
            "fail" => Self::Fail,
            _ => Self::Inconclusive,
        }
    }
}

/// The newest evidence of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// The check.
    pub check: String,
    /// Its version then.
    pub version: i32,
    /// SHA-256 of the program that ran it.
    pub program: Vec<u8>,
    /// When.
    pub observed_at: Timestamp,
    /// How long it counts.
    pub expires_at: Timestamp,
    /// Since when every run came to the same.
    pub since: Timestamp,
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
}

/// What a person vouched for, or excepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `attestation` or `exception`.
    pub is_exception: bool,
    /// The claim.
    pub claim: String,
    /// What it is about: a provider's name.
    pub source: String,
    /// Whose word.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When it was said.
    pub made_at: Timestamp,
    /// Until when it counts.
    pub until: Timestamp,
}

/// All that a state follows from.
#[derive(Debug, Clone)]
pub struct Known {
    /// The database's present.
    pub now: Timestamp,
    /// SHA-256 of the program that asks.
    pub program: Vec<u8>,
    /// Newest evidence, one a check.
    pub newest: Vec<Newest>,
    /// Statements, the newest of each claim and source.
    pub statements: Vec<Statement>,
}

/// Where something stands, and since or until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub state: State,
    /// When it was last looked at, if it ever was.
    pub observed_at: Option<Timestamp>,
    /// Since when it stands so: a failure's first sight, an expiry.
    pub since: Option<Timestamp>,
    /// Until when it counts.
    pub until: Option<Timestamp>,
    /// Tested, and of how many, with the check's words for them.
    pub counts: Option<Counts>,
    /// Why it could not tell, or a person's reason.
    pub reason: String,
}

/// How many of how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// That hold.
    pub held: i32,
    /// That there are.
    pub population: i32,
    /// What is counted.
    pub of: String,
}

/// Evidence from so far ahead is no evidence: somebody moved a clock.
pub const CLOCK_LEAD_MAX: SignedDuration = SignedDuration::from_secs(120);

impl Standing {
    fn bare(state: State) -> Self {
        Self {
            state,
            observed_at: None,
            since: None,
            until: None,
            counts: None,
            reason: String::new(),
        }
    }

    /// Could not tell, and why.
    pub fn unknown(reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..Self::bare(State::Inconclusive) }
    }
}

impl Known {
    /// Where a check stands.
    pub fn check(&self, check: &Check) -> Standing {
        let Some(newest) = self.newest.iter().find(|it| it.check == check.id) else {
            return Standing::bare(State::Never);
        };
        let of = if newest.population == 1 { &check.population_one } else { &check.population };
        let counts = Counts {
            held: newest.tested.saturating_sub(newest.violations),
            population: newest.population,
            of: of.clone(),
        };
        let mut standing = Standing {
            state: State::Pass,
            observed_at: Some(newest.observed_at),
            since: Some(newest.since),
            until: Some(newest.expires_at),
            counts: Some(counts),
            reason: newest.reason.clone(),
        };
        let ahead = newest.observed_at.duration_since(self.now);
        standing.state = if ahead > CLOCK_LEAD_MAX {
            standing.reason =
                "the newest evidence is from the future: a clock was moved".to_owned();
            State::Inconclusive
        } else if newest.outcome == Outcome::Fail {
            State::Fail
        } else if newest.version < check.version {
            // What an older version of the check saw does not speak for the newer one, but a
            // failure does until a newer pass clears it.
            standing.reason = "the check asks more than it did when it last ran".to_owned();
            State::Stale
        } else if check.place == Spot::Scratch && newest.program != self.program {
            standing.reason = "it was proved for another program than the one that runs".to_owned();
            State::Stale
        } else if newest.expires_at <= self.now {
            standing.since = Some(newest.expires_at);
            State::Stale
        } else if newest.outcome == Outcome::Inconclusive {
            State::Inconclusive
        } else {
            State::Pass
        };
        standing
    }

    /// Where a claim's attestation stands.
    fn attestation(&self, claim: &Claim) -> Standing {
        let of_claim = self.statements.iter().filter(|it| !it.is_exception && it.claim == claim.id);
        let Some(newest) = of_claim.max_by_key(|it| it.made_at) else {
            return Standing::bare(State::Never);
        };
        let state = if newest.until > self.now { State::Attested } else { State::Stale };
        Standing {
            state,
            observed_at: Some(newest.made_at),
            since: Some(newest.made_at),
            until: Some(newest.until),
            counts: None,
            reason: newest.source.clone(),
        }
    }

    /// Where each check of a claim stands.
    pub fn checks<'c>(
        &self,
        catalogue: &'c Catalogue,
        claim: &Claim,
    ) -> Vec<(&'c Check, Standing)> {
        let checks = claim.checks.iter().filter_map(|id| catalogue.check(id));
        checks
            .map(|check| {
                let standing = match check.runner {
                    Runner::Attestation => self.attestation(claim),
                    _ => self.check(check),
                };
                (check, standing)
            })
            .collect()
    }

    /// Where a claim stands: with its worst check, unless somebody took an exception.
    pub fn claim(&self, catalogue: &Catalogue, claim: &Claim) -> Standing {
        if claim.lifecycle == Lifecycle::InProgress {
            return Standing::bare(State::Never);
        }
        if claim.kind == Kind::Promise {
            return Standing::bare(State::Commitment);
        }
        let excepted = |it: &&Statement| it.is_exception && it.claim == claim.id;
        let exception = self.statements.iter().filter(excepted).max_by_key(|it| it.made_at);
        if let Some(exception) = exception.filter(|it| it.until > self.now) {
            return Standing {
                observed_at: Some(exception.made_at),
                since: Some(exception.made_at),
                until: Some(exception.until),
                reason: exception.reason.clone(),
                ..Standing::bare(State::Exception)
            };
        }
        let standings = self.checks(catalogue, claim).into_iter().map(|(_, standing)| standing);
        // Of equally bad ones the first check's is told: it is the claim's own.
        let worst = standings.reduce(|worst, it| if it.state > worst.state { it } else { worst });
        worst.unwrap_or_else(|| Standing::bare(State::Never))
    }
}
