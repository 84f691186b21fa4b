//! The second reading of a thought that the reader was not sure of: by a model, after the thought
//! is kept and answered, as a change that can be undone.
//!
//! The way of a thought: the reader is sure, or a person has chosen: nothing is asked. Otherwise
//! the cache; then the guard, before the answer to the client leaves; then a task that outlives the
//! request asks, keeps a valid answer, and changes the item under a job session of its own.
//!
//! **Invariant:** the thought is committed before anything here begins, and whatever fails here
//! leaves it as it was read, and says so.
//! **Invariant:** a change of the person's is never written over: the item must still have its
//! first version.
//! **Invariant:** one question of one person is asked once at a time on a node; who comes meanwhile
//! waits for the answer, and is charged nothing.

mod answers;
mod apply;
mod flights;
mod ladder;
mod prompt;
mod tags;
#[cfg(test)]
mod tests;

pub use answers::forget;
pub use flights::Landing;

use std::sync::Arc;

use uuid::Uuid;

use super::queries::{CaptureRefined, JobBegin};
use super::reading::Setting;
use crate::accounts::bearer::{Secret, Use};
use crate::accounts::{AccountError, Base, Person, caller};
use crate::ai::{Call, Upstream};
use crate::db::Identity;
use crate::guard::{Ask, Guard, Permit, Refusal, Task};
use crate::items::change::{Cause, edit};
use crate::items::{ItemError, State};
use crate::limits::ASKS_MAX;
use crate::meters;

use answers::Key;
use flights::{Flights, Place};
use ladder::{Ladder, Question};
use tags::Tags;

/// How far the second reading of a thought has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refine {
    /// There is none: the reader was sure, or there is no model.
    None,
    /// A model is asked.
    Running,
    /// The item is as the model's tags say, or they changed nothing.
    Done,
    /// No call was granted, or the person changed the item first; it stays as it was read.
    Refused,
    /// No answer could be used; it stays as it was read.
    Failed,
}

impl Refine {
    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Self {
        let all = [Self::Running, Self::Done, Self::Refused, Self::Failed];
        all.into_iter().find(|it| it.as_str() == word).unwrap_or(Self::None)
    }
}

/// Asks models about thoughts. Cheap to clone.
#[derive(Clone)]
pub struct Refiner(Arc<Inner>);

struct Inner {
    guard: Guard,
    upstream: Upstream,
    ladder: Ladder,
    questions: Flights<(Uuid, Key)>,
    /// Captures whose second reading is under way here.
    readings: Flights<Uuid>,
}

/// A thought that was kept and shall be read again.
pub(super) struct Doubt {
    /// The capture.
    pub(super) capture_id: Uuid,
    /// Its one item.
    pub(super) item_id: Uuid,
    /// What was typed.
    pub(super) text: String,
    /// What it was read against.
    pub(super) setting: Setting,
    /// What the reader made of it.
    pub(super) state: State,
    /// Whether the reading depends on the minute.
    pub(super) uses_clock: bool,
}

/// Where an answer comes from.
enum Source {
    /// It was kept.
    Kept(String),
    /// A model, which is still to be asked.
    Model(Permit),
    /// Somebody else of the same person's asks the same.
    Other(Landing),
}

impl Refiner {
    /// Asks this provider through this guard.
    pub fn new(guard: Guard, upstream: Upstream) -> Self {
        let (questions, readings) = (Flights::default(), Flights::default());
        Self(Arc::new(Inner { guard, upstream, ladder: Ladder::default(), questions, readings }))
    }

    /// The guard that it asks.
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// The wait for the end of a capture's second reading, if it is under way on this node.
    pub fn landing(&self, capture_id: Uuid) -> Option<Landing> {
        self.0.readings.landing(capture_id)
    }

    /// Begins the second reading of a thought: looks for a kept answer, or has a call granted, and
    /// goes on in a task of its own. Gives how it stands.
    pub(super) async fn begin(
        &self,
        base: &Base,
        identity: &Identity,
        person: &Person,
        doubt: Doubt,
    ) -> Refine {
        let key = match Key::of(&person.keychain, &doubt.text, &doubt.setting, doubt.uses_clock) {
            Ok(key) => key,
            Err(error) => {
                tracing::error!(%error, "a thought's key could not be made");
                return self.end(base, identity, doubt.capture_id, Refine::Failed).await;
            }
        };
        let (source, place) = match self.0.questions.board((person.user_id, key)) {
            Err(landing) => (Source::Other(landing), None),
            Ok(place) => match self.source(base, identity, person, &doubt, key).await {
                Ok(source) => (source, Some(place)),
                Err(refine) => return self.end(base, identity, doubt.capture_id, refine).await,
            },
        };
        let (refiner, base, user_id) = (self.clone(), base.clone(), person.user_id);
        let identity = identity.clone();
        let reading = self.0.readings.board(doubt.capture_id).ok();
        tokio::spawn(async move {
            // It goes however this ends, and whoever waits looks again.
            let _under_way = reading;
            let capture_id = doubt.capture_id;
            let job = match job(&base, user_id).await {
                Ok(job) => job,
                Err(error) => {
                    tracing::warn!(%error, "a second reading has no session of its own");
                    return;
                }
            };
            let refine = refiner.go_on(&base, (&job, &identity), doubt, key, source, place).await;
            refiner.end(&base, &job, capture_id, refine).await;
        });
        Refine::Running
    }

