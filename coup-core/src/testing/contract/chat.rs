//! Messages: places, stretches, tombstones, client ids, read marks.

use chrono::TimeDelta;

use super::scene::{Scene, after, begin, is_conflict, limit, paged, place, user_row};
use crate::{
    changes::{Change, EventKind, Guard, Row, Scope, to_value},
    chat::model::{Answered, Message, MessageView, Place, ReadMark, Stretch, Written},
    id::{MessageId, UserId},
    member::model::{MemberStatus, StudyMember},
    page::Key,
    store::{Head, Store, StoreError, Unique},
    text::{ClientId, MessageText, PersonName},
    user::model::{Person, User},
};

fn message_row(message: &Message) -> Row {
    Row::Message(Box::new(message.clone()))
}

fn client_id(text: &str) -> ClientId {
    ClientId::from_stored(text.into())
}

/// All fields, and its author.
pub async fn a_message_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let bare = scene.post(study.id, &owner, "안녕하세요").await;
    let full = scene
        .post_as(study.id, &owner, "첫 줄\n'둘째' \"줄\" \\ 👨\u{200D}👩\u{200D}👧 %_", |message| {
            message.client_id = Some(client_id("c-1 가"));
            message.reply_to_id = Some(bare.id);
            message.edited_at = Some(after(message.created_at, 1));
            message.updated_at = after(message.created_at, 1) + TimeDelta::microseconds(1);
        })
        .await;
    assert_eq!((bare.seq, full.seq), (1, 2));
    let author = Person::from(&owner);
    let mut views = Vec::new();
    for message in [&bare, &full] {
        let found = store.message(study.id, message.id).await.expect("an answer");
        let answered = message.reply_to_id.map(|_| Answered::new(&bare, author.clone()));
        let written = Written { message: message.clone(), author: author.clone(), reply_to: answered };
        assert_eq!(found, Some(written.clone()));
        views.push(written.view());
    }
    assert_eq!(store.messages(study.id, Stretch::After(0), limit(9)).await.expect("an answer"), views);
}

/// Whoever asks, and in whichever study.
pub async fn a_message_is_found_wherever_it_is(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "여기에").await;
    let written = Written { message: message.clone(), author: Person::from(&owner), reply_to: None };
    assert_eq!(store.message_anywhere(message.id).await.expect("an answer"), Some(written));
    let nothing = scene.make.id(MessageId::from_uuid);
    assert_eq!(store.message_anywhere(nothing).await.expect("an answer"), None);
}

/// Around a message stand those of its study, in their order, deleted ones with what they said.
pub async fn a_context_has_the_messages_around_one_as_they_are_stored(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let mut messages = Vec::new();
    for text in ["하나", "둘", "셋", "넷", "다섯"] {
        messages.push(scene.post(study.id, &owner, text).await);
        scene.post(other.id, &owner, "다른 스터디").await;
    }
    messages[1] = scene.delete_message(&messages[1]).await;
    let around = async |place: usize, before, after| {
        let found = store.context(messages[place].id, limit(before), limit(after)).await.expect("an answer");
        found.into_iter().map(|written| written.message).collect::<Vec<_>>()
    };
    assert_eq!(around(2, 1, 1).await, messages[1..4]);
    assert_eq!(around(2, 9, 9).await, messages);
    assert_eq!(around(0, 3, 2).await, messages[..3]);
    assert_eq!(around(4, 2, 3).await, messages[2..]);
    let nothing = store.context(scene.make.id(MessageId::from_uuid), limit(9), limit(9)).await;
    assert_eq!(nothing.expect("an answer"), []);
}

/// Under another study's address there is nothing.
pub async fn a_message_is_found_in_its_study_only(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let message = scene.post(study.id, &owner, "여기에만").await;
    assert_eq!(store.message(other.id, message.id).await.expect("an answer"), None);
    let nothing = scene.make.id(MessageId::from_uuid);
    assert_eq!(store.message(study.id, nothing).await.expect("an answer"), None);
    assert_eq!(store.messages(other.id, Stretch::Latest, limit(9)).await.expect("an answer"), []);
}

