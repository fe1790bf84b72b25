//! Administrators' roles, the audit log and security events, over the memory store.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{Duration, TimeDelta};
use coup_core::{
    admin::{
        model::AdministratorView,
        service::{CreateAdmin, GrantAdmin, RevokeAdmin},
    },
    audit::{
        chain::{Verifier, link, unhex},
        entry::LogEntry,
        export::ExportFormat,
        model::{AdminAction, AuditFilter, AuditHead, AuditTargetType, SecurityEvent, SecurityEventType},
        service::verify,
    },
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Builder, Coup, Ctx},
    env::{Clock as _, Timestamp},
    error::{Error, StateError},
    hooks::{Veto, Vetoed},
    id::UserId,
    page::{Limit, Page},
    policy::{AdminPermission, AdminRole, PeopleRule},
    store::{AuditReads as _, Store as _, StoreError, UserReads as _},
    testing::{FixedClock, MemoryStore, SeededIds},
    text::PersonName,
    user::{
        directory::HostUser,
        model::{AdminPermissions, User, UserStatus},
        service::{AdoptUser, SignUp, UpdateProfile},
    },
};
use serde_json::{Value, json};

struct House {
    coup: Coup,
    clock: Arc<FixedClock>,
    store: Arc<MemoryStore>,
}

impl House {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let start: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let store = Arc::new(MemoryStore::new());
        let builder = Coup::builder(store.clone()).clock(clock.clone()).ids(Arc::new(SeededIds::new(7)));
        Self { coup: change(builder).build(), clock, store }
    }

    async fn person(&self, name: &str) -> Ctx {
        let id = id(name);
        let name = PersonName::parse("name", name).unwrap();
        self.coup
            .run(&Ctx::default(), AdoptUser { id: id.clone(), user: HostUser { name, avatar: None } })
            .await
            .unwrap();
        Ctx { ip: Some("192.0.2.7".into()), path: Some("/admin/x".into()), ..Ctx::user(id) }
    }

    /// Somebody whom the host makes an administrator.
    async fn administrator(&self, name: &str, role: AdminRole) -> Ctx {
        let ctx = self.person(name).await;
        self.coup.as_host("set-up").run(grant(name, role)).await.unwrap();
        ctx
    }

    async fn entries(&self) -> Vec<LogEntry> {
        let rows = self.store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
        rows.iter().map(|row| LogEntry::new(row, None)).collect()
    }

    async fn events(&self) -> Vec<SecurityEvent> {
        self.store.security_events(Limit::MAX).await.unwrap()
    }

    async fn role(&self, name: &str) -> Option<AdminRole> {
        self.store.person_and_grant(&id(name)).await.unwrap().unwrap().1.map(|grant| grant.role)
    }
}

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

fn grant(user: &str, role: AdminRole) -> GrantAdmin {
    GrantAdmin { user: id(user), role, expires_at: None, permissions: AdminPermissions::default() }
}

fn revoke(user: &str) -> RevokeAdmin {
    RevokeAdmin { user: id(user) }
}

#[track_caller]
fn state<T: std::fmt::Debug>(answer: Result<T, Error>) -> StateError {
    match answer {
        Err(Error::State(state)) => state,
        other => panic!("expected a state that stands in the way, got {other:?}"),
    }
}

#[track_caller]
fn rule<T: std::fmt::Debug>(answer: Result<T, Error>) -> PeopleRule {
    match answer {
        Err(Error::People(rule)) => rule,
        other => panic!("expected a rule about two people, got {other:?}"),
    }
}

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

