//! What a decision changes: one atomic, guarded write.
//!
//! `Changes` cannot be begun without an authority: a [`Permit`] from the policy, a named [`SystemPermit`], or the host.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    audit::model::{AdminAction, AuditActor, AuditDraft, AuditEntry, AuditTarget, SecurityEvent},
    chat::model::{Answered, Message, Written},
    env::{Env, Timestamp},
    id::{JobId, MessageId, StudyId, UserId},
    idempotency::Keep,
    job::model::{Job, NewJob, Payload},
    live::{
        model::{Ephemeral, NewRevocation},
        rules::revocation,
    },
    policy::Permit,
    settings::model::StoredSettings,
    user::model::Person,
};

mod row;

pub use self::row::{Change, Key, Passing, Row};

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
