//! The table: what each error is called, for programs and for people.
//!
//! **Invariant:** one exhaustive match, so a new variant does not compile without its words.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::Error;

/// What may be said of an error in public.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// A few words: what happened.
    pub title: &'static str,
    /// A sentence or two: what happened and what to do.
    pub detail: Cow<'static, str>,
}

pub(super) const MALFORMED_DETAIL: &str =
    "The request could not be read, so nothing was saved. Check its form and send it again.";

type Row = (u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
mod rows {
    use super::Row;

    pub const SIGN_IN_NEEDED: Row = (401, "sign_in_needed", "Sign in to go on",
        "Kairo does not know who is asking. Sign in, or send a token that is still alive.");
    pub const SESSION_ENDED: Row = (401, "session_ended", "You were signed out",
        "This session has ended. Sign in again; what was saved before is still there.");
    pub const FORBIDDEN: Row = (403, "forbidden", "Not with this token",
        "The token is not meant for this. Make one in Settings that is, and use it here.");
    pub const CROSS_SITE: Row = (403, "cross_site", "This came from another site",
        "Kairo takes changes from its own pages only, so nothing was changed. Open Kairo and do \
         it there.");
    pub const NOT_FOUND: Row = (404, "not_found", "Nothing here",
        "There is nothing at this address, or it is not yours to see. Check the address, or \
         start from your list.");
    pub const METHOD_NOT_ALLOWED: Row = (405, "method_not_allowed", "Not this way",
        "The address exists, but not for this kind of request. Start from your list instead.");
    pub const SLOW_BODY: Row = (408, "slow_body", "The request did not arrive",
        "Its end did not come in time, so nothing was saved. Check the connection and send it \
         again.");
    pub const CONFLICT: (u16, &str) = (409, "That does not fit what is stored");
    pub const VERSION_MOVED: Row = (412, "version_moved", "Changed in the meantime",
        "Someone changed this while you wrote, so nothing was overwritten. Load it again and \
         keep what you want.");
    pub const TOO_LARGE: Row = (413, "too_large", "Too much at once",
        "The request is larger than 256 KiB, so nothing was saved. Send it in smaller parts.");
    pub const URI_TOO_LONG: Row = (414, "uri_too_long", "The address is too long",
        "Kairo reads addresses of up to 4,096 characters. Start from your list instead.");
    pub const UNSUPPORTED_MEDIA: Row = (415, "unsupported_media", "Not a form that Kairo reads",
        "This address does not read that content type. Send the form from its page, or \
         application/json to the API.");
    pub const INVALID: Row = (422, "invalid", "Some fields need another look",
        "Nothing was saved. Change the fields that are named and send it again.");
    pub const VERSION_MISSING: Row = (428, "version_missing", "No version was named",
        "Send If-Match with the version you last read, so that nobody's change is lost.");
    pub const TOO_MANY: (u16, &str, &str) = (429, "too_many", "Too many requests");
    pub const CREDITS_SPENT: (u16, &str, &str) = (429, "credits_spent", "The credits are used up");
    pub const HEADERS_TOO_LARGE: Row = (431, "headers_too_large", "Too many headers",
        "The request carries more headers than Kairo reads. Clear this site's cookies and load \
         the page again.");
    pub const INTERNAL: Row = (500, "internal", "Something broke in Kairo",
        "It is recorded under the number below. Load the page again to see what was saved.");
    pub const UNAVAILABLE: (u16, &str, &str) = (503, "unavailable", "Kairo cannot answer now");
    pub const TIMED_OUT: Row = (503, "timed_out", "That took too long",
        "Kairo stopped waiting for it. Load the page again to see what was saved.");
}

impl Facts {
    fn new(
        (status, code, title): (u16, &'static str, &'static str),
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, title, detail: detail.into() }
    }

    fn fixed((status, code, title, detail): Row) -> Self {
        Self::new((status, code, title), detail)
    }
}

impl Error {
    /// Status, code, title and the detail that may be shown.
    pub fn facts(&self) -> Facts {
        match self {
            Self::SignInNeeded => Facts::fixed(rows::SIGN_IN_NEEDED),
            Self::SessionEnded => Facts::fixed(rows::SESSION_ENDED),
            Self::Forbidden => Facts::fixed(rows::FORBIDDEN),
            Self::CrossSite => Facts::fixed(rows::CROSS_SITE),
            Self::NotFound => Facts::fixed(rows::NOT_FOUND),
            Self::MethodNotAllowed => Facts::fixed(rows::METHOD_NOT_ALLOWED),
            Self::Conflict { code, detail } => {
                let (status, title) = rows::CONFLICT;
                Facts::new((status, code, title), detail.clone())
            }
            Self::VersionMoved => Facts::fixed(rows::VERSION_MOVED),
            Self::VersionMissing => Facts::fixed(rows::VERSION_MISSING),
            Self::Invalid(_) => Facts::fixed(rows::INVALID),
            Self::Malformed { detail } => {
                Facts::new((400, "malformed", "That could not be read"), detail.clone())
            }
            Self::TooLarge => Facts::fixed(rows::TOO_LARGE),
            Self::UriTooLong => Facts::fixed(rows::URI_TOO_LONG),
            Self::HeadersTooLarge => Facts::fixed(rows::HEADERS_TOO_LARGE),
            Self::UnsupportedMedia => Facts::fixed(rows::UNSUPPORTED_MEDIA),
            Self::TooMany { retry_after_s } => Facts::new(
                rows::TOO_MANY,
                format!("More came from here than Kairo answers. Wait {}.", wait(*retry_after_s)),
            ),
            Self::CreditsSpent { detail, .. } => Facts::new(rows::CREDITS_SPENT, detail.clone()),
            Self::Unavailable { retry_after_s } => Facts::new(
                rows::UNAVAILABLE,
                format!(
                    "Something it needs does not answer, so nothing was saved. Send it again in \
                     {}.",
                    wait(*retry_after_s)
                ),
            ),
            Self::Gateway(fault) => Facts::new(
                (fault.status, fault.code, "Not answered by a model"),
                fault.detail.clone(),
            ),
            Self::SlowBody => Facts::fixed(rows::SLOW_BODY),
            Self::TimedOut => Facts::fixed(rows::TIMED_OUT),
            Self::Internal(_) => Facts::fixed(rows::INTERNAL),
        }
    }
}

/// A wait in the unit that a person counts in; minutes are rounded up.
fn wait(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}
