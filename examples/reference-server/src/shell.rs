//! What surrounds every route: request ids, a log line a request, compression, security headers.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use coup_core::env::{Clock, Ids, SystemClock, SystemIds};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything comes from here and nothing runs but files of ours. Swagger's pictures are data addresses.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Headers of every answer that does not set them itself.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// A year, once the public address is https.
const TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Puts the shell around the routes.
pub(crate) fn around(routes: Router, https: bool) -> Router {
    routes
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(move |request, next| headers(https, request, next)))
        .layer(middleware::from_fn_with_state(Arc::new(SystemIds::default()), observed))
}

async fn headers(https: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    for (name, value) in HEADERS {
        all.entry(name).or_insert(value);
    }
    if https {
        all.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(TRANSPORT_SECURITY);
    }
    response
}

/// One span a request; the path is the route's template, so that neither ids nor codes reach the log.
async fn observed(State(ids): State<Arc<SystemIds>>, mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).filter(|id| is_plain(id)).cloned().or_else(|| fresh_id(&*ids));
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str);
    let shown = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!("request", id = shown, method = %request.method(), route);
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID, id.clone());
    }
    let begin = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        let (status, ms) = (response.status().as_u16(), begin.elapsed().as_millis());
        if response.status().is_server_error() {
            tracing::warn!(status, ms, "answered");
        } else {
            tracing::info!(status, ms, "answered");
        }
    });
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A client's own id is kept if it cannot be mistaken for anything else in a log.
fn is_plain(id: &HeaderValue) -> bool {
    (1..=64).contains(&id.len()) && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn fresh_id(ids: &dyn Ids) -> Option<HeaderValue> {
    HeaderValue::from_str(&ids.uuid(SystemClock.now()).to_string()).ok()
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn where_the_public_address_is_https_browsers_stay_with_it_for_a_year() {
        for (https, told) in [(true, Some("max-age=31536000")), (false, None)] {
            let routes = around(Router::new().route("/", axum::routing::get(async || "here")), https);
            let answer = routes.oneshot(Request::new(axum::body::Body::empty())).await.unwrap();
            let header = answer.headers().get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(header.map(|value| value.to_str().unwrap()), told);
        }
    }

    #[test]
    fn a_clients_request_id_is_kept_only_if_it_is_plain() {
        for id in ["a", "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57"] {
            assert!(is_plain(&HeaderValue::from_static(id)), "{id}");
        }
        for id in [&b""[..], b"a b", b"a\xffb", b"id=1", &[b'a'; 65]] {
            assert!(!is_plain(&HeaderValue::from_bytes(id).unwrap()), "{id:?}");
        }
    }
}
