//! A store of a test's own, in a folder that goes with it.

use std::ops::Deref;

use coup_core::store::Store;
use coup_storage_sqlite::SqliteStore;
use tempfile::TempDir;

pub(crate) struct FreshStore {
    pub(crate) store: SqliteStore,
    pub(crate) folder: TempDir,
}

impl FreshStore {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
        store.migrate().await.unwrap();
        Self { store, folder }
    }
}

impl Deref for FreshStore {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &self.store
    }
}
