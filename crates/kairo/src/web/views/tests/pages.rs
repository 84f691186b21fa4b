//! What holds for every page.

use std::collections::HashSet;

use super::html::{Tag, named, tags};
use super::samples::{self, Sample};
use crate::web::views::asset;

const PAGE_BYTES_MAX: usize = 100 * 1024;

fn each(check: impl Fn(&Sample, &[Tag<'_>])) {
    for sample in samples::all() {
        check(&sample, &tags(&sample.html));
    }
}

fn assets() -> Vec<(&'static str, String)> {
    let read = |path: &str| {
        let folder = env!("CARGO_MANIFEST_DIR");
        std::fs::read_to_string(format!("{folder}/assets/{path}")).unwrap()
    };
    let styles = ["reset", "tokens", "base", "components", "pages"];
    let styles = styles.map(|name| read(&format!("css/{name}.css"))).concat();
    let scripts = ["capture.js", "chips.js", "keys.js", "link.js", "refine.js", "zone.js"];
    let scripts = scripts.map(|name| (name, read(&format!("js/{name}"))));
    let pictures = [("app.css", styles), ("icon.svg", read("img/icon.svg"))];
    pictures.into_iter().chain(scripts).collect()
}

fn ids<'a>(tags: &[Tag<'a>]) -> HashSet<&'a str> {
    tags.iter().filter_map(|tag| tag.attribute("id")).collect()
}

// Goal: a page depends on its fields alone.
#[test]
fn pages_are_the_same_twice() {
    for (first, second) in samples::all().into_iter().zip(samples::all()) {
        assert_eq!(first.html, second.html, "{}", first.name);
    }
}

// Goal: a screen reader finds its way: one title, one heading of the first rank, one main part.
#[test]
fn every_page_has_its_landmarks() {
    each(|sample, tags| {
        assert_eq!(named(tags, "h1").len(), 1, "h1 of {}", sample.name);
        assert_eq!(named(tags, "main").len(), 1, "main of {}", sample.name);
        // Parts of a picture may have titles of their own.
        let head: Vec<_> = tags.iter().take_while(|tag| tag.name != "body").collect();
        let titles: Vec<_> = head.iter().filter(|tag| tag.name == "title").collect();
        assert_eq!(titles.len(), 1, "title of {}", sample.name);
        let title = titles[0].text;
        assert!(title.ends_with(" - Kairo") && title.len() > 8, "{}: {title}", sample.name);
        assert_eq!(named(tags, "html")[0].attribute("lang"), Some("en"), "{}", sample.name);
    });
}

// Goal: the strict Content-Security-Policy refuses nothing that a page needs.
#[test]
fn nothing_is_inline() {
    each(|sample, tags| {
        for tag in tags {
            let bad = |key: &str| key == "style" || key.starts_with("on");
            assert!(!tag.attribute_names().any(bad), "{}: {tag:?}", sample.name);
            assert_ne!(tag.name, "style", "{}", sample.name);
            if tag.name == "script" {
                assert!(tag.attribute("src").is_some(), "{}: {tag:?}", sample.name);
                assert_eq!(tag.text.trim(), "", "{}", sample.name);
            }
            for key in ["href", "action", "formaction", "src"] {
                let url = tag.attribute(key).unwrap_or("/");
                let mails = url.starts_with("mailto:");
                assert!(mails || url.starts_with(['/', '#']), "{}: {key} {url}", sample.name);
            }
        }
    });
}

// Goal: an id names one element, and whatever names an id finds it.
#[test]
fn ids_are_unique_and_found() {
    each(|sample, tags| {
        let known = ids(tags);
        let count = tags.iter().filter(|tag| tag.attribute("id").is_some()).count();
        assert_eq!(known.len(), count, "an id stands twice on {}", sample.name);
        for tag in tags {
            let keys = ["for", "form", "list", "aria-labelledby", "aria-describedby"];
            let named = keys.iter().filter_map(|key| tag.attribute(key));
            let local = tag.attribute("href").and_then(|href| href.strip_prefix('#'));
            for id in named.chain(local).flat_map(str::split_whitespace) {
                assert!(known.contains(id), "{} misses #{id}: {tag:?}", sample.name);
            }
        }
    });
}

