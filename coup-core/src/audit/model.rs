//! What the audit log keeps of an action (specification, moderation § Audit log).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chain::{self, Hash};
use crate::{
    env::{Env, Timestamp},
    id::UserId,
    policy::{AdminPermission, AdminRole, Permit, Role, Target},
};

words! {
    /// What an administrator did.
    AdminAction {
        /// Read a person's page.
        UserView = "USER_VIEW",
        /// Searched or listed people.
        UserSearch = "USER_SEARCH",
        /// Edited a person.
        UserUpdate = "USER_UPDATE",
        /// Set or lifted a legal hold.
        LegalHold = "LEGAL_HOLD",
        /// Warned.
        UserWarn = "USER_WARN",
        /// Suspended or banned.
        UserSuspend = "USER_SUSPEND",
        /// Lifted a sanction.
        UserUnsuspend = "USER_UNSUSPEND",
        /// Took single rights away.
        UserRestrict = "USER_RESTRICT",
        /// Deleted an account.
        UserDelete = "USER_DELETE",
        /// Changed somebody's role.
        UserRoleChange = "USER_ROLE_CHANGE",
        /// Exported people.
        UserExport = "USER_EXPORT",
        /// Wrote to people.
        UserMessage = "USER_MESSAGE",
        /// Took away the second factor of somebody who had lost it.
        SecondFactorRemove = "SECOND_FACTOR_REMOVE",
        /// Made a host's user known, or noted what the host says of them.
        UserAdopt = "USER_ADOPT",
        /// Read a study's page, or listed studies.
        StudyView = "STUDY_VIEW",
        /// Hid or showed a study.
        StudyHide = "STUDY_HIDE",
        /// Made a study public or private.
        StudyVisibility = "STUDY_VISIBILITY",
        /// Closed or reopened a study.
        StudyClose = "STUDY_CLOSE",
        /// Deleted a study.
        StudyDelete = "STUDY_DELETE",
        /// Featured a study, or ended that.
        StudyFeature = "STUDY_FEATURE",
        /// Gave a study another owner.
        StudyTransferOwner = "STUDY_TRANSFER_OWNER",
        /// Read or wrote memos.
        StudyMemo = "STUDY_MEMO",
        /// Read or listed reports.
        ReportView = "REPORT_VIEW",
        /// Assigned a report.
        ReportAssign = "REPORT_ASSIGN",
        /// Approved a report.
        ReportResolve = "REPORT_RESOLVE",
        /// Dismissed a report.
        ReportReject = "REPORT_REJECT",
        /// Held a report for investigation.
        ReportHold = "REPORT_HOLD",
        /// Read messages, files or notices.
        ContentView = "CONTENT_VIEW",
        /// Deleted a message or a notice.
        MessageDelete = "MESSAGE_DELETE",
        /// Deleted a file.
        FileDelete = "FILE_DELETE",
        /// Decided an appeal.
        AppealDecide = "APPEAL_DECIDE",
        /// Made an administrator.
        AdminGrant = "ADMIN_GRANT",
        /// Ended an administrator's role.
        AdminRevoke = "ADMIN_REVOKE",
        /// Read settings, or the list of administrators.
        SettingsView = "SETTINGS_VIEW",
        /// Changed settings.
        SettingsUpdate = "SETTINGS_UPDATE",
        /// Cleared caches.
        CacheClear = "CACHE_CLEAR",
        /// Made a backup.
        BackupCreate = "BACKUP_CREATE",
        /// Restored a backup.
        BackupRestore = "BACKUP_RESTORE",
        /// Exported all data.
        DataExport = "DATA_EXPORT",
        /// Looked at figures.
        AnalyticsView = "ANALYTICS_VIEW",
        /// Read the audit log.
        AuditView = "AUDIT_VIEW",
        /// Exported or verified the audit log.
        AuditExport = "AUDIT_EXPORT",
    }
}

