//! What is stored of a notification.

use serde::{Deserialize, Serialize, Serializer};

use crate::{
    appeal::model::AppealStatus,
    changes::{Changes, EventKind, Row, Scope, to_value},
    env::{Env, Timestamp},
    id::{AppealId, MessageId, NotificationId, ReportId, SanctionId, StudyId, UserId},
    moderation::model::{Priority, ReportTargetType},
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::model::Length,
    study::model::Study,
};

words! {
    /// What a notification is about (specification, features § 5), for filtering and for preferences. What it tells exactly is its
    /// [`NotificationEvent`].
    NotificationType {
        /// Somebody asks to join a study of one's own.
        JoinRequest = "JOIN_REQUEST",
        /// One was let into a study.
        JoinApproved = "JOIN_APPROVED",
        /// One was not let into a study.
        JoinRejected = "JOIN_REJECTED",
        /// How one stands in a study changed.
        Member = "MEMBER",
        /// One was removed from a study.
        Kick = "KICK",
        /// What one wrote.
        Chat = "CHAT",
        /// A report.
        Report = "REPORT",
        /// A sanction of one's own.
        Sanction = "SANCTION",
        /// An appeal.
        Appeal = "APPEAL",
    }
}

words! {
    /// What a notification tells, finer than its type: what clients word it from.
    NotificationEvent {
        /// Somebody asks to join a study; to its OWNER and ADMINs.
        JoinRequested = "JOIN_REQUESTED",
        /// One's request to join was approved.
        JoinApproved = "JOIN_APPROVED",
        /// One's request to join was rejected.
        JoinRejected = "JOIN_REJECTED",
        /// One was removed from a study.
        Kicked = "KICKED",
        /// One has another role in a study.
        RoleChanged = "ROLE_CHANGED",
        /// A study was handed over to one.
        OwnershipReceived = "OWNERSHIP_RECEIVED",
        /// One's posting in a study was paused, or goes on.
        PostingPaused = "POSTING_PAUSED",
        /// An administrator deleted one's message.
        MessageRemoved = "MESSAGE_REMOVED",
        /// One's report was approved.
        ReportResolved = "REPORT_RESOLVED",
        /// One's report was dismissed.
        ReportRejected = "REPORT_REJECTED",
        /// Somebody gave one a case to decide; to administrators.
        ReportAssigned = "REPORT_ASSIGNED",
        /// A report is urgent; to administrators.
        ReportUrgent = "REPORT_URGENT",
        /// A report waits that nobody has touched for long; to administrators.
        ReportEscalated = "REPORT_ESCALATED",
        /// One was sanctioned.
        SanctionImposed = "SANCTION_IMPOSED",
        /// A sanction of one's own was lifted.
        SanctionLifted = "SANCTION_LIFTED",
        /// A sanction of one's own is shorter or milder now.
        SanctionReduced = "SANCTION_REDUCED",
        /// A sanction of one's own has come to its end.
        SanctionEnded = "SANCTION_ENDED",
        /// Somebody appealed a sanction; to administrators who may decide it.
        AppealMade = "APPEAL_MADE",
        /// One's appeal was decided.
        AppealDecided = "APPEAL_DECIDED",
        /// An appeal against what one imposed was decided; to administrators.
        SanctionReviewed = "SANCTION_REVIEWED",
    }
}

impl NotificationEvent {
    /// What it is about.
    pub const fn kind(self) -> NotificationType {
        match self {
            Self::JoinRequested => NotificationType::JoinRequest,
            Self::JoinApproved => NotificationType::JoinApproved,
            Self::JoinRejected => NotificationType::JoinRejected,
            Self::Kicked => NotificationType::Kick,
            Self::RoleChanged | Self::OwnershipReceived | Self::PostingPaused => NotificationType::Member,
            Self::MessageRemoved => NotificationType::Chat,
            Self::ReportResolved
            | Self::ReportRejected
            | Self::ReportAssigned
            | Self::ReportUrgent
            | Self::ReportEscalated => NotificationType::Report,
            Self::SanctionImposed | Self::SanctionLifted | Self::SanctionReduced | Self::SanctionEnded => {
                NotificationType::Sanction
            }
            Self::AppealMade | Self::AppealDecided | Self::SanctionReviewed => NotificationType::Appeal,
        }
    }
}

