//! Administrators, and the audit log.

use serde_json::json;

use super::{Case, administration, is_below_super_admin};

const GRANT: &[&str] = &["admin:admin.grant"];
const REVOKE: &[&str] = &["admin:admin.revoke"];
const ONESELF: (u16, &str) = (403, "not_on_oneself");
const NOT_ONESELF: &str = "nobody acts on themselves; grants: never to oneself (permissions § Rules about two people)";
const NOT_LOWER: (u16, &str) = (403, "not_lower");
const LOWER: &str = "only somebody of a strictly lower administrator role (permissions § Rules about two people)";
const ABOVE: (u16, &str) = (403, "above_own");
const OWN: &str = "grants: only roles and permissions that one has (permissions § Rules about two people)";
const NOBODY: &str = "every id in a path is checked (requirements § 2)";

pub(super) fn cases() -> Vec<Case> {
    let settings = |operation, asks| administration("system:admin.settings", operation, asks);
    let grant = |of| settings("grantAdministrator", GRANT).of(of).gives(201);
    let revoke = |of| settings("revokeAdministrator", REVOKE).of(of).gives(204);
    let role = |of, asks| settings("setUserRole", asks).of(of);
    vec![
        settings("listAdministrators", &["admin:admin.list"]),
        grant("a user becomes VIEWER").body(|scene, _| json!({ "userId": scene.cast.stranger, "role": "VIEWER" })),
        grant("a user becomes SUPER_ADMIN")
            .rule(is_below_super_admin, ABOVE, OWN)
            .body(|scene, _| json!({ "userId": scene.cast.stranger, "role": "SUPER_ADMIN" })),
        grant("a user becomes VIEWER with what only a SUPER_ADMIN has").rule(is_below_super_admin, ABOVE, OWN).body(
            |scene, _| {
                let permissions = json!({ "grant": ["user.export"] });
                json!({ "userId": scene.cast.stranger, "role": "VIEWER", "permissions": permissions })
            },
        ),
        grant("a VIEWER becomes ADMIN").body(|scene, _| json!({ "userId": scene.cast.viewer, "role": "ADMIN" })),
        grant("an ADMIN becomes VIEWER")
            .rule(is_below_super_admin, NOT_LOWER, LOWER)
            .body(|scene, _| json!({ "userId": scene.cast.site_admin, "role": "VIEWER" })),
        grant("another SUPER_ADMIN becomes VIEWER")
            .refuses(NOT_LOWER, LOWER)
            .body(|scene, _| json!({ "userId": scene.cast.super_admin, "role": "VIEWER" })),
        grant("oneself becomes SUPER_ADMIN")
            .refuses(ONESELF, NOT_ONESELF)
            .body(|scene, _| json!({ "userId": scene.me, "role": "SUPER_ADMIN" })),
        grant("somebody without an account")
            .refuses((404, "not_found"), NOBODY)
            .body(|_, _| json!({ "userId": "nobody", "role": "VIEWER" })),
        revoke("of a VIEWER").with("userId", |scene, _| scene.cast.viewer.to_string()),
        revoke("of an ADMIN")
            .rule(is_below_super_admin, NOT_LOWER, LOWER)
            .with("userId", |scene, _| scene.cast.site_admin.to_string()),
        // "One exception: a SUPER_ADMIN may revoke another SUPER_ADMIN."
        revoke("of another SUPER_ADMIN")
            .rule(is_below_super_admin, NOT_LOWER, LOWER)
            .with("userId", |scene, _| scene.cast.super_admin.to_string()),
        revoke("of oneself").refuses(ONESELF, NOT_ONESELF).with("userId", |scene, _| scene.me.to_string()),
        revoke("of somebody who has none")
            .refuses((409, "not_an_administrator"), "409 state (requirements): there is no role to end")
            .with("userId", |scene, _| scene.cast.stranger.to_string()),
        role("a user becomes VIEWER", GRANT)
            .with("id", |scene, _| scene.cast.stranger.to_string())
            .body(|_, _| json!({ "role": "ADMIN", "adminRole": "VIEWER" })),
        role("a user becomes SUPER_ADMIN", GRANT)
            .rule(is_below_super_admin, ABOVE, OWN)
            .with("id", |scene, _| scene.cast.stranger.to_string())
            .body(|_, _| json!({ "role": "ADMIN", "adminRole": "SUPER_ADMIN" })),
        role("a VIEWER becomes USER", REVOKE)
            .with("id", |scene, _| scene.cast.viewer.to_string())
            .body(|_, _| json!({ "role": "USER" })),
        role("oneself becomes USER", REVOKE)
            .refuses(ONESELF, NOT_ONESELF)
            .with("id", |scene, _| scene.me.to_string())
            .body(|_, _| json!({ "role": "USER" })),
        settings("showSettings", &["admin:settings.read"]),
        settings("updateSettings", &["admin:settings.update"]).body(|_, _| json!({ "appealDays": 14 })),
        settings("listLogs", &["admin:audit.read"]),
        settings("exportLogs", &["admin:audit.export"]),
        settings("verifyLogs", &["admin:audit.export"]),
    ]
}
