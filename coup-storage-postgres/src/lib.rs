//! CoUp's store on PostgreSQL (13 or later).
//!
//! ```no_run
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! use coup_storage_postgres::PostgresStore;
//!
//! let store = PostgresStore::connect("postgres://coup@localhost/coup").await?;
//! store.migrate().await?;
//! # Ok(())
//! # }
//! ```
//!
//! All tables are in a schema of their own (`coup` unless said otherwise), the list of migrations too: a host's tables are never touched.

mod dialect;
mod host;
mod migrations;

use std::{str::FromStr as _, time::Duration};

use async_trait::async_trait;
use coup_core::{
    changes::{Changes, Committed},
    store::{Store, StoreError},
};
pub use coup_storage_sql::SetupError;
use coup_storage_sql::{Reads, Sql, apply, delegate_reads, store_error};
use sqlx::{
    Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use self::dialect::Pg;
pub use self::migrations::migrations_sql;

/// The schema of the tables, unless another is asked for.
pub const SCHEMA: &str = "coup";

/// How long a call waits for a free connection before it answers [`StoreError::Unavailable`].
const ACQUIRE: Duration = Duration::from_secs(5);

/// How long to wait for the reason, after that.
const REFUSAL: Duration = Duration::from_secs(1);

/// A store on PostgreSQL. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    reads: Reads<Pg>,
    schema: String,
}

impl PostgresStore {
    /// Connects to `url` (`postgres://user:password@host/database`) with up to ten connections, tables in the schema [`SCHEMA`].
    pub async fn connect(url: &str) -> Result<Self, SetupError> {
        Self::connect_in(url, SCHEMA).await
    }

    /// Connects with the tables in a schema of this name: lower-case letters, digits and `_`.
    pub async fn connect_in(url: &str, schema: &str) -> Result<Self, SetupError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| SetupError::Settings(format!("not the address of a database: {error}")))?;
        let store = Self::with(PgPoolOptions::new().acquire_timeout(ACQUIRE), options, schema)?;
        match store.reads.pool().acquire().await {
            Ok(_) => Ok(store),
            Err(sqlx::Error::PoolTimedOut) => Err(SetupError::Unreachable(store.refusal().await)),
            Err(error) => Err(SetupError::Unreachable(error)),
        }
    }

    /// Why there is no connection. The pool tries until its time is up, and then says no more than that.
    async fn refusal(&self) -> sqlx::Error {
        let options = self.reads.pool().connect_options();
        match tokio::time::timeout(REFUSAL, PgConnection::connect_with(&options)).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) | Err(_) => sqlx::Error::PoolTimedOut,
        }
    }

    /// A store with the settings of a host's pool, but connections of its own: those have another search path.
    pub fn from_pool(pool: &PgPool, schema: &str) -> Result<Self, SetupError> {
        Self::with(pool.options().clone(), pool.connect_options().as_ref().clone(), schema)
    }

    fn with(pool: PgPoolOptions, options: PgConnectOptions, schema: &str) -> Result<Self, SetupError> {
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if schema.is_empty()
            || schema.len() > 63
            || !schema.chars().all(named)
            || schema.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(SetupError::Settings(format!(
                "not the name of a schema: {schema:?}; expected up to 63 lower-case letters, digits and _, not beginning with a digit"
            )));
        }
        let pool = pool.connect_lazy_with(options.options([("search_path", schema)]));
        Ok(Self { reads: Reads::new(pool), schema: schema.to_owned() })
    }

    /// Makes the schema and brings its tables up to date. Safe on many nodes at once.
    pub async fn migrate(&self) -> Result<(), SetupError> {
        migrations::migrate(self.reads.pool(), &self.schema).await
    }

    /// Checks that the tables are those of this program.
    pub async fn verify_migrated(&self) -> Result<(), SetupError> {
        migrations::verify(self.reads.pool()).await
    }

    /// The connections, for tests and for operators.
    pub fn pool(&self) -> &PgPool {
        self.reads.pool()
    }

    /// All statements that the store runs.
    pub fn statements(&self) -> &Sql {
        self.reads.sql()
    }

    /// Closes all connections, after what runs on them.
    pub async fn close(&self) {
        self.reads.pool().close().await;
    }
}

delegate_reads!(PostgresStore, reads);

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError> {
        let mut transaction = self.reads.pool().begin().await.map_err(store_error::<Pg>)?;
        match apply::<Pg>(&mut transaction, self.reads.sql(), changes.into_parts()).await {
            Ok(committed) => {
                transaction.commit().await.map_err(store_error::<Pg>)?;
                Ok(committed)
            }
            Err(error) => {
                // A connection that cannot roll back is dropped, and with it the transaction.
                if let Err(why) = transaction.rollback().await {
                    tracing::debug!(%why, "rollback failed");
                }
                Err(error)
            }
        }
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reads.ping().await
    }
}
