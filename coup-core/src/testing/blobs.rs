//! The content of files, in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;

use crate::file::{
    model::BlobKey,
    port::{BlobError, Blobs},
};

/// Keeps content in memory, and can be made to fail.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    kept: Mutex<BTreeMap<BlobKey, Vec<u8>>>,
    fails: AtomicBool,
}

impl MemoryBlobs {
    /// Whether it fails from now on.
    pub fn fails(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// Keeps content.
    pub fn keep(&self, key: BlobKey, content: Vec<u8>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, content);
    }

    /// All that is kept.
    pub fn kept(&self) -> BTreeMap<BlobKey, Vec<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn rows(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<BlobKey, Vec<u8>>>, BlobError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(BlobError("made to fail".to_owned()));
        }
        Ok(self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, key: &BlobKey, content: Vec<u8>) -> Result<(), BlobError> {
        self.rows()?.insert(key.clone(), content);
        Ok(())
    }

    async fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        Ok(self.rows()?.get(key).cloned())
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.rows()?.remove(key);
        Ok(())
    }
}
