//! Places of attempts, and browsers that are known to accounts.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::scene::{Scene, after, begin};
use crate::{
    changes::{Change, Key},
    env::Timestamp,
    limit::{
        model::{Attempts, Counted, Device, Place, Way},
        rules::MOST_DEVICES,
    },
    store::{Limit, Store, StoreError},
    text::Email,
    user::model::{TokenHash, User},
};

fn place(way: Way, subject: u8, limit: u32, at: Timestamp) -> Place {
    Place { counted: Counted { way, subject: [subject; 32] }, limit, at, ends_at: at + TimeDelta::minutes(15) }
}

fn take(place: &Place) -> Change {
    Change::TakePlace(Box::new(place.clone()))
}

fn give_back(place: &Place) -> Change {
    Change::GivePlaceBack(Box::new(place.clone()))
}

fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Exhausted(Limit::Attempts))
}

async fn counted(store: &dyn Store, place: &Place) -> Option<Attempts> {
    store.attempts(&place.counted).await.expect("an answer")
}

/// From the first of them until its end, by way and subject; then from one again.
pub async fn attempts_are_counted_by_way_and_subject_until_their_end(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let first = place(Way::SignIn, 1, 3, start);
    assert_eq!(counted(store, &first).await, None);
    for seconds in 0..3 {
        scene.commit(begin().change(take(&place(Way::SignIn, 1, 3, after(start, seconds * 60))))).await;
    }
    let three = Attempts { since: start, count: 3, ends_at: first.ends_at };
    assert_eq!(counted(store, &first).await, Some(three.clone()));
    let last = first.ends_at - TimeDelta::microseconds(1);
    assert!(is_full(&scene.refused(begin().change(take(&place(Way::SignIn, 1, 3, last)))).await));
    assert_eq!(counted(store, &first).await, Some(three), "who is refused is not counted");
    // More of them may be taken where there are more, and other ways and subjects are others.
    scene.commit(begin().change(take(&place(Way::SignIn, 1, 4, last)))).await;
    for other in [place(Way::Verify, 1, 1, last), place(Way::SignIn, 2, 1, last)] {
        scene.commit(begin().change(take(&other))).await;
        assert_eq!(counted(store, &other).await.map(|attempts| attempts.count), Some(1));
    }
    let anew = place(Way::SignIn, 1, 3, first.ends_at);
    scene.commit(begin().change(take(&anew))).await;
    let one = Attempts { since: anew.at, count: 1, ends_at: anew.ends_at };
    assert_eq!(counted(store, &anew).await, Some(one));
}

/// Of fifty at once ten take one.
pub async fn of_racing_attempts_not_more_take_a_place_than_there_are(store: &dyn Store) {
    let scene = Scene::of(store);
    let place = place(Way::SignIn, 1, 10, scene.make.later());
    let done = join_all((0..50).map(|_| store.commit(begin().change(take(&place))))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 10);
    assert!(done.iter().filter_map(|done| done.as_ref().err()).all(is_full), "{done:?}");
    assert_eq!(counted(store, &place).await.map(|attempts| attempts.count), Some(10));
}

/// If one of the two is not free, none is taken; those that meet in another order do not stand in each other's way.
pub async fn an_attempt_takes_all_its_places_or_none(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let (wide, narrow) = (place(Way::SignIn, 1, 100, at), place(Way::SignIn, 2, 1, at));
    scene.commit(begin().change(take(&narrow))).await;
    for both in [[&wide, &narrow], [&narrow, &wide]] {
        let changes = both.into_iter().fold(begin(), |changes, place| changes.change(take(place)));
        assert!(is_full(&scene.refused(changes).await));
    }
    assert_eq!(counted(store, &wide).await, None);
    let (one, other) = (place(Way::SignIn, 3, 100, at), place(Way::SignIn, 4, 100, at));
    let racing = (0..40).map(|n| {
        let both = if n % 2 == 0 { [&one, &other] } else { [&other, &one] };
        store.commit(both.into_iter().fold(begin(), |changes, place| changes.change(take(place))))
    });
    assert!(join_all(racing).await.iter().all(Result::is_ok));
    for place in [one, other] {
        assert_eq!(counted(store, &place).await.map(|attempts| attempts.count), Some(40));
    }
}

