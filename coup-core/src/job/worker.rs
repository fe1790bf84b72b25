//! Who does jobs: a [`Worker`] a kind. Listeners are workers too.

use std::{error::Error as StdError, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;

use super::model::Job;
use crate::{
    changes::Changes,
    coup::Coup,
    error::Error,
    hooks::{self, Listener, ListenerError, Told},
    store::StoreError,
};

/// Does the jobs of one kind, a piece at a time.
///
/// What a piece writes is handed back, not committed: it goes into one commit with the job's own row, so that a piece is
/// written once or not at all. What it does outside (a mail, a call to another system) may happen again.
///
/// ```
/// use async_trait::async_trait;
/// use coup_core::{
///     coup::{Coup, Ctx},
///     id::StudyId,
///     job::{model::Job, worker::{WorkError, Worked, Worker}},
///     member::service::{Join, Request},
/// };
/// use serde_json::{Value, json};
///
/// /// Brings a list of pupils into a study, one a piece.
/// struct Enrol;
///
/// #[async_trait]
/// impl Worker for Enrol {
///     fn kind(&self) -> &str {
///         "enrol"
///     }
///
///     async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
///         let study: StudyId = serde_json::from_value(job.payload["study"].clone()).map_err(WorkError::never)?;
///         let pupils: Vec<String> = serde_json::from_value(job.payload["pupils"].clone()).map_err(WorkError::never)?;
///         let next = job.progress.as_ref().and_then(Value::as_u64).unwrap_or(0);
///         let Some(pupil) = usize::try_from(next).ok().and_then(|next| pupils.get(next)) else {
///             return Ok(Worked::Done { changes: None, result: Some(json!({ "enrolled": next })) });
///         };
///         let pupil = Ctx::user(pupil.parse().map_err(WorkError::never)?);
///         let joined = coup.prepare(&pupil, &Join { study, request: Request::default() }).await?;
///         Ok(Worked::More { changes: joined.changes, progress: json!(next + 1) })
///     }
/// }
/// ```
#[async_trait]
pub trait Worker: Send + Sync + 'static {
    /// The kind of its jobs, for ever: jobs that wait are found by it.
    fn kind(&self) -> &str;

    /// Whether what was asked for is forgotten once the job is done or given up: where it may hold what is personal. Finished jobs stay
    /// for a week.
    fn forgets(&self) -> bool {
        false
    }

    /// Does a piece, in well under [`Settings::work_seconds`](crate::coup::Settings): what takes longer is broken off. Called
    /// again with the same job after a failure, a crash, or a lost race.
    ///
    /// # Errors
    /// What stopped it, and whether trying again may help.
    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError>;
}

/// What a piece of work came to. Its changes come from [`Coup::prepare`], or begin with
/// [`SystemPermit::Jobs`](crate::changes::SystemPermit::Jobs).
#[derive(Debug)]
pub enum Worked {
    /// The job is done.
    Done {
        /// What the last piece writes.
        changes: Option<Changes>,
        /// What came of it all.
        result: Option<Value>,
    },
    /// There is more to do; the job waits for its next turn.
    More {
        /// What this piece writes; 500 rows at most.
        changes: Option<Changes>,
        /// How far the job is: where the next piece begins.
        progress: Value,
    },
}

impl Worked {
    /// Done, with nothing to write and nothing to tell.
    pub fn done() -> Self {
        Self::Done { changes: None, result: None }
    }
}

type Source = Box<dyn StdError + Send + Sync>;

/// What stopped a piece of work.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// Trying again later may help.
    #[error(transparent)]
    Later(Source),
    /// Trying again does not help: the job is given up.
    #[error(transparent)]
    Never(Source),
}

impl WorkError {
    /// Trying again later may help.
    pub fn later(why: impl Into<Source>) -> Self {
        Self::Later(why.into())
    }

    /// Trying again does not help.
    pub fn never(why: impl Into<Source>) -> Self {
        Self::Never(why.into())
    }

    /// All that is known of it, causes last.
    pub(crate) fn words(&self) -> String {
        let (Self::Later(source) | Self::Never(source)) = self;
        let mut words = source.to_string();
        let mut cause = source.source();
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        words
    }
}

/// Storage and the program may recover; a refusal stays one.
impl From<Error> for WorkError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Internal(_) => Self::later(error),
            refusal => Self::never(refusal),
        }
    }
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exhausted(_) | StoreError::Corrupt(_) => Self::never(error),
            error => Self::later(error),
        }
    }
}

impl From<ListenerError> for WorkError {
    fn from(error: ListenerError) -> Self {
        Self::later(error)
    }
}

/// Tells a listener.
pub(crate) struct Teller {
    listener: Arc<dyn Listener>,
    kind: String,
}

impl Teller {
    pub(crate) fn new(listener: Arc<dyn Listener>) -> Self {
        let kind = hooks::job_kind(listener.name());
        Self { listener, kind }
    }
}

#[async_trait]
impl Worker for Teller {
    fn kind(&self) -> &str {
        &self.kind
    }

    async fn work(&self, _: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let told: Told = serde_json::from_value(job.payload.clone()).map_err(WorkError::never)?;
        self.listener.heard(job.id, &told).await?;
        Ok(Worked::done())
    }
}
