//! Open items.

use super::{HOSTILE, agenda, field, refused, select, undo};
use crate::web::views::rows::tick_action;
use crate::web::views::*;

pub(super) fn sheet() -> ItemSheet {
    let kinds = [("task", "Task"), ("event", "Event"), ("note", "Note")];
    let priorities = [("", "None"), ("1", "High"), ("2", "Middle"), ("3", "Low")];
    ItemSheet {
        heading: "Review the contract draft".into(),
        mark: Mark::Task,
        about: "Task, added at 9:58 am".into(),
        action: "/items/review".into(),
        tick: tick_action("review", "", false),
        deletion: "/items/review/deletion".into(),
        version: 3,
        back: "/".into(),
        back_label: "Agenda".into(),
        title: field("Review the contract draft"),
        when: field("today 2pm to 3pm"),
        reading: "Mon 23 Nov, 2:00 to 3:00 pm, New York".into(),
        kind: select(&kinds, "task"),
        place: field("Pier 4 office"),
        people: field("Jonas"),
        tags: field("harbour"),
        priority: select(&priorities, "1"),
        notes: field("Clause 7 still has last year’s rate. Ask Tom before we sign."),
        typed: Some(Typed {
            text: "review contract draft 2-3pm at Pier 4 office for jonas".into(),
            how: "Read at once, without a model.".into(),
        }),
        undo: Some(undo("Undo the last change")),
        ..ItemSheet::default()
    }
}

pub(super) fn sheet_faults() -> ItemSheet {
    let fault = "There is no 31st of November. Type another day, such as “30 Nov 2pm”.";
    ItemSheet {
        title: refused("", "An item needs a title. Type a few words."),
        when: refused("31 Nov 2pm", fault),
        notes: refused("…", "That is 10,001 characters; notes may have 10,000. Shorten them."),
        kind: Select { fault: Some("Choose a kind.".into()), ..sheet().kind },
        undo: None,
        ..sheet()
    }
}

pub(super) fn sheet_conflict() -> ItemSheet {
    let both = |yours: &str, stored: &str| Field { stored: Some(stored.into()), ..field(yours) };
    ItemSheet {
        conflict: true,
        version: 4,
        title: both("Review the contract draft again", "Review the contract draft"),
        notes: both("Clause 7 has the old rate.", "Clause 7 is settled."),
        place: both("Pier 4 office", ""),
        priority: Select { stored: Some("Low".into()), ..sheet().priority },
        ..sheet()
    }
}

pub(super) fn sheet_hostile() -> ItemSheet {
    let both = || Field {
        value: HOSTILE.into(),
        fault: Some(HOSTILE.into()),
        stored: Some(HOSTILE.into()),
    };
    ItemSheet {
        heading: HOSTILE.into(),
        about: HOSTILE.into(),
        reading: HOSTILE.into(),
        title: both(),
        when: field(HOSTILE),
        place: both(),
        notes: Field { value: format!("\n</textarea>{HOSTILE}"), ..both() },
        typed: Some(Typed { text: HOSTILE.into(), how: HOSTILE.into() }),
        done: true,
        ..sheet()
    }
}

pub(super) fn item_page(item: ItemSheet) -> Agenda {
    let mut page = agenda();
    page.frame.title = item.heading.clone();
    page.frame.notice = None;
    page.alone = true;
    page.item = Some(item);
    page
}
