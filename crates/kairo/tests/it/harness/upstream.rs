//! A scripted provider of models on loopback: it speaks OpenAI's chat completions over real TCP,
//! keeps what it was sent, and fails as it is told to.
//!
//! ```ignore
//! let upstream = Upstream::start().await;
//! upstream.script([Say::Refuse(400, Some("response_format")), Say::Answer("{}".into())]);
//! assert_eq!(upstream.calls(), 2);
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kairo::config::{Ai, Price};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// The key that it takes.
pub const API_KEY: &str = "sk-scripted";
/// The model that answers normally.
pub const MODEL: &str = "scripted-large";
/// The other.
pub const SMALL_MODEL: &str = "scripted-small";
/// What it answers unless told otherwise, a word a token.
pub const WORDS: &str = "Lunch with Sam is on Tuesday";

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Say {
    /// Answers, whole or in pieces as it is asked, with a count.
    Answer(String),
    /// The same, after a while.
    Slow(Duration),
    /// Answers without a count.
    Uncounted,
    /// Answers with what it was sent: `{"headers":{…},"body":{…}}`.
    Echo,
    /// Reads the request and never answers.
    Hang,
    /// Reads the request and closes.
    Close,
    /// Refuses with a status, and the parameter that it names; its words quote prompt and key.
    Refuse(u16, Option<&'static str>),
    /// Has no room; with `Retry-After`.
    Busy(Option<&'static str>),
    /// Answers 200 with something else than its protocol says.
    Garbage(String),
    /// Sends elsewhere.
    Redirect(String),
    /// A stream that ends after two pieces as `Cut` says.
    Cut(Cut),
    /// A stream that waits after two pieces until [`Upstream::go_on`].
    Paused,
    /// A stream without `[DONE]`, whose count comes with its last piece.
    Undone,
}

/// How a stream ends too early.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// The connection is closed.
    Closed,
    /// The connection is reset.
    Reset,
    /// It is ended in good order, without a last piece.
    Ended,
    /// The provider speaks of an error, and quotes the prompt.
    Error,
    /// It falls silent.
    Silent,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path.
    pub path: String,
    /// Headers by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Value,
}

struct State {
    next: Mutex<VecDeque<Say>>,
    otherwise: Mutex<Say>,
    asked: Mutex<Vec<Asked>>,
    told: Mutex<(u64, u64)>,
    going_on: Semaphore,
}

/// The server; it ends with the test's runtime. Cheap to clone.
#[derive(Clone)]
pub struct Upstream {
    host: String,
    state: Arc<State>,
}

impl Upstream {
    /// Listens on a port of its own, and answers every request.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State {
            next: Mutex::default(),
            otherwise: Mutex::new(Say::Answer(WORDS.to_owned())),
            asked: Mutex::default(),
            told: Mutex::default(),
            going_on: Semaphore::new(0),
        });
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { host, state }
    }

    /// Its address, as `KAIRO_AI_BASE_URL` has it.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.host)
    }

    /// Settings that lead to it: the normal model costs 1 and 2 dollars, the small one a tenth.
    pub fn settings(&self) -> Ai {
        Ai {
            base_url: self.url(),
            host: "127.0.0.1".to_owned(),
            local: true,
            api_key: Some(API_KEY.into()),
            model: MODEL.to_owned(),
            small_model: SMALL_MODEL.to_owned(),
            price: Price::parse("1/2"),
            small_price: Price::parse("0.1/0.2"),
            zero_retention: false,
            hosts: vec!["127.0.0.1".to_owned()],
        }
    }

    /// What it does with the next requests; afterwards it does as always.
    pub fn script(&self, says: impl IntoIterator<Item = Say>) {
        self.state.next.lock().unwrap().extend(says);
    }

    /// What it does with every request from now on.
    pub fn always(&self, say: Say) {
        *self.state.otherwise.lock().unwrap() = say;
    }

    /// Lets one paused stream go on.
    pub fn go_on(&self) {
        self.state.going_on.add_permits(1);
    }

    /// How many requests came.
    pub fn calls(&self) -> usize {
        self.state.asked.lock().unwrap().len()
    }

    /// Every request.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The tokens that it counted, of prompts and of answers.
    pub fn tokens(&self) -> (u64, u64) {
        *self.state.told.lock().unwrap()
    }

    /// Waits until as many requests came.
    pub async fn wait_for(&self, calls: usize) {
        for _look in 0..2_000 {
            if self.calls() >= calls {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("{} requests came, not {calls}", self.calls())
    }
}

/// Serves one connection for as long as requests come.
async fn serve(mut stream: TcpStream, state: Arc<State>) {
    while let Some(asked) = read_request(&mut stream).await {
        let next = state.next.lock().unwrap().pop_front();
        let say = next.unwrap_or_else(|| state.otherwise.lock().unwrap().clone());
        state.asked.lock().unwrap().push(asked.clone());
        if answer(&mut stream, &state, &asked, say).await.is_none() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: BTreeMap<String, String> = lines.filter_map(header).collect();
    let length = headers.get("content-length").map_or(0, |it| it.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}

/// Does what it is told; `None` where the connection is over.
async fn answer(stream: &mut TcpStream, state: &State, asked: &Asked, say: Say) -> Option<()> {
    let key = format!("Bearer {API_KEY}");
    if asked.headers.get("authorization") != Some(&key) {
        return whole(stream, 401, "", &refusal(asked, None)).await;
    }
    match say {
        Say::Answer(text) => good(stream, state, asked, &text, Form::default()).await,
        Say::Slow(wait) => {
            tokio::time::sleep(wait).await;
            good(stream, state, asked, WORDS, Form::default()).await
        }
        Say::Uncounted => {
            good(stream, state, asked, WORDS, Form { uncounted: true, ..Form::default() }).await
        }
        Say::Echo => {
            let text = json!({ "headers": asked.headers, "body": asked.body }).to_string();
            good(stream, state, asked, &text, Form::default()).await
        }
        Say::Hang => std::future::pending().await,
        Say::Close => None,
        Say::Refuse(status, param) => whole(stream, status, "", &refusal(asked, param)).await,
        Say::Busy(after) => {
            let header = after.map(|it| format!("retry-after: {it}\r\n")).unwrap_or_default();
            whole(stream, 429, &header, &refusal(asked, None)).await
        }
        Say::Garbage(text) => whole(stream, 200, "", &text).await,
        Say::Redirect(to) => whole(stream, 307, &format!("location: {to}\r\n"), "").await,
        Say::Cut(cut) => {
            good(stream, state, asked, WORDS, Form { cut: Some(cut), ..Form::default() }).await
        }
        Say::Paused => {
            good(stream, state, asked, WORDS, Form { paused: true, ..Form::default() }).await
        }
        Say::Undone => {
            good(stream, state, asked, WORDS, Form { undone: true, ..Form::default() }).await
        }
    }
}

/// How an answer departs from the usual.
#[derive(Default)]
struct Form {
    uncounted: bool,
    paused: bool,
    undone: bool,
    cut: Option<Cut>,
}

/// As providers do, it quotes what it should not.
fn refusal(asked: &Asked, param: Option<&str>) -> String {
    let message = format!("{API_KEY} sent {}", asked.body["messages"]);
    json!({ "error": { "message": message, "type": "x", "code": "x", "param": param } }).to_string()
}

async fn good(
    stream: &mut TcpStream,
    state: &State,
    asked: &Asked,
    text: &str,
    form: Form,
) -> Option<()> {
    let prompt = u64::try_from(asked.body["messages"].to_string().len() / 4 + 1).unwrap();
    let words = u64::try_from(text.split(' ').count()).unwrap();
    let usage = json!({ "prompt_tokens": prompt, "completion_tokens": words,
                        "total_tokens": prompt + words });
    if !form.uncounted {
        let mut told = state.told.lock().unwrap();
        *told = (told.0 + prompt, told.1 + words);
    }
    if asked.body["stream"] == true {
        return pieces(stream, state, asked, text, usage, form).await;
    }
    let message = json!({ "role": "assistant", "content": text });
    let mut body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked.body["model"],
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
    });
    if !form.uncounted {
        body["usage"] = usage;
    }
    whole(stream, 200, "", &body.to_string()).await
}

async fn whole(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> Option<()> {
    let length = body.len();
    let kind = "content-type: application/json\r\nx-secret: of the provider\r\n";
    let head = format!("HTTP/1.1 {status} X\r\n{kind}{headers}content-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()
}

async fn pieces(
    stream: &mut TcpStream,
    state: &State,
    asked: &Asked,
    text: &str,
    usage: Value,
    form: Form,
) -> Option<()> {
    let head = "HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.ok()?;
    let counted = asked.body["stream_options"]["include_usage"] == true && !form.uncounted;
    let chunk = |choices: Value, usage: &Value| {
        let mut chunk = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                                "model": asked.body["model"], "choices": choices });
        if counted {
            chunk["usage"] = usage.clone();
        }
        chunk.to_string()
    };
    let choice =
        |delta: Value, why: Value| json!([{ "index": 0, "delta": delta, "finish_reason": why }]);
    for (at, word) in text.split_inclusive(' ').enumerate() {
        if at == 2 && form.paused {
            state.going_on.acquire().await.unwrap().forget();
        }
        if let Some(cut) = form.cut.filter(|_| at == 2) {
            return end_early(stream, asked, cut).await;
        }
        let piece = chunk(choice(json!({ "content": word }), Value::Null), &Value::Null);
        event(stream, &piece).await?;
    }
    let last = if form.undone { &usage } else { &Value::Null };
    event(stream, &chunk(choice(json!({}), "stop".into()), last)).await?;
    if !form.undone {
        if counted {
            event(stream, &chunk(json!([]), &usage)).await?;
        }
        event(stream, "[DONE]").await?;
    }
    stream.write_all(b"0\r\n\r\n").await.ok()
}

async fn event(stream: &mut TcpStream, data: &str) -> Option<()> {
    let event = format!("data: {data}\n\n");
    let chunk = format!("{:x}\r\n{event}\r\n", event.len());
    stream.write_all(chunk.as_bytes()).await.ok()
}

async fn end_early(stream: &mut TcpStream, asked: &Asked, cut: Cut) -> Option<()> {
    match cut {
        Cut::Closed => None,
        Cut::Reset => {
            stream.set_zero_linger().ok()?;
            None
        }
        Cut::Ended => stream.write_all(b"0\r\n\r\n").await.ok(),
        Cut::Error => {
            event(stream, &refusal(asked, None)).await?;
            stream.write_all(b"0\r\n\r\n").await.ok()
        }
        Cut::Silent => std::future::pending().await,
    }
}
