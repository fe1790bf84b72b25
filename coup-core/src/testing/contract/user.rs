//! Accounts, sessions, administrators, and what authorisation reads of a caller.

use chrono::TimeDelta;

use super::scene::{Scene, after, begin, is_conflict, user_row};
use crate::{
    changes::{Change, Guard, Key, Row},
    id::{SanctionId, UserId},
    member::model::MemberStatus,
    policy::{AdminPermission, AdminRole, SanctionType},
    sanction::model::Sanction,
    store::{Credential, Store, StoreError, Unique, Waiting},
    text::{Bio, Email, PersonName},
    user::model::{AdminGrant, AdminPermissions, AgeBand, Session, User, UserStatus},
};

fn session_row(session: &Session) -> Row {
    Row::Session(Box::new(session.clone()))
}

fn grant_row(grant: &AdminGrant) -> Row {
    Row::AdminGrant(Box::new(grant.clone()))
}

async fn user(store: &dyn Store, id: &UserId) -> User {
    store.user(id).await.expect("an answer").expect("the account")
}

/// All fields come back: the absent, Korean, emoji, quotes, and times to the microsecond.
pub async fn an_account_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let full = User {
        avatar: Some("https://school.kr/그림.png?a=1&b='2'".into()),
        bio: Some(Bio::from_stored("안녕하세요 👨\u{200D}👩\u{200D}👧\n\"둘째\" 줄; drop table users; --".into())),
        status: UserStatus::Suspended,
        suspended_until: Some(after(scene.make.later(), 1) + TimeDelta::microseconds(7)),
        suspend_reason: Some("욕설 '반복'".into()),
        age_band: Some(AgeBand::Under14),
        guardian_consent_at: Some(after(scene.make.later(), 1) + TimeDelta::microseconds(7)),
        locale: Some("ko".into()),
        auth_version: 3,
        last_login_at: Some(scene.make.later()),
        ..scene.make.user("김 'O''민준' 🐸")
    };
    let bare = User { email: None, password: None, name: None, ..scene.make.user("") };
    let host =
        User { id: "학생-17, role:admin *".parse().expect("a person's identifier"), ..scene.make.user("이서연") };
    for account in [full, bare, host] {
        scene.commit(begin().insert(user_row(&account))).await;
        assert_eq!(user(store, &account.id).await, account);
    }
    for (band, status) in [(AgeBand::Under19, UserStatus::Active), (AgeBand::Adult, UserStatus::Deleted)] {
        let account = User { age_band: Some(band), status, ..scene.make.user("박지호") };
        scene.commit(begin().insert(user_row(&account))).await;
        assert_eq!(user(store, &account.id).await, account);
    }
}

/// `None` is no failure.
pub async fn a_person_who_is_not_there_is_none(store: &dyn Store) {
    let nobody: UserId = "nobody".parse().expect("a person's identifier");
    assert_eq!(store.user(&nobody).await.expect("an answer"), None);
    assert_eq!(store.user_by_email(&Email::from_stored("no@body.kr".into())).await.expect("an answer"), None);
    for caller in [Credential::User(nobody), Credential::Session([0; 32])] {
        assert_eq!(store.standing(&caller, None).await.expect("an answer"), None);
    }
}

/// Identifiers are compared by their bytes: no case, no trailing space, no pattern.
pub async fn a_person_is_found_by_their_exact_identifier_only(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = User { id: "Kim%".parse().expect("a person's identifier"), ..scene.make.user("김") };
    scene.commit(begin().insert(user_row(&kim))).await;
    for other in ["kim%", "Kim", "Kim% ", "Kim_", "%"] {
        let other = other.parse().expect("a person's identifier");
        assert_eq!(store.user(&other).await.expect("an answer"), None, "{other}");
    }
    assert_eq!(user(store, &kim.id).await, kim);
}

/// By the address they sign in with.
pub async fn an_account_is_found_by_its_address(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    for account in [kim, lee] {
        let email = account.email.clone().expect("an address");
        assert_eq!(store.user_by_email(&email).await.expect("an answer"), Some(account));
    }
}

