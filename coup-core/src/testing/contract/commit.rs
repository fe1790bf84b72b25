//! What every commit keeps: all or nothing, seats, places without gaps, and what is told.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use super::scene::{Scene, begin, invite_row, is_conflict, limit, member_row, study_row, user_row};
use crate::{
    changes::{Change, Changes, EventKind, Guard, Key, Scope},
    chat::model::Stretch,
    member::model::MemberStatus,
    store::{Head, Limit, Store, StoreError, StoredEvent},
    study::model::Study,
    user::model::{Person, User},
};

/// Adds what must fail.
type Spoil<'a> = Box<dyn Fn(Changes) -> Changes + 'a>;

/// Empty as it is, it answers.
pub async fn a_store_answers(store: &dyn Store) {
    store.ping().await.expect("an answer");
}

/// It writes nothing and tells nothing.
pub async fn an_empty_commit_does_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let committed = scene.commit(begin()).await;
    assert_eq!((committed.posts, committed.heads), (vec![], vec![]));
}

/// Whichever part fails, the parts before and after it leave nothing: no row, no seat, no use, no mark, no place.
pub async fn a_refused_commit_leaves_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let full = scene.study_as(&owner, |study| study.max_members = 1).await;
    let invite = scene.invite_as(&study, |_| ()).await;
    let doomed = scene.invite_as(&study, |invite| invite.max_uses = Some(0)).await;
    let posted = scene.post(study.id, &owner, "안녕하세요").await;
    let guest = scene.make.user("이서연");
    let scope = Scope::Study(study.id);
    let at = scene.make.later();
    let before = scene.stored_study(study.id).await;

    let failures: Vec<(&str, Spoil<'_>)> = vec![
        ("an old guard", Box::new(|changes| changes.guard(Guard::Study(study.id, 7)))),
        ("an old version", Box::new(|changes| changes.save(study_row(&Study { version: 7, ..full.clone() })))),
        ("a taken key", Box::new(|changes| changes.insert(member_row(&scene.make.owner(&study))))),
        ("no seat", Box::new(|changes| changes.change(Change::TakeSeat(full.id)))),
        ("too small a capacity", Box::new(|changes| changes.change(Change::SetCapacity(full.id, 0)))),
        ("a spent invite", Box::new(|changes| changes.change(Change::UseInvite(doomed.id, at)))),
        (
            "a message of no study",
            Box::new(|changes| {
                let nowhere = scene.make.study(&owner.id, "없는 곳");
                changes.post(scene.make.message(nowhere.id, &owner.id, "어디에?"), Person::from(&owner))
            }),
        ),
        ("a second message of one identifier", Box::new(|changes| changes.post(posted.clone(), Person::from(&owner)))),
    ];
    for (why, fail) in failures {
        let changes = begin()
            .insert(user_row(&guest))
            .insert(member_row(&scene.make.member(study.id, &guest.id)))
            .save(study_row(&Study { is_public: false, ..study.clone() }))
            .change(Change::Remove(Key::Invite(study.id, invite.id)))
            .change(Change::TakeSeat(study.id))
            .change(Change::SetCapacity(study.id, 40))
            .change(Change::SignedIn(owner.id.clone(), at))
            .change(Change::MoveReadMark(study.id, owner.id.clone(), 1))
            .post(scene.make.message(study.id, &owner.id, "환영합니다"), Person::from(&owner))
            .event(Scope::User(owner.id.clone()), EventKind::MemberRequested, at, json!({"id": "1"}));
        scene.refused(fail(changes)).await;

        assert_eq!(store.user(&guest.id).await.expect("an answer"), None, "{why}");
        assert_eq!(store.member(study.id, &guest.id).await.expect("an answer"), None, "{why}");
        assert_eq!(scene.stored_study(study.id).await, before, "{why}");
        assert_eq!(scene.stored_invites(study.id).await.len(), 2, "{why}");
        assert_eq!(store.user(&owner.id).await.expect("an answer"), Some(owner.clone()), "{why}");
        let marks = store.read_marks(study.id, None, limit(9)).await.expect("an answer");
        assert!(marks.iter().all(|mark| mark.seq == 0), "{why}: {marks:?}");
        assert_eq!(store.messages(study.id, Stretch::Latest, limit(9)).await.expect("an answer").len(), 1, "{why}");
        assert_eq!(store.head(&scope).await.expect("an answer"), Head { event_seq: 1, message_seq: 1 }, "{why}");
        assert_eq!(store.events(&scope, 0, limit(9)).await.expect("an answer").len(), 1, "{why}");
        let own = Scope::User(owner.id.clone());
        assert_eq!(store.head(&own).await.expect("an answer"), Head::default(), "{why}");
        assert_eq!(store.events(&own, 0, limit(9)).await.expect("an answer"), [], "{why}");
    }
    // The same without a failing part goes through.
    let changes = begin().insert(user_row(&guest)).insert(member_row(&scene.make.member(study.id, &guest.id)));
    scene.commit(changes.change(Change::TakeSeat(study.id))).await;
}

