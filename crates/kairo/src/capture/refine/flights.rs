//! What is under way on this node, for whoever waits for its end: questions, where the second who
//! has one waits for the first, and second readings, which a client may wait for.
//!
//! **Invariant:** a flight lands whatever happens to whoever began it: its place is dropped.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

type Board<Route> = Mutex<HashMap<Route, watch::Receiver<()>>>;

/// What is under way.
pub(super) struct Flights<Route: Eq + Hash>(Arc<Board<Route>>);

/// The right to go; dropping it lets the others look.
pub(super) struct Place<Route: Eq + Hash> {
    board: Arc<Board<Route>>,
    route: Route,
    _landed: watch::Sender<()>,
}

/// The wait for somebody else's end.
pub struct Landing(watch::Receiver<()>);

impl<Route: Eq + Hash> Default for Flights<Route> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<Route: Eq + Hash + Copy> Flights<Route> {
    /// Takes the place of whoever goes, or the wait for it.
    pub(super) fn board(&self, route: Route) -> Result<Place<Route>, Landing> {
        let mut board = locked(&self.0);
        if let Some(under_way) = board.get(&route) {
            return Err(Landing(under_way.clone()));
        }
        let (landed, wait) = watch::channel(());
        board.insert(route, wait);
        Ok(Place { board: Arc::clone(&self.0), route, _landed: landed })
    }

    /// The wait for its end, if it is under way here.
    pub(super) fn landing(&self, route: Route) -> Option<Landing> {
        locked(&self.0).get(&route).cloned().map(Landing)
    }
}

fn locked<Route: Eq + Hash>(
    board: &Board<Route>,
) -> MutexGuard<'_, HashMap<Route, watch::Receiver<()>>> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Landing {
    /// Waits until it has ended, well or not.
    pub async fn wait(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

impl<Route: Eq + Hash> Drop for Place<Route> {
    fn drop(&mut self) {
        locked(&self.board).remove(&self.route);
    }
}
