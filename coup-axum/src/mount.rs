//! How a router of ours stands in a host's: who calls is asked of the host's extractor, everything within sees one
//! concrete state, and whatever goes wrong leaves as a problem.

use std::{any::Any, convert::Infallible, fmt, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::any,
};
use coup_core::coup::Coup;
use tower::ServiceExt as _;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
};

use crate::{
    api::ApiOptions,
    caller::Caller,
    idempotency::keyed,
    problem::{Problem, Wording, accepted},
};

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// The one state that all handlers see.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) coup: Coup,
    /// The document, as JSON.
    pub(crate) document: Arc<str>,
    wording: Option<Arc<dyn Wording>>,
    timeout: Duration,
    body_limit: usize,
    #[cfg(all(feature = "pages", feature = "identity"))]
    pub(crate) pages: Option<crate::pages::Mount>,
    #[cfg(feature = "live")]
    pub(crate) live: Option<coup_realtime::live::Live>,
}

impl Api {
    pub(crate) fn new(coup: Coup, options: &ApiOptions, document: String) -> Self {
        Self {
            coup,
            document: document.into(),
            wording: options.wording.clone(),
            timeout: options.timeout,
            body_limit: options.body_limit,
            #[cfg(all(feature = "pages", feature = "identity"))]
            pages: options.pages.clone(),
            #[cfg(feature = "live")]
            live: options.live.clone(),
        }
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

/// Serves the documented paths of a router of ours within a host's, and no others: what the document does not name is not
/// reachable.
pub(crate) fn mount<'a, S, C>(router: Router<Api>, api: Api, paths: impl Iterator<Item = &'a str>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    C: FromRequestParts<S> + Into<Caller> + Send + 'static,
{
    let house = house(router.method_not_allowed_fallback(async || Problem::method_not_allowed()), api);
    let gate = move |State(host): State<S>, request: Request| enter::<S, C>(house.clone(), host, request);
    paths.fold(Router::new(), |outer, path| outer.route(path, any(gate.clone())))
}

/// Answers every other path under the prefix.
pub(crate) fn unknown<S: Clone + Send + Sync + 'static>(api: Api) -> Router<S> {
    let house = house(Router::new().fallback(async || Problem::no_such_path()), api);
    Router::new().fallback_service(house)
}

/// Asks the host who calls, then goes on within.
async fn enter<S, C>(house: Router, host: S, request: Request) -> Response
where
    S: Send + Sync,
    C: FromRequestParts<S> + Into<Caller>,
{
    match known::<S, C>(&host, request).await {
        Ok(request) => house.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {}),
        Err(refusal) => *refusal,
    }
}

/// Asks the host who calls: the request with a [`Ctx`](coup_core::coup::Ctx), or the host's refusal.
pub(crate) async fn known<S, C>(host: &S, request: Request) -> Result<Request, Box<Response>>
where
    S: Send + Sync,
    C: FromRequestParts<S> + Into<Caller>,
{
    let (mut parts, body) = request.into_parts();
    let caller = C::from_request_parts(&mut parts, host).await;
    let caller: Caller = caller.map_err(|refusal| Box::new(refusal.into_response()))?.into();
    let mut ctx = caller.into_ctx();
    // The path as the route is written, under the host's prefix.
    ctx.path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).or(ctx.path);
    parts.extensions.insert(ctx);
    Ok(Request::from_parts(parts, body))
}

/// What is around every handler, the outermost last.
fn house(router: Router<Api>, api: Api) -> Router {
    router
        .layer(middleware::from_fn(keyed))
        .layer(DefaultBodyLimit::max(api.body_limit))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn_with_state(api.clone(), in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(api.clone(), in_words))
        .with_state(api)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
pub(crate) fn cross_site(error: ProtectionError) -> Response {
    Problem::cross_site().because(error.to_string()).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer's signature")]
pub(crate) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    Problem::internal().because(panic_words(&*panic)).into_response()
}

/// What a panic said, for the log.
pub(crate) fn panic_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", words.unwrap_or("without words"))
}

async fn in_time(State(api): State<Api>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(api.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timeout().retry_after(5).into_response(),
    }
}

/// Words problems in the language that was asked for, logs what is behind them, and marks every answer as one person's.
async fn in_words(State(api): State<Api>, request: Request, next: Next) -> Response {
    let language = accepted(request.headers());
    let seen = Seen::of(&request);
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        seen.log(&problem);
        let worded = problem.render(language, api.wording.as_deref());
        let (parts, body) = worded.into_parts();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        for (name, value) in parts.headers {
            if let Some(name) = name {
                headers.insert(name, value);
            }
        }
        *response.body_mut() = if seen.method == Method::HEAD { Body::empty() } else { body };
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// As much of a request as a log line needs.
struct Seen {
    method: Method,
    path: String,
    request_id: Option<String>,
}

impl Seen {
    fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            request_id: request_id(request.headers()),
        }
    }

    fn log(&self, problem: &Problem) {
        let Some(cause) = problem.cause() else { return };
        let Self { method, path, request_id } = self;
        let (code, request_id) = (problem.code(), request_id.as_deref());
        if problem.status().is_server_error() {
            tracing::error!(%method, path, code, request_id, cause, "request failed");
        } else {
            tracing::debug!(%method, path, code, request_id, cause, "request refused");
        }
    }
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("x-request-id")?.to_str().ok().map(str::to_owned)
}