/// Several guards hold together or not at all.
pub async fn every_guard_must_hold(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let guest = scene.make.user("이서연");
    let user = |version| Guard::User(owner.id.clone(), version);
    let member = |version| Guard::Member(study.id, owner.id.clone(), version);
    for (one, two) in [(1, 0), (0, 1)] {
        let changes = begin().guard(user(one)).guard(Guard::Study(study.id, 0)).guard(member(two));
        assert!(is_conflict(&scene.refused(changes.insert(user_row(&guest))).await));
    }
    let changes = begin().guard(user(0)).guard(Guard::Study(study.id, 0)).guard(member(0));
    scene.commit(changes.insert(user_row(&guest))).await;
}

/// A guarded row may be saved in the same commit: the guard is about what was read.
pub async fn guards_are_held_before_anything_is_written(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let raised = User { auth_version: 1, ..owner.clone() };
    let changes = begin()
        .save(user_row(&raised))
        .save(study_row(&study))
        .guard(Guard::User(owner.id.clone(), 0))
        .guard(Guard::Study(study.id, 0));
    scene.commit(changes).await;
    assert_eq!(store.user(&owner.id).await.expect("an answer"), Some(User { version: 1, ..raised }));
    assert_eq!(scene.stored_study(study.id).await.version, 1);
}

/// Of ten decisions on the same state one is written; the others are told to decide again.
pub async fn of_racing_saves_one_wins(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let saves = (0..10).map(|_| store.commit(begin().guard(Guard::Study(study.id, 0)).save(study_row(&study))));
    let (won, lost): (Vec<_>, Vec<_>) = join_all(saves).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for error in lost.into_iter().filter_map(Result::err) {
        assert!(is_conflict(&error), "{error:?}");
    }
    assert_eq!(scene.stored_study(study.id).await.version, 1);
}

/// Two hundred people for twenty seats, the OWNER's among them: nineteen come in, 181 are told that it is full.
pub async fn two_hundred_racing_joins_fill_twenty_seats_exactly(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let users: Vec<User> = (0..200).map(|n| scene.make.user(&format!("학생 {n}"))).collect();
    for chunk in users.chunks(50) {
        scene.commit(chunk.iter().fold(begin(), |changes, user| changes.insert(user_row(user)))).await;
    }
    let joins = users.iter().map(|user| {
        let member = scene.make.member(study.id, &user.id);
        store.commit(begin().insert(member_row(&member)).change(Change::TakeSeat(study.id)))
    });
    let (joined, refused): (Vec<_>, Vec<_>) = join_all(joins).await.into_iter().partition(Result::is_ok);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StoreError::Exhausted(Limit::Seats)), "{error:?}");
    }
    assert_eq!(joined.len(), 19);
    assert_eq!(scene.stored_study(study.id).await.member_count, 20);
    let members = store.members(study.id, MemberStatus::Active, None, limit(100)).await.expect("an answer");
    assert_eq!(members.len(), 20);
}

