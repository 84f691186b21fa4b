//! One of a series over the pages: what the agenda shows, and done, skipped, moved and undone.

use kairo::limits::{ITEM_OVERRIDES_MAX, ITEMS_AGENDA_MAX, OVERRIDES_AGENDA_MAX};

use super::*;

/// The page of one occurrence.
fn of(item: &str, original: &str) -> String {
    format!("{item}/occurrences/{original}")
}

/// The form of an occurrence's page, as a browser would send it back, with some fields typed over.
async fn amend(browser: &Actor, at: &str, page: &Answer, over: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("title", page.area("title")), ("notes", page.area("notes"))];
    for name in ["version", "back", "when"] {
        fields.push((name, sheet_input(page, name)));
    }
    fields.push(("scope", "this".to_owned()));
    for (name, typed) in over {
        let field = fields.iter_mut().find(|(other, _)| other == name).unwrap();
        field.1 = (*typed).to_owned();
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post_form(at, &fields).await
}

async fn version(browser: &Actor, item: &str) -> String {
    sheet_input(&browser.get(item).await.is(200), "version")
}

fn titles(page: &Answer, section: &str) -> Vec<String> {
    rows(page, section).into_iter().map(|(_, title)| title).collect()
}

/// How many rows of a title a page shows.
fn count(page: &Answer, title: &str) -> usize {
    all_rows(page).iter().filter(|(_, other)| other == title).count()
}

// Goal: a series of tasks or events stands on each day of two weeks, each row with its own page.
#[tokio::test]
async fn every_day_is_shown() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let task = keep(&ana, "water plants every day at 6pm").await;
    keep(&ana, "standup every weekday at 9:15am").await;
    let page = ana.get("/").await.is(200);
    assert_eq!(count(&page, "water plants"), 14);
    assert_eq!(rows(&page, "tomorrow").len(), 2);
    for day in ["2026-11-23", "2026-11-24", "2026-12-06"] {
        let at = of(&task, &format!("{day}T18:00:00"));
        assert!(page.text().contains(&format!("<a href=\"{at}\"")), "{day}");
        assert_eq!(ana.get(&at).await.is(200).area("title"), "water plants");
    }
    let anchors = between(page.text(), "<li id=\"", "\"");
    let one: std::collections::HashSet<_> = anchors.iter().collect();
    assert_eq!(one.len(), anchors.len(), "no anchor stands twice");
}

// Goal: done of the present one moves the series on, done of a later one strikes that day, and
// undo takes back either; what was done is found among the done.
#[tokio::test]
async fn done_and_undone_one_by_one() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "water plants every day at 6pm").await;
    let first = of(&item, "2026-11-23T18:00:00");
    let answer = press(&ana, &first, "completion", "1", "/").await.is(303);
    assert!(answer.location().starts_with("/#row-"));
    let page = ana.get("/").await.is(200);
    assert_eq!(page.notice(), "Done: “\u{2068}water plants\u{2069}”.");
    assert!(page.text().contains("Mark not done: water plants"));
    assert_eq!(rows(&ana.get("/done").await, "d2026-11-23").len(), 1);
    press(&ana, &of(&item, "2026-11-25T18:00:00"), "completion", "2", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.text().matches("Mark not done: water plants").count(), 2);
    assert_eq!(rows(&ana.get("/done").await, "d2026-11-23").len(), 2);
    undo(&ana, &page).await.unwrap().is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.text().matches("Mark not done: water plants").count(), 1);
    undo(&ana, &page).await.unwrap().is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.text().matches("Mark not done: water plants").count(), 2, "undo is undone");
    press(&ana, &first, "reopening", "5", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.text().matches("Mark not done: water plants").count(), 1);
    assert_eq!(page.text().matches("Mark done: water plants").count(), 13);
}

// Goal: a series that waits since before today stands once among what is late, and the circle
// there moves it to the next day that it missed.
#[tokio::test]
async fn what_waits_stands_once() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "water plants every day at 6pm").await;
    let page = ana.get(&item).await.is(200);
    let when = sheet_input(&page, "when").replace("23 Nov", "20 Nov");
    save(&ana, &item, &page, &[("when", &when)]).await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(rows(&page, "overdue"), row("Fri 20", "water plants"));
    assert_eq!(count(&page, "water plants"), 15);
    press(&ana, &of(&item, "2026-11-20T18:00:00"), "completion", "2", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(rows(&page, "overdue"), row("Sat 21", "water plants"));
    assert!(page.text().contains("Mark not done: water plants"), "it was done today");
}

