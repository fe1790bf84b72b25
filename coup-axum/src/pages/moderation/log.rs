//! The audit log.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::audit::model::{AdminAction, AuditTargetType};

use crate::pages::{
    form::{Choice, Form},
    frame::{Frame, Person},
};

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its place in the chain.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; absent for the host.
    pub admin: Option<Person>,
    /// In which role then, or for which purpose of the host.
    pub role: Option<String>,
    /// What, by its code.
    pub action: String,
    /// To what, by its kind and identifier.
    pub target: Option<(String, String)>,
    /// Why.
    pub reason: Option<String>,
    /// Values before and after, field by field.
    pub details: Vec<(String, String)>,
    /// From where.
    pub address: Option<String>,
    /// Whether its record can be read.
    pub readable: bool,
}

/// What verifying the log showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// Every entry is as it was written.
    Sound {
        /// How many.
        entries: u64,
        /// How many personal values were erased.
        erased: u64,
    },
    /// Something was changed: what, in the verifier's words.
    Broken(String),
}

/// `GET /admin/settings/logs`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/log.html")]
pub struct LogPage {
    /// What is around it.
    pub frame: Frame,
    /// The filters.
    pub form: Form,
    /// The page of entries, the newest first.
    pub lines: Vec<LogLine>,
    /// Whether the reader may verify it.
    pub may_verify: bool,
    /// What verifying showed, when the reader has just asked.
    pub verification: Option<Verification>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl LogPage {
    fn actions(&self) -> Vec<Choice> {
        let all = AdminAction::ALL.iter().map(|action| Choice::new(action.as_str(), action.as_str()));
        std::iter::once(Choice::new("", self.frame.t("filter-any"))).chain(all).collect()
    }

    fn targets(&self) -> Vec<Choice> {
        let all = AuditTargetType::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str()));
        std::iter::once(Choice::new("", self.frame.t("filter-any"))).chain(all).collect()
    }

    fn is_filtered(&self) -> bool {
        ["adminId", "action", "targetType", "targetId", "from", "to"]
            .iter()
            .any(|name| !self.form.value(name).is_empty())
    }
}
