//! Administrators' roles and the audit log.
#![expect(clippy::unwrap_used, reason = "a test's own tools")]

use chrono::TimeDelta;
use coup_core::{
    admin::service::GrantAdmin,
    audit::model::{AuditFilter, AuditHead, SecurityEventType},
    coup::Coup,
    id::UserId,
    page::Limit,
    policy::AdminRole,
    store::{AuditReads as _, Store},
    user::model::AdminPermissions,
};
use serde_json::{Value, json};

use crate::house::{House, Person};

impl House {
    /// Somebody whom the host makes an administrator.
    pub(crate) async fn administrator(&self, name: &str, role: AdminRole) -> Person {
        let person = self.person(name).await;
        let user: UserId = person.id.parse().unwrap();
        let store: std::sync::Arc<dyn Store> = self.store.clone();
        let coup = Coup::builder(store).clock(std::sync::Arc::new(self.clock.clone())).build();
        let command = GrantAdmin { user, role, expires_at: None, permissions: AdminPermissions::default() };
        coup.as_host("set-up").run(command).await.unwrap();
        person
    }

    async fn entries(&self) -> usize {
        usize::try_from(self.store.audit_head().await.unwrap().seq).unwrap()
    }
}

const ADMINS: &str = "/admin/settings/admins";
const LOGS: &str = "/admin/settings/logs";

fn role(of: &Person) -> String {
    format!("/admin/users/{}/role", of.id)
}

#[tokio::test]
async fn a_super_admin_makes_changes_lists_and_ends_administrators() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let guest = house.person("이서연").await;
    let body = json!({
        "userId": guest.id, "role": "MODERATOR", "expiresAt": "2026-06-01T09:00:00+09:00",
        "permissions": { "grant": ["user.export"] }
    });
    let made = house.post(Some(&root), ADMINS, body).await.is(201).json;
    assert_eq!((&made["user"]["name"], &made["grantedBy"]), (&json!("이서연"), &json!(root.id)));
    assert_eq!((&made["expiresAt"], &made["expired"]), (&json!("2026-06-01T00:00:00Z"), &json!(false)));
    assert_eq!(made["permissions"], json!({ "grant": ["user.export"], "deny": [] }));
    assert_eq!(house.get(Some(&guest), "/me").await.json["adminRole"], "MODERATOR");

    let body = json!({ "role": "ADMIN", "adminRole": "ADMIN" });
    let changed = house.send(Some(&root), "PATCH", &role(&guest), Some(body)).await.is(200).json;
    assert_eq!((&changed["role"], &changed["administrator"]["role"]), (&json!("ADMIN"), &json!("ADMIN")));
    let listed = house.get(Some(&guest), ADMINS).await.is(200);
    let mut expected = vec![(guest.id.clone(), "ADMIN"), (root.id.clone(), "SUPER_ADMIN")];
    expected.sort();
    let found: Vec<_> = listed
        .items()
        .iter()
        .map(|it| (it["user"]["id"].as_str().unwrap().to_owned(), it["role"].as_str().unwrap()))
        .collect();
    assert_eq!(found, expected);

    let body = json!({ "role": "USER" });
    let ended = house.send(Some(&root), "PATCH", &role(&guest), Some(body)).await.is(200).json;
    assert_eq!(ended, json!({ "userId": guest.id, "role": "USER", "administrator": null }));
    house.get(Some(&guest), ADMINS).await.problem(403, "forbidden");
    house.post(Some(&root), ADMINS, json!({ "userId": guest.id, "role": "VIEWER" })).await.is(201);
    house.send(Some(&root), "DELETE", &format!("{ADMINS}/{}", guest.id), None).await.is(204);
    let gone = house.send(Some(&root), "DELETE", &format!("{ADMINS}/{}", guest.id), None).await;
    gone.problem(409, "not_an_administrator");
}