#[tokio::test]
async fn the_log_is_read_newest_first_by_filters_and_each_reading_stands_in_it() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let viewer = house.administrator("viewer", AdminRole::Viewer).await;
    for name in ["a", "b", "c"] {
        house.person(name).await;
        house.clock.advance(TimeDelta::minutes(1));
        house.coup.run(&root, grant(name, AdminRole::Viewer)).await.unwrap();
    }
    let at = house.clock.now();
    let seqs = |page: &Page<LogEntry>| page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>();
    let log = async |filter: AuditFilter| {
        let page = house.coup.audit_log(&viewer, &filter, None, Limit::DEFAULT).await.unwrap();
        page.items.into_iter().filter(|entry| entry.action != "AUDIT_VIEW").map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(log(AuditFilter::default()).await, [5, 4, 3, 2, 1]);
    assert_eq!(log(AuditFilter { admin: Some(id("root")), ..AuditFilter::default() }).await, [5, 4, 3]);
    assert_eq!(log(AuditFilter { action: Some(AdminAction::AdminGrant), ..AuditFilter::default() }).await.len(), 5);
    let target =
        AuditFilter { target_type: Some(AuditTargetType::User), target_id: Some("b".into()), ..AuditFilter::default() };
    assert_eq!(log(target).await, [4]);
    let minute = TimeDelta::minutes(1);
    assert_eq!(log(AuditFilter { from: Some(at - minute), to: Some(at), ..AuditFilter::default() }).await, [4]);
    assert_eq!(log(AuditFilter { admin: Some(id("b")), ..AuditFilter::default() }).await, [] as [i64; 0]);

    // By pages, over what is added meanwhile (each reading adds one).
    let limit = Limit::parse(Some(3), Limit::DEFAULT).unwrap();
    let first = house.coup.audit_log(&viewer, &AuditFilter::default(), None, limit).await.unwrap();
    let cursor = first.next_cursor.clone().unwrap();
    let second = house.coup.audit_log(&viewer, &AuditFilter::default(), Some(&cursor), limit).await.unwrap();
    let newest = seqs(&first)[0];
    assert_eq!([seqs(&first), seqs(&second)].concat(), (newest - 5..=newest).rev().collect::<Vec<_>>());
    assert_eq!(first.items[0].action, "AUDIT_VIEW");
    assert_eq!(first.items[0].admin.as_ref().unwrap().name.as_deref(), Some("viewer"));
    let filtered = house
        .entries()
        .await
        .into_iter()
        .find(|entry| entry.after.get("filter").is_some_and(|it| it["admin"] == "root"))
        .unwrap();
    assert_eq!(filtered.admin_id.as_deref(), Some("viewer"));
    let refused = house.coup.audit_log(&Ctx::user(id("nobody")), &AuditFilter::default(), None, limit).await;
    assert!(matches!(refused, Err(Error::NotSignedIn)));
}

#[tokio::test]
async fn what_cannot_be_written_to_the_log_is_not_read() {
    struct No;
    #[async_trait]
    impl Veto for No {
        async fn before(&self, changes: &Changes) -> Result<(), Vetoed> {
            // Reads of the administration change nothing but the log.
            if changes.writes().is_empty() { Err(Vetoed::because("오늘은 안 돼요")) } else { Ok(()) }
        }
    }
    let house = House::with(|builder| builder.veto(Arc::new(No)));
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let refused = house.coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await;
    assert!(matches!(refused, Err(Error::Vetoed(words)) if words.words == "오늘은 안 돼요"));
    assert_eq!((house.entries().await.len(), house.events().await.len()), (1, 0));
}

async fn exported(house: &House, who: &Ctx, filter: &AuditFilter, format: ExportFormat) -> (AuditHead, String) {
    let mut export = house.coup.export_audit(who, filter, format).await.unwrap();
    let mut text = String::new();
    while let Some(part) = export.next().await.unwrap() {
        text += &part;
    }
    (export.head(), text)
}

#[tokio::test]
async fn an_export_as_json_lines_can_be_verified_elsewhere() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    // More than one batch.
    for n in 0..620 {
        house
            .coup
            .audit_log(&root, &AuditFilter::default(), None, Limit::parse(Some(1), Limit::MAX).unwrap())
            .await
            .unwrap();
        if n % 200 == 0 {
            house.person(&format!("person-{n}")).await;
            house.coup.run(&root, grant(&format!("person-{n}"), AdminRole::Viewer)).await.unwrap();
        }
    }
    let (head, text) = exported(&house, &root, &AuditFilter::default(), ExportFormat::JsonLines).await;
    // What is written after the export began is not in it.
    house.coup.audit_log(&root, &AuditFilter::default(), None, Limit::DEFAULT).await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, entries) = lines.split_last().unwrap();
    assert_eq!(last["head"], json!({ "seq": head.seq, "hash": coup_core::audit::chain::hex(&head.hash) }));
    assert_eq!(entries.len(), 626);
    let mut hash = [0; 32];
    for (place, entry) in entries.iter().enumerate() {
        let seq = i64::try_from(place).unwrap() + 1;
        assert_eq!(entry["seq"], seq);
        hash = link(&hash, seq, entry["bytes"].as_str().unwrap());
        assert_eq!(unhex(entry["hash"].as_str().unwrap()), Some(hash));
    }
    assert_eq!((hash, head.seq), (head.hash, 626));
    assert_eq!(entries.last().unwrap()["action"], "AUDIT_EXPORT");
    let named = entries.iter().find(|entry| entry["targetId"] == "person-0").unwrap();
    assert_eq!(
        (&named["after"]["name"], named["salts"]["after.name"].as_str().unwrap().len()),
        (&json!("person-0"), 32)
    );
    // And against that head the log verifies later.
    assert!(house.coup.verify_audit(&root, Some(head)).await.unwrap().is_ok());
}

