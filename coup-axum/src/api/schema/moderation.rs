//! Reports, cases, sanctions, appeals.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    AdminRole, AgeBand, AppealStatus, CaseEntryType, CaseStatus, Person, Priority, ReportTargetType, ReportType,
    SanctionType, SystemRole, UserStatus,
};

/// A report as its reporter sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct OwnReport {
    id: Uuid,
    target_type: ReportTargetType,
    target_id: String,
    /// Its name then.
    #[schema(required)]
    target_name: Option<String>,
    r#type: ReportType,
    /// In their words.
    reason: String,
    /// How far it is.
    status: CaseStatus,
    /// What they were told.
    #[schema(required)]
    resolution: Option<String>,
    /// When it was decided.
    #[schema(required)]
    processed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// A case: all open reports on one target.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Case {
    id: Uuid,
    target_type: ReportTargetType,
    target_id: String,
    /// Its name when the case was opened.
    #[schema(required)]
    target_name: Option<String>,
    /// Whose doing it is.
    offender_id: String,
    /// `null` for who may not read people.
    #[schema(required)]
    offender: Option<Person>,
    /// In which study.
    #[schema(required)]
    study_id: Option<Uuid>,
    /// The gravest type.
    r#type: ReportType,
    /// As it stands now.
    status: CaseStatus,
    priority: Priority,
    /// How many reports.
    reports: u32,
    /// Who has it now.
    #[schema(required)]
    assigned_to: Option<String>,
    /// `null` also for who may not list administrators and is not they.
    #[schema(required)]
    holder: Option<Person>,
    /// Until when.
    #[schema(required)]
    lease_until: Option<DateTime<Utc>>,
    /// Until when it is held for investigation.
    #[schema(required)]
    held_until: Option<DateTime<Utc>>,
    /// The role that it was handed up or offered to.
    #[schema(required)]
    escalated_to: Option<AdminRole>,
    #[schema(required)]
    processed_by: Option<String>,
    /// `null` also for who may not list administrators and is not they.
    #[schema(required)]
    decider: Option<Person>,
    #[schema(required)]
    processed_at: Option<DateTime<Utc>>,
    /// What the parties were told.
    #[schema(required)]
    resolution: Option<String>,
    /// When its first report came.
    created_at: DateTime<Utc>,
}

/// A card of the queue.
#[derive(ToSchema)]
pub(crate) struct CaseCard {
    /// The first report, by which the case is addressed.
    id: Uuid,
    /// In its reporter's words.
    reason: String,
    case: Case,
}

/// What was reported, as it was: a person, a study or a message.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ReportSnapshot {
    target_type: ReportTargetType,
    /// Of a person, a study.
    name: Option<String>,
    /// Of a person.
    avatar: Option<String>,
    /// Of a person.
    bio: Option<String>,
    /// Of a study.
    #[schema(nullable = false)]
    emoji: Option<String>,
    /// Of a study.
    #[schema(nullable = false)]
    description: Option<String>,
    /// Of a study.
    #[schema(nullable = false)]
    category: Option<String>,
    /// Of a study.
    #[schema(nullable = false)]
    tags: Option<Vec<String>>,
    /// Of a study: its OWNER then.
    #[schema(nullable = false)]
    owner_id: Option<String>,
    /// Of a message, also of one that was deleted.
    #[schema(nullable = false)]
    content: Option<String>,
    /// Of a message.
    #[schema(nullable = false)]
    author: Option<Person>,
    /// Of a message.
    #[schema(nullable = false)]
    study_id: Option<Uuid>,
    /// Of a message.
    #[schema(nullable = false)]
    study_name: Option<String>,
    /// Of a message: its place.
    #[schema(nullable = false)]
    seq: Option<i64>,
    /// Of a message.
    #[schema(nullable = false)]
    created_at: Option<DateTime<Utc>>,
    /// Of a message.
    edited_at: Option<DateTime<Utc>>,
    /// Of a message.
    deleted_at: Option<DateTime<Utc>>,
}

