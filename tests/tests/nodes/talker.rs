//! Somebody with the official client of Socket.IO: they listen and write over one connection. With a new one, when that has
//! ended, they say what they have, and send again what was not acknowledged.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use coup_tests::{Client, Clients, Person, Way};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    listener::{Event, Notes},
    writer::{ANSWER, Acknowledged},
};

const PAUSE: Duration = Duration::from_millis(5);
/// Between two attempts to connect.
const AGAIN: Duration = Duration::from_millis(50);
/// What the client says by itself when nobody is there.
const GONE: [&str; 3] = ["websocket error", "xhr poll error", "timeout"];

pub(crate) struct Talker {
    clients: Clients,
    way: Way,
    /// First this node, then the following ones.
    at: Vec<(usize, Person)>,
    studies: Vec<String>,
    /// The connection, and to which node, while there is one.
    now: Mutex<Option<(usize, Client)>>,
}

impl Drop for Talker {
    fn drop(&mut self) {
        if let Some((_, client)) = self.now.get_mut().unwrap().take() {
            client.disconnects();
        }
    }
}

impl Talker {
    pub(crate) fn new(clients: &Clients, way: Way, at: Vec<(usize, Person)>, studies: &[String]) -> Arc<Self> {
        let (clients, studies) = (clients.clone(), studies.to_vec());
        Arc::new(Self { clients, way, at, studies, now: Mutex::new(None) })
    }

    /// Sends a message over the connection that there is, if there is one, and waits until it is acknowledged or the connection
    /// has ended.
    pub(crate) async fn sends(&self, study: &str, content: &str, client_id: &str) -> Option<Acknowledged> {
        let (node, client) = self.now.lock().unwrap().clone()?;
        let (_, mut place) = client.since(usize::MAX);
        let body = json!({ "studyId": study, "content": content, "clientId": client_id });
        let ask = client.asks("message:send", body);
        let begin = Instant::now();
        loop {
            let (heard, next) = client.since(place);
            place = next;
            for heard in heard {
                match heard.item["got"].as_str() {
                    Some("answer") if heard.item["ask"] == ask => {
                        let answer = &heard.item["data"];
                        if answer["ok"] != true {
                            assert_eq!(answer["problem"]["status"], 503, "{client_id}: {answer}");
                            return None;
                        }
                        let message = &answer["message"];
                        let id = message["id"].as_str().unwrap().to_owned();
                        return Some(Acknowledged { node, id, seq: message["seq"].as_i64().unwrap(), at: heard.at });
                    }
                    Some("disconnect" | "closed") => return None,
                    _ => {}
                }
            }
            // It may have ended before it was asked.
            self.now.lock().unwrap().as_ref()?;
            assert!(begin.elapsed() < ANSWER, "{client_id} waits for an answer");
            sleep(PAUSE).await;
        }
    }

    /// Listens over one connection after the other.
    pub(crate) async fn listen(self: Arc<Self>, notes: Arc<Mutex<Notes>>, comes_back: bool) {
        let mut has = BTreeMap::new();
        let mut which = 0;
        for turn in 0.. {
            if turn > 0 {
                sleep(AGAIN).await;
            }
            let Some((place, client)) = self.connect(which).await else { continue };
            which = place;
            let node = self.at[place].0;
            *self.now.lock().unwrap() = Some((node, client.clone()));
            self.hear(node, &client, &mut has, &notes, turn > 0).await;
            *self.now.lock().unwrap() = None;
            client.disconnects();
            if !comes_back {
                return;
            }
        }
    }

    /// Connects to this node, and if it is gone to the next one.
    async fn connect(&self, which: usize) -> Option<(usize, Client)> {
        for place in (0..self.at.len()).cycle().skip(which).take(self.at.len()) {
            let client = self.at[place].1.connects(&self.clients, self.way);
            let told =
                client.until("connection", |item| matches!(item["got"].as_str(), Some("connect" | "connect_error")));
            let told = told.await;
            match told["message"].as_str() {
                None => return Some((place, client)),
                Some(message) if GONE.contains(&message) => {}
                // It is there, and does not let them in now.
                Some(_) => return None,
            }
        }
        None
    }

    async fn hear(
        &self,
        node: usize,
        client: &Client,
        has: &mut BTreeMap<String, i64>,
        notes: &Mutex<Notes>,
        again: bool,
    ) {
        let began = Instant::now();
        let asks: BTreeMap<u64, &String> = self
            .studies
            .iter()
            .map(|study| {
                let body = match has.get(study) {
                    Some(since) => json!({ "studyId": study, "since": since }),
                    None => json!({ "studyId": study }),
                };
                (client.asks("study:join", body), study)
            })
            .collect();
        {
            let mut notes = notes.lock().unwrap();
            notes.connections += 1;
            // Their own scope.
            notes.begun += 1;
        }
        let mut place = 0;
        loop {
            let (heard, next) = client.since(place);
            place = next;
            for heard in heard {
                let data = &heard.item["data"];
                let mut notes = notes.lock().unwrap();
                match heard.item["got"].as_str() {
                    Some("answer") => {
                        let Some(study) = heard.item["ask"].as_u64().and_then(|ask| asks.get(&ask)) else { continue };
                        if data["ok"] != true {
                            assert_eq!(data["problem"]["status"], 503, "{study}: {data}");
                            return;
                        }
                        notes.begun += 1;
                        let seq = data["seq"].as_i64().unwrap();
                        let has = has.entry((*study).clone()).or_insert(seq);
                        *has = seq.max(*has);
                    }
                    Some("event") => {
                        if let Some(study) = data["scope"]["study"].as_str() {
                            has.insert(study.to_owned(), data["seq"].as_i64().unwrap());
                        }
                        notes.event(data, Event { node, at: heard.at, began, again });
                    }
                    Some("resync") => notes.resyncs += 1,
                    Some("cut") => notes.cut(data, heard.at),
                    Some("disconnect" | "closed") => return,
                    _ => {}
                }
            }
            sleep(PAUSE).await;
        }
    }
}

/// What somebody is told who comes to a node to hear a study over a socket: the problem's code, or `None`.
pub(crate) async fn refused(clients: &Clients, person: &Person, study: &str) -> Option<String> {
    let client = person.connects(clients, Way::WebSocket);
    let told =
        client.until("connection", |item| matches!(item["got"].as_str(), Some("connect" | "connect_error"))).await;
    let code = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(refused) = code(&told["message"]) {
        return Some(refused);
    }
    let answer = client.answer(client.asks("study:join", json!({ "studyId": study }))).await;
    client.disconnects();
    code(&answer["problem"]["code"])
}
