//! What moderators do with messages themselves.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    moderation::content::{ModeratedMessage, RemoveMessage},
    page::{Limit, Page},
    text::Words,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Routes;
use crate::{
    api::{Answer, Api, schema},
    extract::{Asked, Input, ThisMessage, Who},
    problem::Problem,
};

pub(super) fn routes() -> Routes<3> {
    [routes!(remove), routes!(delete), routes!(context)]
}

/// How much around a message.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContextQuery {
    /// On each side; default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// Why a message is removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "다른 사람의 연락처가 있어요." }))]
struct RemoveBody {
    /// As its author is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

#[utoipa::path(
    delete, path = "/admin/moderation/messages/{id}", operation_id = "removeMessage", tag = "moderation", summary = "Delete a message wherever it is; its author is told why",
    params(("id" = uuid::Uuid, Path, description = "which")),
    request_body = RemoveBody,
    responses((status = 204, description = "deleted; a tombstone stays")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:content.delete")))
)]
async fn remove(
    State(api): State<Api>,
    Who(ctx): Who,
    ThisMessage(message): ThisMessage,
    Input(body): Input<RemoveBody>,
) -> Result<StatusCode, Problem> {
    let reason = Words::parse("reason", &body.reason)?;
    api.coup.run(&ctx, RemoveMessage { message, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/admin/moderation/messages/{id}/delete", operation_id = "removeMessageByPost", tag = "moderation", summary = "The same, for clients whose DELETE has no body",
    params(("id" = uuid::Uuid, Path, description = "which")),
    request_body = RemoveBody,
    responses((status = 204, description = "deleted; a tombstone stays")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:content.delete")))
)]
async fn delete(
    state: State<Api>,
    who: Who,
    message: ThisMessage,
    body: Input<RemoveBody>,
) -> Result<StatusCode, Problem> {
    remove(state, who, message, body).await
}

#[utoipa::path(
    get, path = "/admin/moderation/messages/{id}/context", operation_id = "messageContext", tag = "moderation", summary = "The messages around a reported one, the oldest first, deleted ones with what they said",
    params(("id" = uuid::Uuid, Path, description = "a reported message"), ContextQuery),
    responses((status = 200, description = "all of them", body = schema::ModeratedMessageList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:content.read")))
)]
async fn context(
    State(api): State<Api>,
    Who(ctx): Who,
    ThisMessage(message): ThisMessage,
    Asked(query): Asked<ContextQuery>,
) -> Answer<Page<ModeratedMessage>> {
    let limit = Limit::parse(query.limit, Limit::DEFAULT)?;
    let items = api.coup.message_context(&ctx, message, limit).await?;
    Ok(Json(Page { items, next_cursor: None }))
}
