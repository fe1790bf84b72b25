//! Bounds of time and number.

use std::time::Duration;

use coup_axum::listen::Limits;

use crate::house::House;

const HEADER: Duration = Duration::from_millis(600);
const WHILE: Duration = Duration::from_millis(200);

fn limits() -> Limits {
    Limits { header: HEADER, ..Limits::default() }
}

#[tokio::test]
async fn half_a_header_is_waited_for_no_longer_than_the_limit_even_if_more_trickles_in() {
    let house = House::new(limits()).await;
    let mut half = house.peer().await;
    half.says("GET / HTTP/1.1\r\nhost: here\r\n").await;
    let mut trickling = house.peer().await;
    let trickled = async {
        loop {
            tokio::time::sleep(HEADER / 10).await;
            if tokio::io::AsyncWriteExt::write_all(&mut trickling.0, b"a: b\r\n").await.is_err() {
                break;
            }
        }
    };
    let trickled = async { tokio::time::timeout(HEADER * 4, trickled).await };
    let (closed, trickled) = tokio::join!(half.is_closed(), trickled);
    assert!(closed > HEADER / 2 && closed < HEADER * 3, "{closed:?}");
    trickled.expect("who trickles is cut off as well");
}

#[tokio::test]
async fn a_connection_may_be_idle_for_the_limit_and_then_is_closed() {
    let house = House::new(limits()).await;
    let mut never_asked = house.peer().await;
    let mut peer = house.peer().await;
    for _ in 0..3 {
        tokio::time::sleep(HEADER / 2).await;
        assert_eq!(peer.gets("/").await.0, "안녕하세요");
    }
    let closed = peer.is_closed().await;
    assert!(closed > HEADER / 2 && closed < HEADER * 3, "{closed:?}");
    never_asked.is_closed().await;
}

#[tokio::test]
async fn an_open_stream_and_a_long_answer_are_not_idle() {
    let house = House::new(limits()).await;
    let mut silent = house.peer().await;
    silent.asks("/silent").await;
    silent.head().await;
    silent.hears_nothing(HEADER * 3).await;
}

#[tokio::test]
async fn more_than_the_bound_wait_and_are_then_served() {
    let mut house = House::new(Limits { connections: 2, ..Limits::default() }).await;
    let first = house.peer().await;
    // What was upgraded counts as well.
    let (first, upgraded) = house.pair(first).await;
    let mut second = house.peer().await;
    assert_eq!(second.gets("/").await.0, "안녕하세요");
    let mut third = house.peer().await;
    third.asks("/").await;
    let mut fourth = house.peer().await;
    fourth.asks("/").await;
    third.hears_nothing(WHILE).await;
    drop(second);
    assert_eq!(third.body().await, "안녕하세요");
    fourth.hears_nothing(WHILE).await;
    drop((first, upgraded));
    assert_eq!(fourth.body().await, "안녕하세요");
}

#[tokio::test]
async fn a_header_is_as_long_as_the_buffer_at_most() {
    let house = House::new(Limits::default()).await;
    let mut peer = house.peer().await;
    // Cookies and all: what browsers send is far shorter.
    peer.says(&format!("GET / HTTP/1.1\r\nhost: here\r\ncookie: {}\r\n\r\n", "a".repeat(15_000))).await;
    assert_eq!(peer.body().await, "안녕하세요");
    peer.says(&format!("GET / HTTP/1.1\r\nhost: here\r\ncookie: {}\r\n\r\n", "a".repeat(20_000))).await;
    assert!(peer.head().await.starts_with("HTTP/1.1 431 "));
    peer.is_closed().await;
}

#[tokio::test]
async fn limits_that_make_no_sense_are_brought_to_the_least_that_does() {
    let house = House::new(Limits { connections: 0, buffer: 0, ..Limits::default() }).await;
    assert_eq!(house.peer().await.gets("/").await.0, "안녕하세요");
}

#[tokio::test]
async fn handlers_know_the_peers_address() {
    let house = House::new(Limits::default()).await;
    let mut peer = house.peer().await;
    let own = peer.0.local_addr().unwrap().to_string();
    assert_eq!(peer.gets("/peer").await.0, own);
}

#[tokio::test]
async fn one_address_has_as_many_connections_as_its_bound_and_one_too_many_is_told_so() {
    let mut house = House::new(Limits { per_address: Some(2), ..Limits::default() }).await;
    let first = house.peer().await;
    // What was upgraded counts as well.
    let (first, upgraded) = house.pair(first).await;
    let mut second = house.peer().await;
    assert_eq!(second.gets("/").await.0, "안녕하세요");
    for _ in 0..3 {
        let mut third = house.peer().await;
        third.asks("/").await;
        let head = third.head().await;
        assert!(head.starts_with("HTTP/1.1 429 ") && head.contains("application/problem+json"), "{head}");
        assert!(head.contains("retry-after: ") && head.contains("connection: close"), "{head}");
        let (words, _) = third.rest().await;
        assert!(words.contains("\"code\":\"too_many_connections\"") && words.contains("연결이 너무 많아요"), "{words}");
    }
    // Who never asks is not kept for long, and never takes a place.
    let mut silent = house.peer().await;
    let closed = silent.is_closed().await;
    assert!(closed < Duration::from_secs(4), "{closed:?}");
    // The others are well, and who goes makes room.
    assert_eq!(second.gets("/").await.0, "안녕하세요");
    drop(second);
    house.lets_in().await;
    drop((first, upgraded));
}

#[tokio::test]
async fn a_flood_of_one_address_leaves_the_places_of_others_free() {
    // 127.0.0.2 is this machine, too, and another address.
    let house = House::new(Limits { connections: 60, per_address: Some(50), ..Limits::default() }).await;
    let mut flood = Vec::new();
    for _ in 0..300 {
        flood.push(house.peer().await);
    }
    for _ in 0..5 {
        let mut neighbour = house.peer_from([127, 0, 0, 2]).await;
        let (words, took) = neighbour.gets("/").await;
        assert_eq!(words, "안녕하세요");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    drop(flood);
    house.lets_in().await;
}
