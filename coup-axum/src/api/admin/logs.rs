//! The audit log: reading, exporting, verifying.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use coup_core::{
    audit::{
        chain::{Broken, NotAHead, Verified, hex},
        entry::LogEntry,
        export::{Export, ExportFormat},
        model::{AdminAction, AuditFilter, AuditHead, AuditTargetType},
    },
    error::{Check, Invalid},
    id::UserId,
    page::{Limit, Page},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::Routes;
use crate::{
    api::{Answer, Api, schema},
    extract::{Asked, Who, given, instant},
    problem::{Language, Problem, accepted},
};

/// The end of the chain, as `<place>:<hash>`. Kept elsewhere, it shows a tail that is cut off later.
const AUDIT_HEAD: HeaderName = HeaderName::from_static("audit-head");

pub(super) fn routes() -> Routes<3> {
    [routes!(list), routes!(export), routes!(verify)]
}

/// Which entries, and which page of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct LogsQuery {
    /// By this administrator.
    #[param(nullable = false)]
    admin_id: Option<String>,
    /// Of this kind.
    #[param(inline, nullable = false, value_type = Option<schema::AdminAction>)]
    #[serde(deserialize_with = "given")]
    action: Option<AdminAction>,
    /// To this kind of thing.
    #[param(inline, nullable = false, value_type = Option<schema::AuditTargetType>)]
    #[serde(deserialize_with = "given")]
    target_type: Option<AuditTargetType>,
    /// To this thing.
    #[param(nullable = false)]
    target_id: Option<String>,
    /// At this instant or later.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Before this instant.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Default 20.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// Which entries, and how they are written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// Default `csv`. `jsonl` has what verifying needs, and the head as its last line.
    #[param(inline, nullable = false, value_type = Option<schema::ExportFormat>)]
    #[serde(deserialize_with = "given")]
    format: Option<ExportFormat>,
    /// By this administrator.
    #[param(nullable = false)]
    admin_id: Option<String>,
    /// Of this kind.
    #[param(inline, nullable = false, value_type = Option<schema::AdminAction>)]
    #[serde(deserialize_with = "given")]
    action: Option<AdminAction>,
    /// To this kind of thing.
    #[param(inline, nullable = false, value_type = Option<schema::AuditTargetType>)]
    #[serde(deserialize_with = "given")]
    target_type: Option<AuditTargetType>,
    /// To this thing.
    #[param(nullable = false)]
    target_id: Option<String>,
    /// At this instant or later.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Before this instant.
    #[param(nullable = false, value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
}

/// Against what to verify.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerifyQuery {
    /// A head that was exported before, as the header `Audit-Head` has it: `<place>:<hash>`.
    #[param(nullable = false)]
    head: Option<String>,
}

