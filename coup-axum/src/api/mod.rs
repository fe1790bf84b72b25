//! The JSON API: studies, members, invites, messages, the administration, and the document that describes it.

mod admin;
mod docs;
mod invites;
#[cfg(feature = "live")]
mod live;
mod members;
mod messages;
mod notifications;
pub(crate) mod personal;
mod reports;
pub(crate) mod schema;
mod studies;

use std::{fmt, sync::Arc, time::Duration};

use axum::{Router, extract::FromRequestParts};
use coup_core::coup::Coup;
use utoipa::openapi::{
    OpenApi,
    security::{ApiKey, ApiKeyValue, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{caller::Caller, openapi, problem::Wording};

pub(crate) use crate::mount::{Answer, Api};

/// How the API is served. Begin with [`ApiOptions::default`].
#[derive(Clone)]
pub struct ApiOptions {
    /// The largest body, in bytes; default 64 KiB.
    pub body_limit: usize,
    /// How long a request may take; default 30 s. After that 503.
    pub timeout: Duration,
    /// The host's own words for problems.
    pub wording: Option<Arc<dyn Wording>>,
    /// How a caller signs in, for the document; default the cookie `coup_session`.
    pub security: SecurityScheme,
    /// Documents of further routers under the same prefix, such as [`identity()`](crate::identity::identity)'s.
    pub documents: Vec<OpenApi>,
    /// Where CoUp's pages are mounted, if they are: a browser that comes back from signing in elsewhere is led to them.
    #[cfg(feature = "pages")]
    pub pages: Option<crate::pages::Mount>,
    /// What is live: streams, tickets and typing are there with it. [`Live::run`](coup_realtime::live::Live::run) must run.
    #[cfg(feature = "live")]
    pub live: Option<coup_realtime::live::Live>,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            body_limit: 64 * 1024,
            timeout: Duration::from_secs(30),
            wording: None,
            security: SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "coup_session",
                "Set by sign-up and sign-in; `__Host-coup_session` where the public address is https.",
            ))),
            documents: Vec::new(),
            #[cfg(feature = "pages")]
            pages: None,
            #[cfg(feature = "live")]
            live: None,
        }
    }
}

impl ApiOptions {
    /// Describes a further router under the same prefix in this API's document.
    #[must_use]
    pub fn document(mut self, document: OpenApi) -> Self {
        self.documents.push(document);
        self
    }

    /// Where CoUp's pages are mounted.
    #[cfg(feature = "pages")]
    #[must_use]
    pub fn pages(mut self, mount: crate::pages::Mount) -> Self {
        self.pages = Some(mount);
        self
    }

    /// Streams what is live.
    #[cfg(feature = "live")]
    #[must_use]
    pub fn live(mut self, live: coup_realtime::live::Live) -> Self {
        self.live = Some(live);
        self
    }

    /// The host's own words for problems.
    #[must_use]
    pub fn wording(mut self, wording: Arc<dyn Wording>) -> Self {
        self.wording = Some(wording);
        self
    }
}

impl fmt::Debug for ApiOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiOptions")
            .field("body_limit", &self.body_limit)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

const TAGS: &[(&str, &str)] = &[
    ("studies", "Found, browse and keep studies."),
    ("members", "Join and leave, requests, roles."),
    ("invites", "The standing code and further invites."),
    ("messages", "A study's chat."),
    ("reports", "Reporting what is wrong, one's own sanctions, appeals."),
    ("notifications", "What one was told beside what one sees."),
    ("personal", "Everything of one's own, to take along."),
    ("live", "What happens, as it happens: streams, tickets for sockets, typing."),
    ("moderation", "The queue of reports, sanctions, appeals, messages."),
    ("administration", "Administrators and the audit log."),
    ("document", "What describes this API."),
];

/// The API as a router to nest under a prefix, and the document that describes it.
///
/// `C` is the host's extractor of who calls; a rejection of its own is answered as it is. Every documented path is a route
/// of its own (its template is the request's `MatchedPath`); all others under the prefix are 404 problems.
pub fn api<S, C>(coup: Coup, mut options: ApiOptions) -> (Router<S>, OpenApi)
where
    S: Clone + Send + Sync + 'static,
    C: FromRequestParts<S> + Into<Caller> + Send + 'static,
{
    let routes = OpenApiRouter::<Api>::with_openapi(openapi::blank());
    let routes = openapi::with(routes, studies::routes());
    let routes = openapi::with(routes, members::routes());
    let routes = openapi::with(routes, invites::routes());
    let routes = openapi::with(routes, messages::routes());
    let routes = openapi::with(routes, reports::routes());
    let routes = openapi::with(routes, notifications::routes());
    let routes = openapi::with(routes, personal::routes());
    #[cfg(feature = "live")]
    let routes = if options.live.is_some() { openapi::with(routes, live::routes()) } else { routes };
    let routes = admin::with(routes);
    let (router, mut document) = openapi::with(routes, docs::routes()).split_for_parts();
    openapi::complete(&mut document, TAGS, Some(options.security.clone()));
    let own: Vec<String> = document.paths.paths.keys().cloned().collect();
    for further in std::mem::take(&mut options.documents) {
        document.tags.get_or_insert_default().extend(further.tags.clone().unwrap_or_default());
        document.merge(further);
    }
    let text = document.to_pretty_json().unwrap_or_default();
    let house = Api::new(coup, &options, text);
    let router = crate::mount::mount::<S, C>(router, house.clone(), own.iter().map(String::as_str));
    (router.merge(crate::mount::unknown::<S>(house)), document)
}
