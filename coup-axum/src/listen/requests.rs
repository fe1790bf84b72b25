//! How many requests one address may send.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::{self, Next},
    response::Response,
};
use coup_core::limit::rules::network;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::problem::{Problem, accepted};

/// After so many requests addresses that have been quiet are forgotten.
const FORGET_EVERY: u32 = 4096;

/// A bound of requests for each address, of IPv6 for each network of 64 bits; on this node, whatever is asked for. It keeps one
/// client from taking all of a server and is generous for the rest: guessing has narrower limits of its own
/// ([`coup_core::limit`]).
///
/// Put it within [`TrustedProxies::around`](crate::proxy::TrustedProxies::around), and around everything but what must always
/// answer, such as `/health`. A request without `ConnectInfo<SocketAddr>` is not counted.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use axum::Router;
/// use coup_axum::listen::RequestLimit;
///
/// let limit = RequestLimit::a_minute(NonZeroU32::new(30_000).unwrap_or(NonZeroU32::MAX));
/// let app: Router = limit.around(Router::new());
/// ```
#[derive(Debug, Clone)]
pub struct RequestLimit {
    networks: Arc<DefaultKeyedRateLimiter<String>>,
    counted: Arc<AtomicU32>,
}

impl RequestLimit {
    /// So many at once, and so many more evenly over each minute.
    pub fn a_minute(requests: NonZeroU32) -> Self {
        Self { networks: Arc::new(RateLimiter::keyed(Quota::per_minute(requests))), counted: Arc::default() }
    }

    /// Puts it around a host's routes.
    pub fn around<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        routes.layer(middleware::from_fn_with_state(self, counted))
    }

    /// How long an address has to wait; `None`: it need not.
    fn wait(&self, address: IpAddr) -> Option<Duration> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.networks.retain_recent();
            self.networks.shrink_to_fit();
        }
        let refused = self.networks.check_key(&network(address)).err()?;
        Some(refused.wait_time_from(DefaultClock::default().now()))
    }
}

async fn counted(State(limit): State<RequestLimit>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let Some(wait) = peer.and_then(|peer| limit.wait(peer)) else { return next.run(request).await };
    let seconds = u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX);
    let (problem, language) = (Problem::rate_limited().retry_after(seconds), accepted(request.headers()));
    if asks_for_a_page(request.headers()) { problem.as_document(language) } else { problem.render(language, None) }
}

/// Whether a browser goes somewhere, and a person reads the answer (RFC 9110 § 12.5.1: programs say what they take, or nothing).
fn asks_for_a_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with("text/html")))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use tower::ServiceExt as _;

    use super::*;

    fn app(requests: u32) -> Router {
        let inside = Router::new().route("/", get(async || "here"));
        let limit = RequestLimit::a_minute(NonZeroU32::new(requests).unwrap());
        limit.around(inside).route("/health", get(async || "well"))
    }

    async fn ask(app: &Router, path: &str, peer: Option<&str>) -> Response {
        let mut request = Request::get(path).header("x-forwarded-for", "198.51.100.9").body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 5000)));
        }
        app.clone().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn an_address_that_asks_too_often_waits_and_others_do_not() {
        let app = app(5);
        for (first, same, other) in
            [("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"), ("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1")]
        {
            for _ in 0..5 {
                assert_eq!(ask(&app, "/", Some(first)).await.status(), 200);
            }
            let refused = ask(&app, "/", Some(same)).await;
            assert_eq!(refused.status(), 429);
            assert_eq!(refused.headers()["content-type"], "application/problem+json");
            // One in twelve seconds is free again.
            let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=13).contains(&wait), "{wait}");
            assert_eq!(ask(&app, "/", Some(other)).await.status(), 200);
            assert_eq!(ask(&app, "/health", Some(first)).await.status(), 200, "what is outside always answers");
        }
        for _ in 0..20 {
            assert_eq!(ask(&app, "/", None).await.status(), 200, "nobody knows whose they are");
        }
    }

    #[tokio::test]
    async fn who_reads_it_in_a_browser_gets_words_and_not_json() {
        let app = app(1);
        let peer = SocketAddr::from(([192, 0, 2, 9], 5000));
        let ask = async |accept: &'static str, language: &'static str| {
            let mut request = Request::get("/").header("accept", accept).header("accept-language", language);
            request.extensions_mut().unwrap().insert(ConnectInfo(peer));
            let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = answer.into_parts();
            let text = String::from_utf8(axum::body::to_bytes(body, 9_999).await.unwrap().to_vec()).unwrap();
            (parts, text)
        };
        assert_eq!(ask("*/*", "en").await.0.status, 200);
        for (language, heading) in [("en-GB,en", "<h1>Too fast</h1>"), ("ko", "<h1>너무 빨라요</h1>")] {
            let (parts, text) = ask("text/html,application/xhtml+xml,*/*;q=0.8", language).await;
            assert_eq!(
                (parts.status.as_u16(), parts.headers["content-type"].to_str().unwrap()),
                (429, "text/html; charset=utf-8")
            );
            assert!(parts.headers.contains_key("retry-after") && text.contains(heading), "{text}");
        }
        let (parts, _) = ask("application/json, */*;q=0.5", "ko").await;
        assert_eq!(parts.headers["content-type"], "application/problem+json");
    }

    #[test]
    fn addresses_that_have_been_quiet_are_forgotten() {
        let limit = RequestLimit::a_minute(NonZeroU32::MAX);
        for number in 0..FORGET_EVERY * 3 {
            assert_eq!(limit.wait(IpAddr::from(number.to_be_bytes())), None);
        }
        assert!(limit.networks.len() <= FORGET_EVERY as usize + 1, "{}", limit.networks.len());
    }
}
