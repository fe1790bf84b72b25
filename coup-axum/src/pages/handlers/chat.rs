//! The chat: the room, the search in it, and what is said.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use coup_core::{
    chat::{
        model::{Answered, Place, Said},
        rules::EDIT_WITHIN,
        service::{DeleteMessage, EditMessage, MarkRead, Messages, SendMessage},
    },
    coup::StudyFile,
    error::{Error, Invalid},
    id::{MessageId, StudyId},
    page::Limit,
    policy::{DeniedReason, StudyPermission, select},
    study::outlook::Talk,
    text::{MessageText, Query},
};

use crate::{
    extract::{InStudy, OfMessage},
    pages::{
        chat::{ChatLines, ChatMessage, ChatPage, ChatSearchPage, Hit, Posting, Quote, timeline},
        confirm::{Confirm, ConfirmPage},
        flash::Flash,
        form::Form,
        study::StudyTab,
        visit::{Answer, Posted, Visit, number},
    },
};

/// How much stands around a message to which one was led, on either side.
const AROUND: i64 = 25;

pub(super) async fn room(visit: Visit, InStudy(id): InStudy) -> Answer {
    if !visit.query().value("query").trim().is_empty() {
        return search(visit, InStudy(id)).await;
    }
    show(&visit, id, StatusCode::OK, Draft::default()).await
}

/// What of the room is asked for: all of it, or by an open page, which has not shown it to anybody yet, the lines alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The page, for somebody who reads it.
    Whole,
    /// The page, to take its parts.
    Parts,
    /// The lines.
    Lines,
}

impl Part {
    fn of(visit: &Visit) -> Self {
        match visit.query().value("part") {
            "lines" => Self::Lines,
            "room" => Self::Parts,
            _ => Self::Whole,
        }
    }
}

/// What is being written.
#[derive(Default)]
struct Draft {
    new: Form,
    edit: Form,
    editing: Option<MessageId>,
    replying: Option<MessageId>,
}

/// The stretch of talk that is asked for, oldest first.
async fn talk(visit: &Visit, file: &StudyFile, led_to: Option<MessageId>) -> Result<Talk, Error> {
    let query = visit.query();
    let seq = |name: &str| number(&query, name);
    let one = Limit::parse(Some(1), Limit::MESSAGES)?;
    let around = Limit::parse(Some(AROUND), Limit::MESSAGES)?;
    let (place, before, after) = if let Some(message) = led_to {
        (Place::Of(message), around, around)
    } else if let Some(at) = seq("at")? {
        (Place::At(at), around, around)
    } else if let Some(only) = seq("only")? {
        (Place::At(only), one, one)
    } else if let Some(after) = seq("after")? {
        (Place::At(after), one, Limit::MESSAGES)
    } else {
        (Place::At(seq("before")?.map_or(i64::MAX, |before| before.saturating_sub(1))), Limit::MESSAGES, one)
    };
    let mut talk = visit.house.coup.talk(file, place, before, after).await?;
    if let Some(only) = seq("only")? {
        talk.said.retain(|said| said.message.seq == only);
        return Ok(talk);
    }
    // What was read of the other side says only that there is something.
    if let Place::At(at) = place {
        if before == one {
            talk.older |= take_while(&mut talk.said, |said| said.message.seq <= at);
        }
        if after == one {
            talk.newer |= take_behind(&mut talk.said, at);
        }
    }
    Ok(talk)
}

/// Drops the first messages that are such; whether there were any.
fn take_while(said: &mut Vec<Said>, such: impl Fn(&Said) -> bool) -> bool {
    let first = said.iter().take_while(|said| such(said)).count();
    said.drain(..first);
    first > 0
}

/// Drops the messages behind a place; whether there were any.
fn take_behind(said: &mut Vec<Said>, at: i64) -> bool {
    let all = said.len();
    said.retain(|said| said.message.seq <= at);
    said.len() < all
}

