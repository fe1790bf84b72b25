//! What the reader was told beside what they see.

use askama::Template;
use askama_web::WebTemplate;
use chrono::{DateTime, Utc};
use coup_core::{
    appeal::model::AppealStatus,
    notification::model::{Notification, NotificationEvent},
    policy::StudyRole,
    sanction::model::Length,
};

use super::{
    confirm::Confirm,
    frame::Frame,
    moderation::{Named, measure},
    tab::Tab,
    text::Key,
};

/// A notification as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationLine {
    /// Its identifier.
    pub id: String,
    /// What it tells, in words.
    pub words: String,
    /// The emoji and the name of the study it is of, as they were then.
    pub study: Option<(String, String)>,
    /// In somebody's words; empty where there are none.
    pub said: String,
    /// The path of what it tells of; absent where nothing more is to be seen.
    pub path: Option<String>,
    /// Whether the reader has read it.
    pub is_read: bool,
    /// When.
    pub at: DateTime<Utc>,
}

impl NotificationLine {
    /// A notification in the reader's language.
    pub fn new(frame: &Frame, one: Notification) -> Self {
        Self {
            id: one.id.to_string(),
            words: words(frame, &one),
            path: path(&one),
            study: one.study_name.map(|name| (one.study_emoji.unwrap_or_default(), name)),
            said: one.message,
            is_read: one.is_read,
            at: one.created_at,
        }
    }

    fn read_path(&self) -> String {
        format!("/notifications/{}/read", self.id)
    }

    fn delete_path(&self) -> String {
        format!("/notifications/{}/delete", self.id)
    }
}

/// What it tells.
fn words(frame: &Frame, one: &Notification) -> String {
    let data = &one.data;
    let sanction = || {
        let days = data.duration.and_then(|length| match length {
            Length::Days(days) => Some(days.get()),
            Length::Permanent => None,
        });
        data.sanction_type.map_or_else(String::new, |kind| measure(frame, kind, days))
    };
    let kind = || data.sanction_type.map_or_else(String::new, |kind| frame.t(kind.label()));
    let target = || data.target_name.clone().unwrap_or_else(|| frame.t("person-gone"));
    match one.event {
        NotificationEvent::JoinRequested => {
            let name = data.user_name.clone().unwrap_or_else(|| frame.t("person-gone"));
            frame.ts("told-join-requested", name)
        }
        NotificationEvent::JoinApproved => frame.t("told-join-approved"),
        NotificationEvent::JoinRejected => frame.t("told-join-rejected"),
        NotificationEvent::Kicked => frame.t("told-kicked"),
        NotificationEvent::RoleChanged => frame.t(match data.role {
            Some(StudyRole::Owner) => Key("told-role-owner"),
            Some(StudyRole::Admin) => Key("told-role-admin"),
            Some(StudyRole::Member) | None => Key("told-role-member"),
        }),
        NotificationEvent::OwnershipReceived => frame.t("told-role-owner"),
        NotificationEvent::PostingPaused => match data.until {
            Some(until) => frame.ts("told-posting-paused", frame.date_time(until)),
            None => frame.t("told-posting-goes-on"),
        },
        NotificationEvent::MessageRemoved => frame.t("told-message-removed"),
        NotificationEvent::ReportResolved => frame.ts("told-report-resolved", target()),
        NotificationEvent::ReportRejected => frame.ts("told-report-rejected", target()),
        NotificationEvent::ReportAssigned => frame.t("told-report-assigned"),
        NotificationEvent::ReportUrgent => frame.t("told-report-urgent"),
        NotificationEvent::ReportEscalated => frame.t("told-report-escalated"),
        NotificationEvent::SanctionImposed => frame.ts("told-sanction-imposed", sanction()),
        NotificationEvent::SanctionLifted => frame.ts("told-sanction-lifted", kind()),
        NotificationEvent::SanctionReduced => frame.ts("told-sanction-reduced", sanction()),
        NotificationEvent::SanctionEnded => frame.ts("told-sanction-ended", kind()),
        NotificationEvent::AppealMade => frame.ts("told-appeal-made", kind()),
        NotificationEvent::AppealDecided => frame.t(match data.ruling {
            Some(AppealStatus::Overturned) => Key("told-appeal-overturned"),
            Some(AppealStatus::Reduced) => Key("told-appeal-reduced"),
            Some(AppealStatus::Upheld | AppealStatus::Pending) | None => Key("told-appeal-upheld"),
        }),
        NotificationEvent::SanctionReviewed => frame.t(match data.ruling {
            Some(AppealStatus::Overturned) => Key("told-review-overturned"),
            Some(AppealStatus::Reduced) => Key("told-review-reduced"),
            Some(AppealStatus::Upheld | AppealStatus::Pending) | None => Key("told-review-upheld"),
        }),
    }
}

