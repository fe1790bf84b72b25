//! Everything of one's own to take along, and deleting one's account.

use askama::Template;
use askama_web::WebTemplate;

use super::{form::Form, frame::Frame};

/// A study that stands in the way of deleting one's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedStudyLine {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Deleting the account, where accounts are CoUp's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The box `sure` of the form that posts to `/me/account/delete`.
    pub form: Form,
    /// Open studies of which the reader is the OWNER; as long as there are some, there is no form.
    pub owned: Vec<OwnedStudyLine>,
    /// Whether a sanction forbids it.
    pub barred: bool,
}

/// `GET /me/account`: a link leads to `/me/account/export`, a form posts `sure` to `/me/account/delete`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "user/account.html")]
pub struct AccountPage {
    /// What is around it.
    pub frame: Frame,
    /// Absent for hosts' users.
    pub deletion: Option<Deletion>,
}

impl AccountPage {
    fn has_errors(&self) -> bool {
        self.deletion.as_ref().is_some_and(|deletion| deletion.form.has_errors())
    }
}