/// What a filter's texts mean.
fn filter(
    admin_id: Option<&str>,
    target_id: Option<&str>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<AuditFilter, Invalid> {
    let mut check = Check::default();
    // Whatever identifies anything is made of the characters that people's identifiers are made of.
    let id = |field, text: &str| text.parse::<UserId>().map_err(|_| Invalid::field(field, "malformed_id"));
    let admin = admin_id.and_then(|text| check.take(id("adminId", text)));
    let target_id = target_id.and_then(|text| check.take(id("targetId", text)));
    let from = from.and_then(|text| check.take(instant("from", text)));
    let to = to.and_then(|text| check.take(instant("to", text)));
    check.finish()?;
    Ok(AuditFilter { admin, target_id: target_id.map(|id| id.to_string()), from, to, ..AuditFilter::default() })
}

impl LogsQuery {
    fn filter(&self) -> Result<AuditFilter, Invalid> {
        let Self { admin_id, action, target_type, target_id, from, to, .. } = self;
        let filter = filter(admin_id.as_deref(), target_id.as_deref(), from.as_deref(), to.as_deref())?;
        Ok(AuditFilter { action: *action, target_type: *target_type, ..filter })
    }
}

impl ExportQuery {
    fn filter(&self) -> Result<AuditFilter, Invalid> {
        let Self { admin_id, action, target_type, target_id, from, to, .. } = self;
        let filter = filter(admin_id.as_deref(), target_id.as_deref(), from.as_deref(), to.as_deref())?;
        Ok(AuditFilter { action: *action, target_type: *target_type, ..filter })
    }
}

#[utoipa::path(
    get, path = "/admin/settings/logs", operation_id = "listLogs", tag = "administration", summary = "The audit log, the newest entries first",
    params(LogsQuery),
    responses((status = 200, description = "a page", body = schema::LogEntryList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:audit.read")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<LogsQuery>) -> Answer<Page<LogEntry>> {
    let (filter, limit) = (query.filter()?, Limit::parse(query.limit, Limit::DEFAULT)?);
    Ok(Json(api.coup.audit_log(&ctx, &filter, query.cursor.as_deref(), limit).await?))
}

#[utoipa::path(
    get, path = "/admin/settings/logs/export", operation_id = "exportLogs", tag = "administration", summary = "The audit log as a file, the oldest entries first",
    params(ExportQuery),
    responses((
        status = 200, description = "the file; the header `Audit-Head` is the end of the chain, as `<place>:<hash>`",
        content((String = "text/csv"), (String = "application/x-ndjson"))
    )),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:audit.export")))
)]
async fn export(State(api): State<Api>, Who(ctx): Who, Asked(query): Asked<ExportQuery>) -> Result<Response, Problem> {
    let format = query.format.unwrap_or(ExportFormat::Csv);
    let export = api.coup.export_audit(&ctx, &query.filter()?, format).await?;
    let (media_type, ending) = match export.format() {
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        ExportFormat::JsonLines => ("application/x-ndjson", "jsonl"),
    };
    let head = export.head();
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"audit-log-{}.{ending}\"", head.seq)),
        (AUDIT_HEAD, head.to_string()),
    ];
    Ok((headers, Body::from_stream(parts(export))).into_response())
}

/// The parts of the file, read as the client takes them. A failure of storage ends the connection, so that nobody takes what
/// arrived for the whole.
fn parts(export: Export) -> impl stream::Stream<Item = Result<String, coup_core::store::StoreError>> + Send {
    stream::try_unfold(export, async |mut export| match export.next().await {
        Ok(part) => Ok(part.map(|text| (text, export))),
        Err(error) => {
            tracing::error!(%error, "an export of the audit log broke off");
            Err(error)
        }
    })
}

/// What verifying found.
#[derive(Debug, Serialize)]
struct Verification {
    intact: bool,
    entries: Option<i64>,
    erased: Option<u64>,
    head: Option<Head>,
    broken: Option<Fault>,
}

#[derive(Debug, Serialize)]
struct Head {
    seq: i64,
    hash: String,
}

#[derive(Debug, Serialize)]
struct Fault {
    code: &'static str,
    seq: i64,
    message: String,
}

impl Verification {
    fn new(found: Result<Verified, Broken>, language: Language) -> Self {
        match found {
            Ok(Verified { head, erased }) => Self {
                intact: true,
                entries: Some(head.seq),
                erased: Some(erased),
                head: Some(Head { seq: head.seq, hash: hex(&head.hash) }),
                broken: None,
            },
            Err(broken) => {
                let language = match language {
                    Language::Ko => coup_core::policy::Language::Ko,
                    Language::En => coup_core::policy::Language::En,
                };
                let fault = Fault { code: broken.code(), seq: broken.seq(), message: broken.in_words(language) };
                Self { intact: false, entries: None, erased: None, head: None, broken: Some(fault) }
            }
        }
    }
}

#[utoipa::path(
    get, path = "/admin/settings/logs/verify", operation_id = "verifyLogs", tag = "administration", summary = "Whether the audit log is as it was written",
    params(VerifyQuery),
    responses((status = 200, description = "what was found", body = schema::Verification)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:audit.export")))
)]
async fn verify(
    State(api): State<Api>,
    Who(ctx): Who,
    Asked(query): Asked<VerifyQuery>,
    headers: HeaderMap,
) -> Answer<Verification> {
    let anchor: Option<Result<AuditHead, NotAHead>> = query.head.as_deref().map(str::parse);
    let anchor = anchor.transpose().map_err(|_| Invalid::field("head", "not_a_head"))?;
    let found = api.coup.verify_audit(&ctx, anchor).await?;
    Ok(Json(Verification::new(found, accepted(&headers))))
}
