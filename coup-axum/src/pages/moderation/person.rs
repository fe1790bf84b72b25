//! Somebody's page in the administration: their sanctions, and what can be done at once.

use askama::Template;
use askama_web::WebTemplate;

use super::{
    report::{MeasureChoice, PastSanction},
    words::Named,
};
use crate::pages::{
    form::{Choice, Form},
    frame::Frame,
};

/// `GET /admin/users/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/person.html")]
pub struct UserPage {
    /// What is around it.
    pub frame: Frame,
    /// Who.
    pub id: String,
    /// Their sanctions, the newest first.
    pub history: Vec<PastSanction>,
    /// What counts so far, what is recommended now, and what would be the next time, in words.
    pub recommendation: (String, String, String),
    /// What can be done at once: the measures of quick actions that are within the reader's right.
    pub quick: Vec<MeasureChoice>,
    /// Whether the reader may impose anything at all.
    pub may_sanction: bool,
}

impl UserPage {
    fn lift_path(&self, sanction: &PastSanction) -> String {
        sanction.lift_path(&self.id)
    }

    fn sanction_path(&self) -> String {
        format!("/admin/users/{}/sanction", self.id)
    }
}

/// `GET /admin/users/{id}/sanction`: the sanction dialog.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/sanction.html")]
pub struct SanctionPage {
    /// What is around it.
    pub frame: Frame,
    /// Whom.
    pub id: String,
    /// The types within the reader's right, the recommended one chosen.
    pub measures: Vec<MeasureChoice>,
    /// The lengths to choose from.
    pub lengths: Vec<Choice>,
    /// What counts so far, what is recommended now, and what would be the next time, in words.
    pub recommendation: (String, String, String),
    /// What was typed.
    pub form: Form,
}

impl SanctionPage {
    fn person_path(&self) -> String {
        format!("/admin/users/{}", self.id)
    }
}

/// `GET /admin/sanctions/{id}/lift`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/lift.html")]
pub struct LiftPage {
    /// What is around it.
    pub frame: Frame,
    /// Which sanction.
    pub id: String,
    /// Of whom, to lead back to.
    pub user: String,
    /// What was typed.
    pub form: Form,
}
