//! Sanctions of a person: history, imposing, lifting.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    error::{Check, Invalid},
    id::UserId,
    page::Page,
    policy::SanctionType,
    sanction::{
        model::{Length, Measure},
        service::{History, Impose, LiftSanction, Unsuspend},
        view::SanctionView,
    },
    text::Words,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{MeasureBody, Routes};
use crate::{
    api::{Answer, Api, schema},
    extract::{Input, OfSanction, OfUser, Who, given},
    problem::Problem,
};

pub(super) fn routes() -> Routes<6> {
    [routes!(history), routes!(warn), routes!(suspend), routes!(unsuspend), routes!(restrict), routes!(lift)]
}

/// A warning.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "다른 사람을 존중해 주세요." }))]
struct WarnBody {
    /// Why, as the person is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// Whether they are told by e-mail, too; default true.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, nullable = false, required = false)]
    notify: Option<bool>,
}

/// A suspension.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "도배를 그만두지 않았어요.", "duration": "7d" }))]
struct SuspendBody {
    /// Why, as the person is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// `1d` to `30d`, or `permanent`.
    duration: String,
    /// Whether they are told by e-mail, too; default true.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, nullable = false, required = false)]
    notify: Option<bool>,
}

/// What takes single rights.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RestrictionType {
    ChatBan,
    FileUploadBan,
    StudyCreateBan,
    Restriction,
}

/// A restriction.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "CHAT_BAN", "reason": "도배를 그만두지 않았어요.", "duration": "3d" }))]
struct RestrictBody {
    #[serde(rename = "type")]
    kind: RestrictionType,
    /// Why, as the person is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// `1d` to `30d`.
    duration: String,
    /// Whether they are told by e-mail, too; default true.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, nullable = false, required = false)]
    notify: Option<bool>,
}

/// Why somebody is suspended no longer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnsuspendBody {
    /// As the person is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Why a sanction is lifted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LiftBody {
    /// As the person is told.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// It was a mistake: it no longer counts. Default false.
    #[serde(default)]
    #[schema(required = false)]
    mistaken: bool,
}

impl MeasureBody {
    /// Reads it; fields are named below `place`.
    pub(super) fn parse(self, place: &str) -> Result<Measure, Invalid> {
        let field = format!("{place}duration");
        let length = self.duration.as_deref().map(|text| Length::parse(&field, text)).transpose()?;
        Measure::new(self.kind, length).map_err(|wrong| match wrong.errors() {
            [error] => Invalid::field(format!("{place}{}", error.field), error.code),
            _ => wrong,
        })
    }
}

fn imposing(
    user: UserId,
    reason: &str,
    measure: Result<Measure, Invalid>,
    notify: Option<bool>,
) -> Result<Impose, Invalid> {
    let mut check = Check::default();
    let reason = check.take(Words::parse("reason", reason));
    let measure = check.take(measure);
    check.finish()?;
    let required = |field: &'static str| move || Invalid::field(field, "required");
    let (reason, measure) = (reason.ok_or_else(required("reason"))?, measure.ok_or_else(required("duration"))?);
    Ok(Impose { user, measure, reason, notify: notify.unwrap_or(true) })
}

type Imposed = Result<(StatusCode, Json<SanctionView>), Problem>;

#[utoipa::path(
    get, path = "/admin/users/{id}/sanctions", operation_id = "sanctionHistory", tag = "moderation", summary = "Somebody's sanctions, the newest first, and what the ladder recommends next",
    params(("id" = String, Path, description = "who")),
    responses((status = 200, description = "all of them", body = schema::SanctionHistory)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:user.read")))
)]
async fn history(State(api): State<Api>, Who(ctx): Who, OfUser(user): OfUser) -> Answer<History> {
    Ok(Json(api.coup.sanction_history(&ctx, &user).await?))
}

