//! Messages: what they answer, whom they mention, what is attached.

use super::scene::{Scene, begin, limit, user_row};
use crate::{
    changes::{EventKind, Row, Scope, to_value},
    chat::model::{Answered, Message, MessageView, Place, Stretch, Written},
    id::{FileId, StudyId, UserId},
    member::model::{MemberStatus, StudyMember},
    store::Store,
    text::{ClientId, MessageText, PersonName, Query},
    user::model::{Person, User},
};

async fn written(store: &dyn Store, message: &Message) -> Written {
    store.message(message.study_id, message.id).await.expect("an answer").expect("the message")
}

/// By place, by identifier, by client id, around a place, by search and at a glance: the same view.
pub async fn an_answer_shows_what_it_answers_wherever_it_is_read(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("이서연").await;
    let first = scene.post(study.id, &owner, "숙제가 뭐예요?").await;
    let client_id = ClientId::from_stored("답".into());
    let answer = scene
        .post_as(study.id, &kim, "수학이요", |message| {
            message.reply_to_id = Some(first.id);
            message.client_id = Some(client_id.clone());
        })
        .await;
    // Of an answer to the answer only the answer is shown.
    let again = scene.post_as(study.id, &owner, "고마워요", |message| message.reply_to_id = Some(answer.id)).await;
    let expected = [
        Written { message: first.clone(), author: Person::from(&owner), reply_to: None },
        Written {
            message: answer.clone(),
            author: Person::from(&kim),
            reply_to: Some(Answered::new(&first, Person::from(&owner))),
        },
        Written {
            message: again,
            author: Person::from(&owner),
            reply_to: Some(Answered::new(&answer, Person::from(&kim))),
        },
    ];
    let views = expected.each_ref().map(Written::view);
    assert_eq!(
        views.each_ref().map(|view| view.reply_to.as_ref().and_then(|answered| answered.content.as_deref())),
        [None, Some("숙제가 뭐예요?"), Some("수학이요")]
    );

    for one in &expected {
        assert_eq!(written(store, &one.message).await, *one);
    }
    let found = store.message_by_client_id(&kim.id, &client_id).await.expect("an answer");
    assert_eq!(found.as_ref(), expected.get(1));
    assert_eq!(store.messages(study.id, Stretch::After(0), limit(9)).await.expect("an answer"), views);
    let mut newest = store.messages(study.id, Stretch::Before(9), limit(9)).await.expect("an answer");
    newest.reverse();
    assert_eq!(newest, views);
    let talk = store.talk(study.id, &owner.id, Place::At(2), limit(9), limit(9)).await.expect("an answer");
    assert_eq!(talk.into_iter().map(|said| said.message).collect::<Vec<_>>(), views);
    for (text, place) in [("수학", 1), ("학", 1), ("고마워", 2)] {
        let query = Query::from_stored(text.into());
        let found = store.search_messages(study.id, &query, None, limit(9)).await.expect("an answer");
        assert_eq!(found, views[place..=place], "{text}");
    }
    assert_eq!(store.glance(study.id, limit(9), limit(1)).await.expect("an answer").said, views);
}

/// So many characters of it, whole ones.
pub async fn what_is_answered_shows_how_it_begins(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for letter in ["a", "가", "👋", "e\u{301}"] {
        for length in [Answered::SHOWN - 1, Answered::SHOWN, Answered::SHOWN + 1, 4_000] {
            let text: String = letter.chars().cycle().take(length).collect();
            let answered = scene.post(study.id, &owner, &text).await;
            let answer = scene.post_as(study.id, &owner, "답", |message| message.reply_to_id = Some(answered.id)).await;
            let shown = written(store, &answer).await.reply_to.expect("what is answered");
            assert_eq!(shown, Answered::new(&answered, Person::from(&owner)));
            let shown: String = shown.content.expect("the beginning");
            assert_eq!(shown.chars().count(), length.min(Answered::SHOWN), "{length} of {letter}");
            assert!(text.starts_with(&shown));
        }
    }
}

