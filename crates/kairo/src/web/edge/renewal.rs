//! An operator's certificate taken anew while Kairo runs, so that a renewal needs no restart.
//!
//! The files are compared by what they hold, not by their times: tools for renewal replace links,
//! and copies keep times.
//!
//! **Invariant:** a pair that is broken, open to others or not valid now changes nothing: the one
//! in use stays, and the log says why. Open connections are never touched; the next handshake gets
//! the new certificate.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

use super::tls::{Error, Pair, with_resolver};
use crate::clock::Clock;
use crate::limits::CERTIFICATE_LOOK_EVERY;

/// The certificate in use.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// What a look at the files found.
#[derive(Debug)]
pub enum Looked {
    /// What is in use.
    Same,
    /// Another pair, which is in use now.
    Taken,
    /// Another pair, which cannot be used.
    Refused(Error),
}

/// Looks after one pair of files.
pub struct Renewal {
    chain: PathBuf,
    key: PathBuf,
    clock: Clock,
    current: Arc<Current>,
    in_use: [u8; 32],
    refused: Option<[u8; 32]>,
}

impl Renewal {
    /// Takes the pair into use.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn begin(
        chain: PathBuf,
        key: PathBuf,
        clock: Clock,
    ) -> Result<(Arc<ServerConfig>, Self), Error> {
        let pair = Pair::read(&chain, &key)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(pair.certified(&chain, &key)?))));
        let config = with_resolver(current.clone())?;
        let in_use = mark(&pair);
        Ok((config, Self { chain, key, clock, current, in_use, refused: None }))
    }

    /// Looks at the files now.
    pub fn look(&mut self) -> Looked {
        let pair = match Pair::read(&self.chain, &self.key) {
            Ok(pair) => pair,
            Err(error) => return Looked::Refused(error),
        };
        let found = mark(&pair);
        if found == self.in_use {
            self.refused = None;
            return Looked::Same;
        }
        let certified = pair.certified(&self.chain, &self.key);
        let valid =
            certified.and_then(|it| pair.must_hold_at(&self.chain, self.clock.now()).map(|()| it));
        match valid {
            Ok(certified) => {
                let mut current = self.current.0.write().unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(certified);
                self.in_use = found;
                Looked::Taken
            }
            Err(error) => Looked::Refused(error),
        }
    }

    /// Looks every half minute, and at once at SIGHUP, for as long as the runtime lives.
    ///
    /// # Errors
    /// The system has no room for another signal.
    pub fn watch(self) -> std::io::Result<()> {
        let hangup = signal(SignalKind::hangup())?;
        tokio::spawn(self.run(hangup));
        Ok(())
    }

    async fn run(mut self, mut hangup: Signal) {
        loop {
            let asked = tokio::select! {
                () = sleep(CERTIFICATE_LOOK_EVERY) => false,
                _ = hangup.recv() => true,
            };
            let looked = tokio::task::spawn_blocking(move || {
                let looked = self.look();
                (self, looked)
            });
            // It does not panic; if it did, the certificate in use would stay.
            let Ok((renewal, looked)) = looked.await else { return };
            self = renewal;
            self.tell(&looked, asked);
        }
    }

    /// Says what changed; the same fault is told once, or whenever somebody asks.
    fn tell(&mut self, looked: &Looked, asked: bool) {
        match looked {
            Looked::Same if asked => tracing::info!("the certificate's files have not changed"),
            Looked::Same => {}
            Looked::Taken => tracing::info!("a new certificate is in use"),
            Looked::Refused(error) => {
                let told = digest_of(&[error.to_string().as_bytes()]);
                if asked || self.refused != Some(told) {
                    tracing::error!(
                        %error,
                        "the new certificate cannot be used; the former one stays in use"
                    );
                }
                self.refused = Some(told);
            }
        }
    }
}

/// Tells two pairs apart, without keeping the key.
fn mark(pair: &Pair) -> [u8; 32] {
    digest_of(&[&pair.chain, pair.key.as_slice()])
}

fn digest_of(parts: &[&[u8]]) -> [u8; 32] {
    let parts: Vec<u8> =
        parts.iter().flat_map(|it| digest(&SHA256, it).as_ref().to_vec()).collect();
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, &parts).as_ref());
    out
}
