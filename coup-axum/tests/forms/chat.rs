//! Talking.

use chrono::TimeDelta;

use crate::{
    browser::{Browser, House, Page},
    studies::found,
};

const OPEN: &[(&str, &str)] = &[("isPublic", "true"), ("autoApprove", "true")];

async fn two(house: &House) -> (Browser<'_>, Browser<'_>, String) {
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, OPEN).await;
    guest.post(&format!("/studies/{id}/join"), &[]).await.leads_to(&format!("/coup/my-studies/{id}"));
    (owner, guest, format!("/my-studies/{id}/chat"))
}

/// The identifier of the message whose menu comes first.
/// The first message that can be deleted; empty without one, which no page answers to.
fn message(page: &Page, chat: &str) -> String {
    let start = format!("/coup{chat}/");
    let before = page.text.split("/delete\"").next().and_then(|before| before.rsplit(&start).next());
    before.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_said_is_read_edited_and_deleted() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    let page = owner.get(&chat).await.is(200).has("아직 이야기가 없어요");
    let client = page.between("name=\"clientId\" value=\"", "\"");
    let said = [("content", "안녕하세요 <script>alert(1)</script>"), ("clientId", client.as_str())];
    owner.submit(&chat, &said).await.is(200).has("안녕하세요");
    // The same form again says nothing again; with other words it is refused.
    let page = owner.submit(&chat, &said).await;
    assert_eq!(page.text.matches("안녕하세요").count(), 1, "{}", page.text);
    owner.post(&chat, &[("content", "other words"), ("clientId", client.as_str())]).await.is(409).has("other words");
    let page = owner.post(&chat, &[("content", " ")]).await.is(422);
    drop(page.has("href=\"#f-content\"").has("꼭 입력해야 해요"));

    let page = owner.get(&chat).await;
    let id = message(&page, &chat);
    let edit = format!("{chat}/{id}/edit");
    owner.get(&format!("{chat}?edit={id}")).await.is(200).has(&format!("action=\"/coup{edit}\"")).has("안녕하세요");
    guest.get(&chat).await.is(200).has("민준").lacks("?edit=").lacks("/delete");
    guest.post(&edit, &[("content", "mine now")]).await.is(403);
    let long = "가".repeat(4_001);
    let page = owner.post(&edit, &[("content", &long)]).await.is(422);
    drop(page.has("자 이하여야 해요").has(&long).has(&format!("action=\"/coup{edit}\"")));
    owner.submit(&edit, &[("content", "고친 말")]).await.is(200).has("고친 말").has("수정됨");
    house.clock.advance(TimeDelta::minutes(16));
    owner.get(&chat).await.is(200).lacks("?edit=");
    owner.post(&edit, &[("content", "too late")]).await.is(409).has("15분 동안 고칠 수 있어요").has("too late");
    guest.get(&format!("{chat}/{id}/delete")).await.is(403);
    owner.get(&format!("{chat}/{id}/delete")).await.is(200).has("메시지를 삭제할까요");
    owner.submit(&format!("{chat}/{id}/delete"), &[]).await.is(200).has("삭제된 메시지예요").lacks("고친 말");
    guest.submit(&chat, &[("content", "손님의 말")]).await.is(200);
    let id = message(&owner.get(&chat).await, &chat);
    owner.submit(&format!("{chat}/{id}/delete"), &[]).await.is(200).lacks("손님의 말");
}

#[tokio::test]
async fn who_reads_the_newest_has_read_it_all() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    owner.post(&chat, &[("content", "하나")]).await;
    owner.post(&chat, &[("content", "둘")]).await;
    let home = chat.strip_suffix("/chat").expect("a chat").to_owned();
    guest.get(&home).await.is(200).has("하나").has("둘").has("<span aria-hidden=\"true\">2</span>");
    guest.get(&chat).await.is(200).has("data-unread");
    guest.get(&home).await.is(200).lacks("<span aria-hidden=\"true\">2</span>");
    guest.get(&chat).await.is(200).lacks("data-unread");
    owner.get(&chat).await.is(200).has("읽음 1");
    owner.post(&format!("{chat}/read"), &[("seq", "2")]).await.leads_to(&format!("/coup{chat}"));
    owner.post(&format!("{chat}/read"), &[("seq", "-1")]).await.is(422);
}

#[tokio::test]
async fn a_long_talk_goes_back_and_forth_and_is_searched() {
    let house = House::new();
    let (mut owner, _guest, chat) = two(&house).await;
    for n in 1..=60 {
        owner.post(&chat, &[("content", &format!("말{n}끝"))]).await.is(303);
    }
    let newest = owner.get(&chat).await.is(200).has("말60끝").has("말11끝").lacks("말10끝").has("data-live=\"true\"");
    let older = newest.between(&format!("href=\"/coup{chat}?before="), "\"");
    assert_eq!(older, "11");
    owner.get(&format!("{chat}?before=11")).await.has("말10끝").has("말1끝").lacks("말11끝").has("data-live=\"false\"");
    owner.get(&format!("{chat}?after=10")).await.has("말11끝").has("말60끝").lacks("말10끝").has("data-live=\"true\"");
    owner.get(&format!("{chat}?at=30")).await.has("말6끝").has("말55끝").lacks("말5끝").lacks("말56끝");
    owner.get(&format!("{chat}?at=x")).await.is(422);
    let page = owner.get(&format!("{chat}/search?query=말")).await.is(200).has("<mark>말</mark>60끝").lacks("40끝");
    let next = page.between(&format!("href=\"/coup{chat}/search?query="), "\" rel=\"next\"");
    let next = next.replace("&amp;", "&").replace("&#38;", "&");
    owner.get(&format!("{chat}/search?query={next}")).await.is(200).has("<mark>말</mark>40끝").lacks("41끝");
    owner.get(&format!("{chat}/search?query=없는말")).await.is(200).has("맞는 메시지가 없어요");
}

