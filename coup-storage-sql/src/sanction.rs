//! Sanctions.

use coup_core::{
    env::Timestamp,
    id::UserId,
    sanction::model::{ActiveSanction, Sanction},
    store::StoreError,
};

use crate::{
    Dialect, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, get, run},
    statements::statements,
};

statements! {
    /// Statements of sanctions.
    SanctionSql(_words) {
        insert: "insert into sanctions \
             (id, user_id, admin_id, kind, reason, expires_at, is_active, lifted_by, lift_reason, lifted_at, mistaken, created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        save: "update sanctions set expires_at = $2, is_active = $3, lifted_by = $4, lift_reason = $5, lifted_at = $6, mistaken = $7, \
             version = version + 1 \
             where id = $1 and version = $8",
    }
}

/// Reads the JSON list of the dialect's words.
pub(crate) fn active<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Vec<ActiveSanction>, StoreError> {
    let text: String = get::<D, _>(row, column)?;
    let list: Vec<(String, Option<Timestamp>)> = serde_json::from_str(&text).map_err(|why| corrupt(column, why))?;
    let one = |(kind, expires_at): (String, _)| {
        Ok(ActiveSanction { kind: kind.parse().map_err(|why| corrupt(column, why))?, expires_at })
    };
    list.into_iter().map(one).collect()
}

pub(crate) async fn insert_sanction<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    sanction: &Sanction,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(sanction.id.as_uuid())
        .text(sanction.user_id.as_str())
        .maybe(sanction.admin_id.as_ref().map(UserId::as_str))
        .text(sanction.kind.name())
        .text(&sanction.reason)
        .with(sanction.expires_at)
        .with(sanction.is_active)
        .maybe(sanction.lifted_by.as_ref().map(UserId::as_str))
        .maybe(sanction.lift_reason.as_deref())
        .with(sanction.lifted_at)
        .with(sanction.mistaken)
        .with(sanction.created_at)
        .with(sanction.version);
    run::<D>(conn, &sql.sanction.insert, args).await
}

/// What was imposed stays as it was; its end and its lifting are saved.
pub(crate) async fn save_sanction<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    sanction: &Sanction,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(sanction.id.as_uuid())
        .with(sanction.expires_at)
        .with(sanction.is_active)
        .maybe(sanction.lifted_by.as_ref().map(UserId::as_str))
        .maybe(sanction.lift_reason.as_deref())
        .with(sanction.lifted_at)
        .with(sanction.mistaken)
        .with(sanction.version);
    run::<D>(conn, &sql.sanction.save, args).await
}