/// The latest, those before and those after a place, each cut where it should be.
pub async fn messages_are_read_in_stretches(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    for n in 1..=6 {
        let message = scene.post(study.id, &owner, &format!("{n}번째")).await;
        assert_eq!(message.seq, n);
    }
    scene.post(other.id, &owner, "다른 곳").await;
    let cases: &[(Stretch, i64, &[i64])] = &[
        (Stretch::Latest, 9, &[6, 5, 4, 3, 2, 1]),
        (Stretch::Latest, 2, &[6, 5]),
        (Stretch::Before(4), 9, &[3, 2, 1]),
        (Stretch::Before(4), 2, &[3, 2]),
        (Stretch::Before(1), 9, &[]),
        (Stretch::Before(100), 1, &[6]),
        (Stretch::After(0), 2, &[1, 2]),
        (Stretch::After(4), 9, &[5, 6]),
        (Stretch::After(6), 9, &[]),
        (Stretch::After(-1), 1, &[1]),
    ];
    for (stretch, n, expected) in cases {
        let views = store.messages(study.id, *stretch, limit(*n)).await.expect("an answer");
        assert_eq!(views.iter().map(|view| view.seq).collect::<Vec<_>>(), *expected, "{stretch:?} of {n}");
    }
}

/// Up to so many at the place or before it, up to so many behind it, oldest first; a message's own place serves as well.
pub async fn a_talk_is_read_around_a_place(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let mut ids = Vec::new();
    for n in 1..=6 {
        ids.push(scene.post(study.id, &owner, &format!("{n}번째")).await.id);
        scene.post(other.id, &owner, "다른 곳").await;
    }
    let cases: &[(Place, i64, i64, &[i64])] = &[
        (Place::At(i64::MAX), 9, 9, &[1, 2, 3, 4, 5, 6]),
        (Place::At(i64::MAX), 2, 9, &[5, 6]),
        (Place::At(3), 2, 2, &[2, 3, 4, 5]),
        (Place::At(3), 1, 1, &[3, 4]),
        (Place::At(0), 1, 2, &[1, 2]),
        (Place::At(-5), 9, 1, &[1]),
        (Place::At(6), 1, 9, &[6]),
        (Place::Of(ids[1]), 1, 1, &[2, 3]),
        (Place::Of(ids[5]), 2, 9, &[5, 6]),
    ];
    for (around, before, after, expected) in cases {
        let said = store.talk(study.id, &owner.id, *around, limit(*before), limit(*after)).await.expect("an answer");
        let places: Vec<_> = said.iter().map(|said| said.message.seq).collect();
        assert_eq!(places, *expected, "{around:?}, {before} and {after}");
        let views = store.messages(study.id, Stretch::After(0), limit(9)).await.expect("an answer");
        assert!(said.iter().all(|said| views.contains(&said.message)), "as `messages` answers them");
    }
    for elsewhere in [ids[0], scene.make.id(MessageId::from_uuid)] {
        let said = store.talk(other.id, &owner.id, Place::Of(elsewhere), limit(9), limit(9)).await.expect("an answer");
        assert_eq!(said, [], "a message that is not in the study");
    }
}

