//! Pages for whoever sits at the machine: they exist for a client of this machine alone, under the
//! site's own name.
//!
//! **Invariant:** a name of somebody else's that leads here (DNS rebinding), a forwarded port and a
//! client behind a trusted proxy find nothing.

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use super::Site;
use super::edge::Source;
use super::error::Error;

/// A request from this machine. Anybody else's is answered as if there were nothing.
pub struct Near;

impl FromRequestParts<Site> for Near {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Error> {
        let near = parts.extensions.get::<Source>().is_some_and(|source| source.loopback);
        let named = is_named(&site.origin, &parts.uri, &parts.headers);
        if site.loopback && near && named { Ok(Self) } else { Err(Error::NotFound) }
    }
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
