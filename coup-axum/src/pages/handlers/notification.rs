//! The reader's own notifications.

use axum::response::{IntoResponse as _, Response};
use coup_core::{
    notification::{
        model::NotificationFilter,
        service::{ReadAllNotifications, ReadNotification, RemoveNotification},
    },
    page::Limit,
};

use super::member::cursor;
use crate::{
    extract::OfNotification,
    pages::{
        confirm::{Confirm, ConfirmPage},
        flash::Flash,
        form::Form,
        frame::Place,
        notification::{NotificationLine, NotificationsPage},
        visit::{Answer, Posted, Visit, encoded},
    },
};

fn only_unread(form: &Form) -> bool {
    form.value("show") == "unread"
}

/// The list as it was shown.
fn list_path(only_unread: bool, cursor: Option<&str>) -> String {
    match (only_unread, cursor) {
        (false, None) => "/notifications".to_owned(),
        (true, None) => "/notifications?show=unread".to_owned(),
        (false, Some(cursor)) => format!("/notifications?cursor={}", encoded(cursor)),
        (true, Some(cursor)) => format!("/notifications?show=unread&cursor={}", encoded(cursor)),
    }
}

pub(super) async fn list(visit: Visit) -> Answer {
    let query = visit.query();
    let only_unread = only_unread(&query);
    let filter = NotificationFilter { is_read: only_unread.then_some(false), ..NotificationFilter::default() };
    let found = visit.house.coup.notifications(&visit.ctx, filter, cursor(&query), Limit::DEFAULT).await?;
    let (caller, page) = found;
    let frame = visit.outside(&caller, Place::Notifications);
    let page = NotificationsPage {
        only_unread,
        first: cursor(&query).map(|_| frame.href(list_path(only_unread, None))),
        next: page.next_cursor.as_deref().map(|next| frame.href(list_path(only_unread, Some(next)))),
        lines: page.items.into_iter().map(|one| NotificationLine::new(&frame, one)).collect(),
        frame,
    };
    Ok(page.into_response())
}

pub(super) async fn read(visit: Visit, OfNotification(id): OfNotification, Posted(form): Posted) -> Answer {
    visit.house.coup.run(&visit.ctx, ReadNotification(id)).await?;
    Ok(visit.to(&list_path(only_unread(&form), None)))
}

pub(super) async fn read_all(visit: Visit) -> Answer {
    visit.house.coup.run(&visit.ctx, ReadAllNotifications).await?;
    Ok(done(&visit, Flash::NotificationsRead))
}

pub(super) async fn ask_delete(visit: Visit, OfNotification(id): OfNotification) -> Answer {
    let (caller, one) = visit.house.coup.notification(&visit.ctx, id).await?;
    let frame = visit.outside(&caller, Place::Notifications);
    let confirm = Confirm::delete_notification(&frame, &NotificationLine::new(&frame, one));
    Ok(ConfirmPage { frame, confirm }.into_response())
}

pub(super) async fn delete(visit: Visit, OfNotification(id): OfNotification) -> Answer {
    visit.house.coup.run(&visit.ctx, RemoveNotification(id)).await?;
    Ok(done(&visit, Flash::NotificationDeleted))
}

fn done(visit: &Visit, flash: Flash) -> Response {
    visit.done("/notifications", flash)
}
