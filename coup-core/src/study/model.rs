//! A study (스터디) and what browsing it needs.

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{StudyId, UserId},
    text::{Category, Description, Emoji, Query, StudyName, Tag},
};

/// The default capacity.
pub const DEFAULT_CAPACITY: u32 = 20;
/// The greatest capacity.
pub const MAX_CAPACITY: u32 = 1000;

/// A study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Study {
    /// Which.
    pub id: StudyId,
    /// Its one OWNER.
    pub owner_id: UserId,
    /// Its name.
    pub name: StudyName,
    /// Stands before the name.
    pub emoji: Emoji,
    /// What it is about.
    pub description: Description,
    /// Such as 프로그래밍.
    pub category: Category,
    /// Finer than the category.
    pub sub_category: Option<Category>,
    /// Free words.
    pub tags: Vec<Tag>,
    /// Seats, the OWNER's among them. Changed only by [`Change::SetCapacity`](crate::changes::Change::SetCapacity).
    pub max_members: u32,
    /// Seats taken: the ACTIVE members. Follows joins and leaves exactly; never saved with the study.
    pub member_count: u32,
    /// Whether outsiders see it.
    pub is_public: bool,
    /// Whether a join is at once ACTIVE.
    pub auto_approve: bool,
    /// Whether it takes people in.
    pub is_recruiting: bool,
    /// Average of the reviews, 0 without.
    pub rating: f64,
    /// How many reviews.
    pub review_count: u32,
    /// The standing invite code; shown only to who may invite.
    #[serde(skip)]
    pub invite_code: String,
    /// IANA name; local times of events are in it.
    pub time_zone: chrono_tz::Tz,
    /// Since when a moderator hides it.
    pub hidden_at: Option<Timestamp>,
    /// Since when it is closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it: that OWNER, or an administrator, may reopen.
    #[serde(skip)]
    pub closed_by: Option<UserId>,
    /// When it was founded.
    pub created_at: Timestamp,
    /// When its settings last changed.
    pub updated_at: Timestamp,
    /// When something last happened in it; kept with its sequence, never saved with the study.
    pub last_activity_at: Timestamp,
    /// Grows with each save.
    #[serde(skip)]
    pub version: i64,
}

words! {
    /// By what studies are sorted.
    StudySort {
        /// Newest first, or oldest.
        CreatedAt = "createdAt",
        /// By seats taken.
        MemberCount = "memberCount",
        /// By rating.
        Rating = "rating",
    }
}

words! {
    /// Which way.
    SortOrder {
        /// Least first.
        Asc = "asc",
        /// Greatest first.
        Desc = "desc",
    }
}

/// What somebody looks for among the public, not hidden studies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Browse {
    /// Found in name or description, whatever the case.
    pub query: Option<Query>,
    /// Exactly this category.
    pub category: Option<String>,
    /// Exactly this sub-category.
    pub sub_category: Option<String>,
    /// Has this tag.
    pub tag: Option<String>,
    /// Takes people in (and is not closed), or not.
    pub is_recruiting: Option<bool>,
    /// At least so many members.
    pub min_members: Option<u32>,
    /// At most so many members.
    pub max_members: Option<u32>,
    /// At least this rating.
    pub min_rating: Option<f64>,
    /// By what to sort; default newest.
    pub sort: Option<StudySort>,
    /// Which way; default greatest first.
    pub order: Option<SortOrder>,
}
