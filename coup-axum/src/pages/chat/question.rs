//! The question before a message is deleted.

use super::ChatMessage;
use crate::pages::confirm::Confirm;
use crate::pages::frame::Frame;

impl Confirm {
    /// Before deleting a message; posts to `/my-studies/{id}/chat/{msgId}/delete`.
    pub fn delete_message(frame: &Frame, study_id: &str, message: &ChatMessage) -> Self {
        Self {
            title: frame.t("chat-delete-question"),
            text: if message.own { frame.t("chat-delete-own-text") } else { frame.t("chat-delete-others-text") },
            points: Vec::new(),
            action: format!("/my-studies/{study_id}/chat/{}/delete", message.id),
            fields: Vec::new(),
            reason: None,
            button: frame.t("chat-delete"),
            cancel: format!("/my-studies/{study_id}/chat#m-{}", message.seq),
            danger: true,
        }
    }
}
