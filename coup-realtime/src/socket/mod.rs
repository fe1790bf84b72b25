//! Socket.IO (specification, real time § Socket.IO): the transport. Who may connect and what events mean says a [`Protocol`].

mod ask;
mod fan;
mod pace;
mod peer;
mod session;
mod sink;
mod wire;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{OriginalUri, Request},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use coup_core::{coup::Ctx, error::Error};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use socketioxide::{
    ParserConfig, SocketIo,
    extract::{SocketRef, TryData},
    handler::ConnectHandler as _,
    service::SocketIoService,
};
use tower::{Service as _, ServiceExt as _};

use self::{
    fan::{Fan, Slot},
    peer::{Desk, Terms},
    session::{Session, Sessions},
    sink::SocketSink,
    wire::Wire,
};
pub use self::{pace::Rate, peer::Peer};
use crate::live::{Live, Since};

/// Bounds of sockets. Begin with [`Bounds::default`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// How fast one connection may send events.
    pub rate: Rate,
    /// The largest message, in bytes.
    pub payload: usize,
    /// What may wait for a client, in packets; beyond it the connection ends as too slow.
    pub queue: usize,
    /// Studies that one connection may hear.
    pub studies: usize,
    /// How long a client may take to sign in.
    pub sign_in: Duration,
    /// How often clients are asked whether they are there.
    pub ping: Duration,
    /// How long they may take to answer.
    pub pong: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            rate: Rate::default(),
            payload: 64 * 1024,
            queue: 256,
            studies: 200,
            sign_in: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            pong: Duration::from_secs(15),
        }
    }
}

/// Why a connection does not hear a study.
#[derive(Debug)]
pub enum NotJoined {
    /// It hears as many as it may.
    TooMany,
    /// As a request is refused.
    Because(Error),
}

/// Who may connect, and what events mean. Answers are what clients are acknowledged with.
pub trait Protocol: Send + Sync + 'static {
    /// What it keeps of a connection.
    type Guest: Send + Sync + 'static;

    /// Who connects, by the request that opened the session and what the client says of itself; or the code of the problem.
    fn sign_in(
        &self,
        opening: &Parts,
        auth: &Value,
    ) -> impl Future<Output = Result<(Ctx, Self::Guest), &'static str>> + Send;

    /// The code of what stands in the way of the connection.
    fn refused(&self, error: Error) -> &'static str;

    /// Does what an event asks for.
    fn answer(&self, peer: &Peer<Self::Guest>, event: &str, body: &str) -> impl Future<Output = Value> + Send;

    /// The answer to an event that cannot be read.
    fn unreadable(&self, guest: &Self::Guest) -> Value;

    /// The answer to an event that comes too fast.
    fn too_fast(&self, guest: &Self::Guest, wait: Duration) -> Value;
}

/// What a connection reads ahead, in bytes: clients say little.
const READ_AHEAD: usize = 1024;
/// The library's answer to the request that opens a session is a line.
const OPENING: usize = 4096;

/// The sockets of a node, as a service for one path. Cheap to clone.
#[derive(Clone)]
pub struct Sockets {
    service: SocketIoService<Router, Fan>,
    sessions: Arc<Sessions>,
}

impl Sockets {
    /// Sockets under this path as the service sees it, such as `/socket.io`.
    pub fn new<P: Protocol>(path: &str, live: Live, protocol: P, bounds: &Bounds) -> Self {
        let slot = Slot::default();
        let (service, io) = SocketIo::builder()
            .with_adapter::<Fan>(slot.clone())
            .req_path(path.to_owned())
            .connect_timeout(bounds.sign_in)
            .ping_interval(bounds.ping)
            .ping_timeout(bounds.pong)
            .max_buffer_size(bounds.queue)
            .max_payload(u64::try_from(bounds.payload).unwrap_or(u64::MAX))
            .ws_max_message_size(bounds.payload)
            .ws_max_frame_size(bounds.payload)
            // Every connection has one; a longer message takes more while it is read.
            .ws_read_buffer_size(READ_AHEAD)
            // Nothing of ours is binary.
            .with_parser(ParserConfig::common().max_incoming_binaries(0))
            .build_with_inner_svc(Router::new());
        let door = Arc::new(Door { protocol: Arc::new(protocol), live, bounds: bounds.clone(), slot });
        let sign_in = move |socket: SocketRef<Fan>, TryData(auth): TryData<Value>| {
            let door = door.clone();
            async move { door.sign_in(socket, auth.unwrap_or_default()).await }
        };
        io.ns("/", begin::<P>.with(sign_in));
        Self { service, sessions: Arc::default() }
    }

    /// Whether a request belongs to a session that another has opened.
    pub fn continues(request: &Request) -> bool {
        parameter(request.uri(), "sid").is_some()
    }

