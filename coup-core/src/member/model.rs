//! Who belongs to a study, and how they came in.

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{InviteId, MembershipEventId, StudyId, UserId},
    policy::StudyRole,
    text::{Introduction, Level},
    user::model::Person,
};

words! {
    /// How somebody stands to a study.
    MemberStatus {
        /// Asked to join; holds no seat.
        Pending = "PENDING",
        /// A member.
        Active = "ACTIVE",
        /// Removed; cannot come back until reinstated.
        Kicked = "KICKED",
        /// Left; may join again.
        Left = "LEFT",
    }
}

/// Somebody's standing in a study. One row a person and study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StudyMember {
    /// Where.
    pub study_id: StudyId,
    /// Who.
    pub user_id: UserId,
    /// Counts while ACTIVE.
    pub role: StudyRole,
    /// How they stand.
    pub status: MemberStatus,
    /// From the request.
    pub introduction: Option<Introduction>,
    /// From the request.
    pub motivation: Option<Introduction>,
    /// From the request.
    pub level: Option<Level>,
    /// A pause of posting by the OWNER or an ADMIN.
    pub posting_paused_until: Option<Timestamp>,
    /// When they asked or came in, the latest time.
    pub joined_at: Timestamp,
    /// When they became ACTIVE.
    pub approved_at: Option<Timestamp>,
    /// Grows with each save.
    #[serde(skip)]
    pub version: i64,
}

/// A member with what others see of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// How they stand.
    #[serde(flatten)]
    pub member: StudyMember,
    /// Who they are.
    pub user: Person,
}

/// A further invite, beside the study's standing code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StudyInvite {
    /// Which.
    pub id: InviteId,
    /// Into which study.
    pub study_id: StudyId,
    /// Unique among all codes.
    pub code: String,
    /// By whom.
    pub created_by: UserId,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
    /// How often; absent: without limit.
    pub max_uses: Option<u32>,
    /// How often so far.
    pub uses: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

impl StudyInvite {
    /// Whether it lets somebody in at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end) && self.max_uses.is_none_or(|max| self.uses < max)
    }
}

words! {
    /// What happened to a membership.
    MembershipChange {
        /// Asked to join.
        Requested = "requested",
        /// Took the request back.
        Withdrawn = "withdrawn",
        /// Was let in.
        Approved = "approved",
        /// Was turned down.
        Rejected = "rejected",
        /// Came in without a request.
        Joined = "joined",
        /// Went.
        Left = "left",
        /// Was removed.
        Kicked = "kicked",
        /// Was allowed to come back.
        Reinstated = "reinstated",
        /// Got another role.
        Role = "role",
    }
}

/// A line of a membership's history; it stays when the membership goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipEvent {
    /// Which.
    pub id: MembershipEventId,
    /// Where.
    pub study_id: StudyId,
    /// Whose.
    pub user_id: UserId,
    /// What.
    pub what: MembershipChange,
    /// By whom.
    pub by_id: UserId,
    /// When.
    pub at: Timestamp,
}
