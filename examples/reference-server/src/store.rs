//! Opens the store that the settings name.

use std::{path::Path, sync::Arc};

use coup_axum::identity::Argon2Passwords;
use coup_core::{
    coup::{Builder, Coup},
    store::Store,
};
use coup_storage_objects::ObjectBlobs;
use coup_storage_postgres::PostgresStore;
use coup_storage_sqlite::{SetupError, SqliteStore};
use secrecy::ExposeSecret as _;

use crate::{
    cli::StoreOptions,
    config::{Database, Settings},
    failure::Failure,
};

/// The store, open and migrated.
pub(crate) enum Opened {
    Sqlite(Box<SqliteStore>),
    Postgres(PostgresStore),
}

/// Opens it and brings its tables up to date.
pub(crate) async fn open(settings: &Settings) -> Result<Opened, Failure> {
    make_folder(&settings.data_dir)?;
    let told = |error: SetupError| told(&settings.database, error);
    match &settings.database {
        Database::Sqlite(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                make_folder(folder)?;
            }
            let store = SqliteStore::open(path).await.map_err(told)?;
            store.migrate().await.map_err(told)?;
            Ok(Opened::Sqlite(Box::new(store)))
        }
        Database::Postgres(url) => {
            let store = PostgresStore::connect(url.expose_secret()).await.map_err(told)?;
            store.migrate().await.map_err(told)?;
            Ok(Opened::Postgres(store))
        }
    }
}

/// Opens one that is there, and leaves it as it is.
pub(crate) async fn open_as_it_is(settings: &Settings) -> Result<Opened, Failure> {
    let told = |error: SetupError| told(&settings.database, error);
    match &settings.database {
        Database::Sqlite(path) if !path.exists() => {
            Err(Failure::data(format!("{}: there is no database", settings.database.shown())))
        }
        Database::Sqlite(path) => {
            let store = SqliteStore::open(path).await.map_err(told)?;
            store.verify_migrated().await.map_err(told)?;
            Ok(Opened::Sqlite(Box::new(store)))
        }
        Database::Postgres(url) => {
            let store = PostgresStore::connect(url.expose_secret()).await.map_err(told)?;
            store.verify_migrated().await.map_err(told)?;
            Ok(Opened::Postgres(store))
        }
    }
}

/// The folder of what people upload, beside the database's.
pub(crate) fn files(settings: &Settings) -> Result<ObjectBlobs, Failure> {
    let folder = settings.data_dir.join("files");
    make_folder(&folder)?;
    let failed = |error| Failure::cannot_create(format!("cannot use the folder {}: {error}", folder.display()));
    ObjectBlobs::folder(&folder).map_err(failed)
}

/// `migrate`.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) async fn migrate(options: StoreOptions) -> Result<(), Failure> {
    let settings = Settings::for_store(options)?;
    open(&settings).await?.close().await;
    println!("{}: the tables are those of this version", settings.database.shown());
    Ok(())
}

impl Opened {
    /// CoUp on this store, with accounts of its own.
    pub(crate) fn coup(&self) -> Result<Coup, Failure> {
        Ok(self.builder()?.build())
    }

    /// The same, to be changed before it is built.
    pub(crate) fn builder(&self) -> Result<Builder, Failure> {
        Ok(Coup::builder(self.store()).passwords(Arc::new(Argon2Passwords::new()?)))
    }

    /// The store by itself.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::new(SqliteStore::clone(store)),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Ends what runs; SQLite brings its log into the file.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

fn told(database: &Database, error: SetupError) -> Failure {
    let shown = database.shown();
    match error {
        SetupError::Settings(words) => Failure::config(format!("database-url: {words}")),
        SetupError::Unreachable(error) => Failure::unavailable(format!("{shown} cannot be reached: {error}")),
        error => Failure::data(format!("{shown}: {error}")),
    }
}

/// Makes a folder that only this user can look into.
fn make_folder(path: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| Failure::cannot_create(format!("cannot make the folder {}: {error}", path.display())))
}
