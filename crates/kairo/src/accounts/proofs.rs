//! Proving a mailbox: one mail with a link and a code, both bound to the browser that asked.
//!
//! The link carries its token in the fragment (ASVS 14.2.1), so neither a log nor a mail scanner's
//! request sees it; whoever opens it in another browser spends nothing.
//!
//! **Invariant:** a proof is spent once, by one UPDATE, in the transaction that makes the session.
//! **Invariant:** the work and the answer are the same whether an account stands behind the address
//! or not.
//! **Invariant:** asking spends nobody else's proof and nobody else's share of mails: a stranger
//! who asks for a victim's mail must not be able to keep the victim out. What is left of that
//! attack is the bound of an address's mails by all sources together.
//!
//! The role `kairo_login` could make a proof with digests of its own and spend it, for any address:
//! the database cannot see a mail. So that role serves these two verbs alone; the bounds of lives,
//! tries and sessions are constants of the database's functions, which it cannot loosen.

use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::bearer::{Secret, Use};
use super::email::Email;
use super::queries::{ProofAsk, ProofRedeem};
use super::{AccountError, Base};
use crate::limits::PROOF_LIFE_S;
use crate::mail::{Letter, Mailer, SealError};

/// Crockford's base 32: no I, L, O or U, which are misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 40 bits, with five tries.
const CODE_CHARS: usize = 8;

/// Why no mail was sent.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The source had the address written to a moment ago, or had its share of this hour; or the
    /// address had its share by all sources together.
    #[error("the address was written to a moment ago")]
    TooSoon,
    /// As many mails wait as may.
    #[error("too many mails are waiting")]
    Busy,
    /// The letter could not be sealed.
    #[error(transparent)]
    Letter(#[from] SealError),
    /// The account's side failed.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// Who asks for a mail.
pub struct Asking<'a> {
    /// The address to write to.
    pub email: &'a Email,
    /// Keyed digests of the network that the request came from: today's, and in the hour after a
    /// turn of the pepper the former one.
    pub sources: &'a [[u8; 32]],
    /// The binding that this browser has of an earlier mail, which the new one replaces.
    pub earlier: Option<&'a Secret>,
}

/// What a person brings to sign in.
pub enum Evidence {
    /// The token of the link.
    Link(String),
    /// The typed code.
    Code(String),
}

/// What bringing it came to.
#[derive(Debug)]
pub enum Redeemed {
    /// A session began; the secret goes into the cookie.
    SignedIn(Secret),
    /// The code is another one.
    WrongCode {
        /// Tries that are left.
        tries_left: i32,
    },
    /// The link was opened in a browser that did not ask; it is still good in the one that did.
    OtherBrowser,
    /// The proof was used, has ended, was replaced by a newer one, or never was.
    Spent,
}

/// Sends a link and a code to an address: the letter is in the queue when the proof is there, and
/// the answer waits for no mail server. Gives the binding that the asking browser keeps in a
/// cookie.
pub async fn ask(
    base: &Base,
    mailer: &Mailer,
    origin: &str,
    asking: &Asking<'_>,
) -> Result<Secret, AskError> {
    let email = asking.email;
    let account = |error: AccountError| AskError::Account(error);
    let link = Secret::draw(Use::Link, &base.random).map_err(|e| account(e.into()))?;
    let binding = Secret::draw(Use::Binding, &base.random).map_err(|e| account(e.into()))?;
    let code = draw_code(base).map_err(account)?;
    let letter = letter(base, origin, email, &link, &code);
    let letter = mailer.seal(base.ids.next().map_err(|e| account(e.into()))?, &letter)?;
    let statement = ProofAsk {
        id: base.ids.next().map_err(|e| account(e.into()))?,
        email: email.as_str().to_owned(),
        sources: asking.sources.iter().map(|source| source.to_vec()).collect(),
        earlier_binding_hash: asking.earlier.map(|binding| binding.digest().to_vec()),
        link_hash: link.digest().to_vec(),
        binding_hash: binding.digest().to_vec(),
        code_mac: code_mac(base, &binding, &code),
        letter: letter.id,
        sealed: letter.sealed,
        address_macs: letter.address_macs,
    };
    let rows = base.db.login.write(None, statement).await.map_err(|e| account(e.into()))?;
    match rows.first().map(|row| row.outcome.as_str()) {
        Some("sent") => {
            mailer.wake();
            Ok(binding)
        }
        Some("busy") => Err(AskError::Busy),
        _ => Err(AskError::TooSoon),
    }
}