impl AdminAction {
    /// What using a permission is, unless the use case says something more exact.
    pub const fn of(permission: AdminPermission) -> Self {
        use AdminPermission as P;
        match permission {
            P::StatsRead | P::ActivityRead | P::ReportGenerate => Self::AnalyticsView,
            P::UserList => Self::UserSearch,
            P::UserRead => Self::UserView,
            P::UserUpdate => Self::UserUpdate,
            P::UserMessage => Self::UserMessage,
            P::UserExport => Self::UserExport,
            P::UserDelete => Self::UserDelete,
            P::UserLegalHold => Self::LegalHold,
            P::StudyList | P::StudyRead => Self::StudyView,
            P::StudyHide => Self::StudyHide,
            P::StudyVisibility => Self::StudyVisibility,
            P::StudyClose => Self::StudyClose,
            P::StudyFeature => Self::StudyFeature,
            P::StudyTransferOwnership => Self::StudyTransferOwner,
            P::StudyDelete => Self::StudyDelete,
            P::MemoRead | P::MemoWrite => Self::StudyMemo,
            P::ContentRead => Self::ContentView,
            P::ContentDelete => Self::MessageDelete,
            P::ReportList | P::ReportRead => Self::ReportView,
            P::ReportAssign => Self::ReportAssign,
            P::ReportProcess => Self::ReportResolve,
            P::SanctionWarning => Self::UserWarn,
            P::SanctionChatBan | P::SanctionFileUploadBan | P::SanctionStudyCreateBan | P::SanctionRestriction => {
                Self::UserRestrict
            }
            P::SanctionSuspension | P::SanctionPermanentBan => Self::UserSuspend,
            P::SanctionLift => Self::UserUnsuspend,
            P::AppealDecide => Self::AppealDecide,
            P::SettingsRead | P::AdminList => Self::SettingsView,
            P::SettingsUpdate | P::FilterConfigure => Self::SettingsUpdate,
            P::CacheClear => Self::CacheClear,
            P::BackupManage => Self::BackupCreate,
            P::DataExport => Self::DataExport,
            P::AdminGrant => Self::AdminGrant,
            P::AdminRevoke => Self::AdminRevoke,
            P::AuditRead => Self::AuditView,
            P::AuditExport => Self::AuditExport,
        }
    }
}

