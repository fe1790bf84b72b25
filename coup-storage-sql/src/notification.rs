//! Notifications.

use async_trait::async_trait;
use coup_core::{
    changes::to_value,
    env::Timestamp,
    id::{NotificationId, StudyId, UserId},
    notification::model::{Notification, NotificationEvent, NotificationFilter, NotificationType},
    page::{Keyset, Limit},
    store::{Credential, NotificationReads, StoreError},
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, Way, count, get, parse, run, time_and_uuid},
    statements::statements,
    user::user_id,
};

/// The columns of `notifications n`.
const NOTIFICATION: &str =
    "n.id, n.user_id, n.event, n.study_id, n.study_name, n.study_emoji, n.message, n.data, n.is_read, n.created_at";

statements! {
    /// Statements of notifications.
    NotificationSql(words) {
        notification: format!("select {NOTIFICATION} from notifications n where n.id = $1"),
        unread_notifications: "select count(*) as unread from notifications where user_id = $1 and is_read = false",
        unread_of_user: "select count(*) as unread from (select 1 from notifications where user_id = $1 and is_read = false limit $2) few",
        unread_of_session: "select count(*) as unread from (select 1 from notifications n \
             where n.user_id = (select s.user_id from sessions s where s.token_hash = $1) and n.is_read = false limit $2) few",
        notifications: listed(""),
        notifications_by_read: listed("and n.is_read = $7 "),
        insert_notification: "insert into notifications \
             (id, user_id, kind, event, study_id, study_name, study_emoji, message, data, is_read, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        save_notification: "update notifications set is_read = $2 where id = $1",
        // In one order, so that two who mark the same do not wait for each other in a ring.
        read_notifications: format!(
            "update notifications set is_read = true where id in ( \
             select id from notifications where user_id = $1 and is_read = false and created_at <= $2 \
             order by created_at desc, id desc limit $3{})",
            words.for_update
        ),
        remove_notification: "delete from notifications where id = $1 and user_id = $2",
    }
}

/// Somebody's, the newest first, with a condition that has an index of its own; the other filters may be null.
fn listed(condition: &str) -> String {
    format!(
        "select {NOTIFICATION} from notifications n \
         where n.user_id = $1 {condition}and (n.created_at, n.id) < ($2, $3) \
         and (cast($5 as text) is null or n.kind = cast($5 as text)) \
         and ($6 is null or n.study_id = $6) \
         order by n.created_at desc, n.id desc limit $4"
    )
}

#[async_trait]
impl<D: Dialect> NotificationReads for Reads<D> {
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        let args = Args::new().with(id.as_uuid());
        let found = self.list(&self.sql().notification.notification, args, notification::<D>).await?;
        Ok(found.into_iter().next())
    }

    async fn unread_notifications(&self, user: &UserId) -> Result<u32, StoreError> {
        let args = Args::new().text(user.as_str());
        let found =
            self.list(&self.sql().notification.unread_notifications, args, |row| count::<D>(row, "unread")).await?;
        Ok(found.into_iter().next().unwrap_or(0))
    }

    async fn unread_at_most(&self, credential: &Credential, limit: Limit) -> Result<u32, StoreError> {
        let sql = &self.sql().notification;
        let (statement, args) = match credential {
            Credential::User(user) => (&sql.unread_of_user, Args::new().text(user.as_str())),
            Credential::Session(hash) => (&sql.unread_of_session, Args::new().with(hash.to_vec())),
        };
        let found = self.list(statement, args.limit(limit), |row| count::<D>(row, "unread")).await?;
        Ok(found.into_iter().next().unwrap_or(0))
    }

    async fn notifications(
        &self,
        user: &UserId,
        filter: NotificationFilter,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Notification>, StoreError> {
        let (at, id) = time_and_uuid(after, Way::Down)?;
        let args = Args::new()
            .text(user.as_str())
            .with(at)
            .with(id)
            .limit(limit)
            .maybe(filter.kind.map(NotificationType::as_str))
            .with(filter.study.map(|study| study.as_uuid()));
        let sql = &self.sql().notification;
        let (statement, args) = match filter.is_read {
            None => (&sql.notifications, args),
            Some(is_read) => (&sql.notifications_by_read, args.with(is_read)),
        };
        self.list(statement, args, notification::<D>).await
    }
}

fn notification<D: Dialect>(row: &RowOf<D>) -> Result<Notification, StoreError> {
    let data: String = get::<D, _>(row, "data")?;
    Ok(Notification {
        id: NotificationId::from_uuid(get::<D, _>(row, "id")?),
        user_id: user_id::<D>(row, "user_id")?,
        event: parse::<D, _>(row, "event", NotificationEvent::from_word)?,
        study_id: get::<D, Option<Uuid>>(row, "study_id")?.map(StudyId::from_uuid),
        study_name: get::<D, _>(row, "study_name")?,
        study_emoji: get::<D, _>(row, "study_emoji")?,
        message: get::<D, _>(row, "message")?,
        data: serde_json::from_str(&data).map_err(|why| corrupt("data", why))?,
        is_read: get::<D, _>(row, "is_read")?,
        created_at: get::<D, _>(row, "created_at")?,
    })
}

pub(crate) async fn insert_notification<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    notification: &Notification,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(notification.id.as_uuid())
        .text(notification.user_id.as_str())
        .text(notification.event.kind().as_str())
        .text(notification.event.as_str())
        .with(notification.study_id.map(|study| study.as_uuid()))
        .maybe(notification.study_name.as_deref())
        .maybe(notification.study_emoji.as_deref())
        .text(&notification.message)
        .text(&to_value(&notification.data).to_string())
        .with(notification.is_read)
        .with(notification.created_at);
    run::<D>(conn, &sql.notification.insert_notification, args).await
}

/// Only whether it was read changes.
pub(crate) async fn save_notification<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    notification: &Notification,
) -> Result<u64, StoreError> {
    let args = Args::new().with(notification.id.as_uuid()).with(notification.is_read);
    run::<D>(conn, &sql.notification.save_notification, args).await
}

/// Marks the newest; answers how many.
pub(crate) async fn read_notifications<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    user: &UserId,
    until: Timestamp,
    most: u32,
) -> Result<u64, StoreError> {
    let args = Args::new().text(user.as_str()).with(until).with(i64::from(most));
    run::<D>(conn, &sql.notification.read_notifications, args).await
}

pub(crate) async fn remove_notification<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    user: &UserId,
    id: NotificationId,
) -> Result<u64, StoreError> {
    let args = Args::new().with(id.as_uuid()).text(user.as_str());
    run::<D>(conn, &sql.notification.remove_notification, args).await
}
