//! What is live over HTTP: streams, tickets, typing.

use serde_json::json;

use super::{Case, Keeps, site, study};

const BROWSE: &[&str] = &["system:study.browse"];

pub(super) fn cases() -> Vec<Case> {
    vec![
        site("stream", BROWSE).of("of all that one may hear"),
        study("stream", &["study:message.read"]).of("of one study").query("study={id}"),
        site("ownStream", BROWSE),
        site("openTicket", BROWSE).gives(201),
        // Told to those who are there; nothing is kept of it.
        study("typing", &["study:message.send"])
            .writes()
            .keeps(Keeps::Nothing)
            .gives(204)
            .body(|_, _| json!({ "on": true })),
    ]
}
