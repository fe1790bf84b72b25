//! The listener by itself, as `axum::serve` takes it.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    routing::get,
    serve::{Listener as _, ListenerExt as _},
};
use coup_axum::listen::{Connection, Guarded, Limits};
use futures_util::{FutureExt as _, stream};
use socket2::SockRef;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
};

use crate::house::Peer;

async fn pair(limits: Limits) -> (Connection, TcpStream) {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut guarded = Guarded::with(tcp, limits);
    let peer = TcpStream::connect(guarded.local_addr().unwrap()).await.unwrap();
    let (connection, address) = guarded.accept().await;
    assert_eq!(address, peer.local_addr().unwrap());
    (connection, peer)
}

#[tokio::test]
async fn small_writes_are_sent_at_once_and_the_system_keeps_little() {
    let (connection, _peer) = pair(Limits::default()).await;
    assert!(connection.socket().nodelay().unwrap());
    let kept = SockRef::from(connection.socket()).send_buffer_size().unwrap();
    assert!(kept <= 128 * 1024, "{kept}");
    let (less, _peer) = pair(Limits { send_buffer: Some(16 * 1024), ..Limits::default() }).await;
    assert!(SockRef::from(less.socket()).send_buffer_size().unwrap() < kept);
}

#[tokio::test]
async fn writes_that_do_not_stall_allocate_nothing() {
    let (mut connection, _peer) = pair(Limits::default()).await;
    // The first one asks the system whether there is room.
    connection.write_all(b"first").await.unwrap();
    let written = allocation_counter::measure(|| {
        for _ in 0..1000 {
            let write = tokio::task::unconstrained(connection.write_all(b"more than this"));
            write.now_or_never().expect("room").unwrap();
        }
    });
    assert_eq!(written.count_total, 0, "{written:?}");
}

#[tokio::test]
async fn axums_own_serving_gets_the_guard_and_the_peers_address_by_one_line() {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let app = Router::new()
        .route(
            "/endless",
            get(async || Body::from_stream(stream::repeat_with(|| Ok::<_, String>([b'.'; 4096].to_vec())))),
        )
        .route("/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
        .into_make_service_with_connect_info::<SocketAddr>();
    let stall = Duration::from_millis(500);
    let guarded = Guarded::with(tcp, Limits { stall, ..Limits::default() });
    tokio::spawn(async move { axum::serve(guarded.tap_io(|_| {}), app).await });
    let mut peer = Peer(TcpStream::connect(address).await.unwrap());
    let own = peer.0.local_addr().unwrap().to_string();
    assert_eq!(peer.gets("/peer").await.0, own);
    let small = TcpSocket::new_v4().unwrap();
    small.set_recv_buffer_size(4096).unwrap();
    let mut stalled = Peer(small.connect(address).await.unwrap());
    stalled.asks("/endless").await;
    let end = stalled.is_reset().await;
    assert!(end > stall / 2 && end < stall * 4, "{end:?}");
}
