//! Who uses Kairo in a test: somebody without a session, a member in a browser, a program.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use kairo::accounts::bearer::{Secret, Use};
use kairo::accounts::email::Email;
use kairo::accounts::proofs::{self, Asking, Evidence, Redeemed};
use kairo::accounts::tokens::{self, NewToken};
use kairo::accounts::{Person, caller};
use kairo::db::Identity;
use kairo::web::caller::Jar;
use kairo::web::edge::Peer;
use serde_json::Value;
use tower::ServiceExt as _;

use super::http::{Answer, form, with_body};
use super::{Kairo, ORIGIN};

/// What every browser of a test calls itself.
pub const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// One client of the site.
pub struct Actor {
    /// The address that it signed in with; empty for nobody.
    pub email: String,
    /// Where its requests come from.
    pub peer: SocketAddr,
    router: Router,
    token: Option<String>,
    identity: Option<Identity>,
    jar: Mutex<BTreeMap<String, String>>,
}

impl Kairo {
    /// A browser without a session.
    pub fn anonymous(&self) -> Actor {
        Actor {
            email: String::new(),
            peer: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            router: self.router.clone(),
            token: None,
            identity: None,
            jar: Mutex::default(),
        }
    }

    /// A person in a browser of their own, signed in by the link of a mail; the account is made
    /// when it is the first time.
    pub async fn member(&self, email: &str) -> Actor {
        let secret = self.sign_in(email).await;
        let actor = Actor {
            email: email.to_owned(),
            identity: Some(secret.identity()),
            ..self.anonymous()
        };
        actor.keep_cookie(&Jar::Session.name(&self.site), &secret.reveal());
        actor
    }

    /// Proves a mailbox and begins a session, as often as a test likes.
    pub async fn sign_in(&self, email: &str) -> Secret {
        self.forget_mails(email).await;
        let (base, address) = (&self.base, Email::parse(email).unwrap());
        let asking = Asking { email: &address, sources: &[[0; 32]], earlier: None };
        let asked = proofs::ask(base, &self.site.mailer, ORIGIN, &asking).await.unwrap();
        let link = Evidence::Link(link_token(&self.letter(email).await.link));
        let device = kairo::accounts::device::label(USER_AGENT);
        let zone = "UTC".to_owned();
        let redeemed = proofs::redeem(base, &link, Some(&asked), device, zone).await.unwrap();
        let Redeemed::SignedIn(secret) = redeemed else { unreachable!("it came to {redeemed:?}") };
        secret
    }

    /// Gives an address its share of mails back, which would otherwise last a minute.
    pub async fn forget_mails(&self, email: &str) {
        let host = self.superuser().await;
        for table in ["proof_budgets", "proof_address_budgets"] {
            let forget = format!("DELETE FROM authn.{table} WHERE email_norm = $1");
            host.query(&forget, &[&email]).await.unwrap();
        }
    }

    /// A program with an API token that may write.
    pub async fn program(&self, email: &str) -> Actor {
        self.program_with(email, true).await
    }

    /// A program with an API token that may only read.
    pub async fn reader(&self, email: &str) -> Actor {
        self.program_with(email, false).await
    }

    async fn program_with(&self, email: &str, may_write: bool) -> Actor {
        let new = NewToken {
            email: Email::parse(email).unwrap(),
            name: "A test".to_owned(),
            plan: None,
            may_write,
            expires_at: None,
        };
        let (base, mut host) = (&self.base, self.superuser().await);
        let made = tokens::create(&mut host, &base.keys, &base.ids, &base.random, &new).await;
        let secret = made.unwrap();
        Actor {
            email: email.to_owned(),
            token: Some(secret.reveal().to_string()),
            identity: Some(secret.identity()),
            ..self.anonymous()
        }
    }

    /// Who an actor is, as the database says now.
    pub async fn person(&self, actor: &Actor) -> Person {
        caller(&self.base, actor.identity()).await.unwrap()
    }
}

/// The token in a link's fragment.
pub fn link_token(link: &str) -> String {
    let token = link.split_once("#t=").map(|(_, token)| token.to_owned()).unwrap();
    assert!(Secret::parse(Use::Link, &token).is_some(), "{link} holds no token");
    token
}

impl Actor {
    /// What its secret stands for in the database.
    pub fn identity(&self) -> &Identity {
        self.identity.as_ref().unwrap()
    }

    /// A cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the jar.
    pub fn keep_cookie(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Begins a request with what this client always sends.
    pub fn request(&self, method: &str, path: &str) -> Builder {
        let builder = Request::builder().method(method).uri(path).extension(Peer(self.peer));
        if let Some(token) = &self.token {
            return builder.header("authorization", format!("Bearer {token}"));
        }
        let builder = builder.header("user-agent", USER_AGENT).header("accept", "text/html");
        let builder = builder.header("sec-fetch-site", "same-origin");
        let jar = self.jar.lock().unwrap();
        if jar.is_empty() {
            return builder;
        }
        let cookies: Vec<String> =
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        builder.header("cookie", cookies.join("; "))
    }

    /// Sends a request and keeps the cookies of the answer, as browsers do.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = Answer::read(self.router.clone().oneshot(request).await.unwrap()).await;
        if self.token.is_none() {
            for (name, value, attributes) in answer.cookies() {
                if attributes.contains("Max-Age=0") {
                    self.jar.lock().unwrap().remove(&name);
                } else {
                    self.keep_cookie(&name, &value);
                }
            }
        }
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// POST of a form.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.send(with_body(self.request("POST", path), kind, form(fields))).await
    }

    /// POST of JSON.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send_json("POST", path, &[], body).await
    }

    /// JSON with a method and headers of its own.
    pub async fn send_json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut builder = self.request(method, path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        self.send(with_body(builder, "application/json", body.to_string())).await
    }
}