/// Where what it tells of is to be seen.
fn path(one: &Notification) -> Option<String> {
    match one.event {
        NotificationEvent::JoinRequested => one.study_id.map(|study| format!("/my-studies/{study}/requests")),
        NotificationEvent::JoinApproved
        | NotificationEvent::RoleChanged
        | NotificationEvent::OwnershipReceived
        | NotificationEvent::PostingPaused => one.study_id.map(|study| format!("/my-studies/{study}")),
        NotificationEvent::MessageRemoved => one.study_id.map(|study| format!("/my-studies/{study}/chat")),
        NotificationEvent::JoinRejected | NotificationEvent::Kicked => {
            one.study_id.map(|study| format!("/studies/{study}"))
        }
        NotificationEvent::ReportResolved | NotificationEvent::ReportRejected => Some("/me/reports".to_owned()),
        NotificationEvent::ReportAssigned | NotificationEvent::ReportUrgent | NotificationEvent::ReportEscalated => {
            one.data.report_id.map(|report| format!("/admin/reports/{report}"))
        }
        NotificationEvent::SanctionImposed
        | NotificationEvent::SanctionLifted
        | NotificationEvent::SanctionReduced
        | NotificationEvent::SanctionEnded
        | NotificationEvent::AppealDecided => Some("/me/sanctions".to_owned()),
        NotificationEvent::AppealMade => one.data.appeal_id.map(|appeal| format!("/admin/appeals/{appeal}")),
        // Who imposed it has a part in its appeal, and is shown what became of it here.
        NotificationEvent::SanctionReviewed => None,
    }
}

/// `GET /notifications`, `?show=unread` for those that wait.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "notification/list.html")]
pub struct NotificationsPage {
    /// What is around it.
    pub frame: Frame,
    /// Whether only those are shown that the reader has not read.
    pub only_unread: bool,
    /// The page of notifications, the newest first.
    pub lines: Vec<NotificationLine>,
    /// The address of the list's beginning, on later pages.
    pub first: Option<String>,
    /// The address of the next page.
    pub next: Option<String>,
}

impl NotificationsPage {
    fn tabs(&self) -> [Tab; 2] {
        let tab = |label: &'static str, path, count, current| Tab {
            label: self.frame.t(Key(label)),
            href: self.frame.href(path),
            count,
            loud: true,
            current,
        };
        let unread = Some(self.frame.unread).filter(|unread| *unread > 0);
        [
            tab("notifications-all", "/notifications", None, !self.only_unread),
            tab("notifications-unread", "/notifications?show=unread", unread, self.only_unread),
        ]
    }

    /// What a form says of where it stands, to lead back there.
    fn show(&self) -> &'static str {
        if self.only_unread { "unread" } else { "" }
    }
}

impl Confirm {
    /// Before deleting a notification; posts to `/notifications/{id}/delete`.
    pub fn delete_notification(frame: &Frame, line: &NotificationLine) -> Self {
        Self {
            title: frame.t("notification-delete-question"),
            text: line.words.clone(),
            points: vec![frame.t("notification-delete-point")],
            action: line.delete_path(),
            fields: Vec::new(),
            reason: None,
            button: frame.t("notification-delete-action"),
            cancel: "/notifications".to_owned(),
            danger: true,
        }
    }
}
