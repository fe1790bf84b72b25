//! The pages, asked by the same people. An entry is a method and a path; what it asks stands in the same tables, and who may not
//! see a study sees it in no page.

mod moderation;

use serde_json::json;

use crate::{
    actors::{Actor, Comes, Standing},
    operations::{Case, Keeps, door, invite, is_owner, request, site, study},
    places::{Kind, PASSWORD, PNG, picture},
};

const PROFILE: &[&str] = &["system:profile.manage"];
const BROWSE: &[&str] = &["system:study.browse"];
const JOIN: &[&str] = &["system:study.join"];
const UPDATE: &[&str] = &["study:study.update"];
const CLOSE: &[&str] = &["study:study.close"];
const DELETE: &[&str] = &["study:study.delete"];
const INVITE: &[&str] = &["study:study.invite"];
const APPROVE: &[&str] = &["study:member.approve"];
const READ: &[&str] = &["study:message.read"];
const NOTIFICATION: &[&str] = &["system:notification.manage"];
const STUDY_READ: &[&str] = &["study:study.read"];

/// Every entry, in the order of the matrix.
pub(crate) fn all() -> Vec<Case> {
    let areas = [
        at_the_door(),
        of_oneself(),
        of_studies(),
        within_a_study(),
        of_members(),
        of_invites(),
        of_chat(),
        of_notifications(),
    ];
    [areas.concat(), moderation::cases()].concat()
}

const NO_FACTOR: (u16, &str) = (409, "no_second_factor");

fn at_the_door() -> Vec<Case> {
    let in_already = "who is signed in is led on";
    vec![
        door("GET /assets/{version}/{*file}")
            .with("version", |_, _| "0".into())
            .with("*file", |_, _| "coup.css".into()),
        door("GET /components"),
        door("POST /preferences").gives(303).keeps(Keeps::Nothing).body(|_, _| json!({ "theme": "dark" })),
        door("GET /sign-in").rule(is_signed_in, (303, "elsewhere"), in_already),
        door("GET /sign-up").rule(is_signed_in, (303, "elsewhere"), in_already),
        door("POST /sign-in")
            .gives(303)
            .rule(is_deleted, (401, "wrong_credentials"), "a deleted account is none (requirements § 17)")
            .body(|scene, _| json!({ "email": scene.email, "password": PASSWORD })),
        door("GET /sign-in/{provider}").with("provider", |_, _| "google".into()).gives(303).keeps(Keeps::One),
        door("GET /me/identities/{provider}/link").with("provider", |_, _| "google".into()).gives(303),
        door("POST /sign-up")
            .gives(303)
            .body(|_, _| json!({ "email": "new@school.kr", "password": PASSWORD, "name": "새 사람" })),
        door("POST /sign-out").gives(303).rule(
            |actor, kind| !is_signed_in(actor, kind),
            (303, "elsewhere"),
            "there is no session to end",
        ),
        door("GET /sign-in/code"),
        door("POST /sign-in/code")
            .refuses((409, "sign_in_expired"), "the second step is of the browser of the first (requirements § 20)")
            .body(|_, _| json!({ "code": "000000" })),
        door("GET /me/second-factor/confirm").gives(303),
        door("GET /me/second-factor/codes").gives(303),
        door("GET /verify"),
        door("POST /verify")
            .refuses((409, "code_wrong"), "answers alike whatever is wrong (requirements § 17)")
            .body(|_, _| json!({ "email": "new@school.kr", "code": "7K3M-9QXZ-04HB", "password": PASSWORD })),
        door("GET /reset"),
        door("POST /reset").body(|scene, _| json!({ "email": scene.cast.stranger_email })),
        door("GET /reset/confirm"),
        door("POST /reset/confirm")
            .refuses((409, "code_wrong"), "answers alike whatever is wrong (requirements § 17)")
            .body(|_, _| json!({ "email": "new@school.kr", "code": "7K3M-9QXZ-04HB", "password": PASSWORD })),
        door("POST /sign-out-everywhere").gives(303).rule(
            |actor, kind| !is_signed_in(actor, kind),
            (303, "elsewhere"),
            "there is no session to end",
        ),
        door("GET /sign-out-everywhere").gives(303),
        door("GET /me/password").gives(303),
        door("GET /me/account/delete").gives(303),
        door("GET /me/sessions/{id}/end").gives(303).with("id", |scene, _| scene.own_session.to_string()),
        door("GET /studies/{id}/join").with("id", |_, place| place.study.to_string()).gives(303),
    ]
}