    /// Answers a request.
    pub async fn serve(&self, mut request: Request) -> Response {
        let session = match parameter(request.uri(), "sid") {
            None => Arc::new(Session::default()),
            Some(id) => match self.sessions.get(id) {
                Some(session) => session,
                None => return unknown_session(),
            },
        };
        // The library keeps the parts of the request that opens a session for as long as the session.
        request.extensions_mut().insert(session.clone());
        let_go(&mut request);
        if request.headers().contains_key(header::UPGRADE) {
            self.upgrade(request, &session).await
        } else if request.method() == Method::GET && parameter(request.uri(), "sid").is_none() {
            self.opened(request, &session).await
        } else {
            self.call(request).await
        }
    }

    async fn call(&self, request: Request) -> Response {
        match self.service.clone().oneshot(request).await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }

    /// Opens a session by polling.
    async fn opened(&self, request: Request, session: &Arc<Session>) -> Response {
        let response = self.call(request).await;
        if response.status() != StatusCode::OK {
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, OPENING).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        let opening = body.get(1..).and_then(|json| serde_json::from_slice::<Value>(json).ok());
        if let Some(id) = opening.as_ref().and_then(|opening| opening.get("sid")).and_then(Value::as_str) {
            self.sessions.keep(id.to_owned(), session);
        }
        Response::from_parts(parts, Body::from(body))
    }

    /// Opens a WebSocket, on a connection that ends with the session.
    async fn upgrade(&self, mut request: Request, session: &Arc<Session>) -> Response {
        // Taken away, so that the library answers the handshake but does not go on by itself.
        let upgrade = hyper::upgrade::on(&mut request);
        let (parts, body) = request.into_parts();
        let opening = Request::from_parts(parts.clone(), ());
        let response = self.call(Request::from_parts(parts, body)).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let (mut service, session) = (self.service.clone(), session.clone());
            tokio::spawn(async move {
                let Ok(connection) = upgrade.await else { return };
                let wire = Wire::new(TokioIo::new(connection), &session);
                // Only what it has accepted above could be wrong.
                let _ = service.call((wire, opening)).await;
            });
        }
        response
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets").finish_non_exhaustive()
    }
}

/// Lets clients in.
struct Door<P> {
    protocol: Arc<P>,
    live: Live,
    bounds: Bounds,
    slot: Slot,
}

/// What waits in a socket until the client is told that it is connected.
type Welcomed<P> = Arc<Mutex<Option<Desk<P>>>>;

impl<P: Protocol> Door<P> {
    /// Signs a client in, or answers the code of the problem. If it never comes to be connected, its socket is dropped, and
    /// what is put into it here with it.
    async fn sign_in(&self, socket: SocketRef<Fan>, auth: Value) -> Result<(), &'static str> {
        let opening = socket.req_parts();
        let session = opening.extensions.get::<Arc<Session>>().cloned().unwrap_or_default();
        let (ctx, guest) = self.protocol.sign_in(opening, &auth).await?;
        // Whoever connects does so within the namespace.
        let fan = self.slot.get().ok_or("unavailable")?;
        let sink = Arc::new(SocketSink::new(session, fan));
        let line = self.live.open(ctx, sink.clone(), Since::Now).await;
        let line = line.map_err(|error| self.protocol.refused(error))?;
        let terms = Terms { rate: self.bounds.rate, studies: self.bounds.studies };
        let (inbox, desk) =
            peer::welcome(self.protocol.clone(), self.live.clone(), line.clone(), guest, sink.clone(), terms);
        socket.extensions.insert::<Welcomed<P>>(Arc::new(Mutex::new(Some(desk))));
        socket.on_fallback(inbox);
        let live = self.live.clone();
        // Later, in a task: a cut disconnects while it holds the sink.
        socket.on_disconnect(async move || {
            // The socket holds this, and the sink the socket.
            sink.close();
            live.close(&line);
        });
        Ok(())
    }
}

/// The client is told that it is connected.
async fn begin<P: Protocol>(socket: SocketRef<Fan>) {
    let welcomed = socket.extensions.remove::<Welcomed<P>>();
    let desk = welcomed.and_then(|welcomed| welcomed.lock().unwrap_or_else(PoisonError::into_inner).take());
    if let Some(desk) = desk {
        desk.work(socket).await;
    }
}

/// Copies what a request says: as it came, each part of it keeps all that was read from the connection with it.
fn let_go(request: &mut Request) {
    for value in request.headers_mut().values_mut() {
        if let Ok(mut copy) = HeaderValue::from_bytes(value.as_bytes()) {
            copy.set_sensitive(value.is_sensitive());
            *value = copy;
        }
    }
    if let Ok(copy) = request.uri().to_string().parse() {
        *request.uri_mut() = copy;
    }
    if let Some(OriginalUri(uri)) = request.extensions_mut().get_mut()
        && let Ok(copy) = uri.to_string().parse()
    {
        *uri = copy;
    }
}

/// The first query parameter of that name; those of engine.io need no decoding.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(known, value)| (known == name).then_some(value))
}

/// As the library says it, so that clients open a new one.
fn unknown_session() -> Response {
    (StatusCode::BAD_REQUEST, axum::Json(serde_json::json!({ "code": 1, "message": "Session ID unknown" })))
        .into_response()
}
