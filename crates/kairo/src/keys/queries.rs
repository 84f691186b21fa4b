//! The SQL of data keys.

use uuid::Uuid;

crate::rows! {
    /// A wrapped data key.
    DataKeyRow {
        /// Its id, which every sealed value names.
        id: Uuid,
        /// The root key that wrapped it.
        root_key_id: String,
        /// The wrapped bytes.
        wrapped: Vec<u8>,
    }
}

crate::queries! {
    /// The caller's keys, the one that seals first.
    App MyKeys {} -> DataKeyRow = "
        SELECT id, root_key_id, wrapped
          FROM app.data_keys
         WHERE wrapped IS NOT NULL
         ORDER BY created_at DESC, id DESC";
}