fn of_oneself() -> Vec<Case> {
    vec![
        site("GET /", &[]).gives(303),
        site("GET /me", &[]),
        site("POST /me", &["system:profile.manage"])
            .gives(303)
            .body(|_, _| json!({ "name": "새 이름", "bio": "반갑습니다" })),
        site("POST /me/password", &[])
            .gives(303)
            .body(|_, _| json!({ "current": PASSWORD, "new": "zanzibar-otter-3" })),
        site("POST /me/sessions/{id}/end", &[]).gives(303).with("id", |scene, _| scene.own_session.to_string()),
        site("GET /me/account", &["system:account.export"]),
        site("GET /me/account/export", &["system:account.export"]),
        site("POST /me/account/delete", &["system:account.delete"])
            .body(|_, _| json!({ "sure": "true" }))
            .rule(
                is_owner,
                (409, "owns_studies"),
                "the one OWNER stays on every path, account deletion too (requirements § 4)",
            )
            .refuses((401, "not_signed_in"), "whose account is deleted is led to the door"),
        site("GET /confirm", &[]),
        site("POST /confirm", &[]).gives(303).body(|_, _| json!({ "password": PASSWORD, "next": "/me" })),
        site("GET /me/avatar", &[]),
        site("POST /me/avatar", &["system:profile.avatar"]).gives(303).keeps(Keeps::Two).body(|_, _| json!(PNG)),
        door("GET /me/avatar/remove").gives(303),
        site("POST /me/avatar/remove", &["system:profile.avatar"]).gives(303),
        site("GET /avatars/{fileId}", BROWSE).with("fileId", |_, _| picture().to_string()),
        site("GET /me/second-factor", PROFILE),
        // There is none, and none was begun.
        site("GET /me/second-factor/set-up", PROFILE).gives(303),
        site("POST /me/second-factor/set-up", PROFILE).gives(303),
        site("POST /me/second-factor/confirm", PROFILE)
            .refuses(NO_FACTOR, "409 state or capacity (requirements)")
            .body(|_, _| json!({ "code": "000000" })),
        site("POST /me/second-factor/codes", PROFILE).refuses(NO_FACTOR, "409 state or capacity (requirements)"),
        site("GET /me/second-factor/off", PROFILE).gives(303),
        site("POST /me/second-factor/off", PROFILE).refuses(NO_FACTOR, "409 state or capacity (requirements)"),
        site("GET /me/identities", &[]),
        site("POST /me/identities/{provider}/link", PROFILE).with("provider", |_, _| "github".into()).keeps(Keeps::One),
        site("GET /me/identities/{provider}/unlink", PROFILE).with("provider", |_, _| "google".into()),
        site("POST /me/identities/{provider}/unlink", PROFILE).with("provider", |_, _| "google".into()).gives(303),
        site("GET /my-studies", BROWSE).lists_own(),
    ]
}

