//! The one writer: it takes what waits, applies each within a savepoint, commits them together, and only then answers.

use std::{sync::Arc, time::Duration};

use coup_core::{
    changes::{Committed, Parts},
    store::StoreError,
};
use coup_storage_sql::{Sql, apply, store_error};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::dialect::Lite;

/// Writes that may wait; more wait outside, for [`PATIENCE`].
const QUEUE: usize = 1024;
/// Writes that are committed together at most, so that the first is not answered too late.
const BATCH: usize = 256;
/// How long a write waits for a place in the queue before it answers [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

enum Job {
    Commit(Box<Parts>, oneshot::Sender<Result<Committed, StoreError>>),
    Close(oneshot::Sender<()>),
}

/// The way to the writer. The writer ends when it is closed, or when the last of these is gone.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the writer on a connection of its own.
    pub(crate) fn start(connection: SqliteConnection, sql: Arc<Sql>) -> Self {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(work(connection, sql, waiting));
        Self { jobs }
    }

    /// Waits until the write is on the disk.
    pub(crate) async fn commit(&self, parts: Parts) -> Result<Committed, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Commit(Box::new(parts), answer);
        self.jobs.send_timeout(job, PATIENCE).await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => StoreError::Busy,
            mpsc::error::SendTimeoutError::Closed(_) => closed(),
        })?;
        answered.await.map_err(|_| closed())?
    }

    /// Ends the writer after what waits.
    pub(crate) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.jobs.send(Job::Close(answer)).await.is_ok() {
            // An error means that it has ended already.
            answered.await.ok();
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("the writer is closed".to_owned())
}

async fn work(mut conn: SqliteConnection, sql: Arc<Sql>, mut waiting: mpsc::Receiver<Job>) {
    let mut told = None;
    while let Some(first) = waiting.recv().await {
        match first {
            Job::Commit(parts, answer) => told = batch(&mut conn, &sql, *parts, answer, &mut waiting).await,
            Job::Close(answer) => told = Some(answer),
        }
        if told.is_some() {
            break;
        }
    }
    // Those who came too late hear that it is closed.
    waiting.close();
    drop(waiting);
    if let Err(why) = conn.execute("pragma wal_checkpoint(truncate)").await {
        tracing::warn!(%why, "cannot bring the log into the database file; the next start will");
    }
    if let Err(why) = conn.close().await {
        tracing::warn!(%why, "cannot close the database file");
    }
    if let Some(told) = told {
        // Whoever asked may have gone.
        told.send(()).ok();
    }
}

type Waiting = (oneshot::Sender<Result<Committed, StoreError>>, Result<Committed, StoreError>);

/// Commits the first and all that waits, up to [`BATCH`]. Answers whom to tell if the writer is to close.
async fn batch(
    conn: &mut SqliteConnection,
    sql: &Sql,
    parts: Parts,
    answer: oneshot::Sender<Result<Committed, StoreError>>,
    waiting: &mut mpsc::Receiver<Job>,
) -> Option<oneshot::Sender<()>> {
    if let Err(error) = conn.execute("begin immediate").await {
        // Whoever asked may have gone.
        answer.send(Err(store_error::<Lite>(error))).ok();
        return None;
    }
    let mut done: Vec<Waiting> = Vec::new();
    let mut next = Some((parts, answer));
    let mut close = None;
    let mut lost = None;
    while let Some((parts, answer)) = next.take() {
        // Nobody waits for it any more: it need not be done.
        if !answer.is_closed() {
            match savepoint(conn, sql, parts).await {
                Outcome::Apart(result) => done.push((answer, result)),
                Outcome::Lost(error) => {
                    lost = Some(StoreError::Unavailable(format!("the batch was lost: {error}")));
                    done.push((answer, Err(error)));
                    break;
                }
            }
        }
        if done.len() < BATCH {
            match waiting.try_recv() {
                Ok(Job::Commit(parts, answer)) => next = Some((*parts, answer)),
                Ok(Job::Close(told)) => close = Some(told),
                Err(_) => {}
            }
        }
    }
    let failure = match lost {
        Some(error) => Some(error),
        None => conn.execute("commit").await.map_err(store_error::<Lite>).err(),
    };
    if failure.is_some() {
        // It may have rolled back by itself, as on a full disk.
        if let Err(why) = conn.execute("rollback").await {
            tracing::debug!(%why, "rollback failed");
        }
    }
    for (answer, result) in done {
        let result = match (&failure, result) {
            (Some(error), Ok(_)) => Err(again(error)),
            (_, result) => result,
        };
        // Whoever asked may have gone.
        answer.send(result).ok();
    }
    close
}

/// The error of a batch, once more for another of those in it.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        error => StoreError::Unavailable(error.to_string()),
    }
}

/// How one write of a batch went.
enum Outcome {
    /// It was applied, or not, and nothing else was touched.
    Apart(Result<Committed, StoreError>),
    /// It failed in a way that took the whole transaction with it.
    Lost(StoreError),
}

/// Applies one write, or none of it.
async fn savepoint(conn: &mut SqliteConnection, sql: &Sql, parts: Parts) -> Outcome {
    if let Err(error) = conn.execute("savepoint one").await {
        return Outcome::Lost(store_error::<Lite>(error));
    }
    match apply::<Lite>(conn, sql, parts).await {
        Ok(committed) => match conn.execute("release one").await {
            Ok(_) => Outcome::Apart(Ok(committed)),
            Err(error) => Outcome::Lost(store_error::<Lite>(error)),
        },
        Err(error) => {
            let undone = conn.execute("rollback to one; release one").await;
            if undone.is_ok() { Outcome::Apart(Err(error)) } else { Outcome::Lost(error) }
        }
    }
}
