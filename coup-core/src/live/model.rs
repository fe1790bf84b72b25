//! Revocations, tickets, and who hears what.

use serde::{Deserialize, Serialize};

use crate::{
    changes::{EventKind, Scope},
    env::Timestamp,
    id::{SessionId, StudyId, UserId},
    store::Credential,
    user::model::TokenHash,
};

/// Whose connections a change of rights concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Revoked {
    /// All of a person's.
    User(UserId),
    /// Those that were opened with a session.
    Session(SessionId),
    /// A person's that hear a study.
    Member(StudyId, UserId),
    /// All that hear a study.
    Study(StudyId),
    /// Whoever does not get in any more: the settings are others.
    Site,
}

words! {
    /// Why a connection ends (specification, real time § Socket.IO, `cut`).
    CutCode {
        /// Removed from the study.
        Kicked = "kicked",
        /// Left the study.
        Left = "left",
        /// A role or a right is another one now; connect again.
        RoleChanged = "role_changed",
        /// The study was closed; connect again, it can be read.
        StudyClosed = "study_closed",
        /// A moderator hides the study; connect again, its members can read it.
        StudyHidden = "study_hidden",
        /// The study is gone.
        StudyDeleted = "study_deleted",
        /// A sanction began.
        Sanctioned = "sanctioned",
        /// Signed out, here or elsewhere.
        SignedOut = "signed_out",
        /// The session came to its end.
        SessionExpired = "session_expired",
        /// Too many connections of one person: a newer one took the place.
        Replaced = "replaced",
        /// Too much was sent, too fast.
        RateLimited = "rate_limited",
        /// What was sent was taken too slowly; connect again, with what was missed.
        TooSlow = "too_slow",
        /// Only administrators get in; connect again later.
        Maintenance = "maintenance",
        /// Rights cannot be asked at the moment; connect again in a while.
        Unavailable = "unavailable",
        /// Not a cut: the person came into the study. Streams of all that one may hear take it up.
        Joined = "joined",
    }
}

/// A change of rights, to be written; the store gives it its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewRevocation {
    /// Whose connections.
    pub revoked: Revoked,
    /// Why.
    pub code: CutCode,
    /// Until when, where it ends by itself.
    pub until: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// A change of rights as every node reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its place among all, from 1, without gaps; the order of the commits.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Whose connections.
    pub revoked: Revoked,
    /// Why.
    pub code: CutCode,
    /// Until when, where it ends by itself.
    pub until: Option<Timestamp>,
}

/// Opens one connection without a cookie (specification, real time § Socket.IO). Used once, and for [`TICKET_SECONDS`].
///
/// [`TICKET_SECONDS`]: super::rules::TICKET_SECONDS
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Of what the client holds; the ticket itself is never stored.
    pub hash: TokenHash,
    /// For whom.
    pub credential: Credential,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

/// Somebody who may open a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// Who.
    pub user: UserId,
    /// The session that they came with, if it was one of ours.
    pub session: Option<SessionId>,
    /// When that ends.
    pub expires_at: Option<Timestamp>,
    /// Whether they are an administrator, who gets in during maintenance, too.
    pub administers: bool,
}

/// Which kinds of events of a scope somebody hears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// Those for which it is so.
    pub fn of(hears: impl Fn(EventKind) -> bool) -> Self {
        let hears = EventKind::ALL.iter().enumerate().filter(|(_, kind)| hears(**kind));
        Self(hears.fold(0, |kinds, (place, _)| kinds | 1 << place))
    }

    /// Whether this one.
    pub fn contains(self, kind: EventKind) -> bool {
        EventKind::ALL.iter().position(|known| *known == kind).is_some_and(|place| self.0 & (1 << place) != 0)
    }
}

/// A scope that somebody hears, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// Which.
    pub scope: Scope,
    /// What of it.
    pub kinds: Kinds,
}

words! {
    /// What passes and is not kept (specification, real time § Events).
    EphemeralKind {
        /// Somebody writes, or stopped: `{"on": …}`.
        Typing = "typing",
        /// Who is there: `{"online": …}` of one person, or `{"here": [ids]}` for who has just come.
        Presence = "presence",
        /// How far a member has read: `{"seq": …}`.
        MessageRead = "message.read",
    }
}

/// What passes and is not kept: told to who hears at the moment, and perhaps lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ephemeral {
    /// To whom.
    pub scope: Scope,
    /// What.
    #[serde(rename = "type")]
    pub kind: EphemeralKind,
    /// Whose doing.
    pub from: Option<UserId>,
    /// The rest.
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_has_a_place_of_its_own() {
        assert!(EventKind::ALL.len() <= 64);
        for kind in EventKind::ALL {
            let only = Kinds::of(|other| other == *kind);
            for other in EventKind::ALL {
                assert_eq!(only.contains(*other), other == kind);
            }
        }
    }
}
