//! Signing in by a mailed link or code.

use axum::extract::{Query, State};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use super::asked::Asked;
use crate::accounts::bearer::Secret;
use crate::accounts::email::Email;
use crate::accounts::proofs::{self, AskError, Evidence, Redeemed};
use crate::accounts::settings::zone_or_utc;
use crate::accounts::{caller, device, sessions};
use crate::limits::SESSION_ABSOLUTE_S;
use crate::web::Site;
use crate::web::caller::{Browser, Jar};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::render::{local_path, page, page_with, see_other, with_cookies};
use crate::web::views::{Field, Problem, SignIn, SignInCode, SignInLink};

/// `?next=`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    next: String,
}

/// What the forms of signing in send; each sends some of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    email: String,
    next: String,
    code: String,
    token: String,
    zone: String,
}

/// `GET /sign-in`. Who is signed in already goes on.
pub(super) async fn show(
    State(site): State<Site>,
    browser: Option<Browser>,
    Query(query): Query<Next>,
) -> Result<Response, Error> {
    let next = local_path(&query.next).unwrap_or_default();
    if let Some(Browser(identity)) = browser
        && caller(&site.base, &identity).await.is_ok()
    {
        return Ok(see_other(if next.is_empty() { "/" } else { next }));
    }
    page(&SignIn { next: next.to_owned(), ..SignIn::default() })
}

/// `POST /sign-in`: writes to the address.
pub(super) async fn ask(
    State(site): State<Site>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let next = local_path(&sent.next).unwrap_or_default();
    let Ok(email) = Email::parse(&sent.email) else {
        let fault = "This is not an e-mail address. It looks like name@example.org.";
        let email = Field { value: sent.email, fault: Some(fault.to_owned()), stored: None };
        let view = SignIn { email, next: next.to_owned(), problem: None };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &view);
    };
    match proofs::ask(&site.base, &site.mailer, &site.origin, &email).await {
        Ok(binding) => {
            let asked = Asked::new(&binding, &email, next, site.base.clock.now(), &sent.zone);
            Ok(with_cookies(see_other("/sign-in/code"), [asked.cookie(&site)]))
        }
        // The mail of a moment ago still counts, and so does the cookie of the browser that asked for it.
        Err(AskError::TooSoon) => {
            let earlier = Asked::read(&site, &headers).filter(|a| a.email == email.as_str());
            let problem = Problem {
                title: "We wrote to this address a moment ago".to_owned(),
                text:
                    "Look for that mail, in the spam folder too. You can ask again after a minute, \
                       and five times an hour."
                        .to_owned(),
            };
            let view = SignInCode {
                email: email.as_str().to_owned(),
                problem: Some(problem),
                ..code_page(&site, earlier.as_ref())
            };
            page_with(StatusCode::TOO_MANY_REQUESTS, &view)
        }
        Err(AskError::Busy) => {
            let problem = Problem {
                title: "No mail was sent".to_owned(),
                text: "Too many mails are waiting. Ask again in a minute.".to_owned(),
            };
            let email = Field { value: sent.email, ..Field::default() };
            let view = SignIn { email, next: next.to_owned(), problem: Some(problem) };
            page_with(StatusCode::SERVICE_UNAVAILABLE, &view)
        }
        Err(AskError::Account(error)) => Err(error.into()),
    }
}

/// `GET /sign-in/code`.
pub(super) async fn show_code(
    State(site): State<Site>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    page(&code_page(&site, Asked::read(&site, &headers).as_ref()))
}

/// `POST /sign-in/code`.
pub(super) async fn redeem_code(
    State(site): State<Site>,
    browser: Option<Browser>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let asked = Asked::read(&site, &headers);
    let evidence = Evidence::Code(sent.code.clone());
    let fault = match redeem(&site, &evidence, asked.as_ref(), &headers, &sent.zone).await? {
        Redeemed::SignedIn(secret) => return Ok(begin(&site, browser, asked, &secret).await),
        Redeemed::WrongCode { tries_left: 0 } => {
            "That is not the code we sent, and no try is left. Ask for another mail.".to_owned()
        }
        Redeemed::WrongCode { tries_left } => format!(
            "That is not the code we sent. Look for the newest mail; {} left.",
            if tries_left == 1 { "1 try is".to_owned() } else { format!("{tries_left} tries are") },
        ),
        Redeemed::OtherBrowser | Redeemed::Spent => {
            "This code no longer works here. It works once, for 10 minutes, in the browser that \
             asked for it. Ask for another mail."
                .to_owned()
        }
    };
    let code = Field { value: sent.code, fault: Some(fault), stored: None };
    let view = SignInCode { code, ..code_page(&site, asked.as_ref()) };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// `GET /sign-in/link`: the page that a mailed link opens. It does nothing by itself: mail scanners open
/// links, and some run scripts.
pub(super) async fn show_link() -> Result<Response, Error> {
    page(&SignInLink::landing())
}

/// `POST /sign-in/link`.
pub(super) async fn redeem_link(
    State(site): State<Site>,
    browser: Option<Browser>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Error> {
    let asked = Asked::read(&site, &headers);
    let evidence = Evidence::Link(sent.token);
    let view = match redeem(&site, &evidence, asked.as_ref(), &headers, &sent.zone).await? {
        Redeemed::SignedIn(secret) => return Ok(begin(&site, browser, asked, &secret).await),
        Redeemed::OtherBrowser => SignInLink::wrong_browser(),
        Redeemed::WrongCode { .. } | Redeemed::Spent => SignInLink::spent(),
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn redeem(
    site: &Site,
    evidence: &Evidence,
    asked: Option<&Asked>,
    headers: &HeaderMap,
    zone: &str,
) -> Result<Redeemed, Error> {
    let binding = asked.and_then(Asked::binding);
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (device, zone) = (device::label(agent), zone_or_utc(zone));
    Ok(proofs::redeem(&site.base, evidence, binding.as_ref(), device, zone).await?)
}

/// Gives the browser its new session, and ends the one that it carried before.
async fn begin(
    site: &Site,
    before: Option<Browser>,
    asked: Option<Asked>,
    secret: &Secret,
) -> Response {
    if let Some(Browser(identity)) = before
        && let Err(error) = sessions::sign_out(&site.base, &identity).await
    {
        tracing::warn!(%error, "the browser's former session was not ended");
    }
    let life = SignedDuration::from_secs(SESSION_ABSOLUTE_S);
    let session = Jar::Session.set(site, &secret.reveal(), Some(life));
    let next = asked.as_ref().map_or("/", Asked::next);
    with_cookies(see_other(next), [session, Jar::Asked.clear(site)])
}

fn code_page(site: &Site, asked: Option<&Asked>) -> SignInCode {
    let Some(asked) = asked else {
        return SignInCode { outbox: site.outbox.is_some(), ..SignInCode::default() };
    };
    SignInCode {
        email: asked.email.clone(),
        sent: asked.sent(),
        next: asked.next.clone(),
        outbox: site.outbox.is_some(),
        ..SignInCode::default()
    }
}