#[tokio::test]
async fn an_export_as_csv_is_filtered_and_neutralised() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    house.person("=cmd|' /C calc'!A0").await;
    let formula = Ctx { user_agent: Some("@SUM(1,2)".into()), ip: Some("-1".into()), ..root.clone() };
    house.coup.run(&formula, grant("=cmd|' /C calc'!A0", AdminRole::Viewer)).await.unwrap();
    let filter =
        AuditFilter { admin: Some(id("root")), action: Some(AdminAction::AdminGrant), ..AuditFilter::default() };
    let (_, text) = exported(&house, &root, &filter, ExportFormat::Csv).await;
    let lines: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].starts_with("seq,createdAt,adminId,"), "{}", lines[0]);
    assert!(lines[1].contains(",USER,'=cmd|' /C calc'!A0,"), "{}", lines[1]);
    assert!(lines[1].contains(",'-1,\"'@SUM(1,2)\","), "{}", lines[1]);
}

#[tokio::test]
async fn erasing_a_person_keeps_the_chain_valid_and_takes_what_tells_of_them() {
    let house = House::new();
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let second = house.administrator("second", AdminRole::SuperAdmin).await;
    house.person("minjun").await;
    house.coup.run(&root, grant("minjun", AdminRole::Viewer)).await.unwrap();
    house.coup.audit_log(&second, &AuditFilter::default(), None, Limit::DEFAULT).await.unwrap();
    let head = house.store.audit_head().await.unwrap();
    let whole = verify(&*house.store, Some(head)).await.unwrap().unwrap();
    assert_eq!((whole.head, whole.erased), (head, 0));
    let erase = |who: &str| Changes::system(SystemPermit::Operator).change(Change::EraseAuditPersonal(id(who)));
    house.store.commit(erase("minjun")).await.unwrap();
    house.store.commit(erase("second")).await.unwrap();
    let entries = house.entries().await;
    let erased: Vec<_> = entries.iter().map(|entry| entry.erased.join(" ")).collect();
    // Of who did it from where, only that of the second one is gone.
    assert_eq!(erased, ["", "after.name", "after.name", "ipAddress"]);
    assert_eq!((entries[2].after.get("name"), entries[2].ip_address.as_deref()), (None, Some("192.0.2.7")));
    assert_eq!(entries[3].ip_address, None);
    let verified = verify(&*house.store, Some(head)).await.unwrap().unwrap();
    assert_eq!((verified.head, verified.erased), (head, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_verifies_while_it_is_written_to() {
    let house = Arc::new(House::new());
    let root = house.administrator("root", AdminRole::SuperAdmin).await;
    let writer = {
        let (house, root) = (house.clone(), root.clone());
        tokio::spawn(async move {
            for _ in 0..300 {
                house.coup.administrators(&root, None, Limit::DEFAULT).await.unwrap();
            }
        })
    };
    let mut anchor = None;
    while !writer.is_finished() {
        let verified = verify(&*house.store, anchor).await.unwrap().unwrap();
        anchor = Some(verified.head);
    }
    writer.await.unwrap();
    assert_eq!(verify(&*house.store, anchor).await.unwrap().unwrap().head.seq, 301);
}

#[tokio::test]
async fn members_acts_write_no_entry() {
    let house = House::new();
    let minjun = house.person("minjun").await;
    let name = Some(PersonName::parse("name", "민준").unwrap());
    house.coup.run(&minjun, UpdateProfile { name, ..UpdateProfile::default() }).await.unwrap();
    assert_eq!(house.store.audit_head().await.unwrap(), AuditHead::default());
    assert!(Verifier::new(None).finish(AuditHead::default()).is_ok());
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
