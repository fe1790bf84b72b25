//! Peers that take nothing, or little.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use coup_axum::listen::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use crate::house::{House, PATIENCE};

const STALL: Duration = Duration::from_millis(800);

fn limits() -> Limits {
    Limits { stall: STALL, ..Limits::default() }
}

#[test]
fn by_default_a_stalled_connection_is_gone_within_ten_seconds() {
    assert!(Limits::default().stall + Duration::from_secs(1) < Duration::from_secs(10));
}

#[tokio::test]
async fn who_takes_nothing_of_an_endless_answer_is_cut_off_and_nobody_else_notices() {
    let house = House::new(limits()).await;
    let mut stalled = house.small_peer().await;
    stalled.asks("/endless").await;
    let mut other = house.peer().await;
    let (end, worst) = tokio::join!(stalled.is_reset(), async {
        let begin = Instant::now();
        let mut worst = Duration::ZERO;
        while begin.elapsed() < STALL * 2 {
            let (body, took) = other.gets("/").await;
            assert_eq!(body, "안녕하세요");
            worst = worst.max(took);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worst
    });
    assert!(end > STALL / 2 && end < STALL * 4, "{end:?}");
    assert!(worst < STALL / 2, "{worst:?}");
}

#[tokio::test]
async fn who_takes_little_by_little_is_served_on() {
    let house = House::new(limits()).await;
    let mut slow = house.small_peer().await;
    slow.asks("/endless").await;
    let begin = Instant::now();
    let mut bit = [0; 1024];
    // Far less in a stall's time than what the system waits for before it says that there is room.
    while begin.elapsed() < STALL * 5 {
        timeout(PATIENCE, slow.0.read_exact(&mut bit)).await.expect("more").expect("it goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(slow.0.take_error().unwrap().is_none());
}

#[tokio::test]
async fn a_stalled_write_fails_after_an_upgrade_too_and_wakes_by_itself() {
    let mut house = House::new(limits()).await;
    let peer = house.small_peer().await;
    let (peer, upgraded) = house.pair(peer).await;
    let (mut read, mut write) = tokio::io::split(upgraded);
    let reading = tokio::spawn(async move { read.read_u8().await });
    let begin = Instant::now();
    let error = timeout(PATIENCE, async {
        loop {
            if let Err(error) = write.write_all(&[b'.'; 4096]).await {
                break error;
            }
        }
    });
    let error = error.await.expect("the write fails by itself");
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert!(begin.elapsed() > STALL / 2 && begin.elapsed() < STALL * 4, "{:?}", begin.elapsed());
    let read = timeout(PATIENCE, reading).await.expect("who reads is woken as well").unwrap();
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionAborted);
    drop(write);
    peer.is_reset().await;
}

#[tokio::test]
async fn a_peer_that_stalls_and_takes_again_in_time_loses_nothing() {
    let mut house = House::new(limits()).await;
    let peer = house.small_peer().await;
    let (mut peer, mut upgraded) = house.pair(peer).await;
    let sent: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
    let writing = tokio::spawn({
        let sent = sent.clone();
        async move { upgraded.write_all(&sent).await }
    });
    let mut received = vec![0; sent.len()];
    for part in received.chunks_mut(sent.len() / 4) {
        tokio::time::sleep(STALL / 2).await;
        timeout(PATIENCE, peer.0.read_exact(part)).await.expect("more").unwrap();
    }
    timeout(PATIENCE, writing).await.expect("an end").unwrap().unwrap();
    assert!(sent == received, "another content");
}
