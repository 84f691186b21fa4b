//! The capture line: what is typed is kept, or comes back; and how it would be read while it is
//! typed.

mod preview;

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use futures_util::future::BoxFuture;
use jiff::civil::DateTime;
use ring::digest;
use serde::Deserialize;

use super::Site;
use super::caller::Browser;
use super::edge::EdgeState;
use super::error::{Error, FieldFault};
use super::form::Form;
use super::items::agenda_with_line;
use super::items::told::{Told, Verb};
use super::lost;
use super::render::{see_other, with_cookies};
use super::views::preview::{PreviewRequest, chosen_spans, dismissed_spans};
use super::views::rows::anchor;
use super::views::{CaptureLine, Preview, words};
use crate::accounts::sources::Bucket;
use crate::capture::reading::Choice;
use crate::capture::{self, CaptureError, Thought};
use crate::limits::CAPTURE_TEXT_CHARS_MAX;

/// Routes of the capture line. Keeping a thought stands behind the strict bucket.
pub fn routes(edge: &EdgeState) -> Router<Site> {
    let keeping = Router::new().route("/captures", post(create));
    Router::new()
        .merge(edge.strict_or(Bucket::Ai, keeping, give_back))
        .route("/captures/preview", post(show_preview))
}

/// What was typed comes back where it was sent too often, or the database is away.
fn give_back(error: Error, request: Request) -> BoxFuture<'static, Result<Response, Error>> {
    Box::pin(async {
        match Form::<Line>::from_request(request, &()).await {
            Ok(Form(mut line)) => {
                line.drop_controls();
                lost::words(error, line.again(None))
            }
            // What is no form of ours holds no words.
            Err(_) => Err(error),
        }
    })
}

/// What the line sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    text: String,
    key: String,
    dismissed: String,
    choices: String,
}

impl Line {
    /// No keyboard makes these, and no page can show them.
    fn drop_controls(&mut self) {
        self.text.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    }

    /// The line as it came, for a page that gives it back.
    fn again(self, fault: Option<String>) -> CaptureLine {
        CaptureLine {
            text: self.text,
            fault,
            key: self.key,
            dismissed: self.dismissed,
            choices: self.choices,
            focus: true,
        }
    }
}

/// `POST /captures`.
async fn create(
    State(site): State<Site>,
    browser: Result<Browser, Error>,
    Form(mut line): Form<Line>,
) -> Result<Response, Error> {
    line.drop_controls();
    let identity = match browser {
        Ok(Browser(identity)) => identity,
        Err(error) => return lost::words(error, line.again(None)),
    };
    let thought = thought(&line);
    match capture::keep(&site.base, site.refiner.as_ref(), &identity, &thought).await {
        Ok((_, captured)) => {
            let Some(item) = captured.items.first() else { return Ok(see_other("/")) };
            let verb = match (captured.items.len(), &item.state.when) {
                (1, Some(_)) => Verb::Dated,
                (1, None) => Verb::Kept,
                _ => Verb::Several,
            };
            let told = Told { verb, id: item.id, version: item.version };
            let to = format!("/#{}", anchor(&item.id.to_string(), ""));
            Ok(with_cookies(see_other(&to), [told.cookie(&site)]))
        }
        Err(error) => match refusal(&error) {
            Some(fault) => {
                let line = line.again(Some(fault));
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                let page = agenda_with_line(&site, &identity, status, line.clone()).await;
                // The page reads the database, where the session may have ended.
                page.or_else(|error| lost::words(error, line))
            }
            None => lost::words(error.into(), line.again(None)),
        },
    }
}

fn thought(line: &Line) -> Thought {
    Thought {
        text: line.text.clone(),
        dismissed: dismissed_spans(&line.text, &line.dismissed),
        choices: choices(&line.text, &line.choices),
        key: form_key(line),
        ..Thought::default()
    }
}

fn choices(text: &str, field: &str) -> Vec<Choice> {
    let read = |(span, start): (std::ops::Range<usize>, String)| {
        Some(Choice { span, start: start.parse::<DateTime>().ok()? })
    };
    chosen_spans(text, field).into_iter().filter_map(read).collect()
}

/// The page's key with a digest of all that was sent: a second press of the same line makes no
/// second item, and another text under the same key, after Back, is kept as well.
fn form_key(line: &Line) -> Option<String> {
    if line.key.is_empty() || line.key.len() > 64 {
        return None;
    }
    let mut sent = digest::Context::new(&digest::SHA256);
    for part in [&line.text, &line.dismissed, &line.choices] {
        sent.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        sent.update(part.as_bytes());
    }
    let hex: String = sent.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{}/{hex}", line.key))
}

/// What the person can mend, in words.
fn refusal(error: &CaptureError) -> Option<String> {
    match error {
        CaptureError::Empty => Some("Type a thought first.".to_owned()),
        CaptureError::TooLong { chars } => Some(format!(
            "This has {} characters; {} are the most. Shorten it, or keep the rest in the notes.",
            words::thousands(*chars),
            words::thousands(CAPTURE_TEXT_CHARS_MAX),
        )),
        _ => None,
    }
}

/// `POST /captures/preview`: the one JSON route that reads a cookie.
async fn show_preview(
    State(site): State<Site>,
    Browser(identity): Browser,
    Json(request): Json<PreviewRequest>,
) -> Result<Json<Preview>, Error> {
    let thought = Thought {
        dismissed: dismissed_spans(&request.text, &request.dismissed),
        text: request.text,
        ..Thought::default()
    };
    let choices = choices(&thought.text, &request.choices);
    let reading = capture::preview(&site.base, &identity, &thought).await?;
    Ok(Json(preview::of(&thought.text, reading, &choices)))
}

impl From<CaptureError> for Error {
    fn from(error: CaptureError) -> Self {
        let fault =
            |field, code, message: String| Self::Invalid(vec![FieldFault { field, code, message }]);
        match error {
            CaptureError::Empty => fault("text", "empty", "Type a thought first.".to_owned()),
            CaptureError::TooLong { .. } => fault("text", "too_long", error.to_string()),
            CaptureError::UnknownZone => {
                let message = "There is no time zone of this name. Use one such as Europe/Berlin.";
                fault("time_zone", "unknown_zone", message.to_owned())
            }
            CaptureError::BadKey => fault("idempotency_key", "invalid", error.to_string()),
            CaptureError::KeyReused => Self::Conflict {
                code: "key_reused",
                detail: "This Idempotency-Key was used for another request. Use a new one.".into(),
            },
            CaptureError::Item(error) => error.into(),
        }
    }
}
