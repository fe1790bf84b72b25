//! The made-up talk of the room, and the pages that show it.

use chrono::TimeDelta;
use coup_axum::pages::chat::{ChatMessage, ChatPage, ChatSearchPage, Hit, Posting, Quote, timeline};
use coup_axum::pages::study::StudyTab;
use coup_axum::pages::{Form, Frame};

use super::{inside, now, person, say, study_name};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Talk,
    Empty,
    Editing,
    Replying,
    Past,
    Closed,
}

/// A message `minutes` before now.
pub(super) fn line(frame: &Frame, number: usize, seq: u64, minutes: i64, content: &str) -> ChatMessage {
    ChatMessage {
        id: format!("m{seq}"),
        seq,
        author: person(frame, number),
        content: content.to_owned(),
        quote: None,
        mentioned: false,
        at: now() - TimeDelta::minutes(minutes),
        edited: false,
        deleted: false,
        own: number == 0,
        readers: None,
        may_reply: true,
        may_edit: number == 0,
        may_delete: true,
        may_report: number != 0,
        editing: false,
        first: false,
        last: false,
    }
}

fn quote(message: &ChatMessage) -> Quote {
    Quote {
        id: message.id.clone(),
        seq: message.seq,
        author: message.author.clone(),
        content: message.content.clone(),
        deleted: message.deleted,
    }
}

fn talk(frame: &Frame) -> Vec<ChatMessage> {
    let line = |number, seq, minutes, korean: &str, english: &str| {
        line(frame, number, seq, minutes, &say(frame, korean, english))
    };
    let mut edited = line(
        0,
        1207,
        190,
        "도서관 3층, 저녁 7시예요. 노트북 챙겨 오세요!",
        "Library, third floor, seven. Bring your laptop!",
    );
    edited.edited = true;
    edited.readers = Some(9);
    let mut deleted = line(2, 1209, 180, "", "");
    deleted.deleted = true;
    deleted.may_reply = false;
    let mut answer = line(3, 1208, 185, "네!", "Yes!");
    answer.quote = Some(quote(&edited));
    let mut mention = line(3, 1214, 2, "@김민준님 월요일에 봐요", "@Emma Clarke, see you on Monday");
    (mention.quote, mention.mentioned) = (Some(quote(&deleted)), true);
    vec![
        line(1, 1203, 1500, "이번 주는 어디까지 읽었어요?", "How far did everyone get this week?"),
        line(1, 1204, 1499, "저는 3장까지요", "Chapter 3 for me"),
        line(
            3,
            1205,
            1490,
            "저도 3장! 연습 문제가 생각보다 재미있었어요 😄",
            "Chapter 3 as well! The exercises were fun 😄",
        ),
        line(
            0,
            1206,
            191,
            "월요일에 만나서 4장을 같이 읽어요.\n장소는 지난번과 같아요.",
            "On Monday we read chapter 4 together.\nThe place is the same.",
        ),
        edited,
        answer,
        deleted,
        line(
            5,
            1210,
            40,
            "소유권 부분이 어려워서 예제를 더 찾아봤는데, 빌림 검사기가 왜 그렇게 말하는지 그림으로 그려 보니까 이해가 됐어요. 월요일에 가져갈 테니까 같이 보면 좋을 것 같아요. https://doc.rust-lang.org/book/ch04-00-understanding-ownership.html",
            "Ownership was hard for me, so I looked for more examples, and drawing what the borrow checker sees made it click. I bring the drawings on Monday. https://doc.rust-lang.org/book/ch04-00-understanding-ownership.html",
        ),
        line(1, 1211, 32, "오 좋아요", "Oh nice"),
        line(1, 1212, 31, "그럼 4장은 제가 발표할게요!", "Then I present chapter 4!"),
        line(9, 1213, 12, "응원할게요", "Good luck"),
        mention,
    ]
}

pub(super) fn chat(frame: Frame, room: Room) -> ChatPage {
    let frame = inside(frame, StudyTab::Chat);
    let mut messages = if room == Room::Empty { Vec::new() } else { talk(&frame) };
    let mut edit = Form::default();
    if room == Room::Editing
        && let Some(message) = messages.iter_mut().find(|message| message.seq == 1207)
    {
        message.editing = true;
        edit = Form::of([("content", message.content.as_str())]);
    }
    let answered = messages.iter().find(|message| room == Room::Replying && message.seq == 1207);
    ChatPage {
        reply: answered.map(quote),
        study_id: "1".to_owned(),
        study_name: study_name(&frame),
        items: timeline(messages, frame.zone, (room == Room::Talk).then_some(1210)),
        older: (room != Room::Empty).then_some(1203),
        newer: (room == Room::Past).then_some(1214),
        last_seq: if room == Room::Empty { 0 } else { 1214 },
        unread: if room == Room::Talk { 4 } else { 0 },
        posting: if room == Room::Closed { Posting::Closed } else { Posting::Open },
        limit: 4000,
        client_id: "01939f2e".to_owned(),
        form: Form::default(),
        edit,
        frame,
    }
}

pub(super) fn chat_search(frame: Frame, any: bool) -> ChatSearchPage {
    let frame = inside(frame, StudyTab::Chat);
    let query = say(&frame, "월요일", "Monday");
    let found = talk(&frame).into_iter().rev().filter(|message| any && message.content.contains(&query));
    let hits =
        found.map(|message| Hit { seq: message.seq, author: message.author, content: message.content, at: message.at });
    ChatSearchPage { study_id: "1".to_owned(), hits: hits.collect(), query, first: None, next: None, frame }
}
