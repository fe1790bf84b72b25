//! The runner: claims jobs that are due, has them worked on, saves what came of it. Any number of nodes may run it at once.

use std::{any::Any, panic::AssertUnwindSafe, pin::pin, time::Duration};

use chrono::TimeDelta;
use futures_timer::Delay;
use futures_util::{
    FutureExt as _,
    future::{Either, join_all, select},
};

use super::{
    model::{Claim, Job},
    rules::{self, LEASE_SPARE_SECONDS, MOST_ATTEMPTS},
    worker::{WorkError, Worked, Worker},
};
use crate::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Coup, Ctx, RETRIES},
    store::StoreError,
};

/// Jobs that one tick claims at most; they are worked on side by side, so that each has its whole lease.
const TAKEN: u32 = 8;

/// The longest wait after ticks that failed.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Jobs that were done, or got on by a piece.
    pub done: u32,
    /// Jobs that were stopped: they are tried again later, or were given up.
    pub failed: u32,
    /// Rows that had passed their time.
    pub swept: u64,
    /// Whether there is something to do right away.
    pub more: bool,
}

/// How an attempt ended.
enum Ended {
    Done,
    Further,
    Stopped,
    /// The lease was lost, or nothing could be noted: whoever has the job next goes on.
    Lost,
}

impl Coup {
    /// Does what is due: a few jobs, noting which sessions were used on this node (so that each node that answers requests ticks, or
    /// its people are signed out as idle), and once a minute a piece of sweeping. What a job fails at is noted with it and no error
    /// here; an error means that storage did not answer.
    ///
    /// A host calls it from its own scheduler, or lets [`run_background`](Self::run_background) do so.
    pub async fn tick(&self) -> Result<Ticked, StoreError> {
        let mut more = self.note_seen().await;
        let claimed = self.claim().await?;
        more |= claimed.len() >= TAKEN as usize;
        let mut ticked = Ticked { more, ..Ticked::default() };
        for ended in join_all(claimed.iter().map(|job| self.attempt(job))).await {
            match ended {
                Ended::Done => ticked.done += 1,
                Ended::Further => {
                    ticked.done += 1;
                    ticked.more = true;
                }
                Ended::Stopped => ticked.failed += 1,
                Ended::Lost => {}
            }
        }
        let (swept, more) = self.sweep().await?;
        ticked.swept = swept;
        ticked.more |= more;
        Ok(ticked)
    }

