//! Founding a study and changing it: one set of fields, named as in the API.
//!
//! Fields: `name`, `emoji`, `description`, `category`, `subCategory`, `tags` (one line, with commas), `maxMembers`,
//! `timeZone`, `autoApprove`; when founding also `isRecruiting` and `isPublic`. Boxes send `true` or nothing.

use askama::Template;
use askama_web::WebTemplate;

use super::{Study, StudyState};
use crate::pages::form::{Choice, Form};
use crate::pages::frame::Frame;

/// `GET /studies/new`; its form posts to `/studies`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/new.html")]
pub struct NewStudyPage {
    /// What is around it.
    pub frame: Frame,
    /// The fields.
    pub form: Form,
    /// The categories.
    pub categories: Vec<Choice>,
    /// The time zones.
    pub zones: Vec<Choice>,
}

/// `GET /my-studies/{id}/settings`. Its forms post the fields to the same path, `isRecruiting` to `…/recruiting`,
/// `isPublic` to `…/visibility`, and nothing to `/my-studies/{id}/reopen`; closing and deleting ask first, at
/// `/my-studies/{id}/close` and `/my-studies/{id}/delete`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "study/settings.html")]
pub struct StudySettingsPage {
    /// What is around it.
    pub frame: Frame,
    /// The study as it is.
    pub study: Study,
    /// The fields.
    pub form: Form,
    /// The categories.
    pub categories: Vec<Choice>,
    /// The time zones.
    pub zones: Vec<Choice>,
    /// Whether the reader may make it public or private.
    pub may_set_visibility: bool,
    /// Whether the reader may close it.
    pub may_close: bool,
    /// Whether the reader may reopen it.
    pub may_reopen: bool,
    /// Whether the reader may delete it.
    pub may_delete: bool,
}
