//! The standing code and further invites.

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn an_invite_leads_into_a_private_study_without_approval() {
    let house = House::new();
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({ "isPublic": false, "isRecruiting": false, "autoApprove": false })).await;
    let invites = format!("/studies/{study}/invites");
    let invite = house
        .post(Some(&owner), &invites, json!({ "maxUses": 1, "expiresAt": "2026-03-09T09:00:00+09:00" }))
        .await
        .is(201)
        .json;
    assert_eq!((&invite["uses"], &invite["expiresAt"]), (&json!(0), &json!("2026-03-09T00:00:00Z")));
    let code = invite["code"].as_str().unwrap();
    let preview = house.get(Some(&guest), &format!("/invites/{code}")).await.is(200).json;
    assert_eq!((&preview["study"]["id"], &preview["refusal"]), (&json!(study), &Value::Null));
    assert_eq!(
        house.send(Some(&guest), "POST", &format!("/invites/{code}"), None).await.is(201).json["status"],
        "ACTIVE"
    );
    let late = house.person("박지호").await;
    assert_eq!(house.get(Some(&late), &format!("/invites/{code}")).await.json["refusal"], "invite_spent");
    house.send(Some(&late), "POST", &format!("/invites/{code}"), None).await.problem(409, "invite_spent");
    assert_eq!(house.get(Some(&owner), &invites).await.is(200).items()[0]["uses"], 1);
}

#[tokio::test]
async fn an_invite_runs_out_by_the_clock() {
    let house = House::new();
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let body = json!({ "expiresAt": "2026-03-03T00:00:00Z" });
    let invite = house.post(Some(&owner), &format!("/studies/{study}/invites"), body).await.is(201).json;
    house.clock.advance(chrono::TimeDelta::days(2));
    house
        .send(Some(&guest), "POST", &format!("/invites/{}", invite["code"].as_str().unwrap()), None)
        .await
        .problem(409, "invite_spent");
}

#[tokio::test]
async fn the_standing_code_lets_in_until_it_is_rotated() {
    let house = House::new();
    let (owner, one, two) = (house.person("김민준").await, house.person("이서연").await, house.person("박지호").await);
    let study = house.study(&owner, json!({ "isPublic": false })).await;
    let code =
        house.get(Some(&owner), &format!("/studies/{study}")).await.json["inviteCode"].as_str().unwrap().to_owned();
    house.send(Some(&one), "POST", &format!("/invites/{code}"), None).await.is(201);
    house
        .send(Some(&one), "POST", &format!("/studies/{study}/invite-code/rotate"), None)
        .await
        .problem(403, "forbidden");
    let rotated =
        house.send(Some(&owner), "POST", &format!("/studies/{study}/invite-code/rotate"), None).await.is(200).json;
    assert_ne!(rotated["inviteCode"], code);
    house.send(Some(&two), "POST", &format!("/invites/{code}"), None).await.problem(404, "not_found");
    house
        .send(Some(&two), "POST", &format!("/invites/{}", rotated["inviteCode"].as_str().unwrap()), None)
        .await
        .is(201);
}

#[tokio::test]
async fn a_revoked_invite_leads_nowhere_and_only_its_own_study_revokes_it() {
    let house = House::new();
    let (owner, guest) = (house.person("김민준").await, house.person("이서연").await);
    let (study, other) = (house.study(&owner, json!({})).await, house.study(&owner, json!({})).await);
    let invite = house.send(Some(&owner), "POST", &format!("/studies/{study}/invites"), None).await.is(201).json;
    let code = invite["code"].as_str().unwrap();
    house
        .send(Some(&owner), "DELETE", &format!("/studies/{other}/invites/{code}"), None)
        .await
        .problem(404, "not_found");
    house
        .send(Some(&guest), "DELETE", &format!("/studies/{study}/invites/{code}"), None)
        .await
        .problem(403, "forbidden");
    house.send(Some(&owner), "DELETE", &format!("/studies/{study}/invites/{code}"), None).await.is(204);
    house.get(Some(&guest), &format!("/invites/{code}")).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_wrong_with_an_invite_is_named() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let invites = format!("/studies/{}/invites", house.study(&owner, json!({})).await);
    for (body, field, code) in [
        (json!({ "maxUses": 0 }), "maxUses", "too_small"),
        (json!({ "maxUses": 10001 }), "maxUses", "too_great"),
        (json!({ "maxUses": "3" }), "maxUses", "wrong_type"),
        (json!({ "expiresAt": "tomorrow" }), "expiresAt", "not_a_time"),
        (json!({ "expiresAt": "2026-01-01T00:00:00Z" }), "expiresAt", "in_the_past"),
        (json!({ "expiresAt": "2028-01-01T00:00:00Z" }), "expiresAt", "too_far"),
        (json!({ "code": "mine" }), "code", "unknown_field"),
    ] {
        house.post(Some(&owner), &invites, body).await.names(field, code);
    }
    house.get(Some(&owner), "/invites/no%20code").await.names("code", "malformed_id");
    house.get(Some(&owner), "/invites/unknown").await.problem(404, "not_found");
    assert!(house.get(Some(&owner), &invites).await.items().is_empty());
}
