//! A host's own transaction, with what CoUp writes in it.

use coup_core::{
    changes::{Changes, Committed, Parts},
    store::StoreError,
};
use coup_storage_sql::{apply, store_error};
use sqlx::{Executor as _, PgConnection};

use crate::{PostgresStore, dialect::Pg};

impl PostgresStore {
    /// Writes what [`Coup::prepare`](coup_core::coup::Coup::prepare) decided within the transaction that the host's
    /// connection is in: it is there when the host commits, and never was when the host rolls back.
    ///
    /// All of it is written or, after an error, nothing of it; the host's own statements stand either way, and its transaction
    /// can go on. The connection's search path is as it was afterwards. The host's role needs the rights to CoUp's schema.
    ///
    /// ```no_run
    /// use coup_core::{changes::Committed, chat::{model::MessageView, service::SendMessage}, coup::{Coup, Ctx}, store::StoreError};
    /// use coup_storage_postgres::PostgresStore;
    /// use sqlx::PgPool;
    ///
    /// /// Hands homework in, and says so in the study: both, or neither.
    /// async fn hand_in(
    ///     coup: &Coup,
    ///     store: &PostgresStore,
    ///     school: &PgPool,
    ///     pupil: &Ctx,
    ///     message: SendMessage,
    /// ) -> Result<MessageView, Box<dyn std::error::Error>> {
    ///     for _ in 0..3 {
    ///         let mut prepared = coup.prepare(pupil, &message).await?;
    ///         let mut transaction = school.begin().await?;
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
    /// Rows stay locked until the host commits, the study's sequence among them: whoever writes to the same study waits. So keep
    /// the rest of the transaction short, and `commit_in` late in it. An idempotency key in the `Ctx` is not kept: what is
    /// repeated is the host's own request.
    ///
    /// A later `prepare` does not see what is not committed yet: what it decides on the same rows is a [`StoreError::Conflict`].
    ///
    /// # Errors
    /// As [`Store::commit`](coup_core::store::Store::commit). After [`StoreError::Conflict`] and
    /// [`StoreError::AlreadyExists`] the host rolls back and prepares again. After [`StoreError::Unavailable`] the
    /// connection is of no use any more. [`StoreError::Backend`] without a transaction.
    ///
    /// Dropped before it is done, it leaves the transaction half written: the host must roll back.
    pub async fn commit_in(&self, host: &mut PgConnection, changes: Changes) -> Result<Committed, StoreError> {
        let parts = changes.into_parts();
        run(host, "savepoint coup_commit").await?;
        match self.within(host, parts).await {
            Ok(committed) => {
                run(host, "release savepoint coup_commit").await?;
                Ok(committed)
            }
            Err(error) => {
                // The search path goes back with the savepoint.
                if let Err(why) = run(host, "rollback to savepoint coup_commit; release savepoint coup_commit").await {
                    tracing::debug!(%why, "rollback to the savepoint failed");
                }
                Err(error)
            }
        }
    }

    async fn within(&self, host: &mut PgConnection, parts: Parts) -> Result<Committed, StoreError> {
        let before: String = sqlx::query_scalar("select current_setting('search_path')")
            .fetch_one(&mut *host)
            .await
            .map_err(store_error::<Pg>)?;
        search(host, &self.schema).await?;
        let committed = apply::<Pg>(host, self.reads.sql(), parts).await?;
        search(host, &before).await?;
        Ok(committed)
    }
}

/// Sets the search path until the end of the transaction.
async fn search(host: &mut PgConnection, path: &str) -> Result<(), StoreError> {
    let set = sqlx::query("select set_config('search_path', $1, true)").bind(path);
    host.execute(set).await.map(drop).map_err(store_error::<Pg>)
}

async fn run(host: &mut PgConnection, statement: &'static str) -> Result<(), StoreError> {
    host.execute(statement).await.map(drop).map_err(store_error::<Pg>)
}