// Goal: a skipped one is gone from the agenda, says so on its page, and comes back by its button
// and by undo.
#[tokio::test]
async fn skipped_and_put_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    let at = of(&item, "2026-11-25T09:15:00");
    press(&ana, &at, "skip", "1", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.notice(), "Skipped “\u{2068}standup\u{2069}” this time.");
    assert!(rows(&page, "d2026-11-25").is_empty());
    let skipped = ana.get(&at).await.is(200);
    assert!(skipped.text().contains("This one is skipped.") && skipped.text().contains("Put back"));
    press(&ana, &at, "reopening", "2", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(titles(&page, "d2026-11-25"), ["standup"]);
    undo(&ana, &page).await.unwrap().is(303);
    assert!(rows(&ana.get("/").await, "d2026-11-25").is_empty());
}

// Goal: one that is moved and worded otherwise stands so on its new day, alone, and undo takes back
// both.
#[tokio::test]
async fn one_is_moved_and_worded() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    let at = of(&item, "2026-11-25T09:15:00");
    let page = ana.get(&at).await.is(200);
    assert_eq!(sheet_input(&page, "when"), "25 Nov 2026 9:15 am");
    let typed = [("when", "26 Nov 11am to 12pm"), ("title", "long standup"), ("notes", "in B4")];
    let answer = amend(&ana, &at, &page, &typed).await.is(303);
    assert_eq!(answer.location(), format!("{at}?back=/"));
    let moved = ana.get(&at).await.is(200);
    assert!(moved.text().contains("Moved from Wed 25 Nov, 9:15 am."), "{}", moved.text());
    assert_eq!((moved.area("title"), moved.area("notes")), ("long standup".into(), "in B4".into()));
    assert_eq!(moved.notice(), "Changed “\u{2068}standup\u{2069}”.");
    let list = ana.get("/").await.is(200);
    assert!(rows(&list, "d2026-11-25").is_empty());
    assert_eq!(titles(&list, "d2026-11-26"), ["standup", "long standup"]);
    assert_eq!(count(&ana.get("/?q=long").await, "long standup"), 1);
    assert_eq!(ana.get(&item).await.area("title"), "standup");
    undo(&ana, &moved).await.unwrap().is(303);
    assert_eq!(titles(&ana.get("/").await, "d2026-11-25"), ["standup"]);
    assert_eq!(ana.get(&at).await.area("notes"), "");
}

// Goal: "this and following" ends the series and starts another with the change; undo joins them
// again, and the undo of that parts them.
#[tokio::test]
async fn this_and_following_parts_the_series() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    press(&ana, &of(&item, "2026-11-27T09:15:00"), "skip", "1", "/").await.is(303);
    let at = of(&item, "2026-11-25T09:15:00");
    let page = ana.get(&at).await.is(200);
    let typed = [("when", "25 Nov 10am"), ("title", "late standup"), ("scope", "following")];
    let answer = amend(&ana, &at, &page, &typed).await.is(303);
    let following = ana.get(answer.location()).await.is(200);
    assert_eq!(following.notice(), "Changed “\u{2068}standup\u{2069}” from this time on.");
    assert_eq!(sheet_input(&following, "when"), "25 Nov 2026 10:00 am, every day");
    let when = sheet_input(&ana.get(&item).await, "when");
    assert_eq!(when, "24 Nov 2026 9:15 am, every day, until 24 November");
    let list = ana.get("/").await.is(200);
    assert_eq!(titles(&list, "d2026-11-25"), ["late standup"]);
    assert!(rows(&list, "d2026-11-27").is_empty(), "skipped stays skipped");
    ana.get(&at).await.is(404);
    undo(&ana, &following).await.unwrap().is(303);
    let joined = ana.get("/").await.is(200);
    assert_eq!(count(&joined, "late standup"), 0);
    assert_eq!(titles(&joined, "d2026-11-26"), ["standup"]);
    undo(&ana, &joined).await.unwrap().is(303);
    let parted = ana.get("/").await.is(200);
    assert_eq!(titles(&parted, "d2026-11-26"), ["late standup"]);
}

