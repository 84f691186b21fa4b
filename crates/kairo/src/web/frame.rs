//! The common part of every page of a signed-in person.

use super::Site;
use super::views::{CaptureLine, Frame, Notice, Place, words};
use crate::accounts::Person;

/// The frame of a page.
pub fn signed_in(
    site: &Site,
    person: &Person,
    place: Place,
    title: &str,
    inbox: usize,
    notice: Option<Notice>,
) -> Frame {
    Frame {
        title: title.to_owned(),
        place,
        inbox,
        initials: words::initials(&person.email),
        name: person.email.clone(),
        notice,
        line: CaptureLine { key: line_key(site), ..CaptureLine::default() },
        keys_off: !person.settings.single_keys,
    }
}

/// The frame of a form that comes back although nobody is known any more: its session ended
/// meanwhile.
pub fn unknown(site: &Site, title: &str) -> Frame {
    Frame {
        title: title.to_owned(),
        name: "Signed out".to_owned(),
        line: CaptureLine { key: line_key(site), ..CaptureLine::default() },
        ..Frame::default()
    }
}

/// A key of its own for each page's capture line, so that a second press makes no second item.
fn line_key(site: &Site) -> String {
    site.base.ids.next().map(|id| id.to_string()).unwrap_or_default()
}
