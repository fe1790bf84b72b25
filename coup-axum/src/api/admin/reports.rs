//! The queue of reports: looking at cases, who has them, what is added, and deciding them.

use axum::{Json, extract::State};
use coup_core::{
    env::Timestamp,
    error::{Check, Invalid},
    id::UserId,
    moderation::{
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, CaseFilter, CaseStatus, Priority, ReportTargetType, ReportType},
        report::parse_links,
        service::{AddToReport, AssignReport, HandUpReport, ReleaseReport},
        statistics::Statistics,
        view::{Card, CaseView, ReportDetail},
    },
    page::{Limit, Page},
    text::{Note, Words},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{MeasureBody, Routes};
use crate::{
    api::{Answer, Api, schema},
    extract::{Asked, Input, Maybe, Nothing, OfReport, Who, given, instant},
};

pub(super) fn routes() -> Routes<10> {
    [
        routes!(list),
        routes!(statistics),
        routes!(show),
        routes!(assign),
        routes!(release),
        routes!(hand_up),
        routes!(evidence),
        routes!(note),
        routes!(process),
        routes!(resolve),
    ]
}

/// Which cases, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ReportsQuery {
    /// As they stand now.
    #[param(inline, nullable = false, value_type = Option<schema::CaseStatus>)]
    #[serde(deserialize_with = "given")]
    status: Option<CaseStatus>,
    #[param(inline, nullable = false, value_type = Option<schema::Priority>)]
    #[serde(deserialize_with = "given")]
    priority: Option<Priority>,
    /// The gravest type of the case.
    #[param(inline, nullable = false, value_type = Option<schema::ReportType>)]
    #[serde(rename = "type", deserialize_with = "given")]
    kind: Option<ReportType>,
    #[param(inline, nullable = false, value_type = Option<schema::ReportTargetType>)]
    #[serde(deserialize_with = "given")]
    target_type: Option<ReportTargetType>,
    /// That this person has now.
    #[param(nullable = false)]
    assigned_to: Option<String>,
    /// Whose first report came at this instant or later.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    date_from: Option<String>,
    /// Or before this one.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    date_to: Option<String>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

impl ReportsQuery {
    fn filter(&self) -> Result<CaseFilter, Invalid> {
        let mut check = Check::default();
        let id = |text: &str| text.parse::<UserId>().map_err(|_| Invalid::field("assignedTo", "malformed_id"));
        let assigned_to = self.assigned_to.as_deref().and_then(|text| check.take(id(text)));
        let date_from = self.date_from.as_deref().and_then(|text| check.take(instant("dateFrom", text)));
        let date_to = self.date_to.as_deref().and_then(|text| check.take(instant("dateTo", text)));
        check.finish()?;
        let Self { status, priority, kind, target_type, .. } = *self;
        Ok(CaseFilter { status, priority, kind, target_type, assigned_to, date_from, date_to })
    }
}

/// Of which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// Whose first report came at this instant or later; default 30 days before `to`.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Or before this one; default now.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// IANA name: whose days; default the site's.
    #[param(nullable = false)]
    time_zone: Option<String>,
}

/// To whom a case is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct AssignBody {
    /// Absent: to oneself.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, nullable = false, required = false)]
    admin_id: Option<UserId>,
}

/// What is told to the role above.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct HandUpBody {
    /// Why, for administrators.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, nullable = false, required = false, min_length = 1, max_length = 4000)]
    note: Option<String>,
}

/// A piece of evidence to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "다른 방에도 같은 글이 있어요.", "links": ["https://example.com/capture.png"] }))]
struct AddEvidenceBody {
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
    /// Addresses of the web.
    #[serde(default)]
    #[schema(required = false, max_items = 10)]
    links: Vec<String>,
}

/// A note to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    /// For administrators only.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// What a case is decided to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
enum CaseDecision {
    /// The reports are right: a sanction.
    Approve,
    /// They are dismissed.
    Reject,
    /// It is looked into further.
    Hold,
}

