//! A scripted Resend on loopback: it speaks the API as Resend does, honours idempotency keys, keeps
//! what it was sent, and fails as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use kairo::mail::{Carrier, Resend};
use serde_json::{Value, json};

/// The key that it takes.
pub const API_KEY: &str = "re_scripted";
/// The sender of every test.
pub const FROM: &str = "Kairo <kairo@example.org>";

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Say {
    /// Takes the letter and answers with its id, after a while.
    Take(Duration),
    /// Takes the letter, and never answers.
    TakeAndHang,
    /// Neither takes the letter nor answers.
    Hang,
    /// Refuses with a status and an error's name.
    Refuse(u16, &'static str),
    /// Asks for patience.
    Busy(&'static str),
    /// Answers 200 with something else than its protocol says.
    Garbage(String),
    /// Sends elsewhere.
    Redirect,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `Idempotency-Key`.
    pub key: String,
    /// Headers by name.
    pub headers: HeaderMap,
    /// Body.
    pub body: Value,
}

#[derive(Default)]
struct Script {
    next: Mutex<VecDeque<Say>>,
    otherwise: Mutex<Option<Say>>,
    asked: Mutex<Vec<Asked>>,
    taken: Mutex<BTreeMap<String, Value>>,
}

/// The server; it ends with the test's runtime.
pub struct Scripted {
    /// Its origin.
    pub url: String,
    script: Arc<Script>,
}

impl Scripted {
    /// Listens on a port of its own, and takes every letter.
    pub async fn start() -> Self {
        let script = Arc::new(Script::default());
        let app = Router::new()
            .route("/emails", post(emails))
            .route("/elsewhere", post(emails))
            .with_state(script.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, script }
    }

    /// What it does with the next requests; afterwards it takes letters again.
    pub fn next(&self, says: impl IntoIterator<Item = Say>) {
        self.script.next.lock().unwrap().extend(says);
    }

    /// What it does with every request from now on.
    pub fn always(&self, say: Say) {
        *self.script.otherwise.lock().unwrap() = Some(say);
    }

    /// A carrier that leads to it.
    pub fn carrier(&self) -> Carrier {
        Carrier::Resend(Resend::new(&self.url, API_KEY.into(), FROM).unwrap())
    }

    /// Every request.
    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    /// Letters that it took, by key.
    pub fn taken(&self) -> BTreeMap<String, Value> {
        self.script.taken.lock().unwrap().clone()
    }

    /// To whom the letters that it took went.
    pub fn addressees(&self) -> Vec<String> {
        let letters = self.taken().into_values();
        letters.map(|it| it["to"][0].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until as many requests came.
    pub async fn wait_for(&self, requests: usize) {
        for _look in 0..2_000 {
            if self.asked().len() >= requests {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("{} requests came, not {requests}", self.asked().len())
    }
}

/// The id that it gives to the letter of a key.
pub fn id_of(key: &str) -> String {
    format!("letter-{key}")
}

fn error(status: u16, name: &str) -> Response {
    let message = "The address ana@example.org is quoted here, as providers do.";
    let body = json!({ "statusCode": status, "name": name, "message": message });
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

async fn emails(State(script): State<Arc<Script>>, headers: HeaderMap, body: String) -> Response {
    let header = |name: &str| headers.get(name).map_or("", |it| it.to_str().unwrap()).to_owned();
    let body: Value = serde_json::from_str(&body).unwrap();
    let key = header("idempotency-key");
    let asked = Asked { key: key.clone(), headers: headers.clone(), body: body.clone() };
    script.asked.lock().unwrap().push(asked);
    if header("authorization") != format!("Bearer {API_KEY}") || header("user-agent").is_empty() {
        return error(401, "invalid_api_key");
    }
    if key.is_empty() || key.len() > 256 {
        return error(400, "invalid_idempotency_key");
    }
    let say = script.next.lock().unwrap().pop_front();
    let say = say.or_else(|| script.otherwise.lock().unwrap().clone());
    let take = || {
        let mut taken = script.taken.lock().unwrap();
        let before = taken.entry(key.clone()).or_insert_with(|| body.clone());
        *before == body
    };
    match say.unwrap_or(Say::Take(Duration::ZERO)) {
        Say::Take(after) => {
            let fits = take();
            tokio::time::sleep(after).await;
            match fits {
                true => axum::Json(json!({ "id": id_of(&key) })).into_response(),
                false => error(409, "invalid_idempotent_request"),
            }
        }
        Say::TakeAndHang => {
            take();
            std::future::pending().await
        }
        Say::Hang => std::future::pending().await,
        Say::Refuse(status, name) => error(status, name),
        Say::Busy(wait) => {
            let mut busy = error(429, "rate_limit_exceeded");
            busy.headers_mut().insert("retry-after", wait.parse().unwrap());
            busy
        }
        Say::Garbage(text) => text.into_response(),
        Say::Redirect => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
    }
}
