//! Kept answers of idempotency keys: within the commit, once each.

use std::sync::Arc;

use futures_util::future::join_all;

use super::scene::{Scene, begin};
use crate::{
    changes::{Change, Changes, Scope},
    env::Timestamp,
    id::{InviteId, StudyId, UserId},
    idempotency::{Idempotency, Keep, KeptAnswer},
    store::{Head, Store, StoreError, Unique},
    user::model::{Person, User},
};

fn key(key: &str, request: &str) -> Idempotency {
    Idempotency::new(key.parse().expect("a key"), &[request.as_bytes()])
}

/// The same commit, which keeps this answer.
fn keeping(mut changes: Changes, user: &UserId, key: &Idempotency, at: Timestamp, answer: &'static str) -> Changes {
    changes.keep(Keep::new(user.clone(), key.clone(), at, move |_| answer.to_owned()));
    changes
}

fn message(scene: &Scene<'_>, study: StudyId, author: &User) -> Changes {
    begin().post(scene.make.message(study, &author.id, "안녕하세요"), Person::from(author))
}

async fn kept(store: &dyn Store, user: &UserId, key: &Idempotency) -> Option<KeptAnswer> {
    store.kept_answer(user, &key.key).await.expect("an answer")
}

/// With its request and its time, byte for byte; for this person and this very key.
pub async fn a_kept_answer_comes_back(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let at = scene.make.later();
    let order = key("Order-17", "one");
    let answer = "{\"b\": \"한글 \\\"따옴표\\\" 👋\",\"a\":1.0, \"c\":null}";
    assert_eq!(kept(store, &kim.id, &order).await, None);
    scene.commit(keeping(begin(), &kim.id, &order, at, answer)).await;
    let expected = KeptAnswer { fingerprint: order.fingerprint, answer: answer.into(), at };
    assert_eq!(kept(store, &kim.id, &order).await, Some(expected));
    assert_eq!(kept(store, &lee.id, &order).await, None);
    for other in ["order-17", "Order-1", "Order-170", "Order_17", "%"] {
        assert_eq!(kept(store, &kim.id, &key(other, "one")).await, None, "{other}");
    }
}

/// The answer is asked for last, so that it can tell what the commit gave.
pub async fn an_answer_is_asked_for_when_all_places_are_given(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    scene.post(study.id, &owner, "먼저").await;
    let asked = Arc::new(std::sync::Mutex::new(None));
    let mut changes = message(&scene, study.id, &owner);
    let (order, at, seen) = (key("k", "one"), scene.make.later(), asked.clone());
    changes.keep(Keep::new(owner.id.clone(), order.clone(), at, move |committed| {
        *seen.lock().expect("the answer") = Some(committed.clone());
        format!("{:?}", committed.posts)
    }));
    let committed = scene.commit(changes).await;
    assert_eq!(committed.posts, [2]);
    assert_eq!(asked.lock().expect("the answer").take(), Some(committed));
    assert_eq!(kept(store, &owner.id, &order).await.map(|kept| kept.answer), Some("[2]".into()));
}

/// Whatever the request: what the second commit wrote goes, and the first answer stays.
pub async fn a_second_commit_with_a_key_leaves_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let guest = scene.user("이서연").await;
    let at = scene.make.later();
    scene.commit(keeping(message(&scene, study.id, &owner), &owner.id, &key("k", "one"), at, "1")).await;
    let first = kept(store, &owner.id, &key("k", "one")).await;
    let before = scene.stored_study(study.id).await;
    for request in ["one", "two"] {
        let changes = message(&scene, study.id, &owner).change(Change::TakeSeat(study.id));
        let error = scene.refused(keeping(changes, &owner.id, &key("k", request), at, "2")).await;
        assert!(matches!(error, StoreError::AlreadyExists(Unique::IdempotencyKey)), "{error:?}");
        assert_eq!(scene.stored_study(study.id).await, before);
        let head = store.head(&Scope::Study(study.id)).await.expect("an answer");
        assert_eq!(head, Head { event_seq: 1, message_seq: 1 });
        assert_eq!(kept(store, &owner.id, &key("k", "one")).await, first);
    }
    // Another person's key of the same name is another key.
    scene.commit(keeping(message(&scene, study.id, &guest), &guest.id, &key("k", "two"), at, "3")).await;
}

/// Ten repetitions at once: one is written, the others are told to look for its answer.
pub async fn of_racing_commits_with_one_key_one_is_written(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let (order, at) = (key("k", "one"), scene.make.later());
    let commits = (0..10).map(|_| {
        let changes = message(&scene, study.id, &owner);
        store.commit(keeping(changes, &owner.id, &order, at, "{}"))
    });
    let (written, refused): (Vec<_>, Vec<_>) = join_all(commits).await.into_iter().partition(Result::is_ok);
    assert_eq!(written.len(), 1);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StoreError::AlreadyExists(Unique::IdempotencyKey)), "{error:?}");
    }
    let head = store.head(&Scope::Study(study.id)).await.expect("an answer");
    assert_eq!(head, Head { event_seq: 1, message_seq: 1 });
}

/// Nothing was done: the key is free.
pub async fn a_refused_commit_keeps_no_answer(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let (order, at) = (key("k", "one"), scene.make.later());
    let spent = Change::UseInvite(scene.make.id(InviteId::from_uuid), at);
    scene.refused(keeping(message(&scene, study.id, &owner).change(spent), &owner.id, &order, at, "1")).await;
    assert_eq!(kept(store, &owner.id, &order).await, None);
    scene.commit(keeping(message(&scene, study.id, &owner), &owner.id, &order, at, "2")).await;
    assert_eq!(kept(store, &owner.id, &order).await.map(|kept| kept.answer), Some("2".into()));
}
