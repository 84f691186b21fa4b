//! Configuration: what the operator decides, and where this node keeps its files.
//!
//! **Invariant:** one table (`table.rs`) names every key; parsing, the README and the refusal of
//! unknown keys follow from it. A secret is a `SecretString` and no `Debug` shows one.

pub mod folder;
pub mod host;
pub mod node;

pub use folder::{AlreadyServed, DataFolder, FolderError, Holder, Lock};
pub use host::Host;
pub use node::Node;
