//! Use cases of notifications: reading one's own, and marking them read.

use serde_json::json;

use super::model::Notification;
use crate::{
    changes::{Changes, EventKind, Row, Scope},
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::Error,
    id::NotificationId,
    page::{Key, Keyset, Limit, Page, Places},
    policy::{SystemPermission, Target},
};

/// Marks a notification of one's own as read. One that is read already stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct ReadNotification(pub NotificationId);

impl Command for ReadNotification {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let caller = room.caller().await?;
        let permit = caller.permit(SystemPermission::NotificationManage, Target::User(caller.user.id.clone()))?;
        let found = room.store().notification(self.0).await?;
        let own = found.filter(|notification| notification.user_id == caller.user.id).ok_or(Error::NotFound)?;
        if own.is_read {
            return Ok(Prepared::done(()));
        }
        let told = json!({ "id": own.id });
        let read = Notification { is_read: true, ..own };
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .save(Row::Notification(Box::new(read)))
            // One's other windows show it as read, too.
            .event(Scope::User(caller.user.id.clone()), EventKind::NotificationRead, room.env.now(), told);
        Ok(Prepared::new(changes, ()))
    }
}

impl Coup {
    /// One's own notifications, the newest first.
    pub async fn notifications(
        &self,
        ctx: &Ctx,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Notification>, Error> {
        const LIST: &str = "notifications";
        let room = self.room(ctx);
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::TimeAndUuid)).transpose()?;
        let caller = room.caller().await?;
        caller.require(SystemPermission::NotificationManage, Target::User(caller.user.id.clone()))?;
        let rows = room.store().notifications(&caller.user.id, after.as_ref(), limit.and_one()).await?;
        Ok(Page::cut(rows, limit, |one| Keyset {
            list: LIST.into(),
            key: Key::time(one.created_at),
            id: one.id.to_string(),
        }))
    }

    /// How many of one's notifications one has not read.
    pub async fn unread_notifications(&self, ctx: &Ctx) -> Result<u32, Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::NotificationManage, Target::User(caller.user.id.clone()))?;
        Ok(room.store().unread_notifications(&caller.user.id).await?)
    }
}
