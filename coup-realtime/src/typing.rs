//! At most one a second is passed on of who writes where.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use coup_core::id::{StudyId, UserId};
use tokio::time::Instant;

/// How often one person's typing in one study is passed on at most (specification, real time § Socket.IO).
const EVERY: Duration = Duration::from_secs(1);
/// When forgotten ones are cleared away.
const MANY: usize = 10_000;

/// When it was last passed on, of whom and where.
#[derive(Debug, Default)]
pub(crate) struct Typing(Mutex<HashMap<(StudyId, UserId), Instant>>);

impl Typing {
    /// Whether it is passed on now.
    pub(crate) fn passes(&self, study: StudyId, user: &UserId) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if last.len() > MANY {
            last.retain(|_, at| now - *at < EVERY);
        }
        let key = (study, user.clone());
        if last.get(&key).is_some_and(|at| now - *at < EVERY) {
            return false;
        }
        last.insert(key, now);
        true
    }
}
