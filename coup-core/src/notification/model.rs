//! What is stored of a notification.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    changes::{Changes, EventKind, Row, Scope, to_value},
    env::{Env, Timestamp},
    id::{NotificationId, StudyId, UserId},
};

words! {
    /// What a notification tells.
    NotificationType {
        /// One's report was approved.
        ReportResolved = "REPORT_RESOLVED",
        /// One's report was dismissed.
        ReportRejected = "REPORT_REJECTED",
        /// Somebody gave one a case to decide; to administrators.
        ReportAssigned = "REPORT_ASSIGNED",
        /// A report waits that nobody has touched for long; to administrators.
        ReportEscalated = "REPORT_ESCALATED",
        /// One was sanctioned.
        SanctionImposed = "SANCTION_IMPOSED",
        /// A sanction of one's own was lifted.
        SanctionLifted = "SANCTION_LIFTED",
        /// A sanction of one's own has come to its end.
        SanctionEnded = "SANCTION_ENDED",
        /// Somebody appealed a sanction; to administrators who may decide it.
        AppealMade = "APPEAL_MADE",
        /// An appeal was decided: one's own, or against what one imposed.
        AppealDecided = "APPEAL_DECIDED",
        /// An administrator deleted one's message.
        MessageRemoved = "MESSAGE_REMOVED",
        /// One's posting in a study was paused, or goes on.
        PostingPaused = "POSTING_PAUSED",
    }
}

/// A notification in the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Which.
    pub id: NotificationId,
    /// To whom; told to nobody else, so that it goes without saying.
    #[serde(skip_serializing)]
    pub user_id: UserId,
    /// What it tells.
    #[serde(rename = "type")]
    pub kind: NotificationType,
    /// Of which study.
    pub study_id: Option<StudyId>,
    /// In somebody's words; empty where the type says all.
    pub message: String,
    /// What it needs to be shown, by type.
    pub data: Value,
    /// Whether the person has read it.
    pub is_read: bool,
    /// When.
    pub created_at: Timestamp,
}

/// What somebody is to be told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    pub(crate) kind: NotificationType,
    pub(crate) study: Option<StudyId>,
    pub(crate) message: String,
    pub(crate) data: Value,
}

impl Changes {
    /// Tells somebody in the app: the row, and the event for who is there now.
    #[must_use]
    pub(crate) fn notify(self, env: &Env, user: &UserId, notice: Notice) -> Self {
        let Notice { kind, study, message, data } = notice;
        let notification = Notification {
            id: NotificationId::from_uuid(env.uuid()),
            user_id: user.clone(),
            kind,
            study_id: study,
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
