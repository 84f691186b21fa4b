//! What the page says of whoever runs this Kairo: names, places and addresses, from configuration.
//!
//! **Invariant:** a fact that the operator has not stated is printed with the text's own words and
//! said to be unstated; the check `operator.facts` never passes on it.

/// A fact, where the page needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its placeholder, without braces.
    pub name: &'static str,
    /// What the page prints.
    pub value: String,
    /// Whether the operator stated it.
    pub is_stated: bool,
}

/// Placeholders with the words of the page as it was first written.
pub const NAMES: [(&str, &str); 7] = [
    ("entity", "Kairo Labs LLC"),
    ("security_address", "security@heykairo.io"),
    ("database_service", "managed Supabase Postgres cluster"),
    ("storage_service", "Supabase Storage"),
    ("hosting", "Supabase + Vercel"),
    ("regions", "US"),
    ("mail_service", "Resend"),
];

/// Placeholders that the catalogue itself fills in.
pub const DATES: [&str; 2] = ["updated", "effective"];

/// Every fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Facts as `stated` has them, by placeholder.
    pub fn new(stated: impl Fn(&str) -> Option<String>) -> Self {
        let fact = |(name, default): (&'static str, &str)| match stated(name) {
            Some(value) => Fact { name, value, is_stated: true },
            None => Fact { name, value: default.to_owned(), is_stated: false },
        };
        Self(NAMES.into_iter().map(fact).collect())
    }

    /// Each in order.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter()
    }

    /// The words for a placeholder; empty for one that there is not, which the lint refuses.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|fact| fact.name == name).map_or("", |fact| &fact.value)
    }

    /// A text with its placeholders filled in.
    pub fn fill(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for fact in &self.0 {
            out = out.replace(&format!("{{{}}}", fact.name), &fact.value);
        }
        out
    }
}

/// The placeholders of a text, without braces.
pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
