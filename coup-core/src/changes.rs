//! What a decision changes: one atomic, guarded write.
//!
//! `Changes` cannot be begun without an authority: a [`Permit`] from the policy, a named [`SystemPermit`], or the host.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    appeal::model::Appeal,
    audit::model::{AdminAction, AuditActor, AuditDraft, AuditEntry, AuditTarget, SecurityEvent},
    chat::model::{Answered, Message, Written},
    env::{Env, Timestamp},
    file::model::File,
    id::{FileId, InviteId, JobId, MessageId, NotificationId, SessionId, StudyId, UserId},
    idempotency::Keep,
    identity::model::{OAuthFlow, OAuthIdentity, Provider},
    job::model::{Claim, Job, NewJob, Payload},
    limit::model::{Device, Place},
    live::{
        model::{Ephemeral, NewRevocation, Ticket},
        rules::revocation,
    },
    member::model::{MembershipEvent, StudyInvite, StudyMember},
    moderation::model::{Case, CaseEntry, Report},
    notification::model::Notification,
    policy::Permit,
    sanction::model::Sanction,
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    study::model::Study,
    text::Email,
    user::{
        model::{AdminGrant, Person, Session, TokenHash, User, Verification, VerificationKind},
        trace::Trace,
    },
};

/// Who may begin [`Changes`] without a person's permission. One variant a purpose; each is used in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemPermit {
    /// Accounts and sessions: nobody is signed in yet, or only their own session is touched.
    Identity,
    /// Attempts: taking their places, and giving them back.
    Limits,
    /// Fixtures, and whatever else an operator puts in place by hand.
    Operator,
    /// What a host's directory says of its users: that they are there, and their names.
    Directory,
    /// Jobs: taking them, and noting how far they are.
    Jobs,
    /// The sweeper: takes away what has passed its time.
    Sweep,
    /// The answer of an idempotency key where nothing else is written.
    Answers,
}

/// On whose authority something is written.
#[derive(Debug)]
pub enum Authority {
    /// The policy allowed it to a person.
    Permit(Permit),
    /// A named purpose of the system's own.
    System(SystemPermit),
    /// The host, in its own name, for a purpose it states; audited.
    Host(&'static str),
    /// A refusal: all that it can write is that it happened.
    Refusal,
}

/// A row of one entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// An account.
    User(Box<User>),
    /// A session. A save leaves when it was last seen.
    Session(Box<Session>),
    /// What waits for a code; taken by [`Change::UseCode`].
    Verification(Box<Verification>),
    /// A second factor; one a person.
    SecondFactor(Box<SecondFactor>),
    /// A sign-in that waits for the code of the second factor; inserted, and gone by [`Change::UseHalfSignIn`].
    HalfSignIn(Box<HalfSignIn>),
    /// A linked identity; only inserted, one account an issuer and subject
    /// ([`Unique::Identity`](crate::store::Unique::Identity)), one identity an account and provider
    /// ([`Unique::IdentityProvider`](crate::store::Unique::IdentityProvider)).
    Identity(Box<OAuthIdentity>),
    /// A sign-in under way elsewhere; inserted, and gone by [`Change::UseFlow`].
    Flow(Box<OAuthFlow>),
    /// A file.
    File(Box<File>),
    /// A ticket; inserted, and gone by [`Change::UseTicket`].
    Ticket(Box<Ticket>),
    /// An administrator's role.
    AdminGrant(Box<AdminGrant>),
    /// A sanction.
    Sanction(Box<Sanction>),
    /// A case; one open one a target ([`Unique::OpenCase`](crate::store::Unique::OpenCase)).
    Case(Box<Case>),
    /// A report; only inserted, one a reporter and case ([`Unique::Report`](crate::store::Unique::Report)).
    Report(Box<Report>),
    /// What an administrator added to a case; only inserted.
    CaseEntry(Box<CaseEntry>),
    /// An appeal; one a sanction ([`Unique::Appeal`](crate::store::Unique::Appeal)).
    Appeal(Box<Appeal>),
    /// A notification.
    Notification(Box<Notification>),
    /// A job; inserted by [`Changes::job`] only, saved as others.
    Job(Box<Job>),
    /// All that administrators changed of the settings; only saved.
    Settings(Box<StoredSettings>),
    /// A study; inserted together with its seats (one taken) and its head.
    Study(Box<Study>),
    /// A membership.
    Member(Box<StudyMember>),
    /// An invite.
    Invite(Box<StudyInvite>),
    /// A line of a membership's history.
    MembershipEvent(Box<MembershipEvent>),
    /// A message; inserted by [`Changes::post`] only, saved as others.
    Message(Box<Message>),
}

