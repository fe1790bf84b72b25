//! Studies.

use serde_json::{Value, json};

use super::{Case, site, study};
use crate::{actors::Actor, places::Kind};

const UPDATE: &[&str] = &["study:study.update"];
const EVERY_FIELD: &[&str] = &["study:study.update", "study:study.recruit", "study:study.visibility"];
const HIDDEN: &str = "a hidden study is not writable (permissions § Flow of a check)";

pub(super) fn cases() -> Vec<Case> {
    let edit = |of, asks| study("editStudy", asks).of(of).writes();
    let replace = |of, asks| study("replaceStudy", asks).of(of).writes();
    vec![
        site("browseStudies", &["system:study.browse"]),
        site("createStudy", &["system:study.create"]).gives(201).body(|_, _| whole(&json!({}))),
        site("listOwnStudies", &["system:study.browse"]).lists_own(),
        study("getStudy", &[]).by_membership(&["study:study.read"], &["system:study.browse"]),
        edit("its name", UPDATE).body(|_, _| json!({ "name": "다른 이름" })),
        edit("recruiting", &["study:study.recruit"]).body(|_, _| json!({ "isRecruiting": false })),
        edit("public or private", &["study:study.visibility"]).body(|_, _| json!({ "isPublic": false })),
        edit("all of them", EVERY_FIELD)
            .body(|_, _| json!({ "name": "다른 이름", "isRecruiting": false, "isPublic": false })),
        replace("its required fields", UPDATE).body(|_, _| whole(&json!({}))),
        replace("all of them", EVERY_FIELD).body(|_, _| whole(&json!({ "isRecruiting": false, "isPublic": false }))),
        study("deleteStudy", &["study:study.delete"])
            .although("the specification does not say; deleting a closed study writes nothing in it")
            .gives(204)
            .rule(is_hidden, (409, "study_hidden"), HIDDEN),
        study("closeStudy", &["study:study.close"]).writes(),
        study("reopenStudy", &["study:study.close"])
            .also(Kind::ClosedByAdministrator)
            .although("only a closed study is reopened")
            .rule(is_hidden, (409, "study_hidden"), HIDDEN)
            .rule(is_open, (409, "study_open"), "409 state (requirements): there is nothing to reopen")
            .rule(
                |_, kind| kind == Kind::ClosedByAdministrator,
                (409, "closed_by_administrator"),
                "the OWNER who closed it may reopen (permissions § Flow of a check)",
            ),
    ]
}

/// A study with its required fields, and more.
fn whole(more: &Value) -> Value {
    let mut body = json!({ "name": "새 스터디", "description": "매주 화요일에 풀어요.", "category": "프로그래밍" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn is_hidden(_: &Actor, kind: Kind) -> bool {
    kind == Kind::Hidden
}

fn is_open(_: &Actor, kind: Kind) -> bool {
    kind.stands_still().is_none()
}
