//! The sweeper: takes away what has passed its time, in pieces, on every node and at most once a minute.

use std::sync::PoisonError;

use chrono::TimeDelta;

use crate::{
    changes::{Change, Changes, Passing, SystemPermit},
    coup::Coup,
    env::Timestamp,
    idempotency,
    store::StoreError,
};

/// Rows that one commit takes away at most.
pub(crate) const PIECE: u32 = 500;

/// How often a node sweeps.
const EVERY: TimeDelta = TimeDelta::minutes(1);

impl Passing {
    /// How long it is kept.
    pub const fn kept(self) -> TimeDelta {
        match self {
            // Those that have ended open nothing any more.
            Self::Sessions | Self::Tickets | Self::Flows | Self::Attempts | Self::Devices | Self::HalfSignIns => {
                TimeDelta::zero()
            }
            // How many letters were asked for is remembered for as long as they are counted.
            Self::Verifications => TimeDelta::hours(1),
            Self::Events | Self::Jobs => TimeDelta::days(7),
            Self::Answers => TimeDelta::hours(idempotency::KEPT_HOURS),
            Self::SecurityEvents => TimeDelta::days(90),
            // A node that was away for longer begins with the newest: nobody is connected to it by then.
            Self::Revocations => TimeDelta::days(1),
        }
    }
}

impl Coup {
    /// Takes a piece of each kind away, if it is time. Answers how many rows went, and whether more are waiting.
    pub(crate) async fn sweep(&self) -> Result<(u64, bool), StoreError> {
        let now = self.now();
        if !self.is_time_to_sweep(now) {
            return Ok((0, false));
        }
        let (mut swept, mut more) = (0, false);
        for what in Passing::ALL {
            let prune = Change::Prune(what, now - what.kept(), PIECE);
            let committed = self.store.commit(Changes::system(SystemPermit::Sweep).change(prune)).await?;
            let gone: u64 = committed.pruned.iter().sum();
            swept += gone;
            more |= gone >= u64::from(PIECE);
        }
        if more {
            *self.sweep_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        Ok((swept, more))
    }

    /// Whether it is; then it is not for another minute.
    fn is_time_to_sweep(&self, now: Timestamp) -> bool {
        let mut at = self.sweep_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = at.is_none_or(|at| at <= now);
        if is_time {
            *at = Some(now + EVERY);
        }
        is_time
    }
}