/// The key of a row that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A session.
    Session(SessionId),
    /// All sessions of a person.
    Sessions(UserId),
    /// All browsers that are known to an account.
    Devices(UserId),
    /// A person's second factor, with its recovery codes.
    SecondFactor(UserId),
    /// A person's identity at a provider.
    Identity(UserId, Provider),
    /// A file. Its content is erased before.
    File(FileId),
    /// A study with all that is in it.
    Study(StudyId),
    /// A membership.
    Member(StudyId, UserId),
    /// An invite.
    Invite(StudyId, InviteId),
    /// An administrator's role. The last SUPER_ADMIN without an end stays
    /// ([`Limit::LastSuperAdmin`](crate::store::Limit::LastSuperAdmin)).
    AdminGrant(UserId),
    /// A notification of somebody.
    Notification(UserId, NotificationId),
}

/// What passes with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passing {
    /// Sessions that have ended, by their end.
    Sessions,
    /// What waited for a code, by its end.
    Verifications,
    /// Attempts, by when they do not count any more.
    Attempts,
    /// Browsers, by when they are known no more.
    Devices,
    /// Events, by when they were told.
    Events,
    /// Kept answers, by when they were given.
    Answers,
    /// Finished jobs, by when they were finished; those that failed stay.
    Jobs,
    /// Security events, by when they happened.
    SecurityEvents,
    /// Tickets, by their end.
    Tickets,
    /// Sign-ins under way elsewhere, by their end.
    Flows,
    /// Sign-ins that wait for a code, by their end.
    HalfSignIns,
    /// Revocations, by when they were made.
    Revocations,
}

impl Passing {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Sessions,
        Self::Verifications,
        Self::Attempts,
        Self::Devices,
        Self::Events,
        Self::Answers,
        Self::Jobs,
        Self::SecurityEvents,
        Self::Tickets,
        Self::Flows,
        Self::HalfSignIns,
        Self::Revocations,
    ];
}

/// One change. The store applies them in order; the special ones come after, in an order of its own that cannot deadlock.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new row.
    Insert(Row),
    /// A row as it shall be; its `version` is the one that was read, and must still stand.
    Save(Row),
    /// A row goes. Nothing happens if it is gone already.
    Remove(Key),
    /// One seat more is taken, if one is free ([`Limit::Seats`](crate::store::Limit::Seats)).
    TakeSeat(StudyId),
    /// One seat is free again.
    FreeSeat(StudyId),
    /// The capacity, if the taken seats fit ([`Limit::Seats`](crate::store::Limit::Seats)).
    SetCapacity(StudyId, u32),
    /// One use of an invite, if it is there, not used up and not expired at the instant ([`Limit::InviteUses`](crate::store::Limit::InviteUses)).
    UseInvite(InviteId, Timestamp),
    /// A read mark moves forward, never back, and never past the newest message.
    MoveReadMark(StudyId, UserId, i64),
    /// At most so many of the person's notifications from the instant or before are read that were not, the newest first;
    /// [`Committed::read`] says how many.
    ReadNotifications(UserId, Timestamp, u32),
    /// A ticket is used: it goes. One that is not there (any more) is a [`Conflict`](crate::store::StoreError::Conflict), so that of
    /// two who come with the same one finds it.
    UseTicket(TokenHash),
    /// A sign-in under way elsewhere comes back: it goes. One that is not there (any more) is a
    /// [`Conflict`](crate::store::StoreError::Conflict).
    UseFlow(TokenHash),
    /// A sign-in that waited for its code is complete: it goes. One that is not there (any more) is a
    /// [`Conflict`](crate::store::StoreError::Conflict).
    UseHalfSignIn(TokenHash),
    /// The person signed in at the instant; no version moves.
    SignedIn(UserId, Timestamp),
    /// A session was used at the instant; it moves forward only. Nothing happens if it is gone, or if somebody writes it just now.
    SeenSession(SessionId, Timestamp),
    /// What waits for a code goes, if it is of the version that was read; else it is a
    /// [`Conflict`](crate::store::StoreError::Conflict), so that of two who come with the same code one is let through.
    UseCode(VerificationKind, Email, i64),
    /// An attempt takes a place, if one is free at the instant ([`Limit::Attempts`](crate::store::Limit::Attempts)).
    TakePlace(Box<Place>),
    /// It gives it back. Nothing happens if it does not count any more.
    GivePlaceBack(Box<Place>),
    /// Somebody signed in in a browser, which has a new cookie now: whatever account knew it by the old one (the hash) knows it by the
    /// new one. Of an account's browsers the latest [`MOST_DEVICES`](crate::limit::rules::MOST_DEVICES) stay.
    SeenDevice(Box<Device>, Option<TokenHash>),
    /// Takes jobs that are due; [`Committed::jobs`] has them. Two never get the same.
    ClaimJobs(Claim),
    /// What is kept for a person beside their account goes: sessions, identities, what waits for a code at their address,
    /// notifications, events of their own scope, read marks, kept answers.
    Forget(UserId, Option<Email>),
    /// What was told of a person stands without what is theirs; nothing happens if it is gone.
    Reword(Trace),
    /// Personal values of the audit log go: of entries about the person what stands before and after, of entries by the person
    /// from where and with what. The chain stays as it is.
    EraseAuditPersonal(UserId),
    /// A refused attempt: a new row, or one more of the same minute's.
    CountSecurityEvent(Box<SecurityEvent>),
    /// Takes away at most so many rows from before the instant; [`Committed::pruned`] says how many went.
    Prune(Passing, Timestamp, u32),
}

