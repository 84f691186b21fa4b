//! Requests on their way to the database: alone while there is little to do, together as soon as
//! some wait for the ones before them.
//!
//! There is no timer: what comes while a batch is at the database is the next batch, so a request
//! on a quiet node waits for nobody, and a busy node pays for one transaction what many share.
//!
//! **Invariant:** the queue and each batch are bounded; whoever finds no room is told at once.

use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, mpsc};

/// How much is gathered.
#[derive(Clone, Copy, Debug)]
pub struct Gathered {
    /// Most that wait.
    pub queue_max: usize,
    /// Most that go together; 1 sends each alone.
    pub batch_max: usize,
    /// Batches that are at the database at once.
    pub lanes: usize,
}

/// The way into the queue.
pub struct Gather<T>(mpsc::Sender<T>);

impl<T: Send + 'static> Gather<T> {
    /// Starts to hand batches to `take`, each in a task of its own. It ends, with everything handed
    /// over, when the way in is gone.
    pub fn start<F, Taken>(gathered: Gathered, take: F) -> Self
    where
        F: Fn(Vec<T>) -> Taken + Send + 'static,
        Taken: Future<Output = ()> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(gathered.queue_max);
        tokio::spawn(run(gathered, waiting, take));
        Self(queue)
    }

    /// Puts one at the end of the queue.
    ///
    /// # Errors
    /// It comes back where the queue is full: the database does not keep up.
    pub fn send(&self, one: T) -> Result<(), T> {
        self.0.try_send(one).map_err(mpsc::error::TrySendError::into_inner)
    }
}

async fn run<T, F, Taken>(gathered: Gathered, mut queue: mpsc::Receiver<T>, take: F)
where
    F: Fn(Vec<T>) -> Taken,
    Taken: Future<Output = ()> + Send + 'static,
{
    let batch_max = gathered.batch_max.max(1);
    let lanes = Arc::new(Semaphore::new(gathered.lanes));
    while let Ok(lane) = Arc::clone(&lanes).acquire_owned().await {
        let mut batch = Vec::with_capacity(batch_max.min(queue.len().max(1)));
        if queue.recv_many(&mut batch, batch_max).await == 0 {
            return;
        }
        let taken = take(batch);
        // A block that awaits it would have room for it twice, and each spawn would move both.
        tokio::spawn(taken.map(move |()| drop(lane)));
    }
}
