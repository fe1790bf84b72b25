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
        (json!({ "content": "a", "fileId": NO_ID }), "fileId", "not_in_this_study"),
        (json!({ "content": "a", "fileId": "7" }), "fileId", "malformed_id"),
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

#[tokio::test]
async fn members_are_mentioned_by_their_names() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let (seoyeon, emma) = (house.person("이서연").await, house.person("Emma Clarke").await);
    for person in [&seoyeon, &emma] {
        house.join(person, &study).await;
    }
    // Somebody who is in no study is called by nobody.
    house.person("박지호").await;
    let at = format!("/my-studies/{study}/messages");
    for (content, mentioned) in [
        ("@이서연아 숙제 했어?", json!([seoyeon.id])),
        ("@Emma Clarke, @이서연! @Emma Clarke", json!([emma.id, seoyeon.id])),
        ("@박지호 @김민준 @emma clarke", json!([])),
        ("seo@이서연.kr 이서연", json!([])),
    ] {
        let sent = house.post(Some(&owner), &at, json!({ "content": content })).await.is(201).json;
        assert_eq!(sent["mentions"], mentioned, "{content}");
        let listed = house.get(Some(&emma), &format!("{at}?limit=1")).await.is(200);
        assert_eq!(listed.items()[0], sent, "{content}");
    }
    // An edit mentions whom it names now; a tombstone names nobody.
    let sent = house.post(Some(&owner), &at, json!({ "content": "@이서연 봐요", "clientId": "c1" })).await.is(201);
    let path = format!("{at}/{}", sent.id());
    let edit = |text: &str| Some(json!({ "content": text }));
    let edited = house.send(Some(&owner), "PATCH", &path, edit("@Emma Clarke 봐요")).await.is(200).json;
    assert_eq!(edited["mentions"], json!([emma.id]));
    let again = json!({ "content": "@이서연 봐요", "clientId": "c1" });
    assert_eq!(house.post(Some(&owner), &at, again).await.is(201).json["mentions"], json!([emma.id]));
    let found = house.get(Some(&owner), &format!("{at}?query=Emma&limit=1")).await.is(200);
    assert_eq!(found.items()[0]["mentions"], json!([emma.id]));
    house.send(Some(&owner), "DELETE", &path, None).await.is(204);
    let listed = house.get(Some(&owner), &format!("{at}?limit=1")).await.is(200);
    assert_eq!((&listed.items()[0]["content"], &listed.items()[0]["mentions"]), (&Value::Null, &json!([])));
    // Who has left is called no more.
    let leave = format!("/studies/{study}/leave");
    house.post(Some(&seoyeon), &leave, json!({})).await.is(204);
    let sent = house.post(Some(&owner), &at, json!({ "content": "@이서연 어디 갔어?" })).await.is(201);
    assert_eq!(sent.json["mentions"], json!([]));
}

#[tokio::test]
async fn an_answer_carries_what_it_answers() {
    let house = House::new();
    let (owner, member) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    house.join(&member, &study).await;
    let at = format!("/my-studies/{study}/messages");
    let long = format!("숙제가 뭐예요? {}", "가👋".repeat(200));
    let asked = house.post(Some(&member), &at, json!({ "content": long })).await.is(201);
    assert_eq!((&asked.json["replyToId"], &asked.json["replyTo"]), (&Value::Null, &Value::Null));
    let body = json!({ "content": "3쪽이요", "replyToId": asked.id(), "clientId": "c1" });
    let answer = house.post(Some(&owner), &at, body.clone()).await.is(201);
    let shown = json!({
        "id": asked.id(),
        "seq": 1,
        "author": { "id": member.id, "name": "이서연", "avatar": null },
        "content": long.chars().take(200).collect::<String>(),
        "deletedAt": null,
    });
    assert_eq!((&answer.json["replyToId"], &answer.json["replyTo"]), (&json!(asked.id()), &shown));
    assert_eq!(house.post(Some(&owner), &at, body).await.is(201).json, answer.json, "sent again");
    for query in ["", "?after=1", "?query=3%EC%AA%BD"] {
        let list = house.get(Some(&member), &format!("{at}{query}")).await.is(200);
        let found = list.items().iter().find(|message| message["id"] == answer.json["id"]).unwrap();
        assert_eq!(*found, answer.json, "{query}");
    }
    let path = format!("{at}/{}", answer.id());
    let edited = house.send(Some(&owner), "PATCH", &path, Some(json!({ "content": "4쪽이요" }))).await.is(200);
    assert_eq!(edited.json["replyTo"], shown);
    house.send(Some(&owner), "DELETE", &format!("{at}/{}", asked.id()), None).await.is(204);
    let list = house.get(Some(&member), &format!("{at}?after=1")).await.is(200);
    let tombstone = &list.items()[0]["replyTo"];
    assert_eq!((&tombstone["content"], tombstone["deletedAt"].is_string()), (&Value::Null, true));
}

#[tokio::test]
async fn tombstones_stay_in_lists_and_are_never_found_and_pages_go_to_both_ends() {
    let house = House::new();
    let owner = house.person("김민준").await;
    let study = house.study(&owner, json!({})).await;
    let at = format!("/my-studies/{study}/messages");
    let texts: Vec<String> = (1..=23).map(|n| format!("{n}번째 말")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let ids = talk(&house, &owner, &study, &texts).await;
    for gone in [3, 10, 11, 23] {
        house.send(Some(&owner), "DELETE", &format!("{at}/{}", ids[gone - 1]), None).await.is(204);
    }
    // Every page in one direction; a place and whether there is something to read.
    let walk = async |start: &str| {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for _ in 0..20 {
            let page = house.get(Some(&owner), &format!("{at}?limit=4{start}{cursor}")).await.is(200);
            seen.extend(page.items().iter().map(|row| (row["seq"].as_i64().unwrap(), row["content"].is_string())));
            match page.json["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return seen,
            }
        }
        panic!("the pages do not end: {seen:?}");
    };
    let all: Vec<_> = (1..=23).map(|n| (n, ![3, 10, 11, 23].contains(&n))).collect();
    let newest_first: Vec<_> = all.iter().rev().copied().collect();
    assert_eq!(walk("&after=0").await, all);
    assert_eq!(walk("").await, newest_first);
    assert_eq!(walk("&before=12").await, newest_first[12..]);
    let found: Vec<_> = newest_first.iter().filter(|(_, there)| *there).copied().collect();
    assert_eq!(walk("&query=%EB%B2%88%EC%A7%B8").await, found);
    // At the end there is nothing, until there is something more: the next place.
    let end = house.get(Some(&owner), &format!("{at}?after=23")).await.is(200);
    assert_eq!((end.items().len(), &end.json["nextCursor"]), (0, &Value::Null));
    talk(&house, &owner, &study, &["새 말"]).await;
    assert_eq!(walk("&after=23").await, [(24, true)]);
}
