//! The questions before somebody's place in a study changes, and before an invite ends.

use crate::pages::confirm::Confirm;
use crate::pages::frame::{Frame, Person};

impl Confirm {
    /// Before rejecting a request; posts to `/my-studies/{id}/members/{userId}/reject`.
    pub fn reject(frame: &Frame, study_id: &str, person: &Person) -> Self {
        Self {
            title: frame.ts("reject-question", person.shown(frame)),
            text: frame.t("reject-text"),
            points: Vec::new(),
            action: member_action(study_id, person, "reject"),
            fields: Vec::new(),
            reason: Some(frame.t("member-reason")),
            button: frame.t("reject-action"),
            cancel: format!("/my-studies/{study_id}/requests"),
            danger: true,
        }
    }

    /// Before making a member ADMIN; posts to `/my-studies/{id}/members/{userId}/appoint`.
    pub fn appoint(frame: &Frame, study_id: &str, person: &Person) -> Self {
        Self {
            title: frame.ts("appoint-question", person.shown(frame)),
            text: frame.t("appoint-text"),
            points: vec![
                frame.t("appoint-point-members"),
                frame.t("appoint-point-study"),
                frame.t("appoint-point-chat"),
            ],
            action: member_action(study_id, person, "appoint"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("appoint-action"),
            cancel: members(study_id),
            danger: false,
        }
    }

    /// Before making an ADMIN a member again; posts to `/my-studies/{id}/members/{userId}/dismiss`.
    pub fn dismiss(frame: &Frame, study_id: &str, person: &Person) -> Self {
        Self {
            title: frame.ts("dismiss-question", person.shown(frame)),
            text: frame.t("dismiss-text"),
            points: Vec::new(),
            action: member_action(study_id, person, "dismiss"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("dismiss-action"),
            cancel: members(study_id),
            danger: false,
        }
    }

    /// Before handing over ownership; posts to `/my-studies/{id}/members/{userId}/transfer`.
    pub fn transfer(frame: &Frame, study_id: &str, person: &Person) -> Self {
        Self {
            title: frame.ts("transfer-question", person.shown(frame)),
            text: frame.t("transfer-text"),
            points: vec![frame.t("transfer-point-rights"), frame.t("transfer-point-back")],
            action: member_action(study_id, person, "transfer"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("transfer-action"),
            cancel: members(study_id),
            danger: true,
        }
    }

    /// Before kicking a member; posts to `/my-studies/{id}/members/{userId}/kick`.
    pub fn kick(frame: &Frame, study_id: &str, person: &Person) -> Self {
        Self {
            title: frame.ts("kick-question", person.shown(frame)),
            text: frame.t("kick-text"),
            points: vec![frame.t("kick-point-chat"), frame.t("kick-point-again")],
            action: member_action(study_id, person, "kick"),
            fields: Vec::new(),
            reason: Some(frame.t("member-reason")),
            button: frame.t("kick-action"),
            cancel: members(study_id),
            danger: true,
        }
    }

    /// Before replacing the standing code; posts to `/my-studies/{id}/invite-code/rotate`.
    pub fn rotate(frame: &Frame, study_id: &str) -> Self {
        Self {
            title: frame.t("rotate-question"),
            text: frame.t("rotate-text"),
            points: Vec::new(),
            action: format!("/my-studies/{study_id}/invite-code/rotate"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("rotate-action"),
            cancel: invites(study_id),
            danger: false,
        }
    }

    /// Before revoking an invite; posts to `/my-studies/{id}/invites/{code}/revoke`.
    pub fn revoke(frame: &Frame, study_id: &str, code: &str) -> Self {
        Self {
            title: frame.t("revoke-question"),
            text: frame.t("revoke-text"),
            points: Vec::new(),
            action: format!("{}/{code}/revoke", invites(study_id)),
            fields: Vec::new(),
            reason: None,
            button: frame.t("revoke-action"),
            cancel: invites(study_id),
            danger: true,
        }
    }
}

fn member_action(study_id: &str, person: &Person, act: &str) -> String {
    format!("/my-studies/{study_id}/members/{}/{act}", person.id)
}

fn members(study_id: &str) -> String {
    format!("/my-studies/{study_id}/members")
}

fn invites(study_id: &str) -> String {
    format!("/my-studies/{study_id}/invites")
}
