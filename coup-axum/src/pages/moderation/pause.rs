//! Pausing a member's posting.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::{
    form::{Choice, Form},
    frame::{Frame, Person},
};

/// `GET /my-studies/{id}/members/{userId}/pause`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/pause.html")]
pub struct PausePage {
    /// What is around it.
    pub frame: Frame,
    /// The study.
    pub study_id: String,
    /// Whose posting.
    pub person: Person,
    /// Until when it is paused now.
    pub until: Option<DateTime<Utc>>,
    /// What was typed.
    pub form: Form,
}

impl PausePage {
    fn path(&self) -> String {
        format!("/my-studies/{}/members/{}/pause", self.study_id, self.person.id)
    }

    fn members_path(&self) -> String {
        format!("/my-studies/{}/members", self.study_id)
    }

    /// For how many days: at most seven, since it is no sanction.
    fn lengths(&self) -> Vec<Choice> {
        [1_u8, 3, 7].map(|days| Choice::new(days.to_string(), self.frame.tn("pause-days", days))).into()
    }
}
