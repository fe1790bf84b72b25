//! Settings: who changes them, what a body may say, and what members meet.

use coup_core::policy::AdminRole;
use serde_json::{Value, json};

use crate::house::{House, Reply};

const SETTINGS: &str = "/admin/settings";

fn setting<'a>(reply: &'a Reply, key: &str) -> &'a Value {
    reply.items().iter().find(|item| item["key"] == key).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn settings_are_shown_with_what_they_may_be_and_who_changed_them() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let shown = house.get(Some(&root), SETTINGS).await.is(200);
    assert_eq!(shown.json["version"], 0);
    let days = json!({
        "key": "appealDays", "value": 30, "default": 30, "type": "number", "least": 1, "most": 365, "optional": false,
        "updatedBy": null, "updatedAt": null
    });
    assert_eq!(setting(&shown, "appealDays"), &days);
    assert_eq!(setting(&shown, "strikeLapseDays")["optional"], true);
    assert_eq!(setting(&shown, "timeZone")["type"], "timeZone");
    assert_eq!(setting(&shown, "ladder")["value"].as_array().unwrap().len(), 5);

    let change = json!({ "appealDays": 14, "siteName": " 햇빛 학교 ", "version": 0 });
    let changed = house.send(Some(&root), "PATCH", SETTINGS, Some(change)).await.is(200);
    assert_eq!((&changed.json["version"], &setting(&changed, "siteName")["value"]), (&json!(1), &json!("햇빛 학교")));
    assert_eq!(setting(&changed, "appealDays")["updatedBy"], root.id);
    assert_eq!(house.get(Some(&root), SETTINGS).await.json, changed.json);

    let stale = json!({ "appealDays": 15, "version": 0 });
    house.send(Some(&root), "PATCH", SETTINGS, Some(stale)).await.problem(409, "settings_changed");
    // What was shown can be sent back, and nothing changes.
    let all: serde_json::Map<_, _> =
        changed.items().iter().map(|item| (item["key"].as_str().unwrap().to_owned(), item["value"].clone())).collect();
    let same = house.send(Some(&root), "PATCH", SETTINGS, Some(all.into())).await.is(200);
    for (one, other) in same.items().iter().zip(changed.items()) {
        assert_eq!(one["value"], other["value"]);
    }
}

#[tokio::test]
async fn a_body_names_settings_that_there_are_once_each() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let patch = |body: Value| house.send(Some(&root), "PATCH", SETTINGS, Some(body));
    patch(json!({ "role": "SUPER_ADMIN", "chat": false })).await.names("role", "unknown_field");
    patch(json!({ "version": "1" })).await.names("version", "wrong_type");
    patch(json!({ "chat": null })).await.names("chat", "wrong_type");
    patch(json!({ "passwordMinLength": 7 })).await.names("passwordMinLength", "too_small");
    patch(json!({ "study.maxCapacity": 1001 })).await.names("study.maxCapacity", "too_great");
    let classes = json!({ "priorities": {}, "windowHours": 24, "raisedFrom": 5, "urgentFrom": 4 });
    patch(json!({ "classification": classes })).await.names("classification", "not_rising");
    let twice = br#"{"chat":false,"chat":true}"#.to_vec();
    let json = [("content-type", "application/json")];
    house.raw(Some(&root), "PATCH", SETTINGS, &json, twice).await.names("chat", "duplicate_field");
    let two = patch(json!({ "appealDays": 0, "signUp": 1 })).await.is(422);
    assert_eq!(two.json["errors"].as_array().unwrap().len(), 2, "every wrong value is told");
    let shown = house.get(Some(&root), SETTINGS).await;
    assert_eq!((&shown.json["version"], &setting(&shown, "chat")["value"]), (&json!(0), &json!(true)));
}

#[tokio::test]
async fn sign_up_can_be_switched_off() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    house.send(Some(&root), "PATCH", SETTINGS, Some(json!({ "signUp": false }))).await.is(200);
    let account = json!({ "email": "new@school.kr", "password": "correct horse battery", "name": "이서연" });
    house.post(None, "/auth/sign-up", account.clone()).await.problem(403, "sign_up_closed");
    house.send(Some(&root), "PATCH", SETTINGS, Some(json!({ "signUp": true }))).await.is(200);
    house.post(None, "/auth/sign-up", account).await.is(201);
}

#[tokio::test]
async fn during_maintenance_members_are_told_and_administrators_sign_in() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let member = house.person("이서연").await;
    let on = json!({ "maintenanceMode": true, "maintenanceMessage": "아홉 시까지 점검해요" });
    house.send(Some(&root), "PATCH", SETTINGS, Some(on)).await.is(200);
    for path in ["/me", "/studies", "/my-studies", "/notifications"] {
        let told = house.get(Some(&member), path).await.problem(503, "maintenance");
        assert_eq!(told.json["detail"], "아홉 시까지 점검해요", "{path}");
        assert!(told.headers.contains_key("retry-after"), "{path}");
        house.get(Some(&root), path).await.is(200);
    }
    let account = json!({ "email": "new@school.kr", "password": "correct horse battery", "name": "박지호" });
    house.post(None, "/auth/sign-up", account).await.problem(503, "maintenance");
    house.get(None, "/openapi.json").await.is(200);
    house.send(Some(&root), "PATCH", SETTINGS, Some(json!({ "maintenanceMode": false }))).await.is(200);
    house.get(Some(&member), "/me").await.is(200);
}
