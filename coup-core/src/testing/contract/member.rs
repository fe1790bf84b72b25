//! Memberships, their history, invites.

use chrono::TimeDelta;

use super::scene::{Scene, after, begin, invite_row, is_conflict, limit, member_row, paged, place};
use crate::{
    changes::{Change, Guard, Key, Row},
    env::Timestamp,
    id::{InviteId, UserId},
    member::model::{Member, MemberStatus, MembershipChange, MembershipEvent, StudyInvite, StudyMember},
    page::{Key as SortKey, Keyset},
    policy::StudyRole,
    store::{Limit, Store, StoreError, Unique},
    text::{Introduction, Level},
    user::model::Person,
};

/// All fields, in every status and role.
pub async fn a_membership_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    for status in MemberStatus::ALL {
        for role in [StudyRole::Member, StudyRole::Admin] {
            let user = scene.user("이서연").await;
            let full = scene
                .member_as(study.id, &user, |member| {
                    member.role = role;
                    member.status = *status;
                    member.introduction = Some(Introduction::from_stored("안녕하세요\n'저'는 🐸".into()));
                    member.motivation = Some(Introduction::from_stored(String::new()));
                    member.level = Some(Level::from_stored("초급 50%".into()));
                    member.posting_paused_until = Some(after(member.joined_at, 60) + TimeDelta::microseconds(3));
                    member.approved_at = None;
                })
                .await;
            let expected = Member { member: full, user: Person::from(&user) };
            assert_eq!(store.member(study.id, &user.id).await.expect("an answer"), Some(expected));
        }
    }
    let nobody = scene.make.user("아무도").id;
    assert_eq!(store.member(study.id, &nobody).await.expect("an answer"), None);
}

/// The second one is refused, whatever its status.
pub async fn a_person_has_one_membership_in_a_study(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let user = scene.user("이서연").await;
    let first = scene.member_as(study.id, &user, |member| member.status = MemberStatus::Left).await;
    let second = scene.make.member(study.id, &user.id);
    let error = scene.refused(begin().insert(member_row(&second)).change(Change::TakeSeat(study.id))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Member)), "{error:?}");
    assert_eq!(scene.stored_member(study.id, &user.id).await, first);
    assert_eq!(scene.stored_study(study.id).await.member_count, 1);
}

/// All fields are saved, and the version grows by one; who read before is refused.
pub async fn a_saved_membership_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let user = scene.user("이서연").await;
    let asked = scene.member_as(study.id, &user, |member| member.status = MemberStatus::Pending).await;
    let approved = StudyMember {
        role: StudyRole::Admin,
        status: MemberStatus::Active,
        introduction: Some(Introduction::from_stored("소개".into())),
        motivation: Some(Introduction::from_stored("동기".into())),
        level: Some(Level::from_stored("중급".into())),
        posting_paused_until: Some(scene.make.later()),
        joined_at: scene.make.later(),
        approved_at: Some(scene.make.later()),
        ..asked.clone()
    };
    scene.commit(begin().save(member_row(&approved)).change(Change::TakeSeat(study.id))).await;
    let stored = StudyMember { version: 1, ..approved.clone() };
    assert_eq!(scene.stored_member(study.id, &user.id).await, stored);

    let late = begin().save(member_row(&approved)).change(Change::TakeSeat(study.id));
    assert!(is_conflict(&scene.refused(late).await));
    assert_eq!(scene.stored_member(study.id, &user.id).await, stored);
    assert_eq!(scene.stored_study(study.id).await.member_count, 2);

    let never_stored = scene.make.member(study.id, &scene.user("박지호").await.id);
    assert!(is_conflict(&scene.refused(begin().save(member_row(&never_stored))).await));
}