async fn show(visit: &Visit, id: StudyId, status: StatusCode, draft: Draft) -> Answer {
    let coup = &visit.house.coup;
    let inside = coup.inside(&visit.ctx, id).await?;
    let file = &inside.file;
    let mut draft = draft;
    if draft.editing.is_none()
        && let Ok(asked) = visit.query().value("edit").parse()
    {
        draft.editing = Some(asked);
    }
    if draft.replying.is_none()
        && draft.editing.is_none()
        && let Ok(asked) = visit.query().value("reply").parse()
    {
        draft.replying = Some(asked);
    }
    let talk = talk(visit, file, draft.editing.or(draft.replying)).await?;
    let edited = talk.said.iter().map(|said| &said.message).find(|message| draft.editing == Some(message.id));
    if let Some(message) = edited
        && !draft.edit.has_errors()
    {
        draft.edit = Form::of([("content", message.content.clone().unwrap_or_default())]);
    }
    let read_to = inside.read_to;
    let last = talk.said.last().map_or(0, |said| said.message.seq);
    let mut frame = visit.inside(&inside, StudyTab::Chat);
    let mut unread = inside.unread;
    let part = Part::of(visit);
    if !talk.newer && last > read_to && status == StatusCode::OK && part == Part::Whole {
        // Who sees the newest has read it all.
        coup.run(&visit.ctx, MarkRead { study: id, seq: last }).await?;
        unread = 0;
        if let Some(nav) = &mut frame.study {
            nav.unread = 0;
        }
    }
    let posting = posting(file);
    let view = Sight { file, now: coup.now(), editing: draft.editing, may_reply: posting == Posting::Open };
    let answered = talk.said.iter().map(|said| &said.message).find(|message| draft.replying == Some(message.id));
    let reply = answered.map(|message| Quote {
        id: message.id.to_string(),
        seq: shown(message.seq),
        author: message.author.clone().into(),
        content: message.content.as_deref().unwrap_or_default().chars().take(Answered::SHOWN).collect(),
        deleted: message.deleted_at.is_some(),
    });
    let first = talk.said.first().map_or(0, |said| said.message.seq);
    let messages = talk.said.into_iter().map(|said| view.message(said)).collect();
    let client_id = coup.fresh_id().to_string();
    let (older, newer) = (talk.older.then(|| shown(first)), talk.newer.then(|| shown(last)));
    if part == Part::Lines {
        let items = timeline(messages, frame.zone, None);
        let lines = ChatLines { study_id: id.to_string(), items, older, newer, edit: draft.edit, frame };
        return Ok((status, lines).into_response());
    }
    let page = ChatPage {
        study_id: id.to_string(),
        study_name: file.study.name.to_string(),
        items: timeline(messages, frame.zone, Some(shown(read_to))),
        older,
        newer,
        last_seq: shown(last),
        unread: unread.into(),
        posting,
        limit: u32::try_from(MessageText::MAX).unwrap_or(u32::MAX),
        client_id,
        reply,
        form: draft.new,
        edit: draft.edit,
        frame,
    };
    Ok((status, page).into_response())
}

fn shown(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

fn posting(file: &StudyFile) -> Posting {
    if file.study.hidden_at.is_some() {
        return Posting::Hidden;
    }
    if file.study.closed_at.is_some() {
        return Posting::Closed;
    }
    match file.permit(StudyPermission::MessageSend) {
        Err(Error::Denied(denied)) => match denied.reason() {
            DeniedReason::Restraint { until, .. } => Posting::Paused { until },
            _ => Posting::Paused { until: file.standing().and_then(|standing| standing.paused_until) },
        },
        _ => Posting::Open,
    }
}

/// How messages look to a reader.
struct Sight<'a> {
    file: &'a StudyFile,
    now: coup_core::env::Timestamp,
    editing: Option<MessageId>,
    may_reply: bool,
}

impl Sight<'_> {
    /// Whether the reader was in by then, and may have seen what was deleted.
    fn came_in_before(&self, deleted: coup_core::env::Timestamp) -> bool {
        let member = self.file.member.as_ref();
        member.is_some_and(|member| member.approved_at.unwrap_or(member.joined_at) <= deleted)
    }

    fn message(&self, Said { message, readers }: Said) -> ChatMessage {
        let me = &self.file.caller.user.id;
        let own = message.user_id == *me;
        let deleted = message.deleted_at.is_some();
        let changeable = !deleted && self.file.writable().is_ok();
        let may_edit = changeable
            && self.now <= message.created_at + EDIT_WITHIN
            && select::edit_message(me, &message.user_id).is_ok_and(|needed| self.file.may(needed));
        ChatMessage {
            readers: readers.filter(|readers| *readers > 0),
            quote: message.reply_to.filter(|_| !deleted).map(|answered| Quote {
                id: answered.id.to_string(),
                seq: shown(answered.seq),
                author: answered.author.into(),
                content: answered.content.unwrap_or_default(),
                deleted: answered.deleted_at.is_some(),
            }),
            mentioned: message.mentions.contains(me),
            may_reply: self.may_reply && !deleted,
            may_edit,
            may_delete: changeable && self.file.may(select::delete_message(me, &message.user_id)),
            may_report: !own && message.deleted_at.is_none_or(|deleted| self.came_in_before(deleted)),
            editing: may_edit && self.editing == Some(message.id),
            id: message.id.to_string(),
            seq: shown(message.seq),
            author: message.author.into(),
            content: message.content.unwrap_or_default(),
            at: message.created_at,
            edited: message.edited_at.is_some(),
            deleted,
            own,
            first: false,
            last: false,
        }
    }
}

