//! What a connection is upgraded to.

use std::time::Duration;

use coup_axum::listen::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use crate::house::{House, PATIENCE};

#[tokio::test]
async fn an_upgraded_connection_goes_both_ways_and_no_silence_ends_it() {
    let short = Duration::from_millis(100);
    let limits = Limits { header: short, stall: short, ..Limits::default() };
    let mut house = House::new(limits).await;
    let peer = house.peer().await;
    let (mut peer, mut here) = house.pair(peer).await;
    for _ in 0..2 {
        let mut heard = [0; 5];
        peer.says("hello").await;
        timeout(PATIENCE, here.read_exact(&mut heard)).await.expect("what was said").unwrap();
        here.write_all(&heard).await.unwrap();
        timeout(PATIENCE, peer.0.read_exact(&mut heard)).await.expect("an echo").unwrap();
        assert_eq!(&heard, b"hello");
        peer.hears_nothing(short * 5).await;
    }
}
