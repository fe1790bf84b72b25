//! The page that says that something went wrong, and what to do now.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::frame::Frame;
use super::text::Key;

/// A problem as a page.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// What is around it.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// The problem's own words, in the reader's language, when it says more than the status.
    pub detail: Option<String>,
    /// Until when it lasts.
    pub until: Option<DateTime<Utc>>,
    /// Whether it is a sanction of the reader's own, which has a page that says why and how to appeal.
    pub sanctioned: bool,
    /// The request's identifier, to name when asking for help.
    pub request_id: Option<String>,
}

impl ProblemPage {
    fn title(&self) -> Key {
        match self.status {
            401 => Key("problem-401-title"),
            403 => Key("problem-403-title"),
            404 | 405 | 410 => Key("problem-404-title"),
            409 => Key("problem-409-title"),
            413 | 415 | 422 | 400 => Key("problem-422-title"),
            429 => Key("problem-429-title"),
            503 => Key("problem-503-title"),
            _ => Key("problem-500-title"),
        }
    }

    fn text(&self) -> Key {
        match self.status {
            401 => Key("problem-401-text"),
            403 => Key("problem-403-text"),
            404 | 405 | 410 => Key("problem-404-text"),
            409 => Key("problem-409-text"),
            413 | 415 | 422 | 400 => Key("problem-422-text"),
            429 => Key("problem-429-text"),
            503 => Key("problem-503-text"),
            _ => Key("problem-500-text"),
        }
    }

    /// Whether asking again may help.
    fn may_repeat(&self) -> bool {
        matches!(self.status, 409 | 429 | 500..)
    }
}