#[tokio::test]
async fn what_is_wrong_with_a_role_is_named() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let guest = house.person("이서연").await;
    let before = house.entries().await;
    for (body, field, code) in [
        (json!({ "role": "VIEWER" }), "userId", "required"),
        (json!({ "userId": guest.id, "role": "OWNER" }), "role", "unknown_value"),
        (json!({ "userId": guest.id, "role": "VIEWER", "expiresAt": "soon" }), "expiresAt", "not_a_time"),
        (
            json!({ "userId": guest.id, "role": "VIEWER", "expiresAt": "9999-12-31T23:00:00-05:00" }),
            "expiresAt",
            "not_a_time",
        ),
        (
            json!({ "userId": guest.id, "role": "VIEWER", "expiresAt": "2026-01-01T00:00:00Z" }),
            "expiresAt",
            "in_the_past",
        ),
        (json!({ "userId": guest.id, "role": "VIEWER", "expiresAt": "9999-01-01T00:00:00Z" }), "expiresAt", "too_far"),
        (
            json!({ "userId": guest.id, "role": "VIEWER", "permissions": { "grant": ["user.raed"] } }),
            "permissions.grant[0]",
            "unknown_value",
        ),
        (json!({ "userId": guest.id, "role": "VIEWER", "permissions": null }), "permissions", "wrong_type"),
        (json!({ "userId": guest.id, "role": "VIEWER", "grantedBy": root.id }), "grantedBy", "unknown_field"),
    ] {
        house.post(Some(&root), ADMINS, body).await.names(field, code);
    }
    for (body, field, code) in [
        (json!({ "role": "ADMIN" }), "adminRole", "required"),
        (json!({ "role": "USER", "adminRole": "VIEWER" }), "adminRole", "unknown_field"),
        (json!({ "role": "SUPER_ADMIN" }), "role", "unknown_value"),
        (json!({}), "role", "required"),
    ] {
        house.send(Some(&root), "PATCH", &role(&guest), Some(body)).await.names(field, code);
    }
    house.post(Some(&root), ADMINS, json!({ "userId": "nobody", "role": "VIEWER" })).await.problem(404, "not_found");
    assert_eq!(house.entries().await, before);
}

#[tokio::test]
async fn ranks_and_the_last_super_admin_hold_over_http() {
    let house = House::new();
    let (one, two) = (
        house.administrator("김민준", AdminRole::SuperAdmin).await,
        house.administrator("이서연", AdminRole::SuperAdmin).await,
    );
    let demote = || Some(json!({ "role": "ADMIN", "adminRole": "VIEWER" }));
    house.send(Some(&one), "PATCH", &role(&one), demote()).await.problem(403, "not_on_oneself");
    house.send(Some(&one), "PATCH", &role(&two), demote()).await.problem(403, "not_lower");
    house.send(Some(&one), "DELETE", &format!("{ADMINS}/{}", two.id), None).await.is(204);
    let body = json!({ "userId": two.id, "role": "SUPER_ADMIN", "expiresAt": "2027-03-02T00:00:00Z" });
    house.post(Some(&one), ADMINS, body).await.is(201);
    house.send(Some(&two), "DELETE", &format!("{ADMINS}/{}", one.id), None).await.problem(409, "last_super_admin");
}

#[tokio::test]
async fn refused_calls_are_security_events_by_route_coalesced_and_nothing_else_is_written() {
    let house = House::new();
    house.administrator("김민준", AdminRole::SuperAdmin).await;
    let (viewer, guest) = (house.administrator("이서연", AdminRole::Viewer).await, house.person("박지호").await);
    let before = house.entries().await;
    for n in 0..20 {
        let path = format!("/admin/users/guess-{n}/role");
        let reply = house.send(None, "PATCH", &path, Some(json!({ "role": "USER" }))).await;
        reply.problem(401, "not_signed_in");
        house.get(Some(&guest), LOGS).await.problem(403, "forbidden");
        house.get(Some(&viewer), &format!("{LOGS}/export")).await.problem(403, "forbidden");
        house.get(Some(&viewer), &format!("{LOGS}/verify")).await.problem(403, "forbidden");
    }
    let mut events: Vec<_> = house.store.security_events(Limit::MAX).await.unwrap();
    events.sort_by(|a, b| a.path.cmp(&b.path));
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.path.as_str(), event.user.as_ref().map(UserId::as_str), event.kind, event.count))
        .collect();
    let (system, access) = (SecurityEventType::UnauthorizedSystemAdmin, SecurityEventType::UnauthorizedAccess);
    assert_eq!(
        told,
        [
            ("/api/admin/settings/logs", Some(guest.id.as_str()), access, 20),
            ("/api/admin/settings/logs/export", Some(viewer.id.as_str()), access, 20),
            ("/api/admin/settings/logs/verify", Some(viewer.id.as_str()), access, 20),
            ("/api/admin/users/{id}/role", None, system, 20),
        ]
    );
    assert_eq!(house.entries().await, before);
}

