//! Somebody with a client of their own, who signs in and asks the server for things.

use coup_tests::Server;
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

/// A password that is nobody's first guess.
pub(crate) const PASSWORD: &str = "파란 우산과 노란 기차";

/// A client with its own cookies.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    client: Client,
    base: String,
    /// Their identifier, once they have an account.
    pub(crate) id: String,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Person {
    /// Nobody in particular.
    pub(crate) fn stranger(server: &Server) -> Self {
        let client = Client::builder().no_proxy().cookie_store(true).build().unwrap();
        Self { client, base: server.url("/api"), id: String::new() }
    }

    /// Somebody with an account, signed in.
    pub(crate) async fn new(server: &Server, name: &str) -> Self {
        let mut person = Self::stranger(server);
        let body = json!({ "email": email(name), "password": PASSWORD, "name": name });
        let answer = person.post("/auth/sign-up", body).await.is(201);
        person.id = answer.text("/id");
        person
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// A POST that says nothing.
    pub(crate) async fn act(&self, path: &str) -> Answer {
        self.ask(Method::POST, path, None).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Anything, for what no well-behaved client would send.
    pub(crate) fn raw(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.raw(method, path);
        Answer::of(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A study of theirs, with these fields beside the required ones.
    pub(crate) async fn founds(&self, name: &str, more: Value) -> String {
        let mut body = json!({ "name": name, "description": "함께 공부해요", "category": "프로그래밍" });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.post("/studies", body).await.is(201).text("/id")
    }

    /// They say something, and its identifier.
    pub(crate) async fn says(&self, study: &str, content: &str) -> String {
        self.post(&format!("/my-studies/{study}/messages"), json!({ "content": content })).await.is(201).text("/id")
    }

    /// How many messages wait for them in a study.
    pub(crate) async fn unread(&self, study: &str) -> i64 {
        let answer = self.get("/my-studies").await.is(200);
        let own = answer.body["items"].as_array().unwrap().iter().find(|own| own.to_string().contains(study));
        own.unwrap_or_else(|| panic!("no {study} in {answer:?}"))["unreadCount"].as_i64().unwrap()
    }
}

impl Answer {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.expect("the server must answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Self { status, headers, body }
    }

    /// It has this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// It is a problem with this status and code.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        let kind = self.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{}", self.body);
        self
    }

    /// A text within its body.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.body)).to_owned()
    }

    /// The items of a list, each by one of its texts.
    #[track_caller]
    pub(crate) fn items(&self, pointer: &str) -> Vec<String> {
        let items = self.body["items"].as_array().unwrap_or_else(|| panic!("no items in {}", self.body));
        items.iter().map(|item| item.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned()).collect()
    }
}

/// Everybody's address follows from their name.
pub(crate) fn email(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '.' }).collect();
    format!("{name}@school.example")
}
