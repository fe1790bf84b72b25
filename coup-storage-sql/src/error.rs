//! What sqlx's errors mean to a store.

use coup_core::store::StoreError;

use crate::Dialect;

/// Why a store could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address or the name of a schema is not well formed.
    #[error("{0}")]
    Settings(String),
    /// The database cannot be reached or opened.
    #[error("cannot open the database: {0}")]
    Unreachable(#[source] sqlx::Error),
    /// A migration failed, or another program's migrations are in the way.
    #[error("cannot migrate the database: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The tables are older or newer than this program.
    #[error("the database is not migrated: {0}")]
    NotMigrated(String),
}

/// The store's error of sqlx's.
pub fn store_error<D: Dialect>(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => D::database_error(&*error),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => StoreError::Unavailable(error.to_string()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt(error.to_string()),
        error => StoreError::Backend(error.to_string()),
    }
}

/// What was read and cannot be.
pub(crate) fn corrupt(column: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("column {column}: {why}"))
}
