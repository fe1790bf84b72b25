//! Where a host takes part: a veto before anything is written, and listeners that are told of what was, at least once.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    changes::{Changes, EventKind, Scope},
    env::Timestamp,
    id::JobId,
};

/// Asked before every write of a use case or a worker. What it refuses is not written, and the caller is told its words
/// (403 `vetoed`). It is not asked about the runner's own notes: jobs taken and finished, and what is swept.
///
/// It is asked again when a lost race is decided again, and must not rely on the write happening: another guard may still
/// refuse it.
#[async_trait]
pub trait Veto: Send + Sync + 'static {
    /// Refuses by answering why.
    async fn before(&self, changes: &Changes) -> Result<(), Vetoed>;
}

/// Why a host does not want it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Vetoed {
    /// For the caller to read, in the host's language.
    pub words: String,
}

impl Vetoed {
    /// In these words.
    pub fn because(words: impl Into<String>) -> Self {
        Self { words: words.into() }
    }
}

/// An event as a listener is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// To whom it belongs.
    pub scope: Scope,
    /// Its place in its scope.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The object as HTTP answers it, or `{"id": …}` of what is gone.
    pub data: Value,
}

/// Told of events after they are committed: at least once each, as a [`Job`](crate::job::model::Job), by whichever node runs it.
#[async_trait]
pub trait Listener: Send + Sync + 'static {
    /// Names it among others, for ever: jobs that wait are found by it.
    fn name(&self) -> &'static str;

    /// Whether it wants events of this kind.
    fn wants(&self, kind: EventKind) -> bool;

    /// Takes an event. May be called again with the same one; `job` is the same then.
    ///
    /// # Errors
    /// Why it could not; it is tried again later.
    async fn heard(&self, job: JobId, event: &Told) -> Result<(), ListenerError>;
}

/// Why a listener could not take an event.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ListenerError(#[from] Box<dyn std::error::Error + Send + Sync>);

impl ListenerError {
    /// In words, for the log.
    pub fn because(words: impl Into<String>) -> Self {
        Self(words.into().into())
    }
}

/// The kind of the jobs that tell a listener.
pub(crate) fn job_kind(listener: &str) -> String {
    format!("listener:{listener}")
}

impl fmt::Debug for dyn Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.name()).finish()
    }
}