// Goal: every field and every button has a name for ears.
#[test]
fn fields_and_buttons_have_names() {
    each(|sample, tags| {
        let labelled: HashSet<_> = tags.iter().filter_map(|tag| tag.attribute("for")).collect();
        for (index, tag) in tags.iter().enumerate() {
            let field = matches!(tag.name, "input" | "select" | "textarea");
            if field && tag.attribute("type") != Some("hidden") {
                let by_id = tag.attribute("id").is_some_and(|id| labelled.contains(id));
                let inside = index > 0 && tags[index - 1].name == "label";
                assert!(by_id || inside, "{}: {tag:?}", sample.name);
            }
            if tag.name == "button" {
                let inner = tags.get(index + 1).map_or("", |next| next.text);
                let named = tag.attribute("aria-label").is_some()
                    || !tag.text.trim().is_empty()
                    || !inner.trim().is_empty();
                let icon_first = tags.get(index + 1).is_some_and(|next| next.name == "svg");
                assert!(named || icon_first, "{}: {tag:?}", sample.name);
            }
        }
    });
}

// Goal: what a person typed stays text, whatever it holds.
#[test]
fn hostile_text_stays_text() {
    each(|sample, _| {
        assert!(!sample.html.contains("<script>"), "{}", sample.name);
        assert!(!sample.html.contains("' onmouseover"), "{}", sample.name);
        assert!(!sample.html.contains("</textarea>&lt;script"), "{}", sample.name);
    });
}

// Goal: a fault is tied to its field, so that it is read out with it.
#[test]
fn faults_are_tied_to_their_fields() {
    let pages = samples::all();
    let page = pages.iter().find(|page| page.name == "item-faults").unwrap();
    let tags = tags(&page.html);
    for id in ["title", "when", "kind", "notes"] {
        let field = tags.iter().find(|tag| tag.attribute("id") == Some(id)).unwrap();
        assert_eq!(field.attribute("aria-invalid"), Some("true"), "{id}");
        assert_eq!(field.attribute("aria-describedby"), Some(&*format!("{id}-fault")));
    }
}

// Goal: a page stays light, with the styles and scripts that it asks for.
#[test]
fn pages_are_light() {
    let assets = assets();
    for sample in samples::all().iter().filter(|sample| sample.name != "agenda-long") {
        let asked = assets.iter().filter(|(name, _)| sample.html.contains(asset(name)));
        let page = sample.html.len() + asked.map(|(_, text)| text.len()).sum::<usize>();
        assert!(page < PAGE_BYTES_MAX, "{} weighs {page}", sample.name);
    }
}

// Goal: scripts stay small enough to be read, and make no markup of strings.
#[test]
fn scripts_are_small_and_plain() {
    let scripts: Vec<_> = assets().into_iter().filter(|(name, _)| name.ends_with(".js")).collect();
    let lines = |text: &str| text.lines().count();
    assert!(scripts.iter().map(|(_, text)| lines(text)).sum::<usize>() <= 600);
    for (name, text) in scripts {
        assert!(lines(&text) <= 100, "{name} has {} lines", lines(&text));
        let sinks = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];
        let storage = ["localStorage", "sessionStorage", "import "];
        for word in sinks.iter().chain(&storage) {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

// Goal: one can look at the pages. With KAIRO_SAMPLES_DIR set, they are written there.
#[test]
fn pages_can_be_looked_at() {
    let Ok(folder) = std::env::var("KAIRO_SAMPLES_DIR") else { return };
    for (name, bytes) in assets() {
        let file = asset(name).replace("/assets/", "");
        std::fs::write(format!("{folder}/{file}"), bytes).unwrap();
    }
    for sample in samples::all() {
        let html = sample.html.replace("/assets/", "");
        std::fs::write(format!("{folder}/{}.html", sample.name), &html).unwrap();
        let dark = html.replace("<html lang=\"en\">", "<html lang=\"en\" data-theme=\"dark\">");
        std::fs::write(format!("{folder}/{}.dark.html", sample.name), dark).unwrap();
    }
}
