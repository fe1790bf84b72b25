//! The audit log's chain, security events, and the SUPER_ADMIN who stays.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::scene::{Scene, after, begin, is_conflict, limit, paged, place, user_row};
use crate::{
    audit::{
        chain::{Verified, Verifier, hex, link, unhex},
        model::{
            AdminAction, AuditDraft, AuditFilter, AuditHead, AuditRecord, AuditRow, AuditTarget, AuditTargetType,
            Sealed, SecurityEvent, SecurityEventType,
        },
        service::verify,
    },
    changes::{Change, Changes, Guard, Key, Row},
    env::{Clock as _, Env, Timestamp},
    page::{Key as SortKey, Limit},
    policy::{Actor, AdminPermission, AdminRole, AdminStanding, Policy, Target},
    store::{Limit as Reached, Store, StoreError},
    user::model::{AdminGrant, Person, User},
};

impl Scene<'_> {
    fn env(&self) -> Env {
        Env::new(&self.make.clock, Arc::new(self.make.ids.clone()))
    }

    /// Seals an administrator's write as `Coup` does.
    fn sealed(&self, mut changes: Changes) -> Changes {
        self.make.later();
        changes.seal(&self.env(), Some("192.0.2.7"), Some("Firefox"));
        changes
    }

    /// An entry by the host.
    async fn entry(&self, action: AdminAction, target: Option<AuditTarget>) -> Timestamp {
        self.commit(self.sealed(Changes::host("contract", action, target))).await;
        self.make.clock.now()
    }

    async fn log(&self) -> Vec<AuditRow> {
        self.store.audit_rows(&AuditFilter::default(), 0, limit(100)).await.expect("an answer")
    }

    async fn end(&self) -> AuditHead {
        self.store.audit_head().await.expect("an answer")
    }

    async fn granted(&self, name: &str, role: AdminRole) -> AdminGrant {
        let user = self.user(name).await;
        let grant = self.make.grant(&user.id, role);
        self.commit(begin().insert(grant_row(&grant))).await;
        grant
    }

    async fn events(&self) -> Vec<SecurityEvent> {
        self.store.security_events(limit(100)).await.expect("an answer")
    }
}

fn grant_row(grant: &AdminGrant) -> Row {
    Row::AdminGrant(Box::new(grant.clone()))
}

/// An administrator's permit, and what it begins.
fn permitted(user: &User, permission: AdminPermission, target: Target) -> Changes {
    let mut actor = Actor::new(user.id.clone(), user.auth_version);
    actor.admin = Some(AdminStanding::new(AdminRole::SuperAdmin));
    Changes::permitted(Policy::built_in().permit(&actor, permission, target).expect("a permit"))
}

fn seqs(rows: &[AuditRow]) -> Vec<i64> {
    rows.iter().map(|row| row.seq).collect()
}

/// Before the first entry its head is of place 0, and zeros.
pub async fn an_empty_log_has_an_empty_head(store: &dyn Store) {
    let scene = Scene::of(store);
    assert_eq!((scene.end().await, scene.log().await), (AuditHead::default(), vec![]));
    assert_eq!(verify(store, None).await.expect("an answer"), Ok(Verified::default()));
}