fn letter(base: &Base, origin: &str, email: &Email, link: &Secret, code: &str) -> Letter {
    let token = link.reveal();
    let link = Zeroizing::new(format!("{origin}/sign-in/link#t={}", *token));
    let shown = shown_code(code);
    let text = Zeroizing::new(format!(
        "Open this link in the browser where you asked for it:\n\n{}\n\nOr type this code \
         there:\n\n{}\n\nBoth work once, for 10 minutes. If you did not ask for this mail, \
         leave it: without it nobody is signed in.\n",
        *link, *shown
    ));
    Letter {
        to: email.as_str().to_owned(),
        subject: "Your link and code for Kairo".to_owned(),
        text,
        link,
        code: shown,
        at: base.clock.now(),
    }
}

/// Signs in with a link or a code. `binding` is what the browser's cookie holds.
pub async fn redeem(
    base: &Base,
    evidence: &Evidence,
    binding: Option<&Secret>,
    device: String,
    zone: String,
) -> Result<Redeemed, AccountError> {
    let (link_hash, code_mac) = match evidence {
        Evidence::Link(token) => match Secret::parse(Use::Link, token.trim()) {
            Some(secret) => (Some(secret.digest().to_vec()), None),
            None => return Ok(Redeemed::Spent),
        },
        Evidence::Code(typed) => match binding {
            Some(binding) => (None, Some(code_mac(base, binding, &normal_code(typed)))),
            None => return Ok(Redeemed::Spent),
        },
    };
    let session = Secret::draw(Use::Session, &base.random)?;
    // Both are used only when the mailbox is proved for the first time.
    let new_user = base.ids.next()?;
    let new_key = base.keys.new_data_key(base.ids.next()?, new_user)?;
    let statement = ProofRedeem {
        link_hash,
        binding_hash: binding.map(|binding| binding.digest().to_vec()),
        code_mac,
        new_user,
        new_key: new_key.id,
        root_key_id: new_key.root_key_id,
        wrapped: new_key.wrapped,
        zone,
        session: base.ids.next()?,
        token_hash: session.identity().token_hash().to_vec(),
        device,
    };
    let rows = base.db.login.write(None, statement).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(Redeemed::Spent) };
    Ok(match row.outcome.as_str() {
        "signed_in" => Redeemed::SignedIn(session),
        "wrong_code" => Redeemed::WrongCode { tries_left: row.tries_left.unwrap_or(0) },
        "other_browser" => Redeemed::OtherBrowser,
        _ => Redeemed::Spent,
    })
}

/// How long a browser may keep the binding.
pub fn binding_life() -> SignedDuration {
    SignedDuration::from_secs(PROOF_LIFE_S)
}

fn draw_code(base: &Base) -> Result<Zeroizing<String>, AccountError> {
    let bytes: Zeroizing<[u8; CODE_CHARS]> = Zeroizing::new(base.random.bytes()?);
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte & 31)).map_or('0', |l| char::from(*l));
    Ok(Zeroizing::new(bytes.iter().map(letter).collect()))
}

fn code_mac(base: &Base, binding: &Secret, code: &str) -> Vec<u8> {
    base.keys.codes().mac(&[&binding.digest(), code.as_bytes()]).to_vec()
}

/// "4K7M-2QXD".
fn shown_code(code: &str) -> Zeroizing<String> {
    let (left, right) = code.split_at_checked(CODE_CHARS / 2).unwrap_or((code, ""));
    Zeroizing::new(format!("{left}-{right}"))
}

/// What was typed, as the code was made: case, spaces and dashes do not matter, and what
/// Crockford's alphabet leaves out is read as what it looks like.
fn normal_code(typed: &str) -> Zeroizing<String> {
    let code = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .take(CODE_CHARS + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Zeroizing::new(code)
}

#[cfg(test)]
mod tests;
