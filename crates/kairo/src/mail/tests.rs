//! Letters on their way to a mail server that is played here.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::*;
use crate::limits::OUTBOX_MAX;

/// A mail server that puts every address of `later.example` off once, and answers slowly.
#[derive(Default)]
struct Played {
    taken: Mutex<Vec<String>>,
    put_off: Mutex<HashSet<String>>,
    busy: AtomicUsize,
    busy_most: AtomicUsize,
}

impl Played {
    async fn start() -> (Arc<Self>, Smtp) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let played = Arc::new(Self::default());
        let server = played.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().talk(stream));
            }
        });
        (played, Smtp::new(&SecretString::from(url), "kairo@example.org").unwrap())
    }

    async fn talk(self: Arc<Self>, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let (mut line, mut in_text) = (String::new(), false);
        stream.write_all(b"220 played\r\n").await.ok()?;
        while stream.read_line(&mut line).await.ok()? > 0 {
            let said = std::mem::take(&mut line);
            let answer = match said.trim() {
                "." => {
                    in_text = false;
                    self.busy.fetch_sub(1, Ordering::SeqCst);
                    "250 taken"
                }
                _ if in_text => continue,
                "DATA" => {
                    in_text = true;
                    let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
                    self.busy_most.fetch_max(busy, Ordering::SeqCst);
                    sleep(Duration::from_millis(20)).await;
                    "354 go on"
                }
                said if said.starts_with("RCPT") => self.recipient(said),
                _ => "250 well",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }

    fn recipient(&self, said: &str) -> &'static str {
        if said.contains("later.example") && self.put_off.lock().unwrap().insert(said.to_owned()) {
            return "451 later";
        }
        self.taken.lock().unwrap().push(said.to_owned());
        "250 well"
    }

    /// Whether mail for this address came within a time.
    async fn took(&self, to: &str, within: Duration) -> bool {
        let look = async {
            while !self.taken.lock().unwrap().iter().any(|taken| taken.contains(to)) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(within, look).await.is_ok()
    }
}

fn letter(to: &str) -> Letter {
    Letter {
        to: to.to_owned(),
        subject: "Sign in".to_owned(),
        text: Zeroizing::new("text".to_owned()),
        link: Zeroizing::default(),
        code: Zeroizing::default(),
        at: Timestamp::UNIX_EPOCH,
    }
}

// Goal: letters that are put off delay nobody else's, however many they are, and come later.
#[tokio::test]
async fn a_letter_that_is_put_off_delays_no_other() {
    let (server, smtp) = Played::start().await;
    let mailer = Mailer::start(Carrier::Smtp(smtp));
    for n in 0..=MAIL_CONCURRENCY_MAX {
        mailer.reserve().unwrap().send(letter(&format!("n{n}@later.example")));
    }
    while server.put_off.lock().unwrap().len() <= MAIL_CONCURRENCY_MAX {
        sleep(Duration::from_millis(5)).await;
    }
    mailer.reserve().unwrap().send(letter("ana@now.example"));
    assert!(server.took("ana@now.example", Duration::from_millis(1_500)).await);
    assert!(server.took("n0@later.example", Duration::from_secs(5)).await);
}

// Goal: a letter that waits for its next try still counts, and one past the queue is refused.
#[tokio::test]
async fn unfinished_letters_fill_the_queue() {
    let (server, smtp) = Played::start().await;
    let mailer = Mailer::start(Carrier::Smtp(smtp));
    mailer.reserve().unwrap().send(letter("ana@later.example"));
    while server.put_off.lock().unwrap().is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    let slots: Vec<Slot> = (1..MAIL_QUEUE_MAX).map(|_| mailer.reserve().unwrap()).collect();
    assert!(mailer.reserve().is_err());
    drop(slots);
    assert!(mailer.reserve().is_ok());
}

// Goal: no more letters than the bound are with the mail server at once.
#[tokio::test]
async fn the_mail_server_gets_a_few_at_once() {
    let (server, smtp) = Played::start().await;
    let mailer = Mailer::start(Carrier::Smtp(smtp));
    for n in 0..3 * MAIL_CONCURRENCY_MAX {
        mailer.reserve().unwrap().send(letter(&format!("n{n}@now.example")));
    }
    for n in 0..3 * MAIL_CONCURRENCY_MAX {
        assert!(server.took(&format!("<n{n}@now.example>"), Duration::from_secs(10)).await);
    }
    let most = server.busy_most.load(Ordering::SeqCst);
    assert!((2..=MAIL_CONCURRENCY_MAX).contains(&most), "{most} at once");
}

// Goal: a temporary refusal is told as what it is, and is tried again.
#[tokio::test]
async fn a_temporary_refusal_is_named() {
    let (_server, smtp) = Played::start().await;
    let error = smtp.send(&letter("ana@later.example")).await.unwrap_err();
    assert!(!error.is_final());
    assert_eq!(error.to_string(), "the mail server did not take the mail (it said: later)");
}

// Goal: the outbox keeps the newest letters; one past its bound pushes the oldest out.
#[test]
fn the_outbox_keeps_the_newest() {
    let folder = std::env::temp_dir().join(format!("kairo-outbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let outbox = Outbox::in_folder(folder.clone());
    for n in 0..=OUTBOX_MAX {
        let at = Timestamp::from_second(1_800_000_000 + i64::try_from(n).unwrap()).unwrap();
        outbox.keep(&Letter { at, ..letter(&format!("p{n}@example.org")) }).unwrap();
    }
    let kept: Vec<String> = outbox.letters().unwrap().into_iter().map(|it| it.to).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(kept.len(), OUTBOX_MAX);
    assert_eq!(kept.first().unwrap(), &format!("p{OUTBOX_MAX}@example.org"));
    assert!(!kept.contains(&"p0@example.org".to_owned()));
}
