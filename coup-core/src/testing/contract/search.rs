//! What is found among a study's messages.

use super::scene::{Scene, begin, limit};
use crate::{
    changes::Row,
    chat::model::{Message, MessageView},
    id::StudyId,
    store::Store,
    text::{MessageText, Query},
    user::model::Person,
};

async fn found(store: &dyn Store, study: StudyId, text: &str) -> Vec<i64> {
    let query = Query::from_stored(text.into());
    let views = store.search_messages(study, &query, None, limit(100)).await.expect("an answer");
    views.iter().map(|view| view.seq).collect()
}

/// Two syllables, one, a part of a word, several words; whatever the case; newest first.
pub async fn messages_are_found_by_what_they_contain(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for text in [
        "수학 숙제 있어요?",
        "오늘은 수학여행 가는 날",
        "Rust에서 HashMap을 씁니다",
        "rust, RUST!",
        "학수고대",
        "👋🏽 안녕",
        "줄을\n바꾸고",
        "É à la carte",
    ] {
        scene.post(study.id, &owner, text).await;
    }
    let cases: &[(&str, &[i64])] = &[
        ("수학", &[2, 1]),
        ("학", &[5, 2, 1]),
        ("수학 숙제", &[1]),
        ("학여행", &[2]),
        ("학수", &[5]),
        ("수숙", &[]),
        ("rust", &[4, 3]),
        ("RuSt", &[4, 3]),
        ("hashmap을", &[3]),
        ("r", &[8, 4, 3]),
        ("👋🏽", &[6]),
        ("👋🏽 안녕", &[6]),
        ("é", &[8]),
        ("É À", &[8]),
        ("없는 말", &[]),
        ("rust에서 hashmap을 씁니다", &[3]),
        ("t, r", &[4]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(store, study.id, text).await, *expected, "{text:?}");
    }
}

/// `%`, `_`, `*`, quotes, brackets and backslashes stand for themselves; no word is an operator.
pub async fn signs_in_a_query_mean_themselves(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for text in ["100% 확실", "snake_case", "a AND b", "it's \"so\"", "c:\\temp", "f(x)*[y]", "aXcase ab 100 percent"]
    {
        scene.post(study.id, &owner, text).await;
    }
    let cases: &[(&str, &[i64])] = &[
        ("%", &[1]),
        ("0%", &[1]),
        ("1%", &[]),
        ("_", &[2]),
        ("e_c", &[2]),
        ("a_c", &[]),
        ("AND", &[3]),
        ("a OR b", &[]),
        ("a and", &[3]),
        ("'", &[4]),
        ("'s \"so\"", &[4]),
        ("\"", &[4]),
        ("\\", &[5]),
        (":\\t", &[5]),
        ("(x)*", &[6]),
        ("*", &[6]),
        ("[y]", &[6]),
        ("'; drop table messages; --", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(store, study.id, text).await, *expected, "{text:?}");
    }
}

/// As the view shows it to members.
pub async fn found_messages_come_as_views(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "수학 숙제").await;
    let query = Query::from_stored("숙제".into());
    let views = store.search_messages(study.id, &query, None, limit(9)).await.expect("an answer");
    assert_eq!(views, [MessageView::new(&message, Person::from(&owner))]);
}

/// The new words are found and the old are not.
pub async fn an_edited_message_is_found_by_its_new_words(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "수학 숙제").await;
    let edited = Message { content: MessageText::from_stored("영어 단어".into()), ..message };
    scene.commit(begin().save(Row::Message(Box::new(edited)))).await;
    for (text, expected) in [("영어", vec![1]), ("어", vec![1]), ("수학", vec![]), ("숙", vec![])] {
        assert_eq!(found(store, study.id, text).await, expected, "{text:?}");
    }
}

/// Not by any of its words.
pub async fn a_deleted_message_is_not_found(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "비밀번호는 1234").await;
    scene.post(study.id, &owner, "비밀번호는 말하지 않아요").await;
    scene.delete_message(&message).await;
    for (text, expected) in [("비밀번호", vec![2]), ("1234", vec![]), ("1", vec![])] {
        assert_eq!(found(store, study.id, text).await, expected, "{text:?}");
    }
}

/// Nor what was said in a study that is gone.
pub async fn another_studys_messages_are_never_found(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    scene.post(other.id, &owner, "수학 숙제").await;
    for text in ["수학", "수", "수학 숙제"] {
        assert_eq!(found(store, study.id, text).await, Vec::<i64>::new(), "{text:?}");
        assert_eq!(found(store, other.id, text).await, [1], "{text:?}");
    }
    let gone = begin().change(crate::changes::Change::Remove(crate::changes::Key::Study(other.id)));
    scene.commit(gone).await;
    let next = scene.study(&owner).await;
    for id in [study.id, other.id, next.id] {
        assert_eq!(found(store, id, "수학").await, Vec::<i64>::new());
    }
}

/// Before a place, as many as asked, so that the pages put together are the whole.
pub async fn found_messages_page_by_place(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for n in 0..10 {
        scene.post(study.id, &owner, if n % 3 == 0 { "수학" } else { "영어" }).await;
    }
    let whole = found(store, study.id, "영어").await;
    assert_eq!(whole, [9, 8, 6, 5, 3, 2]);
    for (text, whole) in [("영어", &whole), ("영", &whole)] {
        let query = Query::from_stored(text.into());
        for size in [1, 2, 4] {
            let (mut paged, mut before) = (Vec::new(), None);
            loop {
                let page = store.search_messages(study.id, &query, before, limit(size)).await.expect("an answer");
                assert!(page.len() <= limit(size).get());
                let Some(last) = page.last() else { break };
                before = Some(last.seq);
                paged.extend(page.iter().map(|view| view.seq));
                assert!(paged.len() <= whole.len(), "the pages repeat: {paged:?}");
            }
            assert_eq!(paged, *whole, "{text} by {size}");
        }
    }
}
