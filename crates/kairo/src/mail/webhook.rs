//! What Resend tells of letters afterwards, and how it is known to be Resend.
//!
//! Messages are signed as Svix does it (docs.svix.com/receiving/verifying-payloads/how-manual):
//! HMAC-SHA-256 over `id.timestamp.body` with the base64 part of `whsec_…`; the header lists one or
//! more `v1,BASE64`, several while a secret is changed. A message that is told again keeps its id
//! and gets a new time. The payload is `{"type","created_at","data":{"email_id","to":[…],…}}`, and
//! `data.bounce.type` is `Permanent`, `Transient` or `Undetermined`
//! (resend.com/docs/webhooks/emails/bounced and resend.com/docs/dashboard/emails/email-bounces).
//!
//! **Invariant:** nothing of a message is read before its signature holds, and signatures are
//! compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::{digest, hmac};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::limits::{
    WEBHOOK_ADDRESSES_MAX, WEBHOOK_ID_BYTES_MAX, WEBHOOK_SIGNATURES_MAX, WEBHOOK_SKEW_S_MAX,
};

/// The headers of a message.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// `svix-id`.
    pub id: &'a str,
    /// `svix-timestamp`, seconds since 1970.
    pub timestamp: &'a str,
    /// `svix-signature`.
    pub signatures: &'a str,
}

/// A message that is not the provider's, or not from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// A header is missing or cannot be one.
    #[error("the message is not signed")]
    Unsigned,
    /// It is older, or further ahead, than `WEBHOOK_SKEW_S_MAX`: recorded and played again.
    #[error("the message is not from now")]
    Stale,
    /// No signature is one by our secret.
    #[error("the message is signed by somebody else")]
    Forged,
}

/// What became of a letter; the column `fate` has the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The mailbox's server puts it off.
    Delayed,
    /// The mailbox's server took it.
    Delivered,
    /// It came back, and another one may not.
    SoftBounced,
    /// The provider did not send it.
    Failed,
    /// It came back for good.
    Bounced,
    /// Its owner called it spam.
    Complained,
}

impl Fate {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::SoftBounced => "soft_bounced",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// What a message tells.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// What became of the letter; `None` where it is nothing that Kairo keeps (an opened mail).
    pub fate: Option<Fate>,
    /// The provider's id of the letter.
    pub provider_id: Option<String>,
    /// Whom it was for, as the provider writes it.
    pub to: Vec<String>,
}

/// The secret that messages are signed with.
pub struct Webhook(hmac::Key);

impl Webhook {
    /// From `whsec_…`; `None` where that is not what it is.
    pub fn new(secret: &SecretString) -> Option<Self> {
        let encoded = secret.expose_secret().strip_prefix("whsec_")?;
        let key = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        // Svix makes 24 to 64 bytes; fewer could be guessed.
        (key.len() >= 16).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// Whether a message is the provider's, and from now.
    ///
    /// # Errors
    /// [`NotOurs`]; the caller tells nobody which.
    pub fn verify(&self, signed: &Signed<'_>, body: &[u8], now: Timestamp) -> Result<(), NotOurs> {
        let Signed { id, timestamp, signatures } = *signed;
        if id.is_empty() || id.len() > WEBHOOK_ID_BYTES_MAX {
            return Err(NotOurs::Unsigned);
        }
        let at: i64 = timestamp.parse().map_err(|_| NotOurs::Unsigned)?;
        if now.as_second().abs_diff(at) > WEBHOOK_SKEW_S_MAX {
            return Err(NotOurs::Stale);
        }
        let mut message = Vec::with_capacity(id.len() + timestamp.len() + body.len() + 2);
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            message.extend_from_slice(part);
        }
        let given = signatures.split(' ').filter_map(|it| it.strip_prefix("v1,"));
        let mut given =
            given.take(WEBHOOK_SIGNATURES_MAX).filter_map(|it| STANDARD.decode(it).ok());
        let holds = |tag: Vec<u8>| hmac::verify(&self.0, &message, &tag).is_ok();
        if given.any(holds) { Ok(()) } else { Err(NotOurs::Forged) }
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    email_id: Option<String>,
    #[serde(default)]
    to: Addresses,
    bounce: Option<Bounce>,
}

/// A list, or one address where a contact and not a letter is spoken of.
#[derive(Deserialize)]
#[serde(untagged)]
enum Addresses {
    Several(Vec<String>),
    One(String),
}

impl Default for Addresses {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Deserialize)]
struct Bounce {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Told {
    /// Reads a message whose signature holds; `None` where it is no message of this API.
    pub fn read(body: &[u8]) -> Option<Self> {
        let Payload { kind, data } = serde_json::from_slice(body).ok()?;
        let fate = match kind.as_str() {
            "email.delivery_delayed" => Some(Fate::Delayed),
            "email.delivered" => Some(Fate::Delivered),
            "email.failed" | "email.suppressed" => Some(Fate::Failed),
            "email.bounced" => Some(bounced(data.bounce.as_ref())),
            "email.complained" => Some(Fate::Complained),
            _ => None,
        };
        let mut to = match data.to {
            Addresses::Several(to) => to,
            Addresses::One(to) => vec![to],
        };
        // Kairo writes to one; more cannot be about a letter of Kairo's.
        to.truncate(WEBHOOK_ADDRESSES_MAX);
        Some(Self { fate, provider_id: data.email_id, to })
    }
}

/// The event stands for a permanent refusal unless it says otherwise itself.
fn bounced(bounce: Option<&Bounce>) -> Fate {
    match bounce.and_then(|bounce| bounce.kind.as_deref()) {
        None | Some("Permanent") => Fate::Bounced,
        Some(_) => Fate::SoftBounced,
    }
}

/// What is kept of a message's id, to know it again.
pub(super) fn event_hash(id: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, id.as_bytes()).as_ref().to_vec()
}
