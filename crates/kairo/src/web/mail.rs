//! What the mail provider tells: letters that came back, and who called one spam.
//!
//! **Invariant:** a message counts by its signature alone. Without the secret the address does not
//! exist, and no answer says why a message was not taken.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::Site;
use super::error::Error;
use crate::accounts::email::Email;
use crate::mail::{Signed, Told};

/// Routes of mail; none where the provider's messages could not be known.
pub fn routes(site: &Site) -> Router<Site> {
    match site.mailer.webhook() {
        Some(_) => Router::new().route("/webhooks/resend", post(resend)),
        None => Router::new(),
    }
}

/// `POST /webhooks/resend`. Answered with 204 also where the message was known or tells nothing
/// that is kept: anything else makes the provider tell it again.
async fn resend(
    State(site): State<Site>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Error> {
    let webhook = site.mailer.webhook().ok_or(Error::NotFound)?;
    let header = |name| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let signed = Signed {
        id: header("svix-id"),
        timestamp: header("svix-timestamp"),
        signatures: header("svix-signature"),
    };
    let refused = || Error::Malformed { detail: "This is no message of the mail provider.".into() };
    webhook.verify(&signed, &body, site.base.clock.now()).map_err(|why| {
        tracing::warn!(%why, "a message about mail was refused");
        refused()
    })?;
    let mut told = Told::read(&body).ok_or_else(refused)?;
    for to in &mut told.to {
        // The provider may write it otherwise than Kairo did; it is known by one form.
        if let Ok(email) = Email::parse(to) {
            *to = email.as_str().to_owned();
        }
    }
    let kept = site.mailer.note(&site.base.db.worker, signed.id, &told).await;
    match kept {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(crate::accounts::AccountError::from(error).into()),
    }
}
