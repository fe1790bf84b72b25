//! The end of service.

use std::{io::ErrorKind, time::Duration};

use coup_axum::listen::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::house::{House, PATIENCE};

const DRAIN: Duration = Duration::from_secs(1);
const AT_ONCE: Duration = Duration::from_millis(400);

fn limits() -> Limits {
    Limits { drain: DRAIN, ..Limits::default() }
}

#[tokio::test]
async fn idle_connections_are_closed_at_once_and_nobody_gets_in() {
    let mut house = House::new(Limits { drain: PATIENCE, ..Limits::default() }).await;
    let mut idle = house.peer().await;
    idle.gets("/").await;
    let mut silent = house.peer().await;
    house.peer().await.gets("/").await;
    house.announce_end();
    assert!(idle.is_closed().await < AT_ONCE);
    assert!(silent.is_closed().await < AT_ONCE);
    let address = house.address;
    assert!(house.ends().await < AT_ONCE);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_request_that_runs_is_answered() {
    let mut house = House::new(limits()).await;
    let mut peer = house.peer().await;
    peer.asks("/slow").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.announce_end();
    assert_eq!(peer.body().await, "late");
    assert!(peer.is_closed().await < AT_ONCE);
    assert!(house.ends().await < AT_ONCE);
}

#[tokio::test]
async fn streams_have_the_time_to_drain_and_are_then_broken_off() {
    let mut house = House::new(limits()).await;
    let mut silent = house.peer().await;
    silent.asks("/silent").await;
    silent.head().await;
    let mut endless = house.peer().await;
    endless.asks("/endless").await;
    endless.head().await;
    let taking = tokio::spawn(async move { endless.is_closed().await });
    house.announce_end();
    silent.hears_nothing(DRAIN / 2).await;
    let took = DRAIN / 2 + house.ends().await;
    assert!(took < DRAIN * 2, "{took:?}");
    assert!(silent.is_closed().await < AT_ONCE);
    taking.await.unwrap();
}

#[tokio::test]
async fn upgraded_connections_may_say_goodbye_and_are_then_broken_off() {
    let mut house = House::new(limits()).await;
    let (first, second) = (house.peer().await, house.peer().await);
    let (mut polite, mut polite_here) = house.pair(first).await;
    let (mut stubborn, mut stubborn_here) = house.pair(second).await;
    let held_on = tokio::spawn(async move { stubborn_here.read_u8().await });
    house.announce_end();
    tokio::time::sleep(DRAIN / 4).await;
    polite_here.write_all(b"goodbye").await.unwrap();
    drop(polite_here);
    let mut said = String::new();
    timeout(AT_ONCE, polite.0.read_to_string(&mut said)).await.expect("an end").unwrap();
    assert_eq!(said, "goodbye");
    let took = DRAIN / 4 + house.ends().await;
    assert!(took > DRAIN / 2 && took < DRAIN + AT_ONCE, "{took:?}");
    let error = timeout(AT_ONCE, held_on).await.expect("who reads is woken").unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
    assert!(stubborn.is_closed().await < AT_ONCE);
}

#[tokio::test]
async fn the_last_upgraded_connection_ends_the_wait() {
    let mut house = House::new(Limits { drain: PATIENCE, ..Limits::default() }).await;
    let peer = house.peer().await;
    let (peer, mut here) = house.pair(peer).await;
    house.announce_end();
    tokio::time::sleep(AT_ONCE / 2).await;
    drop(peer);
    assert_eq!(here.read(&mut [0]).await.unwrap(), 0);
    drop(here);
    assert!(house.ends().await < AT_ONCE);
}
