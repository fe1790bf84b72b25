//! Who loses a right at one node is cut off at another, with Redis and without.

use std::time::{Duration, Instant};

use coup_tests::{Person, TestDatabase};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    listener::Listener,
    school::{Rows, School, until},
};

/// With Redis, and without (requirement 1).
const BOUNDS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];
const ROUNDS: usize = 3;

#[tokio::test]
async fn who_loses_a_right_at_one_node_is_cut_off_at_the_other() {
    let mut school = School::open(2, Rows::Shared(TestDatabase::empty().await)).await;
    let owner = school.people[0].1.clone();
    let study = school.studies[0].clone();
    for (bound, with) in BOUNDS.into_iter().zip(["with Redis", "without Redis"]) {
        if with == "without Redis" {
            school.redis.kill();
        }
        for round in 0..ROUNDS {
            for what in ["kicked", "role_changed", "signed_out"] {
                let name = format!("{what} {round} {with}");
                let person = Person::new(&school.nodes[0], &name).await;
                person.act(&format!("/studies/{study}/join")).await.is(201);
                let member = format!("/studies/{study}/members/{}", person.id);
                if what == "role_changed" {
                    owner.patch(&member, json!({ "role": "ADMIN" })).await.is(200);
                }
                // Over the other node, and does not come back.
                let listener = Listener::start(&name, vec![(1, person.at(&school.nodes[1]))], false).await;
                until("all is heard", || listener.notes().begun > 1).await;
                owner.says(&study, "들리나요?").await;
                until("it is heard", || !listener.created(&study).is_empty()).await;

                match what {
                    "kicked" => drop(owner.delete(&member).await.is(204)),
                    "role_changed" => {
                        drop(owner.patch(&member, json!({ "role": "MEMBER" })).await.is(200));
                    }
                    _ => drop(person.act("/auth/sign-out").await.is(204)),
                }
                let done = Instant::now();
                let (code, at) = listener.until_cut(bound).await;
                let took = at.saturating_duration_since(done);
                eprintln!("{name}: cut off after {took:?}");
                assert_eq!(code, what);
                assert!(took <= bound, "{name}: {took:?}");

                // Whoever goes on talking is not heard any more, and a cursor opens nothing.
                let heard = listener.notes().heard.len();
                owner.says(&study, "이제는 안 들려요").await;
                sleep(Duration::from_millis(300)).await;
                assert_eq!(listener.notes().heard.len(), heard, "{name} hears what came later");
                comes_back(&school, &person, &study, what).await;
            }
        }
    }
}

/// What somebody finds who comes back to the other node.
async fn comes_back(school: &School, person: &Person, study: &str, what: &str) {
    let there = person.at(&school.nodes[1]);
    let answer = there.get(&format!("/my-studies/{study}/messages")).await;
    let expected = match what {
        "kicked" => 403,
        "role_changed" => 200,
        _ => 401,
    };
    assert_eq!(answer.status.as_u16(), expected, "{what}: {answer:?}");
    match crate::stream::Stream::open(&there, None).await.unwrap() {
        Err(status) => assert_eq!((what, status.as_u16()), ("signed_out", 401)),
        Ok(_) => assert_ne!(what, "signed_out"),
    }
}
