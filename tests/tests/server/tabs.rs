//! Several tabs of one browser: one stream for all of them, whoever holds it, and what is read is what is seen.

use coup_tests::Server;
use fantoccini::wd::WindowHandle;
use serde_json::json;

use crate::{
    talk::Talk,
    visitor::{Visitor, eventually},
};

/// How many streams were opened.
fn streams(server: &Server) -> usize {
    // Between the names of a line's fields and what they are stand colours.
    server.log().lines().filter(|line| line.contains("\"/api/stream\"")).count()
}

/// A browser that knows no shared workers.
const WITHOUT_WORKERS: &str = "delete globalThis.SharedWorker";

/// Opens a tab in front of the others; its name.
async fn opens_a_tab(visitor: &Visitor, script: &str) -> WindowHandle {
    let tab = visitor.page().new_window(true).await.unwrap().handle;
    visitor.page().switch_to_window(tab.clone()).await.unwrap();
    visitor.runs_before_each_page(script).await;
    tab
}

#[tokio::test]
async fn two_tabs_have_one_stream_and_unread_numbers_are_live() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, chat, .. } = Talk::new(&server).await;
    let before = streams(&server);
    assert!(before >= 2, "each of the two has one");
    let first = member.page().window().await.unwrap();
    let second = opens_a_tab(&member, "").await;
    member.goes("/my-studies").await;
    member.until_it_says("아침 코딩 모임").await;
    owner.says("새 소식이 있어요").await;
    member.until_found("document.querySelector('[data-fresh=mine] [data-count]')?.dataset.count", &json!("1")).await;
    member.until_found("document.title.startsWith('(1) ')", &json!(true)).await;
    member.page().switch_to_window(first).await.unwrap();
    member.until_bubbles_are(&["새 소식이 있어요"]).await;
    assert_eq!(streams(&server), before, "the second tab opened no stream of its own");
    // Seen now in the first, so nothing is unread in the second either.
    member
        .until_found(
            "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/read'))",
            &json!(true),
        )
        .await;
    member.page().switch_to_window(second).await.unwrap();
    member.until_found("document.querySelectorAll('[data-fresh=mine] [data-count]').length", &json!(0)).await;
    member.goes(&chat).await;
    member.until_bubbles_are(&["새 소식이 있어요"]).await;
}

#[tokio::test]
async fn without_shared_workers_the_tabs_have_one_stream_too_and_another_takes_it_over_when_its_tab_is_closed() {
    let server = Server::on_sqlite().await;
    let Talk { owner, member, chat, .. } = Talk::with(&server, WITHOUT_WORKERS).await;
    assert_eq!(member.finds("'SharedWorker' in globalThis").await, json!(false));
    let before = streams(&server);
    let first = member.page().window().await.unwrap();
    let second = opens_a_tab(&member, WITHOUT_WORKERS).await;
    member.goes(&chat).await;
    let third = opens_a_tab(&member, WITHOUT_WORKERS).await;
    member.goes(&chat).await;
    owner.says("모두 들리나요?").await;
    member.until_bubbles_are(&["모두 들리나요?"]).await;
    member.page().switch_to_window(second.clone()).await.unwrap();
    member.until_bubbles_are(&["모두 들리나요?"]).await;
    // Who is there is told by the tab that hears.
    member.until_it_says("지금 김민준").await;
    assert_eq!(streams(&server), before, "one tab hears for all");

    member.page().switch_to_window(first).await.unwrap();
    member.page().close_window().await.unwrap();
    // Said while nobody hears perhaps.
    owner.says("하나가 닫혔어요").await;
    for tab in [second, third] {
        member.page().switch_to_window(tab).await.unwrap();
        member.until_bubbles_are(&["모두 들리나요?", "하나가 닫혔어요"]).await;
    }
    assert!(eventually(async || streams(&server) == before + 1).await, "one of the two took it over");
    owner.says("잘 들려요").await;
    member.until_bubbles_are(&["모두 들리나요?", "하나가 닫혔어요", "잘 들려요"]).await;
    assert_eq!(streams(&server), before + 1, "and not both");
}

#[tokio::test]
async fn a_tab_behind_another_shows_what_comes_and_reads_nothing_until_it_is_seen() {
    let server = Server::on_sqlite().await;
    let talk = Talk::new(&server).await;
    let Talk { owner, member, .. } = &talk;
    // Seen as it comes: this is how a page says so.
    owner.says("보여요?").await;
    member.until_bubbles_are(&["보여요?"]).await;
    let said = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/messages/read')).length";
    member.until_found(said, &json!(1)).await;
    assert!(eventually(async || talk.unread().await == json!(0)).await);

    let chat = member.page().window().await.unwrap();
    let notes = "document.addEventListener('visibilitychange', () => { \
        if (!document.hidden) globalThis.found = [document.title.slice(0, 4), document.querySelectorAll('.room .bubble').length, READS]; \
    })";
    member.finds(&notes.replace("READS", said)).await;
    opens_a_tab(member, "").await;
    member.goes("/my-studies").await;
    for words in ["안 보이죠?", "이것도요"] {
        owner.says(words).await;
    }
    // What this tab is told, the one behind it is told too.
    member.until_found("document.querySelector('[data-fresh=mine] [data-count]')?.dataset.count", &json!("2")).await;
    assert_eq!(talk.unread().await, json!(2));

    member.page().switch_to_window(chat).await.unwrap();
    // What it was when it was seen again: all had come, and nothing was said to be read.
    member.until_found("globalThis.found", &json!(["(2) ", 3, 1])).await;
    assert!(eventually(async || talk.unread().await == json!(0)).await, "seen is read");
    member.until_found("document.title.startsWith('(')", &json!(false)).await;
}
