//! `POST /v1/chat/completions`.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use super::answer::{self, mark};
use super::body::Chat;
use crate::accounts::caller;
use crate::ai::{Failure, Reply, Streamed, Upstream};
use crate::guard::{Ask, Granted, Permit, Task};
use crate::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use crate::web::Site;
use crate::web::caller::Program;
use crate::web::error::{Error, Gateway};

/// Asks a model: one credit, whole or in pieces.
pub async fn create(
    State(site): State<Site>,
    Program(identity): Program,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let Some(ai) = &site.ai else {
        // Boxed: whoever has a provider needs no room for it.
        Box::pin(caller(&site.base, &identity)).await?;
        return Err(answer::no_model());
    };
    let mut chat = Chat::read(ai, &headers, &body)?;
    let key = key(&site, &headers)?;
    // Whose plan it is only the database knows; it says so with the grant.
    chat.fit(ai, &ai.guard.plans().larger())?;
    let bound = chat.bound()?;
    let nano_max = ai.upstream.nano_max(bound.tokens_in, bound.tokens_out, 1);
    let ask = Ask { key, task: Task::Chat, nano_max };
    let Granted { permit, standing, plan } = match ai.guard.reserve(&identity, ask).await {
        Ok(granted) => granted,
        Err(refusal) => return Ok(answer::refused(refusal)),
    };
    let class = permit.class();
    let answered = match chat.fit(ai, &plan) {
        Ok(()) => answered(ai.upstream.clone(), permit, chat).await,
        // The permit ends here, unused, and the credit goes back.
        Err(error) => Err(error),
    };
    Ok(mark(answered.unwrap_or_else(IntoResponse::into_response), &standing, class))
}

async fn answered(upstream: Upstream, permit: Permit, chat: Chat) -> Result<Response, Error> {
    // In a task of its own: a client that goes away does not stop what is charged.
    if chat.streams {
        let begun = tokio::spawn(async move { upstream.call(permit).stream(chat.body).await });
        let streamed = begun.await.map_err(Error::internal)?;
        return Ok(in_pieces(streamed.map_err(answer::failed)?));
    }
    let asked = tokio::spawn(async move {
        let mut call = upstream.call(permit);
        let reply = call.ask(chat.body).await;
        call.end();
        reply
    });
    let reply = asked.await.map_err(Error::internal)?;
    let Reply { body, .. } = reply.map_err(answer::failed)?;
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// The pieces as they come, and an event of Kairo's where they end too early.
fn in_pieces(streamed: Streamed) -> Response {
    let pieces = unfold(Some(streamed), async |streamed| {
        let mut streamed = streamed?;
        Some(match streamed.next().await? {
            Ok(piece) => (Ok::<_, Failure>(piece), Some(streamed)),
            Err(failure) => (Ok(answer::event(failure).into()), None),
        })
    });
    let mut response = Body::from_stream(pieces).into_response();
    let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// What makes a repeated request the same one: the client's key, of which the ledger sees a digest,
/// or one that nobody else has.
fn key(site: &Site, headers: &HeaderMap) -> Result<Uuid, Error> {
    let mut sent = headers.get_all("idempotency-key").iter();
    let bytes = match (sent.next(), sent.next()) {
        (None, _) => return Ok(Uuid::from_bytes(site.base.random.bytes()?)),
        (Some(key), None) => key.as_bytes(),
        (Some(_), Some(_)) => return Err(unusable()),
    };
    if !(1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&bytes.len()) {
        return Err(unusable());
    }
    let whole = digest(&SHA256, bytes);
    let half = whole.as_ref().first_chunk::<16>().ok_or_else(unusable)?;
    Ok(Uuid::from_bytes(*half))
}

fn unusable() -> Error {
    let detail = "Send one Idempotency-Key of 1 to 255 bytes, or none.";
    Gateway { param: None, ..Gateway::invalid("invalid_idempotency_key", "", detail) }.into()
}
