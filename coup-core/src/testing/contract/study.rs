//! Studies as rows: what comes back, what a save may touch, codes, removal, and one's own studies.

use chrono::TimeDelta;

use super::scene::{Scene, after, begin, invite_row, is_conflict, limit, member_row, paged, place, study_row};
use crate::{
    changes::{Change, EventKind, Guard, Key, Row, Scope},
    chat::model::{MessageView, Stretch},
    id::StudyId,
    member::model::{MemberStatus, MembershipChange, StudyInvite, StudyMember},
    page::Key as SortKey,
    policy::StudyRole,
    store::{Credential, Glance, Head, OwnStudy, Store, StoreError, Unique},
    study::model::Study,
    text::{Category, Description, Emoji, StudyName, Tag},
    user::model::Person,
};

/// All fields: sub-category, tags in their order, Unicode, microseconds, zones.
pub async fn a_study_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let full = scene
        .study_as(&owner, |study| {
            study.name = StudyName::from_stored("러스트 'R' 100% 스터디_🦀".into());
            study.emoji = Emoji::from_stored("👨\u{200D}👩\u{200D}👧".into());
            study.description = Description::from_stored("첫 줄\n둘째 \"줄\"\t끝 \\".into());
            study.sub_category = Some(Category::from_stored("시스템, 임베디드".into()));
            study.tags = ["하, 나", "\"둘\"", "{셋}", "a"].map(|tag| Tag::from_stored(tag.into())).into();
            study.max_members = 1000;
            study.is_public = false;
            study.auto_approve = false;
            study.is_recruiting = false;
            study.rating = 4.25;
            study.review_count = 8;
            study.time_zone = chrono_tz::America::Argentina::ComodRivadavia;
            study.hidden_at = Some(after(study.created_at, 1));
            study.closed_at = Some(after(study.created_at, 2) + TimeDelta::microseconds(1));
            study.closed_by = Some(owner.id.clone());
        })
        .await;
    let bare = scene.study_as(&owner, |study| study.tags.clear()).await;
    for study in [full, bare] {
        assert_eq!(scene.stored_study(study.id).await, study);
    }
    let nowhere = scene.make.id(StudyId::from_uuid);
    assert_eq!(store.study(nowhere).await.expect("an answer"), None);
}

/// Seats, capacity and the last activity have changes of their own, so that a save cannot bring an old count back.
pub async fn a_saved_study_keeps_seats_capacity_and_activity(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    scene.join(study.id, &scene.user("이서연").await).await;
    let at = scene.make.later();
    let told = begin().change(Change::SetCapacity(study.id, 30)).event(
        Scope::Study(study.id),
        EventKind::StudyUpdated,
        at,
        serde_json::json!({"id": study.id}),
    );
    scene.commit(told).await;

    let changed = Study {
        name: StudyName::from_stored("새 이름".into()),
        emoji: Emoji::from_stored("🦀".into()),
        description: Description::from_stored("새 설명".into()),
        category: Category::from_stored("언어".into()),
        sub_category: Some(Category::from_stored("영어".into())),
        tags: ["둘", "하나"].map(|tag| Tag::from_stored(tag.into())).into(),
        is_public: false,
        auto_approve: false,
        is_recruiting: false,
        invite_code: "rotated".into(),
        time_zone: chrono_tz::UTC,
        hidden_at: Some(at),
        closed_at: Some(at),
        closed_by: Some(owner.id.clone()),
        updated_at: at,
        // What the one who saves had read: none of these is written.
        max_members: 20,
        member_count: 1,
        last_activity_at: study.created_at,
        ..study.clone()
    };
    scene.commit(begin().save(study_row(&changed))).await;
    let stored = Study { max_members: 30, member_count: 2, last_activity_at: at, version: 1, ..changed.clone() };
    assert_eq!(scene.stored_study(study.id).await, stored);

    assert!(is_conflict(&scene.refused(begin().save(study_row(&changed))).await), "the version had moved");
    assert_eq!(scene.stored_study(study.id).await, stored);
}

/// A decision on old settings is made again.
pub async fn a_guard_on_a_study_holds_its_version(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let guest = scene.make.user("이서연");
    for guard in [Guard::Study(study.id, 1), Guard::Study(scene.make.id(StudyId::from_uuid), 0)] {
        let changes = begin().guard(guard).insert(super::scene::user_row(&guest));
        assert!(is_conflict(&scene.refused(changes).await));
        assert_eq!(store.user(&guest.id).await.expect("an answer"), None);
    }
    // Seats move no version: racing joins must not stand in each other's way.
    scene.commit(begin().change(Change::TakeSeat(study.id))).await;
    scene.commit(begin().guard(Guard::Study(study.id, 0)).insert(super::scene::user_row(&guest))).await;
}

