//! A study's chat.

use serde_json::{Value, json};

use crate::house::{House, NO_ID, Person, Reply};

async fn talk(house: &House, who: &Person, study: &str, contents: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for content in contents {
        ids.push(
            house
                .post(Some(who), &format!("/my-studies/{study}/messages"), json!({ "content": content }))
                .await
                .is(201)
                .id(),
        );
    }
    ids
}

fn contents(reply: &Reply) -> Vec<&str> {
    reply.items().iter().map(|message| message["content"].as_str().unwrap_or("—")).collect()
}

#[tokio::test]
async fn members_talk_in_order_and_page_both_ways() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let at = format!("/my-studies/{study}/messages");
    talk(&house, &owner, &study, &["하나", "둘", "셋", "넷", "다섯"]).await;
    let newest = house.get(Some(&owner), &format!("{at}?limit=2")).await.is(200);
    assert_eq!(contents(&newest), ["다섯", "넷"]);
    let cursor = newest.json["nextCursor"].as_str().unwrap();
    for follow in [format!("cursor={cursor}"), format!("before={cursor}"), format!("before=99&cursor={cursor}")] {
        assert_eq!(
            contents(&house.get(Some(&owner), &format!("{at}?limit=2&{follow}")).await.is(200)),
            ["셋", "둘"],
            "{follow}"
        );
    }
    let forward = house.get(Some(&owner), &format!("{at}?after=1&limit=2")).await.is(200);
    assert_eq!(contents(&forward), ["둘", "셋"]);
    let cursor = forward.json["nextCursor"].as_str().unwrap();
    let rest = house.get(Some(&owner), &format!("{at}?after=1&limit=2&cursor={cursor}")).await.is(200);
    assert_eq!((contents(&rest), &rest.json["nextCursor"]), (vec!["넷", "다섯"], &Value::Null));
    for (query, field, code) in [
        ("before=1&after=1", "after", "not_together"),
        ("query=a&after=1", "after", "not_with_query"),
        ("before=-1", "before", "too_small"),
        ("after=x", "after", "wrong_type"),
        ("cursor=x", "cursor", "not_a_cursor"),
        ("cursor=-3", "cursor", "not_a_cursor"),
        ("limit=101", "limit", "too_great"),
        ("from=1", "from", "unknown_field"),
    ] {
        house.get(Some(&owner), &format!("{at}?{query}")).await.names(field, code);
    }
}

#[tokio::test]
async fn two_syllables_are_found() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    talk(&house, &owner, &study, &["내일 수학 시험", "영어 숙제", "수학은 어려워"]).await;
    let found =
        house.get(Some(&owner), &format!("/my-studies/{study}/messages?query=%EC%88%98%ED%95%99")).await.is(200);
    assert_eq!(contents(&found), ["수학은 어려워", "내일 수학 시험"]);
}

#[tokio::test]
async fn the_same_client_id_sends_once() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let at = format!("/my-studies/{study}/messages");
    let first = house.post(Some(&owner), &at, json!({ "content": "안녕", "clientId": "c1" })).await.is(201);
    let again = house.post(Some(&owner), &at, json!({ "content": "안녕", "clientId": "c1" })).await.is(201);
    assert_eq!((first.id(), &first.json["seq"]), (again.id(), &again.json["seq"]));
    house
        .post(Some(&owner), &at, json!({ "content": "다른 말", "clientId": "c1" }))
        .await
        .problem(409, "client_id_reused");
    assert_eq!(house.get(Some(&owner), &at).await.items().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_named() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let at = format!("/my-studies/{study}/messages");
    for (body, field, code) in [
        (json!({ "content": "  " }), "content", "required"),
        (json!({}), "content", "required"),
        (json!({ "content": "가".repeat(4001) }), "content", "too_long"),
        (json!({ "content": "a\u{202E}b" }), "content", "forbidden_character"),
        (json!({ "content": "a", "replyToId": "7" }), "replyToId", "malformed_id"),
        (json!({ "content": "a", "replyToId": NO_ID }), "replyToId", "not_in_this_study"),
        (json!({ "content": "a", "seq": 1 }), "seq", "unknown_field"),
        (json!({ "content": "a", "fileId": NO_ID }), "fileId", "unknown_field"),
    ] {
        house.post(Some(&owner), &at, body).await.names(field, code);
    }
    assert!(house.get(Some(&owner), &at).await.items().is_empty());
}

