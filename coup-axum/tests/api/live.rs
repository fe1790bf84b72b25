//! Tickets, typing, and what streams refuse. What they tell is asked in `tests/live`.

use chrono::TimeDelta;
use coup_core::testing::fixtures;
use serde_json::json;

use crate::house::{House, NO_ID};

#[tokio::test]
async fn a_ticket_lasts_a_minute_and_is_nobody_elses() {
    let house = House::new();
    let person = house.person("김민준").await;
    let first = house.send(Some(&person), "POST", "/realtime/ticket", None).await.is(201);
    assert_eq!(first.headers["cache-control"], "no-store");
    assert!(first.json["ticket"].as_str().unwrap().len() >= 43, "{}", first.text);
    let minute = json!(fixtures::START + TimeDelta::minutes(1));
    assert_eq!(first.json["expiresAt"], minute);
    let second = house.send(Some(&person), "POST", "/realtime/ticket", None).await.is(201);
    assert_ne!(first.json["ticket"], second.json["ticket"]);
    house.send(None, "POST", "/realtime/ticket", None).await.problem(401, "not_signed_in");
    house.post(Some(&person), "/realtime/ticket", json!({ "for": "me" })).await.problem(422, "invalid_input");
}

#[tokio::test]
async fn whoever_may_send_may_tell_that_they_write() {
    let house = House::new();
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let path = format!("/my-studies/{study}/typing");
    for on in [true, true, false] {
        house.post(Some(&owner), &path, json!({ "on": on })).await.is(204);
    }
    house.post(Some(&owner), &path, json!({})).await.names("on", "required");
    house.post(Some(&owner), &path, json!({ "on": "yes" })).await.names("on", "wrong_type");
    house.post(Some(&owner), &path, json!({ "on": true, "off": false })).await.problem(422, "invalid_input");
    house.post(Some(&guest), &path, json!({ "on": true })).await.problem(403, "forbidden");
    let nowhere = format!("/my-studies/{NO_ID}/typing");
    house.post(Some(&owner), &nowhere, json!({ "on": true })).await.problem(404, "not_found");
    house.send(Some(&owner), "POST", &format!("/studies/{study}/close"), None).await.is(200);
    house.post(Some(&owner), &path, json!({ "on": true })).await.problem(409, "study_closed");
}

#[tokio::test]
async fn a_stream_refuses_as_a_read_does() {
    let house = House::new();
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let open = house.study(&owner, json!({})).await;
    let closed = house.study(&owner, json!({ "isPublic": false })).await;
    for path in ["/stream", "/notifications/stream"] {
        house.get(None, path).await.problem(401, "not_signed_in");
        for method in ["POST", "PUT", "DELETE"] {
            house.send(Some(&guest), method, path, None).await.problem(405, "method_not_allowed");
        }
    }
    house.get(Some(&guest), &format!("/stream?study={open}")).await.problem(403, "forbidden");
    house.get(Some(&guest), &format!("/stream?study={closed}")).await.problem(404, "not_found");
    house.get(Some(&guest), &format!("/stream?study={NO_ID}")).await.problem(404, "not_found");
    house.get(Some(&owner), "/stream?study=mine").await.names("study", "malformed_id");
    house.get(Some(&owner), &format!("/stream?study={open}&since=3")).await.problem(422, "invalid_input");
}