/// One identifier, one study.
pub async fn a_second_study_of_one_identifier_is_refused(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let second = Study { id: study.id, ..scene.make.study(&owner.id, "둘째") };
    let error = scene.refused(begin().insert(study_row(&second))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    assert_eq!(scene.stored_study(study.id).await, study);
}

/// Nobody's study, and a membership of nobody or of no study.
pub async fn studies_and_memberships_are_of_people_who_are_there(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let nobody = scene.make.user("아무도").id;
    let lost = scene.make.study(&nobody, "주인 없는 스터디");
    scene.refused(begin().insert(study_row(&lost))).await;
    assert_eq!(store.study(lost.id).await.expect("an answer"), None);

    scene.refused(begin().insert(member_row(&scene.make.member(study.id, &nobody)))).await;
    assert_eq!(store.member(study.id, &nobody).await.expect("an answer"), None);

    scene.refused(begin().insert(member_row(&scene.make.member(lost.id, &owner.id)))).await;
    assert_eq!(store.member(lost.id, &owner.id).await.expect("an answer"), None);

    scene.refused(begin().insert(invite_row(&scene.make.invite(&lost)))).await;
    assert_eq!(store.study_by_code(&scene.make.invite(&lost).code).await.expect("an answer"), None);
}

/// Among all standing codes and all invites.
pub async fn a_code_opens_one_study(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let invite = scene.invite_as(&study, |_| ()).await;
    let own = [study.invite_code.clone(), invite.code.clone()];
    for code in own {
        let refused = [
            study_row(&Study { invite_code: code.clone(), ..scene.make.study(&owner.id, "셋째") }),
            invite_row(&StudyInvite { code: code.clone(), ..scene.make.invite(&other) }),
        ];
        for row in refused {
            let error = scene.refused(begin().insert(row.clone())).await;
            assert!(matches!(error, StoreError::AlreadyExists(Unique::InviteCode)), "{row:?}: {error:?}");
        }
        let rotated = Study { invite_code: code, ..other.clone() };
        let error = scene.refused(begin().save(study_row(&rotated))).await;
        assert!(matches!(error, StoreError::AlreadyExists(Unique::InviteCode)), "{error:?}");
    }
    assert_eq!(scene.stored_study(other.id).await, other);
    assert_eq!(scene.stored_invites(other.id).await, []);
}

/// The standing code, an invite (open, used up or ended: the decision looks), or nothing.
pub async fn a_study_is_found_by_its_code_or_an_invites(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let find = async |code: &str| store.study_by_code(code).await.expect("an answer");
    assert_eq!(find(&study.invite_code).await, Some((study.clone(), None)));

    let open = scene.invite_as(&study, |_| ()).await;
    let ended = scene
        .invite_as(&study, |invite| {
            invite.expires_at = Some(after(study.created_at, -60));
            invite.max_uses = Some(1);
            invite.uses = 1;
        })
        .await;
    for invite in [open, ended] {
        assert_eq!(find(&invite.code).await, Some((study.clone(), Some(invite.clone()))));
    }
    for other in ["", "%", "study-%", &study.invite_code.to_uppercase(), &format!("{} ", study.invite_code)] {
        assert_eq!(find(other).await, None, "{other:?}");
    }
}

/// The old one opens nothing and is free again; saving with the same code is no collision with itself.
pub async fn a_rotated_code_opens_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let rotated = Study { invite_code: "새 코드".into(), ..study.clone() };
    scene.commit(begin().save(study_row(&rotated))).await;
    scene.commit(begin().save(study_row(&Study { version: 1, ..rotated.clone() }))).await;
    assert_eq!(store.study_by_code(&study.invite_code).await.expect("an answer"), None);
    let found = store.study_by_code("새 코드").await.expect("an answer").expect("the study");
    assert_eq!(found, (Study { version: 2, ..rotated }, None));

    let heir = Study { invite_code: study.invite_code.clone(), ..scene.make.study(&owner.id, "둘째") };
    scene.commit(begin().insert(study_row(&heir))).await;
    assert_eq!(store.study_by_code(&study.invite_code).await.expect("an answer"), Some((heir, None)));
}

