//! `GET /api/v1/openapi.json` against the table of routes, and real answers against its schemas.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jsonschema::Validator;
use kairo::limits::{CAPTURE_TEXT_CHARS_MAX, HEADER_BYTES_MAX, URI_BYTES_MAX};
use kairo::web::api::openapi::description;
use serde_json::{Value, json};

use super::{CAPTURES, ITEMS, bare, raw, thought};
use crate::harness::Kairo;
use crate::harness::actors::Actor;
use crate::harness::http::Answer;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every operation of the description: method, path, itself.
fn operations(description: &Value) -> Vec<(String, String, Value)> {
    let paths = description["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(|(method, it)| (method.clone(), path.clone(), it.clone()))
    });
    operations.collect()
}

// Goal: every method of every route has its operation, and every operation its route.
#[test]
fn operations_are_the_table_of_routes() {
    let source = include_str!("../../../src/web/api/mod.rs");
    let mut routes = BTreeSet::new();
    for line in source.lines().filter(|line| line.contains(".route(\"")) {
        let path = line.split('"').nth(1).unwrap();
        let named = METHODS.iter().filter(|method| line.contains(&format!("{method}(")));
        routes.extend(named.map(|method| ((*method).to_owned(), path.to_owned())));
        assert!(!line.contains("any(") && !line.contains("on("), "{line}");
    }
    let described: BTreeSet<_> =
        operations(&description()).into_iter().map(|(method, path, _)| (method, path)).collect();
    assert_eq!(described, routes);
    assert_eq!(routes.len(), 11);
}

// Goal: the running router agrees: each described method reaches a handler, no other one does.
#[tokio::test]
async fn the_router_agrees() {
    let app = Kairo::start().await;
    let nobody = app.anonymous();
    let description = nobody.get("/api/v1/openapi.json").await.is(200).json();
    for path in description["paths"].as_object().unwrap().keys() {
        let there = path.replace("{id}", "x").replace("{original}", "y");
        for method in METHODS {
            let answer = nobody.send_json(&method.to_uppercase(), &there, &[], &json!({})).await;
            let described = description["paths"][path][method].is_object();
            let reached = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(described, reached, "{method} {path}: {}", answer.status);
        }
    }
}

/// The description, and what of it was seen in real answers.
struct Contract {
    description: Value,
    seen: BTreeSet<(String, String)>,
}

impl Contract {
    fn new() -> Self {
        Self { description: description(), seen: BTreeSet::new() }
    }

    /// Follows a reference into the description.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(place) => self.description.pointer(place.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut whole = schema.clone();
        whole["components"] = self.description["components"].clone();
        jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
    }

    /// Fails unless the description has this answer of an operation, with its headers and body.
    fn holds(&mut self, id: &str, answer: &Answer) {
        let operations = operations(&self.description);
        let (.., operation) = operations.iter().find(|it| it.2["operationId"] == id).unwrap();
        let status = answer.status.as_u16().to_string();
        let response = self.resolve(&operation["responses"][&status]);
        assert!(response.is_object(), "{id} answers {status}: {}", answer.text());
        for (name, header) in response["headers"].as_object().unwrap() {
            let header = self.resolve(header);
            let Some(value) = answer.headers.get(name) else {
                assert_eq!(header["required"], false, "{id} {status} lacks {name}");
                continue;
            };
            let text = value.to_str().unwrap();
            let value = text.parse::<u32>().map_or(json!(text), |number| json!(number));
            let value = if header["schema"]["type"] == "integer" { value } else { json!(text) };
            let faults = self.validator(&header["schema"]).validate(&value).err();
            assert!(faults.is_none(), "{id} {status} {name}: {faults:?}");
        }
        match response["content"].as_object() {
            None => assert_eq!(answer.text(), "", "{id} {status} has a body"),
            Some(content) => {
                let schema = &content[answer.header("content-type")]["schema"];
                let body = answer.json();
                let faults: Vec<String> = self
                    .validator(schema)
                    .iter_errors(&body)
                    .map(|fault| format!("{} {fault}", fault.instance_path()))
                    .collect();
                assert!(faults.is_empty(), "{id} {status}: {faults:?} in {body}");
            }
        }
        self.seen.insert((id.to_owned(), status));
    }

    /// The answers of the description that no real answer stood for yet, but for those that need
    /// a broken Kairo or a slow client.
    fn unseen(&self) -> Vec<String> {
        let mut unseen = Vec::new();
        for (.., operation) in operations(&self.description) {
            let id = operation["operationId"].as_str().unwrap();
            for status in operation["responses"].as_object().unwrap().keys() {
                let elsewhere = ["408", "429", "500", "503"].contains(&status.as_str());
                if !elsewhere && !self.seen.contains(&(id.to_owned(), status.clone())) {
                    unseen.push(format!("{id} {status}"));
                }
            }
        }
        unseen
    }
}