/// What a notification needs to be shown and followed. Each event has some of it; the rest is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NotificationData {
    /// Who asks to join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Their name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The role that one has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<StudyRole>,
    /// Until when one's posting is paused; absent: it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The message that was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_id: Option<ReportId>,
    /// What kind of thing it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<ReportTargetType>,
    /// That thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_id: Option<String>,
    /// Its name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_name: Option<String>,
    /// How urgent the report is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// To which role it was handed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_to: Option<AdminRole>,
    /// The sanction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sanction_id: Option<SanctionId>,
    /// What it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sanction_type: Option<SanctionType>,
    /// For how long it was imposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Length>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The appeal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal_id: Option<AppealId>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruling: Option<AppealStatus>,
    /// In which role it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_role: Option<AdminRole>,
}

/// A notification in the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// To whom; told to nobody else, so that it goes without saying.
    #[serde(skip)]
    pub user_id: UserId,
    /// What it tells; clients are told its type beside.
    #[serde(flatten, serialize_with = "with_type")]
    pub event: NotificationEvent,
    /// Of which study; it may be deleted since.
    pub study_id: Option<StudyId>,
    /// Its name then.
    pub study_name: Option<String>,
    /// Its emoji then.
    pub study_emoji: Option<String>,
    /// In somebody's words; empty where the event says all.
    pub message: String,
    /// What it needs to be shown and followed.
    pub data: NotificationData,
    /// Whether the person has read it.
    pub is_read: bool,
    /// When.
    pub created_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn with_type<S: Serializer>(event: &NotificationEvent, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Both {
        r#type: NotificationType,
        event: NotificationEvent,
    }
    Both { r#type: event.kind(), event: *event }.serialize(serializer)
}

/// Which of one's own notifications are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// About what; absent: everything.
    pub kind: Option<NotificationType>,
    /// Those that were read, or those that were not; absent: both.
    pub is_read: Option<bool>,
    /// Of which study; absent: of all and of none.
    pub study: Option<StudyId>,
}

impl NotificationFilter {
    /// Whether it lets a notification through.
    pub fn takes(&self, one: &Notification) -> bool {
        self.kind.is_none_or(|kind| kind == one.event.kind())
            && self.is_read.is_none_or(|is_read| is_read == one.is_read)
            && self.study.is_none_or(|study| Some(study) == one.study_id)
    }
}

/// What somebody is to be told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    event: NotificationEvent,
    study: Option<(StudyId, String, String)>,
    message: String,
    data: NotificationData,
}

impl Notice {
    /// What happened, and what it needs to be shown.
    pub(crate) fn new(event: NotificationEvent, data: NotificationData) -> Self {
        Self { event, study: None, message: String::new(), data }
    }

    /// In which study; its name and emoji are kept as they are now.
    #[must_use]
    pub(crate) fn of(self, study: &Study) -> Self {
        Self { study: Some((study.id, study.name.to_string(), study.emoji.to_string())), ..self }
    }

    /// In somebody's words.
    #[must_use]
    pub(crate) fn saying(self, words: impl Into<String>) -> Self {
        Self { message: words.into(), ..self }
    }
}

impl Changes {
    /// Tells somebody in the app: the row, and the event for who is there now.
    #[must_use]
    pub(crate) fn notify(self, env: &Env, user: &UserId, notice: Notice) -> Self {
        let Notice { event, study, message, data } = notice;
        let (study_id, study_name, study_emoji) = match study {
            Some((id, name, emoji)) => (Some(id), Some(name), Some(emoji)),
            None => (None, None, None),
        };
        let notification = Notification {
            id: NotificationId::from_uuid(env.uuid()),
            user_id: user.clone(),
            event,
            study_id,
            study_name,
            study_emoji,
            message,
            data,
            is_read: false,
            created_at: env.now(),
        };
        let told = to_value(&notification);
        self.insert(Row::Notification(Box::new(notification))).event(
            Scope::User(user.clone()),
            EventKind::NotificationCreated,
            env.now(),
            told,
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_notification_is_told_with_its_type_and_what_it_tells_exactly() {
        let fixtures = crate::testing::fixtures::Fixtures::new(1);
        let user = fixtures.user("김민준");
        let data = NotificationData { role: Some(StudyRole::Admin), ..NotificationData::default() };
        let one = Notification { event: NotificationEvent::RoleChanged, data, ..fixtures.notification(&user.id) };
        let told = to_value(&one);
        assert_eq!((&told["type"], &told["event"]), (&json!("MEMBER"), &json!("ROLE_CHANGED")));
        assert_eq!((&told["data"], told.get("userId")), (&json!({ "role": "ADMIN" }), None));
    }
}
