//! `GET /v1/models`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::accounts::caller;
use crate::web::Site;
use crate::web::caller::{Program, touch_later};
use crate::web::error::Error;
use crate::web::rate_limit;

/// Which names a client may ask for, and what is left of its credits. Without a provider, none.
pub async fn list(State(site): State<Site>, Program(identity): Program) -> Result<Response, Error> {
    let person = caller(&site.base, &identity).await?;
    touch_later(&site, &identity, &person);
    let names = site.ai.as_ref().map_or_else(Vec::new, |ai| ai.models());
    let model =
        |id: &&str| json!({ "id": id, "object": "model", "created": 0, "owned_by": "kairo" });
    let data: Vec<_> = names.iter().map(model).collect();
    let mut answer = Json(json!({ "object": "list", "data": data })).into_response();
    if let Some(ai) = &site.ai {
        let standing = ai.guard.standing(&identity).await?.ok_or(Error::SessionEnded)?;
        rate_limit::set(answer.headers_mut(), &standing);
    }
    Ok(answer)
}
