//! What ends a connection.

use std::time::{Duration, Instant};

use coup_tests::Way;
use serde_json::{Value, json};

use crate::scene::Scene;

/// The specification's second, and what a busy machine needs to say so.
pub(crate) const SECOND: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn who_is_removed_is_cut_within_a_second_and_hears_nothing_after_it() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    for way in [Way::WebSocket, Way::Polling] {
        let owner = scene.connects(&kim, way).await;
        let member = scene.connects(&lee, way).await;
        for client in [&owner, &member] {
            client.does("study:join", json!({ "studyId": study })).await;
        }
        scene.removes(&kim, &study, &lee).await;
        let begin = Instant::now();
        let said = kim.person.says(&study, "나간 뒤에 한 말").await;
        let cut = member.is_cut("kicked").await;
        assert!(begin.elapsed() < SECOND, "cut only after {:?}", begin.elapsed());
        assert_eq!(cut["studyId"], study);
        owner.until("the message", |item| item["data"]["data"]["id"] == said).await;
        assert!(!member.log().iter().any(|(_, item)| item["data"]["data"]["id"] == said));
        let again = scene.connects(&lee, way).await;
        again.is_refused("study:join", json!({ "studyId": study }), 403, "forbidden").await;
        kim.person.act(&format!("/studies/{study}/members/{}/reinstate", lee.person.id)).await.is(200);
        lee.person.act(&format!("/studies/{study}/join")).await.is(201);
        owner.disconnects();
        again.disconnects();
    }
}

#[tokio::test]
async fn a_role_that_changes_a_study_that_closes_and_signing_out_cut_with_their_reason() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let client = scene.connects(&lee, Way::WebSocket).await;
    client.does("study:join", json!({ "studyId": study })).await;
    let role = json!({ "role": "ADMIN" });
    kim.person.patch(&format!("/studies/{study}/members/{}", lee.person.id), role).await.is(200);
    client.is_cut("role_changed").await;

    let client = scene.connects(&lee, Way::Polling).await;
    client.does("study:join", json!({ "studyId": study })).await;
    let elsewhere = scene.connects(&lee, Way::WebSocket).await;
    kim.person.act(&format!("/studies/{study}/close")).await.is(200);
    client.is_cut("study_closed").await;
    elsewhere.does("study:join", json!({ "studyId": study })).await;
    elsewhere.is_refused("typing", json!({ "studyId": study, "on": true }), 409, "study_closed").await;

    lee.person.act("/auth/sign-out").await.is(204);
    elsewhere.is_cut("signed_out").await;
    let late = scene.opens(&lee, Way::WebSocket);
    assert_eq!(late.hears("connect_error").await["message"], "not_signed_in");
}

#[tokio::test]
async fn the_twenty_first_connection_of_a_person_takes_the_place_of_the_first() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let first = scene.connects(&kim, Way::WebSocket).await;
    let mut others = Vec::new();
    for _ in 0..19 {
        others.push(scene.connects(&kim, Way::WebSocket).await);
    }
    assert!(first.heard("cut").is_empty());
    others.push(scene.connects(&kim, Way::WebSocket).await);
    first.is_cut("replaced").await;
    for other in &others {
        other.does("study:leave", json!({ "studyId": "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57" })).await;
    }
}

#[tokio::test]
async fn a_session_at_its_end_cuts_its_connections() {
    let scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    sqlx::query("update sessions set expires_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '+3 seconds')")
        .execute(&mut scene.database().await)
        .await
        .unwrap();
    let client = scene.connects(&kim, Way::WebSocket).await;
    client.is_cut("session_expired").await;
}

#[tokio::test]
async fn who_is_removed_while_catching_up_hears_no_more_of_it() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    for n in 0..60 {
        kim.person.says(&study, &format!("{n}번째")).await;
    }
    let member = scene.connects(&lee, Way::WebSocket).await;
    // Again and again, until the removal comes into the middle.
    let asks: Vec<_> = (0..30).map(|_| member.asks("study:join", json!({ "studyId": study, "since": 0 }))).collect();
    member.answer(asks[0]).await;
    scene.removes(&kim, &study, &lee).await;
    let after = kim.person.says(&study, "나간 뒤에 한 말").await;
    member.is_cut("kicked").await;
    assert!(!member.log().iter().any(|(_, item)| item["data"]["data"]["id"] == after));
}

#[tokio::test]
async fn who_was_removed_between_the_handshake_and_joining_does_not_join() {
    let scene = Scene::new().await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let member = scene.connects(&lee, Way::WebSocket).await;
    scene.removes(&kim, &study, &lee).await;
    member.is_refused("study:join", json!({ "studyId": study, "since": 0 }), 403, "forbidden").await;
    kim.person.says(&study, "나간 뒤에 한 말").await;
    member.does("study:leave", json!({ "studyId": study })).await;
    assert!(member.places(&study).is_empty() && member.heard("cut").is_empty());
}

