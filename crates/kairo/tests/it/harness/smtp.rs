//! A mail server on loopback, with an authority of its own, that keeps what it was given.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kairo::clock::Clock;
use kairo::mail::{Carrier, Smtp};
use kairo::web::edge::tls;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How a client reaches it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// TLS from the first byte.
    Wrapped,
    /// TLS after STARTTLS.
    Upgraded,
}

/// The server; it ends with the test's runtime.
pub struct Sink {
    port: u16,
    way: Way,
    folder: PathBuf,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    letters: Mutex<Vec<String>>,
    /// Answers to the next recipients, instead of taking them.
    answers: Mutex<Vec<&'static str>>,
    plain: Mutex<Vec<String>>,
}

impl Sink {
    pub async fn start(test: &str, way: Way) -> Self {
        let folder = PathBuf::from(format!("/tmp/kairo-smtp-{test}-{}", std::process::id()));
        let config = tls::development(&folder, Clock::system().now()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, state) = (listener.local_addr().unwrap().port(), Arc::new(State::default()));
        let acceptor = TlsAcceptor::from(config);
        let served = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, state) = (acceptor.clone(), served.clone());
                tokio::spawn(async move { state.connection(stream, &acceptor, way).await });
            }
        });
        Self { port, way, folder, state }
    }

    /// What an operator sets to reach it.
    pub fn url(&self) -> String {
        match self.way {
            Way::Wrapped => format!("smtps://localhost:{}", self.port),
            Way::Upgraded => format!("smtp://localhost:{}?tls=required", self.port),
        }
    }

    /// The authority of its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A carrier that leads to it.
    pub fn carrier(&self, authority: Option<&Path>) -> Carrier {
        let smtp = Smtp::new(&self.url().into(), "Kairo <kairo@example.org>", authority);
        Carrier::Smtp(smtp.unwrap())
    }

    /// Answers the next recipients so.
    pub fn next(&self, answer: &'static str) {
        self.state.answers.lock().unwrap().push(answer);
    }

    /// What it was given, as it was written.
    pub fn letters(&self) -> Vec<String> {
        self.state.letters.lock().unwrap().clone()
    }

    /// Every line that came before TLS.
    pub fn plain(&self) -> String {
        self.state.plain.lock().unwrap().concat()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl State {
    async fn connection(&self, stream: TcpStream, tls: &TlsAcceptor, way: Way) -> Option<()> {
        if way == Way::Wrapped {
            let mut stream = BufReader::new(tls.accept(stream).await.ok()?);
            stream.write_all(b"220 sink\r\n").await.ok()?;
            return self.talk(&mut stream).await;
        }
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink\r\n").await.ok()?;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
            self.plain.lock().unwrap().push(line.clone());
            let answer: &[u8] = match line.trim() {
                "STARTTLS" => b"220 go on\r\n",
                said if said.starts_with("EHLO") => b"250-sink\r\n250 STARTTLS\r\n",
                _ => b"530 TLS first\r\n",
            };
            stream.write_all(answer).await.ok()?;
            if line.trim() == "STARTTLS" {
                let mut stream = BufReader::new(tls.accept(stream.into_inner()).await.ok()?);
                return self.talk(&mut stream).await;
            }
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
    ) -> Option<()> {
        let (mut line, mut letter) = (String::new(), None::<String>);
        while stream.read_line(&mut line).await.ok()? > 0 {
            let said = std::mem::take(&mut line);
            let answer = match (&mut letter, said.trim_end()) {
                (Some(_), ".") => {
                    self.letters.lock().unwrap().extend(letter.take());
                    "250 taken"
                }
                (Some(text), _) => {
                    text.push_str(&said);
                    continue;
                }
                (None, "DATA") => {
                    letter = Some(String::new());
                    "354 go on"
                }
                (None, said) if said.starts_with("RCPT") => {
                    self.answers.lock().unwrap().pop().unwrap_or("250 well")
                }
                _ => "250 well",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }
}
