//! Second factors, and sign-ins that wait for their code.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::scene::{Scene, begin, is_conflict};
use crate::{
    changes::{Change, Key, Row},
    id::UserId,
    second_factor::model::{HalfSignIn, SecondFactor, TotpSecret},
    store::{Credential, Store, StoreError, Unique},
};

fn factor(user: &UserId) -> SecondFactor {
    SecondFactor {
        user: user.clone(),
        secret: TotpSecret::new(*b"\x00\x01\xff\xfe567890123456789\x80"),
        confirmed_at: None,
        used_step: 0,
        recovery: Vec::new(),
        wrong: 0,
        wrong_at: None,
        version: 0,
    }
}

fn row(factor: &SecondFactor) -> Row {
    Row::SecondFactor(Box::new(factor.clone()))
}

/// One a person, of whoever is there; saved by its version.
pub async fn a_second_factor_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let read = async || store.second_factor(&kim.id).await.expect("an answer");
    assert_eq!(read().await, None);
    let bare = factor(&kim.id);
    let missing = scene.refused(begin().save(row(&bare))).await;
    assert!(is_conflict(&missing), "{missing:?}");
    scene.commit(begin().insert(row(&bare))).await;
    assert_eq!(read().await.as_ref(), Some(&bare));
    let error = scene.refused(begin().insert(row(&bare))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let full = SecondFactor {
        secret: TotpSecret::new([9; 20]),
        confirmed_at: Some(scene.make.later()),
        used_step: 56_666_666,
        recovery: vec![[1; 32], [2; 32], [0; 32]],
        wrong: 4,
        wrong_at: Some(scene.make.later()),
        ..bare.clone()
    };
    scene.commit(begin().save(row(&full))).await;
    assert_eq!(read().await, Some(SecondFactor { version: 1, ..full.clone() }));
    let stale = scene.refused(begin().save(row(&full))).await;
    assert!(is_conflict(&stale), "{stale:?}");
    // Nobody's is none.
    scene.refused(begin().insert(row(&factor(&"nobody".parse().expect("an identifier"))))).await;
}

/// Not while it is being set up.
pub async fn a_standing_says_whether_a_second_factor_is_asked_for(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let stands = async |user: &UserId| {
        let standing = store.standing(&Credential::User(user.clone()), None).await.expect("an answer");
        standing.expect("somebody").has_second_factor
    };
    assert!(!stands(&kim.id).await);
    scene.commit(begin().insert(row(&factor(&kim.id)))).await;
    assert!(!stands(&kim.id).await);
    let on = SecondFactor { confirmed_at: Some(scene.make.later()), ..factor(&kim.id) };
    scene.commit(begin().save(row(&on))).await;
    assert!(stands(&kim.id).await && !stands(&lee.id).await);
    let credential = Credential::User(kim.id.clone());
    let everywhere = store.standing_everywhere(&credential).await.expect("an answer");
    assert!(everywhere.expect("somebody").0.has_second_factor);
}

/// The row's version lets one through.
pub async fn of_twenty_who_bring_one_code_of_a_second_factor_one_uses_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    scene.commit(begin().insert(row(&factor(&kim.id)))).await;
    let used = SecondFactor { used_step: 7, ..factor(&kim.id) };
    let answers = join_all((0..20).map(|_| store.commit(begin().save(row(&used)))).collect::<Vec<_>>()).await;
    let lost: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(lost.len(), 19, "{answers:?}");
    assert!(lost.iter().all(|error| is_conflict(error)), "{lost:?}");
}

/// Another one begins from nothing.
pub async fn a_removed_second_factor_is_gone_with_its_codes(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let on = SecondFactor { confirmed_at: Some(scene.make.later()), recovery: vec![[1; 32]], ..factor(&kim.id) };
    scene.commit(begin().insert(row(&on))).await;
    scene.commit(begin().change(Change::Remove(Key::SecondFactor(kim.id.clone())))).await;
    assert_eq!(store.second_factor(&kim.id).await.expect("an answer"), None);
    let late = scene.refused(begin().save(row(&on))).await;
    assert!(is_conflict(&late), "{late:?}");
    // One that is gone already is nothing.
    scene.commit(begin().change(Change::Remove(Key::SecondFactor(kim.id.clone())))).await;
}

fn half(scene: &Scene<'_>, user: &UserId, hash: u8) -> HalfSignIn {
    let expires_at = scene.make.later() + TimeDelta::minutes(5);
    HalfSignIn { hash: [hash; 32], user: user.clone(), auth_version: 3, expires_at }
}

/// Found by its exact hash, used and never saved.
pub async fn a_half_sign_in_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let (one, other) = (half(&scene, &kim.id, 1), half(&scene, &kim.id, 2));
    for half in [&one, &other] {
        let row = Row::HalfSignIn(Box::new(half.clone()));
        scene.commit(begin().insert(row.clone())).await;
        assert_eq!(store.half_sign_in(&half.hash).await.expect("an answer").as_ref(), Some(half));
        let again = scene.refused(begin().insert(row.clone())).await;
        assert!(matches!(again, StoreError::AlreadyExists(Unique::Id)), "{again:?}");
        let saved = scene.refused(begin().save(row)).await;
        assert!(matches!(saved, StoreError::Backend(_)), "{saved:?}");
    }
    assert_eq!(store.half_sign_in(&[3; 32]).await.expect("an answer"), None);
}

/// Twenty bring the same one: one finds it.
pub async fn of_twenty_who_complete_one_sign_in_one_does(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let half = half(&scene, &kim.id, 7);
    scene.commit(begin().insert(Row::HalfSignIn(Box::new(half.clone())))).await;
    let take = || begin().change(Change::UseHalfSignIn(half.hash));
    let answers = join_all((0..20).map(|_| store.commit(take())).collect::<Vec<_>>()).await;
    let lost: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!(lost.len(), 19, "{answers:?}");
    assert!(lost.iter().all(|error| is_conflict(error)), "{lost:?}");
    assert_eq!(store.half_sign_in(&half.hash).await.expect("an answer"), None);
}
