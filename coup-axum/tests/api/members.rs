//! Joining and leaving, requests, members and their roles.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_join_is_active_at_once_or_pending_until_approved() {
    let house = House::new();
    let (owner, one) = (house.person("김민준").await, house.person("이서연").await);
    let open = house.study(&owner, json!({})).await;
    let joined = house.send(Some(&one), "POST", &format!("/studies/{open}/join"), None).await.is(201).json;
    assert_eq!((&joined["status"], &joined["user"]["name"]), (&json!("ACTIVE"), &json!("이서연")));
    house.send(Some(&one), "POST", &format!("/studies/{open}/join"), None).await.problem(409, "already_member");

    let asked = house.study(&owner, json!({ "autoApprove": false })).await;
    let at = format!("/studies/{asked}");
    let body = json!({ "introduction": "안녕하세요", "motivation": "배우고 싶어요", "level": "초보" });
    let request = house.post(Some(&one), &format!("{at}/join"), body).await.is(202).json;
    assert_eq!((&request["status"], &request["level"]), (&json!("PENDING"), &json!("초보")));
    house.send(Some(&one), "POST", &format!("{at}/join"), None).await.problem(409, "already_requested");
    house.get(Some(&one), &format!("/my-studies/{asked}/messages")).await.problem(403, "forbidden");

    assert_eq!(house.get(Some(&owner), &format!("{at}/requests")).await.is(200).items()[0]["userId"], one.id);
    house.get(Some(&one), &format!("{at}/requests")).await.problem(403, "forbidden");
    house.post(Some(&one), &format!("{at}/members"), json!({ "userId": one.id })).await.problem(403, "forbidden");
    house.post(Some(&owner), &format!("{at}/members"), json!({ "userId": one.id })).await.is(201);
    house
        .post(Some(&owner), &format!("{at}/members"), json!({ "userId": one.id }))
        .await
        .problem(409, "already_member");
    house.post(Some(&owner), &format!("{at}/members"), json!({ "userId": "nobody" })).await.problem(404, "not_found");
    house.post(Some(&owner), &format!("{at}/members"), json!({ "userId": "" })).await.names("userId", "wrong_type");
    house.post(Some(&owner), &format!("{at}/members"), json!({})).await.names("userId", "required");
    let members = house.get(Some(&one), &format!("{at}/members")).await.is(200);
    assert_eq!(members.items().len(), 2);
}

#[tokio::test]
async fn a_request_is_withdrawn_or_rejected_and_then_not_made_again_for_a_day() {
    let house = House::new();
    let (owner, one) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({ "autoApprove": false })).await;
    let (join, target) = (format!("/studies/{study}/join"), format!("/studies/{study}/members/{}", one.id));
    house.send(Some(&one), "DELETE", &join, None).await.problem(409, "not_pending");
    house.send(Some(&one), "POST", &join, None).await.is(202);
    house.send(Some(&one), "DELETE", &join, None).await.is(204);
    house.send(Some(&one), "POST", &join, None).await.is(202);
    house.send(Some(&owner), "DELETE", &target, None).await.is(204);
    house.send(Some(&one), "POST", &join, None).await.problem(409, "rejected_recently");
    house.clock.advance(chrono::TimeDelta::hours(24));
    house.send(Some(&one), "POST", &join, None).await.is(202);
}

#[tokio::test]
async fn a_full_or_not_recruiting_study_takes_nobody_in() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let (one, two) = (house.person("이서연").await, house.person("박지호").await);
    let full = house.study(&owner, json!({ "maxMembers": 2 })).await;
    house.join(&one, &full).await;
    house.send(Some(&two), "POST", &format!("/studies/{full}/join"), None).await.problem(409, "study_full");
    let closed = house.study(&owner, json!({ "isRecruiting": false })).await;
    house.send(Some(&two), "POST", &format!("/studies/{closed}/join"), None).await.problem(409, "not_recruiting");
}

#[tokio::test]
async fn a_member_leaves_and_the_owner_stays() {
    let house = House::new();
    let (owner, one) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let leave = format!("/studies/{study}/leave");
    house.send(Some(&one), "POST", &leave, None).await.problem(403, "forbidden");
    house.join(&one, &study).await;
    house.send(Some(&one), "POST", &leave, None).await.is(204);
    house.send(Some(&owner), "POST", &leave, None).await.problem(403, "owner_stays");
    assert_eq!(house.get(Some(&owner), &format!("/studies/{study}")).await.json["memberCount"], 1);
}

