//! The form of an item: what changes, what does not, and two people with one page.

use kairo::limits::{
    ITEM_LABEL_CHARS_MAX, ITEM_LABELS_MAX, ITEM_NOTES_CHARS_MAX, ITEM_PLACE_CHARS_MAX,
    ITEM_TITLE_CHARS_MAX,
};

use super::*;

// Goal: every field is kept as typed, and undo takes all of them back.
#[tokio::test]
async fn fields_are_kept_and_taken_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "lunch with Sam tomorrow 1pm").await;
    let page = ana.get(&item).await.is(200);
    let typed = [
        ("title", "long lunch"),
        ("notes", "first\nsecond"),
        ("when", "friday 2pm to 3pm"),
        ("place", "Pier 14"),
        ("people", "Sam, Priya"),
        ("tags", "food, work"),
        ("kind", "task"),
        ("priority", "2"),
    ];
    let answer = save(&ana, &item, &page, &typed).await.is(303);
    assert_eq!(answer.location(), format!("{item}?back=/"));
    let after = ana.get(answer.location()).await.is(200);
    assert_eq!(after.notice(), "Changed “\u{2068}long lunch\u{2069}”.");
    let shown = sheet(&after);
    for (name, value) in typed {
        let value = if name == "when" { "27 Nov 2026 2:00 pm to 3:00 pm" } else { value };
        assert!(shown.contains(&(name, value.to_owned())), "{name}: {shown:?}");
    }
    assert_eq!(rows(&ana.get("/").await, "d2026-11-27")[0].1, "long lunch");
    let undone = undo(&ana, &after).await.unwrap().is(303);
    let back = ana.get(undone.location()).await.is(200);
    let (mut before, mut back) = (sheet(&page), sheet(&back));
    for fields in [&mut before, &mut back] {
        fields.retain(|(name, _)| *name != "version");
    }
    assert_eq!(back, before);
}

// Goal: a form that is sent as it came changes nothing, for every form that a time may have.
#[tokio::test]
async fn an_untouched_form_changes_nothing() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for text in [
        "buy milk",
        "lunch tomorrow 1pm",
        "trip 3 Dec to 8 Dec",
        "pay rent every 1st",
        "report by friday",
        "call tomorrow 1pm to 2pm with Sam #work !!",
        "standup every weekday at 9:15",
        "party 31 Dec 10pm to 1 Jan 2am",
        "call Tokyo tomorrow 9am JST",
    ] {
        let item = keep(&ana, text).await;
        let page = ana.get(&item).await.is(200);
        save(&ana, &item, &page, &[]).await.is(303);
        let after = ana.get(&item).await.is(200);
        assert_eq!(sheet(&after), sheet(&page), "{text}");
        assert_eq!(sheet_input(&after, "version"), "1", "{text}");
    }
}

// Goal: another title leaves the time and its repetition as they were.
#[tokio::test]
async fn one_field_leaves_the_others() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for text in ["pay rent every 1st", "call Tokyo tomorrow 9am JST", "trip 3 Dec to 8 Dec"] {
        let item = keep(&ana, text).await;
        let page = ana.get(&item).await.is(200);
        let reading = between(page.text(), "id=\"when-note\">", "</small>")[0].to_owned();
        save(&ana, &item, &page, &[("title", "another")]).await.is(303);
        let after = ana.get(&item).await.is(200);
        assert_eq!(between(after.text(), "id=\"when-note\">", "</small>"), [reading], "{text}");
        assert_eq!(sheet_input(&after, "when"), sheet_input(&page, "when"));
    }
}

// Goal: a time that is emptied sends the item to the inbox; words that are no time are refused
// with a sentence and stay.
#[tokio::test]
async fn times_are_emptied_and_refused() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "lunch tomorrow 1pm").await;
    let page = ana.get(&item).await.is(200);
    for nonsense in
        ["purple", "tomorrow purple", "25:99", "1pm with a hat", "<b>tomorrow</b>", "99/99"]
    {
        let refused =
            save(&ana, &item, &page, &[("when", nonsense), ("title", "typed")]).await.is(422);
        assert!(
            refused.faults()[0].starts_with("Kairo does not read this as a time."),
            "{nonsense}"
        );
        assert_eq!(sheet_input(&refused, "when"), nonsense);
        assert_eq!(refused.area("title"), "typed");
    }
    let far = save(&ana, &item, &page, &[("when", "1 Jan 2500")]).await.is(422);
    assert_eq!(far.faults().len(), 1);
    assert_eq!(rows(&ana.get("/").await, "tomorrow"), row("1:00 pm", "lunch"));
    save(&ana, &item, &page, &[("when", "  ")]).await.is(303);
    assert_eq!(all_rows(&ana.get("/inbox").await), row("", "lunch"));
}

