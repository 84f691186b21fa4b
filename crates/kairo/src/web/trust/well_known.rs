//! Files at addresses that programs know: whom to tell of a vulnerability (RFC 9116), and the
//! signed roots of the evidence, so that whoever kept yesterday's notices a record written anew.

use axum::extract::State as Given;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::text::mailto;
use crate::limits::EVIDENCE_ROOTS_MAX;
use crate::trust::controls::catalogue::hex;
use crate::trust::controls::queries::{RootRow, RootsKept};
use crate::web::Site;
use crate::web::error::Error;

/// For how long security.txt counts: RFC 9116 2.5.5 asks for less than a year.
const EXPIRES_AFTER: SignedDuration = SignedDuration::from_hours(24 * 180);

/// `GET /.well-known/security.txt`.
pub(super) async fn security_txt(Given(site): Given<Site>) -> Response {
    let (facts, origin) = (&site.security.facts, &site.origin);
    let expires = site.base.clock.now().saturating_add(EXPIRES_AFTER).unwrap_or(Timestamp::MAX);
    let text = format!(
        "# Vulnerabilities in the Kairo that {entity} runs\n\
         Contact: {contact}\n\
         Expires: {expires:.0}\n\
         Canonical: {origin}/.well-known/security.txt\n\
         Policy: {origin}/security#s9\n\
         Preferred-Languages: en\n",
        entity = facts.value("entity"),
        contact = mailto(facts.value("security_address")),
    );
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

#[derive(Serialize)]
struct Roots {
    env: &'static str,
    algorithm: &'static str,
    covers: &'static str,
    roots: Vec<Root>,
}

#[derive(Serialize)]
struct Root {
    day: Date,
    seq: i64,
    hash: String,
    signer: String,
    signature: String,
    signed_at: Timestamp,
}

/// What the signature is made over, as whoever verifies it must build it.
const COVERS: &str = "\"kairo/evidence-root/v1\\n\" env \"\\n\" seq \"\\n\" as text, \
                      then the 32 bytes of hash";

impl From<RootRow> for Root {
    fn from(row: RootRow) -> Self {
        Self {
            day: row.day,
            seq: row.seq,
            hash: hex(&row.hash),
            signer: hex(&row.signer),
            signature: hex(&row.signature),
            signed_at: row.signed_at,
        }
    }
}

/// `GET /.well-known/kairo-evidence.json`: the roots, the newest first.
pub(super) async fn evidence(Given(site): Given<Site>) -> Result<Response, Error> {
    let env = site.security.env.word();
    let newest = RootsKept { env: env.to_owned(), limit: EVIDENCE_ROOTS_MAX };
    let rows = site.base.db.app.read(None, newest).await?;
    let roots = rows.into_iter().map(Root::from).collect();
    let body = Roots { env, algorithm: "ed25519", covers: COVERS, roots };
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
