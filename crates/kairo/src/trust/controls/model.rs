//! A model of the check's own on loopback: it keeps what it is sent, and answers with one word or
//! with nothing. What stands in for a provider in a scratch Kairo, and what Kairo's own client is
//! watched by.
//!
//! **Invariant:** it reads at most `REQUEST_BYTES_MAX` of a request and no header but the length.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::config::{Ai, Price};

/// Most of a request that is read.
const REQUEST_BYTES_MAX: usize = 256 * 1024;

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Answers as a model that found a title.
    Tags,
    /// Refuses, so that nothing is charged.
    Refusal,
    /// Closes the connection after the first bytes.
    Nothing,
}

/// A running one; it ends with the runtime.
#[derive(Clone, Debug)]
pub struct Model {
    port: u16,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Model {
    /// Starts one.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start(says: Says) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (port, asked) = (listener.local_addr()?.port(), Arc::<Mutex<Vec<_>>>::default());
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, says, Arc::clone(&kept)));
            }
        });
        drop(task);
        Ok(Self { port, asked })
    }

    /// What it was sent, a connection each.
    pub fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Settings that lead to it over `scheme`, as if they were the operator's.
    pub fn settings(&self, scheme: &str) -> Ai {
        on_loopback(scheme, self.port)
    }
}

/// Settings that lead to a port of this machine.
pub fn on_loopback(scheme: &str, port: u16) -> Ai {
    let host = Ipv4Addr::LOCALHOST.to_string();
    Ai {
        base_url: format!("{scheme}://{host}:{port}/v1"),
        host: host.clone(),
        local: true,
        api_key: None,
        model: "check".to_owned(),
        small_model: "check".to_owned(),
        price: Some(Price::FREE),
        small_price: Some(Price::FREE),
        zero_retention: false,
        hosts: vec![host],
    }
}

async fn serve(mut stream: TcpStream, says: Says, kept: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut request = Vec::new();
    while !is_whole(&request, says) && request.len() < REQUEST_BYTES_MAX {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let (status, body) = match says {
        Says::Nothing => return,
        Says::Refusal => ("400 Bad Request", serde_json::json!({ "error": {} })),
        Says::Tags => ("200 OK", tags()),
    };
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    let _sent_or_gone = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _closed_or_gone = stream.shutdown().await;
}

/// What a model says of a thought that begins with its title.
fn tags() -> serde_json::Value {
    serde_json::json!({
        "id": "check", "object": "chat.completion", "created": 1, "model": "check",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": "{\"title\":\"rent\",\"kind\":\"task\"}" },
        }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 },
    })
}

fn is_whole(request: &[u8], says: Says) -> bool {
    if says == Says::Nothing {
        return !request.is_empty();
    }
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.trim().parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}