/// With its exact bytes, its columns, and the personal values by field.
pub async fn an_entry_comes_back_with_its_personal_values(store: &dyn Store) {
    let scene = Scene::of(store);
    let (admin, target) = (scene.user("관리자").await, scene.user("이서연").await);
    let word = |draft: AuditDraft| {
        let draft =
            draft.before("role", "VIEWER").after("expiresAt", json!(null)).after("list", json!([1, {"가": "'"}]));
        draft.personal_before("name", "옛 이름").personal_after("name", "이서연 \" \\ 🙂").reason("요청에 따라")
    };
    let changes = permitted(&admin, AdminPermission::AdminGrant, Target::User(target.id.clone())).audited(word);
    scene.commit(scene.sealed(changes)).await;
    let [row] = &scene.log().await[..] else { panic!("one entry") };
    assert_eq!((row.seq, row.at, row.admin.as_deref()), (1, scene.make.clock.now(), Some(admin.id.as_str())));
    assert_eq!((row.action.as_str(), row.target_type.as_deref()), ("ADMIN_GRANT", Some("USER")));
    assert_eq!(row.target_id.as_deref(), Some(target.id.as_str()));
    assert_eq!(row.hash, link(&[0; 32], 1, &row.bytes));
    let fields: Vec<_> = row.personal.iter().map(|field| (field.field.as_str(), field.value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("after.name", "이서연 \" \\ 🙂"),
            ("before.name", "옛 이름"),
            ("ipAddress", "192.0.2.7"),
            ("userAgent", "Firefox")
        ]
    );
    let record: AuditRecord = serde_json::from_str(&row.bytes).expect("a record");
    assert_eq!((record.role, record.reason.as_deref()), (Some(AdminRole::SuperAdmin), Some("요청에 따라")));
    assert_eq!(record.after.get("list"), Some(&json!([1, {"가": "'"}])));
    let sealed: Option<Sealed> = record.after.get("name").and_then(|it| serde_json::from_value(it.clone()).ok());
    assert!(sealed.is_some_and(|sealed| unhex(&sealed.commitment).is_some()));
    assert!(!row.bytes.contains("이서연") && !row.bytes.contains("Firefox"), "{}", row.bytes);
    let verified = verify(store, None).await.expect("an answer");
    assert_eq!(verified, Ok(Verified { head: AuditHead { seq: 1, hash: row.hash }, erased: 0 }));
}

/// One after the other, whoever is faster: no place twice, none left out, each hash over the one before.
pub async fn racing_entries_make_one_chain(store: &dyn Store) {
    let scene = Scene::of(store);
    let targets: Vec<AuditTarget> =
        (0..40).map(|n| AuditTarget { kind: AuditTargetType::User, id: format!("person-{n}") }).collect();
    let commits = targets.iter().map(|target| {
        let changes = scene.sealed(Changes::host("contract", AdminAction::UserView, Some(target.clone())));
        async { scene.store.commit(changes).await.expect("a commit that nothing stands in the way of") }
    });
    join_all(commits).await;
    let rows = scene.log().await;
    assert_eq!(seqs(&rows), (1..=40).collect::<Vec<_>>());
    let mut verifier = Verifier::new(None);
    for row in &rows {
        verifier.take(row).expect("an entry as it was written");
    }
    assert_eq!(verifier.finish(scene.end().await).expect("its head").head.seq, 40);
    let mut found: Vec<String> = rows.into_iter().filter_map(|row| row.target_id).collect();
    let mut told: Vec<String> = targets.into_iter().map(|target| target.id).collect();
    found.sort();
    told.sort();
    assert_eq!(found, told);
}

/// Neither the entry nor what it tells of.
pub async fn a_refused_commit_leaves_no_entry(store: &dyn Store) {
    let scene = Scene::of(store);
    let user = scene.user("김민준").await;
    scene.entry(AdminAction::UserSearch, None).await;
    let before = (scene.end().await, scene.log().await);
    let old = Guard::User(user.id.clone(), 7);
    let changes = scene.sealed(Changes::host("contract", AdminAction::UserView, None)).guard(old);
    assert!(is_conflict(&scene.refused(changes).await));
    let changes = scene.sealed(Changes::host("contract", AdminAction::UserUpdate, None)).insert(user_row(&user));
    assert!(matches!(scene.refused(changes).await, StoreError::AlreadyExists(_)));
    assert_eq!((scene.end().await, scene.log().await), before);
    scene.entry(AdminAction::UserSearch, None).await;
    assert_eq!(seqs(&scene.log().await), [1, 2]);
}

/// An administrator's write whose entry was not sealed would go unseen.
pub async fn a_commit_with_an_unsealed_entry_is_refused_and_leaves_nothing(store: &dyn Store) {
    let scene = Scene::of(store);
    let (admin, guest) = (scene.user("관리자").await, scene.make.user("이서연"));
    let unsealed = [
        permitted(&admin, AdminPermission::UserUpdate, Target::Site),
        Changes::host("contract", AdminAction::UserUpdate, None),
    ];
    for changes in unsealed {
        let refused = scene.refused(changes.insert(user_row(&guest))).await;
        assert!(matches!(refused, StoreError::Backend(_)), "{refused:?}");
        assert_eq!(store.user(&guest.id).await.expect("an answer"), None);
    }
    assert_eq!(scene.end().await, AuditHead::default());
}