/// What a decision read, and what must still be so at the commit. Stores lock them first, in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// A person's authorisation version.
    User(UserId, i64),
    /// A study's version.
    Study(StudyId, i64),
    /// A membership's version.
    Member(StudyId, UserId, i64),
    /// A message's version.
    Message(MessageId, i64),
}

/// To whom an event belongs, and within what its sequence counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// A study's members.
    Study(StudyId),
    /// One person.
    User(UserId),
}

words! {
    /// What a durable event tells (specification, real time § Events).
    EventKind {
        /// A message was sent.
        MessageCreated = "message.created",
        /// A message was edited.
        MessageEdited = "message.edited",
        /// A message was deleted.
        MessageDeleted = "message.deleted",
        /// Somebody asked to join; to the OWNER and the ADMINs.
        MemberRequested = "member.requested",
        /// Somebody came in.
        MemberJoined = "member.joined",
        /// Somebody went.
        MemberLeft = "member.left",
        /// Somebody was removed.
        MemberKicked = "member.kicked",
        /// Somebody has another role.
        MemberRoleChanged = "member.role_changed",
        /// The study's settings changed.
        StudyUpdated = "study.updated",
        /// The study was closed.
        StudyClosed = "study.closed",
        /// The study was deleted; to each of its members.
        StudyDeleted = "study.deleted",
        /// Somebody was told something beside; to them.
        NotificationCreated = "notification.created",
        /// One read what one was told, a single one (`id`) or all of it (`all`); to oneself.
        NotificationRead = "notification.read",
        /// One took away what one was told; to oneself.
        NotificationDeleted = "notification.deleted",
        /// A sanction began; to whom it is of.
        SanctionImposed = "sanction.imposed",
        /// A sanction was lifted or reduced, or came to its end; to whom it is of.
        SanctionLifted = "sanction.lifted",
        /// An urgent report came; to administrators.
        ReportUrgent = "report.urgent",
    }
}

/// An event to be written; the store gives it its place in its scope.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// To whom.
    pub scope: Scope,
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The object as HTTP answers it, or `{"id": …}` of what is gone.
    pub data: Value,
}

/// A message to be written with the next place in its study, and its `message.created`.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The message, without its place.
    pub message: Message,
    /// Its author as the event shows them.
    pub author: Person,
    /// What it answers, as the event shows it.
    pub reply_to: Option<Answered>,
}

impl Post {
    /// The message and its event's data, once the store knows the place.
    pub fn placed(mut self, seq: i64) -> (Message, Value) {
        self.message.seq = seq;
        let written = Written { message: self.message, author: self.author, reply_to: self.reply_to };
        let data = to_value(&written.view());
        (written.message, data)
    }
}

/// The JSON of a view. Our views have string keys and finite numbers, so that this cannot fail.
pub fn to_value(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or(Value::Null)
}

/// One atomic write: what authorises it, what must still hold, what changes, what is told.
#[derive(Debug)]
pub struct Changes {
    authority: Vec<Authority>,
    guards: BTreeSet<Guard>,
    writes: Vec<Change>,
    posts: Vec<Post>,
    events: Vec<NewEvent>,
    drafts: Vec<AuditDraft>,
    audit: Vec<AuditEntry>,
    jobs: Vec<NewJob>,
    revocations: Vec<NewRevocation>,
    whispers: Vec<Ephemeral>,
    keep: Option<Keep>,
    /// How many posts and events listeners have jobs for already.
    told: (usize, usize),
}