    async fn source(
        &self,
        base: &Base,
        identity: &Identity,
        person: &Person,
        doubt: &Doubt,
        key: Key,
    ) -> Result<Source, Refine> {
        match answers::find(base, identity, person, key).await {
            Ok(Some(answer)) => return Ok(Source::Kept(answer)),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the cache of answers was not read");
                return Err(Refine::Failed);
            }
        }
        let question = Question::new(&doubt.text, &doubt.setting, key.seed());
        let (tokens_in, tokens_out) = question.tokens_max();
        let nano_max = self.0.upstream.nano_max(tokens_in, tokens_out, ASKS_MAX);
        let ask = Ask { key: doubt.capture_id, task: Task::Capture, nano_max };
        match self.0.guard.reserve(identity, ask).await {
            Ok(granted) => Ok(Source::Model(granted.permit)),
            Err(Refusal::Unavailable | Refusal::Db(_)) => Err(Refine::Failed),
            Err(_) => Err(Refine::Refused),
        }
    }

    async fn go_on(
        &self,
        base: &Base,
        (job, identity): (&Identity, &Identity),
        doubt: Doubt,
        key: Key,
        source: Source,
        place: Option<Place<(Uuid, Key)>>,
    ) -> Refine {
        let person = match caller(base, job).await {
            Ok(person) => person,
            Err(error) => {
                tracing::warn!(%error, "a second reading could not begin");
                return Refine::Failed;
            }
        };
        let changed = match source {
            Source::Kept(answer) => self.hit(identity, &doubt, &answer).await,
            Source::Other(landing) => {
                landing.wait().await;
                match answers::find(base, job, &person, key).await {
                    Ok(Some(answer)) => self.hit(identity, &doubt, &answer).await,
                    _ => None,
                }
            }
            Source::Model(permit) => {
                let call = self.0.upstream.call(permit);
                self.asked(base, job, &person, &doubt, key, call).await
            }
        };
        drop(place);
        match changed {
            None => Refine::Failed,
            Some(state) if state == doubt.state => Refine::Done,
            Some(state) => write(base, job, &doubt, state).await,
        }
    }

    /// An answer that was kept: it is let through by the same statement, at no cost.
    async fn hit(&self, identity: &Identity, doubt: &Doubt, answer: &str) -> Option<State> {
        self.0.guard.pass(identity).await.ok()?;
        meters::model_answer("cache");
        let tags = Tags::read(answer, &doubt.text).ok()?;
        apply::apply(&tags, &doubt.state, &doubt.setting).ok()
    }

    async fn asked(
        &self,
        base: &Base,
        job: &Identity,
        person: &Person,
        doubt: &Doubt,
        key: Key,
        mut call: Call,
    ) -> Option<State> {
        let class = call.class();
        let question = Question::new(&doubt.text, &doubt.setting, key.seed());
        let read = |answer: &str| {
            let tags = Tags::read(answer, &doubt.text)?;
            apply::apply(&tags, &doubt.state, &doubt.setting)
        };
        let found = self.0.ladder.climb(&mut call, class, &question, read).await;
        call.end();
        let (answer, state) = match found {
            Ok(found) => found,
            Err(failure) => {
                meters::model_answer("none");
                tracing::info!(%failure, "a thought stays as the reader read it");
                return None;
            }
        };
        meters::model_answer("model");
        if let Err(error) = answers::keep(base, job, person, key, class, &answer).await {
            tracing::warn!(%error, "a model's answer was not kept");
        }
        Some(state)
    }

    /// Notes how far it has come.
    async fn end(&self, base: &Base, who: &Identity, id: Uuid, refine: Refine) -> Refine {
        let statement = CaptureRefined { id, refine: refine.as_str() };
        if let Err(error) = base.db.app.write(Some(who), statement).await {
            tracing::warn!(%error, "how far a second reading has come was not noted");
        }
        refine
    }
}

/// Changes the item, if nobody has since it was read.
async fn write(base: &Base, job: &Identity, doubt: &Doubt, state: State) -> Refine {
    let refined = edit(base, job, doubt.item_id, 1, Cause::Refine, |_, draft| {
        draft.state = state;
        Ok(())
    });
    match refined.await {
        Ok(_) => Refine::Done,
        Err(ItemError::VersionMoved(_) | ItemError::NotFound) => Refine::Refused,
        Err(error) => {
            tracing::warn!(%error, "a second reading was not written");
            Refine::Failed
        }
    }
}

/// A session for one person's second reading; it lives 15 minutes.
async fn job(base: &Base, user_id: Uuid) -> Result<Identity, AccountError> {
    let secret = Secret::draw(Use::Job, &base.random)?;
    let identity = secret.identity();
    let begin = JobBegin {
        user_id,
        purpose: "refine".to_owned(),
        session: base.ids.next()?,
        token_hash: identity.token_hash().to_vec(),
    };
    let begun = base.db.worker.write(None, begin).await?;
    if !begun.first().is_some_and(|row| row.begun) {
        return Err(AccountError::SessionEnded);
    }
    Ok(identity)
}
