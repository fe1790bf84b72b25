//! A study's home: what is new in it, who is in it, what it is about.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::{Study, StudyState};
use crate::pages::frame::{Frame, Person};

/// A message in the preview of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestMessage {
    /// Its number in the study.
    pub seq: u64,
    /// Its author.
    pub author: Person,
    /// Its text.
    pub content: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// `GET /my-studies/{id}`; leaving asks at `/my-studies/{id}/leave`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/home.html")]
pub struct HomePage {
    /// What is around it.
    pub frame: Frame,
    /// The study.
    pub study: Study,
    /// The reader's unread messages.
    pub unread: u64,
    /// How many ask to join, for who may decide; else 0.
    pub requests: u64,
    /// The last messages that are not deleted, newest last; three are plenty.
    pub latest: Vec<LatestMessage>,
    /// Some of the members; a dozen are plenty.
    pub people: Vec<Person>,
    /// Whether the reader may leave.
    pub may_leave: bool,
}
