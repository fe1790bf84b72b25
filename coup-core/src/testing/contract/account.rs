//! Sessions as their owner sees them, and what waits for a code.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::scene::{Scene, begin, is_conflict, limit};
use crate::{
    changes::{Change, Row},
    env::Timestamp,
    id::{JobId, SessionId},
    store::{Store, StoreError, Unique},
    text::{Email, PersonName},
    user::model::{PasswordHash, Session, Verification, VerificationKind},
};

fn session_row(session: &Session) -> Row {
    Row::Session(Box::new(session.clone()))
}

fn verification(scene: &Scene<'_>, kind: VerificationKind, email: &str) -> Verification {
    let now = scene.make.later();
    Verification {
        kind,
        email: Email::from_stored(email.into()),
        job: scene.make.id(JobId::from_uuid),
        name: None,
        password: None,
        code_hash: None,
        tries: 0,
        asked: 1,
        asked_since: now,
        expires_at: now + TimeDelta::hours(1),
        version: 0,
    }
}

fn row(verification: &Verification) -> Row {
    Row::Verification(Box::new(verification.clone()))
}

/// The newest first, so many at most, ended ones too; nobody else's.
pub async fn sessions_of_a_person_come_back_the_newest_first(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut own: Vec<Session> = (0..5).map(|_| scene.make.session(&kim.id)).collect();
    // Two of one instant, so that a tie is broken; one that has ended.
    own[3].created_at = own[2].created_at;
    own[1].expires_at = own[1].created_at - TimeDelta::hours(1);
    own[4].ip = Some("2001:db8::17".into());
    for session in own.iter().chain([&scene.make.session(&lee.id)]) {
        scene.commit(begin().insert(session_row(session))).await;
    }
    own.sort_by_key(|session| std::cmp::Reverse((session.created_at, session.id)));
    assert_eq!(store.sessions_of(&kim.id, limit(100)).await.expect("an answer"), own);
    assert_eq!(store.sessions_of(&kim.id, limit(2)).await.expect("an answer"), own[..2]);
    for session in &own {
        assert_eq!(store.session(session.id).await.expect("an answer").as_ref(), Some(session));
    }
    assert_eq!(store.session(scene.make.id(SessionId::from_uuid)).await.expect("an answer"), None);
}

/// Forward only, and by nothing else: a save leaves it.
pub async fn when_a_session_was_last_seen_moves_forward_only(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let session = scene.make.session(&kim.id);
    scene.commit(begin().insert(session_row(&session))).await;
    let seen = async || store.session(session.id).await.expect("an answer").expect("the session").last_seen_at;
    let at = |minutes| session.last_seen_at + TimeDelta::minutes(minutes);
    let see = |minutes: i64| begin().change(Change::SeenSession(session.id, at(minutes)));
    for (minutes, stands) in [(10, 10), (5, 10), (10, 10), (11, 11)] {
        scene.commit(see(minutes)).await;
        assert_eq!(seen().await, at(stands));
    }
    let confirmed: Timestamp = at(12);
    scene.commit(begin().save(session_row(&Session { confirmed_at: confirmed, ..session.clone() }))).await;
    let stored = store.session(session.id).await.expect("an answer").expect("the session");
    assert_eq!((stored.last_seen_at, stored.confirmed_at), (at(11), confirmed));
    // One that is gone is nothing.
    scene.commit(begin().change(Change::SeenSession(scene.make.id(SessionId::from_uuid), at(20)))).await;
}

/// One an address and kind; addresses are told apart exactly.
pub async fn what_waits_for_a_code_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let bare = verification(&scene, VerificationKind::Reset, "kim@school.kr");
    let full = Verification {
        name: Some(PersonName::from_stored("김민준".into())),
        password: Some(PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into())),
        code_hash: Some([7; 32]),
        tries: 3,
        asked: 2,
        ..verification(&scene, VerificationKind::SignUp, "kim@school.kr")
    };
    for made in [&bare, &full] {
        let read = async || store.verification(made.kind, &made.email).await.expect("an answer");
        assert_eq!(read().await, None);
        scene.commit(begin().insert(row(made))).await;
        assert_eq!(read().await.as_ref(), Some(made));
    }
    let error = scene.refused(begin().insert(row(&bare))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let other = Email::from_stored("kim@school.kr.".into());
    assert_eq!(store.verification(VerificationKind::Reset, &other).await.expect("an answer"), None);
}

/// As with other rows that have versions.
pub async fn a_counted_try_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let made = verification(&scene, VerificationKind::Reset, "kim@school.kr");
    let missing = scene.refused(begin().save(row(&made))).await;
    assert!(is_conflict(&missing), "{missing:?}");
    scene.commit(begin().insert(row(&made))).await;
    let next = Verification { tries: 1, code_hash: Some([9; 32]), ..made.clone() };
    scene.commit(begin().save(row(&next))).await;
    let error = scene.refused(begin().save(row(&Verification { tries: 1, ..made.clone() }))).await;
    assert!(is_conflict(&error), "{error:?}");
    let stored = store.verification(made.kind, &made.email).await.expect("an answer");
    assert_eq!(stored, Some(Verification { version: 1, ..next }));
}

/// Twenty bring the same one: one finds it. One that was tried meanwhile is not taken by its old version.
pub async fn of_twenty_who_bring_one_code_one_uses_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let made = verification(&scene, VerificationKind::SignUp, "kim@school.kr");
    scene.commit(begin().insert(row(&made))).await;
    let take = |version| begin().change(Change::UseCode(made.kind, made.email.clone(), version));
    let error = scene.refused(take(1)).await;
    assert!(is_conflict(&error), "{error:?}");
    let answers = join_all((0..20).map(|_| store.commit(take(0))).collect::<Vec<_>>()).await;
    let lost: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(lost.len(), 19, "{answers:?}");
    assert!(lost.iter().all(|error| is_conflict(error)), "{lost:?}");
    assert_eq!(store.verification(made.kind, &made.email).await.expect("an answer"), None);
}
