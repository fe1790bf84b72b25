//! The pages as a router to mount: who calls is asked of the host, whatever goes wrong leaves as a page.

use std::{convert::Infallible, fmt, ops::Deref, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::any,
};
use axum_extra::extract::CookieJar;
use coup_core::coup::Coup;
use tower::ServiceExt as _;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer};

use super::{
    CONTENT_SECURITY_POLICY, assets,
    frame::{Mount, Person},
    handlers,
    problem::ProblemPage,
    visit::{self, FLASH_COOKIE, TROUBLE_COOKIE, Visit},
};
#[cfg(feature = "identity")]
use crate::identity::SessionCookie;
use crate::{
    caller::Caller,
    mount::{cross_site, panicked, request_id},
    problem::{Problem, Wording},
};

/// Whose accounts people sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accounts {
    /// CoUp's own: the pages `/sign-in` and `/sign-up`.
    #[cfg(feature = "identity")]
    Own(SessionCookie),
    /// The host's: `/sign-in` and `/sign-out` lead to these addresses. Signing in gets `next`, a path to come back to.
    Host {
        /// Where one signs in.
        sign_in: String,
        /// Where one signs out.
        sign_out: String,
    },
}

/// How the pages are served.
#[derive(Clone)]
pub struct PagesOptions {
    /// Where pages and API are mounted: what the host nests them under.
    pub mount: Mount,
    /// The address under which browsers see the deployment, such as `https://coup.school.kr`, for links to give away.
    pub public_address: String,
    /// Whose accounts people sign in with.
    pub accounts: Accounts,
    /// The name of the site, where the settings have none; CoUp's own where it is absent.
    pub site_name: Option<String>,
    /// Whether the API under [`Mount::api`] streams what happens (`ApiOptions::live`); default off. Then
    /// pages show it as it happens; without it an open chat looks every few seconds.
    pub live: bool,
    /// Whether to answer every other address under the prefix with the page that says so; default. Off for a host that
    /// merges the pages at its root and has a fallback of its own.
    pub fallback: bool,
    /// The largest form, in bytes; default 128 KiB, which the longest texts fit in.
    pub body_limit: usize,
    /// How long a page may take; default 30 s.
    pub timeout: Duration,
    /// The host's own words for problems.
    pub wording: Option<Arc<dyn Wording>>,
}

impl PagesOptions {
    /// Pages at `mount`, seen by browsers under `public_address`, with the defaults for all else.
    pub fn new(mount: Mount, public_address: impl Into<String>, accounts: Accounts) -> Self {
        Self {
            mount,
            public_address: public_address.into(),
            accounts,
            site_name: None,
            live: false,
            fallback: true,
            body_limit: 128 * 1024,
            timeout: Duration::from_secs(30),
            wording: None,
        }
    }
}

impl fmt::Debug for PagesOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagesOptions")
            .field("mount", &self.mount)
            .field("public_address", &self.public_address)
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

/// What all handlers see.
#[derive(Clone)]
pub(in crate::pages) struct House(Arc<Rooms>);

pub(in crate::pages) struct Rooms {
    pub(in crate::pages) coup: Coup,
    pub(in crate::pages) options: PagesOptions,
}

impl Deref for House {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

/// The pages as a router, to nest under the mount's base, or to merge where that is the root.
///
/// `C` is the host's extractor of who calls; a rejection of its own is answered as it is. Every page is a route of its own
/// (its template is the request's `MatchedPath`).
pub fn pages<S, C>(coup: Coup, options: PagesOptions) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    C: FromRequestParts<S> + Into<Caller> + Send + 'static,
{
    let mount = options.mount.clone();
    let fallback = options.fallback;
    let house = House(Arc::new(Rooms { coup, options }));
    let (routes, paths) = handlers::routes();
    let inner = around(routes.with_state(house.clone()).merge(assets(mount)), house);
    let gate = move |State(host): State<S>, request: Request| enter::<S, C>(inner.clone(), host, request);
    let own = ["/assets/{version}/{*file}", "/preferences", "/components"];
    let outer = paths.into_iter().chain(own).fold(Router::new(), |outer, path| outer.route(path, any(gate.clone())));
    if fallback { outer.fallback(gate) } else { outer }
}

/// The paths of all pages as they are routed below the mount's base, for tests that must not forget one.
pub fn page_paths() -> Vec<&'static str> {
    handlers::routes().1
}

