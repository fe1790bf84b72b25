//! Serving connections within bounds, so that a peer that stalls, floods or falls silent harms only itself.
//!
//! [`serve`] is all of it. A host that stays with `axum::serve` takes [`Guarded`] for its listener, and gets of it what a
//! listener can do: `TCP_NODELAY`, the bound of connections, small buffers of the system, and an end to stalled writes.
//!
//! | what a peer does | what ends it |
//! |---|---|
//! | sends half a header, or nothing | [`Limits::header`] |
//! | idles between two requests | [`Limits::header`] |
//! | sends a header without end | [`Limits::buffer`]: 431 |
//! | sends its body drop by drop | the time of a whole request: [`ApiOptions::timeout`](crate::api::ApiOptions::timeout) and the pages' own, 503 and the connection's end; for its own routes a host sets a time limit of its own |
//! | takes nothing of what is written | [`Limits::stall`] |
//! | opens connection after connection | [`Limits::per_address`]: 429 |
//! | sends request after request | [`RequestLimit`], around the routes: 429 |
//! | stays when the server ends | [`Limits::drain`] |
//!
//! Reading is not limited beside that: who listens to a stream or a WebSocket in silence is well.
//!
//! HTTP/1.1 and upgrades from it. HTTP/2 and TLS are for a proxy in front.

mod addresses;
mod connection;
mod guarded;
mod requests;

pub use self::{connection::Connection, guarded::Guarded, requests::RequestLimit};

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Weak, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tower::{Service, ServiceExt as _};

use self::connection::Line;

/// How much of everything connections may take. Begin with [`Limits::default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once, those upgraded to a WebSocket among them; default 4096, at least 1. More wait, unaccepted, in
    /// the system's queue. Each is a file of the process, so the system's bound of open files is to be higher.
    pub connections: u32,
    /// Connections at once of one peer's address; default 1024, at least 1: a school may come from one address. Further ones
    /// are answered 429 and closed. Of IPv6 all addresses of a network of 64 bits count together. `None`: no such bound.
    ///
    /// Behind a proxy all connections come from its address: there it is to be `None`, and the proxy's own bound to be set.
    pub per_address: Option<u32>,
    /// The longest that a request's header may take, and a connection may idle between two requests; default 10 s.
    pub header: Duration,
    /// How long a peer may take nothing at all of what is written to it; default 8 s. Then its connection is reset.
    pub stall: Duration,
    /// How long requests, streams and upgraded connections may go on after the end was announced; default 10 s.
    pub drain: Duration,
    /// The most that is buffered of one connection's reading, and of its writing, in bytes; default 16 KiB, at least 8 KiB.
    /// It bounds a request's header, too.
    pub buffer: usize,
    /// What the system is asked to keep at most of what was written and not yet taken, in bytes; default 64 KiB (Linux
    /// takes twice as much, with its own bookkeeping). `None`: as much as the system likes.
    pub send_buffer: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: Some(1024),
            header: Duration::from_secs(10),
            stall: Duration::from_secs(8),
            drain: Duration::from_secs(10),
            buffer: 16 * 1024,
            send_buffer: Some(64 * 1024),
        }
    }
}

impl Limits {
    /// A semaphore of a 32-bit system knows no more.
    const MOST_CONNECTIONS: u32 = 1 << 28;
    /// hyper refuses less.
    const LEAST_BUFFER: usize = 8 * 1024;

    fn places(&self) -> u32 {
        self.connections.clamp(1, Self::MOST_CONNECTIONS)
    }
}

/// Serves until `end` is over. Handlers find the peer's address as `ConnectInfo<SocketAddr>`.
///
/// From then on nobody new is let in, and connections that wait for a request are closed. The others have
/// [`Limits::drain`]; what is still there is then broken off: handlers are dropped, and whoever holds an upgraded
/// connection meets an error at its next read or write. A host tells its streams and sockets of the end by the same
/// signal, so that they can say goodbye in time.
///
/// ```
/// use axum::{Router, routing::get};
/// use coup_axum::listen::{Limits, serve};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let app = Router::new().route("/", get(async || "안녕하세요"));
/// let limits = Limits { connections: 1000, ..Limits::default() };
/// # let shutdown = std::future::ready(());
/// serve(tcp, app, limits, shutdown).await;
/// # Ok::<_, std::io::Error>(()) })?;
/// # Ok::<_, std::io::Error>(())
/// ```
pub async fn serve(tcp: TcpListener, app: Router, limits: Limits, end: impl Future<Output = ()>) {
    let listener = Guarded::with(tcp, limits);
    let (going_on, announced) = watch::channel(());
    let mut tasks = JoinSet::new();
    let mut lines = Lines::default();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(limits.buffer.max(Limits::LEAST_BUFFER));
    let mut end = pin!(end);
    loop {
        let (connection, peer) = tokio::select! {
            () = &mut end => break,
            accepted = listener.next() => accepted,
            // One that has ended leaves nothing behind.
            Some(_) = tasks.join_next() => continue,
        };
        lines.add(connection.line());
        let service = TowerToHyperService::new(known(&app, peer));
        let served = http.serve_connection(TokioIo::new(connection), service).with_upgrades();
        let mut announced = announced.clone();
        tasks.spawn(async move {
            let mut served = pin!(served);
            let ended = tokio::select! {
                ended = &mut served => ended,
                _ = announced.changed() => {
                    served.as_mut().graceful_shutdown();
                    served.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "connection ended");
            }
        });
    }
    // Nobody new gets in while the others finish.
    let places = listener.close();
    drop(going_on);
    if timeout(limits.drain, places.all_free()).await.is_err() {
        tracing::warn!(connections = places.taken(), "what did not end in time is broken off");
        lines.end();
        tasks.shutdown().await;
        // Who holds an upgraded connection is woken, and lets go of it.
        if timeout(LETTING_GO, places.all_free()).await.is_err() {
            tracing::warn!(connections = places.taken(), "upgraded connections are held on to");
        }
    }
}

/// How long it may take to notice that a connection was broken off.
const LETTING_GO: Duration = Duration::from_secs(1);

/// The host's routes, for requests of one peer.
fn known(
    app: &Router,
    peer: SocketAddr,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static {
    app.clone().map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    })
}

/// All connections that were accepted and are still open, and some that were.
#[derive(Default)]
struct Lines(Vec<Weak<Line>>);

impl Lines {
    fn add(&mut self, line: Weak<Line>) {
        if self.0.len() == self.0.capacity() {
            self.0.retain(|line| line.strong_count() > 0);
            // Room for as many again: the next look is far away.
            self.0.reserve(self.0.len().max(64));
        }
        self.0.push(line);
    }

    fn end(self) {
        for line in self.0.iter().filter_map(Weak::upgrade) {
            line.end();
        }
    }
}