/// A call that its operation answers with success.
struct Call {
    id: &'static str,
    method: &'static str,
    path: String,
    body: Option<Value>,
    version: Option<i32>,
}

impl Call {
    async fn by(&self, actor: &Actor, body: Option<&Value>, more: &[(&str, &str)]) -> Answer {
        let tag = self.version.map(|version| format!("\"{version}\""));
        let named = more.iter().any(|(name, _)| *name == "if-match");
        let mut headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
        headers.retain(|_| !named);
        headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        match body.or(self.body.as_ref()) {
            Some(body) => actor.send_json(self.method, &self.path, &headers, body).await,
            None => bare(actor, self.method, &self.path, &headers).await,
        }
    }
}

/// One call of every operation, in an order in which each succeeds.
fn calls(capture: &str, item: &str) -> Vec<Call> {
    let call = |id, method, path: &str, body, version| {
        let path = path.replace("CAPTURE", capture).replace("ITEM", item);
        Call { id, method, path, body, version }
    };
    let original = "/api/v1/items/ITEM/occurrences/2026-11-24T09:15:00";
    let title = Some(json!({ "title": "Stand-up" }));
    let preview = "/api/v1/captures/preview";
    let again = Some(json!({ "version": 2 }));
    let restoration = "/api/v1/items/ITEM/restoration";
    vec![
        call("readDescription", "GET", "/api/v1/openapi.json", None, None),
        call("keepThought", "POST", CAPTURES, Some(thought("pay rent 1 Dec")), None),
        call("previewThought", "POST", preview, Some(thought("lunch with Sam 1pm #work")), None),
        call("readCapture", "GET", "/api/v1/captures/CAPTURE", None, None),
        call("listItems", "GET", ITEMS, None, None),
        call("readItem", "GET", "/api/v1/items/ITEM", None, None),
        call("changeItem", "PATCH", "/api/v1/items/ITEM", title.clone(), Some(1)),
        call("restoreItem", "POST", restoration, again, None),
        call("listOccurrences", "GET", "/api/v1/items/ITEM/occurrences", None, None),
        call("changeOccurrence", "PATCH", original, title, Some(3)),
        call("deleteItem", "DELETE", "/api/v1/items/ITEM", None, Some(4)),
    ]
}

