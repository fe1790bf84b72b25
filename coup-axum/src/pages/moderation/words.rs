//! What the core's words of moderation are called on a page, and in which tone they stand there.

use coup_core::{
    appeal::model::AppealStatus,
    moderation::model::{CaseStatus, Priority, ReportTargetType, ReportType},
    policy::{AdminRole, SanctionType},
    sanction::{ladder::Strikes, model::Measure, view::OwnSanction},
    user::model::{AgeBand, UserStatus},
};

use crate::pages::{form::Choice, frame::Frame, text::Key};

/// Something with a name on a page.
pub trait Named: Copy {
    /// Its name.
    fn label(self) -> Key;

    /// The tone of its badge.
    fn tone(self) -> &'static str {
        "plain"
    }
}

impl<N: Named> Named for &N {
    fn label(self) -> Key {
        (*self).label()
    }

    fn tone(self) -> &'static str {
        (*self).tone()
    }
}

impl Named for ReportType {
    fn label(self) -> Key {
        match self {
            Self::Spam => Key("report-type-spam"),
            Self::Harassment => Key("report-type-harassment"),
            Self::Inappropriate => Key("report-type-inappropriate"),
            Self::Copyright => Key("report-type-copyright"),
            Self::Other => Key("report-type-other"),
            Self::Safety => Key("report-type-safety"),
        }
    }
}

impl Named for Priority {
    fn label(self) -> Key {
        match self {
            Self::Low => Key("priority-low"),
            Self::Medium => Key("priority-medium"),
            Self::High => Key("priority-high"),
            Self::Urgent => Key("priority-urgent"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Low | Self::Medium => "plain",
            Self::High => "amber",
            Self::Urgent => "red",
        }
    }
}

impl Named for CaseStatus {
    fn label(self) -> Key {
        match self {
            Self::Pending => Key("case-pending"),
            Self::InProgress => Key("case-in-progress"),
            Self::Resolved => Key("case-resolved"),
            Self::Rejected => Key("case-rejected"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Pending => "accent",
            Self::InProgress => "amber",
            Self::Resolved => "green",
            Self::Rejected => "plain",
        }
    }
}

impl Named for ReportTargetType {
    fn label(self) -> Key {
        match self {
            Self::User => Key("target-user"),
            Self::Study => Key("target-study"),
            Self::Message => Key("target-message"),
        }
    }
}

impl Named for AppealStatus {
    fn label(self) -> Key {
        match self {
            Self::Pending => Key("appeal-pending"),
            Self::Upheld => Key("appeal-upheld"),
            Self::Reduced => Key("appeal-reduced"),
            Self::Overturned => Key("appeal-overturned"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Pending => "accent",
            Self::Upheld => "plain",
            Self::Reduced => "amber",
            Self::Overturned => "green",
        }
    }
}

impl Named for AdminRole {
    fn label(self) -> Key {
        match self {
            Self::Viewer => Key("admin-viewer"),
            Self::Moderator => Key("admin-moderator"),
            Self::Admin => Key("admin-admin"),
            Self::SuperAdmin => Key("admin-super-admin"),
        }
    }
}

impl Named for UserStatus {
    fn label(self) -> Key {
        match self {
            Self::Active => Key("user-active"),
            Self::Suspended => Key("user-suspended"),
            Self::Deleted => Key("user-deleted"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Active => "green",
            Self::Suspended => "red",
            Self::Deleted => "plain",
        }
    }
}

impl Named for AgeBand {
    fn label(self) -> Key {
        match self {
            Self::Under14 => Key("age-under-14"),
            Self::Under19 => Key("age-under-19"),
            Self::Adult => Key("age-adult"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Under14 => "amber",
            Self::Under19 | Self::Adult => "plain",
        }
    }
}

impl Named for SanctionType {
    fn label(self) -> Key {
        match self {
            Self::Warning => Key("sanction-warning"),
            Self::ChatBan => Key("sanction-chat-ban"),
            Self::FileUploadBan => Key("sanction-file-upload-ban"),
            Self::StudyCreateBan => Key("sanction-study-create-ban"),
            Self::Restriction => Key("sanction-restriction"),
            Self::Suspension => Key("sanction-suspension"),
            Self::PermanentBan => Key("sanction-permanent-ban"),
        }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Warning => "plain",
            Self::ChatBan | Self::FileUploadBan | Self::StudyCreateBan | Self::Restriction => "amber",
            Self::Suspension | Self::PermanentBan => "red",
        }
    }
}

/// What is taken, and for how long.
pub fn measure(frame: &Frame, kind: SanctionType, days: Option<u8>) -> String {
    let Some(days) = days else { return frame.t(kind.label()) };
    let key = match kind {
        SanctionType::Warning | SanctionType::PermanentBan => return frame.t(kind.label()),
        SanctionType::ChatBan => Key("sanction-chat-ban-days"),
        SanctionType::FileUploadBan => Key("sanction-file-upload-ban-days"),
        SanctionType::StudyCreateBan => Key("sanction-study-create-ban-days"),
        SanctionType::Restriction => Key("sanction-restriction-days"),
        SanctionType::Suspension => Key("sanction-suspension-days"),
    };
    frame.tn(key, days)
}

/// The same of a measure.
pub(in crate::pages) fn of_measure(frame: &Frame, what: Measure) -> String {
    measure(frame, what.kind(), what.days().map(coup_core::sanction::model::Days::get))
}

/// The same of what was imposed.
pub(in crate::pages) fn of_sanction(frame: &Frame, sanction: &OwnSanction) -> String {
    use coup_core::sanction::model::Length;
    let days = sanction.duration.and_then(|length| match length {
        Length::Days(days) => Some(days.get()),
        Length::Permanent => None,
    });
    measure(frame, sanction.kind, days)
}

/// What counts so far.
pub(in crate::pages) fn strikes(frame: &Frame, strikes: Strikes) -> String {
    let (warnings, suspensions) =
        (frame.tn("strikes-warnings", strikes.warnings), frame.tn("strikes-suspensions", strikes.suspensions));
    format!("{warnings} · {suspensions}")
}

/// Choices of a list of words, the first of them none at all.
pub(in crate::pages) fn choices<N: Named>(
    frame: &Frame,
    none: impl Into<Key>,
    all: &[N],
    word: impl Fn(N) -> &'static str,
) -> Vec<Choice> {
    let all = all.iter().map(|one| Choice::new(word(*one), frame.t(one.label())));
    std::iter::once(Choice::new("", frame.t(none))).chain(all).collect()
}