/// At sign-up and at a change of address, and the refused one leaves nothing.
pub async fn an_address_has_one_account(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let second = User { email: kim.email.clone(), ..scene.make.user("김민준") };
    let error = scene.refused(begin().insert(user_row(&second))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::UserEmail)), "{error:?}");
    assert_eq!(store.user(&second.id).await.expect("an answer"), None);

    let moved = User { email: kim.email.clone(), ..lee.clone() };
    let error = scene.refused(begin().save(user_row(&moved))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::UserEmail)), "{error:?}");
    assert_eq!(user(store, &lee.id).await, lee);
}

/// Any number of people have no address.
pub async fn accounts_without_an_address_do_not_stand_in_each_others_way(store: &dyn Store) {
    let scene = Scene::of(store);
    for name in ["하나", "둘", "셋"] {
        let account = User { email: None, ..scene.make.user(name) };
        scene.commit(begin().insert(user_row(&account))).await;
    }
}

/// The second account of one identifier is refused.
pub async fn an_identifier_has_one_account(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let second = User { id: kim.id.clone(), ..scene.make.user("이서연") };
    let error = scene.refused(begin().insert(user_row(&second))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    assert_eq!(user(store, &kim.id).await, kim);
}

/// All fields are saved, and the version grows by one; who read before is refused.
pub async fn a_saved_account_has_a_new_version_and_the_old_one_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let changed = User {
        email: None,
        password: None,
        name: Some(PersonName::from_stored("김새이름".into())),
        avatar: Some("https://school.kr/1.png".into()),
        bio: Some(Bio::from_stored(String::new())),
        status: UserStatus::Suspended,
        suspended_until: Some(scene.make.later()),
        suspend_reason: Some("도배".into()),
        age_band: Some(AgeBand::Under19),
        guardian_consent_at: Some(scene.make.later()),
        locale: Some("en".into()),
        auth_version: 1,
        updated_at: scene.make.later(),
        ..kim.clone()
    };
    scene.commit(begin().save(user_row(&changed))).await;
    let stored = User { version: 1, ..changed.clone() };
    assert_eq!(user(store, &kim.id).await, stored);

    assert!(is_conflict(&scene.refused(begin().save(user_row(&changed))).await));
    assert_eq!(user(store, &kim.id).await, stored);

    let never_stored = scene.make.user("아무도");
    assert!(is_conflict(&scene.refused(begin().save(user_row(&never_stored))).await));
}

/// Signing in moves no version, and a save by somebody who read before does not bring the old time back.
pub async fn signing_in_is_noted_without_a_new_version(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let at = scene.make.later() + TimeDelta::microseconds(1);
    scene.commit(begin().change(Change::SignedIn(kim.id.clone(), at))).await;
    assert_eq!(user(store, &kim.id).await, User { last_login_at: Some(at), ..kim.clone() });

    scene.commit(begin().save(user_row(&kim))).await;
    assert_eq!(user(store, &kim.id).await, User { last_login_at: Some(at), version: 1, ..kim });
}

/// A decision about somebody whose rights have changed since is made again.
pub async fn a_guard_on_a_person_holds_their_authorisation_version(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, other) = (scene.user("김민준").await, scene.make.user("이서연"));
    for guard in [Guard::User(kim.id.clone(), 1), Guard::User(other.id.clone(), 0)] {
        assert!(is_conflict(&scene.refused(begin().guard(guard).insert(user_row(&other))).await));
        assert_eq!(store.user(&other.id).await.expect("an answer"), None);
    }
    // A save of the name moves the version, not the authorisation version.
    scene.commit(begin().save(user_row(&kim))).await;
    scene.commit(begin().guard(Guard::User(kim.id.clone(), 0)).insert(user_row(&other))).await;
}

