//! Everything of one's own, as a document describes it.

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    AdminRole, AgeBand, CaseStatus, MemberStatus, NotificationEvent, OwnSanction, ReportTargetType, ReportType,
    StudyRole, UserStatus,
};

/// Everything of one's own.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PersonalData {
    /// `coup-personal-data`.
    format: String,
    /// `1`; fields may be added within a version.
    version: u32,
    exported_at: DateTime<Utc>,
    account: ExportedAccount,
    /// Where one signs in from elsewhere.
    identities: Vec<ExportedIdentity>,
    /// The newest 500.
    sessions: Vec<ExportedSession>,
    memberships: Vec<ExportedMembership>,
    /// What one wrote, deleted messages too, as long as they are kept.
    messages: Vec<ExportedMessage>,
    reports: Vec<ExportedReport>,
    /// With what one said against them.
    sanctions: Vec<OwnSanction>,
    notifications: Vec<ExportedNotification>,
}

/// One's account.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedAccount {
    id: String,
    #[schema(required)]
    email: Option<String>,
    /// Only a hash of it is known, which is not told.
    has_password: bool,
    /// Whether signing in asks for a second factor, too; its secret is not told.
    has_second_factor: bool,
    #[schema(required)]
    name: Option<String>,
    #[schema(required)]
    avatar: Option<String>,
    #[schema(required)]
    bio: Option<String>,
    #[schema(required)]
    locale: Option<String>,
    status: UserStatus,
    #[schema(required)]
    suspended_until: Option<DateTime<Utc>>,
    #[schema(required)]
    suspend_reason: Option<String>,
    #[schema(required)]
    age_band: Option<AgeBand>,
    #[schema(required)]
    guardian_consent_at: Option<DateTime<Utc>>,
    #[schema(required)]
    admin_role: Option<AdminRole>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[schema(required)]
    last_login_at: Option<DateTime<Utc>>,
}

/// A linked identity.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedIdentity {
    /// `GOOGLE` or `GITHUB`.
    provider: String,
    #[schema(required)]
    email: Option<String>,
    linked_at: DateTime<Utc>,
}

/// A session.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedSession {
    id: Uuid,
    /// Whether it is the one that asks.
    is_current: bool,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
}

/// How one stands, or stood, to a study.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedMembership {
    study_id: Uuid,
    /// `null` where one may not see the study any more.
    #[schema(required)]
    study_name: Option<String>,
    role: StudyRole,
    status: MemberStatus,
    #[schema(required)]
    introduction: Option<String>,
    #[schema(required)]
    motivation: Option<String>,
    #[schema(required)]
    level: Option<String>,
    #[schema(required)]
    posting_paused_until: Option<DateTime<Utc>>,
    joined_at: DateTime<Utc>,
    #[schema(required)]
    approved_at: Option<DateTime<Utc>>,
    /// The last message's place that one has seen.
    #[schema(required)]
    read_to: Option<i64>,
}

/// A message of one's own.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedMessage {
    id: Uuid,
    /// One of the memberships'.
    study_id: Uuid,
    seq: i64,
    content: String,
    #[schema(required)]
    reply_to_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    deleted_at: Option<DateTime<Utc>>,
}

/// A report that one made.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedReport {
    id: Uuid,
    target_type: ReportTargetType,
    target_id: String,
    r#type: ReportType,
    reason: String,
    links: Vec<String>,
    status: CaseStatus,
    created_at: DateTime<Utc>,
}

/// Something that one was told.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ExportedNotification {
    id: Uuid,
    event: NotificationEvent,
    #[schema(required)]
    study_id: Option<Uuid>,
    #[schema(required)]
    study_name: Option<String>,
    message: String,
    is_read: bool,
    created_at: DateTime<Utc>,
}