// Goal: "the whole series" changes what was touched and nothing else, and what differs goes along.
#[tokio::test]
async fn the_whole_series_changes() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    let own = of(&item, "2026-11-26T09:15:00");
    let page = ana.get(&own).await.is(200);
    amend(&ana, &own, &page, &[("title", "own title")]).await.is(303);
    let page = ana.get(&own).await.is(200);
    let all = [("when", "26 Nov 10am"), ("notes", "all of them"), ("scope", "all")];
    let answer = amend(&ana, &own, &page, &all).await.is(303);
    assert_eq!(answer.location(), format!("{item}?back=/"));
    let series = ana.get(&item).await.is(200);
    assert_eq!(series.area("title"), "standup", "the title was not touched");
    assert_eq!(sheet_input(&series, "when"), "24 Nov 2026 10:00 am, every day");
    let renamed = of(&item, "2026-11-26T10:00:00");
    assert_eq!(ana.get(&renamed).await.is(200).area("title"), "own title");
    ana.get(&own).await.is(404);
    press(&ana, &item, "restoration", "3", "/").await.is(303);
    assert_eq!(ana.get(&own).await.is(200).area("title"), "own title");
    ana.get(&renamed).await.is(404);
}

// Goal: a form or button that is older than the series changes nothing: the form comes back with
// both texts, and saved again it is kept.
#[tokio::test]
async fn both_texts_of_one_are_shown() {
    let app = monday().await;
    let (desk, phone) = (app.member(ANA).await, app.member(ANA).await);
    let item = keep(&desk, "standup every day at 9:15am").await;
    let at = of(&item, "2026-11-25T09:15:00");
    let (first, second) = (desk.get(&at).await, phone.get(&at).await);
    amend(&desk, &at, &first, &[("title", "at the desk")]).await.is(303);
    let typed = [("title", "on the phone"), ("when", "25 Nov 3pm"), ("scope", "following")];
    let page = amend(&phone, &at, &second, &typed).await.is(409);
    assert!(page.text().contains("Someone changed this while you wrote"));
    assert_eq!(
        (page.area("title"), sheet_input(&page, "when")),
        ("on the phone".into(), "25 Nov 3pm".into())
    );
    assert!(page.text().contains("value=\"following\" checked"));
    assert!(page.text().contains("<q>at the desk</q>"));
    press(&phone, &at, "skip", "1", "/").await.is(303);
    let told = "“\u{2068}standup\u{2069}” was changed elsewhere meanwhile, so nothing was done.";
    assert_eq!(phone.get("/").await.notice(), told);
    amend(&phone, &at, &page, &[]).await.is(303);
    assert_eq!(desk.get(&at).await.area("title"), "on the phone");
}

// Goal: of presses at once on one series each counts once: one wins a version, and none is lost
// unseen.
#[tokio::test(flavor = "multi_thread")]
async fn a_race_of_presses_has_one_winner() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    let paths: Vec<String> =
        (24..30).map(|day| of(&item, &format!("2026-11-{day}T09:15:00"))).collect();
    let ana_ = &ana;
    let sent = paths.iter().map(|at| async move { press(ana_, at, "skip", "1", "/").await });
    for answer in futures_util::future::join_all(sent).await {
        answer.is(303);
    }
    assert_eq!(count(&ana.get("/").await, "standup"), 12);
    assert_eq!(version(&ana, &item).await, "2");
}

