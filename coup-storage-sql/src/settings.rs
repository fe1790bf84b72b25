//! Settings that administrators changed. One row holds how often: its version is the lock of all.

use async_trait::async_trait;
use coup_core::{
    id::UserId,
    settings::model::{StoredSetting, StoredSettings},
    store::{SettingReads, StoreError},
};

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, get, run},
    statements::statements,
    user::user_id,
};

statements! {
    /// Statements of settings.
    SettingSql(_words) {
        settings: "select h.version as of_all, s.key, s.value, s.version, s.updated_by, s.updated_at \
             from setting_head h \
             left join settings s on true \
             where h.one = 1",
        move_head: "update setting_head set version = version + 1 where one = 1 and version = $1",
        save: "insert into settings (key, value, version, updated_by, updated_at) values ($1, $2, $3, $4, $5) \
             on conflict (key) do update set value = excluded.value, version = excluded.version, \
             updated_by = excluded.updated_by, updated_at = excluded.updated_at",
    }
}

#[async_trait]
impl<D: Dialect> SettingReads for Reads<D> {
    async fn settings(&self) -> Result<StoredSettings, StoreError> {
        let rows = self.rows(&self.sql().settings.settings, Args::new()).await?;
        let first = rows.first().ok_or_else(|| StoreError::Corrupt("the settings have no head".into()))?;
        let mut settings = StoredSettings { version: get::<D, _>(first, "of_all")?, ..StoredSettings::default() };
        for row in &rows {
            let Some(key) = get::<D, Option<String>>(row, "key")? else { continue };
            let value: String = get::<D, _>(row, "value")?;
            let updated_by = match get::<D, Option<String>>(row, "updated_by")? {
                None => None,
                Some(_) => Some(user_id::<D>(row, "updated_by")?),
            };
            let setting = StoredSetting {
                value: serde_json::from_str(&value).map_err(|why| corrupt("value", why))?,
                version: get::<D, _>(row, "version")?,
                updated_by,
                updated_at: get::<D, _>(row, "updated_at")?,
            };
            settings.values.insert(key, setting);
        }
        Ok(settings)
    }
}

/// Writes those that came with this change; nothing if it was decided on an older state.
pub(crate) async fn save_settings<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    settings: &StoredSettings,
) -> Result<u64, StoreError> {
    let sql = &sql.settings;
    let moved = run::<D>(conn, &sql.move_head, Args::new().with(settings.version)).await?;
    if moved == 0 {
        return Ok(0);
    }
    let changed = settings.values.iter().filter(|(_, row)| row.version > settings.version);
    for (key, row) in changed {
        let args = Args::new()
            .text(key)
            .with(row.value.to_string())
            .with(row.version)
            .maybe(row.updated_by.as_ref().map(UserId::as_str))
            .with(row.updated_at);
        run::<D>(conn, &sql.save, args).await?;
    }
    Ok(moved)
}