words! {
    /// The kind of thing that something was done to.
    AuditTargetType {
        /// A person.
        User = "USER",
        /// A study.
        Study = "STUDY",
        /// A group.
        Group = "GROUP",
        /// A message.
        Message = "MESSAGE",
        /// An invite.
        Invite = "INVITE",
        /// A report.
        Report = "REPORT",
        /// A sanction.
        Sanction = "SANCTION",
        /// An appeal.
        Appeal = "APPEAL",
    }
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTarget {
    /// Its kind.
    pub kind: AuditTargetType,
    /// Its identifier.
    pub id: String,
}

impl AuditTarget {
    /// A person.
    pub fn user(id: &UserId) -> Self {
        Self { kind: AuditTargetType::User, id: id.to_string() }
    }

    /// What a permission was asked for; nothing in particular for the whole site.
    pub fn of(target: &Target) -> Option<Self> {
        let (kind, id) = match target {
            Target::Site => return None,
            Target::Study(id) => (AuditTargetType::Study, id.to_string()),
            Target::Member(_, id) | Target::User(id) => (AuditTargetType::User, id.to_string()),
            Target::Message(_, id) => (AuditTargetType::Message, id.to_string()),
            Target::Invite(_, id) => (AuditTargetType::Invite, id.to_string()),
            Target::Report(id) => (AuditTargetType::Report, id.to_string()),
            Target::Sanction(id) => (AuditTargetType::Sanction, id.to_string()),
            Target::Appeal(id) => (AuditTargetType::Appeal, id.to_string()),
            Target::Group(id) => (AuditTargetType::Group, id.to_string()),
        };
        Some(Self { kind, id })
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditActor {
    /// An administrator, in the role they had then.
    Administrator(UserId, AdminRole),
    /// The host in its own name, for the purpose it states; the operator's commands are such.
    Host(&'static str),
}

/// A value before or after an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// Stands in the chain as it is.
    Plain(Value),
    /// Tells of a person: only a commitment to it stands in the chain, so that it can be erased.
    Personal(String),
}

/// An action as a use case words it. [`Changes::permitted`](crate::changes::Changes::permitted) begins one by itself for every
/// administrator's permit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditDraft {
    pub(crate) actor: AuditActor,
    pub(crate) action: AdminAction,
    pub(crate) target: Option<AuditTarget>,
    pub(crate) before: BTreeMap<&'static str, Detail>,
    pub(crate) after: BTreeMap<&'static str, Detail>,
    pub(crate) reason: Option<String>,
    /// Whether it is told from where and with what.
    traced: bool,
}

impl AuditDraft {
    /// The action of an administrator's permit; `None` for the permits of members.
    pub(crate) fn of(permit: &Permit) -> Option<Self> {
        let (crate::policy::Permission::Admin(permission), Role::Admin(role)) = (permit.permission(), permit.role())
        else {
            return None;
        };
        let actor = AuditActor::Administrator(permit.actor().clone(), role);
        Some(Self::new(actor, AdminAction::of(permission), AuditTarget::of(permit.target())))
    }

    pub(crate) fn new(actor: AuditActor, action: AdminAction, target: Option<AuditTarget>) -> Self {
        Self { actor, action, target, before: BTreeMap::new(), after: BTreeMap::new(), reason: None, traced: true }
    }

    /// A more exact action than the permission's.
    #[must_use]
    pub fn action(mut self, action: AdminAction) -> Self {
        self.action = action;
        self
    }

    /// What it was done to.
    #[must_use]
    pub fn target(mut self, target: AuditTarget) -> Self {
        self.target = Some(target);
        self
    }

    /// A value as it was before.
    #[must_use]
    pub fn before(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.before.insert(field, Detail::Plain(value.into()));
        self
    }

    /// A value as it is after.
    #[must_use]
    pub fn after(mut self, field: &'static str, value: impl Into<Value>) -> Self {
        self.after.insert(field, Detail::Plain(value.into()));
        self
    }

    /// A value that tells of a person, as it was before; erasable.
    #[must_use]
    pub fn personal_before(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.before.insert(field, Detail::Personal(value.into()));
        self
    }

    /// A value that tells of a person, as it is after; erasable.
    #[must_use]
    pub fn personal_after(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.after.insert(field, Detail::Personal(value.into()));
        self
    }

    /// Why, in the administrator's words.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Not from where and with what: of who erases all of that in the same commit.
    #[must_use]
    pub(crate) fn untraced(mut self) -> Self {
        self.traced = false;
        self
    }

    /// Seals it: fixes its bytes, and sets aside what can be erased.
    pub(crate) fn seal(self, env: &Env, ip: Option<&str>, user_agent: Option<&str>) -> AuditEntry {
        let (ip, user_agent) = if self.traced { (ip, user_agent) } else { (None, None) };
        let mut personal = Vec::new();
        let mut seal = |field: String, value: &str| {
            let salt = env.secret();
            let commitment = chain::commitment(&salt, &field, value);
            personal.push(PersonalField { field, salt, value: value.to_owned() });
            Sealed { commitment: chain::hex(&commitment) }
        };
        let (admin, role, host) = match self.actor {
            AuditActor::Administrator(user, role) => (Some(user), Some(role), None),
            AuditActor::Host(purpose) => (None, None, Some(purpose.to_owned())),
        };
        let mut details = |side: &str, fields: BTreeMap<&'static str, Detail>| {
            let told = fields.into_iter().map(|(name, detail)| {
                let value = match detail {
                    Detail::Plain(value) => value,
                    Detail::Personal(value) => crate::changes::to_value(&seal(format!("{side}.{name}"), &value)),
                };
                (name.to_owned(), value)
            });
            told.collect::<BTreeMap<String, Value>>()
        };
        let (before, after) = (details("before", self.before), details("after", self.after));
        let record = AuditRecord {
            at: env.now(),
            admin: admin.clone(),
            role,
            host,
            action: self.action,
            target_type: self.target.as_ref().map(|target| target.kind),
            target_id: self.target.as_ref().map(|target| target.id.clone()),
            before,
            after,
            reason: self.reason,
            ip_address: ip.map(|ip| seal("ipAddress".into(), ip)),
            user_agent: user_agent.map(|agent| seal("userAgent".into(), agent)),
        };
        AuditEntry {
            at: env.now(),
            admin,
            action: self.action,
            target: self.target,
            bytes: crate::changes::to_value(&record).to_string(),
            personal,
        }
    }
}

/// The content of an entry, as its bytes spell it: JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Who; absent for the host.
    pub admin: Option<UserId>,
    /// In which role then.
    pub role: Option<AdminRole>,
    /// The host's purpose; absent for administrators.
    pub host: Option<String>,
    /// What.
    pub action: AdminAction,
    /// To which kind of thing.
    pub target_type: Option<AuditTargetType>,
    /// To which.
    pub target_id: Option<String>,
    /// Values before; personal ones are a [`Sealed`].
    pub before: BTreeMap<String, Value>,
    /// Values after; personal ones are a [`Sealed`].
    pub after: BTreeMap<String, Value>,
    /// Why.
    pub reason: Option<String>,
    /// From where.
    pub ip_address: Option<Sealed>,
    /// With what.
    pub user_agent: Option<Sealed>,
}

