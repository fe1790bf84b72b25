//! What an administrator sets at one node is in force at the others, with Redis and without.

use std::time::{Duration, Instant};

use coup_tests::{Person, TestDatabase, Way};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    listener::Listener,
    school::{Rows, School, until},
    talker::Talker,
};

/// Sets it, and answers how long it took until the other node answered so, without what its slowest answer took: on a busy
/// machine that is not the setting's doing.
async fn takes(root: &Person, patch: Value, there: &Person, path: &str, body: Value, status: u16) -> Duration {
    root.patch("/admin/settings", patch).await.is(200);
    let (done, mut slowest) = (Instant::now(), Duration::ZERO);
    loop {
        let asked = Instant::now();
        let answer = there.post(path, body.clone()).await;
        slowest = slowest.max(asked.elapsed());
        if answer.status.as_u16() == status {
            return done.elapsed().saturating_sub(slowest);
        }
        assert!(done.elapsed() < Duration::from_secs(10), "not in force: {answer:?}");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn are_in_force(school: &School, root: &Person, most: Duration) {
    let there = school.people[1].1.at(&school.nodes[1]);
    let messages = format!("/my-studies/{}/messages", school.studies[0]);
    let said = json!({ "content": "들리나요?" });
    for _ in 0..3 {
        let off = takes(root, json!({ "chat": false }), &there, &messages, said.clone(), 403).await;
        let on = takes(root, json!({ "chat": true }), &there, &messages, said.clone(), 201).await;
        eprintln!("in force at the other node after {off:?} and {on:?}");
        assert!(off < most && on < most, "{off:?} {on:?}");
    }
}

#[tokio::test]
async fn a_setting_is_in_force_at_the_other_node_within_a_second_with_redis_and_without() {
    let mut school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    let root = Person::first_administrator(&school.nodes[0]).await;
    are_in_force(&school, &root, Duration::from_secs(1)).await;
    school.redis.kill();
    are_in_force(&school, &root, Duration::from_secs(1)).await;
}

#[tokio::test]
async fn when_maintenance_begins_the_connections_of_members_end_at_every_node_within_a_second() {
    let school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    let root = Person::first_administrator(&school.nodes[0]).await;
    let member = school.people[1].1.clone();
    let there = vec![(1, member.at(&school.nodes[1]))];
    let talker = Talker::new(&school.clients, Way::WebSocket, there.clone(), &school.studies);
    let listeners = [
        Listener::start("a member's stream", there, false).await,
        Listener::over(&talker, "a member's socket", false).await,
        Listener::start("the administrator's stream", vec![(1, root.at(&school.nodes[1]))], false).await,
    ];
    for listener in &listeners[..2] {
        until("all is heard", || listener.notes().begun > 1).await;
    }
    let words = "토요일 아홉 시까지 점검해요";
    root.patch("/admin/settings", json!({ "maintenanceMode": true, "maintenanceMessage": words })).await.is(200);
    let done = Instant::now();
    for listener in &listeners[..2] {
        let (code, at) = listener.until_cut(Duration::from_secs(1)).await;
        assert_eq!(code, "maintenance", "{}", listener.name);
        eprintln!("{}: cut off after {:?}", listener.name, at.saturating_duration_since(done));
    }
    for node in &school.nodes {
        let refused = member.at(node).get("/my-studies").await;
        let refused = refused.refuses(503, "maintenance");
        assert_eq!(refused.text("/detail"), words);
        assert!(refused.headers.contains_key("retry-after"));
        root.at(node).get("/my-studies").await.is(200);
    }
    assert!(listeners[2].notes().cuts.is_empty(), "an administrator stays");
    root.patch("/admin/settings", json!({ "maintenanceMode": false })).await.is(200);
    let begin = Instant::now();
    while member.at(&school.nodes[1]).get("/my-studies").await.status.as_u16() != 200 {
        assert!(begin.elapsed() < Duration::from_secs(5), "it does not end");
        sleep(Duration::from_millis(10)).await;
    }
}
