//! What CoUp asks of storage: one trait of reads an area, and one commit.
//!
//! "Not found" is `Ok(None)`; an error is a failure. The contract that every store must keep stands in
//! [`testing::contract`](crate::testing), runnable by third parties.

use async_trait::async_trait;

use crate::{
    appeal::model::{Appeal, AppealStatus},
    audit::model::{AuditFilter, AuditHead, AuditRow, SecurityEvent},
    changes::{Changes, Committed, Scope},
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
    page::{Keyset, Limit as PageLimit},
    policy::StudyRole,
    sanction::model::{ActiveSanction, Sanction},
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    study::model::{Browse, Study},
    text::{ClientId, Email, Query},
    user::{
        model::{Activity, AdminGrant, Person, Session, TokenHash, User, Verification, VerificationKind},
        trace::{Trace, TracePlace},
    },
};

mod error;

pub use self::error::{Limit, StoreError, Unique};

/// By what a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The host vouches for this person.
    User(UserId),
    /// The hash of a session's token.
    Session(TokenHash),
}

/// All that authorisation needs of one caller, read at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The person.
    pub user: User,
    /// Their session, when they came with one. May have expired: the decision looks.
    pub session: Option<Session>,
    /// Their administrator's role. May have expired: the decision looks.
    pub admin: Option<AdminGrant>,
    /// Whether they have shown a code of a second factor, so that it is asked for.
    pub has_second_factor: bool,
    /// Their sanctions that were not lifted, by identifier. May have expired: the decision looks.
    pub sanctions: Vec<ActiveSanction>,
    /// The study that was asked for, if it exists, and how they stand to it.
    pub study: Option<(Study, Option<StudyMember>)>,
}

/// An administrator with what others see of the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Administrator {
    /// The role. May have expired.
    pub grant: AdminGrant,
    /// Who has it.
    pub person: Person,
}

/// A study of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnStudy {
    /// Which.
    pub study: Study,
    /// One's standing, ACTIVE or PENDING.
    pub member: StudyMember,
    /// Messages after one's read mark, deleted ones and one's own aside.
    pub unread: u32,
}

/// A study that somebody looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Browsed {
    /// Which.
    pub study: Study,
    /// How the reader stands to it, if in any way.
    pub membership: Option<MemberStatus>,
}

/// How a person stands to a study, in whatever status.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// Which.
    pub study: Study,
    /// Their row.
    pub member: StudyMember,
    /// The last message's place that they have seen.
    pub read_to: Option<i64>,
}

/// What waits for a member in a study.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Messages after their read mark, deleted ones and their own aside.
    pub unread: u32,
    /// Pending requests to join.
    pub requests: u32,
    /// The last message's place that they have seen.
    pub read_to: i64,
}

/// What a study's first page shows of its messages and members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// The newest messages that are not deleted, oldest first.
    pub said: Vec<MessageView>,
    /// The ACTIVE members that are longest in, those first.
    pub people: Vec<Person>,
}

/// The sequences of a scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// The newest event's place.
    pub event_seq: i64,
    /// The newest message's place.
    pub message_seq: i64,
}

/// A durable event as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Place in the scope, from 1, without gaps.
    pub seq: i64,
    /// What, as [`EventKind`](crate::changes::EventKind) words it.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The object, as JSON.
    pub data: serde_json::Value,
}

/// Reads of people and sessions.
#[async_trait]
pub trait UserReads: Send + Sync {
    /// The caller and, if one is named, how they stand to a study. `None`: no such person or session.
    async fn standing(&self, caller: &Credential, study: Option<StudyId>) -> Result<Option<Standing>, StoreError>;

    /// The same for a study's inside, with what waits there for the caller; all zero for who is no ACTIVE member.
    async fn standing_inside(
        &self,
        caller: &Credential,
        study: StudyId,
    ) -> Result<Option<(Standing, Waiting)>, StoreError>;

    /// A person.
    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError>;

    /// The account of an address.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// How many administrators without an end there are, the highest role only.
    async fn lasting_super_admins(&self) -> Result<u32, StoreError>;

