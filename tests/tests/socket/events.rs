//! What clients ask for and hear.

use coup_tests::Way;
use serde_json::json;

use crate::scene::Scene;

#[tokio::test]
async fn a_message_is_acknowledged_with_its_place_and_told_to_the_others_once() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    for way in [Way::WebSocket, Way::Polling, Way::Both] {
        let (from, to) = (scene.connects(&kim, way).await, scene.connects(&lee, way).await);
        let joined = to.does("study:join", json!({ "studyId": study })).await;
        let head = joined["seq"].as_i64().unwrap();
        let body = json!({ "studyId": study, "content": "안녕하세요", "clientId": format!("{way:?}") });
        let sent = from.does("message:send", body.clone()).await;
        let message = &sent["message"];
        assert_eq!(
            (&message["content"], &message["author"]["id"]),
            (&json!("안녕하세요"), &json!(kim.person.id)),
            "{sent}"
        );
        let event = to.hears_event("message.created").await;
        assert_eq!(event["seq"], head + 1, "{event}");
        assert_eq!((&event["data"]["id"], &event["scope"]["study"]), (&message["id"], &json!(study)));
        // Again, as after an acknowledgement that was lost: the same message, and no second event.
        assert_eq!(from.does("message:send", body).await["message"]["id"], message["id"]);
        let last = json!({ "studyId": study, "content": "끝", "clientId": format!("last-{way:?}") });
        from.does("message:send", last).await;
        to.hears_up_to(&study, head + 2).await;
        assert_eq!(to.places(&study), [head + 1, head + 2]);
        for client in [from, to] {
            client.disconnects();
        }
    }
}

#[tokio::test]
async fn messages_keep_the_order_in_which_they_were_sent_without_waiting() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let study = scene.study(&kim, &[]).await;
    let client = scene.connects(&kim, Way::WebSocket).await;
    let asks: Vec<_> = (0..40)
        .map(|n| {
            let body = json!({ "studyId": study, "content": format!("{n}번째"), "clientId": format!("c{n}") });
            client.asks("message:send", body)
        })
        .collect();
    for (n, ask) in asks.into_iter().enumerate() {
        let answer = client.answer(ask).await;
        assert_eq!(answer["message"]["seq"], n + 1, "{answer}");
    }
}

#[tokio::test]
async fn editing_deleting_reading_and_typing_reach_the_others() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let (from, to) = (scene.connects(&kim, Way::WebSocket).await, scene.connects(&lee, Way::Polling).await);
    for client in [&from, &to] {
        client.does("study:join", json!({ "studyId": study })).await;
    }
    let body = json!({ "studyId": study, "content": "오타", "clientId": "1" });
    let sent = from.does("message:send", body).await["message"].clone();
    let edit = json!({ "studyId": study, "messageId": sent["id"], "content": "고침" });
    assert_eq!(from.does("message:edit", edit).await["message"]["content"], "고침");
    assert_eq!(to.hears_event("message.edited").await["data"]["content"], "고침");
    from.does("message:delete", json!({ "studyId": study, "messageId": sent["id"] })).await;
    assert_eq!(to.hears_event("message.deleted").await["data"], json!({ "id": sent["id"] }));
    from.does("message:read", json!({ "studyId": study, "seq": 1 })).await;
    let read = to.hears_passing("message.read").await;
    assert_eq!((&read["from"], &read["data"]["seq"]), (&json!(kim.person.id), &json!(1)), "{read}");
    from.does("typing", json!({ "studyId": study, "on": true })).await;
    let typing = to.hears_passing("typing").await;
    assert_eq!((&typing["from"], &typing["data"]["on"]), (&json!(kim.person.id), &json!(true)), "{typing}");
    to.hears_passing("presence").await;
    assert!(!from.log().iter().any(|(_, item)| item["data"]["type"] == "typing"), "not to oneself");
}

#[tokio::test]
async fn who_left_a_study_on_a_connection_hears_no_more_of_it() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let client = scene.connects(&lee, Way::WebSocket).await;
    let head = client.does("study:join", json!({ "studyId": study })).await["seq"].as_i64().unwrap();
    kim.person.says(&study, "하나").await;
    client.hears_up_to(&study, head + 1).await;
    client.does("study:leave", json!({ "studyId": study })).await;
    kim.person.says(&study, "둘").await;
    let again = client.does("study:join", json!({ "studyId": study })).await;
    assert_eq!(again["seq"], head + 2);
    assert_eq!(client.places(&study), [head + 1]);
}