/// A decision about a case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(example = json!({
    "decision": "APPROVE", "resolution": "욕설이 확인되어 제재했어요.", "note": "세 번째예요.",
    "sanction": { "type": "SUSPENSION", "duration": "3d" }, "notify": true
}))]
struct ProcessBody {
    decision: CaseDecision,
    /// What the parties are told; required but with `HOLD`, where nobody is told and it is kept among the notes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, nullable = false, required = false, min_length = 1, max_length = 2000)]
    resolution: Option<String>,
    /// For administrators only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, nullable = false, required = false, min_length = 1, max_length = 4000)]
    note: Option<String>,
    /// With `APPROVE`: what is imposed; absent: what is recommended.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = MeasureBody, nullable = false, required = false)]
    sanction: Option<MeasureBody>,
    /// With `HOLD`: until when; absent: for three days.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = DateTime<Utc>, nullable = false, required = false)]
    until: Option<String>,
    /// With `APPROVE`: whether the sanctioned is told by e-mail, too; default true.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, nullable = false, required = false)]
    notify: Option<bool>,
}

impl ProcessBody {
    fn parse(self) -> Result<(Decision, Option<Note>), Invalid> {
        let mut check = Check::default();
        let not_here = |field: &str| Err::<(), _>(Invalid::field(field, "not_with_decision"));
        let approves = self.decision == CaseDecision::Approve;
        let holds = self.decision == CaseDecision::Hold;
        for (field, is_wrong) in [
            ("sanction", self.sanction.is_some() && !approves),
            ("notify", self.notify.is_some() && !approves),
            ("until", self.until.is_some() && !holds),
        ] {
            if is_wrong {
                check.take(not_here(field));
            }
        }
        let words = self.resolution.as_deref().map(|text| Words::parse("resolution", text));
        let words = words.and_then(|words| check.take(words));
        if self.resolution.is_none() && !holds {
            check.take::<()>(Err(Invalid::field("resolution", "required")));
        }
        let note = match (&words, self.note.as_deref()) {
            (Some(words), Some(note)) if holds => Some(format!("{words}\n{note}")),
            (Some(words), None) if holds => Some(words.to_string()),
            (_, note) => note.map(str::to_owned),
        };
        let note = note.and_then(|note| check.take(Note::parse("note", &note)));
        let until = self.until.as_deref().and_then(|text| check.take(instant("until", text)));
        let measure = self.sanction.and_then(|measure| check.take(measure.parse("sanction.")));
        check.finish()?;
        let said = || words.clone().ok_or_else(|| Invalid::field("resolution", "required"));
        let decision = match self.decision {
            CaseDecision::Approve => Decision::Approve { words: said()?, measure, notify: self.notify.unwrap_or(true) },
            CaseDecision::Reject => Decision::Reject { words: said()? },
            CaseDecision::Hold => Decision::Hold { until },
        };
        Ok((decision, note))
    }
}

#[utoipa::path(
    get, path = "/admin/reports", operation_id = "listReports", tag = "moderation", summary = "The queue: cases that one has no part in, the most urgent first, of those the oldest",
    params(ReportsQuery),
    responses((status = 200, description = "a page", body = schema::CaseCardList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.list")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<ReportsQuery>) -> Answer<Page<Card>> {
    let (filter, limit) = (query.filter()?, Limit::parse(query.limit, Limit::DEFAULT)?);
    Ok(Json(api.coup.reports(&ctx, &filter, query.cursor.as_deref(), limit).await?))
}

#[utoipa::path(
    get, path = "/admin/reports/statistics", operation_id = "reportStatistics", tag = "moderation", summary = "Figures of the cases of some days",
    params(StatisticsQuery),
    responses((status = 200, description = "the figures", body = schema::ReportStatistics)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:stats.read")))
)]
async fn statistics(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<StatisticsQuery>) -> Answer<Statistics> {
    let mut check = Check::default();
    let mut time = |field: &str, text: Option<&String>| text.and_then(|text| check.take(instant(field, text)));
    let (from, to) = (time("from", query.from.as_ref()), time("to", query.to.as_ref()));
    let zone = query.time_zone.as_deref().map(str::parse::<chrono_tz::Tz>).transpose();
    let zone = check.take(zone.map_err(|_| Invalid::field("timeZone", "not_a_time_zone"))).flatten();
    check.finish()?;
    let to: Timestamp = to.unwrap_or_else(|| api.coup.now());
    let month = || to.checked_sub_signed(chrono::TimeDelta::days(30)).unwrap_or(to);
    let zone = zone.unwrap_or(api.coup.settings().time_zone);
    Ok(Json(api.coup.report_statistics(&ctx, from.unwrap_or_else(month), to, zone).await?))
}

