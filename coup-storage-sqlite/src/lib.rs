//! CoUp's store on SQLite, in one file.
//!
//! ```no_run
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! use coup_storage_sqlite::SqliteStore;
//!
//! let store = SqliteStore::open("coup.db").await?;
//! store.migrate().await?;
//! # Ok(())
//! # }
//! ```
//!
//! One writer batches what waits for it and commits it together; reads have connections of their own and never wait for it.
//! A write is acknowledged after it is on the disk (`synchronous = full`).

mod dialect;
mod host;
mod migrations;
mod writer;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use coup_core::{
    changes::{Changes, Committed},
    store::{Store, StoreError},
};
pub use coup_storage_sql::SetupError;
use coup_storage_sql::{Reads, Sql, delegate_reads};
use sqlx::{
    ConnectOptions as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::migrations::migrations_sql;
use self::{dialect::Lite, writer::Writer};

/// How long a call waits for a free connection before it answers [`StoreError::Unavailable`].
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long the writer waits for another program's lock on the file.
const BUSY: Duration = Duration::from_secs(5);
/// Connections for reading.
const READERS: u32 = 8;

/// A store on SQLite. Cheap to clone; clones share the writer and the connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    reads: Reads<Lite>,
    writer: Writer,
    options: SqliteConnectOptions,
}

impl SqliteStore {
    /// Opens the file, makes it if there is none, and starts the writer. Needs a tokio runtime.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, SetupError> {
        Self::open_with(SqliteConnectOptions::new().filename(path)).await
    }

    /// Opens a file with further options; those that durability and integrity rest on are set here.
    pub async fn open_with(options: SqliteConnectOptions) -> Result<Self, SetupError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is written over, and not only forgotten.
            .pragma("secure_delete", "on")
            .busy_timeout(BUSY);
        let connection = options.connect().await.map_err(SetupError::Unreachable)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE)
            .connect_with(options.clone().create_if_missing(false).pragma("query_only", "on"))
            .await
            .map_err(SetupError::Unreachable)?;
        let reads = Reads::new(readers);
        let writer = Writer::start(connection, reads.sql().clone());
        Ok(Self { reads, writer, options })
    }

    /// Brings the tables up to date. Tables of other names in the file are not touched.
    pub async fn migrate(&self) -> Result<(), SetupError> {
        migrations::migrate(&self.options).await
    }

    /// Checks that the tables are those of this program.
    pub async fn verify_migrated(&self) -> Result<(), SetupError> {
        migrations::verify(self.reads.pool()).await
    }

    /// The connections for reading, for tests and for operators.
    pub fn pool(&self) -> &SqlitePool {
        self.reads.pool()
    }

    /// All statements that the store runs.
    pub fn statements(&self) -> &Sql {
        self.reads.sql()
    }

    /// Ends the writer after what waits for it, brings the log into the file, and closes all connections. Later writes and reads
    /// answer [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.reads.pool().close().await;
        self.writer.close().await;
    }
}

delegate_reads!(SqliteStore, reads);

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError> {
        self.writer.commit(changes.into_parts()).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reads.ping().await
    }
}