    /// A person and their administrator's role, expired or not.
    async fn person_and_grant(&self, id: &UserId) -> Result<Option<(User, Option<AdminGrant>)>, StoreError>;

    /// All administrators, expired ones too, by person.
    async fn administrators(&self, after: Option<&Keyset>, limit: PageLimit) -> Result<Vec<Administrator>, StoreError>;

    /// Of these people those who are there, as others see them, each once, in any order.
    async fn people(&self, ids: &[UserId]) -> Result<Vec<Person>, StoreError>;

    /// How much somebody takes part.
    async fn activity(&self, user: &UserId) -> Result<Activity, StoreError>;

    /// The answer that was kept for a person's key.
    async fn kept_answer(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<KeptAnswer>, StoreError>;
}

/// Reads of sessions, of second factors, and of what waits for a code.
#[async_trait]
pub trait AccountReads: Send + Sync {
    /// A person's sessions, ended ones too, the newest first.
    async fn sessions_of(&self, user: &UserId, limit: PageLimit) -> Result<Vec<Session>, StoreError>;

    /// A session, whosever it is.
    async fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// What waits for a code that was sent to an address.
    async fn verification(&self, kind: VerificationKind, email: &Email) -> Result<Option<Verification>, StoreError>;

    /// A person's second factor, also one that is only being set up.
    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError>;

    /// A sign-in that waits for the code of the second factor. May have expired: the decision looks.
    async fn half_sign_in(&self, hash: &TokenHash) -> Result<Option<HalfSignIn>, StoreError>;
}

/// Reads of attempts, and of the browsers in which people signed in.
#[async_trait]
pub trait LimitReads: Send + Sync {
    /// Attempts as they are counted. May not count any more: the decision looks.
    async fn attempts(&self, counted: &Counted) -> Result<Option<Attempts>, StoreError>;

    /// The browser with this cookie's hash, if it is known to the account of the address. May be known no more: the decision looks.
    async fn device(&self, hash: &TokenHash, email: &Email) -> Result<Option<Device>, StoreError>;
}

/// Reads of identities that are proved elsewhere.
#[async_trait]
pub trait IdentityReads: Send + Sync {
    /// The identity that an issuer means, compared byte for byte, to whichever account it is linked.
    async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<OAuthIdentity>, StoreError>;

    /// An account's identities, by the word of their provider.
    async fn identities(&self, user: &UserId) -> Result<Vec<OAuthIdentity>, StoreError>;

    /// A sign-in under way elsewhere that has not come back yet. May have expired: the decision looks.
    async fn flow(&self, hash: &TokenHash) -> Result<Option<OAuthFlow>, StoreError>;
}

/// Reads of files.
#[async_trait]
pub trait FileReads: Send + Sync {
    /// A file, however far it is.
    async fn file(&self, id: FileId) -> Result<Option<File>, StoreError>;

    /// The picture of somebody that is shown, if CoUp keeps it.
    async fn avatar_of(&self, user: &UserId) -> Result<Option<File>, StoreError>;
}

/// Reads of all that is a person's own, for giving it to them and for erasing it.
#[async_trait]
pub trait PersonalReads: Send + Sync {
    /// A person's memberships of whatever status, by the study's identifier, behind a study.
    async fn memberships(
        &self,
        user: &UserId,
        after: Option<StudyId>,
        limit: PageLimit,
    ) -> Result<Vec<Membership>, StoreError>;

    /// A person's messages as they are stored, deleted ones too, by identifier, behind a message.
    async fn messages_by(
        &self,
        user: &UserId,
        after: Option<MessageId>,
        limit: PageLimit,
    ) -> Result<Vec<Message>, StoreError>;

    /// What was told in which a person is named by their identifier, of the place's kind (of a study's events those of that study)
    /// and behind it, in order. Something may be there that does not name them.
    async fn traces(&self, user: &UserId, after: &TracePlace, limit: PageLimit) -> Result<Vec<Trace>, StoreError>;
}

/// Reads of the audit log and of security events.
#[async_trait]
pub trait AuditReads: Send + Sync {
    /// The end of the chain.
    async fn audit_head(&self) -> Result<AuditHead, StoreError>;

