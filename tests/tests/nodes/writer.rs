//! Somebody who writes, each message until they are told that it was sent.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use coup_tests::Person;
use reqwest::Method;
use serde_json::json;
use tokio::time::{sleep, timeout};

/// A message that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) study: String,
    pub(crate) id: String,
    pub(crate) seq: i64,
    /// By which node.
    pub(crate) node: usize,
    /// In which part of the test it was begun.
    pub(crate) phase: usize,
    pub(crate) begun: Instant,
    pub(crate) acknowledged: Instant,
    /// Whether it took more than one attempt.
    pub(crate) again: bool,
}

/// What all who write share.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) phase: AtomicUsize,
    pub(crate) over: AtomicBool,
    pub(crate) sent: Mutex<Vec<Sent>>,
}

/// Writes until the desk is closed.
pub(crate) async fn write(desk: Arc<Desk>, name: String, at: Vec<(usize, Person)>, study: String, pace: Duration) {
    let mut home = 0;
    for number in 0.. {
        if desk.over.load(Relaxed) {
            return;
        }
        let client_id = format!("{name}-{number}");
        let body = json!({ "content": format!("{client_id}: 내일 봐요"), "clientId": client_id });
        let (phase, begun) = (desk.phase.load(Relaxed), Instant::now());
        let mut attempts = 0;
        let answer = loop {
            let (node, person) = &at[home % at.len()];
            let path = format!("/my-studies/{study}/messages");
            let asked = timeout(Duration::from_secs(15), person.tries(Method::POST, &path, Some(&body))).await;
            match asked {
                Ok(Ok(answer)) if answer.status == 201 => break (*node, answer),
                Ok(Ok(answer)) => assert_eq!(answer.status, 503, "{name}: {answer:?}"),
                // Gone: somewhere else.
                Ok(Err(_)) => home += 1,
                Err(_) => panic!("{name} waits for an answer"),
            }
            attempts += 1;
            assert!(begun.elapsed() < Duration::from_mins(1), "{name} cannot write");
            sleep(Duration::from_millis(40)).await;
        };
        let (node, answer) = answer;
        let sent = Sent {
            study: study.clone(),
            id: answer.text("/id"),
            seq: answer.body["seq"].as_i64().unwrap(),
            node,
            phase,
            begun,
            acknowledged: Instant::now(),
            again: attempts > 0,
        };
        desk.sent.lock().unwrap().push(sent);
        sleep(pace).await;
    }
}
