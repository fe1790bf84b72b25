//! Official clients of Socket.IO: one process of Node, which is told what to do and says what clients hear.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::environment::from_tests_run;

/// How long anything that must come may take.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);

/// The process, and all that was heard in it. Cheap to clone; the process ends with the last one, and with the last client.
#[derive(Debug, Clone)]
pub struct Clients(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    process: Child,
    orders: Mutex<ChildStdin>,
    heard: Arc<Mutex<Vec<Heard>>>,
    next: AtomicU64,
}

/// One thing that was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// `client`, `got` (what it is), `data`, and of an answer the number of what was asked as `ask`.
    pub item: Value,
}

/// How a client goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A WebSocket from the beginning.
    WebSocket,
    /// Polling, and nothing else.
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
#[derive(Debug, Clone)]
pub struct Client {
    clients: Clients,
    number: u64,
}

impl Clients {
    /// Starts the process.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("socket/driver.js");
        let mut process = Command::new("node")
            .arg(driver)
            .env("NODE_PATH", from_tests_run("COUP_TEST_NODE_PATH"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its own: Node would make this process's one such that writing to it fails when it is full.
            .stderr(Stdio::piped())
            .spawn()
            .expect("node must start");
        let orders = Mutex::new(process.stdin.take().expect("its input"));
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let complaints = BufReader::new(process.stderr.take().expect("its errors")).lines();
        std::thread::spawn(move || {
            for line in complaints.map_while(Result::ok) {
                #[expect(clippy::print_stderr, reason = "the test runner shows it with the failed test")]
                {
                    eprintln!("the clients' process: {line}");
                }
            }
        });
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = heard.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let item = serde_json::from_str(&line).expect("a line of JSON");
                hearing.lock().expect("no panic beside").push(Heard { at: Instant::now(), item });
            }
        });
        Self(Arc::new(Inner { process, orders, heard, next: AtomicU64::new(1) }))
    }

    /// A client that begins to connect.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn open(&self, url: &str, way: Way, headers: &Value, auth: &Value) -> Client {
        let number = self.fresh();
        let options = json!({ "transports": way.transports(), "extraHeaders": headers, "auth": auth });
        self.order(&json!({ "do": "connect", "client": number, "url": url, "options": options }));
        Client { clients: self.clone(), number }
    }

    fn fresh(&self) -> u64 {
        self.0.next.fetch_add(1, Ordering::Relaxed)
    }

    fn order(&self, order: &Value) {
        let mut orders = self.0.orders.lock().expect("no panic beside");
        writeln!(orders, "{order}").expect("the clients' process must run");
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Heard>> {
        self.0.heard.lock().expect("no panic beside")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Both fail only if it has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Client {
    /// What it heard since this place, and the place from which it is to be asked next; the first is 0.
    ///
    /// # Panics
    /// When a test beside has panicked.
    pub fn since(&self, place: usize) -> (Vec<Heard>, usize) {
        let heard = self.clients.heard();
        let new = heard.get(place..).unwrap_or_default().iter();
        (new.filter(|heard| heard.item["client"] == self.number).cloned().collect(), heard.len())
    }

    /// All that it heard, in order, with the time.
    ///
    /// # Panics
    /// When a test beside has panicked.
    pub fn log(&self) -> Vec<(Instant, Value)> {
        self.since(0).0.into_iter().map(|Heard { at, item }| (at, item)).collect()
    }

    /// What it heard of a kind, in order.
    ///
    /// # Panics
    /// When a test beside has panicked.
    pub fn heard(&self, kind: &str) -> Vec<Value> {
        self.log().into_iter().filter(|(_, item)| item["got"] == kind).map(|(_, item)| item["data"].clone()).collect()
    }

    /// The places of a study's events that it heard.
    ///
    /// # Panics
    /// When one has none.
    pub fn places(&self, study: &str) -> Vec<i64> {
        let events = self.heard("event").into_iter().filter(|event| event["scope"]["study"] == study);
        events.map(|event| event["seq"].as_i64().expect("a place")).collect()
    }

    /// Waits for something that it hears, or has heard.
    ///
    /// # Panics
    /// When it does not come; with all that came.
    pub async fn until(&self, what: &str, found: impl Fn(&Value) -> bool) -> Value {
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
    ///
    /// # Panics
    /// When it does not come.
    pub async fn hears(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == kind).await
    }

    /// Waits for an event of a type.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn hears_event(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == "event" && item["data"]["type"] == kind).await
    }

    /// Waits for something passing of a type.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn hears_passing(&self, kind: &str) -> Value {
        self.until(kind, |item| item["got"] == "ephemeral" && item["data"]["type"] == kind).await
    }

    /// Waits until it has heard a study's events up to a place.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn hears_up_to(&self, study: &str, seq: i64) {
        let begin = Instant::now();
        while self.places(study).last().is_none_or(|last| *last < seq) {
            assert!(begin.elapsed() < PATIENCE, "not heard up to {seq}: {:?}", self.places(study));
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Begins to ask; the answer comes by [`answer`](Self::answer).
    ///
    /// # Panics
    /// When the process has ended.
    pub fn asks(&self, event: &str, body: impl Into<Value>) -> u64 {
        self.asks_with(event, &[body.into()])
    }

    /// The same with as many arguments.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn asks_with(&self, event: &str, body: &[Value]) -> u64 {
        let ask = self.clients.fresh();
        self.clients.order(&json!({ "do": "ask", "client": self.number, "ask": ask, "event": event, "body": body }));
        ask
    }

    /// Waits for the answer to what was asked.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn answer(&self, ask: u64) -> Value {
        self.until("answer", |item| item["got"] == "answer" && item["ask"] == ask).await
    }

    /// Asks, and it is done.
    ///
    /// # Panics
    /// When it is refused.
    #[track_caller]
    pub fn does(&self, event: &str, body: impl Into<Value>) -> impl Future<Output = Value> {
        let ask = self.asks(event, body);
        async move {
            let answer = self.answer(ask).await;
            assert_eq!(answer["ok"], true, "{answer}");
            answer
        }
    }

    /// Asks, and is refused with this status and code; the problem.
    ///
    /// # Panics
    /// When it is not so.
    pub async fn is_refused(&self, event: &str, body: impl Into<Value>, status: u16, code: &str) -> Value {
        let answer = self.answer(self.asks(event, body)).await;
        let problem = &answer["problem"];
        assert_eq!(
            (&answer["ok"], &problem["status"], &problem["code"]),
            (&json!(false), &json!(status), &json!(code))
        );
        problem.clone()
    }

    /// Sends without asking for an answer.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn sends(&self, event: &str, body: impl Into<Value>) {
        let body = [body.into()];
        self.clients.order(&json!({ "do": "send", "client": self.number, "event": event, "body": body }));
    }

    /// Sends a packet as it goes over the wire.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn sends_raw(&self, text: &str) {
        self.clients.order(&json!({ "do": "raw", "client": self.number, "text": text }));
    }

    /// Ends it.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn disconnects(&self) {
        self.clients.order(&json!({ "do": "disconnect", "client": self.number }));
    }

    /// Waits until it was cut with this code and disconnected, and heard nothing between and after.
    ///
    /// # Panics
    /// When it is not so.
    pub async fn is_cut(&self, code: &str) -> Value {
        let cut = self.hears("cut").await;
        assert_eq!(cut["code"], code, "{cut}");
        assert_eq!(self.hears("disconnect").await["reason"], "io server disconnect");
        let log = self.log();
        let after = log.iter().map(|(_, item)| item["got"].as_str()).skip_while(|got| *got != Some("cut")).skip(1);
        let after: Vec<_> = after.flatten().collect();
        assert!(after.iter().all(|got| matches!(*got, "disconnect" | "closed")), "{after:?}");
        cut
    }
}
