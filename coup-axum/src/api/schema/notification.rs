//! Notifications.

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    AdminRole, AppealStatus, NotificationEvent, NotificationType, Priority, ReportTargetType, SanctionType, StudyRole,
};

/// A notification.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Notification {
    id: Uuid,
    /// What it is about.
    r#type: NotificationType,
    /// What it tells exactly: what to word it from. Further ones may come.
    event: NotificationEvent,
    /// Of which study; it may be deleted since.
    #[schema(required)]
    study_id: Option<Uuid>,
    /// Its name then.
    #[schema(required)]
    study_name: Option<String>,
    /// Its emoji then.
    #[schema(required)]
    study_emoji: Option<String>,
    /// In somebody's words; empty where the event says all.
    message: String,
    data: NotificationData,
    is_read: bool,
    created_at: DateTime<Utc>,
}

/// What a notification needs to be shown and followed. Each event has some of it; the rest is absent.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NotificationData {
    /// `JOIN_REQUESTED`: who asks.
    #[schema(nullable = false)]
    user_id: Option<String>,
    /// `JOIN_REQUESTED`: their name then.
    #[schema(nullable = false)]
    user_name: Option<String>,
    /// `ROLE_CHANGED`: the role that one has now.
    #[schema(nullable = false)]
    role: Option<StudyRole>,
    /// `POSTING_PAUSED`: until when; absent: it goes on.
    #[schema(nullable = false)]
    until: Option<DateTime<Utc>>,
    /// `MESSAGE_REMOVED`: which.
    #[schema(nullable = false)]
    message_id: Option<Uuid>,
    /// `REPORT_…`: which.
    #[schema(nullable = false)]
    report_id: Option<Uuid>,
    /// `REPORT_RESOLVED`, `REPORT_REJECTED`: what kind of thing was reported.
    #[schema(nullable = false)]
    target_type: Option<ReportTargetType>,
    /// Which.
    #[schema(nullable = false)]
    target_id: Option<String>,
    /// Its name then.
    #[schema(nullable = false)]
    target_name: Option<String>,
    /// `REPORT_ASSIGNED`, `REPORT_URGENT`, `REPORT_ESCALATED`: how urgent it is.
    #[schema(nullable = false)]
    priority: Option<Priority>,
    /// `REPORT_ESCALATED`: to which role it was handed up.
    #[schema(nullable = false)]
    escalated_to: Option<AdminRole>,
    /// `SANCTION_…`, `APPEAL_…`: which sanction.
    #[schema(nullable = false)]
    sanction_id: Option<Uuid>,
    /// What it takes.
    #[schema(nullable = false)]
    sanction_type: Option<SanctionType>,
    /// For how long it was imposed: `1d` to `30d`, or `permanent`.
    #[schema(nullable = false)]
    duration: Option<String>,
    /// When it ends.
    #[schema(nullable = false)]
    expires_at: Option<DateTime<Utc>>,
    /// `APPEAL_…`: which.
    #[schema(nullable = false)]
    appeal_id: Option<Uuid>,
    /// `APPEAL_DECIDED`: to what.
    #[schema(nullable = false)]
    ruling: Option<AppealStatus>,
    /// `APPEAL_DECIDED`: in which role; never by whom.
    #[schema(nullable = false)]
    decided_role: Option<AdminRole>,
}

/// What marking all as read did.
#[derive(ToSchema)]
pub(crate) struct ReadAll {
    /// How many were marked: at most 1,000.
    count: u64,
}
