//! The question before something that is hard to take back: a page, which a module shows as a dialog.

use askama::Template;
use askama_web::WebTemplate;

use super::frame::Frame;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The question.
    pub title: String,
    /// What happens.
    pub text: String,
    /// What happens, point by point.
    pub points: Vec<String>,
    /// The path that is posted to.
    pub action: String,
    /// Hidden fields of the form.
    pub fields: Vec<(String, String)>,
    /// The label of a field for words to whom it concerns, `reason`; absent: none are asked for.
    pub reason: Option<String>,
    /// The word on the button.
    pub button: String,
    /// The path to which "no" leads.
    pub cancel: String,
    /// Whether the button is red.
    pub danger: bool,
}

/// The page that asks.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// What is around it.
    pub frame: Frame,
    /// What is asked.
    pub confirm: Confirm,
}
