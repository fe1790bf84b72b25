//! The events of Socket.IO, each asked on a connection that was opened when its person was under nothing: rights are asked anew
//! at every event.

use serde_json::{Value, json};

use crate::{
    actors::{Actor, Comes},
    operations::{Case, Keeps, door, site, study},
    places::{Kind, Place, Scene},
};

/// Connecting, which is no event.
pub(crate) const CONNECT: &str = "connect";

const READ: &str = "study:message.read";
const NESTED: &str = "nested pairs are checked: another study's thing under this study is not there (requirements § 2)";
const NOT_YOURS: &str = "own content only (permissions § Rules about two people)";

/// Every entry, in the order of the table in the specification.
pub(crate) fn all() -> Vec<Case> {
    let edit = |of, asks| study("message:edit", asks).of(of).seen_by(READ).writes();
    let delete = |of, asks| study("message:delete", asks).of(of).seen_by(READ).writes();
    vec![
        site(CONNECT, &["system:study.browse"]).keeps(Keeps::Nothing),
        study("study:join", &[READ]).keeps(Keeps::Nothing).although("what is there may be heard").body(in_study),
        door("study:leave")
            .rule_first(is_nobody, (401, "not_signed_in"), "whoever is nobody has no connection")
            .keeps(Keeps::Nothing)
            .body(in_study),
        study("message:send", &["study:message.send"])
            .writes()
            .body(|_, place| json!({ "studyId": place.study, "content": "안녕하세요", "clientId": "a1b2" })),
        edit("one's own", &["study:message.edit_own"]).body(|_, place| edited(place, place.own_message)),
        edit("another's", &[])
            .refuses((403, "not_yours"), NOT_YOURS)
            .body(|_, place| edited(place, place.others_message)),
        edit("of another study", &[])
            .refuses((404, "not_found"), NESTED)
            .body(|scene, place| edited(place, scene.elsewhere(place).own_message)),
        delete("one's own", &["study:message.delete_own"]).body(|_, place| message(place, place.own_message)),
        delete("another's", &["study:message.delete_others"]).body(|_, place| message(place, place.others_message)),
        delete("of another study", &[])
            .refuses((404, "not_found"), NESTED)
            .body(|scene, place| message(place, scene.elsewhere(place).own_message)),
        study("message:read", &[READ])
            .although("readable by its members (permissions § Flow of a check)")
            .body(|_, place| json!({ "studyId": place.study, "seq": 1 })),
        study("typing", &["study:message.send"])
            .writes()
            .keeps(Keeps::Nothing)
            .body(|_, place| json!({ "studyId": place.study, "on": true })),
    ]
}

fn in_study(_: &Scene, place: &Place) -> Value {
    json!({ "studyId": place.study })
}

fn message(place: &Place, id: coup_core::id::MessageId) -> Value {
    json!({ "studyId": place.study, "messageId": id })
}

fn edited(place: &Place, id: coup_core::id::MessageId) -> Value {
    json!({ "studyId": place.study, "messageId": id, "content": "고쳤어요" })
}

fn is_nobody(actor: &Actor, _: Kind) -> bool {
    actor.comes == Comes::Anonymously
}
