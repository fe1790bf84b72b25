//! Use cases of chat.

use serde::Serialize;

use crate::{
    changes::{Change, EventKind, Guard, Row, Scope, to_value},
    chat::{
        model::{Answered, Message, MessageView, ReadMark, Stretch, Written},
        rules,
    },
    coup::{Command, Coup, Ctx, Prepared, Room, StudyFile},
    error::{Check, Error, Feature, Invalid, StateError},
    id::{FileId, MessageId, StudyId, UserId},
    live::model::{Ephemeral, EphemeralKind},
    page::{Key as SortKey, Keyset, Limit, Page, Places},
    policy::{StudyPermission, select},
    settings::rules::available,
    text::{ClientId, MessageText, Query},
};

/// Sends a message. The same `client_id` with the same content answers the first message again.
#[derive(Debug, Clone)]
pub struct SendMessage {
    /// Where.
    pub study: StudyId,
    /// What.
    pub content: MessageText,
    /// The author's own name for it.
    pub client_id: Option<ClientId>,
    /// The message that this one answers.
    pub reply_to: Option<MessageId>,
    /// What is attached. No study has files yet, so that any is refused.
    pub file: Option<FileId>,
}

impl SendMessage {
    /// Reads what was typed; nothing is attached.
    pub fn parse(
        study: StudyId,
        content: &str,
        client_id: Option<&str>,
        reply_to: Option<MessageId>,
    ) -> Result<Self, Invalid> {
        let mut check = Check::default();
        let content = check.take(MessageText::parse("content", content));
        let client_id = client_id.and_then(|text| check.take(ClientId::parse("clientId", text)));
        check.finish()?;
        let content = content.ok_or_else(|| Invalid::field("content", "required"))?;
        Ok(Self { study, content, client_id, reply_to, file: None })
    }
}

impl Command for SendMessage {
    type Output = MessageView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<MessageView>, Error> {
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::MessageSend)?;
        let author = file.caller.person();
        if let Some(client_id) = &self.client_id
            && let Some(written) = room.store().message_by_client_id(&file.caller.user.id, client_id).await?
        {
            let again = written.view();
            let sent = written.message;
            let same = sent.study_id == self.study
                && sent.content == self.content
                && sent.reply_to_id == self.reply_to
                && sent.file_id == self.file;
            // Edited since: the content differs, but the message is the one.
            return if same || (sent.study_id == self.study && sent.edited_at.is_some()) {
                Ok(Prepared::done(again))
            } else {
                Err(StateError::ClientIdReused.into())
            };
        }
        available(room.settings(), Feature::Chat)?;
        file.writable()?;
        if self.file.is_some() {
            return Err(Invalid::field("fileId", "not_in_this_study").into());
        }
        let reply_to = match self.reply_to {
            None => None,
            Some(id) => match room.store().message(self.study, id).await? {
                Some(answered) => Some(Answered::new(&answered.message, answered.author)),
                None => return Err(Invalid::field("replyToId", "not_in_this_study").into()),
            },
        };
        let mentions = mentions(room, &file, &self.content).await?;
        let now = room.env.now();
        let message = Message {
            id: MessageId::from_uuid(room.env.uuid()),
            study_id: self.study,
            seq: 0,
            client_id: self.client_id.clone(),
            user_id: file.caller.user.id.clone(),
            content: self.content.clone(),
            mentions,
            file_id: None,
            reply_to_id: self.reply_to,
            edited_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
            version: 0,
        };
        let written = Written { message, author, reply_to };
        let view = written.view();
        let changes = file.changes(permit).post_written(written);
        Ok(Prepared::then(changes, move |committed| MessageView {
            seq: committed.posts.first().copied().unwrap_or_default(),
            ..view
        }))
    }
}

/// Whom a text of the caller's mentions: asked of storage only where somebody may be.
async fn mentions(room: &Room<'_>, file: &StudyFile, content: &MessageText) -> Result<Vec<UserId>, Error> {
    let texts = rules::called(content.as_str());
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let people = room.store().members_called(file.study.id, &texts).await?;
    Ok(rules::mentions(content.as_str(), &file.caller.user.id, &people))
}

async fn message(room: &Room<'_>, file: &StudyFile, id: MessageId) -> Result<Written, Error> {
    file.require(StudyPermission::MessageRead)?;
    room.store().message(file.study.id, id).await?.ok_or(Error::NotFound)
}

/// Edits one's own message, within 15 minutes.
#[derive(Debug, Clone)]
pub struct EditMessage {
    /// Where.
    pub study: StudyId,
    /// Which.
    pub message: MessageId,
    /// What it shall say.
    pub content: MessageText,
}

