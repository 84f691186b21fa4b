//! The guard in front of calls to models, and the watch over what they are used for.

mod alerts;
mod watch;