impl Changes {
    /// Begins a write that the policy allowed. An administrator's permit brings its audit row along;
    /// [`audited`](Self::audited) words it more exactly.
    pub fn permitted(permit: Permit) -> Self {
        let draft = AuditDraft::of(&permit);
        let mut changes = Self::begin(Authority::Permit(permit));
        changes.drafts.extend(draft);
        changes
    }

    /// Begins a write of the system's own.
    pub fn system(permit: SystemPermit) -> Self {
        Self::begin(Authority::System(permit))
    }

    /// Begins a write in the host's name; audited.
    pub(crate) fn host(purpose: &'static str, action: AdminAction, target: Option<AuditTarget>) -> Self {
        let mut changes = Self::begin(Authority::Host(purpose));
        changes.drafts.push(AuditDraft::new(AuditActor::Host(purpose), action, target));
        changes
    }

    /// What a refusal writes: that it happened, and nothing else.
    pub(crate) fn refused(event: SecurityEvent) -> Self {
        Self::begin(Authority::Refusal).change(Change::CountSecurityEvent(Box::new(event)))
    }

    fn begin(authority: Authority) -> Self {
        Self {
            authority: vec![authority],
            guards: BTreeSet::new(),
            writes: Vec::new(),
            posts: Vec::new(),
            events: Vec::new(),
            drafts: Vec::new(),
            audit: Vec::new(),
            jobs: Vec::new(),
            revocations: Vec::new(),
            whispers: Vec::new(),
            keep: None,
            told: (0, 0),
        }
    }

    /// Holds the write to something that the decision read.
    #[must_use]
    pub fn guard(mut self, guard: Guard) -> Self {
        self.guards.insert(guard);
        self
    }

    /// A new row.
    #[must_use]
    pub fn insert(self, row: Row) -> Self {
        self.change(Change::Insert(row))
    }

    /// A row as it shall be, guarded by the version that was read.
    #[must_use]
    pub fn save(self, row: Row) -> Self {
        self.change(Change::Save(row))
    }

