//! What the answers look like, for the document. The answers themselves are core's views, so that HTTP and events show the
//! same objects; tests hold every answer against these schemas.
#![expect(dead_code, reason = "they describe, nobody makes one")]

mod moderation;
mod notification;
mod personal;
mod settings;

pub(crate) use moderation::{
    Appeal, Case, CaseCard, ModeratedMessage, OwnAppeal, OwnReport, OwnSanction, ReportDetail, ReportStatistics,
    Sanction, SanctionHistory, UserDetail,
};
pub(crate) use notification::{Notification, ReadAll};
pub(crate) use personal::PersonalData;
pub(crate) use settings::{Settings, SettingsChange};

use chrono::{DateTime, Utc};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use uuid::Uuid;

/// Problem details (RFC 9457).
#[derive(ToSchema)]
pub(crate) struct Problem {
    /// `urn:coup:problem:` and the code.
    r#type: String,
    /// What kind of problem, for people.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// Stable, for programs.
    code: String,
    /// The wrong fields.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldProblem>>,
    /// The permission that is missing, such as `study:message.send`.
    #[schema(nullable = false)]
    permission: Option<String>,
    /// The sanction that took the permission.
    #[schema(nullable = false)]
    sanction: Option<String>,
    /// When that sanction ends; absent: without end.
    #[schema(nullable = false)]
    until: Option<DateTime<Utc>>,
    /// One's own report on the same, which waits for a decision.
    #[schema(rename = "reportId", nullable = false)]
    report_id: Option<Uuid>,
    /// The open studies of which one is the OWNER, to hand over or close.
    #[schema(nullable = false)]
    studies: Option<Vec<OwnedStudy>>,
}

/// A study of which one is the OWNER.
#[derive(ToSchema)]
pub(crate) struct OwnedStudy {
    id: Uuid,
    name: String,
}

/// A wrong field.
#[derive(ToSchema)]
pub(crate) struct FieldProblem {
    /// Its path, such as `tags[2]`.
    field: String,
    /// Stable, for programs.
    code: String,
    /// For people.
    message: String,
}

/// A role in a study.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub(crate) enum StudyRole {
    Member,
    Admin,
    Owner,
}

/// How somebody stands to a study.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub(crate) enum MemberStatus {
    Pending,
    Active,
    Kicked,
    Left,
}

/// A study.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Study {
    id: Uuid,
    /// Its one OWNER.
    owner_id: String,
    name: String,
    emoji: String,
    description: String,
    category: String,
    #[schema(required)]
    sub_category: Option<String>,
    tags: Vec<String>,
    /// Seats.
    max_members: u32,
    /// Seats taken.
    member_count: u32,
    /// Whether outsiders see it.
    is_public: bool,
    /// Whether a join is at once ACTIVE.
    auto_approve: bool,
    /// Whether it takes people in.
    is_recruiting: bool,
    /// Average of the reviews, 0 without.
    rating: f64,
    review_count: u32,
    /// IANA name.
    time_zone: String,
    /// Since when a moderator hides it.
    #[schema(required)]
    hidden_at: Option<DateTime<Utc>>,
    /// Since when it is closed.
    #[schema(required)]
    closed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_activity_at: DateTime<Utc>,
}

/// A study as the caller sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct StudyView {
    #[schema(inline)]
    #[serde(flatten)]
    study: Study,
    /// One's own standing, if any.
    #[schema(required)]
    membership: Option<Membership>,
    /// The standing invite code; only to who may invite.
    #[schema(required)]
    invite_code: Option<String>,
}

/// A study of one's own.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct OwnStudy {
    #[schema(inline)]
    #[serde(flatten)]
    study: Study,
    /// One's own standing, ACTIVE or PENDING.
    membership: Membership,
    /// Messages after one's read mark, deleted ones and one's own aside.
    unread_count: u32,
}

/// Somebody's standing in a study.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Membership {
    study_id: Uuid,
    user_id: String,
    /// Counts while ACTIVE.
    role: StudyRole,
    status: MemberStatus,
    /// From the request to join.
    #[schema(required)]
    introduction: Option<String>,
    /// From the request to join.
    #[schema(required)]
    motivation: Option<String>,
    /// From the request to join.
    #[schema(required)]
    level: Option<String>,
    /// A pause of posting by the OWNER or an ADMIN.
    #[schema(required)]
    posting_paused_until: Option<DateTime<Utc>>,
    /// When they asked or came in.
    joined_at: DateTime<Utc>,
    /// When they became ACTIVE.
    #[schema(required)]
    approved_at: Option<DateTime<Utc>>,
}