/// With all fields; the token's hash is the only way to it.
pub async fn a_session_is_found_by_its_tokens_hash(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let full = Session {
        ip: Some("2001:db8::17".into()),
        user_agent: Some("브라우저 \"1.0\" 🦊".into()),
        ..scene.make.session(&kim.id)
    };
    let bare = scene.make.session(&kim.id);
    for session in [full, bare] {
        scene.commit(begin().insert(session_row(&session))).await;
        let caller = Credential::Session(session.token_hash);
        let standing = store.standing(&caller, None).await.expect("an answer").expect("the caller");
        assert_eq!(standing.session, Some(session));
        assert_eq!(standing.user, kim);
        assert_eq!((standing.admin, standing.study), (None, None));
    }
    assert_eq!(store.standing(&Credential::Session([7; 32]), None).await.expect("an answer"), None);
}

/// The decision looks at the time, not the store.
pub async fn an_ended_session_is_still_answered(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let ended = Session { expires_at: after(kim.created_at, -1), ..scene.make.session(&kim.id) };
    scene.commit(begin().insert(session_row(&ended))).await;
    let standing = store.standing(&Credential::Session(ended.token_hash), None).await.expect("an answer");
    assert_eq!(standing.and_then(|standing| standing.session), Some(ended));
}

/// One session ends, the others go on; ending it again is nothing.
pub async fn a_removed_session_lets_nobody_in(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let (phone, desk) = (scene.make.session(&kim.id), scene.make.session(&kim.id));
    scene.commit(begin().insert(session_row(&phone)).insert(session_row(&desk))).await;
    for _ in 0..2 {
        scene.commit(begin().change(Change::Remove(Key::Session(phone.id)))).await;
        assert_eq!(store.standing(&Credential::Session(phone.token_hash), None).await.expect("an answer"), None);
        assert!(store.standing(&Credential::Session(desk.token_hash), None).await.expect("an answer").is_some());
    }
}

/// All of one's sessions at once; nobody else's.
pub async fn all_sessions_of_a_person_go_at_once(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let sessions = [scene.make.session(&kim.id), scene.make.session(&kim.id), scene.make.session(&lee.id)];
    for session in &sessions {
        scene.commit(begin().insert(session_row(session))).await;
    }
    for _ in 0..2 {
        scene.commit(begin().change(Change::Remove(Key::Sessions(kim.id.clone())))).await;
        for (session, there) in sessions.iter().zip([false, false, true]) {
            let found = store.standing(&Credential::Session(session.token_hash), None).await.expect("an answer");
            assert_eq!(found.is_some(), there);
        }
    }
}

/// Nobody's session is not stored.
pub async fn a_session_belongs_to_an_account(store: &dyn Store) {
    let scene = Scene::of(store);
    let session = scene.make.session(&scene.make.user("아무도").id);
    scene.refused(begin().insert(session_row(&session))).await;
    assert_eq!(store.standing(&Credential::Session(session.token_hash), None).await.expect("an answer"), None);
}

/// The person, their role as administrator with grants and denials, the study, and their membership: all at once.
pub async fn a_standing_tells_role_study_and_membership(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let guest = scene.user("이서연").await;
    let grant = AdminGrant {
        permissions: AdminPermissions {
            grant: [AdminPermission::UserList].into_iter().collect(),
            deny: [AdminPermission::UserRead, AdminPermission::StatsRead].into_iter().collect(),
        },
        granted_by: Some(owner.id.clone()),
        expires_at: Some(after(scene.make.later(), 60)),
        ..scene.make.grant(&guest.id, AdminRole::Moderator)
    };
    let session = scene.make.session(&guest.id);
    scene.commit(begin().insert(grant_row(&grant)).insert(session_row(&session))).await;

    let by_user = Credential::User(guest.id.clone());
    let standing = store.standing(&by_user, Some(study.id)).await.expect("an answer").expect("the caller");
    assert_eq!(standing.user, guest);
    assert_eq!(standing.session, None);
    assert_eq!(standing.admin, Some(grant.clone()));
    assert_eq!(standing.study, Some((study.clone(), None)), "an outsider's study without a membership");

    let member = scene.join(study.id, &guest).await;
    let by_session = Credential::Session(session.token_hash);
    let standing = store.standing(&by_session, Some(study.id)).await.expect("an answer").expect("the caller");
    assert_eq!(standing.session, Some(session));
    assert_eq!(standing.admin, Some(grant));
    let (found, membership) = standing.study.expect("the study");
    assert_eq!(found.member_count, 2);
    assert_eq!(membership, Some(member));
}