    /// Any other change.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.writes.push(change);
        self
    }

    /// A message with the next place in its study.
    #[must_use]
    pub fn post(self, message: Message, author: Person) -> Self {
        self.post_written(Written { message, author, reply_to: None })
    }

    /// The same, told with what it answers.
    #[must_use]
    pub fn post_written(mut self, written: Written) -> Self {
        self.posts.push(Post { message: written.message, author: written.author, reply_to: written.reply_to });
        self
    }

    /// Tells of it.
    #[must_use]
    pub fn event(mut self, scope: Scope, kind: EventKind, at: Timestamp, data: Value) -> Self {
        self.events.push(NewEvent { scope, kind, at, data });
        self
    }

    /// Tells of something that is not kept, to who hears when the commit is done.
    #[must_use]
    pub fn whisper(mut self, ephemeral: Ephemeral) -> Self {
        self.whispers.push(ephemeral);
        self
    }

    /// A job, done after the commit, at least once.
    #[must_use]
    pub fn job(mut self, job: NewJob) -> Self {
        self.jobs.push(job);
        self
    }

    /// A further permission that the same write needs. It is not audited apart.
    #[must_use]
    pub fn also(mut self, permit: Permit) -> Self {
        self.authority.push(Authority::Permit(permit));
        self
    }

    /// A further audit row.
    #[must_use]
    pub(crate) fn audit(mut self, draft: AuditDraft) -> Self {
        self.drafts.push(draft);
        self
    }

    /// Words the audit row; nothing happens where none is written.
    #[must_use]
    pub fn audited(mut self, word: impl FnOnce(AuditDraft) -> AuditDraft) -> Self {
        if let Some(draft) = self.drafts.pop() {
            self.drafts.push(word(draft));
        }
        self
    }

    /// On whose authority; never empty.
    pub fn authority(&self) -> &[Authority] {
        &self.authority
    }

    /// What is written, in the order of the decision.
    pub fn writes(&self) -> &[Change] {
        &self.writes
    }

    /// Messages that are sent.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// What is told.
    pub fn events(&self) -> &[NewEvent] {
        &self.events
    }

    /// Fixes the bytes of the audit rows. A store refuses what was not sealed, so that no row goes missing.
    pub(crate) fn seal(&mut self, env: &Env, ip: Option<&str>, user_agent: Option<&str>) {
        self.audit.extend(self.drafts.drain(..).map(|draft| draft.seal(env, ip, user_agent)));
    }

    /// Notes whose connections the writes concern, once each.
    pub(crate) fn revoke(&mut self, now: Timestamp) {
        self.revocations = self.writes.iter().filter_map(|change| revocation(change, &self.writes, now)).collect();
        self.revocations.sort();
        self.revocations.dedup();
    }

    /// What to tell when the commit is done.
    pub(crate) fn take_whispers(&mut self) -> Vec<Ephemeral> {
        std::mem::take(&mut self.whispers)
    }

    /// The settings that it saves, as they are once it is committed.
    pub(crate) fn settings(&self) -> Option<StoredSettings> {
        self.writes.iter().find_map(|change| match change {
            Change::Save(Row::Settings(saved)) => {
                Some(StoredSettings { version: saved.version + 1, values: saved.values.clone() })
            }
            _ => None,
        })
    }

    /// Keeps the answer for the caller's key.
    pub(crate) fn keep(&mut self, keep: Keep) {
        self.keep = Some(keep);
    }

    /// Adds a job for each event of these kinds.
    pub(crate) fn tell(&mut self, kind: &str, wants: impl Fn(EventKind) -> bool, id: impl Fn() -> JobId) {
        let job = |payload, at| NewJob { id: id(), kind: kind.to_owned(), payload, run_at: at, created_at: at };
        let (posts, events) = self.told;
        if wants(EventKind::MessageCreated) {
            for (place, post) in self.posts.iter().enumerate().skip(posts) {
                self.jobs.push(job(Payload::Post(place), post.message.created_at));
            }
        }
        for (place, event) in self.events.iter().enumerate().skip(events) {
            if wants(event.kind) {
                self.jobs.push(job(Payload::Event(place), event.at));
            }
        }
    }

    /// A copy of all parts, for who only looks.
    pub fn parts(&self) -> Parts {
        Parts {
            guards: self.guards.clone(),
            writes: self.writes.clone(),
            posts: self.posts.clone(),
            events: self.events.clone(),
            audit: if self.drafts.is_empty() { Ok(self.audit.clone()) } else { Err(Unsealed) },
            jobs: self.jobs.clone(),
            revocations: self.revocations.clone(),
            keep: self.keep.clone(),
        }
    }

    /// All listeners have jobs for what is told so far.
    pub(crate) fn told(&mut self) {
        self.told = (self.posts.len(), self.events.len());
    }

    /// All parts, for a store.
    pub fn into_parts(self) -> Parts {
        Parts {
            guards: self.guards,
            writes: self.writes,
            posts: self.posts,
            events: self.events,
            audit: if self.drafts.is_empty() { Ok(self.audit) } else { Err(Unsealed) },
            jobs: self.jobs,
            revocations: self.revocations,
            keep: self.keep,
        }
    }
}

/// An audit row whose bytes were not fixed: the changes did not come from [`Coup`](crate::coup::Coup).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an administrator's write was not sealed for the audit log: expected changes from Coup::run or Coup::prepare")]
pub struct Unsealed;

impl From<Unsealed> for crate::store::StoreError {
    fn from(unsealed: Unsealed) -> Self {
        Self::Backend(unsealed.to_string())
    }
}

/// What a store applies.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Locked and held against, in order.
    pub guards: BTreeSet<Guard>,
    /// In the order of the decision.
    pub writes: Vec<Change>,
    /// Messages without their places.
    pub posts: Vec<Post>,
    /// Events without their places.
    pub events: Vec<NewEvent>,
    /// Rows of the audit log, without their places; the chain's head is locked last. A commit that lacks them is refused.
    pub audit: Result<Vec<AuditEntry>, Unsealed>,
    /// Jobs; those that carry an event are written once it has its place.
    pub jobs: Vec<NewJob>,
    /// Changes of rights, without their places. Their sequence is one for all, so that its head is locked after the scopes' and
    /// before the audit log's.
    pub revocations: Vec<NewRevocation>,
    /// The answer to keep, asked for when all else is written ([`Unique::IdempotencyKey`](crate::store::Unique::IdempotencyKey)).
    pub keep: Option<Keep>,
}

/// What a store answers after a commit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Committed {
    /// The places given to the posts, in order.
    pub posts: Vec<i64>,
    /// The scopes that have news, with their newest place: hints for whoever listens.
    pub heads: Vec<(Scope, i64)>,
    /// The jobs that were claimed, the longest due first.
    pub jobs: Vec<Job>,
    /// How many rows each [`Change::Prune`] took away, in order.
    pub pruned: Vec<u64>,
    /// How many notifications each [`Change::ReadNotifications`] marked, in order.
    pub read: Vec<u64>,
    /// The newest place among revocations, if there are new ones.
    pub revoked: Option<i64>,
}
