//! A server with short limits, and peers of it.

use std::{
    convert::Infallible,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use coup_axum::listen::{Limits, serve};
use futures_util::stream;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

/// The most that a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What a handler holds of an upgraded connection.
pub(crate) type Upgraded = TokioIo<hyper::upgrade::Upgraded>;

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    /// Connections that were upgraded, to be used by the test.
    pub(crate) upgraded: mpsc::UnboundedReceiver<Upgraded>,
    end: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl House {
    pub(crate) async fn new(limits: Limits) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let (give, upgraded) = mpsc::unbounded_channel();
        let app = Router::new()
            .route("/", get(async || "안녕하세요"))
            .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
            .route("/endless", get(async || Body::from_stream(stream::repeat_with(chunk))))
            .route("/silent", get(async || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())))
            .route("/slow", get(slow))
            .route("/upgrade", get(async move |request: Request| upgrade(request, give)));
        let (end, ended) = oneshot::channel();
        let served = tokio::spawn(serve(tcp, app, limits, async { drop(ended.await) }));
        Self { address, upgraded, end: Some(end), served }
    }

    pub(crate) async fn peer(&self) -> Peer {
        Peer(TcpStream::connect(self.address).await.unwrap())
    }

    /// One of whom the system takes little at a time.
    pub(crate) async fn small_peer(&self) -> Peer {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Peer(socket.connect(self.address).await.unwrap())
    }

    /// One that comes from another address of this machine.
    pub(crate) async fn peer_from(&self, address: [u8; 4]) -> Peer {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        Peer(timeout(PATIENCE, socket.connect(self.address)).await.expect("a connection in time").unwrap())
    }

    /// Waits until whoever comes from here is served, and not refused.
    pub(crate) async fn lets_in(&self) {
        let begin = Instant::now();
        loop {
            let mut peer = self.peer().await;
            peer.asks("/").await;
            let head = peer.head().await;
            if head.starts_with("HTTP/1.1 200 ") {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "there is no room: {head}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A peer whose connection was upgraded, and the server's side of it.
    pub(crate) async fn pair(&mut self, mut peer: Peer) -> (Peer, Upgraded) {
        peer.says("GET /upgrade HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: plain\r\n\r\n").await;
        assert_eq!(peer.head().await.lines().next(), Some("HTTP/1.1 101 Switching Protocols"));
        let upgraded = timeout(PATIENCE, self.upgraded.recv()).await.expect("an upgraded connection");
        (peer, upgraded.unwrap())
    }

    pub(crate) fn announce_end(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
    }

    /// How long it went on.
    pub(crate) async fn ends(self) -> Duration {
        let begin = Instant::now();
        timeout(PATIENCE, self.served).await.expect("the server ends").unwrap();
        begin.elapsed()
    }
}

pub(crate) struct Peer(pub(crate) TcpStream);

impl Peer {
    pub(crate) async fn says(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    pub(crate) async fn asks(&mut self, path: &str) {
        self.says(&format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n")).await;
    }

    /// The head of an answer.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, self.0.read_u8()).await.expect("an answer in time").expect("an answer"));
        }
        String::from_utf8(head).unwrap()
    }

    /// The body of an answer to a request for a path, and how long it took.
    pub(crate) async fn gets(&mut self, path: &str) -> (String, Duration) {
        let begin = Instant::now();
        self.asks(path).await;
        (self.body().await, begin.elapsed())
    }

    /// The next answer's body.
    pub(crate) async fn body(&mut self) -> String {
        let head = self.head().await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let mut body = vec![0; length.parse().unwrap()];
        timeout(PATIENCE, self.0.read_exact(&mut body)).await.expect("a body in time").unwrap();
        String::from_utf8(body).unwrap()
    }

    /// Reads to the connection's end, and says how long that took.
    pub(crate) async fn is_closed(&mut self) -> Duration {
        self.rest().await.1
    }

    /// What comes until the connection's end, and how long that took.
    pub(crate) async fn rest(&mut self) -> (String, Duration) {
        let begin = Instant::now();
        let mut rest = Vec::new();
        // An end by a reset is one as well.
        let read = timeout(PATIENCE, self.0.read_to_end(&mut rest)).await;
        drop(read.expect("the server closes the connection"));
        (String::from_utf8_lossy(&rest).into_owned(), begin.elapsed())
    }

    /// Reads nothing until the server resets the connection, and says how long that took.
    pub(crate) async fn is_reset(&self) -> Duration {
        let begin = Instant::now();
        while self.0.take_error().unwrap().is_none() {
            assert!(begin.elapsed() < PATIENCE, "the server resets the connection");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        begin.elapsed()
    }

    /// Nothing comes for a while.
    pub(crate) async fn hears_nothing(&self, of: Duration) {
        assert!(timeout(of, self.0.peek(&mut [0])).await.is_err(), "something came");
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a body's stream may fail")]
fn chunk() -> Result<Bytes, Infallible> {
    Ok(Bytes::from_static(&[b'.'; 16 * 1024]))
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(500)).await;
    "late"
}

fn upgrade(request: Request, give: mpsc::UnboundedSender<Upgraded>) -> Response {
    let upgraded = hyper::upgrade::on(request);
    tokio::spawn(async move { give.send(TokioIo::new(upgraded.await.unwrap())) });
    (StatusCode::SWITCHING_PROTOCOLS, [(header::CONNECTION, "upgrade"), (header::UPGRADE, "plain")]).into_response()
}
