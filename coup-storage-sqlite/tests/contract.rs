//! The contract of storage, on SQLite.

mod fresh;

coup_core::store_contract!(fresh::FreshStore::new());
