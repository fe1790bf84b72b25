//! Use cases of notifications: reading one's own, marking them read, taking them away.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::model::{Notification, NotificationFilter};
use crate::{
    changes::{Change, Changes, EventKind, Key as RowKey, Row, Scope},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room},
    error::Error,
    id::NotificationId,
    page::{Key, Keyset, Limit, Page, Places},
    policy::{Permit, SystemPermission, Target},
    store::Credential,
};

/// How many notifications one [`ReadAllNotifications`] marks at most, the newest first.
pub const READ_AT_ONCE: u32 = 1_000;

/// What is told of one notification, to one's other windows.
fn told(room: &Room<'_>, caller: &Caller, changes: Changes, kind: EventKind, id: NotificationId) -> Changes {
    changes.event(Scope::User(caller.user.id.clone()), kind, room.env.now(), json!({ "id": id }))
}

/// The caller, and that they may do what they like with their own.
async fn own(room: &Room<'_>) -> Result<(Caller, Permit), Error> {
    let caller = room.caller().await?;
    let permit = caller.permit(SystemPermission::NotificationManage, Target::User(caller.user.id.clone()))?;
    Ok((caller, permit))
}

/// A notification of one's own; 404 for anybody else's.
async fn found(room: &Room<'_>, caller: &Caller, id: NotificationId) -> Result<Notification, Error> {
    let found = room.store().notification(id).await?;
    found.filter(|notification| notification.user_id == caller.user.id).ok_or(Error::NotFound)
}

/// Marks a notification of one's own as read. One that is read already stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct ReadNotification(pub NotificationId);

impl Command for ReadNotification {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let (caller, permit) = own(room).await?;
        let own = found(room, &caller, self.0).await?;
        if own.is_read {
            return Ok(Prepared::done(()));
        }
        let read = Notification { is_read: true, ..own };
        let changes = Changes::permitted(permit).guard(caller.guard()).save(Row::Notification(Box::new(read)));
        Ok(Prepared::new(told(room, &caller, changes, EventKind::NotificationRead, self.0), ()))
    }
}

/// What marking all as read did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAll {
    /// How many were marked: at most [`READ_AT_ONCE`].
    pub count: u64,
}

/// Marks all notifications of one's own as read that were there when it was asked for, the newest [`READ_AT_ONCE`] of them. What comes
/// in between stays unread: nobody has seen it.
#[derive(Debug, Clone, Copy)]
pub struct ReadAllNotifications;

impl Command for ReadAllNotifications {
    type Output = ReadAll;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<ReadAll>, Error> {
        let (caller, permit) = own(room).await?;
        let user = caller.user.id.clone();
        if room.store().unread_at_most(&Credential::User(user.clone()), Limit::ONE).await? == 0 {
            return Ok(Prepared::done(ReadAll { count: 0 }));
        }
        let now = room.env.now();
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .change(Change::ReadNotifications(user.clone(), now, READ_AT_ONCE))
            // One for all of them: one's other windows look again.
            .event(Scope::User(user), EventKind::NotificationRead, now, json!({ "all": true }));
        Ok(Prepared::then(changes, |committed| ReadAll { count: committed.read.iter().sum() }))
    }
}

/// Takes a notification of one's own away.
#[derive(Debug, Clone, Copy)]
pub struct RemoveNotification(pub NotificationId);

impl Command for RemoveNotification {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let (caller, permit) = own(room).await?;
        let own = found(room, &caller, self.0).await?;
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .change(Change::Remove(RowKey::Notification(own.user_id, own.id)));
        Ok(Prepared::new(told(room, &caller, changes, EventKind::NotificationDeleted, self.0), ()))
    }
}

impl Coup {
    /// One's own notifications that the filter lets through, the newest first; with who one is.
    pub async fn notifications(
        &self,
        ctx: &Ctx,
        filter: NotificationFilter,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<(Caller, Page<Notification>), Error> {
        const LIST: &str = "notifications";
        let room = self.room(ctx);
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::TimeAndUuid)).transpose()?;
        let (caller, _) = own(&room).await?;
        let rows = room.store().notifications(&caller.user.id, filter, after.as_ref(), limit.and_one()).await?;
        let page = Page::cut(rows, limit, |one| Keyset {
            list: LIST.into(),
            key: Key::time(one.created_at),
            id: one.id.to_string(),
        });
        Ok((caller, page))
    }

    /// One notification of one's own; with who one is.
    pub async fn notification(&self, ctx: &Ctx, id: NotificationId) -> Result<(Caller, Notification), Error> {
        let room = self.room(ctx);
        let (caller, _) = own(&room).await?;
        let one = found(&room, &caller, id).await?;
        Ok((caller, one))
    }

    /// How many of one's notifications one has not read.
    pub async fn unread_notifications(&self, ctx: &Ctx) -> Result<u32, Error> {
        let room = self.room(ctx);
        let (caller, _) = own(&room).await?;
        Ok(room.store().unread_notifications(&caller.user.id).await?)
    }

    /// The same for a mark on a page, in one statement: counted up to [`Limit::MAX`], and 0 for who is not signed in.
    pub async fn unread_mark(&self, ctx: &Ctx) -> Result<u32, Error> {
        match &ctx.credential {
            Some(credential) => Ok(self.store().unread_at_most(credential, Limit::MAX).await?),
            None => Ok(0),
        }
    }
}