    /// Entries after a place, oldest first: for verifying and exporting. An empty filter leaves nothing out, whatever somebody
    /// wrote into the columns, nor after `i64::MIN` whatever place they gave it.
    async fn audit_rows(&self, filter: &AuditFilter, after: i64, limit: PageLimit)
    -> Result<Vec<AuditRow>, StoreError>;

    /// Entries before a place (absent: the newest), newest first, with the administrators as they are now.
    async fn audit_log(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: PageLimit,
    ) -> Result<Vec<(AuditRow, Option<Person>)>, StoreError>;

    /// Security events, the newest first; ties by source, path and kind.
    async fn security_events(&self, limit: PageLimit) -> Result<Vec<SecurityEvent>, StoreError>;
}

/// Reads of jobs.
#[async_trait]
pub trait JobReads: Send + Sync {
    /// A job.
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError>;
}

/// Reads of studies.
#[async_trait]
pub trait StudyReads: Send + Sync {
    /// A study, whoever asks.
    async fn study(&self, id: StudyId) -> Result<Option<Study>, StoreError>;

    /// Public, not hidden studies, with how the reader stands to each. Up to `limit` after the keyset's place; ties by id.
    async fn browse(
        &self,
        reader: &UserId,
        browse: &Browse,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<Browsed>, StoreError>;

    /// The newest messages and the longest members, up to as many as each limit says.
    async fn glance(&self, study: StudyId, said: PageLimit, people: PageLimit) -> Result<Glance, StoreError>;

    /// The study that a code opens: its standing code, or an invite (open or not).
    async fn study_by_code(&self, code: &str) -> Result<Option<(Study, Option<StudyInvite>)>, StoreError>;

    /// The ACTIVE and PENDING memberships of a person with their studies, hidden and closed ones too, latest activity first.
    async fn own_studies(
        &self,
        user: &UserId,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<OwnStudy>, StoreError>;
}

/// Reads of memberships and invites.
#[async_trait]
pub trait MemberReads: Send + Sync {
    /// How a person stands to a study.
    async fn member(&self, study: StudyId, user: &UserId) -> Result<Option<Member>, StoreError>;

    /// Members of one status, those longest in first; ties by person.
    async fn members(
        &self,
        study: StudyId,
        status: MemberStatus,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<Member>, StoreError>;

    /// The ACTIVE members of these roles: who is told of requests.
    async fn staff(&self, study: StudyId, least: StudyRole) -> Result<Vec<UserId>, StoreError>;

    /// When a person's request was last rejected.
    async fn last_rejection(&self, study: StudyId, user: &UserId) -> Result<Option<Timestamp>, StoreError>;

    /// A study's invites with who made them, newest first.
    async fn invites(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<(StudyInvite, Person)>, StoreError>;
}

/// Reads of chat.
#[async_trait]
pub trait ChatReads: Send + Sync {
    /// Messages of a study, deleted ones as they are stored (the view hides them).
    async fn messages(
        &self,
        study: StudyId,
        stretch: Stretch,
        limit: PageLimit,
    ) -> Result<Vec<MessageView>, StoreError>;

    /// Messages around a place, oldest first, as a member reads them: up to `before` that stand at the place or before it, and
    /// up to `after` behind it. Around a message that is not in this study there is nothing.
    async fn talk(
        &self,
        study: StudyId,
        reader: &UserId,
        around: Place,
        before: PageLimit,
        after: PageLimit,
    ) -> Result<Vec<Said>, StoreError>;

    /// A message, wherever it is.
    async fn message_anywhere(&self, id: MessageId) -> Result<Option<Written>, StoreError>;

    /// The messages around one, oldest first, as they are stored, deleted ones too: up to `before` that stand before it, itself,
    /// and up to `after` behind it. Around one that is not there, there is nothing.
    async fn context(&self, id: MessageId, before: PageLimit, after: PageLimit) -> Result<Vec<Written>, StoreError>;

    /// A message of this study.
    async fn message(&self, study: StudyId, id: MessageId) -> Result<Option<Written>, StoreError>;

    /// An author's message by their own name for it.
    async fn message_by_client_id(&self, user: &UserId, client_id: &ClientId) -> Result<Option<Written>, StoreError>;

    /// The ACTIVE members with whose name one of the texts begins, in any order. A text is of one line.
    async fn members_called(&self, study: StudyId, texts: &[String]) -> Result<Vec<Person>, StoreError>;

    /// Messages that contain the query, whatever the case, newest first, before a place; deleted ones aside.
    async fn search_messages(
        &self,
        study: StudyId,
        query: &Query,
        before: Option<i64>,
        limit: PageLimit,
    ) -> Result<Vec<MessageView>, StoreError>;

    /// How far the ACTIVE members have read, by person.
    async fn read_marks(
        &self,
        study: StudyId,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<ReadMark>, StoreError>;

    /// A scope's sequences; zeros if nothing was ever told in it.
    async fn head(&self, scope: &Scope) -> Result<Head, StoreError>;

    /// Events of a scope after a place, oldest first.
    async fn events(&self, scope: &Scope, after: i64, limit: PageLimit) -> Result<Vec<StoredEvent>, StoreError>;
}

/// Reads for what is live.
#[async_trait]
pub trait LiveReads: Send + Sync {
    /// The newest events' places of many scopes, in any order; those in which nothing was ever told may be absent.
    async fn heads(&self, scopes: &[Scope]) -> Result<Vec<(Scope, i64)>, StoreError>;

    /// The newest revocation's place; 0 if there was none.
    async fn revocation_head(&self) -> Result<i64, StoreError>;

    /// Revocations after a place, oldest first. A row that is there has all rows before it there, too: their places are given
    /// in the order of the commits.
    async fn revocations(&self, after: i64, limit: PageLimit) -> Result<Vec<Revocation>, StoreError>;

    /// A ticket that was not used yet. May have expired: the decision looks.
    async fn ticket(&self, hash: &TokenHash) -> Result<Option<Ticket>, StoreError>;

    /// The caller, and all studies of which they are an ACTIVE member, hidden and closed ones too, by identifier. The
    /// standing's own study is absent.
    async fn standing_everywhere(
        &self,
        caller: &Credential,
    ) -> Result<Option<(Standing, Vec<(Study, StudyMember)>)>, StoreError>;
}

/// Reads of reports and cases.
#[async_trait]
pub trait ModerationReads: Send + Sync {
    /// The case of a report, with all its reports, the oldest first.
    async fn case_of(&self, report: ReportId) -> Result<Option<(Case, Vec<Report>)>, StoreError>;

    /// The same of a case itself.
    async fn case(&self, id: CaseId) -> Result<Option<(Case, Vec<Report>)>, StoreError>;

    /// The newest case on a target, open or decided, with all its reports, the oldest first.
    async fn newest_case(&self, target: &ReportTarget) -> Result<Option<(Case, Vec<Report>)>, StoreError>;

    /// What is known of a reporter: what became of their reports, how many they made at the instant or later, and their newest
    /// on a target.
    async fn reporting(
        &self,
        reporter: &UserId,
        target: &ReportTarget,
        since: Timestamp,
    ) -> Result<Reporting, StoreError>;

    /// What was reported of somebody: of themselves, of their messages, of studies that were theirs.
    async fn received(&self, user: &UserId) -> Result<Received, StoreError>;

    /// Whether two people have ever been in one study, in whatever status but PENDING.
    async fn have_met(&self, one: &UserId, other: &UserId) -> Result<bool, StoreError>;

    /// Cases that the viewer has no part in (specification, permissions § Rules about two people), as they stand at the instant:
    /// the most urgent first, of those the oldest. Without a viewer all.
    async fn cases(
        &self,
        viewer: Option<&UserId>,
        filter: &CaseFilter,
        now: Timestamp,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<CaseCard>, StoreError>;

    /// Somebody's own reports with their cases, the newest first.
    async fn own_reports(
        &self,
        reporter: &UserId,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<(Report, Case)>, StoreError>;

    /// The cases that are somebody's doing, those that the viewer has a part in aside, the newest first. Without a viewer all.
    async fn cases_about(
        &self,
        offender: &UserId,
        viewer: Option<&UserId>,
        limit: PageLimit,
    ) -> Result<Vec<CaseCard>, StoreError>;

    /// Somebody's reports with their cases, those that the viewer has a part in aside, the newest first. Without a viewer all.
    async fn reports_by(
        &self,
        reporter: &UserId,
        viewer: Option<&UserId>,
        limit: PageLimit,
    ) -> Result<Vec<(Report, Case)>, StoreError>;

    /// What administrators added to a case, the oldest first, with who did as they are now.
    async fn case_entries(
        &self,
        case: CaseId,
        limit: PageLimit,
    ) -> Result<Vec<(CaseEntry, Option<Person>)>, StoreError>;

    /// The times of the cases whose first report came at `from` (of those of that instant the ones behind `after`) or later, and
    /// before `to`; the oldest first, ties by identifier.
    async fn case_times(
        &self,
        from: Timestamp,
        to: Timestamp,
        after: Option<CaseId>,
        limit: PageLimit,
    ) -> Result<Vec<CaseTimes>, StoreError>;
}

/// Reads of sanctions and appeals.
#[async_trait]
pub trait SanctionReads: Send + Sync {
    /// A sanction, with its appeal if there is one.
    async fn sanction(&self, id: SanctionId) -> Result<Option<(Sanction, Option<Appeal>)>, StoreError>;

    /// All sanctions of a person with their appeals, lifted and ended ones too, the newest first.
    async fn sanctions_of(&self, user: &UserId) -> Result<Vec<(Sanction, Option<Appeal>)>, StoreError>;

    /// An appeal with its sanction.
    async fn appeal(&self, id: AppealId) -> Result<Option<(Appeal, Sanction)>, StoreError>;

    /// Appeals in a status (absent: all) of sanctions that the viewer neither imposed nor is under, and whose case they have no
    /// part in, the oldest first. Without a viewer all.
    async fn appeals(
        &self,
        viewer: Option<&UserId>,
        status: Option<AppealStatus>,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<(Appeal, Sanction)>, StoreError>;
}

/// Reads of notifications.
#[async_trait]
pub trait NotificationReads: Send + Sync {
    /// A notification, whosever it is.
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;

    /// How many of somebody's notifications they have not read.
    async fn unread_notifications(&self, user: &UserId) -> Result<u32, StoreError>;

    /// The same for who comes with a credential, counted no further than the limit; none for who is not known by it. Whether a session
    /// has expired is not looked at.
    async fn unread_at_most(&self, credential: &Credential, limit: PageLimit) -> Result<u32, StoreError>;

    /// Somebody's notifications that the filter lets through, the newest first.
    async fn notifications(
        &self,
        user: &UserId,
        filter: NotificationFilter,
        after: Option<&Keyset>,
        limit: PageLimit,
    ) -> Result<Vec<Notification>, StoreError>;
}

/// Reads of settings.
#[async_trait]
pub trait SettingReads: Send + Sync {
    /// All that administrators changed; version 0 as long as they have not.
    async fn settings(&self) -> Result<StoredSettings, StoreError>;
}

/// Storage as a whole.
#[async_trait]
pub trait Store:
    UserReads
    + AccountReads
    + LimitReads
    + IdentityReads
    + FileReads
    + PersonalReads
    + StudyReads
    + MemberReads
    + ChatReads
    + AuditReads
    + JobReads
    + LiveReads
    + ModerationReads
    + SanctionReads
    + NotificationReads
    + SettingReads
    + 'static
{
    /// Writes all or nothing. By value: a writer may batch it with others.
    async fn commit(&self, changes: Changes) -> Result<Committed, StoreError>;

    /// Whether storage answers now, for readiness.
    async fn ping(&self) -> Result<(), StoreError>;
}
