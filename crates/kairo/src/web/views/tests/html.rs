//! As much of an HTML reader as the checks need. It holds for our templates alone: every attribute
//! value stands in double quotes, and askama escapes `<`, `>`, `&` and both quotes in all text.

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// The text up to the next tag.
    pub(super) text: &'a str,
}

impl<'a> Tag<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    pub(super) fn attribute_names(&self) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().map(|(key, _)| *key)
    }
}

/// All opening tags, in order.
pub(super) fn tags(html: &str) -> Vec<Tag<'_>> {
    html.split('<')
        .skip(1)
        .filter(|part| part.starts_with(|c: char| c.is_alphabetic()))
        .map(tag)
        .collect()
}

/// All tags of one name.
pub(super) fn named<'a>(tags: &'a [Tag<'a>], name: &str) -> Vec<&'a Tag<'a>> {
    tags.iter().filter(|tag| tag.name == name).collect()
}

fn tag(part: &str) -> Tag<'_> {
    let (head, text) = part.split_once('>').unwrap();
    let end = head.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(head.len());
    let (name, mut rest) = head.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return Tag { name, attributes, text };
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let Some(quoted) = after.strip_prefix("=\"") else {
            attributes.push((key, ""));
            rest = after;
            continue;
        };
        let (value, after) = quoted.split_once('"').unwrap();
        attributes.push((key, value));
        rest = after;
    }
}
