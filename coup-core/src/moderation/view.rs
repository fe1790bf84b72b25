//! Reports and cases as people see them.

use serde::{Deserialize, Serialize};

use super::{
    model::{
        Case, CaseCard, CaseEntry, CaseEntryType, CaseStatus, Priority, Received, Report, ReportTargetType, ReportType,
        Snapshot, Weight,
    },
    names::Names,
};
use crate::{
    env::Timestamp,
    id::{CaseEntryId, CaseId, ReportId, StudyId, UserId},
    policy::AdminRole,
    sanction::service::History,
    user::model::Person,
};

/// A report as its reporter sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnReport {
    /// Which.
    pub id: ReportId,
    /// What kind of thing was reported.
    pub target_type: ReportTargetType,
    /// Which.
    pub target_id: String,
    /// Its name then.
    pub target_name: Option<String>,
    /// What is wrong.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// In their words.
    pub reason: String,
    /// How far it is.
    pub status: CaseStatus,
    /// What they were told.
    pub resolution: Option<String>,
    /// When it was decided.
    pub processed_at: Option<Timestamp>,
    /// When they made it.
    pub created_at: Timestamp,
}

impl OwnReport {
    /// A report with its case, as they are at `now`.
    pub fn at(now: Timestamp, report: &Report, case: &Case) -> Self {
        Self {
            id: report.id,
            target_type: case.target.kind(),
            target_id: case.target.id(),
            target_name: case.target_name.clone(),
            kind: report.kind,
            reason: report.reason.to_string(),
            status: case.status_at(now),
            resolution: case.resolution.clone(),
            processed_at: case.processed_at,
            created_at: report.created_at,
        }
    }
}

/// A case as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// Which.
    pub id: CaseId,
    /// What kind of thing it is on.
    pub target_type: ReportTargetType,
    /// Which.
    pub target_id: String,
    /// Its name then.
    pub target_name: Option<String>,
    /// Whose doing it is.
    pub offender_id: UserId,
    /// As they are now; absent for who may not read people (`user.read`).
    pub offender: Option<Person>,
    /// In which study.
    pub study_id: Option<StudyId>,
    /// The gravest type.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// As it stands now.
    pub status: CaseStatus,
    /// How urgent.
    pub priority: Priority,
    /// How many reports.
    pub reports: u32,
    /// Who has it now.
    pub assigned_to: Option<UserId>,
    /// As they are now; absent for who may not list administrators (`admin.list`) and is not they.
    pub holder: Option<Person>,
    /// Until when.
    pub lease_until: Option<Timestamp>,
    /// Until when it is held for investigation.
    pub held_until: Option<Timestamp>,
    /// The role that it was handed up or offered to.
    pub escalated_to: Option<AdminRole>,
    /// Who decided it.
    pub processed_by: Option<UserId>,
    /// As they are now; absent for who may not list administrators (`admin.list`) and is not they.
    pub decider: Option<Person>,
    /// When.
    pub processed_at: Option<Timestamp>,
    /// What the parties were told.
    pub resolution: Option<String>,
    /// When its first report came.
    pub created_at: Timestamp,
}

impl CaseView {
    /// A case as it stands at `now`.
    pub(crate) fn at(now: Timestamp, case: &Case, names: &Names) -> Self {
        let holder = case.holder_at(now);
        Self {
            id: case.id,
            target_type: case.target.kind(),
            target_id: case.target.id(),
            target_name: case.target_name.clone(),
            offender_id: case.offender_id.clone(),
            offender: names.user(&case.offender_id),
            study_id: case.study_id,
            kind: case.kind,
            status: case.status_at(now),
            priority: case.priority,
            reports: case.reports,
            assigned_to: holder.cloned(),
            holder: names.administrator(holder),
            lease_until: case.lease_until.filter(|_| holder.is_some()),
            held_until: case.held_until.filter(|_| case.is_held_at(now)),
            escalated_to: case.escalated_to,
            processed_by: case.processed_by.clone(),
            decider: names.administrator(case.processed_by.as_ref()),
            processed_at: case.processed_at,
            resolution: case.resolution.clone(),
            created_at: case.created_at,
        }
    }
}

/// A card of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The first report, by which the case is addressed.
    pub id: ReportId,
    /// In its reporter's words.
    pub reason: String,
    /// The case.
    pub case: CaseView,
}

impl Card {
    /// A card as it is at `now`.
    pub(crate) fn at(now: Timestamp, card: &CaseCard, names: &Names) -> Self {
        Self { id: card.first, reason: card.reason.to_string(), case: CaseView::at(now, &card.case, names) }
    }
}

/// A report as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// Which.
    pub id: ReportId,
    /// By whom.
    pub reporter_id: UserId,
    /// As they are now; absent for who may not read people (`user.read`).
    pub reporter: Option<Person>,
    /// What is wrong.
    #[serde(rename = "type")]
    pub kind: ReportType,
    /// In their words.
    pub reason: String,
    /// How much their word counted, in thousandths.
    pub weight: Weight,
    /// What was reported, as it was; absent for who may not read content.
    pub snapshot: Option<Snapshot>,
    /// Addresses that they gave; none for who may not read content.
    pub links: Vec<String>,
    /// When.
    pub created_at: Timestamp,
}

impl ReportView {
    /// A report, with its evidence for who may read content.
    pub(crate) fn new(report: &Report, with_evidence: bool, names: &Names) -> Self {
        let links = report.links.iter().filter(|_| with_evidence);
        Self {
            id: report.id,
            reporter_id: report.reporter_id.clone(),
            reporter: names.user(&report.reporter_id),
            kind: report.kind,
            reason: report.reason.to_string(),
            weight: report.weight,
            snapshot: with_evidence.then(|| report.snapshot.clone()),
            links: links.map(ToString::to_string).collect(),
            created_at: report.created_at,
        }
    }
}

/// What an administrator added, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Which.
    pub id: CaseEntryId,
    /// A note or evidence.
    #[serde(rename = "type")]
    pub kind: CaseEntryType,
    /// By whom; absent for the host in its own name.
    pub author: Option<Person>,
    /// In their words.
    pub text: String,
    /// Addresses of evidence.
    pub links: Vec<String>,
    /// When.
    pub created_at: Timestamp,
}

impl EntryView {
    /// An entry with its author.
    pub fn new(entry: &CaseEntry, author: Option<Person>) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            author,
            text: entry.text.to_string(),
            links: entry.links.iter().map(ToString::to_string).collect(),
            created_at: entry.created_at,
        }
    }
}

/// All that the page of a report shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportDetail {
    /// The case.
    pub case: CaseView,
    /// All its reports, the oldest first.
    pub reports: Vec<ReportView>,
    /// Notes and evidence, the oldest first; only notes for who may not read content.
    pub entries: Vec<EntryView>,
    /// What was reported of them.
    pub received: Received,
    /// The offender's sanctions, and what is recommended; absent once deleted.
    pub history: Option<History>,
    /// Whether the asker has a part in it, and may decide it only because nobody else can.
    pub has_part: bool,
}
