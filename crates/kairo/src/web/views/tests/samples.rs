//! Every page in every state that matters: empty, full, hostile text, faults.

mod accounts;
mod items;
mod trust;
mod usage;

use askama::Template;

use accounts::*;
use items::*;
use trust::*;
use usage::*;

use crate::web::views::rows::{anchor, item_href, tick_action};
use crate::web::views::*;

pub(super) use usage::thirty_days;

/// Text that would break a page which trusts it: markup, quotes, right to left, emoji, one long
/// word.
pub(super) const HOSTILE: &str = "<script>alert(1)</script> \" onmouseover='x' & {{ 7 }} \
     \u{202e}שלום 🧑‍🚀 \
     Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/// One rendered page.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) html: String,
}

/// All samples, rendered anew at each call.
pub(super) fn all() -> Vec<Sample> {
    let mut pages = Vec::new();
    let mut add = |name, html: askama::Result<String>| {
        pages.push(Sample { name, html: html.unwrap() });
    };
    add("agenda", agenda().render());
    add("agenda-empty", agenda_empty().render());
    add("agenda-quiet", agenda_quiet().render());
    add("agenda-filtered", agenda_filtered().render());
    add("agenda-fault", agenda_fault().render());
    add("agenda-typed", agenda_typed().render());
    add("agenda-hostile", agenda_hostile().render());
    add("agenda-long", agenda_long().render());
    add("item", item_page(sheet()).render());
    add("item-faults", item_page(sheet_faults()).render());
    add("item-conflict", item_page(sheet_conflict()).render());
    add("item-hostile", item_page(sheet_hostile()).render());
    add("occurrence", occurrence_page(occurrence()).render());
    add("occurrence-hostile", occurrence_page(occurrence_hostile()).render());
    add("inbox", inbox(&["Ask Tom about the boat", "Idea: a map of quiet cafés"]).render());
    add("inbox-empty", Inbox { frame: frame("Inbox", Place::Inbox), ..Inbox::default() }.render());
    add("inbox-hostile", inbox(&[HOSTILE, ""]).render());
    add("done", done().render());
    add("done-empty", Done { frame: frame("Done", Place::Done), ..Done::default() }.render());
    add("sign-in", SignIn { next: "/inbox".into(), ..SignIn::default() }.render());
    add("sign-in-faults", sign_in_faults().render());
    add("code", code().render());
    add("code-unknown", SignInCode::default().render());
    add("code-faults", code_faults().render());
    add("link", SignInLink::landing().render());
    add("link-wrong-browser", SignInLink::wrong_browser().render());
    add("link-spent", SignInLink::spent().render());
    add("signed-out", SignedOut::default().render());
    add("signed-out-everywhere", SignedOut { everywhere: true, tokens: 2 }.render());
    add("account", account().render());
    add("account-alone", account_alone().render());
    add("reading", reading(None).render());
    add("reading-faults", reading(Some(HOSTILE)).render());
    add("reading-conflict", reading_conflict().render());
    add("tokens", tokens().render());
    add("tokens-empty", Tokens { frame: settings("API tokens"), ..Tokens::default() }.render());
    add("usage", usage().render());
    add("usage-new", usage_new().render());
    add("usage-unmetered", usage_unmetered().render());
    add("agenda-spend", agenda_spend().render());
    add("captured", captured().render());
    add("captured-hostile", captured_hostile().render());
    add("ops", ops().render());
    add("ops-empty", Ops { drift: Some(Vec::new()), ..Ops::default() }.render());
    add("ops-hostile", ops_hostile().render());
    add("outbox", outbox().render());
    add("outbox-empty", Outbox::default().render());
    add("security", security().render());
    add("security-hostile", security_hostile().render());
    add("security-away", security_away().render());
    add("claim", claim("2.1").render());
    add("claim-failing", claim("2.10").render());
    add("claim-two-checks", claim("0.5").render());
    add("claim-attested", claim("1.4").render());
    add("claim-exception", claim("1.3").render());
    add("claim-progress", claim("2.4").render());
    add("claim-commitment", claim("9.10").render());
    add("criteria", criteria().render());
    add("privacy", privacy().render());
    add("error", not_found().render());
    add("error-kept", error_kept().render());
    pages
}

fn frame(title: &str, place: Place) -> Frame {
    Frame {
        title: title.into(),
        place,
        initials: "AR".into(),
        name: "ana@ruiz.studio".into(),
        line: CaptureLine { key: "018f-key".into(), ..CaptureLine::default() },
        ..Frame::default()
    }
}

fn settings(title: &str) -> Frame {
    Frame { inbox: 3, ..frame(&format!("{title} - Settings"), Place::Elsewhere) }
}

fn undo(label: &str) -> Undo {
    Undo {
        action: "/items/9/restoration".into(),
        label: label.into(),
        fields: vec![Hidden { name: "version".into(), value: "4".into() }],
    }
}

