//! The tables, and how they come to be.

use std::collections::BTreeMap;

use coup_storage_sql::SetupError;
use sqlx::{
    PgPool, SqlSafeStr as _,
    migrate::{Migrate as _, Migration, MigrationType, Migrator},
};

/// Number, name and text of each migration, oldest first. A released one is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "foundation", include_str!("../migrations/0001_foundation.sql"))];

/// Where applied migrations are noted: not where a host's own are.
const TABLE: &str = "_coup_migrations";

fn migrator() -> Migrator {
    let migration = |(number, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect());
    migrator.dangerous_set_table_name(TABLE);
    migrator
}

pub(crate) async fn migrate(pool: &PgPool, schema: &str) -> Result<(), SetupError> {
    let mut migrator = migrator();
    migrator.create_schema(format!("\"{schema}\""));
    migrator.run(pool).await.map_err(SetupError::Migration)
}

pub(crate) async fn verify(pool: &PgPool) -> Result<(), SetupError> {
    let mut conn = pool.acquire().await.map_err(SetupError::Unreachable)?;
    let applied = match conn.list_applied_migrations(TABLE).await {
        Ok(applied) => applied,
        Err(error) => return Err(SetupError::NotMigrated(format!("its list of migrations cannot be read ({error})"))),
    };
    let mut applied: BTreeMap<i64, _> =
        applied.into_iter().map(|migration| (migration.version, migration.checksum)).collect();
    for migration in migrator().iter() {
        match applied.remove(&migration.version) {
            None => {
                return Err(SetupError::NotMigrated(format!(
                    "{} {} is missing",
                    migration.version, migration.description
                )));
            }
            Some(checksum) if checksum != migration.checksum => {
                return Err(SetupError::NotMigrated(format!(
                    "{} {} is another than this program's",
                    migration.version, migration.description
                )));
            }
            Some(_) => {}
        }
    }
    match applied.keys().next() {
        None => Ok(()),
        Some(number) => {
            Err(SetupError::NotMigrated(format!("it has migration {number}, which is newer than this program")))
        }
    }
}

/// All migrations as plain SQL, for who applies them by hand.
pub fn migrations_sql() -> String {
    let all = MIGRATIONS.iter().map(|(number, name, sql)| format!("-- {number:04}_{name}\n\n{sql}"));
    all.collect::<Vec<_>>().join("\n")
}