/// Members, invites, history, messages, marks, sequences and events: nothing is left, and other studies lose nothing.
pub async fn a_removed_study_takes_all_in_it_along(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let (guest, other) = (scene.user("이서연").await, scene.study(&owner).await);
    for id in [study.id, other.id] {
        scene.join(id, &guest).await;
        let first = scene.post(id, &owner, "첫 번째").await;
        scene.post_as(id, &guest, "두 번째", |message| message.reply_to_id = Some(first.id)).await;
        let line = scene.make.history(id, &guest.id, MembershipChange::Rejected);
        let mark = Change::MoveReadMark(id, guest.id.clone(), 1);
        scene.commit(begin().insert(Row::MembershipEvent(Box::new(line))).change(mark)).await;
    }
    let invite = scene.invite_as(&study, |_| ()).await;
    let gone = begin().change(Change::Remove(Key::Study(study.id))).event(
        Scope::User(guest.id.clone()),
        EventKind::StudyDeleted,
        scene.make.later(),
        serde_json::json!({"id": study.id}),
    );
    assert_eq!(scene.commit(gone).await.heads, [(Scope::User(guest.id.clone()), 1)]);

    assert_eq!(store.study(study.id).await.expect("an answer"), None);
    assert_eq!(store.member(study.id, &guest.id).await.expect("an answer"), None);
    for code in [&study.invite_code, &invite.code] {
        assert_eq!(store.study_by_code(code).await.expect("an answer"), None);
    }
    assert_eq!(scene.stored_invites(study.id).await, []);
    assert_eq!(store.members(study.id, MemberStatus::Active, None, limit(9)).await.expect("an answer"), []);
    assert_eq!(store.last_rejection(study.id, &guest.id).await.expect("an answer"), None);
    assert_eq!(store.messages(study.id, Stretch::Latest, limit(9)).await.expect("an answer"), []);
    assert_eq!(store.read_marks(study.id, None, limit(9)).await.expect("an answer"), []);
    let scope = Scope::Study(study.id);
    assert_eq!(store.head(&scope).await.expect("an answer"), Head::default());
    assert_eq!(store.events(&scope, 0, limit(9)).await.expect("an answer"), []);
    let standing = store.standing(&Credential::User(guest.id.clone()), Some(study.id)).await.expect("an answer");
    assert_eq!(standing.expect("the caller").study, None);

    let own = store.own_studies(&guest.id, None, limit(9)).await.expect("an answer");
    assert_eq!(own.iter().map(|own| own.study.id).collect::<Vec<_>>(), [other.id]);
    assert_eq!(store.messages(other.id, Stretch::Latest, limit(9)).await.expect("an answer").len(), 2);
    assert_eq!(store.events(&Scope::User(guest.id.clone()), 0, limit(9)).await.expect("an answer").len(), 1);

    // Gone already: nothing happens, its codes are free, and the same study again begins from nothing.
    scene.commit(begin().change(Change::Remove(Key::Study(study.id)))).await;
    scene.commit(begin().insert(study_row(&study))).await;
    scene.join(study.id, &guest).await;
    assert_eq!(store.read_marks(study.id, None, limit(9)).await.expect("an answer"), []);
    assert_eq!(store.head(&Scope::Study(study.id)).await.expect("an answer"), Head::default());
    let heir = Study { invite_code: invite.code, ..scene.make.study(&owner.id, "새 스터디") };
    scene.commit(begin().insert(study_row(&heir))).await;
}

/// ACTIVE and PENDING; private, hidden and closed ones too; the latest activity first.
pub async fn ones_own_studies_stand_by_their_latest_activity(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, kim) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut studies = Vec::new();
    for status in MemberStatus::ALL {
        let study = scene
            .study_as(&owner, |study| {
                study.is_public = false;
                study.hidden_at = Some(study.created_at);
                study.closed_at = Some(study.created_at);
            })
            .await;
        scene.member_as(study.id, &kim, |member| member.status = *status).await;
        studies.push(study.id);
    }
    let [pending, active, kicked, left] = studies.as_slice() else { panic!("four ways to stand to a study") };
    let own = async || -> Vec<StudyId> {
        let own = store.own_studies(&kim.id, None, limit(9)).await.expect("an answer");
        own.iter().map(|own| own.study.id).collect()
    };
    assert_eq!(own().await, [*active, *pending], "the younger one first");
    scene.post(*pending, &owner, "안녕하세요").await;
    assert_eq!(own().await, [*pending, *active], "something has happened in it since");
    for gone in [kicked, left] {
        scene.post(*gone, &owner, "안녕히").await;
    }
    assert_eq!(own().await, [*pending, *active]);

    let study = scene.stored_study(*active).await;
    let member = scene.stored_member(*active, &kim.id).await;
    let rows = store.own_studies(&kim.id, None, limit(9)).await.expect("an answer");
    assert_eq!(rows.last(), Some(&OwnStudy { study, member, unread: 0 }));
}

