//! Chat messages.

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{FileId, MessageId, StudyId, UserId},
    text::{ClientId, MessageText},
    user::model::Person,
};

/// A message as it is stored. A deleted one keeps its content for moderation; nobody else is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub study_id: StudyId,
    /// Place in the study, from 1, without gaps. The store gives it in the commit; 0 before.
    pub seq: i64,
    /// The author's own name for it, unique among theirs.
    pub client_id: Option<ClientId>,
    /// The author.
    pub user_id: UserId,
    /// What was said.
    pub content: MessageText,
    /// The members whom it mentioned when it was sent or last edited.
    pub mentions: Vec<UserId>,
    /// What is attached.
    pub file_id: Option<FileId>,
    /// The message that this one answers, in the same study.
    pub reply_to_id: Option<MessageId>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}

/// A message as storage answers it, with what is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The message.
    pub message: Message,
    /// Its author.
    pub author: Person,
    /// What it answers.
    pub reply_to: Option<Answered>,
}

impl Written {
    /// What members see of it.
    pub fn view(&self) -> MessageView {
        MessageView { reply_to: self.reply_to.clone(), ..MessageView::new(&self.message, self.author.clone()) }
    }
}

/// As much of a message that is answered as its answers show of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// Which.
    pub id: MessageId,
    /// Its place in the study.
    pub seq: i64,
    /// Who said it.
    pub author: Person,
    /// How it begins; absent once deleted.
    pub content: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

impl Answered {
    /// The greatest length of [`content`](Self::content), in characters.
    pub const SHOWN: usize = 200;

    /// What answers show of `message`.
    pub fn new(message: &Message, author: Person) -> Self {
        let begins = || message.content.as_str().chars().take(Self::SHOWN).collect();
        Self {
            id: message.id,
            seq: message.seq,
            author,
            content: message.deleted_at.is_none().then(begins),
            deleted_at: message.deleted_at,
        }
    }
}

/// A message as members see it, over HTTP and in events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub study_id: StudyId,
    /// Place in the study.
    pub seq: i64,
    /// The author's own name for it.
    pub client_id: Option<String>,
    /// The author.
    pub user_id: UserId,
    /// The author, to show.
    pub author: Person,
    /// Absent once deleted.
    pub content: Option<String>,
    /// Whom it mentions; nobody once deleted.
    pub mentions: Vec<UserId>,
    /// What is attached; absent once deleted.
    pub file_id: Option<FileId>,
    /// The message that this one answers.
    pub reply_to_id: Option<MessageId>,
    /// The same, to show.
    pub reply_to: Option<Answered>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl MessageView {
    /// What members see of `message`, without what it answers.
    pub fn new(message: &Message, author: Person) -> Self {
        let is_there = message.deleted_at.is_none();
        Self {
            id: message.id,
            study_id: message.study_id,
            seq: message.seq,
            client_id: message.client_id.as_ref().map(ToString::to_string),
            user_id: message.user_id.clone(),
            author,
            content: is_there.then(|| message.content.to_string()),
            mentions: if is_there { message.mentions.clone() } else { Vec::new() },
            file_id: message.file_id.filter(|_| is_there),
            reply_to_id: message.reply_to_id,
            reply_to: None,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            created_at: message.created_at,
            updated_at: message.updated_at,
        }
    }
}

/// How far a member has read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadMark {
    /// Who.
    pub user_id: UserId,
    /// The last message's place that they have seen.
    pub seq: i64,
}

/// A message as a member reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The message.
    pub message: MessageView,
    /// Of the reader's own that is not deleted: how many other ACTIVE members have read it.
    pub readers: Option<u32>,
}

/// A place in a study's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// By number.
    At(i64),
    /// That of a message.
    Of(MessageId),
}

/// A stretch of a study's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The newest.
    Latest,
    /// Newest first, all before this place.
    Before(i64),
    /// Oldest first, all after this place.
    After(i64),
}
