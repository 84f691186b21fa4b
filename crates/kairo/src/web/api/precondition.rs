//! `If-Match` and `If-None-Match`: which version a change was made from.
//!
//! Source: RFC 9110 8.8.3, 13.1.1 and 13.1.2; RFC 6585 3 for 428.
//!
//! **Invariant:** a change without a version is refused. `*` names none: it would overwrite
//! whatever is there, unseen, so it is refused too although RFC 9110 knows it.

use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH, ToStrError};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::web::error::Error;

/// One entity tag.
struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

/// The tag of a version.
pub fn etag(version: i32) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(format!("\"{version}\""));
    (ETAG, value.unwrap_or(HeaderValue::from_static("\"\"")))
}

/// The versions that `If-Match` names. Weak tags and those that are no version match nothing, as
/// the strong comparison of RFC 9110 has it, so the list may be empty.
pub fn versions(headers: &HeaderMap) -> Result<Vec<i32>, Error> {
    let text = joined(headers, &IF_MATCH).map_err(|_| malformed())?;
    let text = text.ok_or(Error::VersionMissing)?;
    if text.trim() == "*" {
        return Err(Error::Malformed {
            detail:
                "If-Match: * would overwrite a change that you have not seen. Send the version \
                     you last read, such as \"3\"."
                    .into(),
        });
    }
    let tags = tags(&text).ok_or_else(malformed)?;
    Ok(tags.iter().filter(|tag| !tag.weak).filter_map(|tag| version(tag.opaque)).collect())
}

/// Whether `If-None-Match` says that the client has this version already.
pub fn is_known(headers: &HeaderMap, at: i32) -> bool {
    let Ok(Some(text)) = joined(headers, &IF_NONE_MATCH) else { return false };
    text.trim() == "*"
        || tags(&text).is_some_and(|tags| tags.iter().any(|tag| version(tag.opaque) == Some(at)))
}

fn malformed() -> Error {
    Error::Malformed {
        detail: "If-Match could not be read. Send the version in quotes, such as \"3\".".into(),
    }
}

/// The header's lines as one list (RFC 9110 5.3).
fn joined(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, ToStrError> {
    let lines: Vec<&str> =
        headers.get_all(name).iter().map(HeaderValue::to_str).collect::<Result<_, _>>()?;
    Ok((!lines.is_empty()).then(|| lines.join(",")))
}

/// A list of at least one tag, or nothing where it is malformed.
fn tags(text: &str) -> Option<Vec<Tag<'_>>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    loop {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let (opaque, after) = quoted.strip_prefix('"')?.split_once('"')?;
        found.push(Tag { weak, opaque });
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

/// `3`, and neither `03` nor `+3`: a version has one tag.
fn version(opaque: &str) -> Option<i32> {
    opaque.parse::<i32>().ok().filter(|version| version.to_string() == opaque)
}
