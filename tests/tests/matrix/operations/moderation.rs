//! Reports, cases, sanctions, appeals, content, notifications.

use serde_json::json;

use super::{Case, administration, is_below_super_admin, is_owner, site};
use crate::{actors::Actor, places::Kind};

const NOT_LOWER: (u16, &str) = (403, "not_lower");
const LOWER: &str = "only somebody of a strictly lower administrator role (permissions § Rules about two people)";
const ONESELF: (u16, &str) = (403, "not_on_oneself");
const NOT_ONESELF: &str = "nobody acts on themselves (permissions § Rules about two people)";
const NOBODY: &str = "every id in a path is checked (requirements § 2)";
const OWN: &str = "another person's object is 404 (permissions § Flow of a check)";
const READ: &str = "system:sanction.read_own";
const NOTIFICATION: &str = "system:notification.manage";

fn reports(operation: &'static str, asks: &'static [&'static str]) -> Case {
    administration("system:admin.reports", operation, asks)
}

fn users(operation: &'static str, asks: &'static [&'static str]) -> Case {
    administration("system:admin.users", operation, asks)
}

/// The same for the sanction of each type: what the macro makes of it, the type, its right, and how it is written.
macro_rules! each_type {
    ($make:ident) => {
        vec![
            $make!("WARNING", "admin:sanction.warning", { "type": "WARNING" }),
            $make!("CHAT_BAN", "admin:sanction.chat_ban", { "type": "CHAT_BAN", "duration": "1d" }),
            $make!("FILE_UPLOAD_BAN", "admin:sanction.file_upload_ban", { "type": "FILE_UPLOAD_BAN", "duration": "1d" }),
            $make!("STUDY_CREATE_BAN", "admin:sanction.study_create_ban", { "type": "STUDY_CREATE_BAN", "duration": "1d" }),
            $make!("RESTRICTION", "admin:sanction.restriction", { "type": "RESTRICTION", "duration": "1d" }),
            $make!("SUSPENSION", "admin:sanction.suspension", { "type": "SUSPENSION", "duration": "1d" }),
            $make!("PERMANENT_BAN", "admin:sanction.permanent_ban", { "type": "PERMANENT_BAN" }),
        ]
    };
}

macro_rules! processed {
    ($kind:literal, $right:literal, $sanction:tt) => {
        reports("processReport", &["admin:report.process", $right])
            .of(concat!("approving with ", $kind))
            .with("id", |scene, _| scene.moderated.report.to_string())
            .body(|_, _| json!({ "decision": "APPROVE", "resolution": "맞아요", "sanction": $sanction }))
    };
}

macro_rules! resolved {
    ($kind:literal, $right:literal, $sanction:tt) => {
        reports("resolveReport", &["admin:report.process", $right])
            .of(concat!("approving with ", $kind))
            .with("id", |scene, _| scene.moderated.report.to_string())
            .body(|_, _| json!({ "decision": "APPROVE", "resolution": "맞아요", "sanction": $sanction }))
    };
}

macro_rules! lifted {
    ($kind:literal, $right:literal, $sanction:tt) => {
        users("liftSanction", &["admin:sanction.lift", $right])
            .of($kind)
            .with("id", |scene, _| scene.moderated.sanction($kind).to_string())
            .body(|_, _| json!({ "reason": "다시 살펴봤어요" }))
    };
}

macro_rules! decided {
    ($kind:literal, $right:literal, $sanction:tt) => {
        reports("decideAppeal", &["admin:appeal.decide", $right])
            .of(concat!("against ", $kind))
            .with("id", |scene, _| scene.moderated.appeal($kind).to_string())
            .body(|_, _| json!({ "decision": "OVERTURN", "words": "실수였어요" }))
    };
}

pub(super) fn cases() -> Vec<Case> {
    [
        members(),
        queue(),
        each_type!(processed),
        each_type!(resolved),
        people(),
        each_type!(lifted),
        appeals(),
        content(),
    ]
    .concat()
}

fn members() -> Vec<Case> {
    let report = || site("createReport", &["system:report.create"]).gives(201);
    let appeal = || site("createAppeal", &["system:appeal.create"]).gives(201);
    let read = || site("readNotification", &[NOTIFICATION]).gives(204);
    let remove = || site("deleteNotification", &[NOTIFICATION]).gives(204);
    vec![
        report().of("a public study").rule(is_owner, ONESELF, NOT_ONESELF).body(|_, place| {
            json!({ "targetType": "STUDY", "targetId": place.study, "type": "SPAM", "reason": "광고예요" })
        }),
        report().of("somebody one never met")
            .rule_first(|_, _| true, (404, "not_found"), "only what one can see can be reported (moderation § Reports)")
            .body(|scene, _| {
                json!({ "targetType": "USER", "targetId": scene.cast.offender, "type": "SPAM", "reason": "도배" })
            }),
        site("listOwnReports", &[]),
        site("listOwnSanctions", &[READ]),
        site("listOwnAppeals", &[READ]),
        appeal()
            .of("of a sanction of one's own")
            .body(|scene, _| json!({ "sanctionId": scene.moderated.own_sanction, "text": "억울해요" })),
        appeal()
            .of("of another's sanction")
            .refuses((404, "not_found"), OWN)
            .body(|scene, _| json!({ "sanctionId": scene.moderated.sanction("WARNING"), "text": "억울해요" })),
        site("listNotifications", &[NOTIFICATION]),
        site("countUnreadNotifications", &[NOTIFICATION]),
        site("readAllNotifications", &[NOTIFICATION]),
        read().of("one's own").with("id", |scene, _| scene.moderated.own_notification.to_string()),
        read()
            .of("another's")
            .refuses((404, "not_found"), OWN)
            .with("id", |scene, _| scene.moderated.others_notification.to_string()),
        remove().of("one's own").with("id", |scene, _| scene.moderated.own_notification.to_string()),
        remove()
            .of("another's")
            .refuses((404, "not_found"), OWN)
            .with("id", |scene, _| scene.moderated.others_notification.to_string()),
    ]
}

fn queue() -> Vec<Case> {
    let of = |operation, asks| reports(operation, asks).with("id", |scene, _| scene.moderated.report.to_string());
    let assign = || of("assignReport", &["admin:report.assign"]);
    let release = || reports("releaseReport", &["admin:report.assign"]);
    vec![
        reports("listReports", &["admin:report.list"]),
        administration("system:admin.enter", "reportStatistics", &["admin:stats.read"]),
        of("showReport", &["admin:report.read"]),
        assign().of("to oneself"),
        assign().of("to an ADMIN").body(|scene, _| json!({ "adminId": scene.cast.site_admin })),
        release().of("that somebody lower has").with("id", |scene, _| scene.moderated.taken_report.to_string()),
        release()
            .of("that nobody has")
            .refuses((409, "case_not_taken"), "409 state (requirements): it waits in the queue")
            .with("id", |scene, _| scene.moderated.report.to_string()),
        of("handUpReport", &["admin:report.assign"]).rule(
            is_super_admin,
            (409, "nobody_above"),
            "409 state (requirements): there is no higher role",
        ),
        of("addEvidence", &["admin:report.process"]).body(|_, _| json!({ "text": "여기도 있어요" })),
        of("addNote", &["admin:report.process"]).body(|_, _| json!({ "text": "살펴봐요" })),
        of("processReport", &["admin:report.process"])
            .of("rejecting")
            .body(|_, _| json!({ "decision": "REJECT", "resolution": "문제가 없어요" })),
        of("processReport", &["admin:report.process"]).of("holding").body(|_, _| json!({ "decision": "HOLD" })),
        of("resolveReport", &["admin:report.process"])
            .of("rejecting")
            .body(|_, _| json!({ "decision": "REJECT", "resolution": "문제가 없어요" })),
    ]
}

fn people() -> Vec<Case> {
    let warn = || users("warnUser", &["admin:sanction.warning"]).gives(201).body(|_, _| json!({ "reason": "도배" }));
    let suspend = |asks| users("suspendUser", asks).gives(201).with("id", |scene, _| scene.cast.member.to_string());
    let restrict = |asks| users("restrictUser", asks).gives(201).with("id", |scene, _| scene.cast.member.to_string());
    vec![
        users("showUser", &["admin:user.read"]).with("id", |scene, _| scene.cast.offender.to_string()),
        users("sanctionHistory", &["admin:user.read"]).with("id", |scene, _| scene.cast.offender.to_string()),
        warn().of("a user").with("id", |scene, _| scene.cast.member.to_string()),
        warn()
            .of("an ADMIN")
            .rule(is_below_super_admin, NOT_LOWER, LOWER)
            .with("id", |scene, _| scene.cast.site_admin.to_string()),
        warn()
            .of("another SUPER_ADMIN")
            .refuses(NOT_LOWER, LOWER)
            .with("id", |scene, _| scene.cast.super_admin.to_string()),
        warn().of("oneself").refuses(ONESELF, NOT_ONESELF).with("id", |scene, _| scene.me.to_string()),
        warn()
            .of("somebody without an account")
            .refuses((404, "not_found"), NOBODY)
            .with("id", |_, _| "nobody".to_owned()),
        suspend(&["admin:sanction.suspension"])
            .of("for 3 days")
            .body(|_, _| json!({ "reason": "도배", "duration": "3d" })),
        suspend(&["admin:sanction.permanent_ban"])
            .of("for ever")
            .body(|_, _| json!({ "reason": "도배", "duration": "permanent" })),
        users("unsuspendUser", &["admin:sanction.lift", "admin:sanction.suspension", "admin:sanction.permanent_ban"])
            .of("who is suspended and banned")
            .with("id", |scene, _| scene.cast.offender.to_string())
            .body(|_, _| json!({ "reason": "다시 살펴봤어요" })),
        restrict(&["admin:sanction.chat_ban"])
            .of("from chat")
            .body(|_, _| json!({ "type": "CHAT_BAN", "reason": "도배", "duration": "1d" })),
        restrict(&["admin:sanction.file_upload_ban"])
            .of("from uploading")
            .body(|_, _| json!({ "type": "FILE_UPLOAD_BAN", "reason": "도배", "duration": "1d" })),
        restrict(&["admin:sanction.study_create_ban"])
            .of("from founding studies")
            .body(|_, _| json!({ "type": "STUDY_CREATE_BAN", "reason": "도배", "duration": "1d" })),
        restrict(&["admin:sanction.restriction"])
            .of("from most")
            .body(|_, _| json!({ "type": "RESTRICTION", "reason": "도배", "duration": "1d" })),
    ]
}

fn appeals() -> Vec<Case> {
    let mut all = vec![
        reports("listAppeals", &["admin:appeal.decide"]),
        reports("showAppeal", &["admin:appeal.decide"])
            .with("id", |scene, _| scene.moderated.appeal("CHAT_BAN").to_string()),
    ];
    all.extend(each_type!(decided));
    all
}

fn content() -> Vec<Case> {
    let on = |operation, asks| reports(operation, asks).with("id", |_, place| place.others_message.to_string());
    let remove =
        |operation| on(operation, &["admin:content.delete"]).gives(204).body(|_, _| json!({ "reason": "욕설" }));
    vec![
        remove("removeMessage"),
        remove("removeMessageByPost"),
        on("messageContext", &["admin:content.read"]).of("of a reported message"),
    ]
}

fn is_super_admin(actor: &Actor, _: Kind) -> bool {
    actor.rank() == 4
}