// Goal: what the rule does not give is not there, on every way to it, and neither is an occurrence
// of what does not recur or was deleted.
#[tokio::test]
async fn names_that_the_rule_does_not_give() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every weekday at 9:15am").await;
    let plain = keep(&ana, "lunch tomorrow 1pm").await;
    let names = [
        "2026-11-28T09:15:00",
        "2026-11-25T09:16:00",
        "2026-11-25",
        "2026-11-25T09:15",
        "2026-11-20T09:15:00",
        "2026-11-25T09:15:00Z",
        "2026-11-25t09:15:00",
        "x",
        "-009999-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "2026-11-25T09:15:00.5",
    ];
    for at in
        names.map(|name| of(&item, name)).into_iter().chain([of(&plain, "2026-11-24T13:00:00")])
    {
        ana.get(&at).await.is(404);
        for verb in ["completion", "reopening", "skip"] {
            press(&ana, &at, verb, "1", "/").await.is(404);
        }
        ana.post_form(&at, &[("version", "1"), ("title", "typed")]).await.is(404);
    }
    let fields = [("version", "1"), ("title", "typed words"), ("when", "x"), ("scope", "this")];
    let lost = ana.post_form(&of(&item, "2026-11-28T09:15:00"), &fields).await.is(404);
    assert_eq!(lost.input("text"), "typed words; x", "what was typed comes back");
    press(&ana, &item, "deletion", "1", "/").await.is(303);
    ana.get(&of(&item, "2026-11-25T09:15:00")).await.is(404);
    press(&ana, &of(&item, "2026-11-25T09:15:00"), "skip", "2", "/").await.is(404);
}

// Goal: what cannot be read comes back beside its field with all that was typed.
#[tokio::test]
async fn typed_words_come_back() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup on Mondays and Tuesdays 9:15am").await;
    let at = of(&item, "2026-11-24T09:15:00");
    let page = ana.get(&at).await.is(200);
    for (over, says) in [
        (vec![("when", "purple")], "Kairo does not read this"),
        (vec![("when", " ")], "One of a series has a time."),
        (vec![("when", "every tuesday 9am")], "This is the time of one."),
        (vec![("title", " ")], "An item needs a title."),
        (vec![("scope", "some")], "Choose what to change."),
    ] {
        let typed: Vec<_> = over.iter().copied().chain([("notes", "typed")]).collect();
        let refused = amend(&ana, &at, &page, &typed).await.is(422);
        assert!(refused.faults()[0].starts_with(says), "{:?}", refused.faults());
        assert_eq!(refused.area("notes"), "typed");
    }
    assert_eq!(version(&ana, &item).await, "1");
    amend(&ana, &at, &page, &[]).await.is(303);
    assert_eq!(version(&ana, &item).await, "1", "an untouched form changes nothing");
}

// Goal: a series from completion has one occurrence, and done moves it three days from today.
#[tokio::test]
async fn from_completion_there_is_one() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "water plants every! 3 days").await;
    let page = ana.get("/").await.is(200);
    assert_eq!(count(&page, "water plants"), 1);
    let at = between(page.text(), "<a href=\"/items/", "\"")[0].to_owned();
    press(&ana, &format!("/items/{at}"), "completion", "1", "/").await.is(303);
    let page = ana.get("/").await.is(200);
    assert_eq!(page.text().matches("Mark not done: water plants").count(), 1);
    assert_eq!(titles(&page, "d2026-11-26"), ["water plants"]);
    undo(&ana, &page).await.unwrap().is(303);
    assert_eq!(count(&ana.get("/").await, "water plants"), 1);
    assert_eq!(version(&ana, &item).await, "3");
}

// Goal: the last one done ends the series and stands once among the done; skipped, it stands
// nowhere; undo brings either back.
#[tokio::test]
async fn the_last_one_ends_it() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for (verb, among_the_done) in [("completion", 1), ("skip", 0)] {
        let item = keep(&ana, "take the pill every day at 6pm for 1 day").await;
        let at = of(&item, "2026-11-23T18:00:00");
        press(&ana, &at, verb, "1", "/").await.is(303);
        let page = ana.get("/").await.is(200);
        assert_eq!(page.text().matches("Mark done:").count(), 0, "{verb}");
        assert_eq!(all_rows(&ana.get("/done").await).len(), among_the_done, "{verb}");
        undo(&ana, &page).await.unwrap().is(303);
        assert_eq!(ana.get("/").await.text().matches("Mark done:").count(), 1, "{verb}");
        press(&ana, &item, "deletion", "3", "/").await.is(303);
    }
}

