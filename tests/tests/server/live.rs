//! The chat as it happens, in real browsers: two people talk, a kick, a server that is away.

use coup_tests::{BrowserOptions, Server};
use serde_json::json;

use crate::{
    talk::Talk,
    visitor::{Visitor, eventually},
};

#[tokio::test]
async fn what_two_people_say_edit_and_delete_comes_to_both_by_itself_and_once() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, study, chat } = Talk::new(&server).await;
    member.types("저도").await;
    owner.until_it_says("이서연 님이 입력하고 있어요").await;
    owner.says("어서 와요").await;
    member.until_bubbles_are(&["어서 와요"]).await;
    member.says(" 반가워요 <b>!</b>").await;
    owner.until_bubbles_are(&["어서 와요", "저도 반가워요 <b>!</b>"]).await;
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
    let ways_back = format!("document.querySelectorAll(`a[href*='{study}']`).length");
    assert_eq!(member.finds(&ways_back).await, json!(0), "nothing leads where one may not go");
    assert_eq!(member.finds("document.activeElement.className").await, json!("cut"));
    member.clicks("main a[href='/my-studies']").await;
    member.until(|path| path == "/my-studies").await;
}

#[tokio::test]
async fn who_signs_out_leaves_nothing_in_the_browser() {
    let mut server = Server::on_sqlite().await;
    let Talk { member, .. } = Talk::new(&server).await;
    server.kill();
    member.until_it_says("연결이 끊겼어요").await;
    member.says("보내지 못한 말").await;
    member.types("쓰던 글").await;
    let kept = "[localStorage, sessionStorage].flatMap((kept) => Object.keys(kept)).filter((key) => /^coup-/.test(key)).length";
    member.until_found(kept, &json!(2)).await;
    // The server does not answer: that somebody wants to be gone is enough.
    member.finds("document.querySelector('form[data-leaves]').requestSubmit()").await;
    server.start_again().await;
    member.goes("/sign-in").await;
    assert_eq!(member.finds(kept).await, json!(0));
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
    member.until_it_says("4000자").await;
    member.clicks("[data-remove]").await;
    member.until_bubbles_are(&["남겨 둔 말", "그다음 말"]).await;
    let sent = owner.calls("GET", &format!("/api/my-studies/{study}/messages?after=0"), None).await;
    assert_eq!(sent["items"].as_array().unwrap().len(), 2);
}

/// A stream that answers at once and hears later: until `hears()` is called, nothing has begun.
const HEARS_LATE: &str = "delete globalThis.SharedWorker; \
    const real = globalThis.fetch; \
    const told = new Promise(done => { globalThis.hears = done; }); \
    globalThis.fetch = async (address, options) => { \
        if (!String(address).endsWith('/api/stream') || !sessionStorage.getItem('late')) return real(address, options); \
        globalThis.asked = true; \
        const { readable, writable } = new TransformStream(); \
        told.then(() => real(address, options)).then(answer => answer.body.pipeTo(writable)); \
        return new Response(readable); \
    }";

#[tokio::test]
async fn what_is_said_after_the_page_was_made_and_before_its_stream_hears_is_shown_too() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, chat, .. } = Talk::with(&server, HEARS_LATE).await;
    member.finds("sessionStorage.setItem('late', 'yes')").await;
    member.goes(&chat).await;
    member.until_found("asked && document.querySelector('[data-offline]').hidden", &json!(true)).await;
    owner.says("그 사이에 한 말").await;
    owner.until_bubbles_are(&["그 사이에 한 말"]).await;
    // Their read mark is told before the stream hears, too: nothing else tells the page that there is something.
    owner
        .until_found(
            "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/messages/read'))",
            &json!(true),
        )
        .await;
    assert_eq!(member.bubbles().await, [""; 0]);
    member.finds("hears()").await;
    member.until_bubbles_are(&["그 사이에 한 말"]).await;
}

#[tokio::test]
async fn many_messages_in_quick_succession_are_all_sent_once_and_in_order() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, .. } = Talk::new(&server).await;
    // One just when what was before has gone, one while it is on its way.
    let says = "(async () => { \
        const field = document.querySelector('#f-content'); \
        const outbox = document.querySelector('[data-outbox]'); \
        const emptied = () => new Promise(done => { \
            const watch = new MutationObserver(() => { if (outbox.children.length === 0) { watch.disconnect(); done(); } }); \
            watch.observe(outbox, { childList: true }); \
        }); \
        for (let number = 1; number <= 40; number += 1) { \
            const gone = emptied(); \
            field.value = `${number}번`; \
            field.form.requestSubmit(); \
            if (number % 2) await gone; \
        } \
        return true; \
    })()";
    assert_eq!(member.finds(says).await, json!(true));
    let all: Vec<String> = (1..=40).map(|number| format!("{number}번")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    member.until_bubbles_are(&all).await;
    owner.until_bubbles_are(&all).await;
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
    let all = async || {
        member.page().execute(top, Vec::new()).await.unwrap();
        member.bubbles().await.len() == 121
    };
    assert!(eventually(all).await, "only {} messages came", member.bubbles().await.len());
    let bubbles = member.bubbles().await;
    assert!(bubbles[0].starts_with("1번째 말"), "{}", bubbles[0]);
    member.clicks("[data-new]").await;
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
        visitor.clicks("[data-fresh=mine] a").await;
        visitor.until(|path| path.starts_with("/my-studies/")).await;
        visitor.goes(&format!("{}/chat", visitor.path().await)).await;
        visitor.until_found("document.querySelectorAll('.message').length > 0", &json!(true)).await;
        // Nothing but the room's own list is wider than the screen.
        let sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(visitor.finds(sideways).await, json!(false), "{name}");
        visitor.is_pictured(name).await;
    }
}