/// Other ACTIVE members whose read mark is at the message or behind it; of others' and of deleted messages nothing is said.
pub async fn a_talk_says_how_many_have_read_ones_own_messages(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let (kim, lee, gone) = (scene.user("이서연").await, scene.user("박지호").await, scene.user("떠난 사람").await);
    for user in [&kim, &lee, &gone] {
        scene.join(study.id, user).await;
        scene.join(other.id, user).await;
    }
    for author in [&owner, &kim, &owner, &owner] {
        scene.post(study.id, author, "안녕").await;
        scene.post(other.id, author, "다른 곳").await;
    }
    let third = store.messages(study.id, Stretch::After(2), limit(1)).await.expect("an answer");
    let third = store.message(study.id, third[0].id).await.expect("an answer").expect("the message").message;
    let mark = |user: &User, seq| begin().change(Change::MoveReadMark(study.id, user.id.clone(), seq));
    for (user, seq) in [(&owner, 4), (&kim, 4), (&lee, 1), (&gone, 4)] {
        scene.commit(mark(user, seq)).await;
        scene.commit(begin().change(Change::MoveReadMark(other.id, user.id.clone(), 4))).await;
    }
    let left = scene.stored_member(study.id, &gone.id).await;
    let left = StudyMember { status: MemberStatus::Left, ..left };
    scene.commit(begin().save(Row::Member(Box::new(left)))).await;
    scene.delete_message(&third).await;
    let readers = async |reader: &User| {
        let talk = store.talk(study.id, &reader.id, Place::At(9), limit(9), limit(9)).await.expect("an answer");
        talk.iter().map(|said| said.readers).collect::<Vec<_>>()
    };
    assert_eq!(readers(&owner).await, [Some(2), None, None, Some(1)]);
    assert_eq!(readers(&kim).await, [None, Some(1), None, None]);
    assert_eq!(readers(&lee).await, [None; 4]);
}

/// The message without its content, in its place; the row keeps it for moderation.
pub async fn a_deleted_message_leaves_a_tombstone(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let first = scene.post(study.id, &owner, "지울 말").await;
    scene.post(study.id, &owner, "남을 말").await;
    let deleted = scene.delete_message(&first).await;
    let views = store.messages(study.id, Stretch::After(0), limit(9)).await.expect("an answer");
    assert_eq!(views.iter().map(|view| view.content.as_deref()).collect::<Vec<_>>(), [None, Some("남을 말")]);
    assert_eq!(views.first(), Some(&MessageView::new(&deleted, Person::from(&owner))));
    let row = store.message(study.id, first.id).await.expect("an answer").expect("the message").message;
    assert_eq!(row, deleted);
}

/// The name that the author has now.
pub async fn a_message_shows_its_author_as_they_are_now(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "안녕하세요").await;
    let renamed = User {
        name: Some(PersonName::from_stored("새 이름".into())),
        avatar: Some("https://school.kr/새.png".into()),
        ..owner.clone()
    };
    scene.commit(begin().save(user_row(&renamed))).await;
    let author = async || store.message(study.id, message.id).await.expect("an answer").expect("the message").author;
    assert_eq!(author().await, Person::from(&renamed));
    let views = store.messages(study.id, Stretch::Latest, limit(9)).await.expect("an answer");
    assert_eq!(views, [MessageView::new(&message, Person::from(&renamed))]);
    scene.commit(begin().save(user_row(&User { name: None, version: 1, ..renamed }))).await;
    assert_eq!(author().await.name, None);
}

/// The version grows; who read before is refused, by the row or by a guard.
pub async fn an_edited_message_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.post(study.id, &owner, "처음").await;
    let edited = Message {
        content: MessageText::from_stored("고침".into()),
        edited_at: Some(scene.make.later()),
        updated_at: scene.make.later(),
        ..message.clone()
    };
    scene.commit(begin().guard(Guard::Message(message.id, 0)).save(message_row(&edited))).await;
    let stored = Message { version: 1, ..edited.clone() };
    let read = async || store.message(study.id, message.id).await.expect("an answer").expect("the message").message;
    assert_eq!(read().await, stored);

    assert!(is_conflict(&scene.refused(begin().save(message_row(&edited))).await));
    let other = scene.make.user("이서연");
    for guard in [Guard::Message(message.id, 0), Guard::Message(scene.make.id(MessageId::from_uuid), 0)] {
        assert!(is_conflict(&scene.refused(begin().guard(guard).insert(user_row(&other))).await));
    }
    assert_eq!(read().await, stored);
    assert_eq!(store.user(&other.id).await.expect("an answer"), None);
}

