//! The pages of reports, sanctions and appeals: the administration's, everybody's own, and pausing.

use coup_core::settings::key::SettingKey;
use serde_json::json;

use crate::{
    actors::Actor,
    operations::{Case, Keeps, administration, door, is_below_super_admin, is_owner, site, study},
    places::Kind,
};

const NOT_LOWER: (u16, &str) = (403, "not_lower");
const LOWER: &str = "only somebody of a strictly lower administrator role (permissions § Rules about two people)";
const NOT_ONESELF: &str = "nobody acts on themselves (permissions § Rules about two people)";
const LED_BACK: &str = "where a form was posted to: who reloads it is led back, whoever they are";
const PAUSE: &[&str] = &["study:member.pause_member"];

fn reports(operation: &'static str, asks: &'static [&'static str]) -> Case {
    administration("system:admin.reports", operation, asks)
}

fn users(operation: &'static str, asks: &'static [&'static str]) -> Case {
    administration("system:admin.users", operation, asks)
}

fn settings(operation: &'static str, asks: &'static [&'static str]) -> Case {
    administration("system:admin.settings", operation, asks)
}

/// A report that waits.
fn report(operation: &'static str, asks: &'static [&'static str]) -> Case {
    reports(operation, asks).with("id", |scene, _| scene.moderated.report.to_string())
}

/// Somebody under every sanction.
fn offender(operation: &'static str, asks: &'static [&'static str]) -> Case {
    users(operation, asks).with("id", |scene, _| scene.cast.offender.to_string())
}

/// A message that was reported.
fn message(operation: &'static str, asks: &'static [&'static str]) -> Case {
    reports(operation, asks).with("id", |_, place| place.others_message.to_string())
}

/// The address of a form alone.
fn led_back(operation: &'static str) -> Case {
    door(operation).gives(303).although(LED_BACK).with("id", |scene, _| scene.moderated.report.to_string())
}

pub(super) fn cases() -> Vec<Case> {
    [own(), queue(), decisions(), people(), appeals(), content(), office()].concat()
}

fn own() -> Vec<Case> {
    let pause = |operation| study(operation, PAUSE).with("userId", |scene, _| scene.cast.member.to_string());
    vec![
        site("GET /me/sanctions", &["system:sanction.read_own"]),
        led_back("GET /me/sanctions/{id}/appeal"),
        site("POST /me/sanctions/{id}/appeal", &["system:appeal.create"])
            .gives(303)
            .with("id", |scene, _| scene.moderated.own_sanction.to_string())
            .body(|_, _| json!({ "text": "억울해요" })),
        site("GET /me/reports", &[]),
        site("GET /reports/new", &[])
            .query("targetType=STUDY&targetId={study}")
            .with("study", |_, place| place.study.to_string()),
        led_back("GET /reports"),
        site("POST /reports", &["system:report.create"])
            .gives(303)
            .rule(is_owner, (403, "not_on_oneself"), NOT_ONESELF)
            .body(|_, place| json!({ "targetType": "STUDY", "targetId": place.study, "type": "SPAM", "reason": "광고예요" })),
        pause("GET /my-studies/{id}/members/{userId}/pause"),
        pause("POST /my-studies/{id}/members/{userId}/pause").gives(303).writes().body(|_, _| json!({ "days": "1" })),
    ]
}

fn queue() -> Vec<Case> {
    let post = |operation, asks| report(operation, asks).gives(303);
    let (assign, process): (&[&str], &[&str]) = (&["admin:report.assign"], &["admin:report.process"]);
    vec![
        site("GET /admin", &[]).gives(303).rule_first(
            |actor, _| actor.rank() == 0,
            (404, "not_found"),
            "for others there is no administration",
        ),
        reports("GET /admin/reports", &["admin:report.list"]),
        report("GET /admin/reports/{id}", &["admin:report.read"]),
        settings("GET /admin/reports/{id}/assign", &["admin:admin.list"])
            .with("id", |scene, _| scene.moderated.report.to_string()),
        post("POST /admin/reports/{id}/assign", assign).of("to oneself"),
        post("POST /admin/reports/{id}/assign", assign)
            .of("to an ADMIN")
            .body(|scene, _| json!({ "adminId": scene.cast.site_admin })),
        led_back("GET /admin/reports/{id}/release"),
        post("POST /admin/reports/{id}/release", assign)
            .with("id", |scene, _| scene.moderated.taken_report.to_string()),
        led_back("GET /admin/reports/{id}/hand-up"),
        post("POST /admin/reports/{id}/hand-up", assign).rule(
            |actor, _| actor.rank() == 4,
            (409, "nobody_above"),
            "409 state (requirements): there is no higher role",
        ),
        led_back("GET /admin/reports/{id}/evidence"),
        post("POST /admin/reports/{id}/evidence", process).body(|_, _| json!({ "text": "여기도 있어요" })),
        led_back("GET /admin/reports/{id}/notes"),
        post("POST /admin/reports/{id}/notes", process).body(|_, _| json!({ "text": "살펴봐요" })),
    ]
}

macro_rules! approved {
    ($of:literal, $right:literal, $measure:tt) => {
        report("POST /admin/reports/{id}/approve", &["admin:report.process", $right]).of($of).gives(303).body(|_, _| {
            let mut form = json!($measure);
            form["resolution"] = "맞아요".into();
            form
        })
    };
}

fn decisions() -> Vec<Case> {
    let process: &[&str] = &["admin:report.process"];
    vec![
        led_back("GET /admin/reports/{id}/hold"),
        report("POST /admin/reports/{id}/hold", process).gives(303),
        report("GET /admin/reports/{id}/approve", &["admin:report.read"]),
        approved!("with a warning", "admin:sanction.warning", { "sanction": "WARNING" }),
        approved!("with a chat ban", "admin:sanction.chat_ban", { "sanction": "CHAT_BAN", "duration": "1d" }),
        approved!("with a restriction", "admin:sanction.restriction", { "sanction": "RESTRICTION", "duration": "1d" }),
        approved!("with a suspension", "admin:sanction.suspension", { "sanction": "SUSPENSION", "duration": "3d" }),
        approved!("for ever", "admin:sanction.permanent_ban", { "sanction": "SUSPENSION", "duration": "permanent" }),
        report("GET /admin/reports/{id}/reject", &["admin:report.read"]),
        report("POST /admin/reports/{id}/reject", process)
            .gives(303)
            .body(|_, _| json!({ "resolution": "문제가 없어요" })),
    ]
}

macro_rules! lifted {
    ($kind:literal, $right:literal) => {
        users("POST /admin/sanctions/{id}/lift", &["admin:sanction.lift", $right])
            .of($kind)
            .gives(303)
            .with("id", |scene, _| scene.moderated.sanction($kind).to_string())
            .body(|scene, _| json!({ "user": scene.cast.offender, "reason": "다시 살펴봤어요" }))
    };
}

fn people() -> Vec<Case> {
    let sanction = |asks| users("POST /admin/users/{id}/sanction", asks).gives(303);
    let warn = || sanction(&["admin:sanction.warning"]).body(|_, _| json!({ "sanction": "WARNING", "reason": "도배" }));
    vec![
        offender("GET /admin/users/{id}", &["admin:user.read"]),
        offender("GET /admin/users/{id}/sanction", &["admin:user.read"]),
        warn().of("a user").with("id", |scene, _| scene.cast.member.to_string()),
        warn()
            .of("an ADMIN")
            .rule(is_below_super_admin, NOT_LOWER, LOWER)
            .with("id", |scene, _| scene.cast.site_admin.to_string()),
        warn().of("oneself").refuses((403, "not_on_oneself"), NOT_ONESELF).with("id", |scene, _| scene.me.to_string()),
        sanction(&["admin:sanction.suspension"])
            .of("a user, suspended for 3 days")
            .with("id", |scene, _| scene.cast.member.to_string())
            .body(|_, _| json!({ "sanction": "SUSPENSION", "duration": "3d", "reason": "도배" })),
        sanction(&["admin:sanction.permanent_ban"])
            .of("a user, for ever")
            .with("id", |scene, _| scene.cast.member.to_string())
            .body(|_, _| json!({ "sanction": "SUSPENSION", "duration": "permanent", "reason": "도배" })),
        offender("GET /admin/users/{id}/unsuspend", &["admin:user.read"]),
        offender(
            "POST /admin/users/{id}/unsuspend",
            &["admin:sanction.lift", "admin:sanction.suspension", "admin:sanction.permanent_ban"],
        )
        .gives(303)
        .body(|_, _| json!({ "reason": "다시 살펴봤어요" })),
        users("GET /admin/sanctions/{id}/lift", &["admin:user.read"])
            .query("user={user}")
            .with("user", |scene, _| scene.cast.offender.to_string())
            .with("id", |scene, _| scene.moderated.sanction("WARNING").to_string()),
        lifted!("WARNING", "admin:sanction.warning"),
        lifted!("CHAT_BAN", "admin:sanction.chat_ban"),
        lifted!("SUSPENSION", "admin:sanction.suspension"),
        lifted!("PERMANENT_BAN", "admin:sanction.permanent_ban"),
    ]
}

macro_rules! decided {
    ($kind:literal, $right:literal) => {
        reports("POST /admin/appeals/{id}/decide", &["admin:appeal.decide", $right])
            .of(concat!("against ", $kind))
            .gives(303)
            .with("id", |scene, _| scene.moderated.appeal($kind).to_string())
            .body(|_, _| json!({ "decision": "OVERTURN", "words": "실수였어요" }))
    };
}

fn appeals() -> Vec<Case> {
    vec![
        reports("GET /admin/appeals", &["admin:appeal.decide"]),
        reports("GET /admin/appeals/{id}", &["admin:appeal.decide"])
            .with("id", |scene, _| scene.moderated.appeal("CHAT_BAN").to_string()),
        led_back("GET /admin/appeals/{id}/decide"),
        decided!("WARNING", "admin:sanction.warning"),
        decided!("SUSPENSION", "admin:sanction.suspension"),
        decided!("PERMANENT_BAN", "admin:sanction.permanent_ban"),
    ]
}

fn content() -> Vec<Case> {
    vec![
        reports("GET /admin/moderation/messages", &["admin:report.list"]),
        message("GET /admin/moderation/messages/{id}", &["admin:content.read"]),
        led_back("GET /admin/moderation/messages/{id}/delete"),
        message("POST /admin/moderation/messages/{id}/delete", &["admin:content.delete"])
            .gives(303)
            .body(|_, _| json!({ "reason": "욕설" })),
    ]
}

fn office() -> Vec<Case> {
    vec![
        settings("GET /admin/settings", &["admin:settings.read"]),
        settings("POST /admin/settings", &["admin:settings.update"]).gives(303).body(|_, _| {
            let defaults = coup_core::coup::Settings {
                require_admin_second_factor: false,
                ..coup_core::coup::Settings::default()
            };
            let field = |key: &SettingKey| match key.value(&defaults) {
                serde_json::Value::Null => json!(""),
                serde_json::Value::String(text) => json!(text),
                other => json!(other.to_string()),
            };
            let mut form: serde_json::Map<_, _> =
                SettingKey::ALL.iter().map(|key| (key.to_string(), field(key))).collect();
            form.insert("version".into(), json!("0"));
            form.insert("appealDays".into(), json!("14"));
            form.into()
        }),
        settings("GET /admin/settings/logs", &["admin:audit.read"]),
        led_back("GET /admin/settings/logs/verify"),
        // What it found stands above the log, which is read, too.
        settings("POST /admin/settings/logs/verify", &["admin:audit.export", "admin:audit.read"]).keeps(Keeps::Two),
        site("GET /admin/permissions/explain", &[]).rule_first(
            |actor: &Actor, _: Kind| actor.rank() < 3,
            (404, "not_found"),
            "whose role lists no administrators asks nothing of the policy",
        ),
    ]
}