/// A report as administrators see it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Report {
    id: Uuid,
    reporter_id: String,
    /// `null` for who may not read people.
    #[schema(required)]
    reporter: Option<Person>,
    r#type: ReportType,
    /// In their words.
    reason: String,
    /// How much their word counted, in thousandths.
    weight: u16,
    /// `null` for who may not read content.
    #[schema(required)]
    snapshot: Option<ReportSnapshot>,
    /// Addresses that they gave; none for who may not read content.
    links: Vec<String>,
    created_at: DateTime<Utc>,
}

/// What an administrator added to a case.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct CaseEntry {
    id: Uuid,
    r#type: CaseEntryType,
    /// `null` for the host in its own name.
    #[schema(required)]
    author: Option<Person>,
    text: String,
    /// Addresses of evidence.
    links: Vec<String>,
    created_at: DateTime<Utc>,
}

/// How many reports somebody has received.
#[derive(ToSchema)]
pub(crate) struct ReceivedReports {
    reports: u32,
    /// Of them approved.
    upheld: u32,
}

/// All that there is of a report.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ReportDetail {
    case: Case,
    /// All reports of the case, the oldest first.
    reports: Vec<Report>,
    /// Notes and evidence, the oldest first; only notes for who may not read content.
    entries: Vec<CaseEntry>,
    received: ReceivedReports,
    /// Their sanctions, and what is recommended; `null` once deleted.
    #[schema(required)]
    history: Option<SanctionHistory>,
    /// Whether one has a part in it, and may decide it only because nobody else can.
    has_part: bool,
}

/// How long something took, in seconds.
#[derive(ToSchema)]
pub(crate) struct TimeTaken {
    /// Of how many cases.
    cases: u32,
    median: i64,
    p90: i64,
}

/// What an administrator decided.
#[derive(ToSchema)]
pub(crate) struct DecidedCases {
    resolved: u32,
    rejected: u32,
    #[schema(required)]
    decision: Option<TimeTaken>,
}

/// What came and what was decided on a day.
#[derive(ToSchema)]
pub(crate) struct CasesOfADay {
    opened: u32,
    decided: u32,
}

/// Figures of cases.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ReportStatistics {
    /// How many.
    cases: u32,
    by_type: BTreeMap<String, u32>,
    by_status: BTreeMap<String, u32>,
    by_priority: BTreeMap<String, u32>,
    /// From the first report to an administrator's first act.
    #[schema(required)]
    first_response: Option<TimeTaken>,
    /// From the first report to the decision.
    #[schema(required)]
    decision: Option<TimeTaken>,
    /// By the administrator's id.
    by_administrator: BTreeMap<String, DecidedCases>,
    /// By day, as `YYYY-MM-DD`.
    by_day: BTreeMap<String, CasesOfADay>,
}

/// An appeal as the appellant sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct OwnAppeal {
    id: Uuid,
    sanction_id: Uuid,
    text: String,
    status: AppealStatus,
    /// In which role it was decided.
    #[schema(required)]
    decided_role: Option<AdminRole>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
    /// What they were told.
    #[schema(required)]
    words: Option<String>,
    created_at: DateTime<Utc>,
}

/// A sanction as the sanctioned sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct OwnSanction {
    id: Uuid,
    r#type: SanctionType,
    /// For how long it was imposed: `1d` to `30d`, or `permanent`; `null` for a warning.
    #[schema(required)]
    duration: Option<String>,
    /// Why.
    reason: String,
    /// When it ends; `null`: never, and for a warning.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it takes rights away now.
    is_active: bool,
    #[schema(required)]
    lift_reason: Option<String>,
    #[schema(required)]
    lifted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// `null` where it cannot be appealed any more.
    #[schema(required)]
    appealable_until: Option<DateTime<Utc>>,
    #[schema(required)]
    appeal: Option<OwnAppeal>,
}

