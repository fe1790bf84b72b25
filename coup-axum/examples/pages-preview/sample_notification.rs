//! Made-up notifications: every event once.

use coup_axum::pages::{
    Confirm, ConfirmPage, Frame, Place,
    notification::{NotificationLine, NotificationsPage},
};
use coup_core::{
    appeal::model::AppealStatus,
    id::{AppealId, NotificationId, ReportId, StudyId},
    notification::model::{Notification, NotificationData, NotificationEvent, NotificationType},
    policy::{SanctionType, StudyRole},
    sanction::model::{Days, Length},
};

use super::{days_ago, person, say, signed_in, study_name};

/// What the page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    All,
    NoneUnread,
    Nothing,
}

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0190_a5c8_7d1c_7f3a_9d6e_2f4b_8c1a_0000 + number)
}

fn one(frame: &Frame, number: usize, event: NotificationEvent) -> Notification {
    let place = u128::try_from(number).unwrap_or_default();
    let of_study = matches!(
        event.kind(),
        NotificationType::JoinRequest
            | NotificationType::JoinApproved
            | NotificationType::JoinRejected
            | NotificationType::Member
            | NotificationType::Kick
            | NotificationType::Chat
    );
    let said = matches!(event, NotificationEvent::Kicked | NotificationEvent::SanctionImposed);
    Notification {
        id: NotificationId::from_uuid(uuid(place)),
        user_id: uuid(1).into(),
        event,
        study_id: of_study.then(|| StudyId::from_uuid(uuid(90))),
        study_name: of_study.then(|| study_name(frame)),
        study_emoji: of_study.then(|| "🦀".to_owned()),
        message: if said {
            say(
                frame,
                "여러 번 말씀드렸는데도 약속한 시간에 오지 않았어요",
                "You did not come, though we asked you to several times",
            )
        } else {
            String::new()
        },
        data: NotificationData {
            user_name: person(frame, 6).name,
            role: Some(StudyRole::Admin),
            until: Some(days_ago(-3)),
            report_id: Some(ReportId::from_uuid(uuid(91))),
            target_name: person(frame, 5).name,
            sanction_type: Some(SanctionType::Suspension),
            duration: Days::new("duration", 3).ok().map(Length::Days),
            appeal_id: Some(AppealId::from_uuid(uuid(92))),
            ruling: Some(AppealStatus::Reduced),
            ..NotificationData::default()
        },
        is_read: number > 2,
        created_at: days_ago(i64::try_from(number).unwrap_or_default()),
    }
}

pub(super) fn list(frame: Frame, told: Told) -> NotificationsPage {
    let mut frame = signed_in(frame);
    frame.place = Place::Notifications;
    frame.unread = if told == Told::All { 3 } else { 0 };
    let events = if told == Told::All { NotificationEvent::ALL } else { &[] };
    let lines =
        events.iter().enumerate().map(|(number, event)| NotificationLine::new(&frame, one(&frame, number, *event)));
    NotificationsPage {
        lines: lines.collect(),
        only_unread: told == Told::NoneUnread,
        first: None,
        next: (told == Told::All).then(|| frame.href("/notifications?cursor=x")),
        frame,
    }
}

pub(super) fn delete(frame: Frame) -> ConfirmPage {
    let frame = signed_in(frame);
    let line = NotificationLine::new(&frame, one(&frame, 1, NotificationEvent::Kicked));
    ConfirmPage { confirm: Confirm::delete_notification(&frame, &line), frame }
}