fn fact(icon: Icon, text: &str) -> Vec<Fact> {
    vec![Fact { icon, text: text.into() }]
}

fn row(id: &str, mark: Mark, when: &str, title: &str) -> Row {
    Row {
        anchor: anchor(id, ""),
        href: item_href(id, ""),
        title: title.into(),
        when: when.into(),
        when_iso: if when.is_empty() { String::new() } else { "2026-11-23T14:00".into() },
        mark,
        tick: tick_action(id, "", false),
        version: 1,
        ..Row::default()
    }
}

fn standup(day: &str) -> Row {
    let occurrence = format!("2026-11-{day}T09:15");
    Row {
        anchor: anchor("standup", &occurrence),
        href: item_href("standup", &occurrence),
        facts: fact(Icon::Loop, "every weekday"),
        ..row("standup", Mark::Event, "9:15 am", "Standup")
    }
}

fn day(id: &str, title: &str, note: &str, rows: Vec<Row>) -> Day {
    Day { id: id.into(), title: title.into(), note: note.into(), rows, ..Day::default() }
}

fn now() -> Now {
    Now { time: "10:42 am".into(), iso: "2026-11-23T10:42".into() }
}

fn today() -> Day {
    let plants = Row {
        done: true,
        tick: tick_action("plants", "", true),
        ..row("plants", Mark::Task, "", "Water the plants")
    };
    let dentist = Row {
        facts: fact(Icon::Place, "Pier Street 14"),
        ..row("dentist", Mark::Event, "11:30 am", "Dentist, Dr Halvorsen")
    };
    let review = Row {
        current: true,
        facts: fact(Icon::Flag, "high"),
        ..row("review", Mark::Task, "2:00 pm", "Review the contract draft")
    };
    Day {
        now: Some(now()),
        later: vec![dentist, review, row("train", Mark::Task, "", "Book the train to Boston")],
        ..day("today", "Today", "3 to go", vec![standup("23"), plants])
    }
}

fn overdue() -> Day {
    let late = |row: Row| Row { late: true, ..row };
    let books = Row {
        facts: fact(Icon::Place, "Hill Street"),
        ..row("books", Mark::Task, "Sat 21", "Return the library books")
    };
    let lease = row("lease", Mark::Task, "Fri 20", "Send Priya the signed lease");
    day("overdue", "Overdue", "2 left from last week", vec![late(lease), late(books)])
}

fn days() -> Vec<Day> {
    let maya = row("maya", Mark::Event, "3:10 pm", "Pick up Maya from school");
    let rent = Row {
        facts: fact(Icon::Loop, "the 1st of every month"),
        ..row("rent", Mark::Task, "Tue 1", "Pay rent")
    };
    let dinner = Row {
        facts: vec![
            Fact { icon: Icon::Place, text: "Lucca".into() },
            Fact { icon: Icon::Tag, text: "family".into() },
        ],
        ..row("dinner", Mark::Event, "Thu 3", "Dinner with Priya and Tom")
    };
    let tomorrow = vec![
        standup("24"),
        row("lunch", Mark::Event, "1:00 pm", "Lunch with Sam"),
        row("tax", Mark::Task, "4:30 pm", "Call the accountant about sales tax"),
        row("gate", Mark::Note, "", "Gate code at the harbour is 4471"),
    ];
    vec![
        overdue(),
        today(),
        day("tomorrow", "Tomorrow", "Tuesday 24 November", tomorrow),
        day("d2026-11-25", "Wednesday", "25 November", vec![standup("25"), maya]),
        day("next-week", "Next week", "from 30 November", vec![rent, dinner]),
    ]
}

fn filter() -> Filter {
    let choice = |label: &str| Choice { value: label.into(), label: label.into(), selected: false };
    Filter {
        action: "/".into(),
        tags: vec![choice("family"), choice("house")],
        people: vec![choice("Priya"), choice("Sam")],
        ..Filter::default()
    }
}

fn agenda() -> Agenda {
    Agenda {
        frame: Frame {
            inbox: 3,
            notice: Some(Notice {
                text: "Deleted “Call the bank”.".into(),
                undo: Some(undo("Undo")),
                asks: String::new(),
            }),
            ..frame("Agenda, Monday 23 November", Place::Agenda)
        },
        heading: "Monday 23 November".into(),
        time: "10:42 am".into(),
        time_iso: "2026-11-23T10:42".into(),
        zone: "New York".into(),
        days: days(),
        filter: Some(filter()),
        item: Some(sheet()),
        ..Agenda::default()
    }
}