/// By administrator, action, target and time, oldest first and newest first.
pub async fn each_filter_keeps_the_entries_it_says(store: &dyn Store) {
    let scene = Scene::of(store);
    let admin = scene.user("관리자").await;
    let user = |id: &str| AuditTarget { kind: AuditTargetType::User, id: id.to_owned() };
    let study = AuditTarget { kind: AuditTargetType::Study, id: "one".into() };
    scene.entry(AdminAction::UserView, Some(user("one"))).await;
    scene.commit(scene.sealed(permitted(&admin, AdminPermission::UserList, Target::Site))).await;
    let third = scene.entry(AdminAction::StudyHide, Some(study)).await;
    let fourth = scene.entry(AdminAction::UserView, Some(user("two"))).await;
    let by = AuditFilter { admin: Some(admin.id.clone()), ..AuditFilter::default() };
    let view = AuditFilter { action: Some(AdminAction::UserView), ..AuditFilter::default() };
    let of_users = AuditFilter { target_type: Some(AuditTargetType::User), ..AuditFilter::default() };
    let of_one = AuditFilter { target_id: Some("one".into()), ..AuditFilter::default() };
    let cases = [
        (AuditFilter::default(), vec![1, 2, 3, 4]),
        (by.clone(), vec![2]),
        (view.clone(), vec![1, 4]),
        (of_users.clone(), vec![1, 4]),
        (of_one.clone(), vec![1, 3]),
        (AuditFilter { target_id: Some("one".into()), ..of_users }, vec![1]),
        (AuditFilter { action: Some(AdminAction::UserView), ..by }, vec![]),
        (AuditFilter { from: Some(third), ..AuditFilter::default() }, vec![3, 4]),
        (AuditFilter { to: Some(third), ..AuditFilter::default() }, vec![1, 2]),
        (AuditFilter { from: Some(third), to: Some(fourth), ..AuditFilter::default() }, vec![3]),
        (AuditFilter { from: Some(third), ..view }, vec![4]),
    ];
    for (filter, expected) in cases {
        let up = store.audit_rows(&filter, 0, limit(10)).await.expect("an answer");
        assert_eq!(seqs(&up), expected, "{filter:?}");
        let down = store.audit_log(&filter, None, limit(10)).await.expect("an answer");
        let down: Vec<AuditRow> = down.into_iter().rev().map(|(row, _)| row).collect();
        assert_eq!(down, up, "{filter:?}");
    }
}

/// Without gap or repetition, both ways.
pub async fn entries_page_by_place(store: &dyn Store) {
    let scene = Scene::of(store);
    for _ in 0..7 {
        scene.entry(AdminAction::UserSearch, None).await;
    }
    let all = AuditFilter::default();
    let search = AuditFilter { action: Some(AdminAction::UserSearch), ..AuditFilter::default() };
    for filter in [&all, &search] {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let rows = store.audit_rows(filter, up.last().copied().unwrap_or(0), limit(3)).await.expect("an answer");
            up.extend(seqs(&rows));
            let rows = store.audit_log(filter, down.last().copied(), limit(3)).await.expect("an answer");
            down.extend(rows.iter().map(|(row, _)| row.seq));
        }
        assert_eq!(up, (1..=7).collect::<Vec<_>>());
        assert_eq!(down, (1..=7).rev().collect::<Vec<_>>());
    }
    let first = store.audit_rows(&all, i64::MIN, limit(1)).await.expect("an answer");
    assert_eq!(seqs(&first), [1]);
    assert_eq!(store.audit_rows(&all, i64::MAX, limit(1)).await.expect("an answer"), []);
}

/// The entry tells who it was; the list, what they are called today.
pub async fn an_entry_shows_its_administrator_as_they_are_now(store: &dyn Store) {
    let scene = Scene::of(store);
    let admin = scene.user("옛 이름").await;
    scene.commit(scene.sealed(permitted(&admin, AdminPermission::UserList, Target::Site))).await;
    scene.entry(AdminAction::UserSearch, None).await;
    let renamed = User { name: Some(crate::text::PersonName::from_stored("새 이름".into())), ..admin.clone() };
    scene.commit(begin().save(user_row(&renamed))).await;
    let found = store.audit_log(&AuditFilter::default(), None, limit(10)).await.expect("an answer");
    let people: Vec<Option<Person>> = found.into_iter().map(|(_, person)| person).collect();
    assert_eq!(people, [None, Some(Person::from(&renamed))]);
}

