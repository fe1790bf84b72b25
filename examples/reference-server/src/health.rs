//! Whether the process lives, and whether it can serve.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use coup_core::coup::Coup;
use serde_json::json;

/// `/health`: the process answers. `/ready`: the store does, too.
pub(crate) fn routes(coup: Coup) -> Router {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).with_state(coup)
}

async fn health() -> Response {
    answer(StatusCode::OK, "application/json", json!({ "status": "ok" }))
}

async fn ready(State(coup): State<Coup>) -> Response {
    match coup.ready().await {
        Ok(()) => answer(StatusCode::OK, "application/json", json!({ "status": "ok" })),
        Err(error) => {
            // The cause may name hosts and users; it is for the log.
            tracing::warn!(%error, "storage does not answer");
            let problem = json!({
                "type": "about:blank",
                "title": "Service unavailable",
                "status": 503,
                "detail": "storage does not answer",
                "code": "unavailable",
            });
            answer(StatusCode::SERVICE_UNAVAILABLE, "application/problem+json", problem)
        }
    }
}

fn answer(status: StatusCode, kind: &'static str, body: serde_json::Value) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(body).0.to_string()).into_response()
}
