//! Redis, a node and PostgreSQL fail while people on all nodes write.

use std::time::Duration;

use coup_tests::{PrivatePostgres, TestDatabase};
use tokio::time::sleep;

use crate::school::{Rows, School};

const WELL: Duration = Duration::from_secs(4);

async fn on_three_nodes() -> School {
    let mut school = School::open(3, Rows::Shared(TestDatabase::empty().await)).await;
    school.begins().await;
    school
}

/// How Redis is away.
#[derive(Clone, Copy)]
enum Away {
    /// Dead, then back and empty.
    Killed,
    /// It takes connections and answers nobody.
    Frozen,
}

async fn nodes_do_without_redis(away: Away, time: Duration) {
    let mut school = on_three_nodes().await;
    let before = school.goes_on(WELL).await;
    match away {
        Away::Killed => school.redis.kill(),
        Away::Frozen => school.redis.freeze(),
    }
    let without = school.goes_on(time).await;
    match away {
        Away::Killed => school.redis.start_again().await,
        Away::Frozen => school.redis.thaw(),
    }
    let back = school.until_nodes_hear(3).await;
    eprintln!("all nodes hear each other {back:?} after Redis was back");
    assert!(back < Duration::from_secs(5));
    // What was begun before they did is of neither part.
    school.goes_on(Duration::from_secs(1)).await;
    let after = school.goes_on(WELL).await;
    school.ends().await;
    school.is_well(before);
    school.does_without_redis(without);
    school.is_well(after);
}

#[tokio::test]
async fn redis_is_killed_and_comes_back_empty() {
    nodes_do_without_redis(Away::Killed, Duration::from_secs(6)).await;
}

#[tokio::test]
async fn redis_answers_nobody_for_half_a_minute() {
    nodes_do_without_redis(Away::Frozen, Duration::from_secs(30)).await;
}

#[tokio::test]
async fn connections_that_hear_redis_are_ended_again_and_again() {
    let mut school = on_three_nodes().await;
    let before = school.goes_on(WELL).await;
    for _ in 0..5 {
        assert_eq!(school.redis.end_listeners().await, 3);
        school.goes_on(Duration::from_millis(700)).await;
        school.until_nodes_hear(3).await;
    }
    school.goes_on(Duration::from_secs(1)).await;
    let after = school.goes_on(WELL).await;
    school.ends().await;
    school.is_well(before);
    school.is_well(after);
}

#[tokio::test]
async fn a_node_is_killed_and_its_people_go_on_at_another() {
    let mut school = on_three_nodes().await;
    let before = school.goes_on(WELL).await;
    school.nodes[0].kill();
    school.goes_on(Duration::from_secs(2)).await;
    let without = school.goes_on(WELL).await;
    school.nodes[0].start_again().await;
    school.until_nodes_hear(3).await;
    let after = school.goes_on(WELL).await;
    for listener in &school.listeners {
        let notes = listener.notes();
        let last = notes.heard.last().unwrap();
        assert_ne!(last.node, 0, "{} hears a node that was gone", listener.name);
    }
    let moved = school.listeners.iter().filter(|listener| listener.notes().connections > 1).count();
    assert_eq!(moved, 2, "two people were on it, one with a stream and one with a socket");
    school.ends().await;
    school.is_well(before);
    school.is_well(without);
    school.is_well(after);
}

#[tokio::test]
async fn postgres_is_restarted() {
    let mut school = School::open(2, Rows::Own(PrivatePostgres::start().await)).await;
    school.begins().await;
    let before = school.goes_on(WELL).await;
    // Soon, and so late that nobody may be told anything meanwhile.
    for away in [500, 8_000] {
        let Rows::Own(postgres) = &mut school.rows else { panic!("its own") };
        postgres.shut_down_at_once();
        sleep(Duration::from_millis(away)).await;
        postgres.start_again().await;
        for node in &mut school.nodes {
            node.until_ready().await;
        }
        school.goes_on(Duration::from_secs(3)).await;
    }
    let after = school.goes_on(WELL).await;
    let unavailable =
        |listener: &crate::listener::Listener| listener.notes().cuts.iter().any(|(code, _)| code == "unavailable");
    assert!(school.listeners.iter().all(unavailable), "whose rights cannot be asked is cut off");
    school.ends().await;
    school.is_well(before);
    school.is_well(after);
}
