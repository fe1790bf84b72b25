//! The chat as it happens, in real browsers: two people talk, a kick, a server that is away, several tabs, unread numbers.

use std::time::Duration;

use coup_tests::{BrowserOptions, Server};
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::visitor::Visitor;

/// An owner and a member, both in a study's chat.
struct Talk {
    owner: Visitor,
    member: Visitor,
    study: String,
    chat: String,
}

impl Talk {
    async fn new(server: &Server) -> Self {
        let owner = Visitor::new(server, true).await;
        owner.signs_up("김민준").await;
        owner.goes("/studies/new").await;
        let fields = [("name", "아침 코딩 모임"), ("description", "매일 한 문제씩 풀어요"), ("category", "")];
        owner.fills("/studies", &fields).await;
        owner.until(|path| path.starts_with("/my-studies/")).await;
        let study = owner.path().await.split('/').nth(2).unwrap().to_owned();
        let member = Visitor::new(server, true).await;
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
}

impl Visitor {
    /// Calls the API as the page's own modules do.
    async fn calls(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let script = "const [method, path, body, done] = arguments; \
             fetch(path, { method, body: body && JSON.stringify(body), headers: body ? { 'content-type': 'application/json' } : {} }) \
             .then(async answer => done([answer.status, await answer.text()]), error => done([0, String(error)]))";
        let answer = self.page().execute_async(script, vec![json!(method), json!(path), json!(body)]).await.unwrap();
        assert!((200..300).contains(&answer[0].as_u64().unwrap()), "{method} {path}: {answer}");
        serde_json::from_str(answer[1].as_str().unwrap()).unwrap_or(Value::Null)
    }

    async fn types(&self, text: &str) {
        self.page().find(Locator::Css("#f-content")).await.unwrap().send_keys(text).await.unwrap();
    }

    async fn says(&self, text: &str) {
        self.types(text).await;
        self.page().find(Locator::Css(".composer button")).await.unwrap().click().await.unwrap();
    }

    /// The texts in the room, in their order, those that wait at the end.
    async fn bubbles(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('.room .bubble')].map(bubble => bubble.textContent)";
        let found = self.page().execute(script, Vec::new()).await.unwrap();
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    async fn finds(&self, script: &str) -> Value {
        self.page().execute(&format!("return {script}"), Vec::new()).await.unwrap()
    }

    async fn until_bubbles_are(&self, expected: &[&str]) {
        for _ in 0..150 {
            if self.bubbles().await == expected && self.finds(UNSENT).await == json!(0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "expected {expected:?}, there are {:?}, {} of them unsent",
            self.bubbles().await,
            self.finds(UNSENT).await
        );
    }

    async fn until_found(&self, script: &str, expected: &Value) {
        for _ in 0..100 {
            if self.finds(script).await == *expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{script} is {}, not {expected}:\n{}", self.finds(script).await, self.reads().await);
    }
}

const UNSENT: &str = "document.querySelectorAll('.message--unsent').length";

#[tokio::test]
async fn what_two_people_say_edit_and_delete_comes_to_both_by_itself_and_once() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, chat } = Talk::new(&server).await;
    member.types("저도").await;
    owner.until_it_says("이서연 님이 입력하고 있어요").await;
    owner.says("어서 와요").await;
    member.until_bubbles_are(&["어서 와요"]).await;
    member.says(" 반가워요 <b>!</b>").await;
    owner.says("숙제 다 했어요?").await;
    let all = ["어서 와요", "저도 반가워요 <b>!</b>", "숙제 다 했어요?"];
    owner.until_bubbles_are(&all).await;
    member.until_bubbles_are(&all).await;
    owner.until_found("document.querySelector('[data-typing-now]').textContent", &json!("")).await;
    // Who wrote and when stands in the lines as the server makes them.
    assert_eq!(member.finds("document.querySelectorAll('.message[data-message-id] time').length").await, json!(3));