/// A standing with what others see of the person.
#[derive(ToSchema)]
pub(crate) struct Member {
    #[schema(inline)]
    #[serde(flatten)]
    member: Membership,
    user: Person,
}

/// What others see of a person.
#[derive(ToSchema)]
pub(crate) struct Person {
    id: String,
    /// `null` for a deleted user.
    #[schema(required)]
    name: Option<String>,
    /// Address of a picture.
    #[schema(required)]
    avatar: Option<String>,
}

/// A further invite, beside the standing code.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Invite {
    id: Uuid,
    study_id: Uuid,
    code: String,
    created_by: String,
    /// Until when; `null`: without end.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// How often; `null`: without limit.
    #[schema(required)]
    max_uses: Option<u32>,
    /// How often so far.
    uses: u32,
    created_at: DateTime<Utc>,
}

/// What somebody sees who follows an invite.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct InvitePreview {
    study: Study,
    /// `null` if it lets the caller in now, else the code of what stands in the way.
    #[schema(required)]
    refusal: Option<String>,
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
}

/// A message. A deleted one has no content.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Message {
    id: Uuid,
    study_id: Uuid,
    /// Place in the study, from 1, without gaps.
    seq: i64,
    /// The author's own name for it.
    #[schema(required)]
    client_id: Option<String>,
    user_id: String,
    author: Person,
    #[schema(required)]
    content: Option<String>,
    /// The members whom it mentions, by `@` and their name.
    mentions: Vec<String>,
    /// What is attached.
    #[schema(required)]
    file_id: Option<Uuid>,
    #[schema(required)]
    reply_to_id: Option<Uuid>,
    /// The message that this one answers, to show.
    #[schema(required)]
    reply_to: Option<AnsweredMessage>,
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    deleted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// As much of a message that is answered as its answers show of it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AnsweredMessage {
    id: Uuid,
    seq: i64,
    author: Person,
    /// Its first 200 characters; `null` once deleted.
    #[schema(required)]
    content: Option<String>,
    #[schema(required)]
    deleted_at: Option<DateTime<Utc>>,
}

/// How far a member has read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ReadMark {
    user_id: String,
    seq: i64,
}

/// The role that everybody has.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub(crate) enum SystemRole {
    User,
    Admin,
}

/// The role of an administrator.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AdminRole {
    Viewer,
    Moderator,
    Admin,
    SuperAdmin,
}

/// Extra grants and denials; a denial beats a grant.
#[derive(ToSchema)]
pub(crate) struct AdminPermissions {
    /// Allowed beyond the role, such as `user.export`.
    #[schema(required = false)]
    grant: Vec<String>,
    /// Withheld from the role.
    #[schema(required = false)]
    deny: Vec<String>,
}

/// An administrator.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Administrator {
    user: Person,
    role: AdminRole,
    permissions: AdminPermissions,
    /// Who gave it; `null`: the host.
    #[schema(required)]
    granted_by: Option<String>,
    granted_at: DateTime<Utc>,
    /// Until when; `null`: without end.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it has ended, and gives nothing any more.
    expired: bool,
}

/// Somebody's role.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PersonRole {
    user_id: String,
    role: SystemRole,
    /// With `ADMIN`.
    #[schema(required)]
    administrator: Option<Administrator>,
}

/// An entry of the audit log.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct LogEntry {
    /// Place in the chain, from 1, without gaps.
    seq: i64,
    created_at: DateTime<Utc>,
    /// `null`: the host in its own name.
    #[schema(required)]
    admin_id: Option<String>,
    /// As they are now.
    #[schema(required)]
    admin: Option<Person>,
    /// As it was then.
    #[schema(required)]
    admin_role: Option<AdminRole>,
    /// The host's purpose; `null` for administrators.
    #[schema(required)]
    host: Option<String>,
    /// What, such as `ADMIN_GRANT`.
    action: String,
    /// Such as `USER`.
    #[schema(required)]
    target_type: Option<String>,
    #[schema(required)]
    target_id: Option<String>,
    /// Values before, by field.
    #[schema(value_type = Object)]
    before: (),
    /// Values after, by field.
    #[schema(value_type = Object)]
    after: (),
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    ip_address: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
    /// Personal values that were erased, such as `after.name`.
    erased: Vec<String>,
    /// Whether its bytes could be read; if not, somebody changed them.
    readable: bool,
    /// SHA-256, in hexadecimal digits.
    hash: String,
}

