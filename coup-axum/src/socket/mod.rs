//! Socket.IO (specification, real time § Socket.IO), as a router that a host mounts where it likes.
//!
//! Whoever connects signs in by the host's extractor, as over HTTP, or by a ticket. The extractor counts only for pages of an
//! allowed origin: the address itself (the request's `Host`), and those of [`SocketOptions::origins`]. A client that names no
//! page in any way is no browser and brings a ticket. A ticket counts from anywhere.

mod direct;
mod events;
mod origin;

use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

pub use self::direct::Direct;
use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    http::{header, request::Parts},
    response::Response,
    routing::any,
};
use coup_core::{coup::Ctx, error::Error, live::service::UseTicket};
pub use coup_realtime::socket::{Bounds, Rate};
use coup_realtime::{
    live::Live,
    socket::{Peer, Protocol, Sockets},
};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use self::origin::Origins;
use crate::{
    caller::Caller,
    mount::{known, panic_words},
    problem::{Language, Problem, Wording, accepted},
};

/// How sockets are served. Begin with [`SocketOptions::default`].
#[derive(Clone)]
pub struct SocketOptions {
    /// Where, within the router; default `/socket.io`.
    pub path: String,
    /// Origins, such as `https://study.school.kr`, whose pages may sign in by the extractor, beside the address itself.
    pub origins: Vec<String>,
    /// How long an event may take; default 30 s.
    pub timeout: Duration,
    /// The host's own words for problems.
    pub wording: Option<Arc<dyn Wording>>,
    /// Bounds of connections.
    pub bounds: Bounds,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self {
            path: "/socket.io".into(),
            origins: Vec::new(),
            timeout: Duration::from_secs(30),
            wording: None,
            bounds: Bounds::default(),
        }
    }
}

impl SocketOptions {
    /// Pages of this origin may sign in by the extractor, too.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// The host's own words for problems.
    #[must_use]
    pub fn wording(mut self, wording: Arc<dyn Wording>) -> Self {
        self.wording = Some(wording);
        self
    }
}

impl fmt::Debug for SocketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketOptions")
            .field("path", &self.path)
            .field("origins", &self.origins)
            .field("timeout", &self.timeout)
            .field("bounds", &self.bounds)
            .finish_non_exhaustive()
    }
}

/// Socket.IO of a node. The host's listener has to allow upgrades, and [`Live::run`] has to run.
///
/// The path must not hold parameters.
pub fn socket_io<S, C>(live: Live, options: SocketOptions) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    C: FromRequestParts<S> + Into<Caller> + Send + 'static,
{
    let SocketOptions { path, origins, timeout, wording, bounds } = options;
    let speech = Speech { live: live.clone(), origins: Origins::new(&origins), timeout, wording };
    let sockets = Sockets::new(&path, live, speech, &bounds);
    let gate = move |State(host): State<S>, request: Request| enter::<S, C>(sockets.clone(), host, request);
    // The official clients ask with a slash at the end.
    Router::new().route(&path, any(gate.clone())).route(&format!("{path}/"), any(gate))
}

/// Asks the host who calls, where a session is opened, then goes on within.
async fn enter<S, C>(sockets: Sockets, host: S, request: Request) -> Response
where
    S: Send + Sync,
    C: FromRequestParts<S> + Into<Caller>,
{
    if Sockets::continues(&request) {
        return sockets.serve(request).await;
    }
    match known::<S, C>(&host, request).await {
        Ok(mut request) => {
            // They have said what they had to say, and the head is kept as long as the session.
            request.headers_mut().remove(header::COOKIE);
            request.headers_mut().remove(header::AUTHORIZATION);
            sockets.serve(request).await
        }
        Err(refusal) => *refusal,
    }
}

/// What sockets say.
struct Speech {
    live: Live,
    origins: Origins,
    timeout: Duration,
    wording: Option<Arc<dyn Wording>>,
}

/// What is kept of a client.
struct Visitor {
    language: Language,
}

impl Speech {
    /// The acknowledgement of a refused event.
    fn refusal(&self, visitor: &Visitor, problem: &Problem) -> Value {
        json!({ "ok": false, "problem": problem.to_json(visitor.language, self.wording.as_deref()) })
    }
}

impl Protocol for Speech {
    type Guest = Visitor;

    async fn sign_in(&self, opening: &Parts, auth: &Value) -> Result<(Ctx, Visitor), &'static str> {
        let visitor = Visitor { language: accepted(&opening.headers) };
        let mut ctx = opening.extensions.get::<Ctx>().cloned().unwrap_or_default();
        if let Some(ticket) = auth.get("ticket") {
            let nobody = Ctx { credential: None, ..ctx.clone() };
            let ticket = ticket.as_str().unwrap_or_default().to_owned().into();
            let used = self.live.coup().run(&nobody, UseTicket { ticket }).await;
            ctx.credential = Some(used.map_err(|error| self.refused(error))?);
        } else if ctx.credential.is_some() && !self.origins.allow(opening) {
            return Err(Problem::cross_site().code());
        }
        Ok((ctx, visitor))
    }

    fn refused(&self, error: Error) -> &'static str {
        let problem = Problem::from(error);
        log(&problem, "connect");
        problem.code()
    }

    async fn answer(&self, peer: &Peer<Visitor>, event: &str, body: &str) -> Value {
        let work = AssertUnwindSafe(events::answer(peer, event, body)).catch_unwind();
        let problem = match tokio::time::timeout(self.timeout, work).await {
            Ok(Ok(Ok(mut answer))) => {
                if let Some(answer) = answer.as_object_mut() {
                    answer.insert("ok".into(), true.into());
                }
                return answer;
            }
            Ok(Ok(Err(problem))) => problem,
            Ok(Err(panic)) => Problem::internal().because(panic_words(&*panic)),
            Err(_) => Problem::timeout().retry_after(5),
        };
        log(&problem, event);
        self.refusal(peer.guest(), &problem)
    }

    fn unreadable(&self, visitor: &Visitor) -> Value {
        self.refusal(visitor, &Problem::malformed_json())
    }

    fn too_fast(&self, visitor: &Visitor, wait: Duration) -> Value {
        let seconds = u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX);
        self.refusal(visitor, &Problem::rate_limited().retry_after(seconds))
    }
}

fn log(problem: &Problem, event: &str) {
    let Some(cause) = problem.cause() else { return };
    let code = problem.code();
    if problem.status().is_server_error() {
        tracing::error!(event, code, cause, "event failed");
    } else {
        tracing::debug!(event, code, cause, "event refused");
    }
}