/// With its words and its author's name as they are, and without words once it is deleted.
pub async fn what_is_answered_shows_as_it_is_now(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("이서연").await;
    let answered = scene.post(study.id, &kim, "처음 말").await;
    let answer = scene.post_as(study.id, &owner, "답", |message| message.reply_to_id = Some(answered.id)).await;
    let renamed = User { name: Some(PersonName::from_stored("새 이름".into())), ..kim.clone() };
    let edited = Message { content: MessageText::from_stored("고친 말".into()), ..answered };
    scene.commit(begin().save(user_row(&renamed)).save(Row::Message(Box::new(edited.clone())))).await;
    let edited = Message { version: edited.version + 1, ..edited };
    let shown = async || written(store, &answer).await.reply_to.expect("what is answered");
    assert_eq!(shown().await, Answered::new(&edited, Person::from(&renamed)));
    let deleted = scene.delete_message(&edited).await;
    let tombstone = shown().await;
    assert_eq!(tombstone, Answered::new(&deleted, Person::from(&renamed)));
    assert_eq!((tombstone.content, tombstone.deleted_at), (None, deleted.deleted_at));
    // A tombstone keeps what it answered.
    let answer = scene.delete_message(&answer).await;
    let views = store.messages(study.id, Stretch::After(1), limit(9)).await.expect("an answer");
    assert_eq!(views, [written(store, &answer).await.view()]);
    assert_eq!((views[0].content.as_deref(), views[0].reply_to_id), (None, Some(deleted.id)));
    assert!(views[0].reply_to.is_some());
}

/// The event has the view as the reads answer it.
pub async fn an_answer_is_told_with_what_it_answers(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("이서연").await;
    let first = scene.post(study.id, &kim, "질문").await;
    let message = Message {
        reply_to_id: Some(first.id),
        mentions: vec![kim.id.clone()],
        ..scene.make.message(study.id, &owner.id, "@이서연 답")
    };
    let answer =
        Written { message, author: Person::from(&owner), reply_to: Some(Answered::new(&first, Person::from(&kim))) };
    scene.commit(begin().post_written(answer.clone())).await;
    let events = store.events(&Scope::Study(study.id), 1, limit(9)).await.expect("an answer");
    let [event] = events.as_slice() else { panic!("one event a message, not {events:?}") };
    assert_eq!(event.kind, EventKind::MessageCreated.as_str());
    let placed = Message { seq: 2, ..answer.message.clone() };
    assert_eq!(event.data, to_value(&Written { message: placed.clone(), ..answer }.view()));
    assert_eq!(event.data, to_value(&written(store, &placed).await.view()));
}

/// Also after an edit, which mentions others; a tombstone shows neither.
pub async fn a_message_keeps_whom_it_mentions_and_what_is_attached(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let person = |id: &str| id.parse::<UserId>().expect("a person's identifier");
    let (odd, kim) = (person("학생-17 \"'\\,]"), person("kim"));
    let file = scene.make.id(FileId::from_uuid);
    let message = scene
        .post_as(study.id, &owner, "@모두", |message| {
            message.mentions = vec![odd.clone(), kim.clone()];
            message.file_id = Some(file);
        })
        .await;
    assert_eq!(written(store, &message).await.message, message);
    let view = async || store.messages(study.id, Stretch::Latest, limit(1)).await.expect("an answer").remove(0);
    assert_eq!(view().await, MessageView::new(&message, Person::from(&owner)));
    assert_eq!((view().await.mentions, view().await.file_id), (vec![odd, kim.clone()], Some(file)));

    for (version, mentions) in (message.version..).zip([vec![kim], Vec::new(), vec![owner.id.clone()]]) {
        let edited = Message { mentions, version, ..message.clone() };
        scene.commit(begin().save(Row::Message(Box::new(edited.clone())))).await;
        assert_eq!(written(store, &message).await.message, Message { version: version + 1, ..edited });
    }
    scene.delete_message(&written(store, &message).await.message).await;
    assert_eq!((view().await.mentions, view().await.file_id), (Vec::new(), None));
    let kept = written(store, &message).await.message;
    assert_eq!((kept.mentions, kept.file_id), (vec![owner.id], Some(file)));
}