/// What verifying the audit log found.
#[derive(ToSchema)]
pub(crate) struct Verification {
    /// Whether the log is as it was written.
    intact: bool,
    /// How many entries there are; `null` if it is not.
    #[schema(required)]
    entries: Option<i64>,
    /// How many personal values were erased; `null` if it is not.
    #[schema(required)]
    erased: Option<u64>,
    /// The end of the chain: kept elsewhere, `seq:hash` shows a tail that is cut off later. `null` if it is not.
    #[schema(required)]
    head: Option<AuditHead>,
    /// Where it shows first; `null` if it is.
    #[schema(required)]
    broken: Option<BrokenLog>,
}

/// The end of the audit log.
#[derive(ToSchema)]
pub(crate) struct AuditHead {
    seq: i64,
    hash: String,
}

/// Where the audit log is not as it was written.
#[derive(ToSchema)]
pub(crate) struct BrokenLog {
    code: BrokenCode,
    /// The entry where it shows; for a wrong end the last one there is.
    seq: i64,
    /// For people.
    message: String,
}

/// What is wrong with the audit log.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum BrokenCode {
    Missing,
    Changed,
    Column,
    Unreadable,
    Personal,
    Head,
    NoHead,
    Anchor,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident of $words:ty;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = <$words>::ALL.iter().map(|word| word.as_str());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

words! {
    /// What an administrator did.
    AdminAction of coup_core::audit::model::AdminAction;
    /// The kind of thing that something was done to.
    AuditTargetType of coup_core::audit::model::AuditTargetType;
    /// What kind of thing is reported.
    ReportTargetType of coup_core::moderation::model::ReportTargetType;
    /// What is wrong with it.
    ReportType of coup_core::moderation::model::ReportType;
    /// How urgent a case is.
    Priority of coup_core::moderation::model::Priority;
    /// How far a case is.
    CaseStatus of coup_core::moderation::model::CaseStatus;
    /// What an administrator added to a case.
    CaseEntryType of coup_core::moderation::model::CaseEntryType;
    /// What became of an appeal.
    AppealStatus of coup_core::appeal::model::AppealStatus;
    /// What a notification tells, finer than its type.
    NotificationEvent of coup_core::notification::model::NotificationEvent;
    /// How old a person is.
    AgeBand of coup_core::user::model::AgeBand;
    /// Whether an account is in use.
    UserStatus of coup_core::user::model::UserStatus;
    /// What a notification is about.
    NotificationType of coup_core::notification::model::NotificationType;
}

/// What a sanction takes.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SanctionType {
    Warning,
    ChatBan,
    FileUploadBan,
    StudyCreateBan,
    Restriction,
    Suspension,
    PermanentBan,
}

/// How an export is written.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    Csv,
    Jsonl,
}

macro_rules! lists {
    ($($name:ident of $item:ident;)+) => {$(
        /// One page of a list.
        #[derive(ToSchema)]
        #[schema(rename_all = "camelCase")]
        pub(crate) struct $name {
            items: Vec<$item>,
            /// Give it back as `cursor` for the next page; `null` on the last.
            #[schema(required)]
            next_cursor: Option<String>,
        }
    )+};
}

lists! {
    StudyList of Study;
    OwnStudyList of OwnStudy;
    MemberList of Member;
    InviteList of Invite;
    MessageList of Message;
    ReadMarkList of ReadMark;
    AdministratorList of Administrator;
    LogEntryList of LogEntry;
    OwnReportList of OwnReport;
    OwnSanctionList of OwnSanction;
    OwnAppealList of OwnAppeal;
    NotificationList of Notification;
    CaseCardList of CaseCard;
    SanctionList of Sanction;
    AppealList of Appeal;
    ModeratedMessageList of ModeratedMessage;
}

/// A study to found, or the whole of one to edit: then what is absent and not required stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewStudy {
    #[schema(min_length = 2, max_length = 80)]
    name: String,
    #[schema(min_length = 1, max_length = 5000)]
    description: String,
    #[schema(min_length = 1, max_length = 40)]
    category: String,
    /// Default 📚.
    #[schema(nullable = false, max_length = 10)]
    emoji: Option<String>,
    #[schema(max_length = 40)]
    sub_category: Option<String>,
    #[schema(nullable = false, max_items = 10)]
    tags: Option<Vec<String>>,
    /// Default 20.
    #[schema(nullable = false, minimum = 2, maximum = 1000)]
    max_members: Option<u32>,
    /// Default true.
    #[schema(nullable = false)]
    is_public: Option<bool>,
    /// Default true.
    #[schema(nullable = false)]
    auto_approve: Option<bool>,
    /// Default true.
    #[schema(nullable = false)]
    is_recruiting: Option<bool>,
    /// IANA name; default the site's.
    #[schema(nullable = false)]
    time_zone: Option<String>,
}
