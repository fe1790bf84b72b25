//! Somebody with a client of their own, who signs in and asks the server for things.

use coup_core::{
    env::{Clock as _, SystemClock},
    testing::Authenticator,
};
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::{
    server::Server,
    socket_client::{Client, Clients, Way},
};

/// A password that is nobody's first guess.
pub const PASSWORD: &str = "파란 우산과 노란 기차";

/// The address of the administrator that a fresh server makes.
pub const FIRST_ADMINISTRATOR: &str = "admin@coup.localhost";

/// A client with its own cookies.
#[derive(Debug, Clone)]
pub struct Person {
    client: reqwest::Client,
    base: String,
    /// Their identifier, once they have an account.
    pub id: String,
    /// The session's cookie, `name=value`, once they are signed in.
    pub cookie: String,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; text that is not JSON as a text, none as null.
    pub body: Value,
}

impl Person {
    /// Nobody in particular.
    ///
    /// # Panics
    /// Never.
    pub fn stranger(server: &Server) -> Self {
        let client = crate::web::client().cookie_store(true).build().expect("a client");
        Self { client, base: server.url("/api"), id: String::new(), cookie: String::new() }
    }

    /// Somebody with an account, signed in.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn new(server: &Server, name: &str) -> Self {
        let mut person = Self::stranger(server);
        let body = json!({ "email": email(name), "password": PASSWORD, "name": name });
        let answer = person.post("/auth/sign-up", body).await.is(201);
        person.id = answer.text("/id");
        person.cookie = answer.cookie();
        person
    }

    /// Whoever a fresh server made, with a password of their own and two-step sign-in.
    ///
    /// # Panics
    /// When the server refuses, or said nothing of them.
    pub async fn first_administrator(server: &Server) -> Self {
        let log = server.log();
        let mut lines = log.lines().map(str::trim).skip_while(|line| *line != FIRST_ADMINISTRATOR).skip(1);
        let code = lines.next().expect("the line after the address has the code");
        let mut person = Self::stranger(server);
        person.chooses_password(FIRST_ADMINISTRATOR, code).await;
        person.sets_up_second_factor().await;
        person
    }

    /// Chooses [`PASSWORD`] by a code, and signs in with it.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn chooses_password(&mut self, email: &str, code: &str) {
        self.post("/auth/reset/confirm", json!({ "email": email, "code": code, "password": PASSWORD })).await.is(204);
        self.post("/auth/sign-in", json!({ "email": email, "password": PASSWORD })).await.is(200);
    }

    /// The same person with the same session, asking another node.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self { base: server.url("/api"), ..self.clone() }
    }

    /// A client of Socket.IO in their name, as a page of the node that they ask would open it.
    ///
    /// # Panics
    /// When the clients' process has ended.
    pub fn connects(&self, clients: &Clients, way: Way) -> Client {
        let site = self.base.trim_end_matches("/api");
        let headers = json!({ "cookie": self.cookie, "origin": site, "accept-language": "en" });
        clients.open(site, way, &headers, &json!({}))
    }

    /// The same account, with a session of its own.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn on_another_device(&self, server: &Server, name: &str) -> Self {
        let mut other = Self { id: self.id.clone(), ..Self::stranger(server) };
        let body = json!({ "email": email(name), "password": PASSWORD });
        other.cookie = other.post("/auth/sign-in", body).await.is(200).cookie();
        other
    }

    /// Turns the second factor on, as administrators have to before they administer.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sets_up_second_factor(&mut self) -> Authenticator {
        let app = Authenticator::new(&self.act("/auth/totp").await.is(201).text("/secret"));
        let code = app.code(SystemClock.now());
        self.cookie = self.post("/auth/totp/confirm", json!({ "code": code })).await.is(200).cookie();
        app
    }

    /// A GET.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    /// A POST with a body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// A POST that says nothing.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn act(&self, path: &str) -> Answer {
        self.ask(Method::POST, path, None).await
    }

    /// A PATCH.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    /// A DELETE.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Anything, for what no well-behaved client would send.
    pub fn raw(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Anything, of a server that may be gone or go meanwhile.
    pub async fn tries(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, reqwest::Error> {
        let request = self.raw(method, path);
        Answer::tried(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.tries(method, path, body.as_ref()).await.expect("the server must answer")
    }

    /// A study of theirs, with these fields beside the required ones; its identifier.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn founds(&self, name: &str, more: Value) -> String {
        let mut body = json!({ "name": name, "description": "함께 공부해요", "category": "프로그래밍" });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.post("/studies", body).await.is(201).text("/id")
    }

    /// They say something, and its identifier.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn says(&self, study: &str, content: &str) -> String {
        self.post(&format!("/my-studies/{study}/messages"), json!({ "content": content })).await.is(201).text("/id")
    }

    /// How many messages wait for them in a study.
    ///
    /// # Panics
    /// When it is none of theirs.
    pub async fn unread(&self, study: &str) -> i64 {
        let answer = self.get("/my-studies").await.is(200);
        let own = answer.list().iter().find(|own| own.to_string().contains(study));
        let unread = own.and_then(|own| own.get("unreadCount")).and_then(Value::as_i64);
        unread.unwrap_or_else(|| panic!("no {study} in {answer:?}"))
    }
}

impl Answer {
    /// The answer to a request.
    ///
    /// # Panics
    /// When there is none.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::tried(request).await.expect("the server must answer")
    }

    /// The whole answer to a request, if one comes.
    pub async fn tried(request: RequestBuilder) -> Result<Self, reqwest::Error> {
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await?;
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Ok(Self { status, headers, body })
    }

    /// It has this status.
    ///
    /// # Panics
    /// When it is not so.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the check itself is what is wanted")]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// It is a problem with this status and code.
    ///
    /// # Panics
    /// When it is not so.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the check itself is what is wanted")]
    pub fn refuses(self, status: u16, code: &str) -> Self {
        let told = self.body.get("code").and_then(Value::as_str);
        assert_eq!((self.status.as_u16(), told), (status, Some(code)), "{}", self.body);
        let kind = self.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{}", self.body);
        self
    }

    /// The cookie that it sets, `name=value`; empty if it sets none.
    pub fn cookie(&self) -> String {
        let set = self.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        set.split(';').next().unwrap_or_default().to_owned()
    }

    /// A text within its body.
    ///
    /// # Panics
    /// When it is not so.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.body)).to_owned()
    }

    /// The items of a list.
    ///
    /// # Panics
    /// When it is not so.
    #[track_caller]
    pub fn list(&self) -> &[Value] {
        let items = self.body.get("items").and_then(Value::as_array);
        items.unwrap_or_else(|| panic!("no items in {}", self.body))
    }

    /// The items of a list, each by one of its texts.
    ///
    /// # Panics
    /// When it is not so.
    #[track_caller]
    pub fn items(&self, pointer: &str) -> Vec<String> {
        self.list().iter().map(|item| item.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned()).collect()
    }
}

/// Everybody's address follows from their name.
pub fn email(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '.' }).collect();
    format!("{name}@school.example")
}
