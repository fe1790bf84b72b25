//! Two people in a study's chat.

use coup_tests::{BrowserOptions, Server};
use serde_json::{Value, json};

use crate::visitor::{Visitor, eventually};

/// An owner and a member, both in a study's chat.
pub(crate) struct Talk {
    pub(crate) owner: Visitor,
    pub(crate) member: Visitor,
    pub(crate) study: String,
    pub(crate) chat: String,
}

impl Talk {
    pub(crate) async fn new(server: &Server) -> Self {
        Self::with(server, "").await
    }

    /// The member's browser runs this script before those of each page, in its first tab.
    pub(crate) async fn with(server: &Server, script: &str) -> Self {
        let owner = Visitor::new(server, true).await;
        owner.signs_up("김민준").await;
        owner.goes("/studies/new").await;
        let fields = [("name", "아침 코딩 모임"), ("description", "매일 한 문제씩 풀어요"), ("category", "")];
        owner.fills("/studies", &fields).await;
        owner.until(|path| path.starts_with("/my-studies/")).await;
        let study = owner.path().await.split('/').nth(2).unwrap().to_owned();
        let member = Visitor::at(server, BrowserOptions::default()).await;
        member.runs_before_each_page(script).await;
        member.signs_up("이서연").await;
        member.calls("POST", &format!("/api/studies/{study}/join"), None).await;
        let chat = format!("/my-studies/{study}/chat");
        let talk = Self { owner, member, study, chat };
        talk.owner.goes(&talk.chat).await;
        talk.member.goes(&talk.chat).await;
        // Each sees the other there, so both streams hear.
        talk.owner.until_it_says("이서연").await;
        talk.member.until_it_says("김민준").await;
        talk
    }

    /// How many messages the member has not read.
    pub(crate) async fn unread(&self) -> Value {
        let mine = self.member.calls("GET", "/api/my-studies", None).await;
        mine["items"][0]["unreadCount"].clone()
    }
}

const UNSENT: &str = "document.querySelectorAll('.message--unsent').length";

impl Visitor {
    /// Calls the API as the page's own modules do.
    pub(crate) async fn calls(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let script = "const [method, path, body, done] = arguments; \
             fetch(path, { method, body: body && JSON.stringify(body), headers: body ? { 'content-type': 'application/json' } : {} }) \
             .then(async answer => done([answer.status, await answer.text()]), error => done([0, String(error)]))";
        let answer = self.page().execute_async(script, vec![json!(method), json!(path), json!(body)]).await.unwrap();
        assert!((200..300).contains(&answer[0].as_u64().unwrap()), "{method} {path}: {answer}");
        serde_json::from_str(answer[1].as_str().unwrap()).unwrap_or(Value::Null)
    }

    pub(crate) async fn types(&self, text: &str) {
        self.writes("#f-content", text).await;
    }

    pub(crate) async fn says(&self, text: &str) {
        self.types(text).await;
        self.clicks(".composer button").await;
    }

    /// The texts in the room, in their order, those that wait at the end.
    pub(crate) async fn bubbles(&self) -> Vec<String> {
        let found =
            self.finds("[...document.querySelectorAll('.room .bubble')].map(bubble => bubble.textContent)").await;
        found.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn until_bubbles_are(&self, expected: &[&str]) {
        if eventually(async || self.bubbles().await == expected && self.finds(UNSENT).await == json!(0)).await {
            return;
        }
        panic!(
            "expected {expected:?}, there are {:?}, {} of them unsent",
            self.bubbles().await,
            self.finds(UNSENT).await
        );
    }
}