/// By posting only, since nothing else gives it a place.
pub async fn a_message_is_never_inserted(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let message = scene.make.message(study.id, &owner.id, "몰래");
    scene.refused(begin().insert(message_row(&message))).await;
    assert_eq!(store.message(study.id, message.id).await.expect("an answer"), None);
}

/// The message, its place and its `message.created` with the view as data: one commit.
pub async fn a_post_is_told_with_its_place(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let scope = Scope::Study(study.id);
    for seq in 1..=2 {
        let message = scene.make.message(study.id, &owner.id, "안녕 👋");
        let committed = scene.commit(begin().post(message.clone(), Person::from(&owner))).await;
        assert_eq!(committed.posts, [seq]);
        assert_eq!(committed.heads, [(scope.clone(), seq)]);
        let events = store.events(&scope, seq - 1, limit(9)).await.expect("an answer");
        let [event] = events.as_slice() else { panic!("one event a message, not {events:?}") };
        let placed = Message { seq, ..message };
        assert_eq!((event.seq, event.at), (seq, placed.created_at));
        assert_eq!(event.kind, EventKind::MessageCreated.as_str());
        assert_eq!(event.data, to_value(&MessageView::new(&placed, Person::from(&owner))));
    }
    assert_eq!(store.head(&scope).await.expect("an answer"), Head { event_seq: 2, message_seq: 2 });
}

/// Several messages of one commit stand in the order in which they were given.
pub async fn several_posts_of_one_commit_keep_their_order(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let mut changes = begin();
    for text in ["하나", "둘", "셋"] {
        changes = changes.post(scene.make.message(study.id, &owner.id, text), Person::from(&owner));
    }
    let committed = scene.commit(changes).await;
    assert_eq!(committed.posts, [1, 2, 3]);
    assert_eq!(committed.heads, [(Scope::Study(study.id), 3)]);
    let views = store.messages(study.id, Stretch::After(0), limit(9)).await.expect("an answer");
    let texts: Vec<_> = views.iter().filter_map(|view| view.content.as_deref()).collect();
    assert_eq!(texts, ["하나", "둘", "셋"]);
}

/// No study, no author, no such message to answer, or one of another study: nothing is written and no place is lost.
pub async fn a_post_needs_its_study_its_author_and_what_it_answers(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let stranger = scene.make.user("아무도");
    let nowhere = scene.make.study(&owner.id, "없는 곳");
    let elsewhere = scene.post(scene.study(&owner).await.id, &owner, "다른 곳의 말").await;
    let lost = [
        Message { reply_to_id: Some(elsewhere.id), ..scene.make.message(study.id, &owner.id, "다른 곳에?") },
        scene.make.message(nowhere.id, &owner.id, "어디에?"),
        scene.make.message(study.id, &stranger.id, "누가?"),
        Message {
            reply_to_id: Some(scene.make.id(MessageId::from_uuid)),
            ..scene.make.message(study.id, &owner.id, "무엇에?")
        },
    ];
    for message in lost {
        scene.refused(begin().post(message.clone(), Person::from(&owner))).await;
        assert_eq!(store.message(message.study_id, message.id).await.expect("an answer"), None);
    }
    assert_eq!(store.head(&Scope::Study(study.id)).await.expect("an answer"), Head::default());
    assert_eq!(store.head(&Scope::Study(nowhere.id)).await.expect("an answer"), Head::default());
    assert_eq!(scene.post(study.id, &owner, "이제").await.seq, 1);
}

