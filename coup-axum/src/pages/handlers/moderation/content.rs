//! What was said around a reported message, and removing it.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::Error, id::MessageId, moderation::content::RemoveMessage, page::Limit, policy::AdminPermission, text::Words,
};

use super::desk;
use crate::{
    extract::ThisMessage,
    pages::{
        flash::Flash,
        form::Form,
        moderation::{AdminTab, ContextPage, ModeratedLine},
        visit::{Answer, Posted, Visit},
    },
};

pub(in crate::pages::handlers) async fn show(visit: Visit, ThisMessage(id): ThisMessage) -> Answer {
    page(&visit, id, StatusCode::OK, Form::default()).await
}

async fn page(visit: &Visit, id: MessageId, status: StatusCode, form: Form) -> Answer {
    let around = visit.house.coup.message_context(&visit.ctx, id, Limit::DEFAULT).await?;
    let (frame, desk) = desk(visit, AdminTab::Messages).await?;
    let is_there = around.iter().any(|message| message.is_reported && message.deleted_at.is_none());
    let lines = around.into_iter().map(|message| ModeratedLine {
        id: message.id.to_string(),
        author: message.author.into(),
        content: message.content,
        at: message.created_at,
        edited: message.edited_at.is_some(),
        deleted: message.deleted_at.is_some(),
        reported: message.is_reported,
    });
    let page = ContextPage {
        id: id.to_string(),
        lines: lines.collect(),
        may_remove: is_there && desk.may(AdminPermission::ContentDelete),
        form,
        frame,
    };
    Ok((status, page).into_response())
}

async fn try_remove(visit: &Visit, message: MessageId, form: &Form) -> Result<(), Error> {
    let reason = Words::parse("reason", form.value("reason"))?;
    visit.house.coup.run(&visit.ctx, RemoveMessage { message, reason }).await
}

pub(in crate::pages::handlers) async fn remove(
    visit: Visit,
    ThisMessage(id): ThisMessage,
    Posted(form): Posted,
) -> Answer {
    match try_remove(&visit, id, &form).await {
        Ok(()) => Ok(visit.done(&format!("/admin/moderation/messages/{id}"), Flash::MessageDeleted)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, id, status, form).await
        }
    }
}

/// Where a form was posted to: a reader who reloads it is led back.
pub(in crate::pages::handlers) async fn show_again(visit: Visit, ThisMessage(id): ThisMessage) -> Answer {
    Ok(visit.to(&format!("/admin/moderation/messages/{id}")))
}
