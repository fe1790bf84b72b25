//! A store in memory: the reference that the databases are held against, and what tests of everything else run on.
//!
//! Simple before fast: a commit works on a copy of all rows, which takes the place of the old one if nothing failed.

mod account;
mod audit;
mod commit;
mod file;
mod identity;
mod job;
mod limit;
mod live;
mod moderation;
mod personal;
mod reads;
mod sanction;
mod second_factor;
mod settings;

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;

use crate::{
    appeal::model::Appeal,
    audit::model::{AuditRow, SecurityEvent, SecurityEventType},
    changes::{Changes, Committed, Scope},
    chat::model::Message,
    file::model::File,
    id::{
        AppealId, CaseEntryId, CaseId, FileId, InviteId, JobId, MembershipEventId, MessageId, NotificationId, ReportId,
        SanctionId, SessionId, StudyId, UserId,
    },
    idempotency::{IdempotencyKey, KeptAnswer},
    identity::model::{OAuthFlow, OAuthIdentity},
    job::model::Job,
    limit::model::{Attempts, Counted, Device},
    live::model::{Revocation, Ticket},
    member::model::{MembershipEvent, StudyInvite, StudyMember},
    moderation::model::{Case, CaseEntry, Report},
    notification::model::Notification,
    sanction::model::Sanction,
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    store::{Head, Store, StoreError, StoredEvent},
    study::model::Study,
    text::Email,
    user::model::{AdminGrant, Session, TokenHash, User, Verification, VerificationKind},
};

/// A store that forgets all when it is dropped. A clone is a store of its own that begins with the same rows, and costs
/// nothing until one of the two is written to.
#[derive(Debug, Default)]
pub struct MemoryStore(RwLock<Arc<Rows>>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all, and begins anew with the rows of another: one scene for many tests.
    pub fn restore(&self, scene: &Self) {
        let rows = scene.rows();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    fn rows(&self) -> Arc<Rows> {
        // A commit replaces all rows in one assignment, so that a panic elsewhere leaves none half written.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self(RwLock::new(self.rows()))
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError> {
        let mut rows = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut copy = Rows::clone(&rows);
        let committed = copy.apply(changes.into_parts())?;
        *rows = Arc::new(copy);
        Ok(committed)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Everything there is, by primary key.
#[derive(Debug, Clone, Default)]
struct Rows {
    users: BTreeMap<UserId, User>,
    sessions: BTreeMap<SessionId, Session>,
    second_factors: BTreeMap<UserId, SecondFactor>,
    half_sign_ins: BTreeMap<TokenHash, HalfSignIn>,
    verifications: BTreeMap<(VerificationKind, Email), Verification>,
    attempts: BTreeMap<Counted, Attempts>,
    /// By the cookie's hash and the account.
    devices: BTreeMap<(TokenHash, UserId), Device>,
    /// By issuer and subject.
    identities: BTreeMap<(String, String), OAuthIdentity>,
    flows: BTreeMap<TokenHash, OAuthFlow>,
    files: BTreeMap<FileId, File>,
    grants: BTreeMap<UserId, AdminGrant>,
    /// With their seats, and the time of their newest event.
    studies: BTreeMap<StudyId, Study>,
    members: BTreeMap<(StudyId, UserId), StudyMember>,
    invites: BTreeMap<InviteId, StudyInvite>,
    history: BTreeMap<MembershipEventId, MembershipEvent>,
    messages: BTreeMap<MessageId, Message>,
    /// Of whoever has read anything yet.
    read_marks: BTreeMap<(StudyId, UserId), i64>,
    heads: BTreeMap<Scope, Head>,
    events: BTreeMap<Scope, Vec<StoredEvent>>,
    sanctions: BTreeMap<SanctionId, Sanction>,
    cases: BTreeMap<CaseId, Case>,
    reports: BTreeMap<ReportId, Report>,
    case_entries: BTreeMap<CaseEntryId, CaseEntry>,
    appeals: BTreeMap<AppealId, Appeal>,
    notifications: BTreeMap<NotificationId, Notification>,
    jobs: BTreeMap<JobId, Job>,
    answers: BTreeMap<(UserId, IdempotencyKey), KeptAnswer>,
    settings: StoredSettings,
    tickets: BTreeMap<TokenHash, Ticket>,
    /// By place.
    revocations: BTreeMap<i64, Revocation>,
    /// The newest revocation's place.
    revoked: i64,
    /// In the order of the chain.
    audit: Vec<AuditRow>,
    /// By minute, source, path and kind.
    security: BTreeMap<(i64, String, String, SecurityEventType), SecurityEvent>,
}
