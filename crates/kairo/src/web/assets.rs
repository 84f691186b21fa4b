//! Styles, scripts and pictures, embedded in the binary and served under names that hold their
//! hash.
//!
//! **Invariant:** a hashed address never changes its bytes, so it may be cached for ever; any other
//! hash is 404, and no file outside the lists below can be reached.
//!
//! **To add a file:** put it under `crates/kairo/assets/` and name it in `STYLES`, `SCRIPTS` or
//! `PICTURES`. A template writes `{{ crate::web::assets::asset("app.css") }}`.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use ring::digest;

use super::error::Error;

#[cfg(test)]
mod tests;

macro_rules! embed {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/assets/", $folder, "/", $name
        )))),*]
    };
}

type Files = &'static [(&'static str, &'static [u8])];

/// Joined in this order into `app.css`.
const STYLES: Files =
    embed!("css": "reset.css", "tokens.css", "base.css", "components.css", "pages.css");

/// ES modules. One that imports another as `./NAME.js` stands after it, so that the import can be
/// rewritten to the hashed name.
const SCRIPTS: Files =
    embed!("js": "chips.js", "capture.js", "keys.js", "link.js", "refine.js", "zone.js");

/// Pictures, such as the icon.
const PICTURES: Files = embed!("img": "icon.svg");

/// What a name that is not in the lists turns into; a test looks for it in the templates.
const MISSING: &str = "/assets/missing";

struct Asset {
    content_type: &'static str,
    body: Bytes,
}

#[derive(Default)]
struct Assets {
    /// `app.css` -> `/assets/app.0123456789abcdef.css`.
    paths: HashMap<&'static str, String>,
    /// `app.0123456789abcdef.css` -> the bytes.
    files: HashMap<String, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut assets = Assets::default();
    assets.add("app.css", STYLES.iter().flat_map(|(_, css)| css.iter().copied()).collect());
    for (name, script) in SCRIPTS {
        let script = assets.with_hashed_imports(script);
        assets.add(name, script);
    }
    for (name, picture) in PICTURES {
        assets.add(name, picture.to_vec());
    }
    assets
});

impl Assets {
    fn add(&mut self, name: &'static str, body: Vec<u8>) {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let file = format!("{stem}.{}.{extension}", hash(&body));
        self.paths.insert(name, format!("/assets/{file}"));
        self.files.insert(file, Asset { content_type: content_type(extension), body: body.into() });
    }

    /// A hashed script that imported its neighbour by the plain name would get 404, and an import
    /// map would have to be inline, which the content security policy refuses.
    fn with_hashed_imports(&self, script: &[u8]) -> Vec<u8> {
        let mut text = String::from_utf8_lossy(script).into_owned();
        for (name, path) in &self.paths {
            for quote in ['"', '\''] {
                let hashed = path.trim_start_matches("/assets/");
                text = text.replace(
                    &format!("{quote}./{name}{quote}"),
                    &format!("{quote}./{hashed}{quote}"),
                );
            }
        }
        text.into_bytes()
    }
}

/// The first 16 hex digits of SHA-256: 64 bits tell versions of our own files apart.
fn hash(body: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, body);
    digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The address of an embedded file, for templates.
pub fn asset(name: &str) -> &'static str {
    let assets: &'static Assets = &ASSETS;
    assets.paths.get(name).map_or(MISSING, String::as_str)
}

/// `GET /assets/{file}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", routing::get(serve))
}

async fn serve(Path(file): Path<String>) -> Result<Response, Error> {
    let asset = ASSETS.files.get(&file).ok_or(Error::NotFound)?;
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, Body::from(asset.body.clone())).into_response())
}
