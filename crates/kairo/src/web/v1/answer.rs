//! What a client reads of the guard's and of the provider's refusals.
//!
//! **Invariant:** clients repeat by themselves what fails with 409, 429 or 5xx. Where a repetition
//! would cost another credit, or could not help, the answer forbids it (`x-should-retry: false`).

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::ai::Failure;
use crate::guard::{Class, Limit, Refusal, Replayed, Standing};
use crate::web::error::{Error, Gateway};
use crate::web::rate_limit;

const MODEL: HeaderName = HeaderName::from_static("x-kairo-model");

/// Says in an answer what is left, and which model answers.
pub fn mark(mut response: Response, standing: &Standing, class: Class) -> Response {
    rate_limit::set(response.headers_mut(), standing);
    response.headers_mut().insert(MODEL, HeaderValue::from_static(class.word()));
    response
}

/// Without a provider there is nobody to ask.
pub fn no_model() -> Error {
    let detail = "This Kairo asks no model: its operator has set no provider.";
    Gateway::failed(503, "no_model", detail).into()
}

/// Why the guard let nothing through.
pub fn refused(refusal: Refusal) -> Response {
    let retry_after_s = refusal.retry_after_s();
    let error: Error = match refusal {
        Refusal::Quota { limit, standing } => {
            let detail = match limit {
                Limit::Hour => "The credits of this hour are used up.",
                Limit::Month => "The credits of this month are used up.",
            };
            let retry_after_s = retry_after_s.unwrap_or(1);
            let spent = Error::CreditsSpent { retry_after_s, detail: detail.into() };
            let mut response = spent.into_response();
            rate_limit::set(response.headers_mut(), &standing);
            return response;
        }
        Refusal::Budget { .. } => {
            let detail = "This Kairo has spent what its operator lets a day cost.";
            Gateway { retry_after_s, ..Gateway::failed(503, "budget_spent", detail) }.into()
        }
        Refusal::Replay { state } => replayed(state),
        Refusal::Crowded => Error::TooMany { retry_after_s: retry_after_s.unwrap_or(1) },
        Refusal::SessionEnded => Error::SessionEnded,
        Refusal::OutOfScope => Error::Forbidden,
        Refusal::Unavailable => Error::Unavailable { retry_after_s: retry_after_s.unwrap_or(5) },
        Refusal::Db(error) => error.into(),
    };
    error.into_response()
}

fn replayed(state: Replayed) -> Error {
    let (code, detail) = match state {
        Replayed::UnderWay => {
            ("idempotency_key_in_use", "A request with this Idempotency-Key is under way.")
        }
        Replayed::Made => (
            "idempotency_key_used",
            "A request with this Idempotency-Key was answered, and Kairo keeps no answers. Send \
             another key to ask again.",
        ),
        Replayed::GivenBack => (
            "idempotency_key_used",
            "A request with this Idempotency-Key failed and cost nothing. Send another key to try \
             again.",
        ),
    };
    Gateway::failed(409, code, detail).into()
}

/// Why there is no answer of the provider's, in words of Kairo's.
pub fn failed(failure: Failure) -> Error {
    let may_repeat = |status, code, detail: &'static str, wait_s| Gateway {
        retry_after_s: Some(wait_s),
        repeats: true,
        ..Gateway::failed(status, code, detail)
    };
    let fault = match failure {
        Failure::Refused { status: 400 | 413 | 422, parameter } => {
            let detail = "The provider does not take this request; it cost nothing.";
            Gateway { param: parameter, ..Gateway::invalid("provider_refused", "", detail) }
        }
        // The key, the address or the name of the model is wrong, which no client can mend.
        Failure::Refused { .. } => {
            Gateway::failed(502, "provider_refused", "The provider refused this Kairo itself.")
        }
        Failure::Busy { retry_after } => {
            let wait_s = retry_after.map_or(5, |wait| wait.as_secs().clamp(1, 60));
            may_repeat(503, "provider_busy", "The provider has no room; it cost nothing.", wait_s)
        }
        Failure::Failed { .. } | Failure::Unreachable | Failure::LeftAlone => {
            let detail = "The provider does not answer; it cost nothing.";
            may_repeat(503, "provider_unavailable", detail, 5)
        }
        Failure::TimedOut => {
            Gateway::failed(504, "provider_timed_out", "The provider did not answer in time.")
        }
        Failure::BrokenOff | Failure::Invalid => {
            Gateway::failed(502, "provider_broke_off", "The provider's answer broke off.")
        }
        Failure::Unbounded
        | Failure::BeyondReserved
        | Failure::AskedEnough
        | Failure::HostNotListed => return Error::internal(failure),
    };
    fault.into()
}

/// The last event of a stream that went wrong: its status was sent long before.
pub fn event(failure: Failure) -> String {
    let error = failed(failure);
    let facts = error.facts();
    let fault = json!({ "message": facts.detail, "type": "server_error", "code": facts.code,
                        "param": null });
    format!("data: {}\n\n", json!({ "error": fault }))
}
