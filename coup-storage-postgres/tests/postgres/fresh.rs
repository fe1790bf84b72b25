//! A store in a schema of a test's own, which goes with it.

use std::ops::Deref;

use coup_core::store::Store;
use coup_storage_postgres::PostgresStore;
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgPoolOptions};
use uuid::Uuid;

pub(crate) struct FreshStore {
    pub(crate) store: PostgresStore,
    pub(crate) schema: String,
}

impl FreshStore {
    /// A migrated store.
    pub(crate) async fn new() -> Self {
        let fresh = Self::bare();
        fresh.store.migrate().await.unwrap();
        fresh
    }

    /// A store whose schema is not there yet.
    #[expect(clippy::disallowed_methods, reason = "the schema needs a name that no other run has")]
    pub(crate) fn bare() -> Self {
        let schema = format!("coup_test_{}", Uuid::now_v7().simple());
        let pool = PgPoolOptions::new().max_connections(10).connect_lazy(&url()).unwrap();
        let store = PostgresStore::from_pool(&pool, &schema).unwrap();
        Self { store, schema }
    }
}

/// The address of a server for tests; they make and drop schemas in its database.
#[expect(clippy::disallowed_methods, reason = "where tests are told of their server")]
pub(crate) fn url() -> String {
    std::env::var("COUP_TEST_POSTGRES_URL")
        .expect("COUP_TEST_POSTGRES_URL must be the address of a PostgreSQL for tests, such as tests/run starts: postgres://user:password@host/database")
}

impl Deref for FreshStore {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &self.store
    }
}

impl Drop for FreshStore {
    fn drop(&mut self) {
        let drop_schema = format!("set lock_timeout = '5s'; drop schema if exists {} cascade", self.schema);
        // A runtime of its own: the test's may not block here.
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
                let mut conn = PgConnection::connect(&url()).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(drop_schema)).execute(&mut conn).await.unwrap();
            });
        });
        // Should it stay, it goes with the server of the run.
        dropping.join().ok();
    }
}
