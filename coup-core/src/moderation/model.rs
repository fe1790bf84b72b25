//! What is stored of reports and cases (specification, moderation § Reports).

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    error::Invalid,
    id::{CaseEntryId, CaseId, MessageId, ReportId, StudyId, UserId},
    policy::AdminRole,
    text::{Link, Note, ReportReason},
    user::model::Person,
};

words! {
    /// What kind of thing is reported.
    ReportTargetType {
        /// A person.
        User = "USER",
        /// A study.
        Study = "STUDY",
        /// A message.
        Message = "MESSAGE",
    }
}

words! {
    /// What is wrong with it.
    ReportType {
        /// Advertising, repetition.
        Spam = "SPAM",
        /// Somebody is harassed.
        Harassment = "HARASSMENT",
        /// Does not belong here.
        Inappropriate = "INAPPROPRIATE",
        /// Somebody else's work.
        Copyright = "COPYRIGHT",
        /// Anything else.
        Other = "OTHER",
        /// Somebody is in danger: a threat, self-harm.
        Safety = "SAFETY",
    }
}

words! {
    /// How urgent a case is, the least first.
    Priority {
        /// When there is time.
        Low = "LOW",
        /// In its turn.
        Medium = "MEDIUM",
        /// Soon.
        High = "HIGH",
        /// Now: administrators are alerted at once.
        Urgent = "URGENT",
    }
}

impl Priority {
    /// Its place in the queue: the most urgent first.
    pub const fn place(self) -> i64 {
        match self {
            Self::Urgent => 0,
            Self::High => 1,
            Self::Medium => 2,
            Self::Low => 3,
        }
    }

    /// The priority of a place in the queue.
    pub fn at(place: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|priority| priority.place() == place)
    }

    /// One step up.
    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Urgent => Self::Urgent,
        }
    }
}

words! {
    /// How far a case is.
    CaseStatus {
        /// Waits for somebody.
        Pending = "PENDING",
        /// Somebody has it, or it is held for investigation.
        InProgress = "IN_PROGRESS",
        /// Approved.
        Resolved = "RESOLVED",
        /// Dismissed.
        Rejected = "REJECTED",
    }
}

impl CaseStatus {
    /// Whether it is decided, for good.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::Rejected)
    }
}

/// What is reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportTarget {
    /// A person.
    User(UserId),
    /// A study.
    Study(StudyId),
    /// A message.
    Message(MessageId),
}

impl ReportTarget {
    /// Reads a target typed as its type and identifier.
    ///
    /// # Errors
    /// What is no identifier of that type, as a fault of the field `targetId`.
    pub fn parse(kind: ReportTargetType, id: &str) -> Result<Self, Invalid> {
        let target = match kind {
            ReportTargetType::User => id.parse().ok().map(Self::User),
            ReportTargetType::Study => id.parse().ok().map(Self::Study),
            ReportTargetType::Message => id.parse().ok().map(Self::Message),
        };
        target.ok_or_else(|| Invalid::field("targetId", "malformed_id"))
    }

    /// What kind of thing it is.
    pub const fn kind(&self) -> ReportTargetType {
        match self {
            Self::User(_) => ReportTargetType::User,
            Self::Study(_) => ReportTargetType::Study,
            Self::Message(_) => ReportTargetType::Message,
        }
    }

    /// Its identifier as text.
    pub fn id(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Study(id) => id.to_string(),
            Self::Message(id) => id.to_string(),
        }
    }
}

/// What was reported, as it was when it was: editing or deleting it hides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "targetType", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Snapshot {
    /// A person as others saw them.
    User {
        /// Shown to others.
        name: Option<String>,
        /// Address of their picture.
        avatar: Option<String>,
        /// What they say of themselves.
        bio: Option<String>,
    },
    /// A study's page.
    Study {
        /// Its name.
        name: String,
        /// Its emoji.
        emoji: String,
        /// What it says of itself.
        description: String,
        /// Its category.
        category: String,
        /// Its tags.
        tags: Vec<String>,
        /// Its OWNER then.
        owner_id: UserId,
    },
    /// A message.
    Message {
        /// What was said; also of one that was deleted.
        content: String,
        /// Who said it.
        author: Person,
        /// Where.
        study_id: StudyId,
        /// The study's name.
        study_name: String,
        /// Its place in the study.
        seq: i64,
        /// When it was sent.
        created_at: Timestamp,
        /// When it was last edited.
        edited_at: Option<Timestamp>,
        /// When it was deleted.
        deleted_at: Option<Timestamp>,
    },
}

impl Snapshot {
    /// Whether what can be objected to is the same in both: when it was edited and whether it is deleted aside.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Message { content, .. }, Self::Message { content: other, .. }) => content == other,
            (
                Self::Study { name, emoji, description, category, tags, owner_id: _ },
                Self::Study {
                    name: other_name,
                    emoji: other_emoji,
                    description: other_description,
                    category: other_category,
                    tags: other_tags,
                    owner_id: _,
                },
            ) => {
                (name, emoji, description, category, tags)
                    == (other_name, other_emoji, other_description, other_category, other_tags)
            }
            (one, other) => one == other,
        }
    }
}

/// How much a reporter's word counts, in thousandths: their accuracy, or all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(u16);

impl Weight {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const FULL: Self = Self(1000);

    /// So many thousandths; more than all is all.
    pub fn thousandths(thousandths: u32) -> Self {
        Self(u16::try_from(thousandths).unwrap_or(u16::MAX).min(1000))
    }

