//! A place where people reach Kairo, asked from outside: one connection, one request, over TLS.
//!
//! **Invariant:** nothing of Kairo's own web code is used: what answers is what is checked.
//! **Invariant:** every answer is bounded in time and size.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HOST, HeaderMap, SET_COOKIE};
use reqwest::{Client, RequestBuilder, redirect, retry};
use rustls::ClientConfig;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::checks::Untold;
use crate::clock::Random;

/// Longest that one answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// Largest answer that is read.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A host and port, and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `https://localhost:8443`.
    pub url: String,
    /// The host in it.
    pub host: String,
    /// Where it listens; `None` where the name has to be looked up.
    pub at: Option<SocketAddr>,
    /// Its port.
    pub port: u16,
    /// Whether only this machine reaches it.
    pub is_loopback: bool,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// Every `Set-Cookie`.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok())
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A question.
#[derive(Debug, Clone, Default)]
pub struct Ask<'a> {
    /// Path and query.
    pub path: &'a str,
    /// A form that is posted; a GET without one.
    pub form: Option<String>,
    /// `Cookie`.
    pub cookie: Option<String>,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The address that it comes from.
    pub from: Option<IpAddr>,
}

impl<'a> Ask<'a> {
    /// A GET.
    pub fn get(path: &'a str) -> Self {
        Self { path, ..Self::default() }
    }

    /// A posted form.
    pub fn post(path: &'a str, form: impl Into<String>) -> Self {
        Self { path, form: Some(form.into()), ..Self::default() }
    }
}

impl Origin {
    /// An origin, reached at `at` where that is known.
    pub fn new(origin: &crate::config::Origin, at: Option<SocketAddr>) -> Self {
        Self {
            url: origin.to_string(),
            host: origin.host().to_owned(),
            at,
            port: origin.port(),
            is_loopback: origin.is_loopback(),
        }
    }

    /// The ending of cookies' names: on a loopback origin they hold the port.
    pub fn cookie_name(&self, stem: &str) -> String {
        if self.is_loopback { format!("{stem}-{}", self.port) } else { stem.to_owned() }
    }

    /// An address that nothing else comes from, where the listener is reached over IPv4: any of
    /// 127.0.0.0/8 leads to any address of this machine.
    pub fn own_source(&self, random: &Random) -> Option<IpAddr> {
        let over_ipv4 = self.at.is_some_and(|at| at.is_ipv4());
        let bytes: [u8; 3] = random.bytes().ok().filter(|_| over_ipv4)?;
        let part = |byte: u8| 1 + byte % 254;
        let [a, b, c] = bytes.map(part);
        Some(Ipv4Addr::new(127, a.max(2), b, c).into())
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// The name is unknown, or nobody listens.
    pub async fn connect(&self, from: Option<IpAddr>) -> Result<TcpStream, Untold> {
        let away = |error: std::io::Error| {
            Untold(format!("{} cannot be reached: {}", self.host, error.kind()))
        };
        let opened = timeout(ANSWER_MAX, async {
            let at = match self.at {
                Some(at) => at,
                None => {
                    let mut found =
                        tokio::net::lookup_host((self.host.as_str(), self.port)).await?;
                    found.next().ok_or(std::io::ErrorKind::NotFound)?
                }
            };
            let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            if let Some(from) = from {
                socket.bind(SocketAddr::new(from, 0))?;
            }
            socket.connect(at).await
        });
        opened.await.map_err(|_| Untold(format!("{} does not answer", self.host)))?.map_err(away)
    }

    /// Asks once.
    ///
    /// # Errors
    /// No TLS, or no answer within time and size.
    pub async fn ask(&self, tls: &Arc<ClientConfig>, ask: Ask<'_>) -> Result<Answer, Untold> {
        let away = |error: reqwest::Error| {
            tracing::debug!(%error, "a check got no answer");
            Untold(format!("{} did not answer over TLS", self.host))
        };
        let client = self.client(tls, ask.from).map_err(away)?;
        let mut answer = self.request(&client, ask).send().await.map_err(away)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(away)? {
            body.extend_from_slice(&part);
            if body.len() > ANSWER_BYTES_MAX {
                return Err(Untold("an answer was too large".to_owned()));
            }
        }
        Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// A client for one question: nothing is reused, followed, or asked of a proxy.
    fn client(
        &self,
        tls: &Arc<ClientConfig>,
        from: Option<IpAddr>,
    ) -> Result<Client, reqwest::Error> {
        let mut builder = Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(tls))
            .https_only(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(0)
            .timeout(ANSWER_MAX)
            .user_agent("Kairo-Controls")
            .local_address(from);
        if let Some(at) = self.at {
            builder = builder.resolve(&self.host, at);
        }
        builder.build()
    }

    fn request(&self, client: &Client, ask: Ask<'_>) -> RequestBuilder {
        // Where something stands in front of the listener, the connection goes there, and the words
        // of the request stay those of the origin.
        let port = self.at.map_or(self.port, |at| at.port());
        let url = format!("https://{}:{port}{}", self.host, ask.path);
        let host = self.url.trim_start_matches("https://");
        let mut request = match ask.form {
            None => client.get(url),
            Some(form) => client
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", &self.url)
                .header("sec-fetch-site", "same-origin")
                .body(form),
        };
        request = request.header(HOST, host).header("accept", "text/html, application/json;q=0.9");
        if let Some(cookie) = ask.cookie {
            request = request.header("cookie", cookie);
        }
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        request
    }
}