/// A decision on an old role is made again.
pub async fn a_guard_on_a_membership_holds_its_version(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let guest = scene.user("이서연").await;
    let invite = scene.make.invite(&study);
    for guard in [Guard::Member(study.id, owner.id.clone(), 1), Guard::Member(study.id, guest.id, 0)] {
        assert!(is_conflict(&scene.refused(begin().guard(guard).insert(invite_row(&invite))).await));
        assert_eq!(scene.stored_invites(study.id).await, []);
    }
    scene.commit(begin().guard(Guard::Member(study.id, owner.id, 0)).insert(invite_row(&invite))).await;
}

/// The person may ask again as if never seen; removing nothing is nothing.
pub async fn a_removed_membership_is_gone(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let user = scene.user("이서연").await;
    let pending = scene.member_as(study.id, &user, |member| member.status = MemberStatus::Pending).await;
    for _ in 0..2 {
        scene.commit(begin().change(Change::Remove(Key::Member(study.id, user.id.clone())))).await;
        assert_eq!(store.member(study.id, &user.id).await.expect("an answer"), None);
    }
    scene.commit(begin().insert(member_row(&pending))).await;
    assert_eq!(scene.stored_member(study.id, &user.id).await, pending);
}

/// Two ACTIVE OWNERs are refused, by a new row and by a saved one.
pub async fn a_study_has_one_active_owner(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let user = scene.user("이서연").await;
    let usurper = StudyMember { role: StudyRole::Owner, ..scene.make.member(study.id, &user.id) };
    let error = scene.refused(begin().insert(member_row(&usurper))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Owner)), "{error:?}");
    assert_eq!(store.member(study.id, &user.id).await.expect("an answer"), None);

    let member = scene.join(study.id, &user).await;
    let error =
        scene.refused(begin().save(member_row(&StudyMember { role: StudyRole::Owner, ..member.clone() }))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Owner)), "{error:?}");
    assert_eq!(scene.stored_member(study.id, &user.id).await, member);
}

/// Whichever of the two is written first: what counts is how things stand at the end of the commit.
pub async fn a_study_is_handed_over_in_one_commit(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let heir = scene.user("이서연").await;
    scene.join(study.id, &heir).await;
    for (from, to, heir_first) in [(&owner, &heir, true), (&heir, &owner, false)] {
        let old = StudyMember { role: StudyRole::Admin, ..scene.stored_member(study.id, &from.id).await };
        let new = StudyMember { role: StudyRole::Owner, ..scene.stored_member(study.id, &to.id).await };
        let (first, second) = if heir_first { (&new, &old) } else { (&old, &new) };
        scene.commit(begin().save(member_row(first)).save(member_row(second))).await;
        assert_eq!(scene.stored_member(study.id, &from.id).await.role, StudyRole::Admin);
        assert_eq!(scene.stored_member(study.id, &to.id).await.role, StudyRole::Owner);
    }
}

/// Of one status, with the person as others see them; those longest in first, the equal by person.
pub async fn members_are_listed_by_status_and_page_by_time(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let at = scene.make.later();
    let mut expected: Vec<(Timestamp, UserId)> = vec![(study.created_at, owner.id.clone())];
    for (n, id) in ["가", "나", "b", "B", "a1", "a"].into_iter().enumerate() {
        let mut user = scene.make.user("멤버");
        user.id = id.parse().expect("a person's identifier");
        user.avatar = Some(format!("https://school.kr/{n}.png"));
        scene.commit(begin().insert(super::scene::user_row(&user))).await;
        let joined = after(at, i64::from(n >= 4));
        scene.member_as(study.id, &user, |member| member.joined_at = joined).await;
        expected.push((joined, user.id));
    }
    expected.sort();
    let pending = scene.user("박지호").await;
    let asked = scene.member_as(study.id, &pending, |member| member.status = MemberStatus::Pending).await;
    scene.join(other.id, &pending).await;

    for size in [1, 2, 3, 100] {
        let read =
            async |after: Option<&Keyset>, limit| store.members(study.id, MemberStatus::Active, after, limit).await;
        let rows = paged(size, |row: &Member| place(SortKey::time(row.member.joined_at), &row.user.id), read).await;
        let found: Vec<_> = rows.into_iter().map(|row| (row.member.joined_at, row.user.id)).collect();
        assert_eq!(found, expected, "by {size}");
    }
    let rows = store.members(study.id, MemberStatus::Pending, None, limit(9)).await.expect("an answer");
    assert_eq!(rows.len(), 1);
    let row = rows.into_iter().next().expect("the request");
    assert_eq!((row.member, row.user), (asked, Person::from(&pending)));
    assert_eq!(store.members(study.id, MemberStatus::Kicked, None, limit(9)).await.expect("an answer"), []);
}