/// Their identifiers, sorted.
async fn called(store: &dyn Store, study: StudyId, texts: &[&str]) -> Vec<UserId> {
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let people = store.members_called(study, &texts).await.expect("an answer");
    let mut ids: Vec<UserId> = people.into_iter().map(|person| person.id).collect();
    ids.sort();
    ids
}

/// ACTIVE ones of this study, as they are called now; all of one name; each once.
pub async fn members_are_called_by_the_name_that_a_text_begins_with(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let mut ids = Vec::new();
    for name in ["민준", "민", "이 서연", "민준", "Emma"] {
        let user = scene.user(name).await;
        scene.join(study.id, &user).await;
        ids.push(user.id);
    }
    for status in MemberStatus::ALL.iter().filter(|status| **status != MemberStatus::Active) {
        let user = scene.user("민준").await;
        scene.member_as(study.id, &user, |member: &mut StudyMember| member.status = *status).await;
    }
    scene.join(other.id, &scene.user("민준").await).await;
    let [minjun, min, seoyeon, namesake, emma] = ids.as_slice() else { panic!("five people") };
    let sorted = |mut ids: Vec<&UserId>| {
        ids.sort();
        ids.into_iter().cloned().collect::<Vec<_>>()
    };
    let cases: &[(&[&str], &[&UserId])] = &[
        (&["민준아 안녕"], &[minjun, min, namesake]),
        (&["민"], &[min]),
        (&["준", "이 서연에게"], &[seoyeon]),
        (&["Emma", "Emma!"], &[emma]),
        (&["emma", " Emma", "이  서연", "이", "안녕 민준"], &[]),
        (&[""], &[]),
        (&[], &[]),
    ];
    for (texts, expected) in cases {
        assert_eq!(called(store, study.id, texts).await, sorted(expected.to_vec()), "{texts:?}");
    }
    let texts = ["이 서연".to_owned()];
    let person =
        Person {
            id: seoyeon.clone(), name: Some("이 서연".into()), avatar: Some("https://school.kr/새.png".into())
        };
    let stored = store.user(seoyeon).await.expect("an answer").expect("the person");
    scene.commit(begin().save(user_row(&User { avatar: person.avatar.clone(), ..stored.clone() }))).await;
    assert_eq!(store.members_called(study.id, &texts).await.expect("an answer"), [person]);
    // Who has another name, or none, is not called by the old one.
    let renamed = User { name: Some(PersonName::from_stored("서연".into())), version: 1, ..stored };
    scene.commit(begin().save(user_row(&renamed))).await;
    assert_eq!(called(store, study.id, &["이 서연"]).await, []);
    assert_eq!(called(store, study.id, &["서연"]).await, std::slice::from_ref(seoyeon));
    scene.commit(begin().save(user_row(&User { name: None, version: 2, ..renamed }))).await;
    assert_eq!(called(store, study.id, &["서연", "", "null"]).await, []);
}

/// No sign in a name or a text stands for another.
pub async fn a_name_of_any_signs_means_itself(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let names = ["%", "_a", "a*", "'", "\"q\"", "\\", "👨\u{200D}👩", "İ", "[x]", "a@b"];
    let mut ids = Vec::new();
    for name in names {
        let user = scene.user(name).await;
        scene.join(study.id, &user).await;
        ids.push(user.id);
    }
    for (name, id) in names.iter().zip(&ids) {
        assert_eq!(called(store, study.id, &[&format!("{name} 님")]).await, std::slice::from_ref(id), "{name}");
    }
    assert_eq!(called(store, study.id, &["xa", "aaaa", "i\u{307}", "x"]).await, []);
}
