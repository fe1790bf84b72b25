//! Accounts of CoUp's own: sign-up, sign-in, sign-out, one's own profile; sessions by cookie; password hashing.
//!
//! ```
//! use axum::Router;
//! use coup_axum::{
//!     api::{ApiOptions, api},
//!     identity::{SessionCaller, SessionCookie, identity},
//! };
//! use coup_core::coup::Coup;
//!
//! fn server(coup: Coup, public_address: &str) -> Router {
//!     let cookie = SessionCookie::for_address(public_address);
//!     let options = ApiOptions::default();
//!     let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
//!     let (api, _) = api::<SessionCookie, SessionCaller>(coup, options.document(document));
//!     Router::new().nest("/api", api.merge(accounts)).with_state(cookie)
//! }
//! ```

mod avatar;
mod cookie;
mod elsewhere;
mod identities;
mod me;
#[cfg(feature = "oauth")]
pub mod oauth;
mod password;
mod passwords;
mod second_factor;
mod sessions;
mod sign_in;

use axum::{Router, extract::FromRequestParts};
use coup_core::coup::Coup;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use self::{
    cookie::{SessionCaller, SessionCookie, SetCookies},
    passwords::Argon2Passwords,
};
use crate::{
    api::{Api, ApiOptions},
    caller::Caller,
    openapi,
    picture::Darkroom,
};

const TAGS: &[(&str, &str)] = &[(
    "identity",
    "Sign up, in and out, also with Google and GitHub; one's own profile, password, second factor and sessions.",
)];

/// The routes of accounts, and the document that describes them; give it to [`ApiOptions::document`]. Merge the router with
/// [`api()`](crate::api::api)'s under one prefix.
///
/// The [`Coup`] needs [`passwords`](coup_core::coup::Builder::passwords).
pub fn identity<S, C>(coup: Coup, cookie: SessionCookie, options: &ApiOptions) -> (Router<S>, OpenApi)
where
    S: Clone + Send + Sync + 'static,
    C: FromRequestParts<S> + Into<Caller> + Send + 'static,
{
    let routes = OpenApiRouter::<Api>::with_openapi(openapi::blank());
    let routes = openapi::with(routes, sign_in::routes());
    let routes = openapi::with(routes, password::routes());
    let routes = openapi::with(routes, second_factor::routes());
    let routes = openapi::with(routes, sessions::routes());
    let routes = openapi::with(routes, elsewhere::routes());
    let routes = openapi::with(routes, identities::routes());
    let routes = openapi::with(routes, avatar::routes());
    let (router, mut document) = openapi::with(routes, me::routes()).split_for_parts();
    openapi::complete(&mut document, TAGS, None);
    let own: Vec<String> = document.paths.paths.keys().cloned().collect();
    let router = router.layer(axum::Extension(cookie)).layer(axum::Extension(Darkroom::default()));
    let house = Api::new(coup, options, String::new());
    (crate::mount::mount::<S, C>(router, house, own.iter().map(String::as_str)), document)
}
