//! One message by itself.

use askama::Template;

use super::{ChatMessage, room};
use crate::pages::form::Form;
use crate::pages::frame::Frame;

/// One line of the room as the room shows it: what is put into an open page.
#[derive(Debug, Clone, Template)]
#[template(path = "chat/line.html")]
pub struct ChatLine<'a> {
    /// In whose words it is shown.
    pub frame: &'a Frame,
    /// The study's identifier.
    pub study_id: &'a str,
    /// The message; whether it begins and ends a group is its own to say.
    pub message: &'a ChatMessage,
    /// The field `content`, where the message is being edited.
    pub edit: &'a Form,
}

impl ChatLine<'_> {
    fn room_path(&self) -> String {
        room::path(self.study_id)
    }
}