fn agenda_empty() -> Agenda {
    let sample = |text: &str, reading: &str| Try { text: text.into(), reading: reading.into() };
    let frame = frame("Agenda, Monday 23 November", Place::Agenda);
    let line = CaptureLine { focus: true, ..frame.line.clone() };
    Agenda {
        frame: Frame { line, ..frame },
        days: vec![Day {
            now: Some(now()),
            empty: "Type what is on your mind the way you would say it, and press Enter. Kairo \
                    finds the day, the time and the people, and keeps your words."
                .into(),
            ..day("today", "Nothing here yet", "", Vec::new())
        }],
        tries: vec![
            sample("lunch with Sam tomorrow 1pm", "Tue 24 Nov, 1:00 pm, with Sam"),
            sample("pay rent every 1st", "Tue 1 Dec, then the 1st of every month"),
            sample("contract review by Friday 5pm !!", "due Fri 27 Nov, 5:00 pm, high priority"),
            sample("\"May\" is the cat’s name", "a note: quoted words are never read as dates"),
        ],
        filter: None,
        item: None,
        ..agenda()
    }
}

fn agenda_quiet() -> Agenda {
    let today = Day {
        now: Some(now()),
        empty: "Nothing is planned, and nothing is overdue.".into(),
        ..day("today", "Today", "", Vec::new())
    };
    Agenda { days: vec![today], item: None, ..agenda() }
}

fn agenda_filtered() -> Agenda {
    let active =
        |label: &str, without: &str| ActiveFilter { label: label.into(), without: without.into() };
    Agenda {
        days: Vec::new(),
        item: None,
        filter: Some(Filter {
            q: "contract".into(),
            active: vec![active("“contract”", "/?tag=house"), active("#house", "/?q=contract")],
            ..filter()
        }),
        ..agenda()
    }
}

fn agenda_fault() -> Agenda {
    let fault =
        "That is 2,104 characters; a thought may have 2,000. Shorten it and press Enter again.";
    let mut page = agenda();
    page.frame.notice = None;
    page.frame.line.text = "coffee with Sam tomorrow at 8 ".repeat(70);
    page.frame.line.fault = Some(fault.into());
    page.frame.line.focus = true;
    page
}

fn agenda_typed() -> Agenda {
    let mut page = agenda();
    page.frame.line.text = "coffee with Sam tomorrow at 8".into();
    page
}

fn agenda_hostile() -> Agenda {
    let rows = [Mark::Task, Mark::Event, Mark::Note].map(|mark| Row {
        facts: fact(Icon::Who, HOSTILE),
        late: true,
        ..row(mark.kind(), mark, "Fri 20", HOSTILE)
    });
    let mut page = agenda();
    page.days = vec![day("overdue", HOSTILE, HOSTILE, rows.into())];
    page.frame.notice =
        Some(Notice { text: HOSTILE.into(), undo: Some(undo(HOSTILE)), asks: HOSTILE.into() });
    page.frame.name = HOSTILE.into();
    page.frame.line.text = HOSTILE.into();
    page.frame.line.dismissed = HOSTILE.into();
    page.item = Some(sheet_hostile());
    page
}

fn agenda_long() -> Agenda {
    let rows = (0..120).map(|number| Row {
        facts: fact(Icon::Place, "Pier Street 14"),
        ..row(
            &format!("018f2f6e-0000-7000-8000-{number:012}"),
            Mark::Task,
            "Fri 20",
            "Pay the rent",
        )
    });
    Agenda {
        days: vec![day("overdue", "Overdue", "", rows.collect())],
        item: None,
        more_than: Some(1_000),
        ..agenda()
    }
}

fn field(value: &str) -> Field {
    Field { value: value.into(), ..Field::default() }
}

fn refused(value: &str, fault: &str) -> Field {
    Field { value: value.into(), fault: Some(fault.into()), stored: None }
}

fn select(choices: &[(&str, &str)], selected: &str) -> Select {
    let choices = choices.iter().map(|(value, label)| Choice {
        value: (*value).into(),
        label: (*label).into(),
        selected: *value == selected,
    });
    Select { choices: choices.collect(), ..Select::default() }
}

fn inbox(titles: &[&str]) -> Inbox {
    let rows = titles.iter().enumerate().map(|(number, title)| {
        let mark = if number == 0 { Mark::Task } else { Mark::Note };
        row(&format!("inbox{number}"), mark, "", title)
    });
    Inbox {
        frame: Frame { inbox: titles.len(), ..frame("Inbox", Place::Inbox) },
        rows: rows.collect(),
        filter: Some(Filter { action: "/inbox".into(), ..Filter::default() }),
        more_than: None,
    }
}

fn done() -> Done {
    let row = |id: &str, when: &str, title: &str| Row {
        done: true,
        tick: tick_action(id, "", true),
        ..row(id, Mark::Task, when, title)
    };
    let friday = vec![row("post", "4:10 pm", "Post the parcel"), row("b", "", "Buy stamps")];
    Done {
        frame: Frame { inbox: 3, ..frame("Done", Place::Done) },
        days: vec![
            day("today", "Today", "1 done", vec![row("plants", "8:30 am", "Water the plants")]),
            day("d2026-11-20", "Friday", "20 November", friday),
        ],
        filter: Some(Filter { action: "/done".into(), ..Filter::default() }),
        more_than: None,
    }
}