    let messages = owner.calls("GET", &format!("/api/my-studies/{study}/messages?after=0"), None).await;
    let id =
        |place: usize| format!("/api/my-studies/{study}/messages/{}", messages["items"][place]["id"].as_str().unwrap());
    owner.calls("PATCH", &id(0), Some(json!({ "content": "어서 오세요" }))).await;
    owner.calls("DELETE", &id(2), None).await;
    let changed = ["어서 오세요", "저도 반가워요 <b>!</b>", "삭제된 메시지예요"];
    member.until_bubbles_are(&changed).await;
    member.until_it_says("수정됨").await;
    member.goes(&chat).await;
    member.until_bubbles_are(&changed).await;
}

#[tokio::test]
async fn who_is_kicked_sees_why_and_where_to_go() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, .. } = Talk::new(&server).await;
    owner.says("안녕히 가세요").await;
    member.until_bubbles_are(&["안녕히 가세요"]).await;
    let me = member.finds("document.body.dataset.me").await;
    owner.calls("DELETE", &format!("/api/studies/{study}/members/{}", me.as_str().unwrap()), None).await;
    member.until_it_says("이 스터디에서 내보내졌어요").await;
    assert!(!member.reads().await.contains("안녕히 가세요"));
    assert_eq!(member.finds("document.activeElement.className").await, json!("cut"));
    let link = member.page().find(Locator::Css("main a[href='/my-studies']")).await.unwrap();
    link.click().await.unwrap();
    member.until(|path| path == "/my-studies").await;
}

#[tokio::test]
async fn what_is_said_while_the_server_is_away_is_sent_once_and_in_order_when_it_is_back() {
    let mut server = Server::on_sqlite().await;
    let Talk { owner, member, chat, .. } = Talk::new(&server).await;
    owner.says("하나").await;
    member.until_bubbles_are(&["하나"]).await;
    server.kill();
    member.until_it_says("연결이 끊겼어요").await;
    for text in ["둘", "셋", "넷"] {
        member.says(text).await;
    }
    assert_eq!(member.bubbles().await, ["하나", "둘", "셋", "넷"]);
    member.types("쓰던 글").await;
    server.start_again().await;
    let all = ["하나", "둘", "셋", "넷"];
    member.until_bubbles_are(&all).await;
    owner.until_bubbles_are(&all).await;
    member.until_found("document.querySelector('[data-offline]').hidden", &json!(true)).await;
    assert_eq!(member.finds("document.querySelector('#f-content').value").await, json!("쓰던 글"));
    assert_eq!(
        member.finds("Object.keys(localStorage).filter(key => key.startsWith('coup-outbox')).length").await,
        json!(0)
    );
    member.goes(&chat).await;
    member.until_bubbles_are(&all).await;
}

