//! Giving and taking roles, and what refusals leave.

use std::sync::Arc;

use chrono::{Duration, TimeDelta};
use coup_core::{
    admin::{
        model::AdministratorView,
        service::{CreateAdmin, GrantAdmin},
    },
    audit::{model::SecurityEventType, service::verify},
    changes::{Changes, Row, SystemPermit},
    coup::Ctx,
    env::Clock as _,
    error::{Error, StateError},
    page::Limit,
    policy::{AdminPermission, AdminRole, PeopleRule},
    store::{Store as _, StoreError, UserReads as _},
    user::{
        model::{AdminPermissions, User, UserStatus},
        service::SignUp,
    },
};
use serde_json::{Value, json};

use crate::house::{House, grant, id, revoke, rule, state};

#[tokio::test]
async fn a_super_admin_gives_changes_and_takes_a_role_and_the_log_tells_before_and_after() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    let end = house.clock.advance(TimeDelta::minutes(1)) + Duration::days(30);
    let permissions =
        AdminPermissions { grant: [AdminPermission::UserExport].into_iter().collect(), ..AdminPermissions::default() };
    let command = GrantAdmin { expires_at: Some(end), permissions, ..grant("minjun", AdminRole::Moderator) };
    let made = house.coup.run(&root, command).await.unwrap();
    assert_eq!(
        (made.role, made.expires_at, made.granted_by, made.expired),
        (AdminRole::Moderator, Some(end), Some(id("root")), false)
    );
    house.coup.run(&root, grant("minjun", AdminRole::Admin)).await.unwrap();
    house.coup.run(&root, revoke("minjun")).await.unwrap();
    assert_eq!(house.role("minjun").await, None);

    let entries = house.entries().await;
    let told: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.host.as_deref())).collect();
    assert_eq!(
        told,
        [("ADMIN_GRANT", Some("set-up")), ("ADMIN_GRANT", None), ("USER_ROLE_CHANGE", None), ("ADMIN_REVOKE", None)]
    );
    let [_, given, changed, taken] = entries.as_slice() else { panic!("{entries:?}") };
    for entry in [given, changed, taken] {
        assert_eq!((entry.admin_id.as_deref(), entry.admin_role), (Some("root"), Some(AdminRole::SuperAdmin)));
        assert_eq!((entry.target_type.as_deref(), entry.target_id.as_deref()), (Some("USER"), Some("minjun")));
        assert_eq!(entry.ip_address.as_deref(), Some("192.0.2.7"));
    }
    let none = json!({ "grant": [], "deny": [] });
    let moderator =
        json!({ "role": "MODERATOR", "expiresAt": end, "permissions": { "grant": ["user.export"], "deny": [] } });
    let admin = json!({ "role": "ADMIN", "expiresAt": null, "permissions": none });
    let with_name = |value: &Value| {
        let mut value = value.clone();
        value["name"] = "minjun".into();
        value
    };
    assert_eq!((json!(given.before), json!(given.after)), (json!({}), with_name(&moderator)));
    assert_eq!((json!(changed.before), json!(changed.after)), (moderator, with_name(&admin)));
    assert_eq!((json!(taken.before), json!(taken.after)), (with_name(&admin), json!({})));
    assert!(verify(&*house.store, None).await.unwrap().is_ok());
}

