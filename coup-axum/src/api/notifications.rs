//! One's own notifications.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    notification::{model::Notification, service::ReadNotification},
    page::Page,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema, studies::PageQuery};
use crate::{
    extract::{Asked, Nothing, OfNotification, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 3] {
    [routes!(list), routes!(unread), routes!(read)]
}

/// How many notifications wait.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadCount {
    /// Those that one has not read.
    count: u32,
}

#[utoipa::path(
    get, path = "/notifications", operation_id = "listNotifications", tag = "notifications", summary = "One's own notifications, the newest first",
    params(PageQuery),
    responses((status = 200, description = "a page", body = schema::NotificationList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<PageQuery>) -> Answer<Page<Notification>> {
    Ok(Json(api.coup.notifications(&ctx, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    get, path = "/notifications/unread-count", operation_id = "countUnreadNotifications", tag = "notifications", summary = "How many of one's notifications one has not read",
    responses((status = 200, description = "how many", body = UnreadCount)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn unread(State(api): State<Api>, Who(ctx): Who) -> Answer<UnreadCount> {
    Ok(Json(UnreadCount { count: api.coup.unread_notifications(&ctx).await? }))
}

#[utoipa::path(
    post, path = "/notifications/{id}/read", operation_id = "readNotification", tag = "notifications", summary = "Mark a notification of one's own as read",
    params(("id" = uuid::Uuid, Path, description = "the notification")),
    responses((status = 204, description = "read")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn read(
    State(api): State<Api>,
    Who(ctx): Who,
    OfNotification(notification): OfNotification,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, ReadNotification(notification)).await?;
    Ok(StatusCode::NO_CONTENT)
}
