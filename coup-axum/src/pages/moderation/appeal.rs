//! Appeals as administrators see them.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::appeal::model::AppealStatus;

use super::{
    report::MeasureChoice,
    words::{Named, choices},
};
use crate::pages::{
    form::{Choice, Form},
    frame::{Frame, Person},
};

/// An appeal in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealCard {
    /// Its identifier.
    pub id: String,
    /// By whom, where the reader may know it.
    pub who: Option<Person>,
    /// What it is against, in words.
    pub against: String,
    /// Why that was imposed.
    pub reason: String,
    /// What is said against it.
    pub text: String,
    /// What became of it.
    pub status: AppealStatus,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl AppealCard {
    fn path(&self) -> String {
        format!("/admin/appeals/{}", self.id)
    }
}

/// `GET /admin/appeals`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/appeals.html")]
pub struct AppealsPage {
    /// What is around it.
    pub frame: Frame,
    /// The page of appeals.
    pub cards: Vec<AppealCard>,
    /// The filter.
    pub form: Form,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl AppealsPage {
    fn statuses(&self) -> Vec<Choice> {
        choices(&self.frame, "filter-any", AppealStatus::ALL, AppealStatus::as_str)
    }
}

/// `GET /admin/appeals/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/appeal.html")]
pub struct AppealPage {
    /// What is around it.
    pub frame: Frame,
    /// The appeal.
    pub card: AppealCard,
    /// Whose it is.
    pub user: String,
    /// The report that the sanction answers.
    pub report: Option<String>,
    /// When the sanction was imposed, and when it ends.
    pub from: DateTime<Utc>,
    /// When it ends as it is now.
    pub until: Option<DateTime<Utc>>,
    /// Who imposed it, where the reader may know it.
    pub by: Option<String>,
    /// Who decided the appeal, where the reader may know it.
    pub decider: Option<String>,
    /// When it was decided, with what both sides were told.
    pub decided: Option<(DateTime<Utc>, String)>,
    /// What it can be reduced to.
    pub milder: Vec<MeasureChoice>,
    /// What was typed.
    pub form: Form,
}

impl AppealPage {
    fn milder_choices(&self) -> Vec<Choice> {
        self.milder.iter().map(|measure| Choice::new(measure.value.clone(), measure.label.clone())).collect()
    }

    fn user_path(&self) -> String {
        format!("/admin/users/{}", self.user)
    }
}
