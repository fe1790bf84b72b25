//! The room: messages, and the field to write one.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};

use super::{ChatItem, Quote};
use crate::pages::form::Form;
use crate::pages::frame::Frame;

/// Whether the reader may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    /// They may.
    Open,
    /// The study is closed.
    Closed,
    /// The study is hidden by a moderator.
    Hidden,
    /// The reader may not write.
    Paused {
        /// Until when; `None` until somebody lets them again.
        until: Option<DateTime<Utc>>,
    },
}

/// `GET /my-studies/{id}/chat` (`before`, `after`, `at`: a message's number; `edit`, `reply`: a message's identifier; `part`: for
/// open pages, which marks nothing as read: `room`, or `lines`, which is [`ChatLines`](super::ChatLines)).
/// Its forms post `content`, `clientId`, `replyToId` to the same path, `content` to `…/chat/{msgId}/edit`, `seq` to
/// `…/chat/read`; deleting asks at `…/chat/{msgId}/delete`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "chat/room.html")]
pub struct ChatPage {
    /// What is around it.
    pub frame: Frame,
    /// The study's identifier.
    pub study_id: String,
    /// The study's name.
    pub study_name: String,
    /// The talk, oldest first.
    pub items: Vec<ChatItem>,
    /// The number before which there is more.
    pub older: Option<u64>,
    /// The number after which there is more; then the page is in the past and does not update itself.
    pub newer: Option<u64>,
    /// The number of the last message of the study that the page knows; 0 for none.
    pub last_seq: u64,
    /// The reader's unread messages.
    pub unread: u64,
    /// Whether the reader may write.
    pub posting: Posting,
    /// The longest message that is taken, in characters.
    pub limit: u32,
    /// A fresh client message id, which makes sending the form twice harmless.
    pub client_id: String,
    /// What is being answered.
    pub reply: Option<Quote>,
    /// The field `content`, with what was wrong with it.
    pub form: Form,
    /// The field `content` of the message that is being edited.
    pub edit: Form,
}

impl ChatPage {
    fn posting_code(&self) -> &'static str {
        match self.posting {
            Posting::Open => "open",
            Posting::Closed => "closed",
            Posting::Hidden => "hidden",
            Posting::Paused { .. } => "paused",
        }
    }

    fn me(&self) -> &str {
        self.frame.person.as_ref().map_or("", |person| &person.id)
    }

    fn room_path(&self) -> String {
        path(&self.study_id)
    }
}

/// Where a study's room is.
pub(super) fn path(study_id: &str) -> String {
    format!("/my-studies/{study_id}/chat")
}