/// Everything else is answered as if none had been named.
pub async fn a_standing_to_a_study_that_is_not_there_has_none(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, _) = scene.owned().await;
    let nowhere = scene.make.study(&owner.id, "없는 스터디");
    let caller = Credential::User(owner.id.clone());
    let standing = store.standing(&caller, Some(nowhere.id)).await.expect("an answer").expect("the caller");
    assert_eq!((standing.user, standing.study), (owner, None));
}

/// The same standing, with unread messages, requests and the read mark; nothing for who is no ACTIVE member.
pub async fn a_standing_inside_says_what_waits_for_a_member(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let other = scene.study(&owner).await;
    let session = scene.make.session(&owner.id);
    scene.commit(begin().insert(session_row(&session))).await;
    let kim = scene.user("이서연").await;
    scene.join(study.id, &kim).await;
    for study in [study.id, other.id] {
        for author in [&kim, &owner, &kim, &kim] {
            scene.post(study, author, "안녕").await;
        }
        let asks = scene.user("박지호").await;
        scene.member_as(study, &asks, |member| member.status = MemberStatus::Pending).await;
    }
    let mut pending = None;
    for status in MemberStatus::ALL.iter().filter(|status| **status != MemberStatus::Active) {
        let user = scene.user("누군가").await;
        scene.member_as(study.id, &user, |member| member.status = *status).await;
        pending.get_or_insert(user);
    }
    let inside = async |caller: &Credential| {
        let (standing, waiting) =
            store.standing_inside(caller, study.id).await.expect("an answer").expect("the caller");
        let same = store.standing(caller, Some(study.id)).await.expect("an answer");
        assert_eq!(Some(standing), same, "as `standing` answers it");
        waiting
    };
    let as_owner = Credential::User(owner.id.clone());
    assert_eq!(inside(&as_owner).await, Waiting { unread: 3, requests: 2, read_to: 0 });
    scene.commit(begin().change(Change::MoveReadMark(study.id, owner.id.clone(), 3))).await;
    for caller in [as_owner, Credential::Session(session.token_hash)] {
        assert_eq!(inside(&caller).await, Waiting { unread: 1, requests: 2, read_to: 3 });
    }
    assert_eq!(inside(&Credential::User(kim.id)).await, Waiting { unread: 1, requests: 2, read_to: 0 });
    for outside in [scene.user("아무도").await, pending.expect("somebody who asks")] {
        scene.commit(begin().change(Change::MoveReadMark(study.id, outside.id.clone(), 2))).await;
        assert_eq!(inside(&Credential::User(outside.id)).await, Waiting::default());
    }
    let nobody = Credential::User(scene.make.user("없음").id);
    assert_eq!(store.standing_inside(&nobody, study.id).await.expect("an answer"), None);
}

/// Of each role the words go around.
pub async fn an_administrators_role_comes_back_and_is_saved(store: &dyn Store) {
    let scene = Scene::of(store);
    // Whoever else stops being one, somebody stays.
    let stays = scene.user("관리자").await;
    scene.commit(begin().insert(grant_row(&scene.make.grant(&stays.id, AdminRole::SuperAdmin)))).await;
    for role in AdminRole::ALL {
        let user = scene.user("관리자").await;
        let grant = scene.make.grant(&user.id, *role);
        scene.commit(begin().insert(grant_row(&grant))).await;
        let caller = Credential::User(user.id.clone());
        let standing = store.standing(&caller, None).await.expect("an answer").expect("the caller");
        assert_eq!(standing.admin, Some(grant.clone()));

        let second = scene.refused(begin().insert(grant_row(&grant))).await;
        assert!(matches!(second, StoreError::AlreadyExists(Unique::Id)), "{second:?}");

        let ending = AdminGrant { role: AdminRole::Viewer, expires_at: Some(scene.make.later()), ..grant };
        scene.commit(begin().save(grant_row(&ending))).await;
        let standing = store.standing(&caller, None).await.expect("an answer").expect("the caller");
        assert_eq!(standing.admin, Some(ending));
    }
}

