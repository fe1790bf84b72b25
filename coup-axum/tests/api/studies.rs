//! `/studies`, `/my-studies`.

use serde_json::{Value, json};

use crate::house::{House, NO_ID};

#[tokio::test]
async fn a_founder_owns_their_study() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let body = json!({ "name": "알고리즘", "description": "함께 풀어요", "category": "프로그래밍", "tags": ["초보", "초보"], "maxMembers": 5 });
    let study = house.post(Some(&owner), "/studies", body).await.is(201).json;
    assert_eq!(
        (&study["ownerId"], &study["memberCount"], &study["maxMembers"]),
        (&json!(owner.id), &json!(1), &json!(5))
    );
    assert_eq!((&study["membership"]["role"], &study["tags"]), (&json!("OWNER"), &json!(["초보"])));
    assert!(study["inviteCode"].is_string());
    assert_eq!(study["createdAt"], "2026-03-02T00:00:00.123456Z");
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_new_study_is_named_at_once_and_nothing_is_written() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let reply =
        house.post(Some(&owner), "/studies", json!({ "name": "a", "maxMembers": 1, "timeZone": "Mars/Base" })).await;
    let reply = reply.names("name", "too_short").names("description", "required").names("category", "required");
    reply.names("maxMembers", "too_small").names("timeZone", "not_a_time_zone");
    house
        .post(Some(&owner), "/studies", json!({ "name": "좋은 이름", "ownerId": "me" }))
        .await
        .names("ownerId", "unknown_field");
    house.post(Some(&owner), "/studies", json!({ "name": 7 })).await.names("name", "wrong_type");
    house.post(Some(&owner), "/studies", json!({ "name": null })).await.names("name", "wrong_type");
    house.post(Some(&owner), "/studies", json!({ "tags": ["a", 7] })).await.names("tags[1]", "wrong_type");
    assert!(house.get(Some(&owner), "/my-studies").await.is(200).items().is_empty());
}

#[tokio::test]
async fn a_private_study_is_not_there_for_outsiders() {
    let house = House::new();
    let (owner, outsider) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({ "isPublic": false })).await;
    let at = format!("/studies/{study}");
    house.get(Some(&owner), &at).await.is(200);
    for (method, path, body) in [
        ("GET", at.clone(), None),
        ("PATCH", at.clone(), Some(json!({ "name": "다른 이름" }))),
        ("DELETE", at.clone(), None),
        ("POST", format!("{at}/join"), None),
        ("POST", format!("{at}/close"), None),
        ("GET", format!("{at}/members"), None),
        ("GET", format!("{at}/requests"), None),
        ("GET", format!("{at}/invites"), None),
        ("POST", format!("{at}/transfer"), Some(json!({ "userId": outsider.id }))),
        ("GET", format!("/my-studies/{study}/messages"), None),
        ("POST", format!("/my-studies/{study}/messages"), Some(json!({ "content": "안녕" }))),
    ] {
        house.send(Some(&outsider), method, &path, body).await.problem(404, "not_found");
    }
    assert!(house.get(Some(&outsider), "/studies").await.items().is_empty());
    house.get(Some(&outsider), &format!("/studies/{NO_ID}")).await.problem(404, "not_found");
}

#[tokio::test]
async fn an_outsider_sees_a_public_study_without_its_code_and_changes_nothing() {
    let house = House::new();
    let (owner, outsider) = (house.person("김민준").await, house.person("이서연").await);
    let at = format!("/studies/{}", house.study(&owner, json!({})).await);
    let seen = house.get(Some(&outsider), &at).await.is(200).json;
    assert_eq!((&seen["inviteCode"], &seen["membership"]), (&Value::Null, &Value::Null));
    let refused =
        house.send(Some(&outsider), "PATCH", &at, Some(json!({ "name": "내 것" }))).await.problem(403, "forbidden");
    assert_eq!(refused.json["permission"], "study:study.update");
    house.send(Some(&outsider), "DELETE", &at, None).await.problem(403, "forbidden");
    assert_eq!(house.get(Some(&owner), &at).await.json["name"], "알고리즘 스터디");
}

#[tokio::test]
async fn patch_changes_what_is_given_and_put_wants_the_whole() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let at = format!("/studies/{}", house.study(&owner, json!({ "subCategory": "러스트", "tags": ["a"] })).await);
    let edited = house
        .send(Some(&owner), "PATCH", &at, Some(json!({ "subCategory": null, "isRecruiting": false })))
        .await
        .is(200)
        .json;
    assert_eq!(
        (&edited["subCategory"], &edited["isRecruiting"], &edited["tags"]),
        (&Value::Null, &json!(false), &json!(["a"]))
    );
    let put = house.send(Some(&owner), "PUT", &at, Some(json!({ "name": "새 이름" }))).await;
    put.names("description", "required").names("category", "required");
    let whole = json!({ "name": "새 이름", "description": "새 설명", "category": "수학" });
    let replaced = house.send(Some(&owner), "PUT", &at, Some(whole)).await.is(200).json;
    assert_eq!(
        (&replaced["name"], &replaced["category"], &replaced["tags"]),
        (&json!("새 이름"), &json!("수학"), &json!(["a"]))
    );
}

#[tokio::test]
async fn capacity_does_not_fall_below_the_members() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    for name in ["이서연", "박지호"] {
        house.join(&house.person(name).await, &study).await;
    }
    let at = format!("/studies/{study}");
    house.send(Some(&owner), "PATCH", &at, Some(json!({ "maxMembers": 2 }))).await.problem(409, "capacity_too_small");
    house.send(Some(&owner), "PATCH", &at, Some(json!({ "maxMembers": 3 }))).await.is(200);
}

