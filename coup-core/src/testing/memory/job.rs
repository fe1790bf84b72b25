//! Jobs, and what passes with time.

use async_trait::async_trait;

use super::{MemoryStore, Rows};
use crate::{
    changes::Passing,
    env::Timestamp,
    id::JobId,
    job::model::{Claim, Job, NewJob, Payload},
    store::{JobReads, StoreError, Unique},
};

impl Rows {
    pub(super) fn insert_job(
        &mut self,
        new: NewJob,
        told: impl FnOnce(Payload) -> Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        if self.jobs.contains_key(&new.id) {
            return Err(StoreError::AlreadyExists(Unique::Id));
        }
        let payload = told(new.payload)
            .ok_or_else(|| StoreError::Backend("a job carries an event that is not in its commit".into()))?;
        let mut job = Job::new(new.id, new.kind, payload, new.run_at);
        job.created_at = new.created_at;
        self.jobs.insert(job.id, job);
        Ok(())
    }

    pub(super) fn claim_jobs(&mut self, claim: &Claim) -> Vec<Job> {
        let mut due: Vec<_> = self
            .jobs
            .values()
            .filter(|job| {
                claim.kinds.contains(&job.kind)
                    && job.finished_at.is_none()
                    && job.run_at <= claim.now
                    && job.lease_until.is_none_or(|end| end <= claim.now)
            })
            .map(|job| (job.run_at, job.id))
            .collect();
        due.sort();
        due.truncate(claim.most as usize);
        let claimed = due.into_iter().filter_map(|(_, id)| {
            let job = self.jobs.get_mut(&id)?;
            job.lease_until = Some(claim.lease_until);
            job.attempts += 1;
            job.version += 1;
            Some(job.clone())
        });
        claimed.collect()
    }

    /// Takes the oldest away first.
    pub(super) fn prune(&mut self, what: Passing, before: Timestamp, most: u32) -> u64 {
        let most = most as usize;
        match what {
            Passing::Sessions => prune(&mut self.sessions, most, |session| Some(session.expires_at), before),
            Passing::Verifications => prune(&mut self.verifications, most, |row| Some(row.expires_at), before),
            Passing::Answers => prune(&mut self.answers, most, |kept| Some(kept.at), before),
            Passing::Jobs => prune(&mut self.jobs, most, |job| job.finished_at.filter(|_| !job.failed), before),
            Passing::SecurityEvents => prune(&mut self.security, most, |event| Some(event.at), before),
            Passing::Attempts => prune(&mut self.attempts, most, |row| Some(row.ends_at), before),
            Passing::Devices => prune(&mut self.devices, most, |row| Some(row.expires_at), before),
            Passing::HalfSignIns => prune(&mut self.half_sign_ins, most, |half| Some(half.expires_at), before),
            Passing::Flows => prune(&mut self.flows, most, |flow| Some(flow.expires_at), before),
            Passing::Tickets => prune(&mut self.tickets, most, |ticket| Some(ticket.expires_at), before),
            Passing::Revocations => prune(&mut self.revocations, most, |row| Some(row.at), before),
            Passing::Events => {
                let mut gone = 0;
                for events in self.events.values_mut() {
                    let old = events.iter().take_while(|event| event.at < before).count();
                    let take = old.min(most - gone);
                    events.drain(..take);
                    gone += take;
                }
                gone as u64
            }
        }
    }
}

fn prune<K: Ord + Clone, V>(
    rows: &mut std::collections::BTreeMap<K, V>,
    most: usize,
    at: impl Fn(&V) -> Option<Timestamp>,
    before: Timestamp,
) -> u64 {
    let old = rows.iter().filter_map(|(key, row)| at(row).filter(|at| *at < before).map(|at| (at, key.clone())));
    let mut old: Vec<_> = old.collect();
    old.sort();
    old.truncate(most);
    for (_, key) in &old {
        rows.remove(key);
    }
    old.len() as u64
}

#[async_trait]
impl JobReads for MemoryStore {
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.rows().jobs.get(&id).cloned())
    }
}
