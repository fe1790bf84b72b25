//! A clock that a test sets.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use crate::env::{Clock, Timestamp};

/// Stands still until it is told otherwise. Clones show the same time, so that a test keeps one and gives one away.
///
/// ```
/// use chrono::TimeDelta;
/// use coup_core::{env::Clock as _, testing::{FixedClock, fixtures}};
///
/// let clock = FixedClock::at(fixtures::START);
/// let given_away = clock.clone();
/// clock.advance(TimeDelta::minutes(15));
/// assert_eq!(given_away.now() - fixtures::START, TimeDelta::minutes(15));
/// ```
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the clock forward (or back, by a negative time) and answers the new time.
    pub fn advance(&self, by: TimeDelta) -> Timestamp {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
        *now
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
