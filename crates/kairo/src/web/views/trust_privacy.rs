//! The privacy policy, with the numbers and the names that this Kairo runs by.

use askama::Template;

use super::trust::{Around, SentenceRow};

/// A cookie.
#[derive(Clone, Debug, Default)]
pub struct Cookie {
    /// Its name on this site.
    pub name: String,
    /// What it is for.
    pub about: &'static str,
    /// How long it is kept.
    pub kept: String,
}

/// `/privacy`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "trust/privacy.html")]
pub struct Privacy {
    /// What is around it.
    pub around: Around,
    /// Who runs this Kairo.
    pub entity: String,
    /// Where questions go.
    pub address: String,
    /// Whose infrastructure it runs on.
    pub hosting: String,
    /// In which regions.
    pub regions: String,
    /// What the database runs on.
    pub database: String,
    /// Who carries mail.
    pub mail: String,
    /// "hosting, regions": what the operator has not stated; empty for nothing.
    pub unstated: String,
    /// The date of the text for machines.
    pub updated: String,
    /// "24 November 2026".
    pub updated_words: String,
    /// The host of the provider of models; empty where there is none.
    pub provider: String,
    /// Whether that is this machine itself.
    pub provider_local: bool,
    /// Hours for which a model's answer is kept.
    pub answer_hours: u64,
    /// Whether mail stays on this machine.
    pub outbox: bool,
    /// Mails that are kept there.
    pub outbox_max: usize,
    /// Days for which deleted items can be brought back.
    pub deleted_days: i64,
    /// Days after which an unused session ends.
    pub idle_days: i64,
    /// Days after which every session ends.
    pub session_days: i64,
    /// Days for which an ended session is still listed.
    pub ended_days: i64,
    /// Minutes for which a mailed link and its code work.
    pub proof_minutes: i64,
    /// Hours for which it is noted that a mail was asked for.
    pub asked_hours: i64,
    /// The cookies.
    pub cookies: Vec<Cookie>,
    /// The sentence of the Security page about breaches.
    pub breach: Vec<SentenceRow>,
}