/// A sanction as administrators see it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Sanction {
    #[schema(inline)]
    #[serde(flatten)]
    own: OwnSanction,
    user_id: String,
    /// `null` for the host in its own name.
    #[schema(required)]
    admin_id: Option<String>,
    /// `null` also for who may not list administrators and is not they.
    #[schema(required)]
    admin: Option<Person>,
    /// The report that it answers.
    #[schema(required)]
    related_report_id: Option<Uuid>,
    /// Who lifted it.
    #[schema(required)]
    unsuspended_by: Option<String>,
    /// `null` also for who may not list administrators and is not they.
    #[schema(required)]
    lifter: Option<Person>,
    /// Whether it was a mistake: it does not count.
    mistaken: bool,
}

/// A type with its length.
#[derive(ToSchema)]
pub(crate) struct Measure {
    r#type: SanctionType,
    /// `1d` to `30d`, or `permanent`; absent for a warning.
    #[schema(nullable = false)]
    duration: Option<String>,
}

/// What counts on the ladder.
#[derive(ToSchema)]
pub(crate) struct Strikes {
    warnings: u32,
    suspensions: u32,
}

/// What the ladder recommends.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Recommendation {
    /// So far.
    strikes: Strikes,
    /// What is recommended now.
    measure: Measure,
    /// What would be recommended the next time, if this is imposed.
    next: Measure,
    /// The hardest within one's own right; `null` where one may impose nothing.
    #[schema(required)]
    within_right: Option<Measure>,
}

/// Somebody's sanctions with what the ladder recommends next.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct SanctionHistory {
    /// All of them, the newest first.
    sanctions: Vec<Sanction>,
    recommendation: Recommendation,
    /// Whether ranks let one do anything about it.
    is_below: bool,
}

/// How much somebody takes part.
#[derive(ToSchema)]
pub(crate) struct Activity {
    /// Studies of which they are an ACTIVE member.
    studies: u32,
    /// Messages that they sent, deleted ones too.
    messages: u32,
}

/// Somebody as administrators see them.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct UserDetail {
    id: String,
    /// `null` once deleted.
    #[schema(required)]
    name: Option<String>,
    #[schema(required)]
    avatar: Option<String>,
    #[schema(required)]
    bio: Option<String>,
    /// `null` for hosts' users, and for who may not edit people.
    #[schema(required)]
    email: Option<String>,
    role: SystemRole,
    /// `null` also for who may not list administrators.
    #[schema(required)]
    admin_role: Option<AdminRole>,
    status: UserStatus,
    /// `null` while they are not suspended, and for ever.
    #[schema(required)]
    suspended_until: Option<DateTime<Utc>>,
    /// On the host's word.
    #[schema(required)]
    age_band: Option<AgeBand>,
    #[schema(required)]
    guardian_consent_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    last_login_at: Option<DateTime<Utc>>,
    activity: Activity,
    /// Zeros of oneself.
    received: ReceivedReports,
    /// The newest cases that are their doing, those that one has a part in aside.
    reports_received: Vec<CaseCard>,
    /// The newest reports that they made, those in cases that one has a part in aside.
    reports_made: Vec<OwnReport>,
    /// All of them, the newest first.
    sanctions: Vec<Sanction>,
    recommendation: Recommendation,
    /// Whether ranks let one do anything about it.
    is_below: bool,
}

/// An appeal as administrators see it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Appeal {
    #[schema(inline)]
    #[serde(flatten)]
    own: OwnAppeal,
    user_id: String,
    /// `null` for who may not read people.
    #[schema(required)]
    appellant: Option<Person>,
    #[schema(required)]
    decided_by: Option<String>,
    /// `null` also for who may not list administrators and is not they.
    #[schema(required)]
    decider: Option<Person>,
    /// What type it was against.
    against: SanctionType,
    /// For how long that was.
    #[schema(required)]
    against_duration: Option<String>,
    /// As it is now.
    sanction: Sanction,
}

/// A message as moderators read it: what it says also once it is deleted.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ModeratedMessage {
    id: Uuid,
    study_id: Uuid,
    seq: i64,
    author: Person,
    content: String,
    #[schema(required)]
    reply_to_id: Option<Uuid>,
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    #[schema(required)]
    deleted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// Whether it is the reported one.
    is_reported: bool,
}