/// The highest role, and without an end: whoever has it for a while does not count.
pub async fn lasting_super_administrators_are_counted(store: &dyn Store) {
    let scene = Scene::of(store);
    let count = async || store.lasting_super_admins().await.expect("an answer");
    assert_eq!(count().await, 0);
    for (role, end, expected) in [
        (AdminRole::SuperAdmin, None, 1),
        (AdminRole::Admin, None, 1),
        (AdminRole::SuperAdmin, Some(scene.make.later()), 1),
        (AdminRole::SuperAdmin, None, 2),
    ] {
        let user = scene.user("관리자").await;
        let grant = AdminGrant { expires_at: end, ..scene.make.grant(&user.id, role) };
        scene.commit(begin().insert(grant_row(&grant))).await;
        assert_eq!(count().await, expected, "{role} until {end:?}");
    }
}

/// Those of the person, by identifier, ended ones too; lifting one lifts no other.
pub async fn sanctions_come_with_a_standing_until_they_are_lifted(store: &dyn Store) {
    let scene = Scene::of(store);
    let (kim, lee, admin) = (scene.user("김민준").await, scene.user("이서연").await, scene.user("관리자").await);
    let now = scene.make.later();
    let sanction = |user: &User, kind, expires_at, admin: Option<&User>| Sanction {
        id: scene.make.id(SanctionId::from_uuid),
        user_id: user.id.clone(),
        admin_id: admin.map(|admin| admin.id.clone()),
        kind,
        reason: "욕설 \"반복\"".into(),
        days: None,
        report_id: None,
        expires_at,
        is_active: true,
        lifted_by: None,
        lift_reason: None,
        lifted_at: None,
        mistaken: false,
        created_at: now,
        version: 0,
    };
    let row = |sanction: &Sanction| Row::Sanction(Box::new(sanction.clone()));
    let active = async |user: &User| {
        let standing = store.standing(&Credential::User(user.id.clone()), None).await.expect("an answer");
        let sanctions = standing.expect("the caller").sanctions;
        sanctions.into_iter().map(|sanction| (sanction.kind, sanction.expires_at)).collect::<Vec<_>>()
    };
    let end = Some(after(now, 3600) + TimeDelta::microseconds(7));
    let past = Some(after(now, -3600));
    let kinds = [
        sanction(&kim, SanctionType::ChatBan, end, Some(&admin)),
        sanction(&kim, SanctionType::Restriction, past, None),
        sanction(&kim, SanctionType::PermanentBan, None, Some(&admin)),
        sanction(&lee, SanctionType::Warning, None, Some(&admin)),
    ];
    assert_eq!(active(&kim).await, []);
    for sanction in kinds.iter().rev() {
        scene.commit(begin().insert(row(sanction))).await;
    }
    let (chat, old, ban) =
        ((SanctionType::ChatBan, end), (SanctionType::Restriction, past), (SanctionType::PermanentBan, None));
    assert_eq!(active(&kim).await, [chat, old, ban]);
    assert_eq!(active(&lee).await, [(SanctionType::Warning, None)]);
    let error = scene.refused(begin().insert(row(&kinds[0]))).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");

    let lifted = Sanction {
        is_active: false,
        lifted_by: Some(admin.id.clone()),
        lift_reason: Some("잘못 봤어요".into()),
        lifted_at: Some(scene.make.later()),
        mistaken: true,
        ..kinds[0].clone()
    };
    scene.commit(begin().save(row(&lifted))).await;
    assert_eq!(active(&kim).await, [old, ban]);
    assert!(is_conflict(&scene.refused(begin().save(row(&lifted))).await), "its version has moved");
    scene.commit(begin().save(row(&Sanction { is_active: true, version: 1, ..lifted }))).await;
    assert_eq!(active(&kim).await, [chat, old, ban]);
}
