//! What the pure parts of the API promise.
