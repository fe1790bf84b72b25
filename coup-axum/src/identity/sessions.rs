//! `/me/sessions`: where one is signed in.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use coup_core::user::session::{EndSession, SessionView};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use crate::{
    api::{Answer, Api},
    extract::{Nothing, OfSession, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 2] {
    [routes!(list), routes!(end)]
}

/// A session of one's own.
#[derive(ToSchema)]
#[schema(as = Session, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
struct SessionBody {
    id: String,
    /// Whether it is the one that asks.
    is_current: bool,
    /// When they signed in.
    created_at: DateTime<Utc>,
    /// When it was last used, to some minutes.
    last_seen_at: DateTime<Utc>,
    /// When it ends if nobody uses it.
    expires_at: DateTime<Utc>,
    /// From where they signed in.
    #[schema(required)]
    ip: Option<String>,
    /// With what they signed in.
    #[schema(required)]
    user_agent: Option<String>,
}

/// All of them: the newest hundred.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Sessions {
    #[schema(value_type = Vec<SessionBody>)]
    items: Vec<SessionView>,
    /// Always `null`.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

#[utoipa::path(
    get, path = "/me/sessions", operation_id = "listSessions", tag = "identity", summary = "Where one is signed in",
    responses((status = 200, description = "one's sessions that last, the newest first", body = Sessions)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who) -> Answer<Sessions> {
    Ok(Json(Sessions { items: api.coup.own_sessions(&ctx).await?, next_cursor: None }))
}

#[utoipa::path(
    delete, path = "/me/sessions/{id}", operation_id = "endSession", tag = "identity", summary = "End a session of one's own",
    params(("id" = String, Path, description = "the session")),
    responses((status = 204, description = "it has ended; its open connections end"), (status = 404, description = "no such session of one's own", body = crate::api::schema::Problem, content_type = "application/problem+json")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn end(
    State(api): State<Api>,
    Who(ctx): Who,
    OfSession(id): OfSession,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, EndSession(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
