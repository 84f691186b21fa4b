//! Looking through a list by word, tag and person. Words are sealed, so it is done in memory.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::items::Item;
use crate::limits::ITEM_TITLE_CHARS_MAX;
use crate::web::views::{ActiveFilter, Choice, Filter};

/// `?q=&tag=&person=`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    pub(super) q: String,
    pub(super) tag: String,
    pub(super) person: String,
}

impl Query {
    /// Whether the list is narrowed at all.
    pub(super) fn is_active(&self) -> bool {
        !(self.q.trim().is_empty() && self.tag.is_empty() && self.person.is_empty())
    }

    /// The items that fit all three.
    pub(super) fn apply(&self, items: Vec<Item>) -> Vec<Item> {
        items.into_iter().filter(|item| self.fits(item)).collect()
    }

    /// Whether an item fits all three.
    pub(super) fn fits(&self, item: &Item) -> bool {
        if !self.is_active() {
            return true;
        }
        let q: String = self.q.trim().chars().take(ITEM_TITLE_CHARS_MAX).collect();
        let (q, tag, person) =
            (q.to_lowercase(), self.tag.to_lowercase(), self.person.to_lowercase());
        let named = |list: &[String], name: &str| list.iter().any(|x| x.to_lowercase() == name);
        let body = &item.state.body;
        (q.is_empty() || body.mentions(&q))
            && (tag.is_empty() || named(&body.tags, &tag))
            && (person.is_empty() || named(&body.people, &person))
    }

    /// The form, and what is active; `None` while there is nothing to look through.
    pub(super) fn view(&self, action: &str, items: &[Item]) -> Option<Filter> {
        if items.is_empty() && !self.is_active() {
            return None;
        }
        let mut active = Vec::new();
        if !self.q.trim().is_empty() {
            let without = Self { q: String::new(), ..self.clone() };
            let label = format!("\u{201C}{}\u{201D}", self.q.trim());
            active.push(ActiveFilter { label, without: without.href(action) });
        }
        if !self.tag.is_empty() {
            let without = Self { tag: String::new(), ..self.clone() };
            let label = format!("#{}", self.tag);
            active.push(ActiveFilter { label, without: without.href(action) });
        }
        if !self.person.is_empty() {
            let without = Self { person: String::new(), ..self.clone() };
            active.push(ActiveFilter { label: self.person.clone(), without: without.href(action) });
        }
        Some(Filter {
            action: action.to_owned(),
            q: self.q.clone(),
            tags: choices(items.iter().flat_map(|item| &item.state.body.tags), &self.tag),
            people: choices(items.iter().flat_map(|item| &item.state.body.people), &self.person),
            active,
        })
    }

    fn href(&self, action: &str) -> String {
        let pairs = [("q", &self.q), ("tag", &self.tag), ("person", &self.person)];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if query.is_empty() { action.to_owned() } else { format!("{action}?{}", query.join("&")) }
    }
}

/// Each name once, in order, with the chosen one marked.
fn choices<'a>(names: impl Iterator<Item = &'a String>, chosen: &str) -> Vec<Choice> {
    let mut sorted: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        sorted.entry(name.to_lowercase()).or_insert(name);
    }
    let chosen = chosen.to_lowercase();
    sorted
        .into_iter()
        .map(|(folded, name)| Choice {
            value: name.to_owned(),
            label: name.to_owned(),
            selected: folded == chosen,
        })
        .collect()
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