/// A seat that was given back is taken again, and the seats are never fewer than none.
pub async fn a_freed_seat_is_free(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let study = scene.study_as(&owner, |study| study.max_members = 2).await;
    let taken = async || scene.stored_study(study.id).await.member_count;
    let take = || begin().change(Change::TakeSeat(study.id));
    scene.commit(take()).await;
    let error = scene.refused(take()).await;
    assert!(matches!(error, StoreError::Exhausted(Limit::Seats)), "{error:?}");
    assert_eq!(taken().await, 2);
    scene.commit(begin().change(Change::FreeSeat(study.id))).await;
    assert_eq!(taken().await, 1);
    scene.commit(take()).await;
    assert_eq!(taken().await, 2);
}

/// At least the seats taken; and the new one counts at once.
pub async fn a_capacity_below_the_seats_taken_is_refused(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let set = |seats| begin().change(Change::SetCapacity(study.id, seats));
    for _ in 0..2 {
        scene.commit(begin().change(Change::TakeSeat(study.id))).await;
    }
    let error = scene.refused(set(2)).await;
    assert!(matches!(error, StoreError::Exhausted(Limit::Seats)), "{error:?}");
    scene.commit(set(3)).await;
    let error = scene.refused(begin().change(Change::TakeSeat(study.id))).await;
    assert!(matches!(error, StoreError::Exhausted(Limit::Seats)), "{error:?}");
    scene.commit(set(4)).await;
    scene.commit(begin().change(Change::TakeSeat(study.id))).await;
    let study = scene.stored_study(study.id).await;
    assert_eq!((study.member_count, study.max_members, study.version), (4, 4, 0));
}

/// Twenty people with an invite for five.
pub async fn an_invite_for_five_lets_five_in_however_they_race(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let invite = scene.invite_as(&study, |invite| invite.max_uses = Some(5)).await;
    let at = scene.make.later();
    let uses = (0..20).map(|_| store.commit(begin().change(Change::UseInvite(invite.id, at))));
    let (used, refused): (Vec<_>, Vec<_>) = join_all(uses).await.into_iter().partition(Result::is_ok);
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(matches!(error, StoreError::Exhausted(Limit::InviteUses)), "{error:?}");
    }
    assert_eq!(used.len(), 5);
    let invites = scene.stored_invites(study.id).await;
    assert_eq!(invites.iter().map(|invite| invite.uses).collect::<Vec<_>>(), [5]);
}

/// Sixty messages in two studies at once: each study counts from 1 without a gap, and so do its events.
pub async fn racing_messages_get_places_without_gaps(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, one) = scene.owned().await;
    let two = scene.study(&owner).await;
    let posts = (0..60).map(|n| {
        let study = if n % 3 == 0 { two.id } else { one.id };
        // Every seventh fails after its message was given a place.
        let lost =
            (n % 7 == 0).then(|| Change::UseInvite(scene.make.id(crate::id::InviteId::from_uuid), one.created_at));
        let changes = begin().post(scene.make.message(study, &owner.id, &format!("{n}")), Person::from(&owner));
        let commit = store.commit(lost.into_iter().fold(changes, Changes::change));
        async move { (study, commit.await) }
    });
    let answers = join_all(posts).await;
    for study in [one.id, two.id] {
        let mut places: Vec<i64> = answers
            .iter()
            .filter(|(of, _)| *of == study)
            .filter_map(|(_, answer)| answer.as_ref().ok())
            .flat_map(|committed| committed.posts.clone())
            .collect();
        places.sort_unstable();
        let newest = i64::try_from(places.len()).expect("a small number");
        assert_eq!(places, (1..=newest).collect::<Vec<_>>());
        let scope = Scope::Study(study);
        assert_eq!(store.head(&scope).await.expect("an answer"), Head { event_seq: newest, message_seq: newest });
        let events = store.events(&scope, 0, limit(100)).await.expect("an answer");
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), places);
        let told: Vec<_> =
            events.iter().map(|event| event.data.get("seq").and_then(serde_json::Value::as_i64)).collect();
        assert_eq!(
            told,
            places.iter().map(|place| Some(*place)).collect::<Vec<_>>(),
            "told in the order of the places"
        );
    }
    let refused = answers.iter().filter(|(_, answer)| answer.is_err()).count();
    assert_eq!(refused, 9);
}