#[tokio::test]
async fn who_was_kicked_comes_back_only_once_reinstated() {
    let house = House::new();
    let (owner, one, two) = (house.person("김민준").await, house.person("이서연").await, house.person("박지호").await);
    let study = house.study(&owner, json!({})).await;
    let at = format!("/studies/{study}");
    for person in [&one, &two] {
        house.join(person, &study).await;
    }
    let target = format!("{at}/members/{}", one.id);
    house.send(Some(&two), "DELETE", &target, None).await.problem(403, "forbidden");
    house
        .send(Some(&owner), "DELETE", &format!("{at}/members/{}", owner.id), None)
        .await
        .problem(403, "not_on_oneself");
    house.send(Some(&owner), "DELETE", &format!("{at}/members/nobody"), None).await.problem(404, "not_found");
    house.send(Some(&owner), "DELETE", &target, None).await.is(204);
    house.send(Some(&one), "POST", &format!("{at}/join"), None).await.problem(409, "kicked");
    house.get(Some(&one), &format!("/my-studies/{study}/messages")).await.problem(403, "forbidden");
    let kicked = house.get(Some(&owner), &format!("{at}/members?status=KICKED")).await.is(200);
    assert_eq!(kicked.items()[0]["userId"], one.id);
    house.get(Some(&two), &format!("{at}/members?status=KICKED")).await.problem(403, "forbidden");
    house.get(Some(&two), &format!("{at}/members?status=PENDING")).await.names("status", "unknown_value");
    house
        .send(Some(&owner), "POST", &format!("{at}/members/{}/reinstate", two.id), None)
        .await
        .problem(409, "not_kicked");
    let back = house.send(Some(&owner), "POST", &format!("{target}/reinstate"), None).await.is(200).json;
    assert_eq!(back["status"], "LEFT");
    house.join(&one, &study).await;
}

#[tokio::test]
async fn the_owner_appoints_dismisses_and_hands_over() {
    let house = House::new();
    let (owner, one, two) = (house.person("김민준").await, house.person("이서연").await, house.person("박지호").await);
    let study = house.study(&owner, json!({})).await;
    let at = format!("/studies/{study}");
    for person in [&one, &two] {
        house.join(person, &study).await;
    }
    let target = format!("{at}/members/{}", one.id);
    let role = |role: &str| Some(json!({ "role": role }));
    assert_eq!(house.send(Some(&owner), "PATCH", &target, role("ADMIN")).await.is(200).json["role"], "ADMIN");
    house.send(Some(&owner), "PATCH", &target, role("ADMIN")).await.problem(409, "same_role");
    house.send(Some(&owner), "PATCH", &target, role("OWNER")).await.names("role", "unknown_value");
    house.send(Some(&owner), "PATCH", &target, Some(json!({}))).await.names("role", "required");
    house.send(Some(&two), "PATCH", &target, role("MEMBER")).await.problem(403, "forbidden");
    house.send(Some(&one), "PATCH", &target, role("MEMBER")).await.problem(403, "forbidden");
    let refused = house.send(Some(&one), "DELETE", &format!("{at}/members/{}", owner.id), None).await;
    assert_eq!(refused.status, 403);
    house.post(Some(&one), &format!("{at}/transfer"), json!({ "userId": two.id })).await.problem(403, "forbidden");
    let handed = house.post(Some(&owner), &format!("{at}/transfer"), json!({ "userId": one.id })).await.is(200).json;
    assert_eq!((&handed["userId"], &handed["role"]), (&json!(one.id), &json!("OWNER")));
    let seen = house.get(Some(&owner), &at).await.json;
    assert_eq!((&seen["ownerId"], &seen["membership"]["role"]), (&json!(one.id), &json!("ADMIN")));
    house.send(Some(&owner), "POST", &format!("{at}/leave"), None).await.is(204);
}

#[tokio::test]
async fn members_page_by_cursor() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    house.join(&house.person("이서연").await, &study).await;
    let first = house.get(Some(&owner), &format!("/studies/{study}/members?limit=1")).await.is(200);
    let cursor = first.json["nextCursor"].as_str().unwrap();
    let second = house.get(Some(&owner), &format!("/studies/{study}/members?limit=1&cursor={cursor}")).await.is(200);
    assert_eq!((first.items().len(), second.items().len()), (1, 1));
    assert_ne!(first.items()[0]["userId"], second.items()[0]["userId"]);
    assert!(second.json["nextCursor"].is_null());
    // A cursor of one list is none of another.
    house
        .get(Some(&owner), &format!("/studies/{study}/requests?cursor={cursor}"))
        .await
        .names("cursor", "not_a_cursor");
}
