//! `/v1`, as clients of OpenAI's API use it.

mod answers;
mod bodies;
mod quota;
mod refusals;
mod streams;

use kairo::guard::{Class, Plans};
use serde_json::{Value, json};

use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;
use crate::harness::upstream::Upstream;

const CHAT: &str = "/v1/chat/completions";

/// A Kairo with a scripted provider, and a program on the free plan.
struct Desk {
    app: Kairo,
    upstream: Upstream,
    ana: Actor,
}

impl Desk {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// The free plan asks the normal model, sixteen at once, unless a test says otherwise.
    async fn open_with(change: impl FnOnce(&mut Plans)) -> Self {
        let upstream = Upstream::start().await;
        let mut plans = Plans::default();
        (plans.free.class, plans.free.at_once, plans.free.hour) = (Class::Normal, 16, 40);
        change(&mut plans);
        let provider = upstream.settings();
        let app = Kairo::start_with(|settings| settings.ai = Some((provider, plans))).await;
        let ana = app.program("ana@example.org").await;
        Self { app, upstream, ana }
    }

    async fn chat(&self, more: Value) -> Answer {
        self.ana.post_json(CHAT, &chat(more)).await
    }

    /// Credits that are charged, after everything was written.
    async fn used(&self) -> i32 {
        let ai = self.app.site.ai.as_ref().unwrap();
        ai.guard.flush().await;
        ai.guard.standing(self.ana.identity()).await.unwrap().unwrap().month.used
    }
}

/// A request, with other fields.
fn chat(more: Value) -> Value {
    let messages = json!([{ "role": "user", "content": "When is lunch with Sam?" }]);
    let mut body = json!({ "model": "kairo", "messages": messages });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The code of an error in OpenAI's shape, which is checked.
fn code(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    let names: Vec<&String> = body["error"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "message", "param", "type"]);
    assert!(!answer.text().contains("sk-"), "{}", answer.text());
    body["error"]["code"].as_str().unwrap().to_owned()
}