/// Every refusal that any operation can be made to give from outside; what an operation cannot be
/// asked for (an id where none is in the path) is left out by the caller.
async fn refusals(
    contract: &mut Contract,
    call: &Call,
    (ana, ben, reader, nobody): (&Actor, &Actor, &Actor, &Actor),
) {
    let id = call.id;
    let writes = call.method != "GET";
    let long = "x".repeat(HEADER_BYTES_MAX);
    contract.holds(id, &call.by(ana, None, &[("x-long", &long)]).await);
    contract.holds(id, &call.by(ana, None, &[("content-length", "9000000")]).await);
    let path = format!("{}?{}", call.path, "x".repeat(URI_BYTES_MAX));
    contract.holds(id, &bare(ana, call.method, &path, &[]).await);
    if id == "readDescription" {
        return;
    }
    contract.holds(id, &call.by(nobody, None, &[]).await);
    if call.path.contains(ITEMS) || call.path.contains("/captures/0") {
        contract.holds(id, &call.by(ben, None, &[]).await);
    }
    if writes && id != "previewThought" {
        contract.holds(id, &call.by(reader, None, &[]).await);
    }
    if call.version.is_some() {
        for tag in ["", "*", "\"77\"", "W/\"1\""] {
            contract.holds(id, &call.by(ana, None, &[("if-match", tag)]).await);
        }
    }
    if call.body.is_some() {
        contract.holds(id, &call.by(ana, Some(&json!({ "unknown": 1 })), &[]).await);
        for field in ["text", "title", "version"] {
            let wrong = json!({ field: "x".repeat(CAPTURE_TEXT_CHARS_MAX + 1) });
            contract.holds(id, &call.by(ana, Some(&wrong), &[]).await);
        }
        let request = call.method == "POST";
        let plain = match request {
            true => raw(ana, &call.path, "text/plain", "x").await,
            false => bare(ana, call.method, &call.path, &[("content-type", "text/plain")]).await,
        };
        contract.holds(id, &plain);
    }
    if id == "readCapture" {
        for query in ["unknown=1", "wait_s=11"] {
            contract.holds(id, &ana.get(&format!("{}?{query}", call.path)).await);
        }
    }
    if call.method == "GET" && call.path.ends_with('s') {
        for query in ["unknown=1", "from=never", "from=%FF"] {
            contract.holds(id, &ana.get(&format!("{}?{query}", call.path)).await);
        }
    }
}

// Goal: what Kairo really answers, success and every refusal that can be had from outside, is what
// the description says: the status, the headers, the type and each field of the body.
#[tokio::test]
async fn real_answers_fit_the_description() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.program("ana@example.org").await, app.program("ben@example.org").await);
    let (reader, nobody) = (app.reader("ana@example.org").await, app.anonymous());
    let made = ana.post_json(CAPTURES, &thought("standup every day 9:15am #work")).await;
    let made = made.is(201).json();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let (capture, item) = (id(&made["capture"]), id(&made["items"][0]));
    let mut contract = Contract::new();
    for call in &calls(&capture, &item) {
        refusals(&mut contract, call, (&ana, &ben, &reader, &nobody)).await;
        let answer = call.by(&ana, None, &[]).await;
        assert!(answer.status.is_success(), "{}: {}", call.id, answer.text());
        contract.holds(call.id, &answer);
        if call.id == "readItem" {
            contract.holds(call.id, &call.by(&ana, None, &[("if-none-match", "\"1\"")]).await);
        }
        if call.id == "restoreItem" {
            contract.holds(call.id, &call.by(&ana, Some(&json!({ "version": 1 })), &[]).await);
        }
    }
    assert_eq!(contract.unseen(), Vec::<String>::new());
}

// Goal: an answer that came twice under one key, a throttled one and one without a database fit,
// too.
#[tokio::test]
async fn rare_answers_fit_the_description() {
    let mut app = Kairo::start_with(|settings| {
        (settings.bounds.address_burst, settings.bounds.address_per_minute) = (3, 1);
    })
    .await;
    let ana = app.program("ana@example.org").await;
    let mut contract = Contract::new();
    for _time in 0..2 {
        let key = [("idempotency-key", "k")];
        let answer = ana.send_json("POST", CAPTURES, &key, &thought("buy milk")).await.is(201);
        contract.holds("keepThought", &answer);
    }
    app.stop_database();
    contract.holds("listItems", &ana.get(ITEMS).await.is(503));
    contract.holds("listItems", &ana.get(ITEMS).await.is(429));
}

// Goal: the description is whole: each reference leads somewhere, each name of an operation is
// used once, and whatever is described is used.
#[test]
fn the_description_is_whole() {
    let description = description();
    let text = description.to_string();
    let contract = Contract::new();
    let mut places = BTreeSet::new();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let place = reference.split('"').next().unwrap();
        let place = place.strip_prefix('#').unwrap();
        assert!(description.pointer(place).is_some(), "{place} leads nowhere");
        places.insert(place.to_owned());
    }
    for part in ["schemas", "responses", "headers"] {
        for name in contract.description["components"][part].as_object().unwrap().keys() {
            let place = format!("/components/{part}/{name}");
            assert!(places.contains(&place), "{place} is not used");
        }
    }
    let ids: BTreeSet<String> =
        operations(&description).iter().map(|it| it.2["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations(&description).len());
}