// Goal: each field is taken at its limit and refused one past it, beside the field, with all that
// was typed.
#[tokio::test]
async fn one_past_each_field() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let text = |chars: usize| "\u{1F600}".repeat(chars);
    let labels = |count: usize| (0..count).map(|n| format!("t{n}")).collect::<Vec<_>>().join(", ");
    let full = [
        ("title", text(ITEM_TITLE_CHARS_MAX)),
        ("notes", text(ITEM_NOTES_CHARS_MAX)),
        ("place", text(ITEM_PLACE_CHARS_MAX)),
        ("people", labels(ITEM_LABELS_MAX)),
        ("tags", text(ITEM_LABEL_CHARS_MAX)),
    ];
    let page = ana.get(&item).await.is(200);
    let typed: Vec<(&str, &str)> =
        full.iter().map(|(name, value)| (*name, value.as_str())).collect();
    save(&ana, &item, &page, &typed).await.is(303);
    let stored = ana.get(&item).await.is(200);
    assert_eq!(stored.area("notes"), text(ITEM_NOTES_CHARS_MAX));
    let past = [
        ("title", text(ITEM_TITLE_CHARS_MAX + 1)),
        ("notes", text(ITEM_NOTES_CHARS_MAX + 1)),
        ("place", text(ITEM_PLACE_CHARS_MAX + 1)),
        ("people", labels(ITEM_LABELS_MAX + 1)),
        ("tags", text(ITEM_LABEL_CHARS_MAX + 1)),
    ];
    let typed: Vec<(&str, &str)> =
        past.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = save(&ana, &item, &stored, &typed).await.is(422);
    assert_eq!(refused.faults().len(), past.len(), "{:?}", refused.faults());
    for (name, value) in &typed {
        let shown = if ["title", "notes"].contains(name) {
            refused.area(name)
        } else {
            sheet_input(&refused, name)
        };
        assert_eq!(shown, *value, "{name}");
    }
    assert_eq!(sheet(&ana.get(&item).await), sheet(&stored));
}

// Goal: an empty title and choices that no form offers are refused beside their fields.
#[tokio::test]
async fn impossible_choices_are_refused() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let page = ana.get(&item).await.is(200);
    let typed = [("title", " \n "), ("kind", "cat"), ("priority", "5"), ("place", "kept")];
    let refused = save(&ana, &item, &page, &typed).await.is(422);
    let mut faults = refused.faults();
    faults.sort();
    let told = [
        "An item needs a title.",
        "Choose a task, an event or a note.",
        "Choose one of the priorities.",
    ];
    assert_eq!(faults, told);
    assert_eq!(sheet_input(&refused, "place"), "kept");
}

// Goal: the second of two who edit one item sees both texts, and overwrites only knowingly.
#[tokio::test]
async fn both_texts_are_shown() {
    let app = monday().await;
    let (desk, phone) = (app.member(ANA).await, app.member(ANA).await);
    let item = keep(&desk, "lunch tomorrow 1pm").await;
    let (first, second) = (desk.get(&item).await, phone.get(&item).await);
    let over = [("title", "lunch with Sam"), ("notes", "at \"the\" pier"), ("kind", "task")];
    save(&desk, &item, &first, &over).await.is(303);
    let typed = [("title", "lunch with Priya"), ("notes", "mine"), ("when", "friday 2pm")];
    let page = save(&phone, &item, &second, &typed).await.is(409);
    assert!(page.text().contains("Someone changed this while you wrote"));
    assert_eq!(
        (page.area("title"), page.area("notes")),
        ("lunch with Priya".into(), "mine".into())
    );
    assert_eq!(sheet_input(&page, "when"), "friday 2pm");
    let stored = between(page.text(), "<p class=\"stored\"><span>Stored now: </span><q>", "</q>");
    let stored: Vec<String> = stored.into_iter().map(unescape).collect();
    assert_eq!(stored, ["lunch with Sam", "24 Nov 2026 1:00 pm", "Task", "at \"the\" pier"]);
    assert_eq!(desk.get(&item).await.area("title"), "lunch with Sam", "nothing was overwritten");
    save(&phone, &item, &page, &[]).await.is(303);
    assert_eq!(desk.get(&item).await.area("title"), "lunch with Priya");
}

// Goal: of two forms that are sent at once one is kept, and the other comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_race_of_forms_has_one_winner() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "buy milk").await;
    let page = ana.get(&item).await;
    let titles: Vec<String> = (0..8).map(|n| format!("title {n}")).collect();
    let (ana_, item_, page_) = (&ana, &item, &page);
    let sent = titles
        .iter()
        .map(|title| async move { save(ana_, item_, page_, &[("title", title)]).await });
    let answers = futures_util::future::join_all(sent).await;
    let won: Vec<usize> = (0..8).filter(|n| answers[*n].status.as_u16() == 303).collect();
    assert_eq!(won.len(), 1);
    for (n, answer) in answers.into_iter().enumerate().filter(|(n, _)| *n != won[0]) {
        assert_eq!(answer.is(409).area("title"), titles[n]);
    }
    assert_eq!(ana.get(&item).await.area("title"), titles[won[0]]);
}
