//! `/auth/google`, `/auth/github` and their `/callback`: signing in elsewhere.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use coup_core::{
    coup::Ctx,
    error::{Error, StateError},
    identity::{
        flow::{Arrival, Arrived, Returned},
        model::Provider,
    },
    user::model::UserStatus,
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::SessionCookie;
use crate::{
    api::Api,
    extract::{Asked, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 4] {
    [routes!(google), routes!(google_callback), routes!(github), routes!(github_callback)]
}

/// Where to go on to when it is done.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NextQuery {
    /// A path of this site; another one is left aside.
    #[param(nullable = false, max_length = 1000)]
    next: Option<String>,
}

/// What a provider sends along. It may send more than is read here.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct CallbackQuery {
    /// The provider's code.
    #[param(nullable = false, value_type = Option<String>)]
    code: Option<SecretString>,
    /// What the browser was sent there with.
    #[param(nullable = false, value_type = Option<String>)]
    state: Option<SecretString>,
    /// The provider's word for what went wrong.
    #[param(nullable = false)]
    error: Option<String>,
    /// Who the provider says it is (RFC 9207).
    #[param(nullable = false)]
    iss: Option<String>,
}

macro_rules! ways {
    ($($begin:ident $end:ident $provider:ident $path:literal $back:literal $id:literal $back_id:literal $name:literal;)+) => {$(
        #[utoipa::path(
            get, path = $path, operation_id = $id, tag = "identity",
            summary = concat!("Sign in with ", $name),
            description = "Leads the browser to the provider. Where it is not configured: 404 `not_configured`.",
            params(NextQuery),
            responses((status = 303, description = "on to the provider; sets a cookie that binds the way back to this browser")),
            extensions(("x-permission" = json!("none")))
        )]
        async fn $begin(
            State(api): State<Api>,
            Extension(cookie): Extension<SessionCookie>,
            Who(ctx): Who,
            Asked(query): Asked<NextQuery>,
        ) -> Result<Response, Problem> {
            leave(&api, cookie, &ctx, Provider::$provider, query.next.as_deref()).await
        }

        #[utoipa::path(
            get, path = $back, operation_id = $back_id, tag = "identity",
            summary = concat!("Come back from ", $name),
            description = "Where the provider sends the browser: once, within ten minutes, and in the browser that was sent there. \
                A browser is led to a page that says what is wrong; all others are answered a problem.",
            params(CallbackQuery),
            responses((status = 303, description = "signed in, or linked, and the session's cookie is set; or on to the code of the second factor")),
            extensions(("x-permission" = json!("none")))
        )]
        async fn $end(
            State(api): State<Api>,
            Extension(cookie): Extension<SessionCookie>,
            Who(ctx): Who,
            headers: HeaderMap,
            Asked(query): Asked<CallbackQuery>,
        ) -> Response {
            arrive(&api, cookie, &ctx, &headers, Provider::$provider, query).await
        }
    )+};
}

ways! {
    google google_callback Google "/auth/google" "/auth/google/callback" "signInWithGoogle" "returnFromGoogle" "Google";
    github github_callback Github "/auth/github" "/auth/github/callback" "signInWithGitHub" "returnFromGitHub" "GitHub";
}

async fn leave(
    api: &Api,
    cookie: SessionCookie,
    ctx: &Ctx,
    provider: Provider,
    next: Option<&str>,
) -> Result<Response, Problem> {
    let begun = api.coup.begin_sign_in(ctx, provider, next).await?;
    Ok((CookieJar::new().add(cookie.set_flow(&begun)), Redirect::to(&begun.address)).into_response())
}

async fn arrive(
    api: &Api,
    cookie: SessionCookie,
    ctx: &Ctx,
    headers: &HeaderMap,
    provider: Provider,
    query: CallbackQuery,
) -> Response {
    let flow = CookieJar::from_headers(headers).get(cookie.flow_name()).map(|cookie| cookie.value().into());
    let CallbackQuery { code, state, error, iss } = query;
    let returned = Returned { cookie: flow, state, code, error, issuer: iss };
    let arrival = api.coup.arrive(ctx, provider, returned).await;
    // What was not of this browser's own way leaves that one alone.
    let jar = CookieJar::new();
    let is_foreign = matches!(arrival.outcome, Err(Error::State(StateError::SignInExpired) | Error::NotConfigured));
    let jar = if is_foreign { jar } else { jar.add(cookie.clear_flow()) };
    let mut response = match arrival {
        Arrival { next, outcome: Ok(Arrived::SignedIn(signed_in)), .. } => {
            let is_shut_out = signed_in.user.status_at(api.coup.now()) == UserStatus::Suspended;
            (jar, cookie.signed_in(&signed_in), on(api, if is_shut_out { Led::ShutOut } else { Led::SignedIn(next) }))
                .into_response()
        }
        Arrival { next, outcome: Ok(Arrived::CodeRequired(halfway)), .. } => {
            (jar.add(cookie.set_half(&halfway)), on(api, Led::ToCode(next))).into_response()
        }
        Arrival { next, outcome: Ok(Arrived::Linked), .. } => (jar, on(api, Led::Linked(next))).into_response(),
        Arrival { next, linking, outcome: Err(error) } => {
            (jar, refused(api, headers, error.into(), next, linking)).into_response()
        }
    };
    // The address held a code.
    response.headers_mut().insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    response
}

/// Where somebody is led who has arrived.
enum Led {
    SignedIn(Option<String>),
    /// Nothing else is open to who is suspended.
    ShutOut,
    Linked(Option<String>),
    /// The code of the second factor is asked for.
    ToCode(Option<String>),
}

#[cfg(feature = "pages")]
fn on(api: &Api, led: Led) -> Response {
    use crate::pages::landing;
    match (&api.pages, led) {
        (Some(mount), Led::SignedIn(next)) => landing::on(mount, next, "/studies"),
        (Some(mount), Led::ShutOut) => landing::on(mount, None, "/me/sanctions"),
        (Some(mount), Led::Linked(next)) => landing::linked(mount, next),
        (Some(mount), Led::ToCode(next)) => landing::to_code(mount, next),
        (None, led) => plainly(led),
    }
}

#[cfg(not(feature = "pages"))]
fn on(_: &Api, led: Led) -> Response {
    plainly(led)
}

fn plainly(led: Led) -> Response {
    let next = match led {
        Led::SignedIn(next) | Led::Linked(next) => next,
        Led::ShutOut => None,
        Led::ToCode(_) => return Problem::from(Error::CodeRequired).into_response(),
    };
    Redirect::to(next.as_deref().unwrap_or("/")).into_response()
}

/// A browser is led to a page that says it; all others are told the problem.
#[cfg(feature = "pages")]
fn refused(api: &Api, headers: &HeaderMap, problem: Problem, next: Option<String>, linking: bool) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match &api.pages {
        Some(mount) if accepts.contains("text/html") => {
            if let Some(cause) = problem.cause() {
                tracing::warn!(code = problem.code(), cause, "a sign-in elsewhere failed");
            }
            crate::pages::landing::refused(mount, problem.code(), next, linking)
        }
        _ => problem.into_response(),
    }
}

#[cfg(not(feature = "pages"))]
fn refused(_: &Api, _: &HeaderMap, problem: Problem, _: Option<String>, _: bool) -> Response {
    problem.into_response()
}