#[utoipa::path(
    get, path = "/admin/reports/{id}", operation_id = "showReport", tag = "moderation", summary = "A report with its case, the case's other reports and the offender's history. Evidence is for who has `admin:content.read`",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    responses((status = 200, description = "all of it", body = schema::ReportDetail)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.read")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who, OfReport(report): OfReport) -> Answer<ReportDetail> {
    Ok(Json(api.coup.report(&ctx, report).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/assign", operation_id = "assignReport", tag = "moderation", summary = "Give the case to oneself, or to another administrator",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = Option<AssignBody>,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.assign")))
)]
async fn assign(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Maybe(body): Maybe<AssignBody>,
) -> Answer<CaseView> {
    Ok(Json(api.coup.run(&ctx, AssignReport { report, admin: body.admin_id }).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/release", operation_id = "releaseReport", tag = "moderation", summary = "Give the case back to the queue",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.assign")))
)]
async fn release(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    _nothing: Nothing,
) -> Answer<CaseView> {
    Ok(Json(api.coup.run(&ctx, ReleaseReport { report }).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/hand-up", operation_id = "handUpReport", tag = "moderation", summary = "Hand the case to the role above one's own",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = Option<HandUpBody>,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.assign")))
)]
async fn hand_up(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Maybe(body): Maybe<HandUpBody>,
) -> Answer<CaseView> {
    let note = body.note.as_deref().map(|note| Note::parse("note", note)).transpose()?;
    Ok(Json(api.coup.run(&ctx, HandUpReport { report, note }).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/evidence", operation_id = "addEvidence", tag = "moderation", summary = "Add evidence to the case",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = AddEvidenceBody,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.process")))
)]
async fn evidence(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Input(body): Input<AddEvidenceBody>,
) -> Answer<CaseView> {
    let mut check = Check::default();
    let text = check.take(Note::parse("text", &body.text));
    let links = check.take(parse_links("links", &body.links));
    check.finish()?;
    let text = text.ok_or_else(|| Invalid::field("text", "required"))?;
    let links = links.unwrap_or_default();
    Ok(Json(api.coup.run(&ctx, AddToReport { report, kind: CaseEntryType::Evidence, text, links }).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/notes", operation_id = "addNote", tag = "moderation", summary = "Add a note that only administrators see",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = NoteBody,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:report.process")))
)]
async fn note(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Input(body): Input<NoteBody>,
) -> Answer<CaseView> {
    let text = Note::parse("text", &body.text)?;
    let command = AddToReport { report, kind: CaseEntryType::Note, text, links: Vec::new() };
    Ok(Json(api.coup.run(&ctx, command).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/process", operation_id = "processReport", tag = "moderation", summary = "Decide the case with all its reports; approving asks also the right of what is imposed",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = ProcessBody,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:report.process", "admin:sanction.warning", "admin:sanction.chat_ban", "admin:sanction.file_upload_ban",
        "admin:sanction.study_create_ban", "admin:sanction.restriction", "admin:sanction.suspension", "admin:sanction.permanent_ban"
    ])))
)]
async fn process(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Input(body): Input<ProcessBody>,
) -> Answer<CaseView> {
    let (decision, note) = body.parse()?;
    Ok(Json(api.coup.run(&ctx, ProcessReport { report, decision, note }).await?))
}

#[utoipa::path(
    post, path = "/admin/reports/{id}/resolve", operation_id = "resolveReport", tag = "moderation", summary = "The same, with `APPROVE` or `REJECT` only",
    params(("id" = uuid::Uuid, Path, description = "any report of the case")),
    request_body = ProcessBody,
    responses((status = 200, description = "the case", body = schema::Case)),
    security(("signedIn" = [])),
    extensions(("x-permission" = json!([
        "admin:report.process", "admin:sanction.warning", "admin:sanction.chat_ban", "admin:sanction.file_upload_ban",
        "admin:sanction.study_create_ban", "admin:sanction.restriction", "admin:sanction.suspension", "admin:sanction.permanent_ban"
    ])))
)]
async fn resolve(
    State(api): State<Api>,
    Who(ctx): Who,
    OfReport(report): OfReport,
    Input(body): Input<ProcessBody>,
) -> Answer<CaseView> {
    if body.decision == CaseDecision::Hold {
        return Err(Invalid::field("decision", "unknown_value").into());
    }
    let (decision, note) = body.parse()?;
    Ok(Json(api.coup.run(&ctx, ProcessReport { report, decision, note }).await?))
}
