//! What members do about what is wrong: reports, their own sanctions, appeals.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    appeal::service::CreateAppeal,
    error::Invalid,
    id::SanctionId,
    moderation::{
        model::{ReportTarget, ReportTargetType, ReportType},
        report::CreateReport,
        view::OwnReport,
    },
    page::Page,
    sanction::view::{OwnAppeal, OwnSanction},
    text::AppealText,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Answer, Api, schema, studies::PageQuery};
use crate::{
    extract::{Asked, Input, Who, given},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 3] {
    [routes!(list, report), routes!(sanctions), routes!(appeals, appeal)]
}

/// What is wrong, and with what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({
    "targetType": "MESSAGE", "targetId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57", "type": "HARASSMENT",
    "reason": "계속 놀려요.", "evidence": { "links": ["https://example.com/capture.png"] }
}))]
struct ReportBody {
    #[schema(value_type = schema::ReportTargetType)]
    target_type: ReportTargetType,
    /// The person, the study or the message.
    target_id: String,
    #[serde(rename = "type")]
    #[schema(value_type = schema::ReportType)]
    kind: ReportType,
    /// In one's own words. Who reports danger (`SAFETY`) need not say anything.
    #[serde(default)]
    #[schema(required = false, max_length = 2000)]
    reason: String,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, required = false)]
    evidence: Option<EvidenceBody>,
}

/// What shows it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct EvidenceBody {
    /// Addresses of the web.
    #[schema(required = false, max_items = 10)]
    links: Vec<String>,
}

/// An appeal to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({
    "sanctionId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57", "text": "제가 쓴 글이 아니에요. 확인해 주세요."
}))]
struct AppealBody {
    /// One of one's own.
    #[schema(value_type = uuid::Uuid)]
    sanction_id: String,
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// All there is, as one page.
fn whole<T>(items: Vec<T>) -> Json<Page<T>> {
    Json(Page { items, next_cursor: None })
}

#[utoipa::path(
    get, path = "/reports", operation_id = "listOwnReports", tag = "reports", summary = "One's own reports and what became of them, the newest first",
    params(PageQuery),
    responses((status = 200, description = "a page", body = schema::OwnReportList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<PageQuery>) -> Answer<Page<OwnReport>> {
    Ok(Json(api.coup.own_reports(&ctx, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    post, path = "/reports", operation_id = "createReport", tag = "reports", summary = "Report a person, a study or a message that one can see",
    request_body = ReportBody,
    responses(
        (status = 201, description = "the report", body = schema::OwnReport),
        (
            status = 409, description = "one's report on this waits for a decision: `reportId` names it; or it was decided already",
            body = schema::Problem, content_type = "application/problem+json"
        ),
    ),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:report.create")))
)]
async fn report(
    State(api): State<Api>,
    Who(ctx): Who,
    Input(body): Input<ReportBody>,
) -> Result<(StatusCode, Json<OwnReport>), Problem> {
    let target = ReportTarget::parse(body.target_type, &body.target_id)?;
    let links = body.evidence.unwrap_or_default().links;
    let command = CreateReport::parse(target, body.kind, &body.reason, &links)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    get, path = "/me/sanctions", operation_id = "listOwnSanctions", tag = "reports", summary = "One's own sanctions with one's appeals, all of them, the newest first; the suspended may, too",
    responses((status = 200, description = "all of them", body = schema::OwnSanctionList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:sanction.read_own")))
)]
async fn sanctions(State(api): State<Api>, Who(ctx): Who) -> Answer<Page<OwnSanction>> {
    Ok(whole(api.coup.own_sanctions(&ctx).await?))
}

#[utoipa::path(
    get, path = "/appeals", operation_id = "listOwnAppeals", tag = "reports", summary = "One's own appeals, all of them; the suspended may, too",
    responses((status = 200, description = "all of them", body = schema::OwnAppealList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:sanction.read_own")))
)]
async fn appeals(State(api): State<Api>, Who(ctx): Who) -> Answer<Page<OwnAppeal>> {
    Ok(whole(api.coup.own_appeals(&ctx).await?))
}

#[utoipa::path(
    post, path = "/appeals", operation_id = "createAppeal", tag = "reports", summary = "Appeal a sanction of one's own, once; the suspended may, too",
    request_body = AppealBody,
    responses((status = 201, description = "the appeal", body = schema::OwnAppeal)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:appeal.create")))
)]
async fn appeal(
    State(api): State<Api>,
    Who(ctx): Who,
    Input(body): Input<AppealBody>,
) -> Result<(StatusCode, Json<OwnAppeal>), Problem> {
    let sanction: SanctionId = body.sanction_id.parse().map_err(|_| Invalid::field("sanctionId", "malformed_id"))?;
    let text = AppealText::parse("text", &body.text)?;
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, CreateAppeal { sanction, text }).await?)))
}
