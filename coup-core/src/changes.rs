//! What a decision changes: one atomic, guarded write.
//!
//! `Changes` cannot be begun without an authority: a [`Permit`] from the policy, a named [`SystemPermit`], or the host.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::{
    chat::model::{Message, MessageView},
    env::Timestamp,
    id::{InviteId, MessageId, SessionId, StudyId, UserId},
    member::model::{MembershipEvent, StudyInvite, StudyMember},
    policy::Permit,
    study::model::Study,
    user::model::{AdminGrant, Person, Session, User},
};

/// Who may begin [`Changes`] without a person's permission. One variant a purpose; each is used in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemPermit {
    /// Accounts and sessions: nobody is signed in yet, or only their own session is touched.
    Identity,
    /// The operator at the command line: the first administrator, the demo's data.
    Operator,
}

/// On whose authority something is written.
#[derive(Debug)]
pub enum Authority {
    /// The policy allowed it to a person.
    Permit(Permit),
    /// A named purpose of the system's own.
    System(SystemPermit),
    /// The host, in its own name, for a purpose it states.
    Host(&'static str),
}

/// A row of one entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// An account.
    User(Box<User>),
    /// A session.
    Session(Box<Session>),
    /// An administrator's role.
    AdminGrant(Box<AdminGrant>),
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
    /// A study with all that is in it.
    Study(StudyId),
    /// A membership.
    Member(StudyId, UserId),
    /// An invite.
    Invite(StudyId, InviteId),
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
    /// The person signed in at the instant; no version moves.
    SignedIn(UserId, Timestamp),
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
}

impl Post {
    /// The message and its event's data, once the store knows the place.
    pub fn placed(mut self, seq: i64) -> (Message, Value) {
        self.message.seq = seq;
        let data = to_value(&MessageView::new(&self.message, self.author));
        (self.message, data)
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
}

impl Changes {
    /// Begins a write that the policy allowed.
    pub fn permitted(permit: Permit) -> Self {
        Self::begin(Authority::Permit(permit))
    }

    /// Begins a write of the system's own.
    pub fn system(permit: SystemPermit) -> Self {
        Self::begin(Authority::System(permit))
    }

    pub(crate) fn begin(authority: Authority) -> Self {
        Self {
            authority: vec![authority],
            guards: BTreeSet::new(),
            writes: Vec::new(),
            posts: Vec::new(),
            events: Vec::new(),
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
    pub fn post(mut self, message: Message, author: Person) -> Self {
        self.posts.push(Post { message, author });
        self
    }

    /// Tells of it.
    #[must_use]
    pub fn event(mut self, scope: Scope, kind: EventKind, at: Timestamp, data: Value) -> Self {
        self.events.push(NewEvent { scope, kind, at, data });
        self
    }

    /// A further permission that the same write needs.
    #[must_use]
    pub fn also(mut self, permit: Permit) -> Self {
        self.authority.push(Authority::Permit(permit));
        self
    }

    /// On whose authority; never empty.
    pub fn authority(&self) -> &[Authority] {
        &self.authority
    }

    /// All parts, for a store.
    pub fn into_parts(self) -> Parts {
        Parts { guards: self.guards, writes: self.writes, posts: self.posts, events: self.events }
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
}

/// What a store answers after a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The places given to the posts, in order.
    pub posts: Vec<i64>,
    /// The scopes that have news, with their newest place: hints for whoever listens.
    pub heads: Vec<(Scope, i64)>,
}
