//! One's own notifications.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    error::Invalid,
    notification::{
        model::{Notification, NotificationFilter, NotificationType},
        service::{ReadAll, ReadAllNotifications, ReadNotification, RemoveNotification},
    },
    page::{Limit, Page},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema};
use crate::{
    extract::{Asked, Nothing, OfNotification, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 5] {
    [routes!(list), routes!(unread), routes!(read_all), routes!(read), routes!(remove)]
}

/// Which of one's notifications, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct NotificationQuery {
    /// What they are about.
    #[serde(rename = "type")]
    #[param(nullable = false, value_type = schema::NotificationType)]
    kind: Option<NotificationType>,
    /// Only those that one has read, or only those that one has not.
    #[param(nullable = false)]
    is_read: Option<bool>,
    /// Only those of this study.
    #[param(nullable = false, value_type = uuid::Uuid)]
    study_id: Option<String>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl NotificationQuery {
    fn filter(&self) -> Result<NotificationFilter, Invalid> {
        let study = self.study_id.as_deref().map(|id| id.parse().map_err(|_| Invalid::field("studyId", "malformed")));
        Ok(NotificationFilter { kind: self.kind, is_read: self.is_read, study: study.transpose()? })
    }
}

/// How many notifications wait.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadCount {
    /// Those that one has not read.
    count: u32,
}

#[utoipa::path(
    get, path = "/notifications", operation_id = "listNotifications", tag = "notifications", summary = "One's own notifications, the newest first",
    params(NotificationQuery),
    responses((status = 200, description = "a page", body = schema::NotificationList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn list(
    State(api): State<Api>,
    Who(ctx): Who,
    Asked(query): Asked<NotificationQuery>,
) -> Answer<Page<Notification>> {
    let limit = Limit::parse(query.limit, Limit::DEFAULT)?;
    let (_, page) = api.coup.notifications(&ctx, query.filter()?, query.cursor.as_deref(), limit).await?;
    Ok(Json(page))
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

#[utoipa::path(
    post, path = "/notifications/read-all", operation_id = "readAllNotifications", tag = "notifications", summary = "Mark all notifications of one's own as read",
    description = "What comes while it is asked for stays unread. The newest 1,000 at once: who has more asks again.",
    responses((status = 200, description = "how many were marked", body = schema::ReadAll)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn read_all(State(api): State<Api>, Who(ctx): Who, _nothing: Nothing) -> Answer<ReadAll> {
    Ok(Json(api.coup.run(&ctx, ReadAllNotifications).await?))
}

#[utoipa::path(
    delete, path = "/notifications/{id}", operation_id = "deleteNotification", tag = "notifications", summary = "Take a notification of one's own away",
    params(("id" = uuid::Uuid, Path, description = "the notification")),
    responses((status = 204, description = "gone")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:notification.manage")))
)]
async fn remove(
    State(api): State<Api>,
    Who(ctx): Who,
    OfNotification(notification): OfNotification,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, RemoveNotification(notification)).await?;
    Ok(StatusCode::NO_CONTENT)
}
