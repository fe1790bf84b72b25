//! What was said around a reported message.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::{
    form::Form,
    frame::{Frame, Person},
};

/// A message as moderators read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeratedLine {
    /// Its identifier.
    pub id: String,
    /// Who said it.
    pub author: Person,
    /// What; also of one that was deleted.
    pub content: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was edited.
    pub edited: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether it is the reported one.
    pub reported: bool,
}

impl ModeratedLine {
    fn author_path(&self) -> String {
        format!("/admin/users/{}", self.author.id)
    }
}

/// `GET /admin/moderation/messages/{id}`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "moderation/context.html")]
pub struct ContextPage {
    /// What is around it.
    pub frame: Frame,
    /// The reported message.
    pub id: String,
    /// What was said, the oldest first.
    pub lines: Vec<ModeratedLine>,
    /// Whether the reader may remove the reported one, which is there still.
    pub may_remove: bool,
    /// What was typed.
    pub form: Form,
}

impl ContextPage {
    fn remove_path(&self) -> String {
        format!("/admin/moderation/messages/{}/delete", self.id)
    }
}
