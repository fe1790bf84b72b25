//! The content of files in an [`ObjectStore`]: a folder of this machine, or whatever else a host gives.
//!
//! ```
//! use coup_core::file::port::Blobs;
//! use coup_storage_objects::ObjectBlobs;
//!
//! let folder = tempfile::tempdir()?;
//! let blobs = ObjectBlobs::folder(&folder.path().join("files"))?;
//! # fn takes(_: impl Blobs) {}
//! # takes(blobs);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{fs, io, path::Path as FilePath, sync::Arc};

use async_trait::async_trait;
use coup_core::file::{
    model::BlobKey,
    port::{BlobError, Blobs},
};
use object_store::{Error, ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path};

/// Keeps content in an object store.
#[derive(Debug, Clone)]
pub struct ObjectBlobs(Arc<dyn ObjectStore>);

impl ObjectBlobs {
    /// In a store of the host's choice: S3, Azure, Google, memory. Every node has the same.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self(store)
    }

    /// In a folder, which is made if it is not there. For one node, or for several that share it.
    ///
    /// Written is what would be there after a crash: the file is synchronised before its name is.
    ///
    /// # Errors
    /// The folder cannot be made, or not be found.
    pub fn folder(path: &FilePath) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(io::Error::other)?;
        Ok(Self::new(Arc::new(store.with_automatic_cleanup(true).with_fsync(true))))
    }
}

fn path(key: &BlobKey) -> Path {
    Path::from(key.as_str())
}

fn failed(error: &Error) -> BlobError {
    BlobError(error.to_string())
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, key: &BlobKey, content: Vec<u8>) -> Result<(), BlobError> {
        self.0.put(&path(key), content.into()).await.map(drop).map_err(|error| failed(&error))
    }

    async fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        let found = match self.0.get(&path(key)).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(content) => Ok(Some(content.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match self.0.delete(&path(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}
