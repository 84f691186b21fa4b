//! E-mail addresses: one form for looking up, and no address that a mail server would read
//! differently.
//!
//! **Invariant:** normalising is done before checking, and checking what was normalised changes
//! nothing: a full-width `@` that becomes an ASCII one after the check would send the link
//! elsewhere. Dots and `+tags` are never touched: whether they matter is the mail server's
//! business.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::limits::EMAIL_BYTES_MAX;

/// Longest part before the `@`, in bytes (RFC 5321 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// A normalised address: ASCII, lower case, the domain in A-labels.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is not an address that Kairo writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

impl Email {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, NotAnEmail> {
        let typed = typed.trim();
        if typed.len() > EMAIL_BYTES_MAX || !typed.nfkc().eq(typed.chars()) {
            return Err(NotAnEmail);
        }
        let (local, domain) = typed.split_once('@').ok_or(NotAnEmail)?;
        let local_fits = (1..=LOCAL_BYTES_MAX).contains(&local.len())
            && local.bytes().all(is_atom)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if !local_fits || domain.contains('@') {
            return Err(NotAnEmail);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmail)?;
        let dotted = domain.contains('.') && !domain.ends_with('.') && !domain.starts_with('.');
        // An address literal or a bare host is somebody's mistake or somebody's probe.
        let numeric =
            domain.rsplit('.').next().is_none_or(|tld| tld.bytes().all(|b| b.is_ascii_digit()));
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        if !dotted || numeric || address.len() > EMAIL_BYTES_MAX {
            return Err(NotAnEmail);
        }
        Ok(Self(address))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `atext` of RFC 5322 and the dot. No quotes, spaces or controls, so a header cannot be broken.
fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte)
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}
