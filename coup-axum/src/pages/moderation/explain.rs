//! "May this person do that, and why?"

use askama::Template;
use askama_web::WebTemplate;

use crate::pages::{
    form::{Choice, Form},
    frame::Frame,
};

/// A rule that the question meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedRule {
    /// Whether it allows; else it denies.
    pub allows: bool,
    /// The rule as the file has it.
    pub text: String,
    /// Where it stands.
    pub place: String,
    /// The role that it is inherited from.
    pub inherited_from: Option<String>,
    /// The group of permissions that it is met through.
    pub through: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The decision.
    pub allowed: bool,
    /// The permission, in the reader's language.
    pub permission: String,
    /// The role that was asked for.
    pub role: String,
    /// What takes rights away from the person now.
    pub restraints: Vec<String>,
    /// The rules that were met, denials first.
    pub rules: Vec<ExplainedRule>,
    /// The lowest role that has the permission.
    pub least: Option<String>,
}

/// `GET /admin/permissions/explain`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/explain.html")]
pub struct ExplainPage {
    /// What is around it.
    pub frame: Frame,
    /// What is asked.
    pub form: Form,
    /// The permissions to ask for.
    pub permissions: Vec<Choice>,
    /// The roles to ask for.
    pub roles: Vec<Choice>,
    /// The answer, once something was asked.
    pub verdict: Option<Verdict>,
}
