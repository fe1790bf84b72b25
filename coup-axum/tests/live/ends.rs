//! What ends streams.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpSocket};

use crate::house::House;

/// How soon whoever may not hear any more hears no more.
const AT_ONCE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn who_is_kicked_is_told_why_within_a_second_and_hears_the_study_no_more() {
    let house = House::new().await;
    let (owner, guest) = (house.person("noah").await, house.person("mina").await);
    let (left, kept) = (house.study(&owner, true).await, house.study(&owner, true).await);
    house.join(&guest, &left).await;
    house.join(&guest, &kept).await;
    let mut stream = house.stream(&guest, "/stream", None).await;
    for _ in 0..2 {
        stream.next("ephemeral").await;
    }
    let last = stream.last.clone();
    let begin = Instant::now();
    let kicked = house.ask(&owner, Method::DELETE, &format!("/studies/{left}/members/{}", guest.id), None).await;
    assert_eq!(kicked.status(), 204);
    let cut = stream.next("cut").await;
    assert_eq!((&cut["code"], &cut["studyId"]), (&json!("kicked"), &json!(left)));
    assert!(stream.block().await.is_none(), "nothing follows a cut");
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());

    house.say(&owner, &left, "secret").await;
    house.say(&owner, &kept, "for all").await;
    let mut again = house.stream(&guest, "/stream", Some(&last)).await;
    assert_eq!(again.message().await, (kept, "for all".to_owned()));
    let refused = house.ask(&guest, Method::GET, &format!("/stream?study={left}"), None).await;
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn who_signs_out_is_cut_and_others_are_not() {
    let house = House::new().await;
    let (owner, guest) = (house.person("noah").await, house.person("mina").await);
    let study = house.study(&owner, true).await;
    let mut others = house.stream(&owner, "/stream", None).await;
    let mut stream = house.stream(&guest, "/notifications/stream", None).await;
    stream.block().await.unwrap();
    stream.block().await.unwrap();
    let begin = Instant::now();
    house.post(&guest, "/auth/sign-out", &json!({})).await;
    assert_eq!(stream.next("cut").await["code"], "signed_out");
    assert!(stream.block().await.is_none());
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(house.ask(&guest, Method::GET, "/stream", None).await.status(), 401);
    others.next("ephemeral").await;
    house.say(&owner, &study, "still here").await;
    assert_eq!(others.message().await.1, "still here");
}

#[tokio::test]
async fn who_deletes_their_account_is_cut_and_the_others_hear_that_they_left() {
    let house = House::new().await;
    let (owner, guest) = (house.person("noah").await, house.person("mina").await);
    let study = house.study(&owner, true).await;
    house.join(&guest, &study).await;
    let mut others = house.stream(&owner, "/stream", None).await;
    let mut stream = house.stream(&guest, "/stream", None).await;
    stream.next("ephemeral").await;
    others.next("ephemeral").await;
    let begin = Instant::now();
    assert_eq!(house.ask(&guest, Method::DELETE, "/me", None).await.status(), 204);
    stream.next("cut").await;
    assert!(stream.block().await.is_none(), "nothing follows a cut");
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!(house.ask(&guest, Method::GET, "/stream", None).await.status(), 401);
    while others.block().await.unwrap().data["type"] != "member.left" {}
}

#[tokio::test]
async fn who_does_not_read_is_ended_and_the_others_go_on() {
    let house = House::new().await;
    let owner = house.person("noah").await;
    let study = house.study(&owner, true).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stalled = socket.connect(house.address).await.unwrap();
    let request = format!("GET /api/stream HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n", house.address, owner.cookie);
    stalled.write_all(request.as_bytes()).await.unwrap();
    house.connections_are(|all| all == 1).await;
    let mut reading = house.stream(&owner, "/stream", None).await;
    reading.next("ephemeral").await;
    let long = "가".repeat(4000);
    let mut said = 0;
    while house.live.connections() > 1 {
        assert!(said < 5000, "the stalled connection is kept");
        for _ in 0..50 {
            house.say(&owner, &study, &long).await;
        }
        for _ in 0..50 {
            assert_eq!(reading.message().await.1.len(), long.len());
        }
        said += 50;
    }
    assert!(said > 100, "ended after {said}: there was room");
    house.say(&owner, &study, "and on").await;
    assert_eq!(reading.message().await.1, "and on");
    drop(stalled);
}