/// What stands in the chain for a personal value: SHA-256 over salt, field and value, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// The commitment.
    pub commitment: String,
}

/// A personal value with the salt of its commitment; erased by removing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalField {
    /// Where in the record: `ipAddress`, `userAgent`, `before.name`, `after.name`.
    pub field: String,
    /// Random.
    pub salt: [u8; 16],
    /// The value.
    pub value: String,
}

impl PersonalField {
    /// Whether it tells of whom it was done to; else of who did it.
    pub fn is_of_target(&self) -> bool {
        self.field.starts_with("before.") || self.field.starts_with("after.")
    }
}

/// An entry to be written; the store gives it its place and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who, for the index; absent for the host.
    pub admin: Option<UserId>,
    /// What, for the index.
    pub action: AdminAction,
    /// To what, for the index.
    pub target: Option<AuditTarget>,
    /// What the chain is over, byte for byte.
    pub bytes: String,
    /// What can be erased.
    pub personal: Vec<PersonalField>,
}

/// An entry as it is stored. Columns are as the database has them, which is why verifying compares them with the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Place in the chain, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub admin: Option<String>,
    /// What.
    pub action: String,
    /// To which kind of thing.
    pub target_type: Option<String>,
    /// To which.
    pub target_id: Option<String>,
    /// The record's JSON.
    pub bytes: String,
    /// Over the row before and this one's bytes.
    pub hash: Hash,
    /// What is not erased, by field.
    pub personal: Vec<PersonalField>,
}

/// The end of the chain. Exported, it shows a tail that was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditHead {
    /// The newest entry's place; 0 before the first.
    pub seq: i64,
    /// Its hash; zeros before the first.
    pub hash: Hash,
}

/// Which entries to read; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditFilter {
    /// By this administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<UserId>,
    /// Of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<AdminAction>,
    /// To this kind of thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<AuditTargetType>,
    /// To this thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_id: Option<String>,
    /// At this instant or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

words! {
    /// Why a security event is kept.
    SecurityEventType {
        /// An administration call by somebody who may not.
        UnauthorizedAccess = "UNAUTHORIZED_ACCESS_ATTEMPT",
        /// The same where only a SUPER_ADMIN may.
        UnauthorizedSystemAdmin = "UNAUTHORIZED_SYSTEM_ADMIN_ACCESS",
        /// Signing in, or showing one's password, was tried too often.
        SignInLimited = "SIGN_IN_LIMITED",
    }
}

/// An attempt that was refused. Those of one person (or, of nobody, one address) on one path within a minute are one, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityEvent {
    /// What.
    pub kind: SecurityEventType,
    /// By whom; absent for anonymous callers.
    pub user: Option<UserId>,
    /// The path that was called; empty when it was not by HTTP.
    pub path: String,
    /// From where, the latest.
    pub ip: Option<String>,
    /// How often.
    pub count: u32,
    /// When it was first tried within the minute.
    pub at: Timestamp,
}

impl SecurityEvent {
    /// The minute within which attempts are one.
    pub fn minute(&self) -> i64 {
        self.at.timestamp().div_euclid(60)
    }

    /// Whose attempts are one: the person's, else the address's.
    pub fn source(&self) -> String {
        match (&self.user, &self.ip) {
            (Some(user), _) => format!("user:{user}"),
            (None, Some(ip)) => format!("ip:{ip}"),
            (None, None) => String::new(),
        }
    }
}
