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

use crate::talker::Talker;

/// How long an answer may take.
pub(crate) const ANSWER: Duration = Duration::from_secs(15);

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

/// By what somebody writes.
pub(crate) enum Hand {
    /// Requests, to the first of these nodes that is there.
    Http { at: Vec<(usize, Person)>, home: usize },
    /// The connection over which they listen.
    Socket(Arc<Talker>),
}

/// That a message was sent.
pub(crate) struct Acknowledged {
    pub(crate) node: usize,
    pub(crate) id: String,
    pub(crate) seq: i64,
    pub(crate) at: Instant,
}

impl Hand {
    pub(crate) fn http(at: Vec<(usize, Person)>) -> Self {
        Self::Http { at, home: 0 }
    }

    /// Tries once; `None`: not now, or nobody knows.
    async fn sends(&mut self, study: &str, content: &str, client_id: &str) -> Option<Acknowledged> {
        match self {
            Self::Socket(talker) => talker.sends(study, content, client_id).await,
            Self::Http { at, home } => {
                let (node, person) = &at[*home % at.len()];
                let path = format!("/my-studies/{study}/messages");
                let body = json!({ "content": content, "clientId": client_id });
                let asked = timeout(ANSWER, person.tries(Method::POST, &path, Some(&body))).await;
                match asked.unwrap_or_else(|late| panic!("{client_id} waits for an answer: {late}")) {
                    Ok(answer) if answer.status == 201 => Some(Acknowledged {
                        node: *node,
                        id: answer.text("/id"),
                        seq: answer.body["seq"].as_i64().unwrap(),
                        at: Instant::now(),
                    }),
                    Ok(answer) => {
                        assert_eq!(answer.status, 503, "{client_id}: {answer:?}");
                        None
                    }
                    // Gone: somewhere else.
                    Err(_) => {
                        *home += 1;
                        None
                    }
                }
            }
        }
    }
}

/// Writes until the desk is closed.
pub(crate) async fn write(desk: Arc<Desk>, name: String, mut hand: Hand, study: String, pace: Duration) {
    for number in 0.. {
        if desk.over.load(Relaxed) {
            return;
        }
        let client_id = format!("{name}-{number}");
        let content = format!("{client_id}: 내일 봐요");
        let (phase, begun) = (desk.phase.load(Relaxed), Instant::now());
        let mut attempts = 0;
        let Acknowledged { node, id, seq, at } = loop {
            if let Some(acknowledged) = hand.sends(&study, &content, &client_id).await {
                break acknowledged;
            }
            attempts += 1;
            assert!(begun.elapsed() < Duration::from_mins(1), "{name} cannot write");
            sleep(Duration::from_millis(40)).await;
        };
        let (study, again) = (study.clone(), attempts > 0);
        let sent = Sent { study, id, seq, node, phase, begun, acknowledged: at, again };
        desk.sent.lock().unwrap().push(sent);
        sleep(pace).await;
    }
}
