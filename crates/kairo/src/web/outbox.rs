//! The development outbox as a page: on a developer's own machine, while mail goes nowhere else.
//!
//! **Invariant:** the page shows everybody's sign-in links, so it does not exist anywhere else: it
//! is there for a client of this machine, under the site's own name. A name of somebody else's that
//! leads here (DNS rebinding) or a forwarded port finds nothing.

use axum::Router;
use axum::extract::{Extension, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::edge::Source;
use super::error::Error;
use super::render::page;
use super::views::{self, words};

/// Routes of the outbox.
pub fn routes() -> Router<Site> {
    Router::new().route("/outbox", get(show))
}

async fn show(
    State(site): State<Site>,
    source: Option<Extension<Source>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let near = source.is_some_and(|Extension(source)| source.loopback);
    let shown = site.loopback && near && is_named(&site.origin, &uri, &headers);
    let outbox = site.outbox.as_ref().filter(|_| shown).ok_or(Error::NotFound)?;
    let now = site.base.clock.now();
    let letters = outbox.letters().map_err(Error::internal)?;
    let mails = letters
        .into_iter()
        .map(|letter| views::Mail {
            to: letter.to,
            subject: letter.subject,
            sent: words::ago(letter.at, now),
            link: letter.link,
            code: letter.code,
            body: letter.text,
        })
        .collect();
    page(&views::Outbox { mails })
}

/// Whether every name that the request gives the site (`:authority` of HTTP/2, `Host` of HTTP/1) is
/// the one of its origin, and there is one.
fn is_named(origin: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let Some((_, own)) = origin.split_once("://") else { return false };
    let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
    let hosts = headers.get_all(HOST).iter().map(|host| host.as_bytes());
    let mut names = authority.into_iter().chain(hosts).peekable();
    names.peek().is_some() && names.all(|name| name.eq_ignore_ascii_case(own.as_bytes()))
}
