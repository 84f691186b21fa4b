//! Signing in and out.
//!
//! **Invariant:** the page that a mailed link opens does nothing by itself. The token lies in the
//! fragment, which no server and no mail scanner's request sees, and one press of a person sends
//! it.
//! **Invariant:** no page tells whether an address has an account.

use askama::Template;

use super::item::Field;

/// Something that stopped the person, with what to do next.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// What happened, as a heading.
    pub title: String,
    /// What to do next, in whole sentences.
    pub text: String,
}

/// `/sign-in`: POST `/sign-in` with `email`, `next` and `zone` (filled by the browser, may be
/// empty).
#[derive(Clone, Debug, Default, Template)]
#[template(path = "accounts/sign_in.html")]
pub struct SignIn {
    /// The address.
    pub email: Field,
    /// Where to go afterwards; a path on this origin.
    pub next: String,
    /// What went wrong, apart from the address itself.
    pub problem: Option<Problem>,
}

/// `/sign-in/code`: POST `/sign-in/code` with `code` and `zone`; POST `/sign-in` asks again.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "accounts/code.html")]
pub struct SignInCode {
    /// The address that was written to; empty where this browser did not ask.
    pub email: String,
    /// "10:42 am"; empty where it is not known.
    pub sent: String,
    /// The code.
    pub code: Field,
    /// Where to go afterwards.
    pub next: String,
    /// What went wrong, apart from the code itself, such as too many tries.
    pub problem: Option<Problem>,
    /// Whether this browser asked, and so can use a code; otherwise the page has no field for one.
    pub asked_here: bool,
    /// Mail stays on this machine: the page names `/outbox`.
    pub outbox: bool,
}

/// `/sign-in/link`: POST `/sign-in/link` with `token` and `zone`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "accounts/link.html")]
pub struct SignInLink {
    /// What went wrong; `None` on the page that the link opens.
    pub problem: Option<Problem>,
    /// Whether the code can be typed here instead.
    pub code: bool,
}

impl SignInLink {
    /// The page that the link opens.
    #[must_use]
    pub fn landing() -> Self {
        Self { problem: None, code: true }
    }

    /// The link was opened in a browser that did not ask for it; nothing was used up.
    #[must_use]
    pub fn wrong_browser() -> Self {
        Self {
            problem: Some(Problem {
                title: "This is not the browser that asked".into(),
                text:
                    "Open the link where you asked for it, or type the code from the mail there. \
                       It was not used up. Or ask for a mail to this browser."
                        .into(),
            }),
            code: false,
        }
    }

    /// The link was used, has ended, or never was one.
    #[must_use]
    pub fn spent() -> Self {
        Self {
            problem: Some(Problem {
                title: "This link no longer works".into(),
                text:
                    "A link works once, for 10 minutes, and a newer mail ends it. Ask for another."
                        .into(),
            }),
            code: false,
        }
    }
}

/// The page after signing out.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "accounts/signed_out.html")]
pub struct SignedOut {
    /// Whether all other devices were signed out too.
    pub everywhere: bool,
    /// API tokens that were ended with them.
    pub tokens: usize,
}
