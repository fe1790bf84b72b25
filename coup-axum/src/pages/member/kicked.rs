//! Who was kicked from a study, and may be let join again.

use askama::Template;
use askama_web::WebTemplate;

use crate::pages::frame::{Frame, Person};
use crate::pages::tab::Tab;

/// `GET /my-studies/{id}/kicked`; reinstating posts to `/my-studies/{id}/members/{userId}/reinstate`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "member/kicked.html")]
pub struct KickedPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The page of people.
    pub people: Vec<Person>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl KickedPage {
    fn member_path(&self, person: &Person) -> String {
        format!("/my-studies/{}/members/{}", self.study_id, person.id)
    }
}
