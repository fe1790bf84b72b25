//! What a permission is asked for.

use crate::id::{AppealId, GroupId, InviteId, MessageId, ReportId, SanctionId, StudyId, UserId};

/// What a permission is asked for.
///
/// A permission of the study tier is decided by the role in [`Target::study`]; asked with the standing of another study,
/// or for something that is in no study, it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The whole site, or nothing in particular.
    Site,
    /// A study.
    Study(StudyId),
    /// A person as a member of a study, or who asks to be.
    Member(StudyId, UserId),
    /// A message in a study.
    Message(StudyId, MessageId),
    /// An invite of a study.
    Invite(StudyId, InviteId),
    /// A group.
    Group(GroupId),
    /// A person.
    User(UserId),
    /// A report.
    Report(ReportId),
    /// A sanction.
    Sanction(SanctionId),
    /// An appeal.
    Appeal(AppealId),
}

impl Target {
    /// The study that it is in.
    pub fn study(&self) -> Option<StudyId> {
        match self {
            Self::Study(study) | Self::Member(study, _) | Self::Message(study, _) | Self::Invite(study, _) => {
                Some(*study)
            }
            Self::Site | Self::Group(_) | Self::User(_) | Self::Report(_) | Self::Sanction(_) | Self::Appeal(_) => None,
        }
    }

    /// The group that it is in.
    pub fn group(&self) -> Option<GroupId> {
        match self {
            Self::Group(group) => Some(*group),
            _ => None,
        }
    }

    /// The person that it is about.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Member(_, user) | Self::User(user) => Some(user),
            _ => None,
        }
    }
}