    /// In thousandths.
    pub const fn get(self) -> u32 {
        self.0 as u32
    }
}

/// A report. It never changes; how far it is, its case says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// The case that decides it.
    pub case_id: CaseId,
    /// By whom; never shown to the target.
    pub reporter_id: UserId,
    /// What is wrong.
    pub kind: ReportType,
    /// In the reporter's words; may be empty where somebody is in danger.
    pub reason: ReportReason,
    /// What was reported, as it was.
    pub snapshot: Snapshot,
    /// Addresses that the reporter gave.
    pub links: Vec<Link>,
    /// How much the reporter's word counted then.
    pub weight: Weight,
    /// When.
    pub created_at: Timestamp,
}

/// All open reports on one target, decided together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub id: CaseId,
    /// On what.
    pub target: ReportTarget,
    /// Its name when the case was opened.
    pub target_name: Option<String>,
    /// Whose doing it is: the person, the message's author, the study's OWNER when the case was opened.
    pub offender_id: UserId,
    /// The study that it is, or is in.
    pub study_id: Option<StudyId>,
    /// As it is stored; [`status_at`](Self::status_at) says how it stands.
    pub status: CaseStatus,
    /// Of all reports the gravest type.
    pub kind: ReportType,
    /// How urgent; only ever raised.
    pub priority: Priority,
    /// How many reports.
    pub reports: u32,
    /// Who has it, until [`lease_until`](Self::lease_until).
    pub assigned_to: Option<UserId>,
    /// Until when they have it; after that it waits for anybody.
    pub lease_until: Option<Timestamp>,
    /// Until when it is held for investigation; the lease lasts as long.
    pub held_until: Option<Timestamp>,
    /// The role that it was handed up or offered to.
    pub escalated_to: Option<AdminRole>,
    /// When somebody last did something about it, or it came.
    pub touched_at: Timestamp,
    /// When an administrator first did something about it.
    pub first_response_at: Option<Timestamp>,
    /// Who decided it; absent for the host in its own name.
    pub processed_by: Option<UserId>,
    /// When.
    pub processed_at: Option<Timestamp>,
    /// What the parties were told.
    pub resolution: Option<String>,
    /// When its first report came.
    pub created_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}

impl Case {
    /// Who has it at the instant: nobody once the lease has lapsed.
    pub fn holder_at(&self, now: Timestamp) -> Option<&UserId> {
        let lasts = !self.status.is_closed() && self.lease_until.is_some_and(|end| now < end);
        self.assigned_to.as_ref().filter(|_| lasts)
    }

    /// Whether it is held for investigation at the instant.
    pub fn is_held_at(&self, now: Timestamp) -> bool {
        !self.status.is_closed() && self.held_until.is_some_and(|end| now < end)
    }

    /// How it stands at the instant: a lapsed lease has given it back to the queue, without any job having run.
    pub fn status_at(&self, now: Timestamp) -> CaseStatus {
        match self.status {
            CaseStatus::InProgress if self.lease_until.is_none_or(|end| end <= now) => CaseStatus::Pending,
            status => status,
        }
    }
}

words! {
    /// What an administrator added to a case.
    CaseEntryType {
        /// For administrators only.
        Note = "NOTE",
        /// A piece of evidence.
        Evidence = "EVIDENCE",
    }
}

/// What an administrator added to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry {
    /// Which.
    pub id: CaseEntryId,
    /// To which case.
    pub case_id: CaseId,
    /// A note or evidence.
    pub kind: CaseEntryType,
    /// By whom; absent for the host in its own name.
    pub author_id: Option<UserId>,
    /// In their words.
    pub text: Note,
    /// Addresses of evidence.
    pub links: Vec<Link>,
    /// When.
    pub created_at: Timestamp,
}

/// What became of somebody's reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Those that were decided.
    pub decided: u32,
    /// Of these, those that were approved.
    pub upheld: u32,
}

/// What is known of a reporter when they report something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reporting {
    /// What became of their reports.
    pub record: Record,
    /// How many they made since the instant that was asked for.
    pub recent: u32,
    /// Their newest report on the same target, with its case.
    pub last: Option<(Report, Case)>,
}

/// What was reported of somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// How many reports.
    pub reports: u32,
    /// How many of them were approved.
    pub upheld: u32,
}

/// Which cases to list; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseFilter {
    /// As they stand now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CaseStatus>,
    /// Of this urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// With this gravest type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReportType>,
    /// On this kind of thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<ReportTargetType>,
    /// That somebody has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<UserId>,
    /// Whose first report came at this instant or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_from: Option<Timestamp>,
    /// Or before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_to: Option<Timestamp>,
}

/// A case as the queue shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCard {
    /// Which.
    pub case: Case,
    /// Its first report, by which it is addressed.
    pub first: ReportId,
    /// In the first reporter's words.
    pub reason: ReportReason,
}

/// When what happened to a case, for statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTimes {
    /// Which.
    pub id: CaseId,
    /// As it is stored.
    pub status: CaseStatus,
    /// Its gravest type.
    pub kind: ReportType,
    /// How urgent.
    pub priority: Priority,
    /// When its first report came.
    pub created_at: Timestamp,
    /// When an administrator first did something about it.
    pub first_response_at: Option<Timestamp>,
    /// When it was decided.
    pub processed_at: Option<Timestamp>,
    /// By whom.
    pub processed_by: Option<UserId>,
}
