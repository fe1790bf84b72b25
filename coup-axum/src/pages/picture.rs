//! One's own picture.

use askama::Template;
use askama_web::WebTemplate;

use super::{
    form::Form,
    frame::{Frame, Person},
};

/// `GET /me/avatar`; posts a file to `/me/avatar`, and takes it away by `/me/avatar/remove`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/picture.html")]
pub struct PicturePage {
    /// What is around it.
    pub frame: Frame,
    /// What went wrong.
    pub form: Form,
    /// Who reads, with their picture.
    pub person: Person,
}