fn of_studies() -> Vec<Case> {
    vec![
        site("GET /studies", BROWSE),
        site("GET /studies/new", &[]),
        site("POST /studies", &["system:study.create"]).gives(303).body(
            |_, _| json!({ "name": "새 스터디", "description": "매주 화요일에 풀어요.", "category": "프로그래밍" }),
        ),
        study("GET /studies/{id}", &[]).by_membership(STUDY_READ, BROWSE),
        study("POST /studies/{id}/join", JOIN)
            .gives(303)
            .rule(
                |actor, _| !matches!(actor.standing, Standing::Outsider | Standing::Left),
                (409, "state"),
                "409 state (requirements)",
            )
            .writes(),
        request("GET /studies/{id}/withdraw", BROWSE),
        request("POST /studies/{id}/withdraw", JOIN).gives(303).rule(
            |actor, _| actor.standing != Standing::Pending,
            (409, "not_pending"),
            "409 state (requirements)",
        ),
        invite("GET /invites/{code}", BROWSE).with("code", |_, place| place.standing_code.clone()),
        invite("POST /invites/{code}", JOIN)
            .gives(303)
            .rule(
                |actor, _| actor.study_role().is_some() || actor.standing == Standing::Kicked,
                (409, "state"),
                "409 state (requirements)",
            )
            .writes()
            .with("code", |_, place| place.standing_code.clone()),
    ]
}

fn within_a_study() -> Vec<Case> {
    let settings = |name, asks| study(name, asks).gives(303).writes();
    let leave = &["study:study.leave"];
    vec![
        study("GET /my-studies/{id}", &[]).by_membership(STUDY_READ, BROWSE).rule(
            |actor, _| actor.study_role().is_none(),
            (303, "elsewhere"),
            "who is no member sees what everybody may see",
        ),
        study("GET /my-studies/{id}/leave", leave),
        study("POST /my-studies/{id}/leave", leave).gives(303),
        study("GET /my-studies/{id}/settings", UPDATE),
        settings("POST /my-studies/{id}/settings", UPDATE).body(|_, _| {
            json!({ "name": "새 이름", "emoji": "📚", "description": "매주 화요일에 풀어요.", "category": "프로그래밍" })
        }),
        settings("POST /my-studies/{id}/settings/recruiting", &["study:study.recruit"]),
        settings("POST /my-studies/{id}/settings/visibility", &["study:study.visibility"]),
        study("GET /my-studies/{id}/close", CLOSE),
        settings("POST /my-studies/{id}/close", CLOSE),
        study("POST /my-studies/{id}/reopen", CLOSE).gives(303).rule(
            |_, kind| kind != Kind::Closed,
            (409, "state"),
            "the OWNER who closed it may reopen (permissions § Flow of a check)",
        ),
        study("GET /my-studies/{id}/delete", DELETE),
        study("POST /my-studies/{id}/delete", DELETE).gives(303).rule(
            |_, kind| kind == Kind::Hidden,
            (409, "study_hidden"),
            "a hidden study is not writable (permissions § Flow of a check)",
        ),
    ]
}

fn of_members() -> Vec<Case> {
    let of_pending = |name| study(name, APPROVE).with("userId", |scene, _| scene.cast.pending.to_string());
    let of_member = |name, asks| study(name, asks).with("userId", |scene, _| scene.cast.member.to_string());
    let of_admin = |name, asks| study(name, asks).with("userId", |scene, _| scene.cast.admin.to_string());
    let (kick, appoint): (&[&str], &[&str]) = (&["study:member.kick_member"], &["study:member.appoint_admin"]);
    let (dismiss, transfer): (&[&str], &[&str]) =
        (&["study:member.dismiss_admin"], &["study:member.transfer_ownership"]);
    vec![
        study("GET /my-studies/{id}/members", &["study:member.list"]),
        study("GET /my-studies/{id}/requests", &["study:member.requests"]),
        study("GET /my-studies/{id}/kicked", &["study:member.reinstate"]),
        of_pending("POST /my-studies/{id}/members/{userId}/approve").gives(303).writes(),
        of_pending("GET /my-studies/{id}/members/{userId}/reject"),
        of_pending("POST /my-studies/{id}/members/{userId}/reject").gives(303).writes(),
        of_member("GET /my-studies/{id}/members/{userId}/appoint", appoint),
        of_member("POST /my-studies/{id}/members/{userId}/appoint", appoint).gives(303).writes(),
        of_admin("GET /my-studies/{id}/members/{userId}/dismiss", dismiss),
        of_admin("POST /my-studies/{id}/members/{userId}/dismiss", dismiss).gives(303).writes(),
        of_admin("GET /my-studies/{id}/members/{userId}/transfer", transfer),
        of_admin("POST /my-studies/{id}/members/{userId}/transfer", transfer).gives(303).writes(),
        of_member("GET /my-studies/{id}/members/{userId}/kick", kick),
        of_member("POST /my-studies/{id}/members/{userId}/kick", kick).gives(303).writes(),
        study("POST /my-studies/{id}/members/{userId}/reinstate", &["study:member.reinstate"])
            .gives(303)
            .writes()
            .with("userId", |scene, _| scene.cast.kicked.to_string()),
    ]
}

