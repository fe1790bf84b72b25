//! A study's chat.

use serde_json::json;

use super::{Case, study};

const READ: &str = "study:message.read";
const NESTED: &str = "nested pairs are checked: another study's thing under this study is not there (requirements § 2)";
const NOT_YOURS: &str = "own content only (permissions § Rules about two people)";

pub(super) fn cases() -> Vec<Case> {
    let edit = |of, asks| {
        study("editMessage", asks).of(of).seen_by(READ).writes().body(|_, _| json!({ "content": "고쳤어요" }))
    };
    let delete = |of, asks| study("deleteMessage", asks).of(of).seen_by(READ).writes().gives(204);
    vec![
        study("listMessages", &["study:message.read"]),
        study("sendMessage", &["study:message.send"])
            .gives(201)
            .writes()
            .body(|_, _| json!({ "content": "안녕하세요" })),
        edit("one's own", &["study:message.edit_own"]).with("msgId", |_, place| place.own_message.to_string()),
        edit("another's", &[])
            .refuses((403, "not_yours"), NOT_YOURS)
            .with("msgId", |_, place| place.others_message.to_string()),
        edit("of another study", &[])
            .refuses((404, "not_found"), NESTED)
            .with("msgId", |scene, place| scene.elsewhere(place).own_message.to_string()),
        delete("one's own", &["study:message.delete_own"]).with("msgId", |_, place| place.own_message.to_string()),
        delete("another's", &["study:message.delete_others"])
            .with("msgId", |_, place| place.others_message.to_string()),
        delete("of another study", &[])
            .refuses((404, "not_found"), NESTED)
            .with("msgId", |scene, place| scene.elsewhere(place).own_message.to_string()),
        study("listReadMarks", &["study:message.read"]),
        study("markRead", &["study:message.read"])
            .although("readable by its members (permissions § Flow of a check)")
            .gives(204)
            .body(|_, _| json!({ "seq": 1 })),
    ]
}