/// Sent twice it is one message; another author may use the same name for theirs.
pub async fn a_client_id_is_unique_among_its_authors_messages(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let kim = scene.user("이서연").await;
    let named = |message: &mut Message| message.client_id = Some(client_id("같은 이름"));
    let first = scene.post_as(study.id, &owner, "하나", named).await;
    for study in [study.id, other.id] {
        let mut again = scene.make.message(study, &owner.id, "하나");
        named(&mut again);
        let error = scene.refused(begin().post(again, Person::from(&owner))).await;
        assert!(matches!(error, StoreError::AlreadyExists(Unique::ClientId)), "{error:?}");
    }
    let theirs = scene.post_as(study.id, &kim, "둘", named).await;
    assert_eq!((first.seq, theirs.seq), (1, 2), "the refused ones took no place");
    scene.post(study.id, &owner, "이름 없이").await;
    scene.post(study.id, &owner, "이름 없이").await;

    let find =
        async |user: &UserId, text: &str| store.message_by_client_id(user, &client_id(text)).await.expect("an answer");
    let written = |message, author| Some(Written { message, author: Person::from(author), reply_to: None });
    assert_eq!(find(&owner.id, "같은 이름").await, written(first, &owner));
    assert_eq!(find(&kim.id, "같은 이름").await, written(theirs, &kim));
    assert_eq!(find(&owner.id, "같은").await, None);
}

/// The same message twice, under no client id.
pub async fn a_second_message_of_one_identifier_is_refused(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let first = scene.post(study.id, &owner, "하나").await;
    let again = Message { seq: 0, content: MessageText::from_stored("둘".into()), ..first.clone() };
    let error = scene.refused(begin().post(again, Person::from(&owner))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let head = store.head(&Scope::Study(study.id)).await.expect("an answer");
    assert_eq!(head, Head { event_seq: 1, message_seq: 1 });
}

/// Forward only, and not past the newest message.
pub async fn a_read_mark_moves_forward_up_to_the_newest_message(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for n in 0..5 {
        scene.post(study.id, &owner, &format!("{n}")).await;
    }
    let kim = scene.user("이서연").await;
    scene.join(study.id, &kim).await;
    for (to, expected) in [(2, 2), (1, 2), (-7, 2), (4, 4), (i64::MAX, 5), (3, 5)] {
        scene.commit(begin().change(Change::MoveReadMark(study.id, kim.id.clone(), to))).await;
        let marks = store.read_marks(study.id, None, limit(9)).await.expect("an answer");
        let mark = marks.into_iter().find(|mark| mark.user_id == kim.id);
        assert_eq!(mark, Some(ReadMark { user_id: kim.id.clone(), seq: expected }), "to {to}");
    }
    // A message more, and the mark does not follow by itself.
    scene.post(study.id, &owner, "새 말").await;
    let marks = store.read_marks(study.id, None, limit(9)).await.expect("an answer");
    assert!(marks.contains(&ReadMark { user_id: kim.id, seq: 5 }));
}

/// By person, page by page; who left or was removed is not shown. Who has marked nothing is left out.
pub async fn read_marks_are_those_of_active_members(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    for n in 0..3 {
        scene.post(study.id, &owner, &format!("{n}")).await;
    }
    let mut expected = Vec::new();
    let statuses = [MemberStatus::Active, MemberStatus::Active, MemberStatus::Active, MemberStatus::Left];
    for ((id, status), seq) in ["나", "B", "a", "가"].into_iter().zip(statuses).zip([1, 2, 3, 1]) {
        let mut user = scene.make.user("멤버");
        user.id = id.parse().expect("a person's identifier");
        scene.commit(begin().insert(user_row(&user))).await;
        scene.member_as(study.id, &user, |member| member.status = status).await;
        scene.commit(begin().change(Change::MoveReadMark(study.id, user.id.clone(), seq))).await;
        if status == MemberStatus::Active {
            expected.push(ReadMark { user_id: user.id, seq });
        }
    }
    expected.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    for size in [1, 2, 100] {
        let row = |mark: &ReadMark| place(Key::Integer(0), &mark.user_id);
        let found = paged(size, row, async |after, limit| store.read_marks(study.id, after, limit).await).await;
        assert_eq!(found, expected, "by {size}");
    }
}