/// ACTIVE ones of at least a role.
pub async fn the_staff_is_who_is_active_and_has_the_role(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let mut ids = Vec::new();
    for (role, status) in [
        (StudyRole::Admin, MemberStatus::Active),
        (StudyRole::Member, MemberStatus::Active),
        (StudyRole::Admin, MemberStatus::Left),
        (StudyRole::Admin, MemberStatus::Kicked),
    ] {
        let user = scene.user("이서연").await;
        let put = |member: &mut StudyMember| (member.role, member.status) = (role, status);
        scene.member_as(study.id, &user, put).await;
        ids.push(user.id);
    }
    for (least, expected) in [
        (StudyRole::Owner, vec![owner.id.clone()]),
        (StudyRole::Admin, vec![owner.id.clone(), ids[0].clone()]),
        (StudyRole::Member, vec![owner.id.clone(), ids[0].clone(), ids[1].clone()]),
    ] {
        let mut staff = store.staff(study.id, least).await.expect("an answer");
        staff.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(staff, expected, "{least}");
    }
}

/// Of this person in this study, and of no other line of the history.
pub async fn the_last_rejection_is_the_newest_one(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let (user, other) = (scene.user("이서연").await, scene.study(&owner).await);
    let last = async || store.last_rejection(study.id, &user.id).await.expect("an answer");
    assert_eq!(last().await, None);
    let write = async |line: MembershipEvent| {
        scene.commit(begin().insert(Row::MembershipEvent(Box::new(line)))).await;
    };
    for what in MembershipChange::ALL.iter().filter(|what| **what != MembershipChange::Rejected) {
        write(scene.make.history(study.id, &user.id, *what)).await;
    }
    write(scene.make.history(other.id, &user.id, MembershipChange::Rejected)).await;
    write(scene.make.history(study.id, &owner.id, MembershipChange::Rejected)).await;
    assert_eq!(last().await, None);

    let first = scene.make.history(study.id, &user.id, MembershipChange::Rejected);
    let second = MembershipEvent {
        at: after(first.at, 5) + TimeDelta::microseconds(9),
        by_id: owner.id.clone(),
        ..scene.make.history(study.id, &user.id, MembershipChange::Rejected)
    };
    let newest = second.at;
    write(second).await;
    write(first).await;
    assert_eq!(last().await, Some(newest), "by time, not by the order of writing");
    scene.commit(begin().change(Change::Remove(Key::Member(study.id, user.id.clone())))).await;
    assert_eq!(last().await, Some(newest), "the history stays when the membership goes");
}

/// All fields, and who made it; the newest first, the equal by identifier; only this study's.
pub async fn invites_come_back_newest_first_and_page_by_time(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    scene.invite_as(&other, |_| ()).await;
    let at = scene.make.later();
    let mut expected = Vec::new();
    for n in 0..5_u32 {
        let invite = scene
            .invite_as(&study, |invite| {
                invite.created_at = after(at, i64::from(n / 3)) + TimeDelta::microseconds(i64::from(n / 4));
                invite.code = format!("초대 {n}%");
                invite.expires_at = (n == 1).then(|| after(at, 3600));
                invite.max_uses = (n > 1).then_some(n * 10);
                invite.uses = n;
            })
            .await;
        expected.push((invite, Person::from(&owner)));
    }
    expected.sort_by_key(|(invite, _)| std::cmp::Reverse((invite.created_at, invite.id)));
    for size in [1, 2, 5, 100] {
        let row = |(invite, _): &(StudyInvite, Person)| place(SortKey::time(invite.created_at), &invite.id);
        let found = paged(size, row, async |after, limit| store.invites(study.id, after, limit).await).await;
        assert_eq!(found, expected, "by {size}");
    }
}

