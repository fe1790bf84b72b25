//! What a decision may know of the world: the time, fresh identifiers and randomness, all injected.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, SubsecRound, Utc};
use uuid::{Uuid, timestamp::context::ContextV7};

/// An instant in UTC, to the microsecond (the finest that both databases keep).
pub type Timestamp = DateTime<Utc>;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now. Callers cut it to microseconds with [`Env::now`].
    fn now(&self) -> Timestamp;
}

/// Makes identifiers and secrets.
pub trait Ids: Send + Sync + 'static {
    /// A UUID of version 7 for `now`; later calls sort after earlier ones.
    fn uuid(&self, now: Timestamp) -> Uuid;

    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    fn now(&self) -> Timestamp {
        Utc::now()
    }
}

/// The system's randomness. Identifiers of one process sort by creation, also within a millisecond.
#[derive(Debug, Default)]
pub struct SystemIds(Mutex<ContextV7>);

impl Ids for SystemIds {
    #[expect(clippy::cast_sign_loss, reason = "after 1970")]
    fn uuid(&self, now: Timestamp) -> Uuid {
        let context = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = uuid::Timestamp::from_unix(&*context, now.timestamp().max(0) as u64, now.timestamp_subsec_nanos());
        Uuid::new_v7(stamp)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        use rand::Rng as _;
        rand::rng().fill_bytes(bytes);
    }
}

/// Time, identifiers and randomness for one decision. The time stands still within it.
#[derive(Clone)]
pub struct Env {
    now: Timestamp,
    ids: Arc<dyn Ids>,
}

impl Env {
    /// Reads the clock once, to the microsecond.
    pub fn new(clock: &dyn Clock, ids: Arc<dyn Ids>) -> Self {
        Self { now: clock.now().trunc_subsecs(6), ids }
    }

    /// The instant of this decision.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A fresh identifier.
    pub fn uuid(&self) -> Uuid {
        self.ids.uuid(self.now)
    }

    /// `N` secret bytes.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.ids.fill(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env").field("now", &self.now).finish_non_exhaustive()
    }
}
