//! A PostgreSQL database for each test, cloned from one that was migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use crate::environment::{finish, from_tests_run};

/// What databases are cloned from. It is made once for all tests of a run: cloning takes a tenth of a second, migrating longer.
#[derive(Debug, Clone)]
pub struct Template {
    name: String,
    key: i64,
}

/// A database of one test's own; it goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
}

impl Template {
    /// The template that `migrate` makes of an empty database. `migrations` names its outcome — their texts do best —
    /// so that changed ones get a new template. `migrate` is given the address of the database.
    ///
    /// # Panics
    /// When the server cannot be asked, or `migrate` fails.
    pub async fn migrated<F, E>(migrations: impl Hash, migrate: F) -> Self
    where
        F: AsyncFnOnce(String) -> Result<(), E>,
        E: std::fmt::Debug,
    {
        let mut hasher = DefaultHasher::new();
        migrations.hash(&mut hasher);
        let hash = hasher.finish();
        let template = Self { name: format!("coup_template_{hash:016x}"), key: hash.cast_signed() };

        let mut server = connect().await;
        if template.exists(&mut server).await {
            return template;
        }
        // Every test is a process of its own; one migrates, the others wait here and find it done.
        // The lock goes with the connection, also when this panics.
        sqlx::query("select pg_advisory_lock($1)").bind(template.key).execute(&mut server).await.expect("the lock");
        if !template.exists(&mut server).await {
            // It gets its name when it is whole: a test stopped halfway leaves no half of a template.
            let name = &template.name;
            run(&mut server, format!("drop database if exists {name}_unfinished with (force)")).await;
            run(&mut server, format!("create database {name}_unfinished")).await;
            migrate(address_of(&format!("{name}_unfinished"))).await.expect("migrations must pass");
            // Nobody may be connected to what is renamed and cloned.
            run(&mut server, format!("alter database {name}_unfinished with allow_connections false")).await;
            close_connections(&mut server, &format!("{name}_unfinished")).await;
            run(&mut server, format!("alter database {name}_unfinished rename to {name}")).await;
        }
        template
    }

    /// A new database that holds what the template holds.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn database(&self) -> TestDatabase {
        TestDatabase::create(&format!("template {}", self.name)).await
    }

    async fn exists(&self, server: &mut PgConnection) -> bool {
        sqlx::query("select 1 from pg_database where datname = $1")
            .bind(&self.name)
            .fetch_optional(server)
            .await
            .expect("a list of databases")
            .is_some()
    }
}

impl TestDatabase {
    /// A new database without anything in it, for tests of the migrations themselves.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn empty() -> Self {
        Self::create("").await
    }

    /// Its address, `postgres://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts every connection and refuses new ones, as a database that went away does.
    ///
    /// # Panics
    /// When the server cannot be asked.
    pub async fn go_away(&self) {
        let mut server = connect().await;
        run(&mut server, format!("alter database {} with allow_connections false", self.name)).await;
        close_connections(&mut server, &self.name).await;
    }

    /// Ends what [`go_away`](Self::go_away) began.
    ///
    /// # Panics
    /// When the server cannot be asked.
    pub async fn come_back(&self) {
        run(&mut connect().await, format!("alter database {} with allow_connections true", self.name)).await;
    }

    /// Ends every connection, and says how many; new ones are welcome.
    ///
    /// # Panics
    /// When the server cannot be asked.
    pub async fn terminate_connections(&self) -> i64 {
        sqlx::query("select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity where datname = $1")
            .bind(&self.name)
            .fetch_one(&mut connect().await)
            .await
            .expect("the private PostgreSQL must obey")
            .get(0)
    }

    async fn create(origin: &str) -> Self {
        let mut server = connect().await;
        let name: String = sqlx::query("select 'coup_test_' || replace(gen_random_uuid()::text, '-', '')")
            .fetch_one(&mut server)
            .await
            .expect("a name")
            .get(0);
        run(&mut server, format!("create database {name} {origin}")).await;
        Self { url: address_of(&name), name }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let statement = format!("drop database if exists {} with (force)", self.name);
        finish(async move {
            if let Ok(mut server) = PgConnection::connect(&from_tests_run(SERVER)).await {
                // Should it stay, it goes with the server at the end of the run.
                let _ = sqlx::query(AssertSqlSafe(statement)).execute(&mut server).await;
            }
        });
    }
}

/// The superuser's address of the private server.
const SERVER: &str = "COUP_TEST_POSTGRES_URL";

async fn connect() -> PgConnection {
    PgConnection::connect(&from_tests_run(SERVER)).await.expect("the private PostgreSQL must answer")
}

fn address_of(database: &str) -> String {
    let server: PgConnectOptions = from_tests_run(SERVER).parse().expect("tests/run gives a valid address");
    server.database(database).to_url_lossy().to_string()
}

/// Runs a statement whose names are all of this file's making.
async fn run(server: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement)).execute(server).await.expect("the private PostgreSQL must obey");
}

async fn close_connections(server: &mut PgConnection, database: &str) {
    sqlx::query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1")
        .bind(database)
        .execute(server)
        .await
        .expect("the private PostgreSQL must obey");
}
