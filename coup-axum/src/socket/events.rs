//! What clients ask for (specification, real time § Socket.IO).

use coup_core::{
    chat::service::{DeleteMessage, EditMessage, MarkRead, SendMessage},
    error::Invalid,
    id::{MessageId, StudyId},
    text::MessageText,
};
use coup_realtime::{
    live::Since,
    socket::{NotJoined, Peer},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Visitor;
use crate::{extract::parse, problem::Problem};

/// The events of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    StudyJoin,
    StudyLeave,
    MessageSend,
    MessageEdit,
    MessageDelete,
    MessageRead,
    Typing,
}

/// Each event's name.
pub(super) const EVENTS: &[(&str, Event)] = &[
    ("study:join", Event::StudyJoin),
    ("study:leave", Event::StudyLeave),
    ("message:send", Event::MessageSend),
    ("message:edit", Event::MessageEdit),
    ("message:delete", Event::MessageDelete),
    ("message:read", Event::MessageRead),
    ("typing", Event::Typing),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Join {
    study_id: String,
    since: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Leave {
    study_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Send {
    study_id: String,
    content: String,
    client_id: String,
    reply_to_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Edit {
    study_id: String,
    message_id: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Delete {
    study_id: String,
    message_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Read {
    study_id: String,
    seq: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Typing {
    study_id: String,
    on: bool,
}

/// Does what an event asks for; answers what stands beside `ok`.
pub(super) async fn answer(peer: &Peer<Visitor>, event: &str, body: &str) -> Result<Value, Problem> {
    let known = EVENTS.iter().find(|(name, _)| *name == event).ok_or_else(Problem::unknown_event)?.1;
    let body = body.as_bytes();
    let (coup, ctx) = (peer.live().coup(), &peer.line().ctx);
    Ok(match known {
        Event::StudyJoin => {
            let Join { study_id, since } = parse(body)?;
            let study = study(&study_id)?;
            if since.is_some_and(|since| since < 0) {
                return Err(Invalid::bound("since", "too_small", 0).into());
            }
            match peer.join(study, Since::from(since)).await {
                Ok(seq) => json!({ "seq": seq }),
                Err(NotJoined::TooMany) => return Err(Problem::too_many_joined()),
                Err(NotJoined::Because(error)) => return Err(error.into()),
            }
        }
        Event::StudyLeave => {
            let Leave { study_id } = parse(body)?;
            peer.leave(study(&study_id)?);
            json!({})
        }
        Event::MessageSend => {
            let Send { study_id, content, client_id, reply_to_id } = parse(body)?;
            let reply_to = reply_to_id.map(|id| message("replyToId", &id)).transpose()?;
            let command = SendMessage::parse(study(&study_id)?, &content, Some(&client_id), reply_to)?;
            json!({ "message": coup.run(ctx, command).await? })
        }
        Event::MessageEdit => {
            let Edit { study_id, message_id, content } = parse(body)?;
            let (study, message) = (study(&study_id)?, message("messageId", &message_id)?);
            let content = MessageText::parse("content", &content)?;
            json!({ "message": coup.run(ctx, EditMessage { study, message, content }).await? })
        }
        Event::MessageDelete => {
            let Delete { study_id, message_id } = parse(body)?;
            let (study, message) = (study(&study_id)?, message("messageId", &message_id)?);
            coup.run(ctx, DeleteMessage { study, message }).await?;
            json!({})
        }
        Event::MessageRead => {
            let Read { study_id, seq } = parse(body)?;
            coup.run(ctx, MarkRead { study: study(&study_id)?, seq }).await?;
            json!({})
        }
        Event::Typing => {
            let Typing { study_id, on } = parse(body)?;
            peer.live().typing(ctx, study(&study_id)?, on).await?;
            json!({})
        }
    })
}

fn study(id: &str) -> Result<StudyId, Invalid> {
    id.parse().map_err(|_| Invalid::field("studyId", "malformed_id"))
}

fn message(field: &str, id: &str) -> Result<MessageId, Invalid> {
    id.parse().map_err(|_| Invalid::field(field, "malformed_id"))
}
