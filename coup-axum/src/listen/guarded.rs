//! The listener.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use socket2::SockRef;
use tokio::{net::TcpListener, sync::Semaphore};

use super::{Connection, Limits, addresses::Addresses};

/// A listener whose connections send at once (`TCP_NODELAY`), are bounded in number, and end when their peer takes nothing.
///
/// Of [`Limits`] it keeps `connections`, `per_address`, `stall` and `send_buffer`; the others are [`serve`](super::serve)'s.
///
/// ```
/// use axum::{Router, routing::get};
/// use coup_axum::listen::Guarded;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let app = Router::new().route("/", get(async || "안녕하세요"));
/// let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// # let shutdown = std::future::ready(());
/// axum::serve(Guarded::new(tcp), app).with_graceful_shutdown(shutdown).await?;
/// # Ok::<_, std::io::Error>(()) })?;
/// # Ok::<_, std::io::Error>(())
/// ```
///
/// Where handlers ask for the peer's address, as CoUp's do, axum knows it of a listener of another crate once that is
/// tapped:
///
/// ```
/// use std::net::SocketAddr;
/// use axum::{Router, extract::ConnectInfo, routing::get, serve::ListenerExt as _};
/// use coup_axum::listen::Guarded;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let app = Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
/// let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// # let shutdown = std::future::ready(());
/// let app = app.into_make_service_with_connect_info::<SocketAddr>();
/// axum::serve(Guarded::new(tcp).tap_io(|_| {}), app).with_graceful_shutdown(shutdown).await?;
/// # Ok::<_, std::io::Error>(()) })?;
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Guarded {
    tcp: TcpListener,
    stall: Duration,
    places: Places,
    addresses: Arc<Addresses>,
}

impl Guarded {
    /// By the default limits.
    pub fn new(tcp: TcpListener) -> Self {
        Self::with(tcp, Limits::default())
    }

    /// By these limits.
    pub fn with(tcp: TcpListener, limits: Limits) -> Self {
        // What it accepts inherits this.
        if let Some(Err(error)) = limits.send_buffer.map(|bytes| SockRef::from(&tcp).set_send_buffer_size(bytes)) {
            tracing::warn!(%error, "cannot bound what the system keeps of a connection");
        }
        let addresses = Addresses::new(limits.per_address);
        Self { tcp, stall: limits.stall, places: Places::new(limits.places()), addresses }
    }

    /// The next connection, once there is a place for it. Nothing is lost when it is dropped.
    pub(super) async fn next(&self) -> (Connection, SocketAddr) {
        loop {
            let Ok(place) = self.places.room.clone().acquire_owned().await else {
                // Nobody closes the room.
                std::future::pending().await
            };
            match self.tcp.accept().await {
                Ok((tcp, peer)) => {
                    let Ok(seat) = self.addresses.seat(peer.ip()) else {
                        self.addresses.refuse(tcp);
                        continue;
                    };
                    // Small answers go out at once.
                    if let Err(error) = tcp.set_nodelay(true) {
                        tracing::debug!(%peer, %error, "cannot turn Nagle's algorithm off");
                    }
                    return (Connection::new(tcp, self.stall, (place, seat)), peer);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections");
                    drop(place);
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }

    /// Lets nobody in any more.
    pub(super) fn close(self) -> Places {
        self.places
    }
}

impl Listener for Guarded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        self.next().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// How long to wait when the system has no more sockets.
const BREATH: Duration = Duration::from_millis(100);

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

/// The places of connections; each has one from its acceptance until its socket is closed.
#[derive(Debug)]
pub(super) struct Places {
    room: Arc<Semaphore>,
    all: u32,
}

impl Places {
    fn new(all: u32) -> Self {
        Self { room: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Over once no connection is left.
    pub(super) async fn all_free(&self) {
        drop(self.room.acquire_many(self.all).await);
    }

    pub(super) fn taken(&self) -> usize {
        (self.all as usize).saturating_sub(self.room.available_permits())
    }
}
