//! Who loses a right at one node is cut off at another, with Redis and without.

use std::time::{Duration, Instant};

use coup_tests::{Person, TestDatabase, Way, is_long};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    listener::Listener,
    school::{Rows, School, until},
    talker::{Talker, refused},
};

const ROUNDS: usize = 3;

#[tokio::test]
async fn who_loses_a_right_at_one_node_is_cut_off_at_the_other_within_a_second() {
    let school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    // Told by Redis, as good as at once: that the nodes also look by themselves would take half a second.
    are_cut_off(&school, Duration::from_secs(1), Duration::from_millis(300)).await;
}

#[tokio::test]
async fn and_within_five_without_redis() {
    let mut school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    school.redis.kill();
    are_cut_off(&school, Duration::from_secs(5), Duration::from_secs(1)).await;
}

/// Without Redis a node learns late that somebody joined, perhaps while they come to hear the study by themselves.
#[tokio::test]
async fn who_listens_while_a_node_learns_that_they_joined_misses_nothing() {
    let mut school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    school.redis.kill();
    let (owner, person) = (&school.people[0].1, &school.people[1].1);
    let there = &school.nodes[1];
    for number in 0..if is_long() { 400 } else { 40 } {
        let study = owner.founds(&format!("스터디 {number}"), json!({ "maxMembers": 20 })).await;
        person.act(&format!("/studies/{study}/join")).await.is(201);
        let devices = (0..10).map(|device| async move {
            sleep(Duration::from_millis(4 * device)).await;
            Listener::start("기기", vec![(1, person.at(there))], false).await
        });
        let devices = join_all(devices).await;
        for device in &devices {
            until("all is heard", || device.notes().begun > school.studies.len() + 1 + number).await;
        }
        let said = owner.at(there).says(&study, "들리나요?").await;
        // Whatever a node has learned late has come by then.
        sleep(Duration::from_millis(100)).await;
        for device in &devices {
            until("it is heard", || !device.created(&study).is_empty() || device.notes().resyncs > 0).await;
            assert_eq!(device.notes().resyncs, 0, "{number}: nothing is to be read afresh");
            let heard: Vec<_> = device.created(&study).into_iter().map(|heard| heard.id).collect();
            assert_eq!(heard, std::slice::from_ref(&said));
        }
    }
}

async fn are_cut_off(school: &School, longest: Duration, median: Duration) {
    let (owner, study) = (&school.people[0].1, &school.studies[0]);
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        for what in ["kicked", "role_changed", "signed_out"] {
            let name = format!("{what} {round}");
            let person = Person::new(&school.nodes[0], &name).await;
            person.act(&format!("/studies/{study}/join")).await.is(201);
            let member = format!("/studies/{study}/members/{}", person.id);
            if what == "role_changed" {
                owner.patch(&member, json!({ "role": "ADMIN" })).await.is(200);
            }
            let listeners = hear(school, owner, &name, &person, study).await;

            match what {
                "kicked" => drop(owner.delete(&member).await.is(204)),
                "role_changed" => drop(owner.patch(&member, json!({ "role": "MEMBER" })).await.is(200)),
                _ => drop(person.act("/auth/sign-out").await.is(204)),
            }
            let done = Instant::now();
            for listener in &listeners {
                let (code, at) = listener.until_cut(longest).await;
                assert_eq!(code, what, "{}", listener.name);
                took.push(at.saturating_duration_since(done));
                eprintln!("{}: cut off after {:?}", listener.name, took[took.len() - 1]);
            }

            // Whoever goes on talking is not heard any more.
            let heard = listeners.each_ref().map(|listener| listener.notes().heard.len());
            owner.says(study, "이제는 안 들려요").await;
            sleep(Duration::from_millis(300)).await;
            let later = listeners.each_ref().map(|listener| listener.notes().heard.len());
            assert_eq!(later, heard, "{name} hears what came later");
            comes_back(school, &person, study, what).await;
        }
    }
    took.sort();
    assert!(took[took.len() - 1] <= longest && took[took.len() / 2] <= median, "{took:?}");
}

/// Somebody who hears the study over the other node, by a stream and by a socket, and does not come back when that ends.
async fn hear(school: &School, owner: &Person, name: &str, person: &Person, study: &str) -> [Listener; 2] {
    for attempt in 0..5 {
        let at = vec![(1, person.at(&school.nodes[1]))];
        let way = if attempt % 2 == 0 { Way::WebSocket } else { Way::Polling };
        let talker = Talker::new(&school.clients, way, at.clone(), &[study.to_owned()]);
        let listeners = [
            Listener::start(&format!("{name}, stream"), at, false).await,
            Listener::over(&talker, &format!("{name}, socket"), false).await,
        ];
        let is_cut = |listener: &Listener| !listener.notes().cuts.is_empty();
        for listener in &listeners {
            until("all is heard", || listener.notes().begun > 1 || is_cut(listener)).await;
        }
        owner.says(study, "들리나요?").await;
        for listener in &listeners {
            until("it is heard", || !listener.created(study).is_empty() || is_cut(listener)).await;
        }
        // A node that has not yet seen what was revoked before ends a connection too many.
        if !listeners.iter().any(is_cut) {
            return listeners;
        }
    }
    panic!("{name} is cut off again and again");
}

/// What somebody finds who comes back to the other node.
async fn comes_back(school: &School, person: &Person, study: &str, what: &str) {
    let there = person.at(&school.nodes[1]);
    let answer = there.get(&format!("/my-studies/{study}/messages")).await;
    let (expected, code) = match what {
        "kicked" => (403, Some("forbidden")),
        "role_changed" => (200, None),
        _ => (401, Some("not_signed_in")),
    };
    assert_eq!(answer.status.as_u16(), expected, "{what}: {answer:?}");
    assert_eq!(refused(&school.clients, &there, study).await.as_deref(), code, "{what}");
    match crate::stream::Stream::open(&there, None).await.unwrap() {
        Err(status) => assert_eq!((what, status.as_u16()), ("signed_out", 401)),
        Ok(_) => assert_ne!(what, "signed_out"),
    }
}
