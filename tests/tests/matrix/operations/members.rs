//! Joining and leaving, requests, members and their roles.

use chrono::TimeDelta;
use serde_json::json;

use super::{Case, is_active, is_kicked, is_owner, is_pending, request, study};
use crate::{
    actors::{Actor, Standing},
    places::{Kind, now},
};

const LIST: &str = "study:member.list";
const KICKED: &str = "KICKED never joins, by no way (permissions § Flow of a check)";
const OWNER_STAYS: &str =
    "the one OWNER stays on every path: leave, demote, kick (permissions § Rules about two people)";
const ONESELF: &str = "nobody acts on themselves (permissions § Rules about two people)";
const NOT_A_MEMBER: &str = "409 state (requirements): only an ACTIVE member is removed or given a role";
const NOBODY: &str = "every id in a path is checked (requirements § 2)";

pub(super) fn cases() -> Vec<Case> {
    let join = study("joinStudy", &["system:study.join"])
        .rule(is_active, (409, "already_member"), "409 state (requirements): one is a member already")
        .rule(is_kicked, (409, "kicked"), KICKED)
        .rule(is_pending, (409, "already_requested"), "409 state (requirements): one request at a time")
        .writes();
    let approve = |of| study("approveRequest", &["study:member.approve"]).of(of).gives(201).writes();
    let remove = |of, asks| study("removeMember", asks).of(of).seen_by(LIST).gives(204).writes();
    let role = |of, asks| study("setRole", asks).of(of).seen_by(LIST).writes();
    let reinstate = |of| study("reinstateMember", &["study:member.reinstate"]).of(of).writes();
    let pause = |of, asks| {
        study("pauseMember", asks).of(of).writes().body(|_, _| json!({ "until": now() + TimeDelta::days(1) }))
    };
    let transfer = |of| study("transferStudy", &["study:member.transfer_ownership"]).of(of).seen_by(LIST).writes();
    vec![
        join.clone().gives(201),
        join.of("where joins are requests").only_in(&[Kind::ByApproval]).gives(202),
        request("withdrawRequest", &["system:study.join"])
            .gives(204)
            .although("PENDING: withdraw the request (permissions § Flow of a check)")
            .rule(is_not_pending, (409, "not_pending"), "409 state (requirements): there is no request to withdraw"),
        study("leaveStudy", &["study:study.leave"])
            .although("leavable (permissions § Flow of a check)")
            .gives(204)
            .rule_first(is_owner, (403, "owner_stays"), OWNER_STAYS),
        study("listRequests", &["study:member.requests"]),
        study("listMembers", &["study:member.list"]).of("ACTIVE"),
        study("listMembers", &["study:member.reinstate"]).of("KICKED").query("status=KICKED"),
        approve("a PENDING person").body(|scene, _| json!({ "userId": scene.cast.pending })),
        approve("oneself")
            .rule(is_active, (409, "already_member"), "409 state (requirements): one is a member already")
            .body(|scene, _| json!({ "userId": scene.me })),
        approve("somebody who did not ask")
            .refuses((404, "not_found"), NOBODY)
            .body(|scene, _| json!({ "userId": scene.cast.stranger })),
        remove("a MEMBER", &["study:member.kick_member"]).with("userId", |scene, _| scene.cast.member.to_string()),
        remove("an ADMIN", &["study:member.kick_admin"]).with("userId", |scene, _| scene.cast.admin.to_string()),
        remove("the OWNER", &["study:member.kick_member"])
            .rule(is_owner, (403, "not_on_oneself"), ONESELF)
            .refuses((403, "owner_stays"), OWNER_STAYS)
            .with("userId", |scene, _| scene.cast.owner.to_string()),
        remove("oneself", &["study:member.kick_member"])
            .refuses((403, "not_on_oneself"), ONESELF)
            .with("userId", |scene, _| scene.me.to_string()),
        remove("a PENDING person", &["study:member.approve"]).with("userId", |scene, _| scene.cast.pending.to_string()),
        remove("somebody KICKED before", &["study:member.kick_member"])
            .refuses((409, "not_a_member"), NOT_A_MEMBER)
            .with("userId", |scene, _| scene.cast.kicked.to_string()),
        role("a MEMBER becomes ADMIN", &["study:member.appoint_admin"])
            .with("userId", |scene, _| scene.cast.member.to_string())
            .body(|_, _| json!({ "role": "ADMIN" })),
        role("an ADMIN becomes MEMBER", &["study:member.dismiss_admin"])
            .with("userId", |scene, _| scene.cast.admin.to_string())
            .body(|_, _| json!({ "role": "MEMBER" })),
        role("the OWNER becomes MEMBER", &["study:member.dismiss_admin"])
            .rule(is_owner, (403, "not_on_oneself"), ONESELF)
            .refuses((403, "owner_stays"), OWNER_STAYS)
            .with("userId", |scene, _| scene.cast.owner.to_string())
            .body(|_, _| json!({ "role": "MEMBER" })),
        role("oneself becomes ADMIN", &["study:member.appoint_admin"])
            .refuses((403, "not_on_oneself"), ONESELF)
            .with("userId", |scene, _| scene.me.to_string())
            .body(|_, _| json!({ "role": "ADMIN" })),
        reinstate("somebody KICKED").with("userId", |scene, _| scene.cast.kicked.to_string()),
        reinstate("oneself")
            .rule(is_active, (409, "not_kicked"), "409 state (requirements): one is a member")
            .with("userId", |scene, _| scene.me.to_string()),
        pause("of a MEMBER", &["study:member.pause_member"]).with("userId", |scene, _| scene.cast.member.to_string()),
        pause("of an ADMIN", &["study:member.pause_admin"]).with("userId", |scene, _| scene.cast.admin.to_string()),
        pause("of the OWNER", &["study:member.pause_member"])
            .rule(is_owner, (403, "not_on_oneself"), ONESELF)
            .refuses((403, "owner_stays"), OWNER_STAYS)
            .with("userId", |scene, _| scene.cast.owner.to_string()),
        pause("of oneself", &["study:member.pause_member"])
            .refuses((403, "not_on_oneself"), ONESELF)
            .with("userId", |scene, _| scene.me.to_string()),
        pause("of somebody KICKED before", &["study:member.pause_member"])
            .refuses((409, "not_a_member"), NOT_A_MEMBER)
            .with("userId", |scene, _| scene.cast.kicked.to_string()),
        transfer("to an ADMIN").body(|scene, _| json!({ "userId": scene.cast.admin })),
        transfer("to oneself").refuses((403, "not_on_oneself"), ONESELF).body(|scene, _| json!({ "userId": scene.me })),
        transfer("to somebody KICKED")
            .refuses((409, "not_a_member"), NOT_A_MEMBER)
            .body(|scene, _| json!({ "userId": scene.cast.kicked })),
    ]
}

fn is_not_pending(actor: &Actor, _: Kind) -> bool {
    actor.standing != Standing::Pending
}
