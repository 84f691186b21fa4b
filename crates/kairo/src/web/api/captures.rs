//! `/api/v1/captures`: keep a thought, look at one, and see how one would be read.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::fields::{Fields, Sent};
use super::shapes::{CaptureAnswer, PreviewAnswer};
use super::{fault, moment, refused, wait};
use crate::capture::refine::Refine;
use crate::capture::{self, CaptureError, Thought};
use crate::limits::{CAPTURE_TEXT_CHARS_MAX, IDEMPOTENCY_KEY_BYTES_MAX};
use crate::web::Site;
use crate::web::caller::{Program, touch_later};
use crate::web::error::Error;
use crate::web::id::Id;

const KEY: &str = "Idempotency-Key";
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// `POST /captures`: 201 with the items; once for each `Idempotency-Key`. With `wait_s` it leaves
/// when the second reading has ended, or after that long.
pub async fn create(
    State(site): State<Site>,
    Program(identity): Program,
    headers: HeaderMap,
    query: wait::Asked,
    body: Bytes,
) -> Result<Response, Error> {
    let wait = wait::asked(query)?;
    let thought = Thought { key: key(&headers)?, ..thought(&body)? };
    let kept = capture::keep(&site.base, site.refiner.as_ref(), &identity, &thought).await;
    let (person, mut captured) = kept.map_err(not_kept)?;
    touch_later(&site, &identity, &person);
    if captured.refine == Refine::Running && !wait.is_zero() {
        // The thought is kept, so it is answered as such whatever the wait comes to.
        let seen = wait::shown(&site, &identity, captured.id, wait).await;
        if let Ok((_, items, refine)) = seen {
            (captured.items, captured.refine) = (items, refine);
        }
    }
    let location = HeaderValue::try_from(format!("/api/v1/captures/{}", captured.id));
    let location = location.map_err(Error::internal)?;
    let replayed = captured.repeated.then_some([(REPLAYED, HeaderValue::from_static("true"))]);
    let answer = Json(CaptureAnswer::new(captured.id, captured.refine, captured.items));
    let mut response = (StatusCode::CREATED, [(LOCATION, location)], answer).into_response();
    response.headers_mut().extend(replayed.into_iter().flatten());
    Ok(response)
}

/// `GET /captures/{id}`: the items of a capture that are still there.
pub async fn show(
    State(site): State<Site>,
    Program(identity): Program,
    Id(id): Id,
    query: wait::Asked,
) -> Result<Json<CaptureAnswer>, Error> {
    let wait = wait::asked(query)?;
    let seen = wait::shown(&site, &identity, id, wait).await;
    let (person, items, refine) = seen.map_err(not_kept)?;
    touch_later(&site, &identity, &person);
    Ok(Json(CaptureAnswer::new(id, refine, items)))
}

/// `POST /captures/preview`: what a thought would become. Nothing is kept, so a token that only
/// reads may ask too.
pub async fn preview(
    State(site): State<Site>,
    Program(identity): Program,
    body: Bytes,
) -> Result<Json<PreviewAnswer>, Error> {
    let thought = thought(&body)?;
    let read = capture::foretell(&site.base, &identity, &thought).await;
    let (person, kept) = read.map_err(not_kept)?;
    touch_later(&site, &identity, &person);
    let items = kept.states.into_iter().map(Into::into).collect();
    Ok(Json(PreviewAnswer { items, confidence: kept.confidence }))
}

fn thought(body: &[u8]) -> Result<Thought, Error> {
    let mut fields = Fields::parse(body, &["text", "time_zone", "reference"])?;
    let text = fields.text("text");
    if matches!(text, Sent::Nothing | Sent::Null) && fields.faults.is_empty() {
        fields.refuse("text", "empty", "There is nothing to capture. Send what was typed.");
    }
    let zone = fields.text("time_zone").value().map(|name| moment::zone("time_zone", &name));
    let zone = zone.transpose().unwrap_or_else(|refusal| {
        fields.faults.push(fault(refusal));
        None
    });
    let reference = fields.text("reference").value().map(|text| moment::reference(&text));
    let reference = reference.transpose().unwrap_or_else(|refusal| {
        fields.faults.push(fault(refusal));
        None
    });
    fields.done()?;
    let text = text.value().unwrap_or_default();
    Ok(Thought { text, zone, reference, ..Thought::default() })
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let mut keys = headers.get_all(KEY_HEADER).iter();
    let Some(first) = keys.next() else { return Ok(None) };
    match (first.to_str(), keys.next()) {
        // A tab is what HTTP takes for a space, and some proxies make one of it.
        (Ok(key), None) if !key.contains('\t') => Ok(Some(key.to_owned())),
        _ => Err(bad_key()),
    }
}

fn bad_key() -> Error {
    let takes = format!("Send one key of 1 to {IDEMPOTENCY_KEY_BYTES_MAX} ASCII characters.");
    Error::field(KEY, "bad_key", takes)
}

fn not_kept(error: CaptureError) -> Error {
    match error {
        CaptureError::Empty => {
            Error::field("text", "empty", "There is nothing to capture. Send what was typed.")
        }
        CaptureError::TooLong { chars } => Error::field(
            "text",
            "too_long",
            format!("This has {chars} characters; {CAPTURE_TEXT_CHARS_MAX} are the most."),
        ),
        CaptureError::UnknownZone => Error::field(
            "time_zone",
            "unknown_zone",
            "There is no time zone of this name. Use one such as Europe/Berlin.",
        ),
        CaptureError::BadKey => bad_key(),
        CaptureError::KeyReused => Error::field(
            KEY,
            "key_reused",
            "This key was used for another capture. Send a new key with a new thought.",
        ),
        CaptureError::Item(error) => refused(error),
    }
}
