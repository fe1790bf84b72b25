//! Who asks to join a study, to be let in or turned down.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::frame::{Frame, Person};
use crate::pages::tab::Tab;

/// What somebody wrote when they asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Who they are.
    pub introduction: Option<String>,
    /// Why they want to join.
    pub motivation: Option<String>,
    /// How far they are: a level's code.
    pub level: Option<String>,
}

impl Answers {
    /// Whether they wrote anything.
    pub fn any(&self) -> bool {
        self.introduction.is_some() || self.motivation.is_some() || self.level.is_some()
    }
}

/// A request to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// Who asks.
    pub person: Person,
    /// What they wrote.
    pub answers: Answers,
    /// When they asked.
    pub asked: DateTime<Utc>,
}

/// `GET /my-studies/{id}/requests`; approving posts to `/my-studies/{id}/members/{userId}/approve`, rejecting asks at
/// `…/reject`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "member/requests.html")]
pub struct RequestsPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The page of requests.
    pub requests: Vec<JoinRequest>,
    /// Whether every seat is taken.
    pub full: bool,
    /// Why the last answer could not be given.
    pub problem: Option<String>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl RequestsPage {
    fn member_path(&self, request: &JoinRequest) -> String {
        format!("/my-studies/{}/members/{}", self.study_id, request.person.id)
    }

    fn invites_path(&self) -> String {
        format!("/my-studies/{}/invites", self.study_id)
    }
}
