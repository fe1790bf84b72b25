//! How much of everything one client may take.

use std::time::{Duration, Instant};

use coup_tests::Way;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::scene::Scene;

const NOWHERE: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";

#[tokio::test]
async fn who_sends_too_fast_is_refused_and_taken_again_in_a_while() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let client = scene.connects(&kim, Way::WebSocket).await;
    let asks: Vec<_> = (0..200).map(|_| client.asks("study:leave", json!({ "studyId": NOWHERE }))).collect();
    let mut refused = Vec::new();
    for ask in asks {
        let answer = client.answer(ask).await;
        if answer["ok"] == false {
            refused.push(answer["problem"].clone());
        }
    }
    assert!((50..=150).contains(&refused.len()), "{} were refused", refused.len());
    let problem = &refused[0];
    assert_eq!((&problem["status"], &problem["code"]), (&json!(429), &json!("rate_limited")));
    let wait = refused.last().and_then(|problem| problem["retryAfter"].as_u64()).unwrap();
    assert!((1..=10).contains(&wait), "{problem}");
    tokio::time::sleep(Duration::from_secs(wait)).await;
    client.does("study:leave", json!({ "studyId": NOWHERE })).await;
    assert!(client.heard("cut").is_empty());
}

#[tokio::test]
async fn a_flood_is_cut() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    for way in [Way::WebSocket, Way::Polling] {
        let client = scene.connects(&kim, way).await;
        for _ in 0..2_000 {
            client.sends("typing", json!({ "studyId": NOWHERE, "on": true }));
        }
        // Whatever it sends after that ends the transport, too.
        client.hears("disconnect").await;
        let cuts = client.heard("cut");
        assert!(cuts.iter().all(|cut| *cut == json!({ "code": "rate_limited" })), "{cuts:?}");
        // What still came over a WebSocket when it was closed may have taken the last words back: TCP resets it.
        assert!(way == Way::WebSocket || cuts.len() == 1, "{:?}", client.log());
    }
    let other = scene.connects(&kim, Way::WebSocket).await;
    other.does("study:leave", json!({ "studyId": NOWHERE })).await;
}

#[tokio::test]
async fn more_than_64_kib_at_once_ends_only_the_connection_that_sent_it() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let study = scene.study(&kim, &[]).await;
    let other = scene.connects(&kim, Way::WebSocket).await;
    for way in [Way::WebSocket, Way::Polling] {
        let client = scene.connects(&kim, way).await;
        let long = json!({ "studyId": study, "content": "가".repeat(30 * 1024), "clientId": "1" });
        client.sends("message:send", long);
        client.hears("disconnect").await;
    }
    let near = json!({ "studyId": study, "content": "a".repeat(60 * 1024), "clientId": "2" });
    other.is_refused("message:send", near, 422, "invalid_input").await;
}

#[tokio::test]
async fn what_is_no_packet_ends_only_the_connection_that_sent_it() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let other = scene.connects(&kim, Way::WebSocket).await;
    for garbage in [
        "9",
        "2",
        "2[",
        "2[]",
        "2{}",
        "2[7]",
        "4{\"message\":\"x\"}",
        "51-[\"typing\",{\"_placeholder\":true,\"num\":0}]",
        "\u{1f980}",
    ] {
        let client = scene.connects(&kim, Way::WebSocket).await;
        client.sends_raw(garbage);
        client.hears("disconnect").await;
    }
    // Packets that are one, and ask for nothing.
    for odd in ["0", "3999[1]", "2[\"typing\"]", "2[\"typing\",", "1/other,"] {
        let client = scene.connects(&kim, Way::WebSocket).await;
        client.sends_raw(odd);
        client.disconnects();
    }
    other.does("study:leave", json!({ "studyId": NOWHERE })).await;
}

#[tokio::test]
async fn one_connection_hears_no_more_than_200_studies() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let study = scene.study(&kim, &[]).await;
    let mut database = scene.database().await;
    // As many as it takes, each with its owner, by the database's own copy of the first.
    for n in 0..200_u8 {
        let name: Value =
            json!({ "name": format!("{n}번째"), "description": "함께 공부해요", "category": "프로그래밍" });
        kim.person.post("/studies", name).await.is(201);
    }
    let studies: Vec<Vec<u8>> = sqlx::query_scalar("select id from studies").fetch_all(&mut database).await.unwrap();
    let ids: Vec<_> = studies.iter().map(|id| uuid::Uuid::from_slice(id).unwrap().to_string()).collect();
    let client = scene.connects(&kim, Way::WebSocket).await;
    for id in ids.iter().filter(|id| **id != study) {
        client.does("study:join", json!({ "studyId": id })).await;
        // Below the rate at which events are taken.
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    client.is_refused("study:join", json!({ "studyId": study }), 409, "too_many_joined").await;
    let first = ids.iter().find(|id| **id != study).unwrap();
    client.does("study:join", json!({ "studyId": first })).await;
    client.does("study:leave", json!({ "studyId": first })).await;
    client.does("study:join", json!({ "studyId": study })).await;
}

/// A WebSocket by hand: the answer to the handshake has come.
async fn websocket(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains("\"sid\"") {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "{}", String::from_utf8_lossy(&read));
    }
    assert!(read.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&read));
    stream
}

#[tokio::test]
async fn who_never_signs_in_is_dropped_after_ten_seconds() {
    let scene = Scene::new().await;
    let address = scene.server.url("").trim_start_matches("http://").to_owned();
    let begin = Instant::now();
    let mut silent = websocket(&address).await;
    let mut rest = Vec::new();
    timeout(Duration::from_secs(14), silent.read_to_end(&mut rest)).await.expect("dropped").ok();
    assert!(begin.elapsed() > Duration::from_secs(8), "dropped after {:?}", begin.elapsed());
}

#[tokio::test]
async fn a_session_that_was_never_opened_is_answered_and_nothing_else() {
    let scene = Scene::new().await;
    let client = coup_tests::web::client().build().unwrap();
    for query in [
        "",
        "?EIO=4",
        "?EIO=3&transport=polling",
        "?EIO=4&transport=carrier-pigeon",
        "?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAHs",
        "?EIO=4&transport=polling&sid=",
        "?EIO=4&transport=websocket",
        "?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAHs",
    ] {
        let answer = client.get(scene.server.url(&format!("/socket.io/{query}"))).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{query}");
    }
    let answer = client.post(scene.server.url("/socket.io/?EIO=4&transport=polling")).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}
