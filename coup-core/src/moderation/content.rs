//! What moderators do with messages themselves (specification, moderation § Content).

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{file::CaseFile, model::ReportTarget};
use crate::{
    audit::model::AuditDraft,
    changes::{EventKind, Guard, Row, Scope},
    chat::model::Written,
    coup::{Administration, Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::{Error, StateError},
    id::{MessageId, StudyId},
    notification::model::{Notice, NotificationData, NotificationEvent},
    page::Limit,
    policy::{AdminPermission, Target},
    text::Words,
    user::model::Person,
};

/// Deletes a message wherever it is, also in a closed or hidden study. A tombstone stays, and its author is told why.
#[derive(Debug, Clone)]
pub struct RemoveMessage {
    /// Which.
    pub message: MessageId,
    /// Why, as its author is told.
    pub reason: Words,
}

impl Command for RemoveMessage {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ContentDelete);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let who = room.administration().await?;
        who.require(AdminPermission::ContentDelete)?;
        let written = room.store().message_anywhere(self.message).await?.ok_or(Error::NotFound)?;
        let mut message = written.message;
        let changes = who.changes(AdminPermission::ContentDelete, Target::Message(message.study_id, message.id))?;
        if message.deleted_at.is_some() {
            return Err(StateError::MessageDeleted.into());
        }
        let now = room.env.now();
        message.deleted_at = Some(now);
        message.updated_at = now;
        let (study, author) = (message.study_id, message.user_id.clone());
        let data = NotificationData { message_id: Some(message.id), ..NotificationData::default() };
        let notice = Notice::new(NotificationEvent::MessageRemoved, data).saying(self.reason.as_str());
        let notice = match room.store().study(study).await? {
            Some(study) => notice.of(&study),
            None => notice,
        };
        let changes = changes
            .audited(|draft| draft.reason(self.reason.as_str()).after("authorId", author.as_str()))
            .guard(Guard::Message(message.id, message.version))
            .event(Scope::Study(study), EventKind::MessageDeleted, now, json!({ "id": message.id }))
            .save(Row::Message(Box::new(message)));
        // Whoever removes their own message knows why.
        let changes = if who.user() == Some(&author) { changes } else { changes.notify(&room.env, &author, notice) };
        Ok(Prepared::new(changes, ()))
    }
}

/// A message as moderators read it: what it says also once it is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModeratedMessage {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub study_id: StudyId,
    /// Its place.
    pub seq: i64,
    /// Who said it.
    pub author: Person,
    /// What.
    pub content: String,
    /// The message that it answers.
    pub reply_to_id: Option<MessageId>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Whether it is the reported one.
    pub is_reported: bool,
}

impl ModeratedMessage {
    fn new(written: Written, reported: MessageId) -> Self {
        let Written { message, author, reply_to: _ } = written;
        Self {
            id: message.id,
            study_id: message.study_id,
            seq: message.seq,
            author,
            content: message.content.to_string(),
            reply_to_id: message.reply_to_id,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            created_at: message.created_at,
            is_reported: message.id == reported,
        }
    }
}

impl Coup {
    /// The messages around a reported one, oldest first, up to so many on each side (`content.read`); the audit log tells of it.
    /// 404 for a message that nobody reported, and for who has a part in its case.
    pub async fn message_context(
        &self,
        ctx: &Ctx,
        message: MessageId,
        each_side: Limit,
    ) -> Result<Vec<ModeratedMessage>, Error> {
        let word = |draft: AuditDraft| draft.after("context", message.to_string());
        let read = async |room: &Room<'_>, who: &Administration| {
            let found = room.store().newest_case(&ReportTarget::Message(message)).await?;
            let (case, reports) = found.ok_or(Error::NotFound)?;
            CaseFile::seen(room, who, case, reports).await?;
            let around = room.store().context(message, each_side, each_side).await?;
            if around.is_empty() {
                return Err(Error::NotFound);
            }
            Ok(around.into_iter().map(|written| ModeratedMessage::new(written, message)).collect())
        };
        self.audited_as(ctx, AdminPermission::ContentRead, Target::Site, word, read).await
    }
}
