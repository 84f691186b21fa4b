//! Questions that are being asked on this node: the second who has one waits for the first.
//!
//! **Invariant:** a flight lands whatever happens to whoever began it: its place is dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::answers::Key;

type Route = (Uuid, Key);
type Board = Arc<Mutex<HashMap<Route, watch::Receiver<()>>>>;

/// What is being asked.
#[derive(Default)]
pub(super) struct Flights(Board);

/// The right to ask; dropping it lets the others look.
pub(super) struct Place {
    board: Board,
    route: Route,
    _landed: watch::Sender<()>,
}

/// The wait for somebody else's answer.
pub(super) struct Landing(watch::Receiver<()>);

impl Flights {
    /// Takes the place of whoever asks, or the wait for it.
    pub(super) fn board(&self, route: Route) -> Result<Place, Landing> {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = board.get(&route) {
            return Err(Landing(under_way.clone()));
        }
        let (landed, wait) = watch::channel(());
        board.insert(route, wait);
        Ok(Place { board: Arc::clone(&self.0), route, _landed: landed })
    }
}

impl Landing {
    /// Waits until the answer is kept, or is known not to come.
    pub(super) async fn wait(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.route);
    }
}
