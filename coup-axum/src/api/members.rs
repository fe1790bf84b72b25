//! Joining and leaving, requests, members and their roles.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    id::UserId,
    member::{
        model::{Member, MemberStatus, StudyMember},
        pause::PausePosting,
        service::{Approve, Join, Leave, Reinstate, RemoveMember, Request, SetRole, Withdraw},
    },
    page::{Limit, Page},
    policy::StudyRole,
    text::Words,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema, studies::PageQuery};
use crate::{
    extract::{Asked, InStudy, Input, Maybe, Nothing, OfMember, Who, given, instant},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 8] {
    [
        routes!(join, withdraw),
        routes!(leave),
        routes!(requests),
        routes!(list, approve),
        routes!(set_role, remove),
        routes!(reinstate),
        routes!(pause),
        routes!(transfer),
    ]
}

/// What somebody who asks to join says.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct JoinBody {
    /// Of themselves.
    #[schema(max_length = 1000)]
    introduction: Option<String>,
    /// Why.
    #[schema(max_length = 1000)]
    motivation: Option<String>,
    /// How far they are.
    #[schema(max_length = 50)]
    level: Option<String>,
}

/// A person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UserBody {
    /// Who.
    #[schema(value_type = String)]
    user_id: UserId,
}

/// A role that is given; OWNER is handed over by `transfer`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum GivenRole {
    /// Helps to run the study.
    Admin,
    /// Takes part.
    Member,
}

/// A member's new role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    role: GivenRole,
}

/// Why somebody is removed or turned down.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RemovalBody {
    /// As they are told.
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, required = false, min_length = 1, max_length = 2000)]
    reason: Option<String>,
}

/// Until when a member's posting is paused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-03-03T09:00:00Z" }))]
struct PauseBody {
    /// At most 7 days ahead; `null`: it goes on at once.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<DateTime<Utc>>, required)]
    until: Option<String>,
}

/// Which members are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Listed {
    /// The members.
    Active,
    /// Who was removed; for who may reinstate them.
    Kicked,
}

/// Which members, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct MembersQuery {
    /// Default ACTIVE.
    #[param(inline, nullable = false)]
    #[serde(deserialize_with = "given")]
    status: Option<Listed>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

#[utoipa::path(
    post, path = "/studies/{id}/join", operation_id = "joinStudy", tag = "members", summary = "Join, or ask to",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = Option<JoinBody>,
    responses(
        (status = 201, description = "a member now", body = schema::Member),
        (status = 202, description = "asked; somebody decides", body = schema::Member),
    ),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.join")))
)]
async fn join(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Maybe(body): Maybe<JoinBody>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    let request = Request::parse(body.introduction.as_deref(), body.motivation.as_deref(), body.level.as_deref())?;
    let member = api.coup.run(&ctx, Join { study, request }).await?;
    let status = if member.member.status == MemberStatus::Active { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    Ok((status, Json(member)))
}

#[utoipa::path(
    delete, path = "/studies/{id}/join", operation_id = "withdrawRequest", tag = "members", summary = "Take one's own request back",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 204, description = "withdrawn")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.join")))
)]
async fn withdraw(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, Withdraw(study)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/studies/{id}/leave", operation_id = "leaveStudy", tag = "members", summary = "Leave; an owner hands over first",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    responses((status = 204, description = "left")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:study.leave")))
)]
async fn leave(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, Leave(study)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    get, path = "/studies/{id}/requests", operation_id = "listRequests", tag = "members", summary = "Pending requests, the oldest first",
    params(("id" = uuid::Uuid, Path, description = "the study"), PageQuery),
    responses((status = 200, description = "a page", body = schema::MemberList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:member.requests")))
)]
async fn requests(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Asked(query): Asked<PageQuery>,
) -> Answer<Page<Member>> {
    Ok(Json(api.coup.requests(&ctx, study, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    get, path = "/studies/{id}/members", operation_id = "listMembers", tag = "members", summary = "Members, those longest in first",
    params(("id" = uuid::Uuid, Path, description = "the study"), MembersQuery),
    responses((status = 200, description = "a page", body = schema::MemberList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!(["study:member.list", "study:member.reinstate"])))
)]
async fn list(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Asked(query): Asked<MembersQuery>,
) -> Answer<Page<Member>> {
    let limit = Limit::parse(query.limit, Limit::DEFAULT)?;
    let cursor = query.cursor.as_deref();
    let page = match query.status.unwrap_or(Listed::Active) {
        Listed::Active => api.coup.members(&ctx, study, cursor, limit).await?,
        Listed::Kicked => api.coup.kicked_members(&ctx, study, cursor, limit).await?,
    };
    Ok(Json(page))
}

#[utoipa::path(
    post, path = "/studies/{id}/members", operation_id = "approveRequest", tag = "members", summary = "Let somebody in who asked",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = UserBody,
    responses((status = 201, description = "a member now", body = schema::Member)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:member.approve")))
)]
async fn approve(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Input(body): Input<UserBody>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, Approve { study, user: body.user_id }).await?)))
}

