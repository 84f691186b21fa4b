//! What a person reads off a page: its words, and what its fields hold.

use super::http::Answer;

/// Text as the browser shows it: character references resolved.
pub fn unescape(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (reference, sign)| text.replace(reference, sign))
}

/// The text between two marks, each time they come.
pub fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| Some(rest.split_once(close)?.0)).collect()
}

impl Answer {
    /// What the first input of this name holds.
    pub fn input(&self, name: &str) -> String {
        let tag = between(self.text(), "<input", ">");
        let named = format!(" name=\"{name}\"");
        let tag = tag.into_iter().find(|tag| tag.contains(&named));
        let tag = tag.unwrap_or_else(|| panic!("no input {name} in {}", self.text()));
        let value = between(tag, " value=\"", "\"");
        unescape(value.first().copied().unwrap_or_default())
    }

    /// What the first text area of this name holds.
    pub fn area(&self, name: &str) -> String {
        let open = format!("name=\"{name}\"");
        let area = between(self.text(), "<textarea", "</textarea>");
        let area = area.into_iter().find(|area| area.contains(&open)).unwrap();
        // HTML drops one line break after the tag.
        unescape(area.split_once(">\n").unwrap().1)
    }

    /// The chosen option of the select of this name.
    pub fn chosen(&self, name: &str) -> String {
        let open = format!("<select id=\"{name}\"");
        let options = between(self.text(), &open, "</select>");
        let chosen = between(options.first().unwrap(), "<option value=\"", "\"");
        let marked = between(options.first().unwrap(), "<option value=\"", ">");
        let at = marked.iter().position(|option| option.contains(" selected"));
        at.map(|at| chosen.get(at).copied().unwrap_or_default().to_owned()).unwrap_or_default()
    }

    /// The reasons under the fields.
    pub fn faults(&self) -> Vec<String> {
        let faults = between(self.text(), "<p class=\"error\"", "</p>");
        let words = faults.iter().flat_map(|fault| between(fault, "<span>", "</span>"));
        words.map(unescape).collect()
    }

    /// The sentence that the change before left.
    pub fn notice(&self) -> String {
        let notices = between(self.text(), "<div class=\"notice\" role=\"status\">", "</div>");
        let words = notices.first().and_then(|it| between(it, "<p>", "</p>").first().copied());
        unescape(words.unwrap_or_default())
    }

    /// The page's heading.
    pub fn heading(&self) -> String {
        let headings = between(self.text(), "<h1", "</h1>");
        let heading = headings.first().and_then(|heading| heading.split_once('>'));
        unescape(heading.map_or("", |(_, words)| words))
    }

    /// Checks the status of a page and gives it back.
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location(), self.text());
        self
    }
}
