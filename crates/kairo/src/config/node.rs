//! `run/node.json`: what the running node says about itself, so that host commands need the data
//! folder alone.
//!
//! **Invariant:** holds no secret, and is 0600 all the same: the listener's address is nobody
//! else's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::file::{read_file, replace_file};
use super::folder::{DataFolder, FolderError, Lock, owned_and_closed};

/// One node, as it runs or as it last ran.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// The hold of the data folder that wrote this ([`Lock::instance`]); `publish` sets it.
    pub instance: String,
    /// Address of the HTTPS listener.
    pub listen: String,
    /// Origin of the pages.
    pub origin: String,
    /// Folder of the private cluster's socket; `None` with an external server.
    pub socket_dir: Option<PathBuf>,
    /// Settings that are no secret, by their names in `kairo.toml`.
    pub settings: BTreeMap<String, String>,
}

impl Node {
    /// Writes this down as the node that holds `lock`.
    ///
    /// # Errors
    /// Refused by the system.
    pub fn publish(mut self, lock: &Lock) -> Result<(), FolderError> {
        lock.instance().clone_into(&mut self.instance);
        let path = lock.folder().run().join("node.json");
        let text = serde_json::to_vec_pretty(&self)
            .map_err(|error| FolderError::io("write", &path)(error.into()))?;
        replace_file(&path, &text, 0o600)
    }

    /// The node as it last ran; `None` before the first run.
    ///
    /// # Errors
    /// Unreadable, or no JSON of ours.
    pub fn last(folder: &DataFolder) -> Result<Option<Self>, FolderError> {
        let path = folder.run().join("node.json");
        let Some((text, meta)) = read_file(&path)? else { return Ok(None) };
        owned_and_closed(&path, &meta, 0o600, folder.account())?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| FolderError::io("read", &path)(error.into()))
    }

    /// The node that holds the folder now; `None` while it has not published itself yet. A node
    /// that was killed leaves its page behind, so the page counts only with the holder's own mark.
    ///
    /// # Errors
    /// As [`Node::last`].
    pub fn running(folder: &DataFolder) -> Result<Option<Self>, FolderError> {
        let Some((_, _, instance)) = folder.holder() else { return Ok(None) };
        Ok(Self::last(folder)?.filter(|node| node.instance == instance))
    }
}
