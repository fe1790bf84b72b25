//! A store that remembers what was written, for tests of what must write nothing.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{
    appeal::model::{Appeal, AppealStatus},
    audit::model::{AuditFilter, AuditHead, AuditRow, SecurityEvent},
    changes::{Changes, Committed, Parts, Scope},
    chat::model::{Message, MessageView, Place, ReadMark, Said, Stretch, Written},
    env::Timestamp,
    file::model::File,
    id::{
        AppealId, CaseId, FileId, JobId, MessageId, NotificationId, ReportId, SanctionId, SessionId, StudyId, UserId,
    },
    idempotency::{IdempotencyKey, KeptAnswer},
    identity::model::{OAuthFlow, OAuthIdentity},
    job::model::Job,
    limit::model::{Attempts, Counted, Device},
    live::model::{Revocation, Ticket},
    member::model::{Member, MemberStatus, StudyInvite, StudyMember},
    moderation::model::{Case, CaseCard, CaseEntry, CaseFilter, CaseTimes, Received, Report, ReportTarget, Reporting},
    notification::model::{Notification, NotificationFilter},
    page::{Keyset, Limit},
    policy::StudyRole,
    sanction::model::Sanction,
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    store::{
        AccountReads, Administrator, AuditReads, Browsed, ChatReads, Credential, FileReads, Glance, Head,
        IdentityReads, JobReads, LimitReads, LiveReads, MemberReads, Membership, ModerationReads, NotificationReads,
        OwnStudy, PersonalReads, SanctionReads, SettingReads, Standing, Store, StoreError, StoredEvent, StudyReads,
        UserReads, Waiting,
    },
    study::model::{Browse, Study},
    text::{ClientId, Email, Query},
    user::{
        model::{Activity, AdminGrant, Person, Session, TokenHash, User, Verification, VerificationKind},
        trace::{Trace, TracePlace},
    },
};

/// Any store, and a list of what was committed to it.
///
/// ```
/// use std::sync::Arc;
///
/// use coup_core::{
///     changes::{Changes, Row, SystemPermit},
///     store::Store as _,
///     testing::{Counting, MemoryStore, fixtures::Fixtures},
/// };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), coup_core::store::StoreError> {
///
/// let store = Counting::new(MemoryStore::new());
/// let user = Fixtures::new(1).user("김민준");
/// let changes = || Changes::system(SystemPermit::Operator).insert(Row::User(Box::new(user.clone())));
/// store.commit(changes()).await?;
/// assert!(store.commit(changes()).await.is_err());
/// assert_eq!(store.written().len(), 1, "what failed was not written");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Counting<S> {
    store: S,
    written: Mutex<Vec<Parts>>,
}

impl<S> Counting<S> {
    /// Nothing was written yet.
    pub fn new(store: S) -> Self {
        Self { store, written: Mutex::new(Vec::new()) }
    }

    /// The store itself.
    pub fn inner(&self) -> &S {
        &self.store
    }

