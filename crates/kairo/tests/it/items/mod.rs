//! Thoughts and items over the pages, with forms as browsers send them.

mod capture;
mod changes;
mod edits;
mod hostile;
mod lost;
mod occurrences;

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::page::{between, unescape};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
const SESSION: &str = "__Host-kairo-8443";

/// A Kairo whose clock stands on Monday, 23 November 2026, 14:00 UTC.
async fn monday() -> Kairo {
    Kairo::start_with(|settings| settings.now = "2026-11-23T14:00:00Z".parse().unwrap()).await
}

/// Types a thought and presses Enter. Gives the path of the first item.
async fn keep(browser: &Actor, text: &str) -> String {
    let answer = browser.post_form("/captures", &[("text", text)]).await.is(303);
    item_of(&answer)
}

/// The item that a redirect leads back to.
fn item_of(answer: &Answer) -> String {
    let (_, id) = answer.location().split_once("#row-").unwrap();
    format!("/items/{id}")
}

/// A button beside an item.
async fn press(browser: &Actor, item: &str, verb: &str, version: &str, back: &str) -> Answer {
    let fields = [("version", version), ("back", back)];
    browser.post_form(&format!("{item}/{verb}"), &fields).await
}

/// The form that takes the last change back, pressed; `None` where a page offers none.
async fn undo(browser: &Actor, page: &Answer) -> Option<Answer> {
    let notices = between(page.text(), "<div class=\"notice\" role=\"status\">", "</div>");
    let form = notices.first().copied().filter(|notice| notice.contains("<form"))?;
    let action = between(form, "action=\"", "\"")[0];
    let names = between(form, "<input type=\"hidden\" name=\"", "\"");
    let values = between(form, " value=\"", "\"");
    let fields: Vec<(&str, &str)> = names.into_iter().zip(values).collect();
    Some(browser.post_form(action, &fields).await)
}

/// The rows of one section of a list: each as its time and title.
fn rows(page: &Answer, section: &str) -> Vec<(String, String)> {
    let open = format!("<section class=\"day\" aria-labelledby=\"{section}\">");
    let sections = between(page.text(), &open, "</section>");
    sections.first().map_or_else(Vec::new, |section| rows_in(section))
}

/// The rows of a whole list.
fn all_rows(page: &Answer) -> Vec<(String, String)> {
    rows_in(page.text())
}

fn rows_in(html: &str) -> Vec<(String, String)> {
    let rows = between(html, "<li id=\"row-", "</li>").into_iter().map(|row| {
        let time = between(row, "<time datetime=\"", "</time>");
        let time =
            time.first().and_then(|time| time.split_once('>')).map_or("", |(_, words)| words);
        let title = between(row, "<bdi>", "</bdi>");
        (time.to_owned(), unescape(title.first().unwrap()))
    });
    rows.collect()
}

fn row(time: &str, title: &str) -> Vec<(String, String)> {
    vec![(time.to_owned(), title.to_owned())]
}

/// What the form of an item's page holds, as a browser would send it back.
fn sheet(page: &Answer) -> Vec<(&'static str, String)> {
    let mut fields = vec![("title", page.area("title")), ("notes", page.area("notes"))];
    for name in ["version", "back", "when", "place", "people", "tags"] {
        fields.push((name, sheet_input(page, name)));
    }
    fields.extend([("kind", page.chosen("kind")), ("priority", page.chosen("priority"))]);
    fields
}

/// An input of the item's form; other forms of the page have inputs of these names too.
fn sheet_input(page: &Answer, name: &str) -> String {
    let form = page.text().split_once("<form class=\"sheet\"").unwrap().1;
    let input = between(form, &format!(" name=\"{name}\" value=\""), "\"");
    unescape(input.first().unwrap())
}

/// Sends an item's form with some fields typed over.
async fn save(browser: &Actor, item: &str, page: &Answer, over: &[(&str, &str)]) -> Answer {
    let stored = sheet(page);
    let fields: Vec<(&str, &str)> = stored
        .iter()
        .map(|(name, value)| {
            let typed = over.iter().find(|(other, _)| other == name);
            (*name, typed.map_or(value.as_str(), |(_, typed)| *typed))
        })
        .collect();
    browser.post_form(item, &fields).await
}
