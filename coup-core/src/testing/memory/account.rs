//! Sessions, second factors, and what waits for a code.

use async_trait::async_trait;

use super::{
    MemoryStore, Rows,
    commit::{Done, fresh},
};
use crate::{
    env::Timestamp,
    id::{SessionId, UserId},
    page::Limit,
    second_factor::model::{HalfSignIn, SecondFactor},
    store::{AccountReads, StoreError, Unique},
    text::Email,
    user::model::{Session, TokenHash, Verification, VerificationKind},
};

impl Rows {
    pub(super) fn see_session(&mut self, id: SessionId, at: Timestamp) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.last_seen_at = session.last_seen_at.max(at);
        }
    }

    pub(super) fn insert_verification(&mut self, row: Verification) -> Done {
        let key = (row.kind, row.email.clone());
        fresh(self.verifications.contains_key(&key), Unique::Id)?;
        self.verifications.insert(key, row);
        Ok(())
    }

    pub(super) fn save_verification(&mut self, row: Verification) {
        let key = (row.kind, row.email.clone());
        self.verifications.insert(key, Verification { version: row.version + 1, ..row });
    }

    /// Whether the version that was read still stands.
    pub(super) fn is_verification(&self, kind: VerificationKind, email: &Email, version: i64) -> bool {
        self.verifications.get(&(kind, email.clone())).is_some_and(|old| old.version == version)
    }

    pub(super) fn use_code(&mut self, kind: VerificationKind, email: Email, version: i64) -> Done {
        if !self.is_verification(kind, &email, version) {
            return Err(StoreError::Conflict);
        }
        self.verifications.remove(&(kind, email));
        Ok(())
    }
}

#[async_trait]
impl AccountReads for MemoryStore {
    async fn sessions_of(&self, user: &UserId, limit: Limit) -> Result<Vec<Session>, StoreError> {
        let rows = self.rows();
        let mut own: Vec<Session> = rows.sessions.values().filter(|session| session.user == *user).cloned().collect();
        own.sort_by_key(|session| std::cmp::Reverse((session.created_at, session.id)));
        own.truncate(limit.get());
        Ok(own)
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.rows().sessions.get(&id).cloned())
    }

    async fn verification(&self, kind: VerificationKind, email: &Email) -> Result<Option<Verification>, StoreError> {
        Ok(self.rows().verifications.get(&(kind, email.clone())).cloned())
    }

    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError> {
        Ok(self.rows().second_factors.get(user).cloned())
    }

    async fn half_sign_in(&self, hash: &TokenHash) -> Result<Option<HalfSignIn>, StoreError> {
        Ok(self.rows().half_sign_ins.get(hash).cloned())
    }
}