    /// What was committed since the beginning, or since it was last taken.
    pub fn written(&self) -> Vec<Parts> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, and counts from here on anew.
    pub fn take(&self) -> Vec<Parts> {
        std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl<S: Store> Store for Counting<S> {
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError> {
        let parts = changes.parts();
        let committed = self.store.commit(changes).await?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(parts);
        Ok(committed)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}

#[async_trait]
impl<S: Store> AccountReads for Counting<S> {
    async fn sessions_of(&self, user: &UserId, limit: Limit) -> Result<Vec<Session>, StoreError> {
        self.store.sessions_of(user, limit).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        self.store.session(id).await
    }

    async fn verification(&self, kind: VerificationKind, email: &Email) -> Result<Option<Verification>, StoreError> {
        self.store.verification(kind, email).await
    }

    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError> {
        self.store.second_factor(user).await
    }

    async fn half_sign_in(&self, hash: &TokenHash) -> Result<Option<HalfSignIn>, StoreError> {
        self.store.half_sign_in(hash).await
    }
}

#[async_trait]
impl<S: Store> SettingReads for Counting<S> {
    async fn settings(&self) -> Result<StoredSettings, StoreError> {
        self.store.settings().await
    }
}

#[async_trait]
impl<S: Store> UserReads for Counting<S> {
    async fn standing(&self, caller: &Credential, study: Option<StudyId>) -> Result<Option<Standing>, StoreError> {
        self.store.standing(caller, study).await
    }

    async fn standing_inside(
        &self,
        caller: &Credential,
        study: StudyId,
    ) -> Result<Option<(Standing, Waiting)>, StoreError> {
        self.store.standing_inside(caller, study).await
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.store.user(id).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.store.user_by_email(email).await
    }

    async fn lasting_super_admins(&self) -> Result<u32, StoreError> {
        self.store.lasting_super_admins().await
    }

    async fn person_and_grant(&self, id: &UserId) -> Result<Option<(User, Option<AdminGrant>)>, StoreError> {
        self.store.person_and_grant(id).await
    }

    async fn administrators(&self, after: Option<&Keyset>, limit: Limit) -> Result<Vec<Administrator>, StoreError> {
        self.store.administrators(after, limit).await
    }

    async fn people(&self, ids: &[UserId]) -> Result<Vec<Person>, StoreError> {
        self.store.people(ids).await
    }

    async fn activity(&self, user: &UserId) -> Result<Activity, StoreError> {
        self.store.activity(user).await
    }

    async fn kept_answer(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<KeptAnswer>, StoreError> {
        self.store.kept_answer(user, key).await
    }
}

#[async_trait]
impl<S: Store> LimitReads for Counting<S> {
    async fn attempts(&self, counted: &Counted) -> Result<Option<Attempts>, StoreError> {
        self.store.attempts(counted).await
    }

    async fn device(&self, hash: &TokenHash, email: &Email) -> Result<Option<Device>, StoreError> {
        self.store.device(hash, email).await
    }
}

#[async_trait]
impl<S: Store> PersonalReads for Counting<S> {
    async fn memberships(
        &self,
        user: &UserId,
        after: Option<StudyId>,
        limit: Limit,
    ) -> Result<Vec<Membership>, StoreError> {
        self.store.memberships(user, after, limit).await
    }

    async fn messages_by(
        &self,
        user: &UserId,
        after: Option<MessageId>,
        limit: Limit,
    ) -> Result<Vec<Message>, StoreError> {
        self.store.messages_by(user, after, limit).await
    }

    async fn traces(&self, user: &UserId, after: &TracePlace, limit: Limit) -> Result<Vec<Trace>, StoreError> {
        self.store.traces(user, after, limit).await
    }
}

#[async_trait]
impl<S: Store> IdentityReads for Counting<S> {
    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<OAuthIdentity>, StoreError> {
        self.store.identity(issuer, subject).await
    }

    async fn identities(&self, user: &UserId) -> Result<Vec<OAuthIdentity>, StoreError> {
        self.store.identities(user).await
    }

    async fn flow(&self, hash: &TokenHash) -> Result<Option<OAuthFlow>, StoreError> {
        self.store.flow(hash).await
    }
}

#[async_trait]
impl<S: Store> FileReads for Counting<S> {
    async fn file(&self, id: FileId) -> Result<Option<File>, StoreError> {
        self.store.file(id).await
    }

    async fn avatar_of(&self, user: &UserId) -> Result<Option<File>, StoreError> {
        self.store.avatar_of(user).await
    }
}

#[async_trait]
impl<S: Store> AuditReads for Counting<S> {
    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.store.audit_head().await
    }

    async fn audit_rows(&self, filter: &AuditFilter, after: i64, limit: Limit) -> Result<Vec<AuditRow>, StoreError> {
        self.store.audit_rows(filter, after, limit).await
    }

    async fn audit_log(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<(AuditRow, Option<Person>)>, StoreError> {
        self.store.audit_log(filter, before, limit).await
    }

    async fn security_events(&self, limit: Limit) -> Result<Vec<SecurityEvent>, StoreError> {
        self.store.security_events(limit).await
    }
}

#[async_trait]
impl<S: Store> JobReads for Counting<S> {
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.store.job(id).await
    }
}

#[async_trait]
impl<S: Store> StudyReads for Counting<S> {
    async fn study(&self, id: StudyId) -> Result<Option<Study>, StoreError> {
        self.store.study(id).await
    }

    async fn browse(
        &self,
        reader: &UserId,
        browse: &Browse,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Browsed>, StoreError> {
        self.store.browse(reader, browse, after, limit).await
    }

    async fn glance(&self, study: StudyId, said: Limit, people: Limit) -> Result<Glance, StoreError> {
        self.store.glance(study, said, people).await
    }

    async fn study_by_code(&self, code: &str) -> Result<Option<(Study, Option<StudyInvite>)>, StoreError> {
        self.store.study_by_code(code).await
    }

    async fn own_studies(
        &self,
        user: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<OwnStudy>, StoreError> {
        self.store.own_studies(user, after, limit).await
    }
}

#[async_trait]
impl<S: Store> MemberReads for Counting<S> {
    async fn member(&self, study: StudyId, user: &UserId) -> Result<Option<Member>, StoreError> {
        self.store.member(study, user).await
    }

    async fn members(
        &self,
        study: StudyId,
        status: MemberStatus,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Member>, StoreError> {
        self.store.members(study, status, after, limit).await
    }

    async fn staff(&self, study: StudyId, least: StudyRole) -> Result<Vec<UserId>, StoreError> {
        self.store.staff(study, least).await
    }

    async fn last_rejection(&self, study: StudyId, user: &UserId) -> Result<Option<Timestamp>, StoreError> {
        self.store.last_rejection(study, user).await
    }

    async fn invites(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(StudyInvite, Person)>, StoreError> {
        self.store.invites(study, after, limit).await
    }
}

#[async_trait]
impl<S: Store> ChatReads for Counting<S> {
    async fn messages(&self, study: StudyId, stretch: Stretch, limit: Limit) -> Result<Vec<MessageView>, StoreError> {
        self.store.messages(study, stretch, limit).await
    }

    async fn talk(
        &self,
        study: StudyId,
        reader: &UserId,
        around: Place,
        before: Limit,
        after: Limit,
    ) -> Result<Vec<Said>, StoreError> {
        self.store.talk(study, reader, around, before, after).await
    }

    async fn message_anywhere(&self, id: MessageId) -> Result<Option<Written>, StoreError> {
        self.store.message_anywhere(id).await
    }

    async fn context(&self, id: MessageId, before: Limit, after: Limit) -> Result<Vec<Written>, StoreError> {
        self.store.context(id, before, after).await
    }

    async fn message(&self, study: StudyId, id: MessageId) -> Result<Option<Written>, StoreError> {
        self.store.message(study, id).await
    }

    async fn message_by_client_id(&self, user: &UserId, client_id: &ClientId) -> Result<Option<Written>, StoreError> {
        self.store.message_by_client_id(user, client_id).await
    }

    async fn members_called(&self, study: StudyId, texts: &[String]) -> Result<Vec<Person>, StoreError> {
        self.store.members_called(study, texts).await
    }

    async fn search_messages(
        &self,
        study: StudyId,
        query: &Query,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<MessageView>, StoreError> {
        self.store.search_messages(study, query, before, limit).await
    }

    async fn read_marks(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<ReadMark>, StoreError> {
        self.store.read_marks(study, after, limit).await
    }

    async fn head(&self, scope: &Scope) -> Result<Head, StoreError> {
        self.store.head(scope).await
    }

    async fn events(&self, scope: &Scope, after: i64, limit: Limit) -> Result<Vec<StoredEvent>, StoreError> {
        self.store.events(scope, after, limit).await
    }
}

#[async_trait]
impl<S: Store> LiveReads for Counting<S> {
    async fn heads(&self, scopes: &[Scope]) -> Result<Vec<(Scope, i64)>, StoreError> {
        self.store.heads(scopes).await
    }

    async fn revocation_head(&self) -> Result<i64, StoreError> {
        self.store.revocation_head().await
    }

    async fn revocations(&self, after: i64, limit: Limit) -> Result<Vec<Revocation>, StoreError> {
        self.store.revocations(after, limit).await
    }

    async fn ticket(&self, hash: &TokenHash) -> Result<Option<Ticket>, StoreError> {
        self.store.ticket(hash).await
    }

    async fn standing_everywhere(
        &self,
        caller: &Credential,
    ) -> Result<Option<(Standing, Vec<(Study, StudyMember)>)>, StoreError> {
        self.store.standing_everywhere(caller).await
    }
}

#[async_trait]
impl<S: Store> ModerationReads for Counting<S> {
    async fn case_of(&self, report: ReportId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        self.store.case_of(report).await
    }

    async fn case(&self, id: CaseId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        self.store.case(id).await
    }

    async fn newest_case(&self, target: &ReportTarget) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        self.store.newest_case(target).await
    }

    async fn reporting(
        &self,
        reporter: &UserId,
        target: &ReportTarget,
        since: Timestamp,
    ) -> Result<Reporting, StoreError> {
        self.store.reporting(reporter, target, since).await
    }

    async fn received(&self, user: &UserId) -> Result<Received, StoreError> {
        self.store.received(user).await
    }

    async fn have_met(&self, one: &UserId, other: &UserId) -> Result<bool, StoreError> {
        self.store.have_met(one, other).await
    }

    async fn cases(
        &self,
        viewer: Option<&UserId>,
        filter: &CaseFilter,
        now: Timestamp,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        self.store.cases(viewer, filter, now, after, limit).await
    }

    async fn own_reports(
        &self,
        reporter: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        self.store.own_reports(reporter, after, limit).await
    }

    async fn cases_about(
        &self,
        offender: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        self.store.cases_about(offender, viewer, limit).await
    }

    async fn reports_by(
        &self,
        reporter: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        self.store.reports_by(reporter, viewer, limit).await
    }

    async fn case_entries(&self, case: CaseId, limit: Limit) -> Result<Vec<(CaseEntry, Option<Person>)>, StoreError> {
        self.store.case_entries(case, limit).await
    }

    async fn case_times(
        &self,
        from: Timestamp,
        to: Timestamp,
        after: Option<CaseId>,
        limit: Limit,
    ) -> Result<Vec<CaseTimes>, StoreError> {
        self.store.case_times(from, to, after, limit).await
    }
}

#[async_trait]
impl<S: Store> SanctionReads for Counting<S> {
    async fn sanction(&self, id: SanctionId) -> Result<Option<(Sanction, Option<Appeal>)>, StoreError> {
        self.store.sanction(id).await
    }

    async fn sanctions_of(&self, user: &UserId) -> Result<Vec<(Sanction, Option<Appeal>)>, StoreError> {
        self.store.sanctions_of(user).await
    }

    async fn appeal(&self, id: AppealId) -> Result<Option<(Appeal, Sanction)>, StoreError> {
        self.store.appeal(id).await
    }

    async fn appeals(
        &self,
        viewer: Option<&UserId>,
        status: Option<AppealStatus>,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Appeal, Sanction)>, StoreError> {
        self.store.appeals(viewer, status, after, limit).await
    }
}

#[async_trait]
impl<S: Store> NotificationReads for Counting<S> {
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        self.store.notification(id).await
    }

    async fn unread_notifications(&self, user: &UserId) -> Result<u32, StoreError> {
        self.store.unread_notifications(user).await
    }

    async fn unread_at_most(&self, credential: &Credential, limit: Limit) -> Result<u32, StoreError> {
        self.store.unread_at_most(credential, limit).await
    }

    async fn notifications(
        &self,
        user: &UserId,
        filter: NotificationFilter,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Notification>, StoreError> {
        self.store.notifications(user, filter, after, limit).await
    }
}
