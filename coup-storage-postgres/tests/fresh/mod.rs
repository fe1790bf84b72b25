//! A store in a schema of a test's own, which goes with it.

use std::ops::Deref;

use coup_core::store::Store;
use coup_storage_postgres::PostgresStore;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

pub struct FreshStore {
    pub store: PostgresStore,
    pub schema: String,
}

impl FreshStore {
    pub async fn new() -> Self {
        let schema = format!("coup_test_{}", Uuid::now_v7().simple());
        let store = PostgresStore::connect_in(&url(), &schema).await.unwrap();
        store.migrate().await.unwrap();
        Self { store, schema }
    }
}

/// The address of a server for tests; they make and drop schemas in its database.
pub fn url() -> String {
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
        let drop_schema = format!("drop schema if exists {} cascade", self.schema);
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
