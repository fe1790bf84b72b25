//! A server on this machine, people signed in to it, and the streams that they read.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use coup_axum::{
    api::{ApiOptions, api},
    caller::Caller,
    identity::{Argon2Passwords, SessionCaller, SessionCookie, identity},
};
use coup_core::{
    chat::service::SendMessage,
    coup::{Coup, Ctx},
    testing::MemoryStore,
};
use coup_realtime::live::{Limits, Live};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

/// Longer than anything that a test waits for takes.
const SOON: Duration = Duration::from_secs(10);

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) live: Live,
    client: reqwest::Client,
}

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) ctx: Ctx,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let passwords = Arc::new(Argon2Passwords::with_cost(8, 1, 1).unwrap());
        let coup = Coup::builder(Arc::new(MemoryStore::new())).passwords(passwords).build();
        let live = Live::new(coup.clone(), limits);
        let running = live.clone();
        tokio::spawn(async move { running.run(std::future::pending()).await });
        let cookie = SessionCookie::for_address("http://127.0.0.1");
        let options = ApiOptions::default().live(live.clone());
        let (accounts, _) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, _) = api::<SessionCookie, SessionCaller>(coup, options);
        let app = Router::new().nest("/api", routes.merge(accounts)).with_state(cookie);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        // The choice is a program's.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { address, live, client: reqwest::Client::builder().tls_certs_only([]).build().unwrap() }
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let body = json!({ "email": format!("{name}@school.kr"), "password": "파란 하늘 아래 두 사람", "name": name });
        let request = self.client.post(format!("http://{}/api/auth/sign-up", self.address)).json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let ctx = Caller::session(cookie.split_once('=').unwrap().1).into_ctx();
        let me: Value = response.json().await.unwrap();
        Person { id: me["id"].as_str().unwrap().to_owned(), cookie, ctx }
    }

    pub(crate) async fn ask(&self, who: &Person, method: Method, path: &str, last: Option<&str>) -> Response {
        let mut request = self.client.request(method, format!("http://{}/api{path}", self.address));
        request = request.header("cookie", &who.cookie).header("accept-encoding", "gzip, br");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        timeout(SOON, request.send()).await.unwrap().unwrap()
    }

    pub(crate) async fn post(&self, who: &Person, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("http://{}/api{path}", self.address));
        let response = request.header("cookie", &who.cookie).json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap_or(Value::Null)
    }

    pub(crate) async fn study(&self, owner: &Person, is_public: bool) -> String {
        let body = json!({ "name": "알고리즘 스터디", "description": "매주 화요일", "category": "프로그래밍", "isPublic": is_public });
        self.post(owner, "/studies", &body).await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn join(&self, who: &Person, study: &str) {
        self.post(who, &format!("/studies/{study}/join"), &json!({})).await;
    }

    /// By the use case itself, which is quick.
    pub(crate) async fn say(&self, who: &Person, study: &str, content: &str) {
        let message = SendMessage::parse(study.parse().unwrap(), content, None, None).unwrap();
        self.live.coup().run(&who.ctx, message).await.unwrap();
    }

    pub(crate) async fn stream(&self, who: &Person, path: &str, last: Option<&str>) -> Stream {
        let response = self.ask(who, Method::GET, path, last).await;
        assert_eq!(response.status(), 200, "{path}");
        Stream { response, rest: Vec::new(), last: String::new() }
    }

    pub(crate) async fn connections_are(&self, right: impl Fn(usize) -> bool) {
        let reached = timeout(SOON, async {
            while !right(self.live.connections()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(reached.await.is_ok(), "{} connections", self.live.connections());
    }
}

/// What arrives.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Empty: it only moves the cursor, or is a comment.
    pub(crate) event: String,
    pub(crate) data: Value,
    pub(crate) retry: Option<String>,
    pub(crate) comment: bool,
}

pub(crate) struct Stream {
    pub(crate) response: Response,
    rest: Vec<u8>,
    /// The last `id`.
    pub(crate) last: String,
}

impl Stream {
    /// The next block; `None` at the end.
    pub(crate) async fn block(&mut self) -> Option<Block> {
        self.block_in(SOON).await
    }

    /// The same, where more time is right.
    pub(crate) async fn block_within(&mut self, most: Duration) -> Block {
        self.block_in(most).await.expect("it goes on")
    }

    async fn block_in(&mut self, most: Duration) -> Option<Block> {
        loop {
            if let Some(end) = self.rest.windows(2).position(|two| two == b"\n\n") {
                let text = String::from_utf8(self.rest.drain(..end + 2).collect()).unwrap();
                return Some(self.read(&text));
            }
            match timeout(most, self.response.chunk()).await.expect("something in time") {
                Ok(Some(bytes)) => self.rest.extend_from_slice(&bytes),
                Ok(None) => return None,
                Err(error) => panic!("the stream broke off: {error}"),
            }
        }
    }

    fn read(&mut self, text: &str) -> Block {
        let mut block = Block::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.split_once(':').unwrap() {
                ("", _) => block.comment = true,
                ("event", name) => name.trim().clone_into(&mut block.event),
                ("id", id) => id.trim().clone_into(&mut self.last),
                ("retry", time) => block.retry = Some(time.trim().to_owned()),
                ("data", json) => block.data = serde_json::from_str(json).unwrap(),
                other => panic!("{other:?} is no field that a stream has"),
            }
        }
        block
    }

    /// The next block of this kind.
    pub(crate) async fn next(&mut self, event: &str) -> Value {
        loop {
            let block = self.block().await.unwrap_or_else(|| panic!("ended before {event}"));
            if block.event == event {
                return block.data;
            }
        }
    }

    /// The next message's study and content, nothing being lost before it.
    pub(crate) async fn message(&mut self) -> (String, String) {
        loop {
            let block = self.block().await.unwrap();
            assert!(block.event != "resync", "{block:?}");
            let event = block.data;
            if event["type"] == "message.created" {
                let study = event["scope"]["study"].as_str().unwrap().to_owned();
                return (study, event["data"]["content"].as_str().unwrap().to_owned());
            }
        }
    }
}