#[utoipa::path(
    post, path = "/admin/users/{id}/warn", operation_id = "warnUser", tag = "moderation", summary = "Warn somebody",
    params(("id" = String, Path, description = "whom")),
    request_body = WarnBody,
    responses((status = 201, description = "the sanction", body = schema::Sanction)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:sanction.warning")))
)]
async fn warn(State(api): State<Api>, Who(ctx): Who, OfUser(user): OfUser, Input(body): Input<WarnBody>) -> Imposed {
    let command = imposing(user, &body.reason, Ok(Measure::WARNING), body.notify)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    post, path = "/admin/users/{id}/suspend", operation_id = "suspendUser", tag = "moderation", summary = "Suspend somebody for 1 to 30 days, or for ever; their sessions end",
    params(("id" = String, Path, description = "whom")),
    request_body = SuspendBody,
    responses((status = 201, description = "the sanction", body = schema::Sanction)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!(["admin:sanction.suspension", "admin:sanction.permanent_ban"])))
)]
async fn suspend(
    State(api): State<Api>,
    Who(ctx): Who,
    OfUser(user): OfUser,
    Input(body): Input<SuspendBody>,
) -> Imposed {
    let measure = Length::parse("duration", &body.duration).map(|length| match length {
        Length::Days(days) => Measure::suspension(days),
        Length::Permanent => Measure::PERMANENT_BAN,
    });
    let command = imposing(user, &body.reason, measure, body.notify)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    post, path = "/admin/users/{id}/unsuspend", operation_id = "unsuspendUser", tag = "moderation", summary = "Lift all that suspends somebody",
    params(("id" = String, Path, description = "whom")),
    request_body = UnsuspendBody,
    responses((status = 200, description = "what was lifted, all of it", body = schema::SanctionList)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:sanction.lift", "admin:sanction.suspension", "admin:sanction.permanent_ban"
    ])))
)]
async fn unsuspend(
    State(api): State<Api>,
    Who(ctx): Who,
    OfUser(user): OfUser,
    Input(body): Input<UnsuspendBody>,
) -> Answer<Page<SanctionView>> {
    let reason = Words::parse("reason", &body.reason)?;
    let items = api.coup.run(&ctx, Unsuspend { user, reason }).await?;
    Ok(Json(Page { items, next_cursor: None }))
}

#[utoipa::path(
    post, path = "/admin/users/{id}/restrict", operation_id = "restrictUser", tag = "moderation", summary = "Take single rights from somebody for 1 to 30 days",
    params(("id" = String, Path, description = "from whom")),
    request_body = RestrictBody,
    responses((status = 201, description = "the sanction", body = schema::Sanction)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:sanction.chat_ban", "admin:sanction.file_upload_ban", "admin:sanction.study_create_ban", "admin:sanction.restriction"
    ])))
)]
async fn restrict(
    State(api): State<Api>,
    Who(ctx): Who,
    OfUser(user): OfUser,
    Input(body): Input<RestrictBody>,
) -> Imposed {
    let kind = match body.kind {
        RestrictionType::ChatBan => SanctionType::ChatBan,
        RestrictionType::FileUploadBan => SanctionType::FileUploadBan,
        RestrictionType::StudyCreateBan => SanctionType::StudyCreateBan,
        RestrictionType::Restriction => SanctionType::Restriction,
    };
    let measure = Length::parse("duration", &body.duration).and_then(|length| Measure::new(kind, Some(length)));
    let command = imposing(user, &body.reason, measure, body.notify)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    post, path = "/admin/sanctions/{id}/lift", operation_id = "liftSanction", tag = "moderation", summary = "Lift a sanction; asks also the right to impose one of its type",
    params(("id" = uuid::Uuid, Path, description = "which")),
    request_body = LiftBody,
    responses((status = 200, description = "the sanction", body = schema::Sanction)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:sanction.lift", "admin:sanction.warning", "admin:sanction.chat_ban", "admin:sanction.file_upload_ban",
        "admin:sanction.study_create_ban", "admin:sanction.restriction", "admin:sanction.suspension", "admin:sanction.permanent_ban"
    ])))
)]
async fn lift(
    State(api): State<Api>,
    Who(ctx): Who,
    OfSanction(sanction): OfSanction,
    Input(body): Input<LiftBody>,
) -> Answer<SanctionView> {
    let reason = Words::parse("reason", &body.reason)?;
    Ok(Json(api.coup.run(&ctx, LiftSanction { sanction, reason, mistaken: body.mistaken }).await?))
}