#[tokio::test]
async fn only_a_super_admin_gives_or_takes_roles_and_every_refusal_is_a_security_event_and_nothing_else() {
    let house = House::new();
    house.administrator("root", AdminRole::SuperAdmin).await;
    house.administrator("target", AdminRole::Viewer).await;
    let mut refused = vec![Ctx { ip: Some("192.0.2.9".into()), path: Some("/admin/x".into()), ..Ctx::default() }];
    refused.push(house.person("nobody").await);
    for (name, role) in
        [("viewer", AdminRole::Viewer), ("moderator", AdminRole::Moderator), ("admin", AdminRole::Admin)]
    {
        refused.push(house.administrator(name, role).await);
    }
    let expired = house.person("expired").await;
    let end = house.clock.now() + Duration::hours(1);
    let command = GrantAdmin { expires_at: Some(end), ..grant("expired", AdminRole::SuperAdmin) };
    house.coup.as_host("set-up").run(command).await.unwrap();
    house.clock.advance(Duration::hours(1));
    refused.push(expired);

    let (log, before) = (house.entries().await, house.store.person_and_grant(&id("target")).await.unwrap());
    for (place, who) in refused.iter().enumerate() {
        for n in 0..20 {
            let error = match n % 4 {
                0 => house.coup.run(who, grant("target", AdminRole::Admin)).await.unwrap_err(),
                1 => house.coup.run(who, revoke("target")).await.unwrap_err(),
                // Whether the person is there is not for them to know.
                2 => house.coup.run(who, revoke("not-there")).await.unwrap_err(),
                _ => house.coup.run(who, grant("root", AdminRole::Viewer)).await.unwrap_err(),
            };
            let anonymous = who.credential.is_none();
            assert!(
                if anonymous { matches!(error, Error::NotSignedIn) } else { matches!(error, Error::Denied(_)) },
                "{error}"
            );
        }
        let events = house.events().await;
        assert_eq!(events.len(), place + 1);
        let event = events.iter().find(|event| event.user.is_none() == (place == 0) && event.count == 20).unwrap();
        assert_eq!((event.kind, event.path.as_str()), (SecurityEventType::UnauthorizedSystemAdmin, "/admin/x"));
    }
    assert_eq!(house.entries().await, log, "a refusal wrote an entry of the log");
    assert_eq!(house.store.person_and_grant(&id("target")).await.unwrap(), before);
    // The next minute is another event.
    house.clock.advance(Duration::minutes(1));
    house.coup.run(&refused[1], revoke("target")).await.unwrap_err();
    assert_eq!(house.events().await.len(), refused.len() + 1);
}

#[tokio::test]
async fn what_an_admin_may_is_no_system_administration_when_it_is_refused() {
    let house = House::new();
    let moderator = house.administrator("moderator", AdminRole::Moderator).await;
    let error = house.coup.administrators(&moderator, None, Limit::DEFAULT).await.unwrap_err();
    assert!(matches!(error, Error::Denied(_)));
    let events = house.events().await;
    assert_eq!((events.len(), events[0].kind), (1, SecurityEventType::UnauthorizedAccess));
}

#[tokio::test]
async fn a_repetition_by_somebody_whose_session_has_ended_is_a_security_event_too() {
    let house = House::new();
    let idempotency = coup_core::idempotency::Idempotency::new("key".parse().unwrap(), &[b"x"]);
    let stranger = Ctx { idempotency: Some(idempotency), ..Ctx::user(id("stranger")) };
    assert!(matches!(house.coup.run(&stranger, revoke("target")).await, Err(Error::NotSignedIn)));
    assert_eq!(house.events().await.len(), 1);
}

#[tokio::test]
async fn nobody_changes_their_own_role_or_that_of_an_equal_but_a_super_admin_revokes_another() {
    let house = House::new();
    let one = house.administrator("one", AdminRole::SuperAdmin).await;
    house.administrator("two", AdminRole::SuperAdmin).await;
    assert_eq!(rule(house.coup.run(&one, grant("one", AdminRole::SuperAdmin)).await), PeopleRule::Oneself);
    assert_eq!(rule(house.coup.run(&one, revoke("one")).await), PeopleRule::Oneself);
    let equal = rule(house.coup.run(&one, grant("two", AdminRole::Viewer)).await);
    assert!(matches!(equal, PeopleRule::NotLower { .. }));
    assert_eq!(house.events().await.iter().map(|event| event.count).sum::<u32>(), 3);
    house.coup.run(&one, revoke("two")).await.unwrap();
    assert_eq!(house.role("two").await, None);
}

