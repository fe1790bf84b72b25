//! A study's chat.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    chat::{
        model::{MessageView, ReadMark, Stretch},
        service::{DeleteMessage, EditMessage, MarkRead, Messages, SendMessage},
    },
    error::Invalid,
    id::{FileId, MessageId},
    page::{Limit, Page},
    text::{MessageText, Query},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema, studies::PageQuery};
use crate::{
    extract::{Asked, InStudy, Input, Nothing, OfMessage, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 3] {
    [routes!(list, send), routes!(edit, delete), routes!(read_marks, mark_read)]
}

/// Which messages. Without a place: the newest, newest first.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct MessagesQuery {
    /// Newest first, before this place.
    #[param(nullable = false, minimum = 0)]
    before: Option<i64>,
    /// Oldest first, after this place. Not together with `before` or `query`.
    #[param(nullable = false, minimum = 0)]
    after: Option<i64>,
    /// Those that contain this, whatever the case.
    #[param(nullable = false, max_length = 100)]
    query: Option<String>,
    /// `nextCursor` of the page before; goes on in the same direction.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Default 50.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

impl MessagesQuery {
    fn stretch(&self) -> Result<Stretch, Invalid> {
        let place = |field: &'static str, seq: Option<i64>| match seq {
            Some(seq) if seq < 0 => Err(Invalid::bound(field, "too_small", 0)),
            seq => Ok(seq),
        };
        let (before, after) = (place("before", self.before)?, place("after", self.after)?);
        let cursor = match self.cursor.as_deref().map(str::parse::<i64>) {
            None => None,
            Some(Ok(seq)) if seq >= 0 => Some(seq),
            Some(_) => return Err(Invalid::field("cursor", "not_a_cursor")),
        };
        match (before, after) {
            (Some(_), Some(_)) => Err(Invalid::field("after", "not_together")),
            (None, Some(after)) => Ok(Stretch::After(cursor.unwrap_or(after))),
            (before, None) => Ok(cursor.or(before).map_or(Stretch::Latest, Stretch::Before)),
        }
    }
}

/// A message to send. `@` and a member's name mention that member; the server says whom, in `mentions` of the answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SendBody {
    #[schema(min_length = 1, max_length = 4000)]
    content: String,
    /// The sender's own name for it: sent again with the same one, it is sent once.
    #[schema(max_length = 64)]
    client_id: Option<String>,
    /// The message that this one answers.
    #[schema(value_type = Option<uuid::Uuid>)]
    reply_to_id: Option<String>,
    /// What is attached. No study has files yet, so that any is refused.
    #[schema(value_type = Option<uuid::Uuid>)]
    file_id: Option<String>,
}

/// What a message shall say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditBody {
    #[schema(min_length = 1, max_length = 4000)]
    content: String,
}

/// How far one has read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadBody {
    /// The last message's place.
    #[schema(minimum = 0)]
    seq: i64,
}

#[utoipa::path(
    get, path = "/my-studies/{id}/messages", operation_id = "listMessages", tag = "messages", summary = "Messages by place, or those that contain a text",
    params(("id" = uuid::Uuid, Path, description = "the study"), MessagesQuery),
    responses((status = 200, description = "a page", body = schema::MessageList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.read")))
)]
async fn list(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Asked(query): Asked<MessagesQuery>,
) -> Answer<Messages> {
    let stretch = query.stretch()?;
    let limit = Limit::parse(query.limit, Limit::MESSAGES)?;
    let text = query.query.as_deref().filter(|text| !text.trim().is_empty());
    let text = text.map(|text| Query::parse("query", text)).transpose()?;
    Ok(Json(api.coup.messages(&ctx, study, stretch, text.as_ref(), limit).await?))
}

#[utoipa::path(
    post, path = "/my-studies/{id}/messages", operation_id = "sendMessage", tag = "messages", summary = "Send a message",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = SendBody,
    responses((status = 201, description = "the message with its place", body = schema::Message)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.send")))
)]
async fn send(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Input(body): Input<SendBody>,
) -> Result<(StatusCode, Json<MessageView>), Problem> {
    let reply_to = body.reply_to_id.map(|text| text.parse::<MessageId>()).transpose();
    let reply_to = reply_to.map_err(|_| Invalid::field("replyToId", "malformed_id"))?;
    let file = body.file_id.map(|text| text.parse::<FileId>()).transpose();
    let file = file.map_err(|_| Invalid::field("fileId", "malformed_id"))?;
    let command = SendMessage::parse(study, &body.content, body.client_id.as_deref(), reply_to)?;
    let command = SendMessage { file, ..command };
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    patch, path = "/my-studies/{id}/messages/{msgId}", operation_id = "editMessage", tag = "messages", summary = "Edit one's own message, within 15 minutes",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("msgId" = uuid::Uuid, Path, description = "the message")),
    request_body = EditBody,
    responses((status = 200, description = "the message", body = schema::Message)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.edit_own")))
)]
async fn edit(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMessage(study, message): OfMessage,
    Input(body): Input<EditBody>,
) -> Answer<MessageView> {
    let content = MessageText::parse("content", &body.content)?;
    Ok(Json(api.coup.run(&ctx, EditMessage { study, message, content }).await?))
}

#[utoipa::path(
    delete, path = "/my-studies/{id}/messages/{msgId}", operation_id = "deleteMessage", tag = "messages", summary = "Delete a message; a tombstone stays",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("msgId" = uuid::Uuid, Path, description = "the message")),
    responses((status = 204, description = "deleted")),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:message.delete_own", "study:message.delete_others"])))
)]
async fn delete(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMessage(study, message): OfMessage,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, DeleteMessage { study, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/my-studies/{id}/messages/read", operation_id = "listReadMarks", tag = "messages", summary = "How far each member has read",
    params(("id" = uuid::Uuid, Path, description = "the study"), PageQuery),
    responses((status = 200, description = "a page", body = schema::ReadMarkList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.read")))
)]
async fn read_marks(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Asked(query): Asked<PageQuery>,
) -> Answer<Page<ReadMark>> {
    Ok(Json(api.coup.read_marks(&ctx, study, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    post, path = "/my-studies/{id}/messages/read", operation_id = "markRead", tag = "messages", summary = "Move one's own read mark forward",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = ReadBody,
    responses((status = 204, description = "moved, or further already")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.read")))
)]
async fn mark_read(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Input(body): Input<ReadBody>,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, MarkRead { study, seq: body.seq }).await?;
    Ok(StatusCode::NO_CONTENT)
}