#[utoipa::path(
    patch, path = "/studies/{id}/members/{userId}", operation_id = "setRole", tag = "members", summary = "Appoint or dismiss an ADMIN",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("userId" = String, Path, description = "the member")),
    request_body = RoleBody,
    responses((status = 200, description = "the member", body = schema::Membership)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:member.appoint_admin", "study:member.dismiss_admin"])))
)]
async fn set_role(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMember(study, user): OfMember,
    Input(body): Input<RoleBody>,
) -> Answer<StudyMember> {
    let role = match body.role {
        GivenRole::Admin => StudyRole::Admin,
        GivenRole::Member => StudyRole::Member,
    };
    Ok(Json(api.coup.run(&ctx, SetRole { study, user, role }).await?))
}

#[utoipa::path(
    delete, path = "/studies/{id}/members/{userId}", operation_id = "removeMember", tag = "members", summary = "Remove a member, or turn a request down",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("userId" = String, Path, description = "the member")),
    request_body = Option<RemovalBody>,
    responses((status = 204, description = "removed")),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:member.kick_member", "study:member.kick_admin", "study:member.approve"])))
)]
async fn remove(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMember(study, user): OfMember,
    Maybe(body): Maybe<RemovalBody>,
) -> Result<StatusCode, Problem> {
    let reason = body.reason.map(|reason| Words::parse("reason", &reason)).transpose()?;
    api.coup.run(&ctx, RemoveMember { study, user, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/studies/{id}/members/{userId}/reinstate", operation_id = "reinstateMember", tag = "members", summary = "Allow somebody who was removed to come back",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("userId" = String, Path, description = "the person")),
    responses((status = 200, description = "their standing", body = schema::Membership)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:member.reinstate")))
)]
async fn reinstate(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMember(study, user): OfMember,
    _nothing: Nothing,
) -> Answer<StudyMember> {
    Ok(Json(api.coup.run(&ctx, Reinstate { study, user }).await?))
}

#[utoipa::path(
    post, path = "/studies/{id}/members/{userId}/pause", operation_id = "pauseMember", tag = "members", summary = "Pause a member's posting for at most 7 days, or let it go on; no sanction, and they are told",
    params(("id" = uuid::Uuid, Path, description = "the study"), ("userId" = String, Path, description = "the member")),
    request_body = PauseBody,
    responses((status = 200, description = "their standing", body = schema::Membership)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["study:member.pause_member", "study:member.pause_admin"])))
)]
async fn pause(
    State(api): State<Api>,
    Who(ctx): Who,
    OfMember(study, user): OfMember,
    Input(body): Input<PauseBody>,
) -> Answer<StudyMember> {
    let until = body.until.as_deref().map(|text| instant("until", text)).transpose()?;
    Ok(Json(api.coup.run(&ctx, PausePosting { study, user, until }).await?))
}

#[utoipa::path(
    post, path = "/studies/{id}/transfer", operation_id = "transferStudy", tag = "members", summary = "Hand the study over; one becomes ADMIN",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = UserBody,
    responses((status = 200, description = "the new owner's standing", body = schema::Membership)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:member.transfer_ownership")))
)]
async fn transfer(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Input(body): Input<UserBody>,
) -> Answer<StudyMember> {
    Ok(Json(api.coup.run(&ctx, SetRole { study, user: body.user_id, role: StudyRole::Owner }).await?))
}
