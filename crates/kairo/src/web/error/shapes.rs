//! The three bodies of a failure: a page, a problem document, OpenAI's object.

use askama::Template;
use uuid::Uuid;

use super::{Error, Facts, FieldFault, Shape};
use crate::web::views::ErrorPage;

#[derive(serde::Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    errors: &'a [FieldFault],
    request_id: &'a str,
}

#[derive(serde::Serialize)]
struct OpenAiError<'a> {
    error: OpenAiFault<'a>,
}

#[derive(serde::Serialize)]
struct OpenAiFault<'a> {
    message: &'a str,
    r#type: &'a str,
    code: &'a str,
    param: Option<&'a str>,
}

/// Content type and body of a failure in the caller's shape.
pub(super) fn body(
    error: &Error,
    facts: &Facts,
    shape: Shape,
    request_id: Uuid,
) -> (&'static str, Vec<u8>) {
    let id = request_id.to_string();
    let faults = match error {
        Error::Invalid(faults) => faults.as_slice(),
        _ => &[],
    };
    match shape {
        Shape::Page => page(error, facts, faults, &id),
        Shape::Problem => ("application/problem+json", problem(facts, faults, &id)),
        Shape::OpenAi => ("application/json", open_ai(error, facts, faults)),
    }
}

fn page(
    error: &Error,
    facts: &Facts,
    faults: &[FieldFault],
    request_id: &str,
) -> (&'static str, Vec<u8>) {
    let (next_href, next_label) = match error {
        Error::SignInNeeded | Error::SessionEnded => ("/sign-in", "Sign in"),
        Error::Forbidden => ("/settings/account", "Open Settings"),
        _ => ("/", "Agenda"),
    };
    let mut next = String::new();
    for fault in faults {
        next.push_str(&fault.message);
        next.push(' ');
    }
    let page = ErrorPage {
        title: facts.title.to_owned(),
        what: facts.detail.to_string(),
        next: next.trim_end().to_owned(),
        request_id: request_id.to_owned(),
        line: None,
        href: next_href.to_owned(),
        label: next_label.to_owned(),
    };
    match page.render() {
        Ok(html) => ("text/html; charset=utf-8", html.into_bytes()),
        Err(_) => ("text/plain; charset=utf-8", facts.detail.as_bytes().to_vec()),
    }
}

fn problem(facts: &Facts, errors: &[FieldFault], request_id: &str) -> Vec<u8> {
    let problem = Problem {
        r#type: format!("urn:problem:kairo:{}", facts.code),
        title: facts.title,
        status: facts.status.as_u16(),
        detail: &facts.detail,
        code: facts.code,
        errors,
        request_id,
    };
    serde_json::to_vec(&problem).unwrap_or_default()
}

fn open_ai(error: &Error, facts: &Facts, faults: &[FieldFault]) -> Vec<u8> {
    let kind = match (error, facts.status.as_u16()) {
        (Error::CreditsSpent { .. }, _) => "insufficient_quota",
        (_, 401) => "authentication_error",
        (_, 403) => "permission_error",
        (_, 429) => "rate_limit_error",
        (_, 500..) => "server_error",
        _ => "invalid_request_error",
    };
    let first = faults.first();
    let fault = OpenAiFault {
        message: first.map_or(&*facts.detail, |fault| &fault.message),
        r#type: kind,
        code: first.map_or(facts.code, |fault| fault.code),
        param: match error {
            Error::Gateway(fault) => fault.param,
            _ => first.map(|fault| fault.field),
        },
    };
    serde_json::to_vec(&OpenAiError { error: fault }).unwrap_or_default()
}