/// What tells of a person goes: as whom it was done to, and as who did it. The chain stays whole.
pub async fn erased_values_are_gone_and_the_chain_holds(store: &dyn Store) {
    let scene = Scene::of(store);
    let (one, two) = (scene.user("하나").await, scene.user("둘").await);
    for (by, to) in [(&one, &two), (&two, &one)] {
        let changes = permitted(by, AdminPermission::UserUpdate, Target::User(to.id.clone()))
            .audited(|draft| draft.personal_before("name", "옛 이름").personal_after("name", "새 이름"));
        scene.commit(scene.sealed(changes)).await;
    }
    let whole = scene.log().await;
    scene.commit(begin().change(Change::EraseAuditPersonal(one.id.clone()))).await;
    let rows = scene.log().await;
    let fields = |row: &AuditRow| row.personal.iter().map(|field| field.field.clone()).collect::<Vec<_>>();
    assert_eq!(
        rows.iter().map(fields).collect::<Vec<_>>(),
        [["after.name", "before.name"], ["ipAddress", "userAgent"]]
    );
    for (erased, was) in rows.iter().zip(&whole) {
        assert_eq!((erased.seq, &erased.bytes, erased.hash), (was.seq, &was.bytes, was.hash));
    }
    let verified = verify(store, Some(scene.end().await)).await.expect("an answer").expect("a whole chain");
    assert_eq!((verified.head.seq, verified.erased), (2, 4));
    // Once more changes nothing, and of a stranger there is nothing.
    for user in [one.id, "stranger".parse().expect("an identifier")] {
        scene.commit(begin().change(Change::EraseAuditPersonal(user))).await;
    }
    assert_eq!(scene.log().await, rows);
}

/// Of one source on one path and of one kind: counted, with the first time and the latest address.
pub async fn security_events_of_a_minute_are_one(store: &dyn Store) {
    let scene = Scene::of(store);
    let user = scene.user("김민준").await;
    let start = Timestamp::from_timestamp(1_772_409_600, 0).expect("a time");
    let event = |seconds: i64, ip: &str| SecurityEvent {
        kind: SecurityEventType::UnauthorizedAccess,
        user: Some(user.id.clone()),
        path: "/admin/users/{id}/role".into(),
        ip: Some(ip.into()),
        count: 1,
        at: after(start, seconds),
    };
    for n in 0..20 {
        scene.commit(Changes::refused(event(n, &format!("192.0.2.{n}")))).await;
    }
    let counted = SecurityEvent { count: 20, ip: Some("192.0.2.19".into()), ..event(0, "") };
    assert_eq!(scene.events().await, std::slice::from_ref(&counted));
    let others = [
        SecurityEvent { path: "/admin/settings/logs".into(), ..event(30, "192.0.2.7") },
        SecurityEvent { kind: SecurityEventType::UnauthorizedSystemAdmin, ..event(31, "192.0.2.7") },
        SecurityEvent { user: None, ..event(32, "192.0.2.7") },
        SecurityEvent { user: None, ..event(33, "192.0.2.8") },
        SecurityEvent { user: None, ip: None, ..event(34, "") },
        event(60, "192.0.2.7"),
    ];
    for event in &others {
        scene.commit(Changes::refused(event.clone())).await;
    }
    let newest_first: Vec<SecurityEvent> = others.into_iter().rev().chain([counted]).collect();
    assert_eq!(scene.events().await, newest_first);
    assert_eq!(store.security_events(limit(2)).await.expect("an answer"), newest_first[..2]);
}

/// However they race.
pub async fn racing_security_events_are_all_counted(store: &dyn Store) {
    let scene = Scene::of(store);
    let event = SecurityEvent {
        kind: SecurityEventType::UnauthorizedAccess,
        user: None,
        path: "/admin/settings/logs".into(),
        ip: Some("192.0.2.7".into()),
        count: 1,
        at: scene.make.later(),
    };
    join_all((0..40).map(|_| scene.commit(Changes::refused(event.clone())))).await;
    assert_eq!(scene.events().await, [SecurityEvent { count: 40, ..event }]);
}