#[tokio::test]
async fn a_closed_study_is_readable_and_not_writable_until_reopened() {
    let house = House::new();
    let (owner, other) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let at = format!("/studies/{study}");
    house.send(Some(&owner), "POST", &format!("{at}/reopen"), None).await.problem(409, "study_open");
    let closed = house.send(Some(&owner), "POST", &format!("{at}/close"), None).await.is(200).json;
    assert!(closed["closedAt"].is_string());
    house.send(Some(&owner), "PATCH", &at, Some(json!({ "name": "다른 이름" }))).await.problem(409, "study_closed");
    house.send(Some(&other), "POST", &format!("{at}/join"), None).await.problem(409, "study_closed");
    house
        .post(Some(&owner), &format!("/my-studies/{study}/messages"), json!({ "content": "안녕" }))
        .await
        .problem(409, "study_closed");
    house.get(Some(&owner), &at).await.is(200);
    house.send(Some(&owner), "POST", &format!("{at}/reopen"), None).await.is(200);
    house.join(&other, &study).await;
}

#[tokio::test]
async fn a_hidden_study_is_there_for_its_members_only_and_not_writable() {
    let house = House::new();
    let (owner, other) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    house.hide(&study).await;
    let at = format!("/studies/{study}");
    house.get(Some(&other), &at).await.problem(404, "not_found");
    assert!(house.get(Some(&owner), &at).await.is(200).json["hiddenAt"].is_string());
    house.send(Some(&owner), "PATCH", &at, Some(json!({ "name": "다른 이름" }))).await.problem(409, "study_hidden");
    house.send(Some(&owner), "DELETE", &at, None).await.problem(409, "study_hidden");
}

#[tokio::test]
async fn a_deleted_study_is_gone() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let at = format!("/studies/{}", house.study(&owner, json!({})).await);
    house.send(Some(&owner), "DELETE", &at, None).await.is(204);
    house.get(Some(&owner), &at).await.problem(404, "not_found");
}

#[tokio::test]
async fn browsing_filters_sorts_and_pages() {
    let house = House::new();
    let (owner, other) = (house.person("김민준").await, house.person("이서연").await);
    for (name, category) in [("수학 올림피아드", "수학"), ("러스트 첫걸음", "프로그래밍"), ("수학의 정석", "수학")]
    {
        let study = house.study(&owner, json!({ "name": name, "category": category, "tags": ["초보 환영"] })).await;
        if name == "러스트 첫걸음" {
            house.join(&other, &study).await;
        }
        house.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let names = |reply: &crate::house::Reply| -> Vec<String> {
        reply.items().iter().map(|study| study["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = house.get(Some(&other), "/studies").await.is(200);
    assert_eq!(names(&all), ["수학의 정석", "러스트 첫걸음", "수학 올림피아드"]);
    for (query, found) in [
        ("query=%EC%88%98%ED%95%99&sortOrder=asc", vec!["수학 올림피아드", "수학의 정석"]),
        ("category=%ED%94%84%EB%A1%9C%EA%B7%B8%EB%9E%98%EB%B0%8D", vec!["러스트 첫걸음"]),
        ("minMembers=2", vec!["러스트 첫걸음"]),
        ("tag=nothing", vec![]),
        ("isRecruiting=false", vec![]),
        ("sortBy=memberCount&limit=1", vec!["러스트 첫걸음"]),
    ] {
        assert_eq!(names(&house.get(Some(&other), &format!("/studies?{query}")).await.is(200)), found, "{query}");
    }
    let first = house.get(Some(&other), "/studies?limit=2").await;
    let cursor = first.json["nextCursor"].as_str().unwrap();
    let second = house.get(Some(&other), &format!("/studies?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((names(&second), &second.json["nextCursor"]), (vec!["수학 올림피아드".to_owned()], &Value::Null));
    house.get(Some(&other), &format!("/studies?sortBy=rating&cursor={cursor}")).await.names("cursor", "not_a_cursor");
}

#[tokio::test]
async fn a_malformed_query_is_refused_by_field() {
    let house = House::new();
    let person = house.person("김민준").await;
    for (query, field, code) in [
        ("page=2", "page", "unknown_field"),
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_great"),
        ("limit=many", "limit", "wrong_type"),
        ("limit=1&limit=2", "limit", "duplicate_field"),
        ("cursor=zebra", "cursor", "not_a_cursor"),
        ("sortBy=name", "sortBy", "unknown_value"),
        ("sortOrder=DESC", "sortOrder", "unknown_value"),
        ("isRecruiting=1", "isRecruiting", "wrong_type"),
        ("minMembers=-1", "minMembers", "wrong_type"),
        ("minRating=NaN", "minRating", "out_of_range"),
        ("query=%00", "query", "forbidden_character"),
        ("category=%00", "category", "forbidden_character"),
        ("tag=%E2%80%8Ba", "tag", "forbidden_character"),
    ] {
        house.get(Some(&person), &format!("/studies?{query}")).await.names(field, code);
    }
}

#[tokio::test]
async fn own_studies_come_with_unread_counts() {
    let house = House::new();
    let (owner, member) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    house.join(&member, &study).await;
    for content in ["하나", "둘"] {
        house.post(Some(&owner), &format!("/my-studies/{study}/messages"), json!({ "content": content })).await.is(201);
    }
    let own = house.get(Some(&member), "/my-studies").await.is(200);
    assert_eq!((&own.items()[0]["id"], &own.items()[0]["unreadCount"]), (&json!(study), &json!(2)));
    assert_eq!(own.items()[0]["membership"]["role"], "MEMBER");
    assert_eq!(house.get(Some(&owner), "/my-studies").await.items()[0]["unreadCount"], 0);
}