/// By its study and identifier together; removing it from elsewhere is nothing.
pub async fn a_removed_invite_opens_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let (gone, stays) = (scene.invite_as(&study, |_| ()).await, scene.invite_as(&study, |_| ()).await);
    scene.commit(begin().change(Change::Remove(Key::Invite(other.id, gone.id)))).await;
    assert_eq!(scene.stored_invites(study.id).await.len(), 2);
    for _ in 0..2 {
        scene.commit(begin().change(Change::Remove(Key::Invite(study.id, gone.id)))).await;
        assert_eq!(scene.stored_invites(study.id).await, std::slice::from_ref(&stays));
        assert_eq!(store.study_by_code(&gone.code).await.expect("an answer"), None);
    }
    // The code is free again.
    scene.commit(begin().insert(invite_row(&gone))).await;
}

/// As often as it says, until the instant it says, and no more once it is gone.
pub async fn an_invite_is_used_as_often_and_as_long_as_it_says(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let now = scene.make.later();
    let twice = scene.invite_as(&study, |invite| invite.max_uses = Some(2)).await;
    let brief = scene.invite_as(&study, |invite| invite.expires_at = Some(after(now, 60))).await;
    let free = scene.invite_as(&study, |_| ()).await;
    let spent = |error: StoreError| assert!(matches!(error, StoreError::Exhausted(Limit::InviteUses)), "{error:?}");
    let uses = async |id: InviteId| {
        let invites = scene.stored_invites(study.id).await;
        invites.iter().find(|invite| invite.id == id).expect("the invite").uses
    };
    let using = |id: InviteId, at: Timestamp| begin().change(Change::UseInvite(id, at));

    for _ in 0..2 {
        scene.commit(using(twice.id, now)).await;
    }
    spent(scene.refused(using(twice.id, now)).await);
    assert_eq!(uses(twice.id).await, 2);

    scene.commit(using(brief.id, after(now, 59))).await;
    for late in [after(now, 60), after(now, 61)] {
        spent(scene.refused(using(brief.id, late)).await);
    }
    assert_eq!(uses(brief.id).await, 1);

    scene.commit(using(free.id, now)).await;
    assert_eq!(uses(free.id).await, 1);
    scene.commit(begin().change(Change::Remove(Key::Invite(study.id, free.id)))).await;
    spent(scene.refused(using(free.id, now)).await);
    spent(scene.refused(using(scene.make.id(InviteId::from_uuid), now)).await);
}

/// Who comes too late with an invite gets neither a membership nor a seat.
pub async fn a_spent_invite_lets_nobody_in(store: &dyn Store) {
    let scene = Scene::of(store);
    let (_, study) = scene.owned().await;
    let invite = scene.invite_as(&study, |invite| invite.max_uses = Some(0)).await;
    let member = scene.make.member(study.id, &scene.user("이서연").await.id);
    let changes = begin()
        .insert(member_row(&member))
        .change(Change::TakeSeat(study.id))
        .change(Change::UseInvite(invite.id, scene.make.later()));
    let error = scene.refused(changes).await;
    assert!(matches!(error, StoreError::Exhausted(Limit::InviteUses)), "{error:?}");
    assert_eq!(store.member(study.id, &member.user_id).await.expect("an answer"), None);
    assert_eq!(scene.stored_study(study.id).await.member_count, 1);
}