// Goal: own words are sealed, bound to their row: moved to another row they do not open.
#[tokio::test]
async fn own_words_are_sealed_where_they_lie() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    let ats = [25, 26].map(|day| of(&item, &format!("2026-11-{day}T09:15:00")));
    for (at, title) in ats.iter().zip(["canary one", "canary two"]) {
        let page = ana.get(at).await.is(200);
        amend(&ana, at, &page, &[("title", title)]).await.is(303);
    }
    let db = app.superuser().await;
    let sql = "SELECT t::text FROM app.item_occurrences t";
    let all: String =
        db.query(sql, &[]).await.unwrap().iter().map(|row| row.get::<_, String>(0)).collect();
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!all.contains("canary") && !all.contains(&hex("canary")));
    let swap = "UPDATE app.item_occurrences o SET body_sealed = x.body_sealed
                  FROM app.item_occurrences x WHERE x.id <> o.id RETURNING o.id";
    assert_eq!(db.query(swap, &[]).await.unwrap().len(), 2);
    ana.get(&ats[0]).await.is(500);
}

/// Rows as somebody with the database's own rights would write them.
async fn fill(app: &Kairo, item: &str, days: i64) {
    let sql = "INSERT INTO app.item_occurrences (id, user_id, item_id, original_local, change,
                                                 settled_at)
               SELECT gen_random_uuid(), user_id, id, start_local + n * interval '1 day',
                      'skipped', now()
                 FROM app.items, generate_series(1, $2::bigint) n WHERE id::text = $1";
    let id = &item["/items/".len()..];
    app.superuser().await.query(sql, &[&id, &days]).await.unwrap();
}

// Goal: as many may differ as the limit says, and one more is refused beside the choice.
#[tokio::test]
async fn one_past_the_most_that_differs() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let item = keep(&ana, "standup every day at 9:15am").await;
    fill(&app, &item, i64::try_from(ITEM_OVERRIDES_MAX).unwrap() - 1).await;
    let day = |n: usize| {
        let first = jiff::civil::date(2026, 11, 24).at(9, 15, 0, 0);
        let at = first.checked_add(jiff::Span::new().days(i64::try_from(n).unwrap())).unwrap();
        of(&item, &at.to_string())
    };
    press(&ana, &day(ITEM_OVERRIDES_MAX), "skip", "1", "/").await.is(303);
    let at = day(ITEM_OVERRIDES_MAX + 1);
    press(&ana, &at, "skip", "2", "/").await.is(422);
    let page = ana.get(&at).await.is(200);
    let refused = amend(&ana, &at, &page, &[("title", "one more")]).await.is(422);
    assert!(refused.faults()[0].starts_with("400 occurrences of this series differ already"));
    amend(&ana, &at, &page, &[("title", "all"), ("scope", "all")]).await.is(303);
}

// Goal: an agenda that cannot read all that differs says that there is more.
#[tokio::test]
async fn one_past_what_the_agenda_reads() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    for _series in 0..=OVERRIDES_AGENDA_MAX / 14 {
        let item = keep(&ana, "standup every day at 9:15am").await;
        fill(&app, &item, 14).await;
    }
    let all = "SELECT count(*) FROM app.item_occurrences";
    let all: i64 = app.superuser().await.query(all, &[]).await.unwrap()[0].get(0);
    assert!(all > OVERRIDES_AGENDA_MAX);
    assert!(ana.get("/").await.text().contains("More than 1,000 items"));
    let cut = "DELETE FROM app.item_occurrences WHERE id IN
               (SELECT id FROM app.item_occurrences LIMIT $1)";
    let over = all - OVERRIDES_AGENDA_MAX;
    app.superuser().await.query(cut, &[&over]).await.unwrap();
    assert!(!ana.get("/").await.text().contains("More than"));
}

// Goal: series that happen daily fill no page beyond its bound; it says that there is more.
#[tokio::test]
async fn one_past_the_rows_of_the_agenda() {
    let app = monday().await;
    let ana = app.member(ANA).await;
    let per_series = 10;
    for _series in 0..=ITEMS_AGENDA_MAX / per_series {
        keep(&ana, "standup every day at 9:15am").await;
    }
    let page = ana.get("/").await.is(200);
    assert!(page.text().contains("More than 1,000 items"));
    assert_eq!(i64::try_from(all_rows(&page).len()).unwrap(), ITEMS_AGENDA_MAX);
}
