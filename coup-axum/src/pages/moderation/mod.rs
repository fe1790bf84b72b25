//! Reports, sanctions and appeals: the administration's pages, and what everybody sees of their own.

mod appeal;
mod content;
mod explain;
mod log;
mod nav;
mod own;
mod pause;
mod person;
mod queue;
mod report;
mod reporting;
mod settings;
pub(in crate::pages) mod words;

pub use appeal::{AppealCard, AppealPage, AppealsPage};
pub use content::{ContextPage, ModeratedLine};
pub use explain::{ExplainPage, ExplainedRule, Verdict};
pub use log::{LogLine, LogPage, Verification};
pub use nav::{AdminNav, AdminTab};
pub use own::{OwnReportLine, OwnReportsPage, OwnSanctionCard, OwnSanctionsPage};
pub use pause::PausePage;
pub use person::{Account, LiftPage, RelatedReport, SanctionPage, UnsuspendPage, UserPage};
pub use queue::{ReportCard, ReportFilters, ReportsPage};
pub use report::{
    DecisionPage, Evidence, GivePage, Holder, MeasureChoice, OneReport, PastSanction, ReportActions, ReportPage, Shown,
};
pub use reporting::ReportingPage;
pub use settings::SettingsPage;
pub use words::{Named, measure};
