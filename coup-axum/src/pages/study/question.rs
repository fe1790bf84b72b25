//! The questions before a request is withdrawn, a study left, closed or deleted.

use crate::pages::confirm::Confirm;
use crate::pages::frame::Frame;

impl Confirm {
    /// Before withdrawing a request to join; posts to `/studies/{id}/withdraw`.
    pub fn withdraw(frame: &Frame, study_id: &str, study_name: &str) -> Self {
        Self {
            title: frame.t("withdraw-title"),
            text: frame.ts("withdraw-text", study_name),
            points: Vec::new(),
            action: format!("/studies/{study_id}/withdraw"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("join-withdraw"),
            cancel: format!("/studies/{study_id}"),
            danger: false,
        }
    }

    /// Before leaving a study; posts to `/my-studies/{id}/leave`.
    pub fn leave(frame: &Frame, study_id: &str, study_name: &str) -> Self {
        Self {
            title: frame.t("leave-title"),
            text: frame.ts("leave-text", study_name),
            points: vec![frame.t("leave-point-chat"), frame.t("leave-point-again")],
            action: format!("/my-studies/{study_id}/leave"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("leave-button"),
            cancel: format!("/my-studies/{study_id}"),
            danger: true,
        }
    }

    /// Before closing a study; posts to `/my-studies/{id}/close`.
    pub fn close(frame: &Frame, study_id: &str, study_name: &str) -> Self {
        Self {
            title: frame.t("close-question"),
            text: frame.ts("close-text", study_name),
            points: vec![frame.t("close-point-read"), frame.t("close-point-join"), frame.t("close-point-again")],
            action: format!("/my-studies/{study_id}/close"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("close-title"),
            cancel: format!("/my-studies/{study_id}/settings"),
            danger: true,
        }
    }

    /// Before deleting a study; posts to `/my-studies/{id}/delete`.
    pub fn delete(frame: &Frame, study_id: &str, study_name: &str) -> Self {
        Self {
            title: frame.t("delete-question"),
            text: frame.ts("delete-text", study_name),
            points: vec![frame.t("delete-point-gone"), frame.t("delete-point-final")],
            action: format!("/my-studies/{study_id}/delete"),
            fields: Vec::new(),
            reason: None,
            button: frame.t("delete-title"),
            cancel: format!("/my-studies/{study_id}/settings"),
            danger: true,
        }
    }
}
