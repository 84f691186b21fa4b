//! Signing in by a mailed link or code.

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::{RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use super::asked::Asked;
use crate::accounts::bearer::Secret;
use crate::accounts::email::Email;
use crate::accounts::proofs::{self, AskError, Asking, Evidence, Redeemed};
use crate::accounts::settings::zone_or_utc;
use crate::accounts::{AccountError, caller, device, sessions};
use crate::limits::{PROOF_SPACING_S, SESSION_ABSOLUTE_S};
use crate::meters;
use crate::web::Site;
use crate::web::caller::{Browser, Jar};
use crate::web::edge::Source;
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::render::{local_path, page, page_with, see_other, with_cookies};
use crate::web::views::{Field, Problem, SignIn, SignInCode, SignInLink, words};

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

/// `GET /sign-in`. Who is signed in already goes on; the cookie of a session that ended is cleared.
/// Here and not where the end was seen: an answer that was late could clear the cookie that a
/// sign-in in another tab set meanwhile, while this request carries the cookie as it is now.
pub(super) async fn show(
    State(site): State<Site>,
    browser: Option<Browser>,
    Query(query): Query<Next>,
) -> Result<Response, Error> {
    let next = local_path(&query.next).unwrap_or_default();
    let form = page(&SignIn { next: next.to_owned(), ..SignIn::default() })?;
    let Some(Browser(identity)) = browser else { return Ok(form) };
    match caller(&site.base, &identity).await {
        Ok(_) => Ok(see_other(if next.is_empty() { "/" } else { next })),
        Err(AccountError::SessionEnded) => Ok(with_cookies(form, [Jar::Session.clear(&site)])),
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-in`: writes to the address.
pub(super) async fn ask(
    State(site): State<Site>,
    Extension(source): Extension<Source>,
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
    let earlier = Asked::read(&site, &headers);
    let binding = earlier.as_ref().and_then(Asked::binding);
    let asking = Asking { email: &email, sources: &source.networks(), earlier: binding.as_ref() };
    let outcome = proofs::ask(&site.base, &site.mailer, &site.origin, &asking).await;
    meters::sign_in_asked(match &outcome {
        Ok(_) => "sent",
        Err(AskError::TooSoon) => "too_soon",
        Err(AskError::Busy) => "busy",
        Err(AskError::Account(_) | AskError::Letter(_)) => "failed",
    });
    match outcome {
        Ok(binding) => {
            let asked = Asked::new(&binding, &email, next, site.base.clock.now(), &sent.zone);
            Ok(with_cookies(see_other("/sign-in/code"), [asked.cookie(&site)]))
        }
        // The mail of a moment ago still counts, and so does the cookie of the browser that asked
        // for it.
        Err(AskError::TooSoon) => {
            let earlier = earlier.filter(|a| a.email == email.as_str());
            let view = SignInCode {
                email: email.as_str().to_owned(),
                next: next.to_owned(),
                problem: Some(too_soon(earlier.is_some())),
                ..code_page(&site, earlier.as_ref())
            };
            later(page_with(StatusCode::TOO_MANY_REQUESTS, &view)?)
        }
        Err(AskError::Busy) => {
            let problem = Problem {
                title: "No mail was sent".to_owned(),
                text: "Too many mails are waiting. Ask again in a minute.".to_owned(),
            };
            let email = Field { value: sent.email, ..Field::default() };
            let view = SignIn { email, next: next.to_owned(), problem: Some(problem) };
            later(page_with(StatusCode::SERVICE_UNAVAILABLE, &view)?)
        }
        Err(AskError::Letter(error)) => Err(Error::internal(error)),
        Err(AskError::Account(error)) => Err(error.into()),
    }
}

/// Depends on what this browser did alone, never on the account.
fn too_soon(asked_here: bool) -> Problem {
    let where_it_works =
        if asked_here { "" } else { " It works in the browser that asked for it." };
    Problem {
        title: "We wrote to this address a moment ago".to_owned(),
        text: format!(
            "Look for that mail, in the spam folder too.{where_it_works} You can ask again after a \
             minute, and five times an hour; one address gets at most 20 mails an hour, whoever \
             asks."
        ),
    }
}

/// Says in a header too when it is worth asking for a mail again.
fn later(mut response: Response) -> Result<Response, Error> {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(PROOF_SPACING_S));
    Ok(response)
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
    let page = code_page(&site, asked.as_ref());
    let view = match redeem(&site, &evidence, asked.as_ref(), &headers, &sent.zone).await? {
        Redeemed::SignedIn(secret) => return Ok(begin(&site, browser, asked, &secret).await),
        Redeemed::WrongCode { tries_left } if tries_left > 0 => {
            let tries =
                words::count(usize::try_from(tries_left).unwrap_or(0), "try is", "tries are");
            let fault =
                format!("That is not the code we sent. Look for the newest mail; {tries} left.");
            SignInCode {
                code: Field { value: sent.code, fault: Some(fault), stored: None },
                ..page
            }
        }
        Redeemed::WrongCode { .. } => dead(
            page,
            "That was the last try",
            "It is not the code we sent, and no try is left. The link in the mail still works. Or \
             ask for another mail.",
        ),
        Redeemed::OtherBrowser | Redeemed::Spent => dead(
            page,
            "This code no longer works",
            "A code works once, for 10 minutes and 5 tries, and a newer mail ends it. Ask for \
             another.",
        ),
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// The page of a code that cannot be right any more: no field, and the way to ask again. A browser
/// that did not ask is told that and nothing else.
fn dead(page: SignInCode, title: &str, text: &str) -> SignInCode {
    let problem = Problem { title: title.to_owned(), text: text.to_owned() };
    SignInCode { problem: page.asked_here.then_some(problem), asked_here: false, ..page }
}

/// `GET /sign-in/link`: the page that a mailed link opens. It does nothing by itself: mail scanners
/// open links, and some run scripts.
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
        asked_here: true,
        outbox: site.outbox.is_some(),
        ..SignInCode::default()
    }
}
