//! Reporting something.

use askama::Template;
use askama_web::WebTemplate;
use coup_core::moderation::model::{ReportTargetType, ReportType};

use super::words::Named;
use crate::pages::{form::Form, frame::Frame};

/// `GET /reports/new?targetType=…&targetId=…`, the form that posts to `/reports`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/reporting.html")]
pub struct ReportingPage {
    /// What is around it.
    pub frame: Frame,
    /// What kind of thing is reported.
    pub target_type: ReportTargetType,
    /// Which.
    pub target_id: String,
    /// Where the reader came from.
    pub back: String,
    /// What was typed.
    pub form: Form,
}

impl ReportingPage {
    /// What can be wrong besides danger, which has a button of its own.
    fn types() -> impl Iterator<Item = ReportType> {
        ReportType::ALL.iter().copied().filter(|kind| *kind != ReportType::Safety)
    }
}