    /// Ticks `every` so often, and at once while there is more to do, until `stop` is ready; a tick that was begun is ended.
    /// Failures are logged and waited out. It needs no runtime of its own: spawn it on the host's.
    ///
    /// ```
    /// # async fn start(coup: coup_core::coup::Coup) {
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let background = tokio::spawn(async move {
    ///     let stopped = async { stopped.await.unwrap_or_default() };
    ///     coup.run_background(std::time::Duration::from_secs(1), stopped).await;
    /// });
    /// // … and at the end:
    /// drop(stop);
    /// background.await.ok();
    /// # }
    /// ```
    pub async fn run_background(&self, every: Duration, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        let mut wait = Duration::ZERO;
        let mut failures = 0_u32;
        loop {
            if let Either::Left(_) = select(stop.as_mut(), Delay::new(wait)).await {
                return;
            }
            wait = match self.tick_anew().await {
                Ok(ticked) => {
                    failures = 0;
                    if ticked.more { Duration::ZERO } else { every }
                }
                Err(why) => {
                    failures += 1;
                    let longer = every.saturating_mul(2_u32.saturating_pow(failures));
                    let wait = longer.min(LONGEST_WAIT.max(every));
                    tracing::warn!(%why, failures, wait_ms = wait.as_millis(), "background work waits for storage");
                    wait
                }
            };
        }
    }

    /// A tick with the settings as they are now: a node without live connections hears of them here alone.
    async fn tick_anew(&self) -> Result<Ticked, StoreError> {
        self.load_settings().await?;
        self.tick().await
    }

    async fn claim(&self) -> Result<Vec<Job>, StoreError> {
        if self.workers.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let lease = i64::from(self.settings().work_seconds) + i64::from(LEASE_SPARE_SECONDS);
        let claim = Claim {
            kinds: self.workers.keys().cloned().collect(),
            now,
            lease_until: now + TimeDelta::seconds(lease),
            most: TAKEN,
        };
        let changes = Changes::system(SystemPermit::Jobs).change(Change::ClaimJobs(claim));
        Ok(self.store.commit(changes).await?.jobs)
    }

    /// Works on a claimed job, and notes what came of it.
    async fn attempt(&self, job: &Job) -> Ended {
        let Some(worker) = self.workers.get(&job.kind) else { return Ended::Lost };
        if job.attempts > MOST_ATTEMPTS {
            // Whoever began it came to no end, not even to an error: perhaps it takes the process along.
            return self.stop(job, &WorkError::never("begun often enough, and never heard of again")).await;
        }
        let work = AssertUnwindSafe(self.work(&**worker, job)).catch_unwind();
        let most = self.settings().work_seconds;
        let limit = Delay::new(Duration::from_secs(most.into()));
        let ended = match select(pin!(work), limit).await {
            Either::Left((Ok(ended), _)) => ended,
            Either::Left((Err(panic), _)) => Err(WorkError::later(format!("panic: {}", words_of(&*panic)))),
            Either::Right(_) => Err(WorkError::later(format!("took longer than {most} seconds"))),
        };
        match ended {
            Ok(ended) => ended,
            Err(error) => self.stop(job, &error).await,
        }
    }

    /// Has a piece done and commits it together with the job's row. A lost race is decided again on fresh state.
    async fn work(&self, worker: &dyn Worker, job: &Job) -> Result<Ended, WorkError> {
        let mut attempt = 0;
        loop {
            let (changes, row, ended) = match worker.work(self, job).await? {
                Worked::Done { changes, result } => {
                    let done = rules::done(job, result, self.now());
                    (changes, if worker.forgets() { rules::forgotten(done) } else { done }, Ended::Done)
                }
                Worked::More { changes, progress } => {
                    (changes, rules::further(job, progress, self.now()), Ended::Further)
                }
            };
            match self.save_job(changes, row).await? {
                Ok(()) => return Ok(ended),
                Err(StoreError::Conflict) if !self.holds(job).await? => {
                    tracing::debug!(job = %job.id, kind = job.kind, "the lease was lost; somebody else goes on");
                    return Ok(Ended::Lost);
                }
                Err(StoreError::Conflict | StoreError::AlreadyExists(_)) if attempt < RETRIES => {
                    attempt += 1;
                    self.pause(attempt).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// One commit: what the piece writes, and how far the job is.
    async fn save_job(&self, changes: Option<Changes>, row: Job) -> Result<Result<(), StoreError>, WorkError> {
        let changes = match changes {
            None => Changes::system(SystemPermit::Jobs),
            Some(mut changes) => {
                let ctx = Ctx::default();
                self.complete(&self.room(&ctx), &mut changes).await?;
                changes
            }
        };
        Ok(self.write(changes.save(Row::Job(Box::new(row)))).await.map(drop))
    }

    /// Whether the job is as it was claimed.
    async fn holds(&self, job: &Job) -> Result<bool, StoreError> {
        Ok(self.store.job(job.id).await?.is_some_and(|found| found.version == job.version))
    }

    /// Notes what stopped it.
    async fn stop(&self, job: &Job, error: &WorkError) -> Ended {
        let mut random = [0; 2];
        self.ids.fill(&mut random);
        let why = error.words();
        let again = matches!(error, WorkError::Later(_));
        let row = rules::stopped(job, &why, again, self.now(), u16::from_le_bytes(random));
        let forgets = row.failed && self.workers.get(&job.kind).is_some_and(|worker| worker.forgets());
        let row = if forgets { rules::forgotten(row) } else { row };
        let (id, kind, attempts) = (job.id, &job.kind, job.attempts);
        if row.failed {
            tracing::error!(job = %id, kind, attempts, why, "a job was given up");
        } else {
            tracing::warn!(job = %id, kind, attempts, why, again_at = %row.run_at, "a job was stopped");
        }
        let changes = Changes::system(SystemPermit::Jobs).save(Row::Job(Box::new(row)));
        match self.write(changes).await {
            Ok(_) => Ended::Stopped,
            Err(StoreError::Conflict) => Ended::Lost,
            Err(why) => {
                tracing::warn!(job = %id, kind, %why, "what stopped a job could not be noted; its lease runs out");
                Ended::Stopped
            }
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
