//! Appeals, as those see them who decide them.

use axum::{Json, extract::State};
use coup_core::{
    appeal::{
        model::AppealStatus,
        rules::Ruling,
        service::{AppealView, DecideAppeal},
    },
    error::{Check, Invalid},
    page::{Limit, Page},
    text::Words,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{MeasureBody, Routes};
use crate::{
    api::{Answer, Api, schema},
    extract::{Asked, Input, OfAppeal, Who, given},
};

pub(super) fn routes() -> Routes<3> {
    [routes!(list), routes!(show), routes!(decide)]
}

/// Which appeals, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AppealsQuery {
    #[param(inline, nullable = false, value_type = Option<schema::AppealStatus>)]
    #[serde(deserialize_with = "given")]
    status: Option<AppealStatus>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// What an appeal is decided to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum AppealDecision {
    /// The sanction stays.
    Uphold,
    /// A shorter or milder one in its place.
    Reduce,
    /// It was a mistake: lifted, and it no longer counts.
    Overturn,
}

/// A decision about an appeal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "decision": "REDUCE", "words": "사정을 살펴 기간을 줄였어요.", "sanction": { "type": "SUSPENSION", "duration": "1d" }
}))]
struct DecideBody {
    decision: AppealDecision,
    /// What both sides are told.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
    /// With `REDUCE`, and required there: what it is from now on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = MeasureBody, nullable = false, required = false)]
    sanction: Option<MeasureBody>,
}

impl DecideBody {
    fn parse(self) -> Result<(Ruling, Words), Invalid> {
        let mut check = Check::default();
        let words = check.take(Words::parse("words", &self.words));
        let measure = match (self.decision, self.sanction) {
            (AppealDecision::Reduce, Some(measure)) => check.take(measure.parse("sanction.")),
            (AppealDecision::Reduce, None) => check.take(Err(Invalid::field("sanction", "required"))),
            (_, Some(_)) => check.take(Err(Invalid::field("sanction", "not_with_decision"))),
            (_, None) => None,
        };
        check.finish()?;
        let ruling = match (self.decision, measure) {
            (AppealDecision::Reduce, Some(measure)) => Ruling::Reduce(measure),
            (AppealDecision::Reduce, None) => return Err(Invalid::field("sanction", "required")),
            (AppealDecision::Uphold, _) => Ruling::Uphold,
            (AppealDecision::Overturn, _) => Ruling::Overturn,
        };
        Ok((ruling, words.ok_or_else(|| Invalid::field("words", "required"))?))
    }
}

#[utoipa::path(
    get, path = "/admin/appeals", operation_id = "listAppeals", tag = "moderation", summary = "Appeals that one has no part in, the oldest first",
    params(AppealsQuery),
    responses((status = 200, description = "a page", body = schema::AppealList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:appeal.decide")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<AppealsQuery>) -> Answer<Page<AppealView>> {
    let limit = Limit::parse(query.limit, Limit::DEFAULT)?;
    Ok(Json(api.coup.appeals(&ctx, query.status, query.cursor.as_deref(), limit).await?))
}

#[utoipa::path(
    get, path = "/admin/appeals/{id}", operation_id = "showAppeal", tag = "moderation", summary = "An appeal with its sanction",
    params(("id" = uuid::Uuid, Path, description = "which")),
    responses((status = 200, description = "the appeal", body = schema::Appeal)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:appeal.decide")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who, OfAppeal(appeal): OfAppeal) -> Answer<AppealView> {
    Ok(Json(api.coup.appeal(&ctx, appeal).await?))
}

#[utoipa::path(
    post, path = "/admin/appeals/{id}/decide", operation_id = "decideAppeal", tag = "moderation", summary = "Decide an appeal; asks also the right to impose a sanction of its type",
    params(("id" = uuid::Uuid, Path, description = "which")),
    request_body = DecideBody,
    responses((status = 200, description = "the appeal", body = schema::Appeal)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:appeal.decide", "admin:sanction.warning", "admin:sanction.chat_ban", "admin:sanction.file_upload_ban",
        "admin:sanction.study_create_ban", "admin:sanction.restriction", "admin:sanction.suspension", "admin:sanction.permanent_ban"
    ])))
)]
async fn decide(
    State(api): State<Api>,
    Who(ctx): Who,
    OfAppeal(appeal): OfAppeal,
    Input(body): Input<DecideBody>,
) -> Answer<AppealView> {
    let (ruling, words) = body.parse()?;
    Ok(Json(api.coup.run(&ctx, DecideAppeal { appeal, ruling, words }).await?))
}
