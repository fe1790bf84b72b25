//! Official clients: one process of Node for a test, which is told what to do and says what clients hear.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use coup_tests::from_tests_run;
use serde_json::{Value, json};

/// How long anything that must come may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);

/// The process, and all that was heard in it.
pub(crate) struct Clients {
    process: Child,
    orders: Mutex<ChildStdin>,
    heard: Arc<Mutex<Vec<(Instant, Value)>>>,
    next: AtomicU64,
}

/// How a client goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    WebSocket,
    Polling,
    /// Polling, then a WebSocket: as clients do when they are not told.
    Both,
}

impl Way {
    fn transports(self) -> Value {
        match self {
            Self::WebSocket => json!(["websocket"]),
            Self::Polling => json!(["polling"]),
            Self::Both => json!(["polling", "websocket"]),
        }
    }
}

/// One client.
pub(crate) struct Client<'a> {
    clients: &'a Clients,
    number: u64,
}

impl Clients {
    pub(crate) fn start() -> Self {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("socket/driver.js");
        let mut process = Command::new("node")
            .arg(driver)
            .env("NODE_PATH", from_tests_run("COUP_TEST_NODE_PATH"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node must start");
        let orders = Mutex::new(process.stdin.take().unwrap());
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = heard.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let item = serde_json::from_str(&line).expect("a line of JSON");
                hearing.lock().unwrap().push((Instant::now(), item));
            }
        });
        Self { process, orders, heard, next: AtomicU64::new(1) }
    }

    fn order(&self, order: &Value) {
        let mut orders = self.orders.lock().unwrap();
        writeln!(orders, "{order}").expect("the clients' process must run");
    }

    /// A client that begins to connect.
    pub(crate) fn open(&self, url: &str, way: Way, headers: Value, auth: Value) -> Client<'_> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let options = json!({ "transports": way.transports(), "extraHeaders": headers, "auth": auth });
        self.order(&json!({ "do": "connect", "client": number, "url": url, "options": options }));
        Client { clients: self, number }
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Client<'_> {
    /// All that it heard, in order, with the time.
    pub(crate) fn log(&self) -> Vec<(Instant, Value)> {
        let heard = self.clients.heard.lock().unwrap();
        heard.iter().filter(|(_, item)| item["client"] == self.number).cloned().collect()
    }

    /// What it heard of a kind, in order.
    pub(crate) fn heard(&self, kind: &str) -> Vec<Value> {
        self.log().into_iter().filter(|(_, item)| item["got"] == kind).map(|(_, item)| item["data"].clone()).collect()
    }

    /// The places of a study's events that it heard.
    pub(crate) fn places(&self, study: &str) -> Vec<i64> {
        let events = self.heard("event").into_iter().filter(|event| event["scope"]["study"] == study);
        events.map(|event| event["seq"].as_i64().unwrap()).collect()
    }

    /// Waits for something that it hears, or has heard.
    pub(crate) async fn until(&self, what: &str, found: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            if let Some((_, item)) = self.log().into_iter().find(|(_, item)| found(item)) {
                return item["data"].clone();
            }
            assert!(begin.elapsed() < PATIENCE, "no {what}; heard: {:#?}", self.log());
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits for the first of a kind.
    pub(crate) async fn hears(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == kind).await
    }

    /// Waits for an event of a type.
    pub(crate) async fn hears_event(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == "event" && item["data"]["type"] == kind).await
    }

    /// Waits for something passing of a type.
    pub(crate) async fn hears_passing(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == "ephemeral" && item["data"]["type"] == kind).await
    }

    /// Waits until it has heard a study's events up to a place.
    pub(crate) async fn hears_up_to(&self, study: &str, seq: i64) {
        let begin = Instant::now();
        while self.places(study).last().is_none_or(|last| *last < seq) {
            assert!(begin.elapsed() < PATIENCE, "not heard up to {seq}: {:?}", self.places(study));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Begins to ask; the answer comes by [`answer`](Self::answer).
    pub(crate) fn asks(&self, event: &str, body: impl Into<Value>) -> u64 {
        self.asks_with(event, &[body.into()])
    }

    /// The same with as many arguments.
    pub(crate) fn asks_with(&self, event: &str, body: &[Value]) -> u64 {
        let ask = self.clients.next.fetch_add(1, Ordering::Relaxed);
        self.clients.order(&json!({ "do": "ask", "client": self.number, "ask": ask, "event": event, "body": body }));
        ask
    }

    pub(crate) async fn answer(&self, ask: u64) -> Value {
        self.until("answer", |item| item["got"] == "answer" && item["ask"] == ask).await
    }

    /// Asks, and it is done.
    #[track_caller]
    pub(crate) fn does(&self, event: &str, body: impl Into<Value>) -> impl Future<Output = Value> {
        let ask = self.asks(event, body);
        async move {
            let answer = self.answer(ask).await;
            assert_eq!(answer["ok"], true, "{answer}");
            answer
        }
    }

    /// Asks, and is refused with this status and code; the problem.
    pub(crate) async fn is_refused(&self, event: &str, body: impl Into<Value>, status: u16, code: &str) -> Value {
        let answer = self.answer(self.asks(event, body)).await;
        let problem = &answer["problem"];
        assert_eq!(
            (&answer["ok"], &problem["status"], &problem["code"]),
            (&json!(false), &json!(status), &json!(code))
        );
        problem.clone()
    }

    /// Sends without asking for an answer.
    pub(crate) fn sends(&self, event: &str, body: impl Into<Value>) {
        self.clients.order(&json!({ "do": "send", "client": self.number, "event": event, "body": [body.into()] }));
    }

    /// Sends a packet as it goes over the wire.
    pub(crate) fn sends_raw(&self, text: &str) {
        self.clients.order(&json!({ "do": "raw", "client": self.number, "text": text }));
    }

    pub(crate) fn disconnects(&self) {
        self.clients.order(&json!({ "do": "disconnect", "client": self.number }));
    }

    /// Waits until it was cut with this code and disconnected, and heard nothing between and after.
    pub(crate) async fn is_cut(&self, code: &str) -> Value {
        let cut = self.hears("cut").await;
        assert_eq!(cut["code"], code, "{cut}");
        assert_eq!(self.hears("disconnect").await["reason"], "io server disconnect");
        let log = self.log();
        let told = log.iter().position(|(_, item)| item["got"] == "cut").unwrap();
        let after: Vec<_> = log[told + 1..].iter().map(|(_, item)| item["got"].as_str().unwrap()).collect();
        assert!(after.iter().all(|got| matches!(*got, "disconnect" | "closed")), "{after:?}");
        cut
    }
}