#[tokio::test]
async fn a_closed_study_is_read_and_not_written() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    owner.post(&chat, &[("content", "마지막 말")]).await;
    let close = format!("{}/close", chat.strip_suffix("/chat").expect("a chat"));
    owner.post(&close, &[]).await.is(303);
    guest.get(&chat).await.is(200).has("마지막 말").lacks("data-composer");
    guest.post(&chat, &[("content", "doch")]).await.is(409);
    owner.get(&chat).await.lacks("/delete");
}

#[tokio::test]
async fn a_message_is_answered_without_any_script() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    for n in 1..=60 {
        owner.post(&chat, &[("content", &format!("질문{n}끝"))]).await.is(303);
    }
    // The link in the menu of the first message leads to the words, with what is answered above the field.
    let page = guest.get(&format!("{chat}?at=1")).await.is(200);
    let id = page.between("?reply=", "#f-content");
    let page = guest.get(&format!("{chat}?reply={id}")).await.is(200).has("data-replying").has("답장 취소");
    let page = page.has(&format!("name=\"replyToId\" value=\"{id}\"")).has("질문1끝").lacks("질문60끝");
    let client = page.between("name=\"clientId\" value=\"", "\"");
    // What is refused is still an answer.
    let page = guest.post(&chat, &[("content", " "), ("clientId", &client), ("replyToId", &id)]).await.is(422);
    drop(page.has("data-replying").has(&format!("value=\"{id}\"")).has("꼭 입력해야 해요"));
    let answer = [("content", "답이에요"), ("clientId", client.as_str()), ("replyToId", id.as_str())];
    let page = guest.submit(&chat, &answer).await.is(200).has("답이에요").lacks("data-replying");
    // The quote leads to the message.
    let page = page.has(&format!("class=\"quote\" href=\"/coup{chat}?at=1#m-1\"")).has("질문1끝").lacks("질문2끝");
    drop(page.has("data-seq=\"61\"").has("data-message-id=\""));
    // What is deleted is quoted without its words; what is not there cannot be answered, and the words stay.
    owner.submit(&format!("{chat}/{id}/delete"), &[]).await.is(200).lacks("질문1끝");
    guest.get(&chat).await.is(200).lacks("질문1끝").has("삭제된 메시지예요");
    guest.get(&format!("{chat}?at=1")).await.is(200).lacks(&format!("?reply={id}"));
    let nothing = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";
    guest.get(&format!("{chat}?reply={nothing}")).await.is(404);
    for wrong in [nothing, "7"] {
        let page = guest.post(&chat, &[("content", "누구에게?"), ("replyToId", wrong)]).await.is(422);
        drop(page.has("누구에게?").lacks("data-replying"));
    }
}

#[tokio::test]
async fn who_is_mentioned_is_told_in_words() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    owner.submit(&chat, &[("content", "@서연아 여기 봐요")]).await.is(200).lacks("나를 언급했어요");
    guest.get(&chat).await.is(200).has("나를 언급했어요");
    guest.submit(&chat, &[("content", "@민준 네")]).await.is(200);
    owner.get(&chat).await.is(200).has("나를 언급했어요");
}

#[tokio::test]
async fn an_open_page_gets_lines_by_themselves_and_nothing_is_read_by_that() {
    let house = House::new();
    let (mut owner, mut guest, chat) = two(&house).await;
    for words in ["하나", "둘", "셋"] {
        owner.submit(&chat, &[("content", words)]).await.is(200);
    }
    let lines = guest.get(&format!("{chat}?part=lines&after=1")).await.is(200);
    drop(lines.has("id=\"m-2\"").has("id=\"m-3\"").has("민준").lacks("하나").lacks("<main").lacks("composer"));
    let one = guest.get(&format!("{chat}?part=lines&only=2")).await.is(200).has("id=\"m-2\"");
    drop(one.lacks("id=\"m-1\"").lacks("id=\"m-3\""));
    guest.get(&format!("{chat}?part=lines&before=3")).await.is(200).has("하나").has("둘").lacks("셋");
    guest.get(&format!("{chat}?part=room")).await.is(200).has("composer");
    guest.get("/my-studies").await.is(200).has("data-count=\"3\"");
    guest.get(&chat).await.is(200);
    guest.get("/my-studies").await.is(200).lacks("data-count");
    let mut stranger = house.person("하은").await;
    let refused = stranger.get(&format!("{chat}?part=lines&after=0")).await;
    assert_eq!(refused.status, stranger.get(&chat).await.status);
    drop(refused.lacks("하나"));
}

#[tokio::test]
async fn only_a_deployment_that_streams_asks_its_pages_to_hear() {
    for live in [true, false] {
        let house = House::with(|options| coup_axum::pages::PagesOptions { live, ..options });
        let (mut owner, _, chat) = two(&house).await;
        for path in [chat.as_str(), "/my-studies", "/studies"] {
            let page = owner.get(path).await.is(200);
            assert_eq!(page.text.contains("data-stream=\"/api/stream\""), live, "{path}");
            assert_eq!(page.text.contains("js/live-page.js"), live, "{path}");
        }
        let door = house.browser().get("/sign-in").await.is(200);
        drop(door.lacks("data-stream"));
    }
}