fn of_invites() -> Vec<Case> {
    let revoke = |name| study(name, INVITE).with("code", |_, place| place.invite.clone());
    vec![
        study("GET /my-studies/{id}/invites", INVITE),
        study("POST /my-studies/{id}/invites", INVITE).gives(303).writes().body(|_, _| json!({ "expiresIn": "7d" })),
        revoke("GET /my-studies/{id}/invites/{code}/revoke"),
        revoke("POST /my-studies/{id}/invites/{code}/revoke").gives(303),
        study("GET /my-studies/{id}/invite-code/rotate", INVITE),
        study("POST /my-studies/{id}/invite-code/rotate", INVITE).gives(303).writes(),
    ]
}

fn of_chat() -> Vec<Case> {
    let own = |name, asks| study(name, asks).with("msgId", |_, place| place.own_message.to_string());
    let delete: &[&str] = &["study:message.delete_own"];
    vec![
        // Who sees the newest has read it all.
        study("GET /my-studies/{id}/chat", READ).keeps(Keeps::One),
        study("POST /my-studies/{id}/chat", &["study:message.send"])
            .gives(303)
            .writes()
            .body(|_, _| json!({ "content": "안녕하세요" })),
        study("GET /my-studies/{id}/chat/search", READ),
        study("POST /my-studies/{id}/chat/read", READ).gives(303).body(|_, _| json!({ "seq": "1" })),
        own("POST /my-studies/{id}/chat/{msgId}/edit", &["study:message.edit_own"])
            .gives(303)
            .writes()
            .body(|_, _| json!({ "content": "고쳤어요" })),
        own("GET /my-studies/{id}/chat/{msgId}/delete", delete),
        own("POST /my-studies/{id}/chat/{msgId}/delete", delete).gives(303).writes(),
    ]
}

fn of_notifications() -> Vec<Case> {
    let own = |name| site(name, NOTIFICATION).with("id", |scene, _| scene.moderated.own_notification.to_string());
    let others = |name| {
        let case =
            site(name, NOTIFICATION).of("another's").refuses((404, "not_found"), "one's own (http-api § Members)");
        case.with("id", |scene, _| scene.moderated.others_notification.to_string())
    };
    vec![
        site("GET /notifications", NOTIFICATION),
        site("POST /notifications/read-all", NOTIFICATION).gives(303),
        own("POST /notifications/{id}/read").of("one's own").gives(303),
        others("POST /notifications/{id}/read").gives(303),
        own("GET /notifications/{id}/delete").of("one's own"),
        others("GET /notifications/{id}/delete"),
        own("POST /notifications/{id}/delete").of("one's own").gives(303),
        others("POST /notifications/{id}/delete").gives(303),
    ]
}

fn is_signed_in(actor: &Actor, _: Kind) -> bool {
    actor.comes == Comes::SignedIn
}

fn is_deleted(actor: &Actor, _: Kind) -> bool {
    actor.comes == Comes::AsADeletedAccount
}