/// Neither removed, nor given an end, nor another role; once there is one.
pub async fn the_last_super_admin_without_an_end_stays(store: &dyn Store) {
    let scene = Scene::of(store);
    let admin = scene.granted("관리자", AdminRole::Admin).await;
    scene.commit(begin().change(Change::Remove(Key::AdminGrant(admin.user)))).await;
    let last = scene.granted("김민준", AdminRole::SuperAdmin).await;
    let ending = scene.granted("이서연", AdminRole::SuperAdmin).await;
    let end = Some(scene.make.later() + TimeDelta::days(1));
    let ending = AdminGrant { expires_at: end, ..ending };
    scene.commit(begin().save(grant_row(&ending))).await;
    let guest = scene.make.user("박지호");
    let attempts = [
        Change::Remove(Key::AdminGrant(last.user.clone())),
        Change::Save(grant_row(&AdminGrant { expires_at: end, ..last.clone() })),
        Change::Save(grant_row(&AdminGrant { role: AdminRole::Admin, ..last.clone() })),
    ];
    for change in attempts {
        let refused = scene.refused(begin().insert(user_row(&guest)).change(change)).await;
        assert!(matches!(refused, StoreError::Exhausted(Reached::LastSuperAdmin)), "{refused:?}");
        assert_eq!(store.user(&guest.id).await.expect("an answer"), None);
    }
    // One who comes in the same commit may take their place.
    let heir = AdminGrant { expires_at: None, ..ending };
    scene.commit(begin().change(Change::Remove(Key::AdminGrant(last.user))).save(grant_row(&heir))).await;
    assert_eq!(store.lasting_super_admins().await.expect("an answer"), 1);
}

/// Each sees the others still there, and yet one stays.
pub async fn of_super_admins_who_all_go_at_once_one_stays(store: &dyn Store) {
    let scene = Scene::of(store);
    let mut reigning = Vec::new();
    // Many times: that all meet at the one instant that matters is seldom.
    for round in 0..50 {
        while reigning.len() < 4 {
            reigning.push(scene.granted(&format!("사람 {round}-{}", reigning.len()), AdminRole::SuperAdmin).await);
        }
        let going = reigning.iter().enumerate().map(|(n, grant)| {
            let change = match n % 3 {
                0 => Change::Remove(Key::AdminGrant(grant.user.clone())),
                1 => Change::Save(grant_row(&AdminGrant { role: AdminRole::Viewer, ..grant.clone() })),
                _ => Change::Save(grant_row(&AdminGrant { expires_at: Some(grant.granted_at), ..grant.clone() })),
            };
            scene.store.commit(begin().change(change))
        });
        let mut stays = Vec::new();
        for (grant, result) in reigning.iter().zip(join_all(going).await) {
            match result {
                Ok(_) => {}
                Err(StoreError::Exhausted(Reached::LastSuperAdmin)) => stays.push(grant.clone()),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((stays.len(), store.lasting_super_admins().await.expect("an answer")), (1, 1), "round {round}");
        reigning = stays;
    }
}

/// By person, with what others see of them, expired ones too.
pub async fn administrators_page_by_person(store: &dyn Store) {
    let scene = Scene::of(store);
    let mut grants = Vec::new();
    for n in 0..5 {
        let user = scene.user(&format!("사람 {n}")).await;
        let mut grant = scene.make.grant(&user.id, AdminRole::Viewer);
        grant.expires_at = (n % 2 == 0).then_some(grant.granted_at);
        grant.permissions.deny.insert(AdminPermission::UserRead);
        scene.commit(begin().insert(grant_row(&grant))).await;
        grants.push((grant, Person::from(&user)));
    }
    scene.user("아무도 아닌 사람").await;
    grants.sort_by(|a, b| a.0.user.cmp(&b.0.user));
    let found = paged(
        2,
        |row: &crate::store::Administrator| place(SortKey::Integer(0), &row.grant.user),
        async |after, limit: Limit| store.administrators(after, limit).await,
    )
    .await;
    let found: Vec<_> = found.into_iter().map(|row| (row.grant, row.person)).collect();
    assert_eq!(found, grants);
}

/// Hexadecimal digits and back, as heads are exported.
pub async fn the_head_is_the_newest_entrys(store: &dyn Store) {
    let scene = Scene::of(store);
    for n in 1..=3 {
        scene.entry(AdminAction::UserSearch, None).await;
        let (head, rows) = (scene.end().await, scene.log().await);
        let last = rows.last().expect("an entry");
        assert_eq!((head.seq, hex(&head.hash)), (n, hex(&last.hash)));
        assert_eq!(verify(store, Some(head)).await.expect("an answer").expect("a whole chain").head, head);
    }
}
