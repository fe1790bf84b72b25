//! Where the content of files is kept.

use async_trait::async_trait;

use super::model::BlobKey;
use crate::{error::Error, store::StoreError};

/// Why content could not be kept, read or erased.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BlobError(pub String);

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        Self::Store(StoreError::Unavailable(format!("content of files: {error}")))
    }
}

/// Keeps the content of files: a folder, a bucket. Every node of a deployment sees the same.
///
/// ```
/// use std::{collections::BTreeMap, sync::Mutex};
///
/// use async_trait::async_trait;
/// use coup_core::file::{model::BlobKey, port::{BlobError, Blobs}};
///
/// /// Keeps it in memory.
/// #[derive(Default)]
/// struct Kept(Mutex<BTreeMap<BlobKey, Vec<u8>>>);
///
/// #[async_trait]
/// impl Blobs for Kept {
///     async fn put(&self, key: &BlobKey, content: Vec<u8>) -> Result<(), BlobError> {
///         self.0.lock().unwrap().insert(key.clone(), content);
///         Ok(())
///     }
///
///     async fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
///         Ok(self.0.lock().unwrap().get(key).cloned())
///     }
///
///     async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
///         self.0.lock().unwrap().remove(key);
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Keeps content: whole, or not at all. Returns when it would be there after a crash. In the place of what was there.
    ///
    /// # Errors
    /// [`BlobError`]; trying again later may help.
    async fn put(&self, key: &BlobKey, content: Vec<u8>) -> Result<(), BlobError>;

    /// The content, or `None` if there is none.
    ///
    /// # Errors
    /// [`BlobError`]; trying again later may help.
    async fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError>;

    /// Erases content. That there is none is well.
    ///
    /// # Errors
    /// [`BlobError`]; trying again later may help.
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;
}
