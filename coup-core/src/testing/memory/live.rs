//! Revocations and tickets, and what nodes read of them.

use async_trait::async_trait;

use super::{MemoryStore, Rows};
use crate::{
    changes::{Committed, Scope},
    live::model::{NewRevocation, Revocation, Ticket},
    member::model::{MemberStatus, StudyMember},
    page::Limit,
    store::{Credential, LiveReads, Standing, StoreError},
    study::model::Study,
    user::model::TokenHash,
};

impl Rows {
    /// Gives revocations their places.
    pub(super) fn revoke(&mut self, new: Vec<NewRevocation>, committed: &mut Committed) {
        for NewRevocation { revoked, code, until, at } in new {
            self.revoked += 1;
            let seq = self.revoked;
            self.revocations.insert(seq, Revocation { seq, at, revoked, code, until });
            committed.revoked = Some(seq);
        }
    }
}

#[async_trait]
impl LiveReads for MemoryStore {
    async fn heads(&self, scopes: &[Scope]) -> Result<Vec<(Scope, i64)>, StoreError> {
        let rows = self.rows();
        let known = |scope: &Scope| rows.heads.get(scope).map(|head| (scope.clone(), head.event_seq));
        Ok(scopes.iter().filter_map(known).collect())
    }

    async fn revocation_head(&self) -> Result<i64, StoreError> {
        Ok(self.rows().revoked)
    }

    async fn revocations(&self, after: i64, limit: Limit) -> Result<Vec<Revocation>, StoreError> {
        let rows = self.rows();
        let later = rows.revocations.range(after.saturating_add(1)..).map(|(_, row)| row.clone());
        Ok(later.take(limit.get()).collect())
    }

    async fn ticket(&self, hash: &TokenHash) -> Result<Option<Ticket>, StoreError> {
        Ok(self.rows().tickets.get(hash).cloned())
    }

    async fn standing_everywhere(
        &self,
        caller: &Credential,
    ) -> Result<Option<(Standing, Vec<(Study, StudyMember)>)>, StoreError> {
        let rows = self.rows();
        Ok(rows.standing(caller, None).map(|standing| {
            let own = rows
                .members
                .values()
                .filter(|member| member.user_id == standing.user.id && member.status == MemberStatus::Active);
            let studies = own.filter_map(|member| Some((rows.studies.get(&member.study_id)?.clone(), member.clone())));
            let studies = studies.collect();
            (standing, studies)
        }))
    }
}
