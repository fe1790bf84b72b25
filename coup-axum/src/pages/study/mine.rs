//! The reader's own studies, and those that they asked to join.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use crate::pages::frame::Frame;
use crate::pages::member::Role;

/// A study of the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyStudy {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its emoji.
    pub emoji: String,
    /// The reader's role.
    pub role: Role,
    /// Its ACTIVE members.
    pub members: u32,
    /// The reader's unread messages.
    pub unread: u64,
    /// When something last happened in it.
    pub active: DateTime<Utc>,
    /// Whether it is closed.
    pub closed: bool,
}

impl MyStudy {
    fn home_path(&self) -> String {
        format!("/my-studies/{}", self.id)
    }
}

/// A study that the reader asked to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedStudy {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its emoji.
    pub emoji: String,
    /// When the reader asked.
    pub asked: DateTime<Utc>,
}

impl AskedStudy {
    fn page_path(&self) -> String {
        format!("/studies/{}", self.id)
    }

    fn withdraw_path(&self) -> String {
        format!("/studies/{}/withdraw", self.id)
    }
}

/// `GET /my-studies`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/mine.html")]
pub struct MyStudiesPage {
    /// What is around it.
    pub frame: Frame,
    /// The reader's studies.
    pub studies: Vec<MyStudy>,
    /// The studies that they asked to join.
    pub asked: Vec<AskedStudy>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}