#[tokio::test]
async fn a_super_admin_with_something_withheld_cannot_give_it() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.administrator("limited", AdminRole::Viewer).await;
    house.person("minjun").await;
    let deny = [AdminPermission::BackupManage].into_iter().collect();
    let permissions = AdminPermissions { deny, ..AdminPermissions::default() };
    house.coup.run(&root, GrantAdmin { permissions, ..grant("limited", AdminRole::SuperAdmin) }).await.unwrap();
    let limited = Ctx::user(id("limited"));
    let above = rule(house.coup.run(&limited, grant("minjun", AdminRole::SuperAdmin)).await);
    let PeopleRule::PermissionsAbove(above) = above else { panic!("{above}") };
    assert_eq!(above.iter().collect::<Vec<_>>(), [AdminPermission::BackupManage]);
    house.coup.run(&limited, GrantAdmin { permissions, ..grant("minjun", AdminRole::SuperAdmin) }).await.unwrap();
}

#[tokio::test]
async fn the_last_super_admin_without_an_end_stays_whoever_asks() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let host = house.coup.as_host("term-end");
    let ending =
        GrantAdmin { expires_at: Some(house.clock.now() + Duration::days(1)), ..grant("root", AdminRole::SuperAdmin) };
    assert_eq!(state(host.run(revoke("root")).await), StateError::LastSuperAdmin);
    assert_eq!(state(host.run(grant("root", AdminRole::Admin)).await), StateError::LastSuperAdmin);
    assert_eq!(state(host.run(ending.clone()).await), StateError::LastSuperAdmin);
    // A second one with an end does not count.
    house.person("two").await;
    let end = Some(house.clock.now() + Duration::days(1));
    house.coup.run(&root, GrantAdmin { expires_at: end, ..grant("two", AdminRole::SuperAdmin) }).await.unwrap();
    let two = Ctx::user(id("two"));
    assert_eq!(state(house.coup.run(&two, revoke("root")).await), StateError::LastSuperAdmin);
    house.administrator("three", AdminRole::SuperAdmin).await;
    host.run(ending).await.unwrap();
    assert_eq!(house.role("root").await, Some(AdminRole::SuperAdmin));
    assert_eq!(state(host.run(revoke("three")).await), StateError::LastSuperAdmin);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_super_admins_who_revoke_each_other_one_stays() {
    for _ in 0..50 {
        let house = Arc::new(House::new());
        let (one, two) = (
            house.administrator("one", AdminRole::SuperAdmin).await,
            house.administrator("two", AdminRole::SuperAdmin).await,
        );
        let race = |who: Ctx, whom: &'static str| {
            let house = house.clone();
            tokio::spawn(async move { house.coup.run(&who, revoke(whom)).await.is_ok() })
        };
        let (first, second) = (race(one, "two"), race(two, "one"));
        let won = (first.await.unwrap(), second.await.unwrap());
        assert!(won == (true, false) || won == (false, true), "{won:?}");
        assert_eq!(house.store.lasting_super_admins().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_role_that_is_not_there_or_of_nobody_is_not_taken() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    assert_eq!(state(house.coup.run(&root, revoke("minjun")).await), StateError::NotAnAdministrator);
    for command in ["nobody", "deleted"] {
        if command == "deleted" {
            house.person("deleted").await;
            let user = house.store.user(&id("deleted")).await.unwrap().unwrap();
            let gone = User { status: UserStatus::Deleted, ..user };
            let changes = Changes::system(SystemPermit::Operator).save(Row::User(Box::new(gone)));
            house.store.commit(changes).await.unwrap();
        }
        assert!(matches!(house.coup.run(&root, revoke(command)).await, Err(Error::NotFound)));
        assert!(matches!(house.coup.run(&root, grant(command, AdminRole::Viewer)).await, Err(Error::NotFound)));
    }
    assert_eq!(house.entries().await.len(), 1);
}

#[tokio::test]
async fn an_end_that_is_not_ahead_is_refused() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    for (end, code) in [
        (house.clock.now(), "in_the_past"),
        (house.clock.now() - Duration::days(1), "in_the_past"),
        (house.clock.now() + Duration::days(40_000), "too_far"),
    ] {
        let command = GrantAdmin { expires_at: Some(end), ..grant("minjun", AdminRole::Viewer) };
        let Err(Error::Invalid(invalid)) = house.coup.run(&root, command).await else { panic!("{end}") };
        assert_eq!((invalid.errors()[0].field.as_str(), invalid.errors()[0].code), ("expiresAt", code));
    }
}