/// A scope that nothing was told in stands at 0, a person's too; other scopes do not count along.
pub async fn events_are_counted_within_their_scope(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let guest = scene.user("이서연").await;
    let scopes = [Scope::Study(study.id), Scope::User(owner.id.clone()), Scope::User(guest.id.clone())];
    for scope in &scopes {
        assert_eq!(store.head(scope).await.expect("an answer"), Head::default());
        assert_eq!(store.events(scope, 0, limit(9)).await.expect("an answer"), []);
    }
    let [of_study, of_owner, of_guest] = scopes;
    let at = scene.make.later();
    let told = begin()
        .event(of_study.clone(), EventKind::MemberJoined, at, json!({"n": 1}))
        .event(of_owner.clone(), EventKind::MemberRequested, at, json!({"n": 2}))
        .event(of_study.clone(), EventKind::StudyUpdated, at, json!({"n": 3}));
    let heads: BTreeSet<_> = scene.commit(told).await.heads.into_iter().collect();
    assert_eq!(heads, BTreeSet::from([(of_study.clone(), 2), (of_owner.clone(), 1)]));
    let again = begin().event(of_owner.clone(), EventKind::MemberRequested, at, json!({}));
    assert_eq!(scene.commit(again).await.heads, [(of_owner.clone(), 2)]);
    for (scope, event_seq) in [(of_study, 2), (of_owner, 2), (of_guest, 0)] {
        assert_eq!(store.head(&scope).await.expect("an answer"), Head { event_seq, message_seq: 0 });
    }
}

/// Each kind, its time to the microsecond, and its data with every kind of JSON in it; oldest first after a place.
pub async fn events_come_back_as_they_were_told(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let scope = Scope::Study(study.id);
    let mut expected = Vec::new();
    for (seq, kind) in (1..).zip(EventKind::ALL) {
        let at = scene.make.later();
        let data = json!({
            "ㄱ": "한글 \"따옴표\" \\ \n 👋 \u{0}",
            "b": [1, -2.5, true, null, i64::MAX],
            "a": {"z": {}, "y": []},
        });
        scene.commit(begin().event(scope.clone(), *kind, at, data.clone())).await;
        expected.push(StoredEvent { seq, kind: kind.as_str().into(), at, data });
    }
    assert_eq!(store.events(&scope, 0, limit(100)).await.expect("an answer"), expected);
    assert_eq!(store.events(&scope, 4, limit(3)).await.expect("an answer"), expected[4..7]);
    assert_eq!(store.events(&scope, 100, limit(3)).await.expect("an answer"), []);
}

/// The time of the newest event, and of no read mark, seat or save.
pub async fn the_last_activity_is_the_newest_event(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let activity = async || scene.stored_study(study.id).await.last_activity_at;
    assert_eq!(activity().await, study.created_at);
    let quiet = begin()
        .save(study_row(&Study { updated_at: scene.make.later(), ..study.clone() }))
        .insert(invite_row(&scene.make.invite(&study)))
        .change(Change::TakeSeat(study.id))
        .change(Change::SignedIn(owner.id.clone(), scene.make.later()));
    scene.commit(quiet).await;
    assert_eq!(activity().await, study.created_at);
    let message = scene.post(study.id, &owner, "안녕").await;
    assert_eq!(activity().await, message.created_at);
    let at = scene.make.later();
    scene.commit(begin().event(Scope::Study(study.id), EventKind::StudyUpdated, at, json!({}))).await;
    assert_eq!(activity().await, at);
    let own = begin().event(Scope::User(owner.id), EventKind::StudyDeleted, scene.make.later(), json!({}));
    scene.commit(own).await;
    assert_eq!(activity().await, at, "told to a person, not to the study");
}