/// One, of those that it is among. What was never taken, or does not count any more, is not given back.
pub async fn a_place_is_given_back_among_those_it_was_taken_with(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let first = place(Way::Confirm, 1, 2, start);
    let second = place(Way::Confirm, 1, 2, after(start, 60));
    let count = async || counted(store, &first).await.map(|attempts| attempts.count);
    scene.commit(begin().change(give_back(&first))).await;
    assert_eq!(count().await, None);
    scene.commit(begin().change(take(&first))).await;
    scene.commit(begin().change(take(&second))).await;
    scene.commit(begin().change(give_back(&second))).await;
    assert_eq!(count().await, Some(1));
    scene.commit(begin().change(take(&second))).await;
    assert!(is_full(&scene.refused(begin().change(take(&second))).await));
    // Others are counted by now.
    let anew = place(Way::Confirm, 1, 2, first.ends_at);
    scene.commit(begin().change(take(&anew))).await;
    scene.commit(begin().change(give_back(&second))).await;
    assert_eq!(count().await, Some(1));
    for _ in 0..3 {
        scene.commit(begin().change(give_back(&anew))).await;
    }
    assert_eq!(count().await, Some(0), "never fewer than none");
}

async fn account(scene: &Scene<'_>, email: &str) -> (User, Email) {
    let email = Email::from_stored(email.to_owned());
    let user = User { email: Some(email.clone()), ..scene.make.user("김민준") };
    scene.commit(begin().insert(crate::changes::Row::User(Box::new(user.clone())))).await;
    (user, email)
}

fn device(user: &User, hash: TokenHash, at: Timestamp) -> Device {
    Device { hash, user: user.id.clone(), seen_at: at, expires_at: at + TimeDelta::days(180) }
}

fn seen(device: &Device, before: Option<TokenHash>) -> Change {
    Change::SeenDevice(Box::new(device.clone()), before)
}

fn hash(number: usize) -> TokenHash {
    let [low, high, ..] = number.to_le_bytes();
    let mut hash = [9; 32];
    (hash[0], hash[1]) = (low, high);
    hash
}

/// With all its fields; by no other hash, and to no other account.
pub async fn a_browser_is_known_to_the_accounts_that_were_signed_in_to_in_it(store: &dyn Store) {
    let scene = Scene::of(store);
    let ((kim, kims), (lee, lees)) = (account(&scene, "kim@school.kr").await, account(&scene, "lee@school.kr").await);
    let desk = device(&kim, hash(1), scene.make.later());
    let known = async |hash: TokenHash, email: &Email| store.device(&hash, email).await.expect("an answer");
    scene.commit(begin().change(seen(&desk, None))).await;
    assert_eq!(known(hash(1), &kims).await, Some(desk.clone()));
    assert_eq!(known(hash(1), &lees).await, None);
    assert_eq!(known(hash(2), &kims).await, None);
    assert_eq!(known(hash(1), &Email::from_stored("nobody@school.kr".into())).await, None);

    // The other one signs in there: both know it by its new cookie, nobody by the old one.
    let shared = device(&lee, hash(2), scene.make.later());
    scene.commit(begin().change(seen(&shared, Some(hash(1))))).await;
    assert_eq!(known(hash(2), &lees).await, Some(shared.clone()));
    assert_eq!(known(hash(2), &kims).await, Some(Device { hash: hash(2), ..desk.clone() }));
    assert_eq!(known(hash(1), &kims).await, None);

    // The same one again is known for longer.
    let again = device(&kim, hash(3), scene.make.later());
    scene.commit(begin().change(seen(&again, Some(hash(2))))).await;
    assert_eq!(known(hash(3), &kims).await, Some(again.clone()));
    // A cookie that nobody knows makes nothing known.
    let phone = device(&lee, hash(4), scene.make.later());
    scene.commit(begin().change(seen(&phone, Some(hash(77))))).await;
    assert_eq!(known(hash(4), &kims).await, None);

    let nobodys = Device { user: "nobody".parse().expect("an identifier"), ..device(&kim, hash(5), desk.seen_at) };
    scene.refused(begin().change(seen(&nobodys, None))).await;

    scene.commit(begin().change(Change::Remove(Key::Devices(kim.id.clone())))).await;
    assert_eq!(known(hash(3), &kims).await, None);
    assert_eq!(known(hash(3), &lees).await, Some(Device { hash: hash(3), ..shared }), "another's stays");
}

/// The latest stay; those of others are not counted.
pub async fn so_many_browsers_are_known_to_an_account_and_the_latest_stay(store: &dyn Store) {
    let scene = Scene::of(store);
    let ((kim, kims), (lee, lees)) = (account(&scene, "kim@school.kr").await, account(&scene, "lee@school.kr").await);
    let lees_own = device(&lee, hash(1_000), scene.make.later());
    scene.commit(begin().change(seen(&lees_own, None))).await;
    for number in 0..MOST_DEVICES + 3 {
        scene.commit(begin().change(seen(&device(&kim, hash(number), scene.make.later()), None))).await;
    }
    for number in 0..MOST_DEVICES + 3 {
        let is_known = store.device(&hash(number), &kims).await.expect("an answer").is_some();
        assert_eq!(is_known, number >= 3, "{number}");
    }
    assert_eq!(store.device(&hash(1_000), &lees).await.expect("an answer"), Some(lees_own));
}
