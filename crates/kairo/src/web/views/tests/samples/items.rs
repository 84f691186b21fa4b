//! Open items.

use super::{HOSTILE, agenda, field, refused, select, undo};
use crate::web::views::rows::{item_href, tick_action};
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

pub(super) fn occurrence() -> OccurrenceSheet {
    let scopes = [
        ("this", "Only this one"),
        ("following", "This and following"),
        ("all", "The whole series"),
    ];
    let at = "2026-11-24T09:15:00";
    let action = item_href("plants", at);
    OccurrenceSheet {
        heading: "Water the plants".into(),
        mark: Mark::Task,
        about: "Task in a series, every weekday. Moved from Mon 23 Nov, 9:15 am.".into(),
        tick: tick_action("plants", at, false),
        skip: format!("{action}/skip"),
        series: "/items/plants?back=/".into(),
        action,
        version: 3,
        back: "/".into(),
        back_label: "Agenda".into(),
        title: field("Water the plants"),
        when: field("24 Nov 2026 9:15 am"),
        reading: "Tue 24 Nov, 9:15 am, New York".into(),
        notes: field("The big ones need more."),
        scope: select(&scopes, "this"),
        undo: Some(undo("Undo")),
        ..OccurrenceSheet::default()
    }
}

pub(super) fn occurrence_hostile() -> OccurrenceSheet {
    let both = || Field {
        value: HOSTILE.into(),
        fault: Some(HOSTILE.into()),
        stored: Some(HOSTILE.into()),
    };
    OccurrenceSheet {
        heading: HOSTILE.into(),
        about: HOSTILE.into(),
        skipped: true,
        conflict: true,
        title: both(),
        when: both(),
        notes: Field { value: format!("\n</textarea>{HOSTILE}"), ..both() },
        scope: Select { fault: Some(HOSTILE.into()), ..occurrence().scope },
        ..occurrence()
    }
}

pub(super) fn occurrence_page(sheet: OccurrenceSheet) -> Agenda {
    let mut page = agenda();
    page.frame.title = sheet.heading.clone();
    page.frame.notice = None;
    (page.alone, page.item) = (true, None);
    page.occurrence = Some(sheet);
    page
}

pub(super) fn item_page(item: ItemSheet) -> Agenda {
    let mut page = agenda();
    page.frame.title = item.heading.clone();
    page.frame.notice = None;
    page.alone = true;
    page.item = Some(item);
    page
}
