//! Who may connect.

use coup_tests::Way;
use serde_json::json;

use crate::scene::Scene;

const WAYS: [Way; 3] = [Way::WebSocket, Way::Polling, Way::Both];

#[tokio::test]
async fn a_cookie_signs_in_from_a_page_of_the_same_origin_by_websocket_and_by_polling() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    for way in WAYS {
        let client = scene.connects(&kim, way).await;
        client.does("study:leave", json!({ "studyId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57" })).await;
        client.disconnects();
    }
}

#[tokio::test]
async fn a_cookie_signs_nobody_in_from_another_origin_or_from_none() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    for way in WAYS {
        let client = scene.opens_from(&kim, way, "https://evil.example");
        assert_eq!(client.hears("connect_error").await["message"], "cross_site");
        let client = scene.opens_with(way, &json!({ "cookie": kim.cookie() }), &json!({}));
        assert_eq!(client.hears("connect_error").await["message"], "cross_site");
        let client = scene.opens_with(way, &json!({ "origin": scene.server.url("") }), &json!({}));
        assert_eq!(client.hears("connect_error").await["message"], "not_signed_in");
        assert!(client.heard("connect").is_empty());
    }
}

#[tokio::test]
async fn a_ticket_signs_in_once_and_in_time_from_anywhere() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    for (way, seconds) in [(Way::WebSocket, 50), (Way::Polling, 51)] {
        let ticket = scene.ticket(&kim, seconds).await;
        let headers = json!({ "origin": "https://app.example" });
        let first = scene.opens_with(way, &headers, &json!({ "ticket": ticket }));
        first.hears("connect").await;
        let second = scene.opens_with(way, &headers, &json!({ "ticket": ticket }));
        assert_eq!(second.hears("connect_error").await["message"], "not_signed_in");
    }
    let late = scene.ticket(&kim, -1).await;
    for ticket in [json!(late), json!("made up"), json!(7), json!(null)] {
        let client = scene.opens_with(Way::WebSocket, &json!({ "cookie": kim.cookie() }), &json!({ "ticket": ticket }));
        assert_eq!(client.hears("connect_error").await["message"], "not_signed_in", "{ticket}");
    }
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_once_its_holder_has_signed_out() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let ticket = scene.ticket(&kim, 50).await;
    kim.person.act("/auth/sign-out").await.is(204);
    let client = scene.opens_with(Way::WebSocket, &json!({}), &json!({ "ticket": ticket }));
    assert_eq!(client.hears("connect_error").await["message"], "not_signed_in");
}

#[tokio::test]
async fn there_is_one_namespace() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let client = scene.connects(&kim, Way::WebSocket).await;
    client.sends_raw("0/admin,");
    client.sends_raw("2/admin,1[\"message:send\",{}]");
    client.does("study:leave", json!({ "studyId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57" })).await;
    let url = scene.server.url("/admin");
    let headers = json!({ "cookie": kim.cookie(), "origin": scene.server.url("") });
    let other = scene.clients.open(&url, Way::WebSocket, &headers, &json!({}));
    assert_eq!(other.hears("connect_error").await["message"], "Invalid namespace");
}