#[tokio::test]
async fn a_decision_in_flight_does_not_outlive_the_role_it_was_taken_in() {
    let house = House::new();
    house.administrator("root", AdminRole::SuperAdmin).await;
    let second = house.administrator("second", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    let prepared = house.coup.prepare(&second, &grant("minjun", AdminRole::Viewer)).await.unwrap();
    house.coup.as_host("term-end").run(revoke("second")).await.unwrap();
    let late = house.store.commit(prepared.changes.unwrap()).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert_eq!(house.role("minjun").await, None);
}

#[tokio::test]
async fn what_the_host_does_in_its_own_name_stands_in_the_log_with_its_purpose() {
    let house = House::with(|builder| builder.passwords(Arc::new(passwords::Plain)));
    let account = || SignUp::parse("root@school.kr", "zanzibar-otter-3".into(), "관리자").unwrap();
    let create = || CreateAdmin { account: account(), role: AdminRole::SuperAdmin };
    assert!(matches!(house.coup.run(&Ctx::default(), create()).await, Err(Error::NotSignedIn)));
    let made = house.coup.as_host("create-admin").run(create()).await.unwrap();
    assert!(house.coup.has_super_admin().await.unwrap());
    // Not even a SUPER_ADMIN makes accounts.
    let root = Ctx::user(made.clone());
    assert!(matches!(house.coup.run(&root, create()).await, Err(Error::NotSignedIn)));
    let entries = house.entries().await;
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].host.as_deref(), entries[0].admin_id.as_deref()), (Some("create-admin"), None));
    assert_eq!((entries[0].action.as_str(), entries[0].target_id.as_deref()), ("ADMIN_GRANT", Some(made.as_str())));
    assert_eq!(entries[0].after["name"], "관리자");
}

#[tokio::test]
async fn administrators_are_listed_by_person_the_expired_ones_marked() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let end = house.clock.now() + Duration::hours(1);
    for name in ["a", "b", "c", "d"] {
        house.person(name).await;
        let expires_at = (name == "b").then_some(end);
        house.coup.run(&root, GrantAdmin { expires_at, ..grant(name, AdminRole::Viewer) }).await.unwrap();
    }
    house.clock.advance(Duration::hours(1));
    let limit = Limit::parse(Some(2), Limit::DEFAULT).unwrap();
    let (mut seen, mut cursor): (Vec<AdministratorView>, Option<String>) = (Vec::new(), None);
    loop {
        let page = house.coup.administrators(&root, cursor.as_deref(), limit).await.unwrap();
        seen.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let seen: Vec<_> = seen.iter().map(|it| (it.user.id.as_str(), it.expired)).collect();
    assert_eq!(seen, [("a", false), ("b", true), ("c", false), ("d", false), ("root", false)]);
    let reads: Vec<_> = house.entries().await.into_iter().filter(|entry| entry.action == "SETTINGS_VIEW").collect();
    assert_eq!(reads.len(), 3);
    assert_eq!(reads[0].after["list"], "administrators");
}

mod passwords {
    use async_trait::async_trait;
    use coup_core::{
        error::Error,
        user::{model::PasswordHash, passwords::Passwords},
    };
    use secrecy::{ExposeSecret as _, SecretString};

    pub(super) struct Plain;

    #[async_trait]
    impl Passwords for Plain {
        async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
            Ok(PasswordHash::new(format!("plain:{}", password.expose_secret())))
        }

        async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
            Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{}", password.expose_secret())))
        }
    }
}