pub(super) async fn search(visit: Visit, InStudy(id): InStudy) -> Answer {
    let form = visit.query();
    let text = form.value("query").trim().to_owned();
    let before = number(&form, "before")?;
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    inside.file.require(StudyPermission::MessageRead)?;
    let found = if text.is_empty() {
        Messages { items: Vec::new(), next_cursor: None }
    } else {
        let query = Query::parse("query", &text)?;
        visit.house.coup.found(&inside.file, &query, before, Limit::DEFAULT).await?
    };
    let frame = visit.inside(&inside, StudyTab::Chat);
    let address = |before: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("query", &text);
        if let Some(before) = before {
            query.append_pair("before", before);
        }
        frame.href(format!("/my-studies/{id}/chat/search?{}", query.finish()))
    };
    let (first, next) = (before.map(|_| address(None)), found.next_cursor.as_deref().map(|seq| address(Some(seq))));
    let hits = found.items.into_iter().map(|message| Hit {
        seq: shown(message.seq),
        author: message.author.into(),
        content: message.content.unwrap_or_default(),
        at: message.created_at,
    });
    let page = ChatSearchPage { study_id: id.to_string(), query: text, hits: hits.collect(), first, next, frame };
    Ok(page.into_response())
}

/// A form's own page begins at the newest, whatever address it was posted to.
fn newest(visit: Visit, id: StudyId) -> Visit {
    Visit { path: format!("/my-studies/{id}/chat"), ..visit }
}

pub(super) async fn send(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    match try_send(&visit, id, &form).await {
        Ok(()) => Ok(visit.to(&format!("/my-studies/{id}/chat"))),
        Err(error) => {
            // What cannot be answered is answered no more, and the words stay.
            let replying = form.value("replyToId").parse().ok().filter(|_| !is_of(&error, "replyToId"));
            let (status, new) = visit.refused(form, error)?;
            show(&newest(visit, id), id, status, Draft { new, replying, ..Draft::default() }).await
        }
    }
}

fn is_of(error: &Error, field: &str) -> bool {
    matches!(error, Error::Invalid(invalid) if invalid.errors().iter().any(|error| error.field == field))
}

async fn try_send(visit: &Visit, id: StudyId, form: &Form) -> Result<(), Error> {
    let client_id = Some(form.value("clientId")).filter(|id| !id.is_empty());
    let reply_to = Some(form.value("replyToId")).filter(|id| !id.is_empty()).map(str::parse::<MessageId>).transpose();
    let reply_to = reply_to.map_err(|_| Invalid::field("replyToId", "malformed_id"))?;
    let command = SendMessage::parse(id, form.value("content"), client_id, reply_to)?;
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}

pub(super) async fn edit(visit: Visit, OfMessage(id, message): OfMessage, Posted(form): Posted) -> Answer {
    match try_edit(&visit, id, message, &form).await {
        Ok(seq) => Ok(at(&visit, id, seq)),
        Err(error) => {
            let wrong = matches!(error, Error::Invalid(_));
            let (status, edit) = visit.refused(form, error)?;
            let visit = newest(visit, id);
            // What cannot be edited any more has no form: the words stand at the field below.
            let draft = if wrong {
                Draft { edit, editing: Some(message), ..Draft::default() }
            } else {
                Draft { new: edit, ..Draft::default() }
            };
            show(&visit, id, status, draft).await
        }
    }
}

async fn try_edit(visit: &Visit, study: StudyId, message: MessageId, form: &Form) -> Result<i64, Error> {
    let content = MessageText::parse("content", form.value("content"))?;
    Ok(visit.house.coup.run(&visit.ctx, EditMessage { study, message, content }).await?.seq)
}

fn at(visit: &Visit, id: StudyId, seq: i64) -> Response {
    visit.to(&format!("/my-studies/{id}/chat?at={seq}#m-{seq}"))
}

pub(super) async fn ask_delete(visit: Visit, OfMessage(id, message): OfMessage) -> Answer {
    let coup = &visit.house.coup;
    let inside = coup.inside(&visit.ctx, id).await?;
    let file = &inside.file;
    let message = coup.message(file, message).await?;
    file.require(select::delete_message(&file.caller.user.id, &message.user_id))?;
    let frame = visit.inside(&inside, StudyTab::Chat);
    let view = Sight { file, now: coup.now(), editing: None, may_reply: false };
    let confirm = Confirm::delete_message(&frame, &id.to_string(), &view.message(Said { message, readers: None }));
    Ok(ConfirmPage { frame, confirm }.into_response())
}

pub(super) async fn delete(visit: Visit, OfMessage(study, message): OfMessage) -> Answer {
    let file = visit.house.coup.study_file(&visit.ctx, study).await?;
    let seq = visit.house.coup.message(&file, message).await?.seq;
    visit.house.coup.run(&visit.ctx, DeleteMessage { study, message }).await?;
    Ok(visit.done(&format!("/my-studies/{study}/chat?at={seq}#m-{seq}"), Flash::MessageDeleted))
}

pub(super) async fn read(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    let seq = number(&form, "seq")?.ok_or_else(|| Invalid::field("seq", "required"))?;
    visit.house.coup.run(&visit.ctx, MarkRead { study: id, seq }).await?;
    Ok(visit.to(&format!("/my-studies/{id}/chat")))
}