#[tokio::test]
async fn what_waits_outlives_a_reload_and_what_is_refused_says_why_and_can_be_discarded() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, chat } = Talk::new(&server).await;
    // As if the page had been left before it could send.
    let keep = "localStorage.setItem(`coup-outbox:${document.querySelector('[data-chat]').dataset.chat}:${document.body.dataset.me}`, \
         JSON.stringify([{ clientId: 'kept-1', content: '남겨 둔 말' }, { clientId: 'kept-2', content: 'x'.repeat(5000) }, { clientId: 'kept-3', content: '그다음 말' }]))";
    member.page().execute(keep, Vec::new()).await.unwrap();
    member.goes(&chat).await;
    owner.until_bubbles_are(&["남겨 둔 말", "그다음 말"]).await;
    member.until_it_says("보내지 못했어요").await;
    member.page().find(Locator::Css("[data-remove]")).await.unwrap().click().await.unwrap();
    member.until_bubbles_are(&["남겨 둔 말", "그다음 말"]).await;
    let sent = owner.calls("GET", &format!("/api/my-studies/{study}/messages?after=0"), None).await;
    assert_eq!(sent["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn two_tabs_have_one_stream_and_unread_numbers_are_live() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, chat } = Talk::new(&server).await;
    let streams = || server.log().lines().filter(|line| line.contains("route=\"/api/stream\"")).count();
    let before = streams();
    let first = member.page().window().await.unwrap();
    let second = member.page().new_window(true).await.unwrap().handle;
    member.page().switch_to_window(second.clone()).await.unwrap();
    member.goes("/my-studies").await;
    member.until_it_says("아침 코딩 모임").await;
    owner.says("새 소식이 있어요").await;
    member.until_found("document.querySelector('[data-fresh=mine] [data-count]')?.dataset.count", &json!("1")).await;
    member.until_found("document.title.startsWith('(1) ')", &json!(true)).await;
    member.page().switch_to_window(first).await.unwrap();
    member.until_bubbles_are(&["새 소식이 있어요"]).await;
    assert_eq!(streams(), before, "the second tab opened no stream of its own");
    // Read elsewhere, so nothing is unread in the second. A tab behind another reads nothing by itself.
    member.calls("POST", &format!("/api/my-studies/{study}/messages/read"), Some(json!({ "seq": 1 }))).await;
    member.page().switch_to_window(second).await.unwrap();
    member.until_found("document.querySelectorAll('[data-fresh=mine] [data-count]').length", &json!(0)).await;
    member.goes(&chat).await;
    member.until_bubbles_are(&["새 소식이 있어요"]).await;
}

#[tokio::test]
async fn who_reads_further_up_stays_there_and_is_told_of_new_messages_and_older_ones_come_by_themselves() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, chat } = Talk::new(&server).await;
    for number in 1..=120 {
        let body = json!({ "content": format!("{number}번째 말\n두 번째 줄") });
        owner.calls("POST", &format!("/api/my-studies/{study}/messages"), Some(body)).await;
    }
    member.goes(&chat).await;
    member.until_it_says("120번째 말").await;
    let up = "document.querySelector('[data-scroll]').scrollTop = -1500";
    member.page().execute(up, Vec::new()).await.unwrap();
    owner.says("새로 왔어요").await;
    member.until_it_says("새 메시지 1개").await;
    let offset = member.finds("Math.abs(document.querySelector('[data-scroll]').scrollTop)").await;
    assert!(offset.as_f64().unwrap() > 1000.0, "{offset}");
    let top = "document.querySelector('[data-scroll]').scrollTop = -1e6";
    for _ in 0..50 {
        member.page().execute(top, Vec::new()).await.unwrap();
        if member.bubbles().await.len() == 121 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let bubbles = member.bubbles().await;
    assert_eq!(bubbles.len(), 121);
    assert!(bubbles[0].starts_with("1번째 말"), "{}", bubbles[0]);
    member.page().find(Locator::Css("[data-new]")).await.unwrap().click().await.unwrap();
    member.until_found("document.querySelector('[data-new]').hidden", &json!(true)).await;
}

#[tokio::test]
async fn a_closed_study_takes_the_field_away_while_the_chat_is_open() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, .. } = Talk::new(&server).await;
    owner.calls("POST", &format!("/api/studies/{study}/close"), None).await;
    member.until_found("document.querySelector('[data-composer]') === null", &json!(true)).await;
    owner.calls("POST", &format!("/api/studies/{study}/reopen"), None).await;
    member.until_found("document.querySelector('[data-composer]') !== null", &json!(true)).await;
    member.says("다시 써져요").await;
    owner.until_it_says("다시 써져요").await;
}

#[tokio::test]
async fn the_chat_looks_right() {
    use coup_tests::Screen;
    let server = Server::with(&["--demo"]).await;
    for (name, screen, languages) in
        [("chat-desktop", Screen::Desktop, "ko-KR,ko"), ("chat-phone", Screen::Phone, "en-US,en")]
    {
        let visitor = Visitor::at(&server, BrowserOptions { screen, languages, ..BrowserOptions::default() }).await;
        visitor.goes("/sign-in").await;
        visitor.fills("/sign-in", &[("email", "minjun@hanbit.example"), ("password", "hanbit lantern 2026")]).await;
        visitor.until(|path| path != "/sign-in").await;
        visitor.goes("/my-studies").await;
        let first = "document.querySelector('[data-fresh=mine] a').getAttribute('href')";
        let study = visitor.finds(first).await.as_str().unwrap().to_owned();
        visitor.goes(&format!("{study}/chat")).await;
        visitor.until_found("document.querySelectorAll('.message').length > 0", &json!(true)).await;
        // Nothing but the room's own list is wider than the screen.
        let sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(visitor.finds(sideways).await, json!(false), "{name}");
        visitor.is_pictured(name).await;
    }
}