#[tokio::test]
async fn the_end_of_the_server_cuts_everybody() {
    let mut scene = Scene::new().await;
    let kim = scene.person("김하늘").await;
    let Scene { server, clients } = &mut scene;
    let headers = json!({ "cookie": kim.cookie(), "origin": server.url("") });
    let client = clients.open(&server.url(""), Way::WebSocket, &headers, &json!({}));
    client.hears("connect").await;
    let begin = Instant::now();
    assert!(server.stop().await.success());
    assert!(begin.elapsed() < Duration::from_secs(8), "the end took {:?}", begin.elapsed());
    client.is_cut("unavailable").await;
}

/// Somebody whom an administrator suspends, bans from chats, or frees.
async fn administrator(scene: &Scene) -> crate::scene::Known {
    let mut admin = scene.person("한지원").await;
    admin.person.sets_up_second_factor().await;
    let mut fixture = scene.database().await;
    sqlx::query(
        "insert into admin_roles (user_id, role, permissions, granted_at)
         values ($1, 'ADMIN', '{}', strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))",
    )
    .bind(&admin.person.id)
    .execute(&mut fixture)
    .await
    .unwrap();
    admin
}

#[tokio::test]
async fn a_suspension_cuts_with_its_end_and_who_is_suspended_does_not_come_back() {
    let scene = Scene::new().await;
    let admin = administrator(&scene).await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    for (way, days) in [(Way::WebSocket, 3), (Way::Polling, 7)] {
        let device =
            if days == 3 { lee.person.clone() } else { lee.person.on_another_device(&scene.server, "이도윤").await };
        let member = crate::scene::Known { person: device };
        let client = scene.connects(&member, way).await;
        client.does("study:join", json!({ "studyId": study })).await;
        let suspension = json!({ "reason": "도배", "duration": format!("{days}d") });
        let path = format!("/admin/users/{}/suspend", lee.person.id);
        let begin = Instant::now();
        let imposed = admin.person.post(&path, suspension).await.is(201);
        let said = kim.person.says(&study, "정지된 뒤에 한 말").await;
        let cut = client.is_cut("sanctioned").await;
        assert!(begin.elapsed() < SECOND, "cut only after {:?}", begin.elapsed());
        assert_eq!(cut["until"], imposed.body["expiresAt"]);
        let log = client.log();
        let place = |is: &dyn Fn(&Value) -> bool| log.iter().position(|(_, item)| is(item));
        let why = place(&|item| item["data"]["data"]["reason"] == "도배");
        assert!(why.is_some() && why < place(&|item| item["got"] == "cut"), "why comes before the cut: {log:?}");
        assert!(!client.log().iter().any(|(_, item)| item["data"]["data"]["id"] == said));
        // The session ended with it; another sign-in opens no connection that hears the study.
        assert_eq!(scene.opens(&member, way).hears("connect_error").await["message"], "not_signed_in");
        let again = lee.person.on_another_device(&scene.server, "이도윤").await;
        let again = scene.opens(&crate::scene::Known { person: again }, way);
        let told = again.until("a refusal", |item| item["got"] == "connect_error" || item["got"] == "connect").await;
        if again.heard("connect_error").is_empty() {
            let problem = again.is_refused("study:join", json!({ "studyId": study }), 403, "forbidden").await;
            assert_eq!(problem["sanction"], "SUSPENSION", "{told}");
        }
        again.disconnects();
        let reason = json!({ "reason": "돌아오세요" });
        admin.person.post(&format!("/admin/users/{}/unsuspend", lee.person.id), reason).await.is(200);
    }
}

/// What is taken is asked anew; a ban from chats leaves hearing.
#[tokio::test]
async fn a_ban_from_chats_refuses_messages_with_its_end_and_leaves_the_connection() {
    let scene = Scene::new().await;
    let admin = administrator(&scene).await;
    let (kim, lee) = (scene.person("김하늘").await, scene.person("이도윤").await);
    let study = scene.study(&kim, &[&lee]).await;
    let before = scene.connects(&lee, Way::WebSocket).await;
    before.does("study:join", json!({ "studyId": study })).await;
    let ban = json!({ "type": "CHAT_BAN", "reason": "도배", "duration": "1d" });
    let imposed = admin.person.post(&format!("/admin/users/{}/restrict", lee.person.id), ban).await.is(201);
    // Rights have changed: connections begin again, and are told why.
    assert_eq!(before.is_cut("sanctioned").await["until"], imposed.body["expiresAt"]);

    let client = scene.connects(&lee, Way::WebSocket).await;
    client.does("study:join", json!({ "studyId": study })).await;
    let words = json!({ "studyId": study, "content": "안녕", "clientId": "a" });
    let problem = client.is_refused("message:send", words.clone(), 403, "forbidden").await;
    assert_eq!(
        (&problem["sanction"], &problem["until"]),
        (&json!("CHAT_BAN"), &imposed.body["expiresAt"]),
        "{problem}"
    );
    // It still hears.
    let said = kim.person.says(&study, "들리나요?").await;
    client.until("the message", |item| item["data"]["data"]["id"] == said).await;
    assert!(client.heard("cut").is_empty());

    let lift = json!({ "reason": "충분해요", "mistaken": false });
    admin.person.post(&format!("/admin/sanctions/{}/lift", imposed.text("/id")), lift).await.is(200);
    client.does("message:send", words).await;
    assert!(client.heard("cut").is_empty(), "nothing was taken");
}