/// Asks the host who calls, then goes on within.
async fn enter<S, C>(inner: Router, host: S, request: Request) -> Response
where
    S: Send + Sync,
    C: FromRequestParts<S> + Into<Caller>,
{
    let (mut parts, body) = request.into_parts();
    let caller: Caller = match C::from_request_parts(&mut parts, &host).await {
        Ok(caller) => caller.into(),
        Err(refusal) => return refusal.into_response(),
    };
    let mut ctx = caller.into_ctx();
    ctx.path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).or(ctx.path);
    // What the outer router matched would stand before what the inner one matches.
    parts.extensions.clear();
    parts.extensions.insert(ctx);
    inner.oneshot(Request::from_parts(parts, body)).await.unwrap_or_else(|never: Infallible| match never {})
}

/// What is around every page, the outermost last.
fn around(router: Router, house: House) -> Router {
    router
        .fallback(async || Problem::no_such_path())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(house.options.body_limit))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(middleware::from_fn_with_state(house.clone(), in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(house, as_a_page))
}

async fn in_time(State(house): State<House>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(house.options.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timeout().retry_after(5).into_response(),
    }
}

/// Turns problems into pages in the reader's language, and marks every page as one person's.
async fn as_a_page(State(house): State<House>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::bare(&mut parts, &house).await;
    let method = parts.method.clone();
    let id = request_id(&parts.headers);
    let from = page_before(&parts.headers);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        log(&problem, &method, &visit.path, id.as_deref());
        response = trouble(&visit, (&method, &from), problem, id, response.headers()).await;
    }
    take_flash(&visit, &mut response);
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// A page that was shown has said the word of what was done before it.
fn take_flash(visit: &Visit, response: &mut Response) {
    let page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let said = [(FLASH_COOKIE, visit.flash.is_some()), (TROUBLE_COOKIE, visit.trouble.is_some())];
    for (name, _) in said.into_iter().filter(|(_, is_said)| *is_said && page) {
        let jar = CookieJar::new().add(visit::gone(&visit.house.options.mount, name));
        for value in (jar, ()).into_response().headers().get_all(header::SET_COOKIE) {
            response.headers_mut().append(header::SET_COOKIE, value.clone());
        }
    }
}

/// The page on which a form was sent, if the browser says so.
fn page_before(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let uri = referer.and_then(|text| text.parse::<axum::http::Uri>().ok());
    uri.and_then(|uri| uri.path_and_query().map(ToString::to_string)).unwrap_or_default()
}

async fn trouble(
    visit: &Visit,
    (method, from): (&Method, &str),
    problem: Problem,
    id: Option<String>,
    old: &HeaderMap,
) -> Response {
    if problem.code() == "not_signed_in" {
        return visit.to_sign_in(if *method == Method::GET { &visit.path } else { "" });
    }
    if problem.code() == "confirmation_required" {
        let here = format!("{}{}", visit.house.options.mount.base, visit.path);
        return visit.to_confirm(if *method == Method::GET { &here } else { from });
    }
    if problem.code() == "second_factor_required" {
        return visit.to("/me/second-factor");
    }
    let person = visit.house.coup.me(&visit.ctx).await.ok();
    let mut frame = visit.frame(person.as_ref().map(Person::from));
    let mut status = problem.status();
    if *method != Method::GET {
        // Going there again would not repeat what was posted.
        frame.path = frame.href("/my-studies");
    }
    if problem.names_nothing() {
        status = StatusCode::NOT_FOUND;
    }
    let plain = status == StatusCode::NOT_FOUND
        || status == StatusCode::METHOD_NOT_ALLOWED
        || status == StatusCode::INTERNAL_SERVER_ERROR
        || problem.code() == "invalid_input";
    let page = ProblemPage {
        detail: (!plain).then(|| visit.words(&problem)),
        until: problem.until(),
        sanctioned: problem.is_sanction(),
        request_id: id.filter(|_| status.is_server_error()),
        status: status.as_u16(),
        frame,
    };
    let mut response = (status, page).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = old.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

fn log(problem: &Problem, method: &Method, path: &str, request_id: Option<&str>) {
    let Some(cause) = problem.cause() else { return };
    let path = path.split('?').next().unwrap_or_default();
    let code = problem.code();
    if problem.status().is_server_error() {
        tracing::error!(%method, path, code, request_id, cause, "page failed");
    } else {
        tracing::debug!(%method, path, code, request_id, cause, "page refused");
    }
}