impl Command for EditMessage {
    type Output = MessageView;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<MessageView>, Error> {
        let file = room.study(self.study).await?;
        let mut written = message(room, &file, self.message).await?;
        let message = &mut written.message;
        let permit = file.permit(select::edit_message(&file.caller.user.id, &message.user_id)?)?;
        available(room.settings(), Feature::Chat)?;
        file.writable()?;
        rules::edit(message, room.env.now())?;
        if message.content == self.content {
            return Ok(Prepared::done(written.view()));
        }
        message.content = self.content.clone();
        message.mentions = mentions(room, &file, &self.content).await?;
        message.edited_at = Some(room.env.now());
        Ok(saved(room, &file, permit, written, EventKind::MessageEdited))
    }
}

/// Deletes a message: one's own, or anybody's for OWNER and ADMIN. A tombstone stays.
#[derive(Debug, Clone, Copy)]
pub struct DeleteMessage {
    /// Where.
    pub study: StudyId,
    /// Which.
    pub message: MessageId,
}

impl Command for DeleteMessage {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let file = room.study(self.study).await?;
        let mut written = message(room, &file, self.message).await?;
        let message = &mut written.message;
        let permit = file.permit(select::delete_message(&file.caller.user.id, &message.user_id))?;
        file.writable()?;
        if message.deleted_at.is_some() {
            return Ok(Prepared::done(()));
        }
        message.deleted_at = Some(room.env.now());
        Ok(saved(room, &file, permit, written, EventKind::MessageDeleted).map(drop))
    }
}

fn saved(
    room: &Room<'_>,
    file: &StudyFile,
    permit: crate::policy::Permit,
    mut written: Written,
    kind: EventKind,
) -> Prepared<MessageView> {
    written.message.updated_at = room.env.now();
    let view = written.view();
    let message = written.message;
    let told =
        if kind == EventKind::MessageDeleted { serde_json::json!({ "id": message.id }) } else { to_value(&view) };
    let changes = file
        .changes(permit)
        .guard(Guard::Message(message.id, message.version))
        .save(Row::Message(Box::new(message)))
        .event(Scope::Study(file.study.id), kind, room.env.now(), told);
    Prepared::new(changes, view)
}

/// Moves one's own read mark forward.
#[derive(Debug, Clone, Copy)]
pub struct MarkRead {
    /// Where.
    pub study: StudyId,
    /// The last message's place that was seen.
    pub seq: i64,
}

impl Command for MarkRead {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        if self.seq < 0 {
            return Err(Invalid::bound("seq", "too_small", 0).into());
        }
        let file = room.study(self.study).await?;
        let permit = file.permit(StudyPermission::MessageRead)?;
        let user = file.caller.user.id.clone();
        let changes =
            file.changes(permit).change(Change::MoveReadMark(self.study, user.clone(), self.seq)).whisper(Ephemeral {
                scope: Scope::Study(self.study),
                kind: EphemeralKind::MessageRead,
                from: Some(user),
                data: serde_json::json!({ "seq": self.seq }),
            });
        Ok(Prepared::new(changes, ()))
    }
}

/// A stretch of messages.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    /// Newest first, unless they were asked for after a place: then oldest first.
    pub items: Vec<MessageView>,
    /// Give it back as `before` (or `after`) for what follows; absent where nothing does.
    pub next_cursor: Option<String>,
}

impl Messages {
    /// Cuts messages that were read with [`Limit::and_one`].
    pub(crate) fn cut(mut items: Vec<MessageView>, limit: Limit) -> Self {
        let more = items.len() > limit.get();
        items.truncate(limit.get());
        let next_cursor = if more { items.last().map(|message| message.seq.to_string()) } else { None };
        Self { items, next_cursor }
    }
}

impl Coup {
    /// Messages of a study by cursor; with a query, those that contain it.
    pub async fn messages(
        &self,
        ctx: &Ctx,
        study: StudyId,
        stretch: Stretch,
        query: Option<&Query>,
        limit: Limit,
    ) -> Result<Messages, Error> {
        let room = self.room(ctx);
        room.study(study).await?.require(StudyPermission::MessageRead)?;
        let items = match (query, stretch) {
            (None, _) => room.store().messages(study, stretch, limit.and_one()).await?,
            (Some(_), Stretch::After(_)) => return Err(Invalid::field("after", "not_with_query").into()),
            (Some(query), Stretch::Latest) => room.store().search_messages(study, query, None, limit.and_one()).await?,
            (Some(query), Stretch::Before(seq)) => {
                room.store().search_messages(study, query, Some(seq), limit.and_one()).await?
            }
        };
        Ok(Messages::cut(items, limit))
    }

    /// How far each member has read.
    pub async fn read_marks(
        &self,
        ctx: &Ctx,
        study: StudyId,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<ReadMark>, Error> {
        let room = self.room(ctx);
        let after = cursor.map(|cursor| Keyset::decode(cursor, "read-marks", Places::User)).transpose()?;
        room.study(study).await?.require(StudyPermission::MessageRead)?;
        let rows = room.store().read_marks(study, after.as_ref(), limit.and_one()).await?;
        Ok(Page::cut(rows, limit, |mark| Keyset {
            list: "read-marks".into(),
            key: SortKey::Integer(0),
            id: mark.user_id.to_string(),
        }))
    }
}
