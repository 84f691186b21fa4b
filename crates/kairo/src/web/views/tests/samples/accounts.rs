//! Pages around the account, and those outside it.

use super::{HOSTILE, refused, select, settings};
use crate::web::views::*;

pub(super) fn sign_in_faults() -> SignIn {
    SignIn {
        email: refused(HOSTILE, "That is not an e-mail address. It looks like ana@example.org."),
        next: HOSTILE.into(),
        problem: Some(Problem {
            title: "You have to sign in again".into(),
            text: "This browser was signed out. Nothing you wrote is lost.".into(),
        }),
    }
}

pub(super) fn code() -> SignInCode {
    SignInCode {
        email: "ana@ruiz.studio".into(),
        sent: "10:42 am".into(),
        asked_here: true,
        outbox: true,
        ..SignInCode::default()
    }
}

pub(super) fn code_faults() -> SignInCode {
    let fault = "That is not the code we sent. Look for the newest mail; 3 tries are left.";
    SignInCode { code: refused("4K7M-2QXD", fault), outbox: false, ..code() }
}

pub(super) fn account() -> Account {
    let session = |id: &str, device: &str, about: &str| Session {
        device: device.into(),
        about: about.into(),
        here: id == "a",
        revocation: format!("/settings/sessions/{id}/revocation"),
    };
    Account {
        frame: settings("Account"),
        email: "ana@ruiz.studio".into(),
        sessions: vec![
            session("a", "Firefox on macOS", "Active now. Signed in 12 November with a link."),
            session(
                "b",
                "Safari on iPhone",
                "Active 2 hours ago. Signed in 3 November with a mailed code.",
            ),
            session(
                "c",
                "Chrome on Windows",
                "Active 9 days ago. Signed in 28 October with a mailed code.",
            ),
        ],
        tokens: 2,
    }
}

pub(super) fn account_alone() -> Account {
    let sessions = account().sessions.into_iter().take(1).collect();
    Account { sessions, tokens: 0, ..account() }
}

pub(super) fn reading(fault: Option<&str>) -> Reading {
    Reading {
        frame: settings("Reading"),
        zone: Field {
            value: "America/New_York".into(),
            fault: fault.map(Into::into),
            stored: None,
        },
        zones: vec!["America/New_York".into(), "Europe/Berlin".into()],
        now: "10:42 am on Monday 23 November".into(),
        week_start: select(&[("monday", "Monday"), ("sunday", "Sunday")], "monday"),
        date_order: select(&[("DMY", "3 April"), ("MDY", "March 4")], "MDY"),
        single_keys: select(&[("on", "On"), ("off", "Off")], "on"),
        version: 3,
        problem: None,
        signed_out: false,
    }
}

pub(super) fn reading_conflict() -> Reading {
    let mut page = reading(None);
    page.zone.stored = Some(HOSTILE.into());
    page.week_start.stored = Some("Sunday".into());
    page.signed_out = true;
    let text = "Someone changed this while you wrote. Both texts are below; keep what you want.";
    page.problem = Some(Problem { title: "Changed in the meantime".into(), text: text.to_owned() });
    page
}

pub(super) fn tokens() -> Tokens {
    let token = |name: &str| Token {
        name: name.into(),
        about: "Made 3 November, used 2 hours ago.".into(),
        scopes: "captures, items".into(),
        revocation: "/settings/tokens/1/revocation".into(),
    };
    Tokens {
        frame: settings("API tokens"),
        email: "ana@ruiz.studio".into(),
        tokens: vec![token("laptop"), token(HOSTILE)],
    }
}

pub(super) fn outbox() -> Outbox {
    let mail = |subject: &str| Mail {
        to: "ana@ruiz.studio".into(),
        subject: subject.into(),
        sent: "10:42 am".into(),
        link: "/sign-in/link#t=abc".into(),
        code: "4K7M-2QXD".into(),
        body: HOSTILE.into(),
    };
    Outbox { mails: vec![mail("Your link and code for Kairo"), mail(HOSTILE)] }
}

pub(super) fn not_found() -> ErrorPage {
    ErrorPage {
        title: "Not found".into(),
        what: "There is nothing at this address, or it is not yours.".into(),
        next: "Check the address, or go on from the agenda.".into(),
        request_id: "018f2f6e4c3a".into(),
        line: None,
        href: "/".into(),
        label: "Agenda".into(),
    }
}

pub(super) fn error_kept() -> ErrorPage {
    ErrorPage {
        title: "Nothing was saved".into(),
        what: "Kairo cannot reach its database, so nothing was saved.".into(),
        next: "Your words are still in the line; send them again in a minute.".into(),
        line: Some(CaptureLine { text: HOSTILE.into(), ..CaptureLine::default() }),
        ..not_found()
    }
}