#[tokio::test]
async fn authors_edit_for_fifteen_minutes_and_admins_delete() {
    let house = House::new();
    let (owner, member) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    house.join(&member, &study).await;
    let ids = talk(&house, &member, &study, &["오타", "둘"]).await;
    let own = talk(&house, &owner, &study, &["방장의 말"]).await;
    let at = |id: &str| format!("/my-studies/{study}/messages/{id}");
    let content = |text: &str| Some(json!({ "content": text }));
    let edited = house.send(Some(&member), "PATCH", &at(&ids[0]), content("고침")).await.is(200).json;
    assert_eq!(edited["content"], "고침");
    assert!(edited["editedAt"].is_string());
    house.send(Some(&owner), "PATCH", &at(&ids[0]), content("내가 고침")).await.problem(403, "not_yours");
    house.send(Some(&member), "DELETE", &at(&own[0]), None).await.problem(403, "forbidden");
    house.send(Some(&owner), "DELETE", &at(&ids[0]), None).await.is(204);
    house.send(Some(&owner), "DELETE", &at(&ids[0]), None).await.is(204);
    house.send(Some(&member), "PATCH", &at(&ids[0]), content("되살림")).await.problem(409, "message_deleted");
    house.clock.advance(chrono::TimeDelta::minutes(16));
    house.send(Some(&member), "PATCH", &at(&ids[1]), content("늦음")).await.problem(409, "edit_too_late");
    let list = house.get(Some(&member), &format!("/my-studies/{study}/messages")).await;
    assert_eq!(contents(&list), ["방장의 말", "둘", "—"]);
}

#[tokio::test]
async fn another_studys_message_is_not_under_mine() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let (mine, other) = (house.study(&owner, json!({})).await, house.study(&owner, json!({})).await);
    let there = talk(&house, &owner, &other, &["저쪽 이야기"]).await;
    let at = format!("/my-studies/{mine}/messages/{}", there[0]);
    house.send(Some(&owner), "PATCH", &at, Some(json!({ "content": "여기" }))).await.problem(404, "not_found");
    house.send(Some(&owner), "DELETE", &at, None).await.problem(404, "not_found");
    let reply = json!({ "content": "답장", "replyToId": there[0] });
    house
        .post(Some(&owner), &format!("/my-studies/{mine}/messages"), reply)
        .await
        .names("replyToId", "not_in_this_study");
    assert_eq!(contents(&house.get(Some(&owner), &format!("/my-studies/{other}/messages")).await), ["저쪽 이야기"]);
}

#[tokio::test]
async fn read_marks_move_forward_only() {
    let house = House::new();
    let (owner, member) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    house.join(&member, &study).await;
    talk(&house, &owner, &study, &["하나", "둘", "셋"]).await;
    let read = format!("/my-studies/{study}/messages/read");
    house.post(Some(&member), &read, json!({ "seq": 2 })).await.is(204);
    house.post(Some(&member), &read, json!({ "seq": 1 })).await.is(204);
    let marks = house.get(Some(&owner), &read).await.is(200);
    let mark = marks.items().iter().find(|mark| mark["userId"] == member.id.as_str()).unwrap();
    assert_eq!(mark["seq"], 2);
    assert_eq!(house.get(Some(&member), "/my-studies").await.items()[0]["unreadCount"], 1);
    house.post(Some(&member), &read, json!({ "seq": -1 })).await.names("seq", "too_small");
    house.post(Some(&member), &read, json!({ "seq": "2" })).await.names("seq", "wrong_type");
    house.post(Some(&member), &read, json!({})).await.names("seq", "required");
}

#[tokio::test]
async fn outsiders_of_a_public_study_read_and_write_nothing() {
    let house = House::new();
    let (owner, outsider) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let at = format!("/my-studies/{study}/messages");
    let refused = house.get(Some(&outsider), &at).await.problem(403, "forbidden");
    assert_eq!(refused.json["permission"], "study:message.read");
    house.post(Some(&outsider), &at, json!({ "content": "안녕" })).await.problem(403, "forbidden");
    house.post(Some(&outsider), &format!("{at}/read"), json!({ "seq": 0 })).await.problem(403, "forbidden");
}
