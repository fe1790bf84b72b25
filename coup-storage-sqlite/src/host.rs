//! A host's own transaction, with what CoUp writes in it.

use coup_core::{
    changes::{Changes, Committed},
    store::StoreError,
};
use coup_storage_sql::{apply, store_error};
use sqlx::{Executor as _, SqliteConnection};

use crate::{SqliteStore, dialect::Lite};

impl SqliteStore {
    /// Writes what [`Coup::prepare`](coup_core::coup::Coup::prepare) decided within the transaction that the host's
    /// connection is in: it is there when the host commits, and never was when the host rolls back.
    ///
    /// The host's tables are in the same file, under other names than CoUp's, and its transaction begins with
    /// `begin immediate`: one that reads first and writes later may find the file locked. All of CoUp's is written or, after an
    /// error, nothing of it; the host's own statements stand either way, and its transaction can go on.
    ///
    /// ```no_run
    /// use coup_core::{changes::Committed, chat::{model::MessageView, service::SendMessage}, coup::{Coup, Ctx}, store::StoreError};
    /// use coup_storage_sqlite::SqliteStore;
    /// use sqlx::SqlitePool;
    ///
    /// /// Hands homework in, and says so in the study: both, or neither.
    /// async fn hand_in(
    ///     coup: &Coup,
    ///     store: &SqliteStore,
    ///     school: &SqlitePool,
    ///     pupil: &Ctx,
    ///     message: SendMessage,
    /// ) -> Result<MessageView, Box<dyn std::error::Error>> {
    ///     for _ in 0..3 {
    ///         // Before the transaction, which keeps everybody else from writing.
    ///         let mut prepared = coup.prepare(pupil, &message).await?;
    ///         let mut transaction = school.begin_with("begin immediate").await?;
    ///         sqlx::query("insert into homework (title) values ($1)").bind("3장").execute(&mut *transaction).await?;
    ///         let committed = match prepared.changes.take() {
    ///             Some(changes) => store.commit_in(&mut transaction, changes).await,
    ///             // All is already as asked.
    ///             None => Ok(Committed::default()),
    ///         };
    ///         match committed {
    ///             Ok(committed) => {
    ///                 transaction.commit().await?;
    ///                 return Ok(prepared.finish(&committed));
    ///             }
    ///             // What the decision read has changed since: roll back, and decide again.
    ///             Err(StoreError::Conflict) => transaction.rollback().await?,
    ///             Err(error) => return Err(error.into()),
    ///         }
    ///     }
    ///     Err(StoreError::Conflict.into())
    /// }
    /// ```
    ///
    /// Nobody else writes to the file until the host commits, and who waits longer than five seconds is refused: so keep the
    /// transaction short. An idempotency key in the `Ctx` is not kept: what is repeated is the host's own request. Without a
    /// transaction of the host's, what is written is one of its own.
    ///
    /// A later `prepare` does not see what is not committed yet: what it decides on the same rows is a [`StoreError::Conflict`].
    ///
    /// # Errors
    /// As [`Store::commit`](coup_core::store::Store::commit). After [`StoreError::Conflict`] and
    /// [`StoreError::AlreadyExists`] the host rolls back and prepares again. After [`StoreError::Unavailable`], such as a full
    /// disk, SQLite may have rolled the whole transaction back by itself. [`StoreError::Backend`] where the connection does
    /// not hold foreign keys (sqlx's own setting does).
    ///
    /// Dropped before it is done, it leaves the transaction half written: the host must roll back.
    pub async fn commit_in(&self, host: &mut SqliteConnection, changes: Changes) -> Result<Committed, StoreError> {
        let parts = changes.into_parts();
        let held: bool =
            sqlx::query_scalar("pragma foreign_keys").fetch_one(&mut *host).await.map_err(store_error::<Lite>)?;
        if !held {
            return Err(StoreError::Backend(
                "the host's connection does not hold foreign keys; expected `pragma foreign_keys = on` before its transaction"
                    .to_owned(),
            ));
        }
        run(host, "savepoint coup_commit").await?;
        match apply::<Lite>(host, self.reads.sql(), parts).await {
            Ok(committed) => {
                run(host, "release coup_commit").await?;
                Ok(committed)
            }
            Err(error) => {
                if let Err(why) = run(host, "rollback to coup_commit; release coup_commit").await {
                    tracing::debug!(%why, "rollback to the savepoint failed");
                }
                Err(error)
            }
        }
    }
}

async fn run(host: &mut SqliteConnection, statement: &'static str) -> Result<(), StoreError> {
    host.execute(statement).await.map(drop).map_err(store_error::<Lite>)
}
