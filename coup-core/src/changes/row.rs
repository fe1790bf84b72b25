//! What is written: rows, what takes them away, and what changes without a row of its own.

use crate::{
    appeal::model::Appeal,
    audit::model::SecurityEvent,
    chat::model::Message,
    env::Timestamp,
    file::model::File,
    id::{FileId, InviteId, NotificationId, SessionId, StudyId, UserId},
    identity::model::{OAuthFlow, OAuthIdentity, Provider},
    job::model::{Claim, Job},
    limit::model::{Device, Place},
    live::model::Ticket,
    member::model::{MembershipEvent, StudyInvite, StudyMember},
    moderation::model::{Case, CaseEntry, Report},
    notification::model::Notification,
    sanction::model::Sanction,
    second_factor::model::{HalfSignIn, SecondFactor},
    settings::model::StoredSettings,
    study::model::Study,
    text::Email,
    user::{
        model::{AdminGrant, Session, TokenHash, User, Verification, VerificationKind},
        trace::Trace,
    },
};

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
    /// A job; inserted by [`Changes::job`](super::Changes::job) only, saved as others.
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
    /// A message; inserted by [`Changes::post`](super::Changes::post) only, saved as others.
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
    /// [`Committed::read`](super::Committed::read) says how many.
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
    /// Takes jobs that are due; [`Committed::jobs`](super::Committed::jobs) has them. Two never get the same.
    ClaimJobs(Claim),
    /// What is kept for a person beside their account goes, but for what a [`Key`] takes away: identities, sign-ins half-way, what waits
    /// for a code at their address, notifications, events of their own scope, read marks, kept answers.
    Forget(UserId, Option<Email>),
    /// What was told of a person stands without what is theirs; nothing happens if it is gone.
    Reword(Trace),
    /// Personal values of the audit log go: of entries about the person what stands before and after, of entries by the person
    /// from where and with what. The chain stays as it is.
    EraseAuditPersonal(UserId),
    /// A refused attempt: a new row, or one more of the same minute's.
    CountSecurityEvent(Box<SecurityEvent>),
    /// Takes away at most so many rows from before the instant; [`Committed::pruned`](super::Committed::pruned) says how many went.
    Prune(Passing, Timestamp, u32),
}
