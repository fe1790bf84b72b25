//! Lines of the room by themselves.

use askama::Template;
use askama_web::WebTemplate;

use super::{ChatItem, room};
use crate::pages::form::Form;
use crate::pages::frame::Frame;

/// `GET /my-studies/{id}/chat?part=lines` (`before`, `after`, or `only`: a message's number): what an open page puts into its
/// room.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "chat/lines.html")]
pub struct ChatLines {
    /// In whose words it is shown.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The talk, oldest first.
    pub items: Vec<ChatItem>,
    /// The number before which there is more.
    pub older: Option<u64>,
    /// The number after which there is more.
    pub newer: Option<u64>,
    /// The field of the message that is being edited: none is.
    pub edit: Form,
}

impl ChatLines {
    fn room_path(&self) -> String {
        room::path(&self.study_id)
    }
}
