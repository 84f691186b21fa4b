//! People whom nobody is: members for checks to be, at addresses under `.invalid` (RFC 2606), which
//! no mail can reach.
//!
//! **Invariant:** a canary signs in as a person does, over the wire; only the mail is skipped. The
//! check makes the proof with digests of its own, which is what `kairo_login` may do, and the
//! letter beside it says nothing and is carried nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use zeroize::Zeroizing;

use super::Untold;
use crate::accounts::bearer::{Secret, Use};
use crate::accounts::queries::ProofAsk;
use crate::db::Identity;
use crate::mail::{ADDRESSES, LETTERS, Letter, SealedLetter, Seals};
use crate::trust::controls::origin::{Answer, Ask, Origin};
use crate::trust::controls::subject::Subject;

/// A link that was not mailed, and the browser that it is bound to.
pub(super) struct Link {
    token: String,
    asked: String,
}

fn no_randomness<E>(_: E) -> Untold {
    Untold("the system gave no randomness".to_owned())
}

/// Makes a proof for a canary.
pub(super) async fn link(subject: &Subject, origin: &Origin, who: &str) -> Result<Link, Untold> {
    let base = &subject.base;
    let link = Secret::draw(Use::Link, &base.random).map_err(no_randomness)?;
    let binding = Secret::draw(Use::Binding, &base.random).map_err(no_randomness)?;
    let source: [u8; 32] = base.random.bytes().map_err(no_randomness)?;
    let email = format!("{who}@canary.invalid");
    let letter = letter(subject, &email)?;
    let begin = ProofAsk {
        id: base.ids.next().map_err(no_randomness)?,
        email: email.clone(),
        source: source.to_vec(),
        earlier_binding_hash: None,
        link_hash: link.digest().to_vec(),
        binding_hash: binding.digest().to_vec(),
        code_mac: source.to_vec(),
        letter: letter.id,
        sealed: letter.sealed,
        address_macs: letter.address_macs,
    };
    let rows = base.db.login.write(None, begin).await?;
    if rows.first().is_none_or(|row| row.outcome != "sent") {
        return Err(Untold("the canary has signed in too often in this hour".to_owned()));
    }
    let asked = json!({
        "binding": *binding.reveal(), "email": email, "next": "", "zone": "",
        "at": base.clock.now().to_string(),
    });
    let asked = URL_SAFE_NO_PAD.encode(asked.to_string());
    let asked = format!("{}={asked}", origin.cookie_name("__Host-kairo-asked"));
    Ok(Link { token: link.reveal().to_string(), asked })
}

/// The letter without which there is no proof.
fn letter(subject: &Subject, email: &str) -> Result<SealedLetter, Untold> {
    let (base, keys) = (&subject.base, &subject.base.keys);
    let unsealed = || Untold("a letter could not be sealed".to_owned());
    let letters = keys.system(LETTERS).map_err(|_| unsealed())?;
    let addresses = keys.digests(ADDRESSES).map_err(|_| unsealed())?;
    let letter = Letter {
        to: email.to_owned(),
        subject: "A check of the Security page".to_owned(),
        text: Zeroizing::default(),
        link: Zeroizing::default(),
        code: Zeroizing::default(),
        at: base.clock.now(),
    };
    let id = base.ids.next().map_err(no_randomness)?;
    Seals::new(letters, addresses).seal(id, &letter).map_err(|_| unsealed())
}

/// Brings the link.
pub(super) async fn redeem(
    subject: &Subject,
    origin: &Origin,
    link: &Link,
) -> Result<Answer, Untold> {
    let ask = Ask {
        cookie: Some(link.asked.clone()),
        from: origin.own_source(&subject.base.random),
        ..Ask::post("/sign-in/link", format!("token={}", link.token))
    };
    origin.ask(&subject.tls, ask).await
}

/// The session in an answer, as a cookie to send; `None` where there is none.
pub(super) fn session(origin: &Origin, answer: &Answer) -> Option<String> {
    let name = format!("{}=", origin.cookie_name("__Host-kairo"));
    let pair = answer.cookies().find_map(|cookie| {
        let pair = cookie.split(';').next()?;
        pair.strip_prefix(&name).filter(|value| value.starts_with("ks1_")).map(|_| pair)
    });
    pair.map(str::to_owned)
}

/// Signs in; gives the cookie.
pub(super) async fn sign_in(
    subject: &Subject,
    origin: &Origin,
    who: &str,
) -> Result<String, Untold> {
    let answer = redeem(subject, origin, &link(subject, origin, who).await?).await?;
    session(origin, &answer)
        .ok_or_else(|| Untold(format!("the canary could not sign in: {}", answer.status)))
}

/// The identity of a session in the database, as the web layer makes it.
pub(super) fn identity(cookie: &str) -> Result<Identity, Untold> {
    let value = cookie.split_once('=').map(|(_, value)| value);
    let secret = value.and_then(|value| Secret::parse(Use::Session, value));
    let secret = secret.ok_or_else(|| Untold("the canary's cookie is no session".to_owned()))?;
    Ok(secret.identity())
}

/// Signs out, so that canaries leave no sessions behind.
pub(super) async fn sign_out(
    subject: &Subject,
    origin: &Origin,
    cookie: String,
) -> Result<Answer, Untold> {
    let ask = Ask { cookie: Some(cookie), ..Ask::post("/sign-out", "") };
    origin.ask(&subject.tls, ask).await
}

/// The listener that canaries use.
pub(super) fn door(subject: &Subject) -> Result<&Origin, Untold> {
    subject.origins.first().ok_or_else(|| Untold("there is no listener".to_owned()))
}