#[tokio::test]
async fn the_log_is_read_by_filters_and_pages() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    let guest = house.person("이서연").await;
    let viewer = house.administrator("박지호", AdminRole::Viewer).await;
    house.clock.advance(TimeDelta::minutes(1));
    let grant = |role| json!({ "userId": guest.id, "role": role });
    house.post(Some(&root), ADMINS, grant("VIEWER")).await.is(201);
    house.post(Some(&root), ADMINS, grant("ADMIN")).await.is(201);
    let asked = format!("{LOGS}?adminId={}&targetType=USER&targetId={}&action=USER_ROLE_CHANGE", root.id, guest.id);
    let found = house.get(Some(&viewer), &asked).await.is(200);
    let [entry] = found.items() else { panic!("{}", found.text) };
    assert_eq!((&entry["admin"]["name"], &entry["adminRole"]), (&json!("김민준"), &json!("SUPER_ADMIN")));
    assert_eq!((&entry["before"]["role"], &entry["after"]["role"]), (&json!("VIEWER"), &json!("ADMIN")));
    assert_eq!((&entry["after"]["name"], &entry["erased"]), (&json!("이서연"), &json!([])));
    let none = house.get(Some(&viewer), &format!("{LOGS}?to=2020-01-01T00:00:00Z")).await.is(200);
    assert!(none.items().is_empty());

    let first = house.get(Some(&viewer), &format!("{LOGS}?limit=2")).await.is(200);
    let cursor = first.json["nextCursor"].as_str().unwrap();
    let second = house.get(Some(&viewer), &format!("{LOGS}?limit=2&cursor={cursor}")).await.is(200);
    let seqs: Vec<i64> =
        first.items().iter().chain(second.items()).map(|entry| entry["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (seqs[0] - 3..=seqs[0]).rev().collect::<Vec<_>>());
    for (query, field, code) in [
        ("action=DANCE", "action", "unknown_value"),
        ("targetType=PLANET", "targetType", "unknown_value"),
        ("from=yesterday", "from", "not_a_time"),
        ("adminId=a%00b", "adminId", "malformed_id"),
        ("targetId=", "targetId", "malformed_id"),
        ("cursor=x", "cursor", "not_a_cursor"),
        ("limit=101", "limit", "too_great"),
        ("page=2", "page", "unknown_field"),
    ] {
        house.get(Some(&viewer), &format!("{LOGS}?{query}")).await.names(field, code);
    }
}

#[tokio::test]
async fn the_log_is_exported_as_a_file_that_is_saved_with_its_head() {
    let house = House::new();
    let admin = house.administrator("=1+1", AdminRole::Admin).await;
    let csv = house.get(Some(&admin), &format!("{LOGS}/export")).await.is(200);
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit-log-2.csv\"");
    assert_eq!(csv.headers["x-content-type-options"], "nosniff");
    assert_eq!(csv.text.lines().count(), 3, "{}", csv.text);
    let head: AuditHead = csv.headers["audit-head"].to_str().unwrap().parse().unwrap();
    assert_eq!(house.store.audit_head().await.unwrap(), head);

    let lines = house.get(Some(&admin), &format!("{LOGS}/export?format=jsonl&action=ADMIN_GRANT")).await.is(200);
    assert_eq!(lines.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["after"]["name"], &lines[1]["head"]["seq"]), (2, &json!("=1+1"), &json!(3)));

    let asked = format!("{LOGS}/verify?head={head}");
    let verified = house.get(Some(&admin), &asked).await.is(200).json;
    assert_eq!((&verified["intact"], &verified["entries"], &verified["erased"]), (&json!(true), &json!(4), &json!(0)));
    assert_eq!((&verified["head"]["seq"], &verified["broken"]), (&json!(4), &Value::Null));
    house.get(Some(&admin), &format!("{LOGS}/verify?head=17")).await.names("head", "not_a_head");
    house.get(Some(&admin), &format!("{LOGS}/export?format=xml")).await.names("format", "unknown_value");
    let rows = house.store.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["ADMIN_GRANT", "AUDIT_EXPORT", "AUDIT_EXPORT", "AUDIT_EXPORT"]);
}

#[tokio::test]
async fn a_log_that_lost_its_end_says_so_in_the_language_that_was_asked_for() {
    let house = House::new();
    let admin = house.administrator("김민준", AdminRole::Admin).await;
    // The head of a log that went further than this one.
    let head = AuditHead { seq: 41, hash: [0xab; 32] };
    let asked = format!("{LOGS}/verify?head={head}");
    for (language, words) in
        [("en", "The exported head of entry 41 is not in the log"), ("ko", "보관해 둔 머리 값(41번)")]
    {
        let found = house.raw(Some(&admin), "GET", &asked, &[("accept-language", language)], vec![]).await.is(200).json;
        assert_eq!(
            (&found["intact"], &found["head"], &found["broken"]["code"]),
            (&json!(false), &Value::Null, &json!("anchor"))
        );
        assert!(found["broken"]["message"].as_str().unwrap().starts_with(words), "{found}");
    }
    assert!(house.store.audit_head().await.unwrap().seq > 0);
}
