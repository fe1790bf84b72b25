//! Attempts, and browsers that are known.

use async_trait::async_trait;
use coup_core::{
    id::UserId,
    limit::{
        model::{Attempts, Counted, Device, Place},
        rules::MOST_DEVICES,
    },
    store::{LimitReads, StoreError},
    text::Email,
    user::model::TokenHash,
};

use crate::{
    Dialect, Reads, Sql,
    reads::{Args, Conn, RowOf, count, get, run},
    statements::statements,
    user::user_id,
};

statements! {
    /// Statements of limits.
    LimitSql(_words) {
        attempts: "select since, count, ends_at from attempts where way = $1 and subject = $2",
        // One statement, so that of any number that race not more take a place than there are.
        take_place: "insert into attempts (way, subject, since, count, ends_at) values ($1, $2, $3, 1, $4) \
             on conflict (way, subject) do update set \
             since = case when attempts.ends_at <= excluded.since then excluded.since else attempts.since end, \
             count = case when attempts.ends_at <= excluded.since then 1 else attempts.count + 1 end, \
             ends_at = case when attempts.ends_at <= excluded.since then excluded.ends_at else attempts.ends_at end \
             where attempts.ends_at <= excluded.since or attempts.count < $5",
        give_place_back: "update attempts set count = count - 1 \
             where way = $1 and subject = $2 and since <= $3 and $3 < ends_at and count > 0",
        device: "select d.user_id, d.seen_at, d.expires_at from users u join devices d on d.user_id = u.id \
             where u.email = $2 and d.hash = $1",
        move_devices: "update devices set hash = $2 where hash = $1",
        put_device: "insert into devices (hash, user_id, seen_at, expires_at) values ($1, $2, $3, $4) \
             on conflict (hash, user_id) do update set seen_at = excluded.seen_at, expires_at = excluded.expires_at",
        trim_devices: format!(
            "delete from devices where user_id = $1 and seen_at < \
             (select seen_at from devices where user_id = $1 order by seen_at desc limit 1 offset {})",
            MOST_DEVICES - 1
        ),
        remove_devices: "delete from devices where user_id = $1",
    }
}

fn attempts<D: Dialect>(row: &RowOf<D>) -> Result<Attempts, StoreError> {
    Ok(Attempts {
        since: get::<D, _>(row, "since")?,
        count: count::<D>(row, "count")?,
        ends_at: get::<D, _>(row, "ends_at")?,
    })
}

#[async_trait]
impl<D: Dialect> LimitReads for Reads<D> {
    async fn attempts(&self, counted: &Counted) -> Result<Option<Attempts>, StoreError> {
        let row = self.row(&self.sql().limit.attempts, key::<D>(counted)).await?;
        row.as_ref().map(attempts::<D>).transpose()
    }

    async fn device(&self, hash: &TokenHash, email: &Email) -> Result<Option<Device>, StoreError> {
        let row = self.row(&self.sql().limit.device, Args::new().with(hash.to_vec()).text(email.as_str())).await?;
        let device = |row: &RowOf<D>| {
            Ok(Device {
                hash: *hash,
                user: user_id::<D>(row, "user_id")?,
                seen_at: get::<D, _>(row, "seen_at")?,
                expires_at: get::<D, _>(row, "expires_at")?,
            })
        };
        row.as_ref().map(device).transpose()
    }
}

fn key<D: Dialect>(counted: &Counted) -> Args<D> {
    Args::new().text(counted.way.as_str()).with(counted.subject.to_vec())
}

pub(crate) fn taking<D: Dialect>(place: &Place) -> Args<D> {
    key(&place.counted).with(place.at).with(place.ends_at).with(i64::from(place.limit))
}

pub(crate) fn giving_back<D: Dialect>(place: &Place) -> Args<D> {
    key(&place.counted).with(place.at)
}

pub(crate) async fn see_device<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    device: &Device,
    before: Option<TokenHash>,
) -> Result<(), StoreError> {
    let sql = &sql.limit;
    if let Some(before) = before {
        run::<D>(conn, &sql.move_devices, Args::new().with(before.to_vec()).with(device.hash.to_vec())).await?;
    }
    let args =
        Args::new().with(device.hash.to_vec()).text(device.user.as_str()).with(device.seen_at).with(device.expires_at);
    run::<D>(conn, &sql.put_device, args).await?;
    run::<D>(conn, &sql.trim_devices, Args::new().text(device.user.as_str())).await?;
    Ok(())
}

pub(crate) async fn forget_devices<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, user: &UserId) -> Result<(), StoreError> {
    run::<D>(conn, &sql.limit.remove_devices, Args::new().text(user.as_str())).await?;
    Ok(())
}
