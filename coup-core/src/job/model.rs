//! What is stored of a job.

use serde_json::Value;

use crate::{env::Timestamp, id::JobId};

/// A job. It is done at least once: whoever does it must bear doing it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What kind of work; a runner knows some kinds.
    pub kind: String,
    /// What the work needs.
    pub payload: Value,
    /// Not before this instant.
    pub run_at: Timestamp,
    /// Until when somebody works on it; after that anybody may.
    pub lease_until: Option<Timestamp>,
    /// How often it was begun since it last got on.
    pub attempts: u32,
    /// How far it is, in the work's own words.
    pub progress: Option<Value>,
    /// What came of it, once it is finished.
    pub result: Option<Value>,
    /// What stopped the last attempt.
    pub last_error: Option<String>,
    /// When it was done, or given up.
    pub finished_at: Option<Timestamp>,
    /// Whether it was given up.
    pub failed: bool,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Grows with each claim and each save: who lost the lease cannot save.
    pub version: i64,
}

impl Job {
    /// A job to be done at once.
    pub fn new(id: JobId, kind: impl Into<String>, payload: Value, now: Timestamp) -> Self {
        Self {
            id,
            kind: kind.into(),
            payload,
            run_at: now,
            lease_until: None,
            attempts: 0,
            progress: None,
            result: None,
            last_error: None,
            finished_at: None,
            failed: false,
            created_at: now,
            version: 0,
        }
    }
}

/// What a job to be written carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// This.
    Value(Value),
    /// The event of the post at this place of [`Parts::posts`](crate::changes::Parts::posts), as a [`Told`](crate::hooks::Told).
    Post(usize),
    /// The event at this place of [`Parts::events`](crate::changes::Parts::events), as a [`Told`](crate::hooks::Told).
    Event(usize),
}

/// A job to be written with the commit.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What the work needs.
    pub payload: Payload,
    /// Not before this instant.
    pub run_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Takes jobs that are due: those of these kinds whose time has come, that are not finished, and that nobody works on; the
/// longest due first. Nobody else gets them until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The kinds that the runner knows.
    pub kinds: Vec<String>,
    /// The instant.
    pub now: Timestamp,
    /// Until when they are taken.
    pub lease_until: Timestamp,
    /// How many at most.
    pub most: u32,
}
