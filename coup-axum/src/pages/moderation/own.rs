//! What everybody sees of their own: sanctions with appeals, and reports.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::{
    appeal::model::AppealStatus,
    moderation::model::{CaseStatus, ReportTargetType, ReportType},
    policy::{AdminRole, SanctionType},
};

use super::words::Named;
use crate::pages::{form::Form, frame::Frame};

/// A sanction as the sanctioned sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSanctionCard {
    /// Its identifier.
    pub id: String,
    /// What was taken.
    pub kind: SanctionType,
    /// The same with its length, in words.
    pub words: String,
    /// Why.
    pub reason: String,
    /// When it was imposed.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: Option<DateTime<Utc>>,
    /// Whether it takes rights away now.
    pub active: bool,
    /// When it was lifted, with why.
    pub lifted: Option<(DateTime<Utc>, String)>,
    /// Until when it can be appealed.
    pub appealable_until: Option<DateTime<Utc>>,
    /// What was said against it, when, and what became of that.
    pub appeal: Option<(String, DateTime<Utc>, AppealStatus)>,
    /// How the appeal was decided: in which role, and in which words.
    pub ruling: Option<(Option<AdminRole>, String)>,
    /// What was typed into its appeal.
    pub form: Form,
}

impl OwnSanctionCard {
    fn appeal_path(&self) -> String {
        format!("/me/sanctions/{}/appeal", self.id)
    }

    fn is_warning(&self) -> bool {
        self.kind == SanctionType::Warning
    }
}

/// `GET /me/sanctions`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/own_sanctions.html")]
pub struct OwnSanctionsPage {
    /// What is around it.
    pub frame: Frame,
    /// The newest first.
    pub cards: Vec<OwnSanctionCard>,
}

impl OwnSanctionsPage {
    fn has_errors(&self) -> bool {
        self.cards.iter().any(|card| card.form.has_errors())
    }
}

/// A report as its reporter sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReportLine {
    /// What kind of thing was reported.
    pub target_type: ReportTargetType,
    /// Its name then.
    pub name: Option<String>,
    /// What is wrong.
    pub kind: ReportType,
    /// In the reader's words.
    pub reason: String,
    /// How far it is.
    pub status: CaseStatus,
    /// What the reader was told.
    pub told: Option<String>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// `GET /me/reports`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/own_reports.html")]
pub struct OwnReportsPage {
    /// What is around it.
    pub frame: Frame,
    /// The page of reports, the newest first.
    pub lines: Vec<OwnReportLine>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}