/// Page by page without a gap or a repetition, though all are of one instant.
pub async fn ones_own_studies_page_by_activity_and_study(store: &dyn Store) {
    let scene = Scene::of(store);
    let owner = scene.user("김민준").await;
    let at = scene.make.later();
    let mut expected = Vec::new();
    for n in 0..7 {
        let study = scene.study_as(&owner, |study| study.created_at = after(at, n / 3)).await;
        expected.push((after(at, n / 3), study.id));
    }
    expected.sort();
    expected.reverse();
    let row = |own: &OwnStudy| place(SortKey::time(own.study.last_activity_at), &own.study.id);
    let own = paged(2, row, async |after, limit| store.own_studies(&owner.id, after, limit).await).await;
    let found: Vec<_> = own.iter().map(|own| (own.study.last_activity_at, own.study.id)).collect();
    assert_eq!(found, expected);
}

/// Others' messages after one's mark, while they stand.
pub async fn unread_messages_leave_out_ones_own_and_deleted_ones(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("이서연").await;
    scene.join(study.id, &kim).await;
    let unread = async |of: &crate::id::UserId| {
        let own = store.own_studies(of, None, limit(9)).await.expect("an answer");
        own.first().expect("the study").unread
    };
    assert_eq!(unread(&kim.id).await, 0);
    for text in ["하나", "둘", "셋"] {
        scene.post(study.id, &owner, text).await;
    }
    let own = scene.post(study.id, &kim, "넷").await;
    assert_eq!((unread(&kim.id).await, unread(&owner.id).await), (3, 1));

    scene.commit(begin().change(Change::MoveReadMark(study.id, kim.id.clone(), 1))).await;
    assert_eq!(unread(&kim.id).await, 2);

    let second = store.messages(study.id, Stretch::After(1), limit(1)).await.expect("an answer");
    let second = store
        .message(study.id, second.first().expect("the second").id)
        .await
        .expect("an answer")
        .expect("the second message");
    scene.delete_message(&second.message).await;
    assert_eq!(unread(&kim.id).await, 1);
    scene.commit(begin().change(Change::MoveReadMark(study.id, kim.id.clone(), own.seq))).await;
    assert_eq!((unread(&kim.id).await, unread(&owner.id).await), (0, 1));
    let late = scene.user("박지호").await;
    scene.member_as(study.id, &late, |member: &mut StudyMember| member.role = StudyRole::Admin).await;
    assert_eq!(unread(&late.id).await, 3, "who comes later has read nothing");
}

/// Messages that are not deleted, oldest first; ACTIVE members by the time they joined, the equal by identifier.
pub async fn a_glance_shows_the_newest_messages_and_the_longest_members(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    assert_eq!(store.glance(other.id, limit(3), limit(3)).await.expect("an answer").said, []);
    let mut said = Vec::new();
    for text in ["하나", "둘", "셋", "넷"] {
        said.push(scene.post(study.id, &owner, text).await);
        scene.post(other.id, &owner, "다른 곳").await;
    }
    scene.delete_message(&said.remove(2)).await;
    let at = scene.make.later();
    let mut people = Vec::new();
    for minutes in [2, 1, 1, 0] {
        let user = scene.user("이서연").await;
        let joined = scene.member_as(study.id, &user, |member| member.joined_at = after(at, 60 * minutes)).await;
        people.push((joined.joined_at, user));
    }
    for status in MemberStatus::ALL.iter().filter(|status| **status != MemberStatus::Active) {
        scene.member_as(study.id, &scene.user("누군가").await, |member| member.status = *status).await;
    }
    people.push((study.created_at, owner.clone()));
    people.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    let people: Vec<_> = people.iter().map(|(_, user)| Person::from(user)).collect();
    let said: Vec<_> = said.iter().map(|message| MessageView::new(message, Person::from(&owner))).collect();
    for n in [1, 2, 5, 100] {
        let glance = store.glance(study.id, limit(n), limit(n)).await.expect("an answer");
        let n = limit(n).get();
        assert_eq!(glance.said, said[said.len().saturating_sub(n)..], "the newest {n}");
        assert_eq!(glance.people, people[..people.len().min(n)], "the first {n}");
    }
    let nowhere = store.glance(scene.make.id(StudyId::from_uuid), limit(3), limit(3)).await.expect("an answer");
    assert_eq!(nowhere, Glance::default());
}
