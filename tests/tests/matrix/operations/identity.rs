//! Accounts, and one's own profile.

use serde_json::json;

use super::{Case, Keeps, door, is_owner, site};
use crate::{
    actors::{Actor, Comes},
    places::{Kind, PASSWORD, PNG, picture},
};

const MANAGE: &[&str] = &["system:profile.manage"];
const AVATAR: &[&str] = &["system:profile.avatar"];
const EXPIRED: (u16, &str) = (409, "sign_in_expired");
const NO_FACTOR: (u16, &str) = (409, "no_second_factor");
const BOUND: &str = "OAuth with state (requirements § 18): a callback is worth nothing in another browser";

pub(super) fn cases() -> Vec<Case> {
    vec![
        door("signUp")
            .gives(201)
            .body(|_, _| json!({ "email": "new@school.kr", "password": PASSWORD, "name": "새 사람" })),
        door("signUp")
            .of("with an address that has an account")
            .refuses((409, "email_taken"), "409 if the address is taken (http-api § Identity)")
            .body(|scene, _| json!({ "email": scene.cast.stranger_email, "password": PASSWORD, "name": "새 사람" })),
        door("signIn")
            .of("to one's own account")
            .rule(
                is_deleted,
                (401, "wrong_credentials"),
                "sign-in answers alike whether or not the account exists (requirements § 17)",
            )
            .body(|scene, _| json!({ "email": scene.email, "password": PASSWORD })),
        door("signIn")
            .of("with a wrong password")
            .refuses((401, "wrong_credentials"), "401 not signed in (requirements)")
            .body(|scene, _| json!({ "email": scene.email, "password": "다른 하늘 아래 두 사람" })),
        door("signIn")
            .of("somebody else, where one is signed in")
            .body(|scene, _| json!({ "email": scene.cast.stranger_email, "password": PASSWORD })),
        door("verifyEmail")
            .refuses((409, "code_wrong"), "answers alike whatever is wrong (requirements § 17)")
            .body(|_, _| json!({ "email": "new@school.kr", "code": "7K3M-9QXZ-04HB", "password": PASSWORD })),
        door("requestReset").gives(202).body(|scene, _| json!({ "email": scene.cast.stranger_email })),
        door("requestReset")
            .of("of an address that has no account")
            .gives(202)
            .body(|_, _| json!({ "email": "new@school.kr" })),
        door("confirmReset")
            .refuses((409, "code_wrong"), "answers alike whatever is wrong (requirements § 17)")
            .body(|_, _| json!({ "email": "new@school.kr", "code": "7K3M-9QXZ-04HB", "password": PASSWORD })),
        // A row of the way back; nobody is signed in by it.
        door("signInWithGoogle").gives(303).keeps(Keeps::One),
        door("signInWithGitHub").gives(303).keeps(Keeps::One),
        door("returnFromGoogle")
            .of("without the cookie of a way there")
            .query("code=1&state=a")
            .refuses(EXPIRED, BOUND),
        door("returnFromGitHub")
            .of("without the cookie of a way there")
            .query("code=1&state=a")
            .refuses(EXPIRED, BOUND),
        door("signInCode")
            .of("without the cookie of a first step")
            .refuses(EXPIRED, "the second step is of the browser of the first (requirements § 20)")
            .body(|_, _| json!({ "code": "000000" })),
        site("getSecondFactor", MANAGE),
        site("beginSecondFactor", MANAGE).gives(201),
        site("confirmSecondFactor", MANAGE)
            .refuses(NO_FACTOR, "409 state or capacity (requirements)")
            .body(|_, _| json!({ "code": "000000" })),
        site("newRecoveryCodes", MANAGE).refuses(NO_FACTOR, "409 state or capacity (requirements)"),
        site("turnOffSecondFactor", MANAGE).refuses(NO_FACTOR, "409 state or capacity (requirements)"),
        site("listIdentities", MANAGE),
        site("linkIdentity", MANAGE).gives(201).with("provider", |_, _| "github".into()),
        site("unlinkIdentity", MANAGE).gives(204).with("provider", |_, _| "google".into()),
        site("unlinkIdentity", MANAGE)
            .of("that is not linked")
            .with("provider", |_, _| "github".into())
            .refuses((404, "not_found"), "404 not visible to you (requirements)"),
        site("setAvatar", AVATAR).keeps(Keeps::Two).body(|_, _| json!(PNG)),
        site("removeAvatar", AVATAR),
        site("getAvatar", &["system:study.browse"]).with("fileId", |_, _| picture().to_string()),
        site("getAvatar", &["system:study.browse"])
            .of("that is none")
            .with("fileId", |scene, _| scene.own_session.to_string())
            .refuses((404, "not_found"), "404 not visible to you (requirements)"),
        site("signOut", &[]).gives(204),
        site("signOutEverywhere", &[]).gives(204),
        site("listSessions", &[]),
        site("endSession", &[]).of("one's own").gives(204).with("id", |scene, _| scene.own_session.to_string()),
        site("endSession", &[])
            .of("somebody else's")
            .refuses((404, "not_found"), "nobody learns which sessions there are (http-api § Identity)")
            .with("id", |scene, _| scene.others_session.to_string()),
        site("changePassword", &[]).gives(204).body(|_, _| json!({ "current": PASSWORD, "new": "zanzibar-otter-3" })),
        site("changePassword", &[])
            .of("without knowing it")
            .refuses((422, "invalid_input"), "who sits down at an open browser does not know it (requirements § 17)")
            .body(|_, _| json!({ "current": "다른 하늘 아래 두 사람", "new": "zanzibar-otter-3" })),
        site("confirm", &[]).gives(204).body(|_, _| json!({ "password": PASSWORD })),
        site("getMe", &[]),
        site("deleteMe", &["system:account.delete"]).gives(204).rule(
            is_owner,
            (409, "owns_studies"),
            "the one OWNER stays on every path, account deletion too (requirements § 4)",
        ),
        site("editMe", &["system:profile.manage"]).body(|_, _| json!({ "bio": "반갑습니다" })),
    ]
}

fn is_deleted(actor: &Actor, _: Kind) -> bool {
    actor.comes == Comes::AsADeletedAccount
}