#[tokio::test]
async fn who_comes_back_hears_exactly_what_was_missed_while_others_go_on() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let sender = scene.connects(&kim, Way::WebSocket).await;
    let first = scene.connects(&lee, Way::WebSocket).await;
    let mut has = first.does("study:join", json!({ "studyId": study })).await["seq"].as_i64().unwrap();
    let begin = has;
    let mut told = Vec::new();
    let mut number = 0;
    let mut say = |count: i64| {
        for _ in 0..count {
            number += 1;
            let body =
                json!({ "studyId": study, "content": format!("{number}번째"), "clientId": format!("c{number}") });
            sender.sends("message:send", body);
        }
    };
    say(5);
    first.hears_up_to(&study, has + 3).await;
    first.disconnects();
    first.hears("disconnect").await;
    told.extend(first.places(&study));
    for round in 0..6 {
        has = *told.last().unwrap();
        say(5);
        let way = if round % 2 == 0 { Way::WebSocket } else { Way::Polling };
        let client = scene.connects(&lee, way).await;
        let join = client.asks("study:join", json!({ "studyId": study, "since": has }));
        say(5);
        let seq = client.answer(join).await["seq"].as_i64().unwrap();
        client.hears_up_to(&study, seq.max(has + 6)).await;
        client.disconnects();
        client.hears("disconnect").await;
        told.extend(client.places(&study));
        // Below the rate at which events are taken.
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    }
    let all: Vec<i64> = (begin + 1..=*told.last().unwrap()).collect();
    assert_eq!(told, all);
}

#[tokio::test]
async fn who_has_what_is_too_old_reads_afresh_and_hears_what_comes() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let study = scene.study(&kim, &[]).await;
    for n in 0..5 {
        kim.person.says(&study, &format!("{n}번째")).await;
    }
    sqlx::query("delete from study_events where seq <= 3").execute(&mut scene.database().await).await.unwrap();
    let client = scene.connects(&kim, Way::WebSocket).await;
    let joined = client.does("study:join", json!({ "studyId": study, "since": 1 })).await;
    assert_eq!(client.hears("resync").await, json!({ "scope": { "study": study } }));
    assert!(client.places(&study).is_empty());
    kim.person.says(&study, "새 말").await;
    let next = joined["seq"].as_i64().unwrap() + 1;
    client.hears_up_to(&study, next).await;
    assert_eq!(client.places(&study), [next]);
}

#[tokio::test]
async fn a_refusal_is_a_problem_as_over_http_in_the_language_of_the_handshake() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[]).await;
    let client = scene.connects(&lee, Way::WebSocket).await;
    let body = json!({ "studyId": study, "content": "안녕", "clientId": "1" });
    let problem = client.is_refused("message:send", body.clone(), 403, "forbidden").await;
    let over_http = lee
        .person
        .raw(reqwest::Method::POST, &format!("/my-studies/{study}/messages"))
        .header("accept-language", "en")
        .json(&json!({ "content": "안녕" }))
        .send()
        .await
        .unwrap();
    assert_eq!(problem, over_http.json::<serde_json::Value>().await.unwrap());
    let headers = json!({ "cookie": lee.cookie(), "origin": scene.server.url(""), "accept-language": "ko" });
    let korean = scene.opens_with(Way::Polling, &headers, &json!({}));
    korean.hears("connect").await;
    let problem = korean.is_refused("message:send", body, 403, "forbidden").await;
    assert_eq!(problem["title"], "권한이 없어요");
}

#[tokio::test]
async fn what_is_wrong_with_an_event_is_told_by_field() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let study = scene.study(&kim, &[]).await;
    let client = scene.connects(&kim, Way::WebSocket).await;
    for (event, body, field, code) in [
        ("study:join", json!({}), "studyId", "required"),
        ("study:join", json!({ "studyId": "x" }), "studyId", "malformed_id"),
        ("study:join", json!({ "studyId": study, "since": "1" }), "since", "wrong_type"),
        ("study:join", json!({ "studyId": study, "since": -1 }), "since", "too_small"),
        ("study:join", json!({ "studyId": study, "sinse": 1 }), "sinse", "unknown_field"),
        ("study:join", json!([study]), "body", "wrong_type"),
        ("study:join", json!(study), "body", "wrong_type"),
        ("study:leave", json!({ "studyId": null }), "studyId", "wrong_type"),
        ("message:send", json!({ "studyId": study, "content": "안녕" }), "clientId", "required"),
        ("message:send", json!({ "studyId": study, "content": " ", "clientId": "1" }), "content", "required"),
        ("message:edit", json!({ "studyId": study, "messageId": "x", "content": "a" }), "messageId", "malformed_id"),
        ("message:read", json!({ "studyId": study, "seq": 1.5 }), "seq", "wrong_type"),
        ("typing", json!({ "studyId": study, "on": 1 }), "on", "wrong_type"),
    ] {
        let problem = client.is_refused(event, body.clone(), 422, "invalid_input").await;
        let error = &problem["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{event} {body}");
    }
    client.is_refused("call:join", json!({ "studyId": study }), 404, "unknown_event").await;
    client.is_refused("constructor", json!({}), 404, "unknown_event").await;
    let two = client.answer(client.asks_with("typing", &[json!({}), json!({})])).await;
    assert_eq!(two["problem"]["code"], "malformed_json");
    let none = client.answer(client.asks_with("study:leave", &[])).await;
    assert_eq!(none["problem"]["errors"][0]["field"], "studyId");
    client
        .is_refused("study:join", json!({ "studyId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57" }), 404, "not_found")
        .await;
}
