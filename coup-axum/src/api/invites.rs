//! The standing code and further invites.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    member::{
        invite::{CreateInvite, InvitePreview, JoinByCode, RevokeInvite},
        model::{Member, StudyInvite},
    },
    page::Page,
    study::service::{RotateInviteCode, StudyView},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema, studies::PageQuery};
use crate::{
    extract::{Asked, ByCode, InStudy, Maybe, Nothing, OfInvite, Who, instant},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 4] {
    [routes!(list, create), routes!(revoke), routes!(rotate), routes!(preview, join)]
}

/// An invite to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct InviteBody {
    /// At most 365 days ahead; absent: without end.
    #[schema(value_type = Option<DateTime<chrono::Utc>>)]
    expires_at: Option<String>,
    /// Absent: without limit.
    #[schema(minimum = 1, maximum = 10000)]
    max_uses: Option<i64>,
}

#[utoipa::path(
    get, path = "/studies/{id}/invites", operation_id = "listInvites", tag = "invites", summary = "Further invites, the newest first",
    params(("id" = uuid::Uuid, Path, description = "the study"), PageQuery),
    responses((status = 200, description = "a page", body = schema::InviteList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.invite")))
)]
async fn list(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Asked(query): Asked<PageQuery>,
) -> Answer<Page<StudyInvite>> {
    Ok(Json(api.coup.invites(&ctx, study, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    post, path = "/studies/{id}/invites", operation_id = "createInvite", tag = "invites", summary = "Make an invite",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = Option<InviteBody>,
    responses((status = 201, description = "the invite", body = schema::Invite)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.invite")))
)]
async fn create(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Maybe(body): Maybe<InviteBody>,
) -> Result<(StatusCode, Json<StudyInvite>), Problem> {
    let expires_at = body.expires_at.map(|text| instant("expiresAt", &text)).transpose()?;
    let command = CreateInvite::parse(study, expires_at, body.max_uses)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    delete, path = "/studies/{id}/invites/{code}", operation_id = "revokeInvite", tag = "invites", summary = "Take an invite back",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("code" = String, Path, description = "the invite's code")),
    responses((status = 204, description = "revoked")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.invite")))
)]
async fn revoke(
    State(api): State<Api>,
    Who(ctx): Who,
    OfInvite(study, code): OfInvite,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, RevokeInvite { study, code: code.into_string() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/studies/{id}/invite-code/rotate", operation_id = "rotateInviteCode", tag = "invites", summary = "Another standing code; the old one lets nobody in any more",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 200, description = "the study with its new code", body = schema::StudyView)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.invite")))
)]
async fn rotate(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    _nothing: Nothing,
) -> Answer<StudyView> {
    Ok(Json(api.coup.run(&ctx, RotateInviteCode(study)).await?))
}

#[utoipa::path(
    get, path = "/invites/{code}", operation_id = "previewInvite", tag = "invites", summary = "Where an invite leads",
    params(("code" = String, Path, description = "the code")),
    responses((status = 200, description = "the study, and whether the invite lets the caller in", body = schema::InvitePreview)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn preview(State(api): State<Api>, Who(ctx): Who, ByCode(code): ByCode) -> Answer<InvitePreview> {
    Ok(Json(api.coup.preview_invite(&ctx, &code.into_string()).await?))
}

#[utoipa::path(
    post, path = "/invites/{code}", operation_id = "joinByInvite", tag = "invites", summary = "Join by an invite, without approval",
    params(("code" = String, Path, description = "the code")),
    responses((status = 201, description = "a member now", body = schema::Member)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.join")))
)]
async fn join(
    State(api): State<Api>,
    Who(ctx): Who,
    ByCode(code): ByCode,
    _nothing: Nothing,
) -> Result<(StatusCode, Json<Member>), Problem> {
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, JoinByCode(code.into_string())).await?)))
}
