//! The contract of storage, on PostgreSQL.

mod fresh;

coup_core::store_contract!(fresh::FreshStore::new());
