//! What is live over HTTP: streams of server-sent events, tickets for sockets, typing.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use coup_core::{coup::Ctx, env::Timestamp, error::Invalid, id::StudyId, live::service::OpenTicket};
use coup_realtime::{
    live::Live,
    stream::{Cursor, Item, Wants},
};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::Api;
use crate::{
    extract::{Asked, InStudy, Input, Nothing, Who},
    problem::Problem,
};

/// How often a comment keeps the connection open (specification, real time § Server-sent events).
const QUIET: Duration = Duration::from_secs(15);
/// How soon a client comes back.
const RETRY: Duration = Duration::from_secs(1);
const LAST: HeaderName = HeaderName::from_static("last-event-id");

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 4] {
    [routes!(stream), routes!(own_stream), routes!(ticket), routes!(typing)]
}

/// What to stream.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// One study only, and what concerns oneself.
    #[param(value_type = Option<uuid::Uuid>, nullable = false)]
    study: Option<String>,
}

#[utoipa::path(
    get, path = "/stream", operation_id = "stream", tag = "live", summary = "All that one may hear, as it happens",
    description = "Server-sent events: `event` (a durable event), `ephemeral`, `resync` (read the scope afresh), `cut` (why the stream \
        ends). `id` is an opaque cursor over all scopes: a client that comes back with it as `Last-Event-ID` gets exactly what it \
        missed, or a `resync` of what it does not know; a cursor that cannot be read knows nothing. It speaks of 400 studies at most. \
        An event without data only moves the cursor. A comment every 15 seconds keeps the connection open.",
    params(StreamQuery, ("Last-Event-ID" = Option<String>, Header, description = "the cursor of the last event that arrived")),
    responses((status = 200, description = "the stream, without end", body = String, content_type = "text/event-stream")),
    security(("signedIn" = [])), extensions(("x-permission" = json!(["system:study.browse", "study:message.read"])))
)]
async fn stream(
    State(api): State<Api>,
    Who(ctx): Who,
    headers: HeaderMap,
    Asked(query): Asked<StreamQuery>,
) -> Result<Response, Problem> {
    let study =
        query.study.as_deref().map(|id| id.parse::<StudyId>().map_err(|_| Invalid::field("study", "malformed_id")));
    let wants = study.transpose()?.map_or(Wants::All, Wants::Study);
    events(&api, ctx, wants, &headers).await
}

#[utoipa::path(
    get, path = "/notifications/stream", operation_id = "ownStream", tag = "live", summary = "What concerns oneself, as it happens",
    description = "As `/stream`, of one's own scope alone.",
    params(("Last-Event-ID" = Option<String>, Header, description = "the cursor of the last event that arrived")),
    responses((status = 200, description = "the stream, without end", body = String, content_type = "text/event-stream")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn own_stream(
    State(api): State<Api>,
    Who(ctx): Who,
    headers: HeaderMap,
    _nothing: Nothing,
) -> Result<Response, Problem> {
    events(&api, ctx, Wants::Own, &headers).await
}

async fn events(api: &Api, ctx: Ctx, wants: Wants, headers: &HeaderMap) -> Result<Response, Problem> {
    let events = live(api)?.stream(ctx, wants, cursor(headers)).await?;
    let begin = futures_util::stream::iter([Event::default().retry(RETRY).comment("open")]);
    let events = begin.chain(events.map(|item| event(&item))).map(Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(QUIET)).into_response();
    // Proxies that gather what they pass on would keep it.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What the client has. What cannot be read, of an earlier version or garbled on the way, is a cursor that knows nothing: browsers
/// do not try again after a refusal, but read afresh when they are told to.
fn cursor(headers: &HeaderMap) -> Option<Cursor> {
    let last = headers.get(LAST)?;
    // A browser whose stream ended before the first event says nothing.
    if last.is_empty() {
        return None;
    }
    Some(last.to_str().ok().and_then(|last| last.parse().ok()).unwrap_or_default())
}

/// An item on the wire. One line each: JSON has no line breaks.
fn event(item: &Item) -> Event {
    match item {
        Item::Begun(cursor) => Event::default().id(cursor.to_string()),
        Item::Event(cursor, json) => Event::default().event("event").id(cursor.to_string()).data(json.get()),
        Item::Ephemeral(json) => Event::default().event("ephemeral").data(json.get()),
        Item::Resync(json) => Event::default().event("resync").data(json.get()),
        Item::Cut(json) => Event::default().event("cut").data(json.get()),
    }
}

fn live(api: &Api) -> Result<&Live, Problem> {
    // Without it these routes are not there.
    api.live.as_ref().ok_or_else(Problem::no_such_path)
}

/// A ticket for one connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TicketView {
    /// For `auth: {"ticket": …}`; once.
    ticket: String,
    /// In 60 seconds.
    #[schema(value_type = DateTime<chrono::Utc>)]
    expires_at: Timestamp,
}

#[utoipa::path(
    post, path = "/realtime/ticket", operation_id = "openTicket", tag = "live", summary = "A ticket that opens one socket without a cookie",
    responses((status = 201, description = "the ticket, for 60 seconds and one use", body = TicketView)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn ticket(
    State(api): State<Api>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> Result<(StatusCode, Json<TicketView>), Problem> {
    let opened = api.coup.run(&ctx, OpenTicket).await?;
    let view = TicketView { ticket: opened.expose().to_owned(), expires_at: opened.expires_at };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Whether one writes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TypingBody {
    /// `false`: one has stopped.
    on: bool,
}

#[utoipa::path(
    post, path = "/my-studies/{id}/typing", operation_id = "typing", tag = "live", summary = "Tell that one writes; passed on at most once a second",
    params(("id" = uuid::Uuid, Path, description = "the study")),
    request_body = TypingBody,
    responses((status = 204, description = "told")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("study:message.send")))
)]
async fn typing(
    State(api): State<Api>,
    Who(ctx): Who,
    InStudy(study): InStudy,
    Input(body): Input<TypingBody>,
) -> Result<StatusCode, Problem> {
    live(&api)?.typing(&ctx, study, body.on).await?;
    Ok(StatusCode::NO_CONTENT)
}
