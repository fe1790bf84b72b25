//! Sanctions and appeals.

use async_trait::async_trait;
use coup_core::{
    appeal::model::{Appeal, AppealStatus},
    env::Timestamp,
    id::{AppealId, ReportId, SanctionId, UserId},
    page::{Keyset, Limit},
    policy::{AdminRole, SanctionType},
    sanction::model::{ActiveSanction, Days, Sanction},
    store::{SanctionReads, StoreError},
    text::AppealText,
};
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    moderation::maybe_user,
    reads::{Args, Conn, RowOf, Way, get, parse, run, time_and_uuid},
    statements::statements,
    user::user_id,
};

/// The columns of `sanctions x`.
const SANCTION: &str = "x.id as x_id, x.user_id as x_user_id, x.admin_id as x_admin_id, x.kind as x_kind, x.days as x_days, \
    x.reason as x_reason, x.report_id as x_report_id, x.expires_at as x_expires_at, x.is_active as x_is_active, \
    x.lifted_by as x_lifted_by, x.lift_reason as x_lift_reason, x.lifted_at as x_lifted_at, x.mistaken as x_mistaken, \
    x.created_at as x_created_at, x.version as x_version";
/// The columns of `appeals a`.
const APPEAL: &str = "a.id as a_id, a.sanction_id as a_sanction_id, a.user_id as a_user_id, a.text as a_text, a.kind as a_kind, \
    a.days as a_days, a.status as a_status, a.decided_by as a_decided_by, a.decided_role as a_decided_role, \
    a.decided_at as a_decided_at, a.words as a_words, a.created_at as a_created_at, a.version as a_version";

statements! {
    /// Statements of sanctions.
    SanctionSql(words) {
        sanction: format!("select {SANCTION}, {APPEAL} from sanctions x left join appeals a on a.sanction_id = x.id where x.id = $1"),
        sanctions_of: format!(
            "select {SANCTION}, {APPEAL} from sanctions x left join appeals a on a.sanction_id = x.id \
             where x.user_id = $1 order by x.id desc"
        ),
        appeal: format!("select {SANCTION}, {APPEAL} from appeals a join sanctions x on x.id = a.sanction_id where a.id = $1"),
        appeals: appeals("true"),
        appeals_in: appeals("a.status = $5"),
        lock_sanction: format!("select version from sanctions where id = $1{}", words.for_update),
        lock_appeal: format!("select version from appeals where id = $1{}", words.for_update),
        insert: "insert into sanctions \
             (id, user_id, admin_id, kind, days, reason, report_id, expires_at, is_active, lifted_by, lift_reason, lifted_at, mistaken, \
              created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        save: "update sanctions set expires_at = $2, is_active = $3, lifted_by = $4, lift_reason = $5, lifted_at = $6, mistaken = $7, \
             kind = $9, days = $10, version = version + 1 \
             where id = $1 and version = $8",
        insert_appeal: "insert into appeals \
             (id, sanction_id, user_id, text, kind, days, status, decided_by, decided_role, decided_at, words, created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        save_appeal: "update appeals set status = $2, decided_by = $3, decided_role = $4, decided_at = $5, words = $6, version = version + 1 \
             where id = $1 and version = $7",
    }
}

/// Appeals that the viewer `$4` has no part in, if there is one: neither in the sanction nor in the case that it answers.
fn appeals(which: &str) -> String {
    format!(
        "select {SANCTION}, {APPEAL} from appeals a join sanctions x on x.id = a.sanction_id \
         where {which} and (a.created_at, a.id) > ($1, $2) \
         and (cast($4 as text) is null or (x.user_id <> cast($4 as text) and (x.admin_id is null or x.admin_id <> cast($4 as text)) \
          and not exists (select 1 from reports f join report_cases c on c.id = f.case_id where f.id = x.report_id \
           and (exists (select 1 from reports y where y.case_id = c.id and y.reporter_id = cast($4 as text)) \
            or exists (select 1 from study_members m where m.study_id = c.study_id and m.user_id = cast($4 as text) \
             and m.status = 'ACTIVE' and m.role in ('OWNER', 'ADMIN')))))) \
         order by a.created_at, a.id limit $3"
    )
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

fn days<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Option<Days>, StoreError> {
    let days: Option<i64> = get::<D, _>(row, column)?;
    days.map(|days| Days::new(column, days).map_err(|why| corrupt(column, why))).transpose()
}

fn kind<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<SanctionType, StoreError> {
    parse::<D, _>(row, column, |word| word.parse().ok())
}

fn sanction<D: Dialect>(row: &RowOf<D>) -> Result<Sanction, StoreError> {
    Ok(Sanction {
        id: SanctionId::from_uuid(get::<D, _>(row, "x_id")?),
        user_id: user_id::<D>(row, "x_user_id")?,
        admin_id: maybe_user::<D>(row, "x_admin_id")?,
        kind: kind::<D>(row, "x_kind")?,
        days: days::<D>(row, "x_days")?,
        reason: get::<D, _>(row, "x_reason")?,
        report_id: get::<D, Option<Uuid>>(row, "x_report_id")?.map(ReportId::from_uuid),
        expires_at: get::<D, _>(row, "x_expires_at")?,
        is_active: get::<D, _>(row, "x_is_active")?,
        lifted_by: maybe_user::<D>(row, "x_lifted_by")?,
        lift_reason: get::<D, _>(row, "x_lift_reason")?,
        lifted_at: get::<D, _>(row, "x_lifted_at")?,
        mistaken: get::<D, _>(row, "x_mistaken")?,
        created_at: get::<D, _>(row, "x_created_at")?,
        version: get::<D, _>(row, "x_version")?,
    })
}

/// Reads an appeal that an outer join may have left out.
fn appeal_of<D: Dialect>(row: &RowOf<D>) -> Result<Option<Appeal>, StoreError> {
    match get::<D, Option<Uuid>>(row, "a_id")? {
        None => Ok(None),
        Some(_) => appeal::<D>(row).map(Some),
    }
}

fn appeal<D: Dialect>(row: &RowOf<D>) -> Result<Appeal, StoreError> {
    let role: Option<String> = get::<D, _>(row, "a_decided_role")?;
    Ok(Appeal {
        id: AppealId::from_uuid(get::<D, _>(row, "a_id")?),
        sanction_id: SanctionId::from_uuid(get::<D, _>(row, "a_sanction_id")?),
        user_id: user_id::<D>(row, "a_user_id")?,
        text: AppealText::from_stored(get::<D, _>(row, "a_text")?),
        kind: kind::<D>(row, "a_kind")?,
        days: days::<D>(row, "a_days")?,
        status: parse::<D, _>(row, "a_status", AppealStatus::from_word)?,
        decided_by: maybe_user::<D>(row, "a_decided_by")?,
        decided_role: role.map(|word| word.parse().map_err(|why| corrupt("a_decided_role", why))).transpose()?,
        decided_at: get::<D, _>(row, "a_decided_at")?,
        words: get::<D, _>(row, "a_words")?,
        created_at: get::<D, _>(row, "a_created_at")?,
        version: get::<D, _>(row, "a_version")?,
    })
}

#[async_trait]
impl<D: Dialect> SanctionReads for Reads<D> {
    async fn sanction(&self, id: SanctionId) -> Result<Option<(Sanction, Option<Appeal>)>, StoreError> {
        let row = self.row(&self.sql().sanction.sanction, Args::new().with(id.as_uuid())).await?;
        row.map(|row| Ok((sanction::<D>(&row)?, appeal_of::<D>(&row)?))).transpose()
    }

    async fn sanctions_of(&self, user: &UserId) -> Result<Vec<(Sanction, Option<Appeal>)>, StoreError> {
        let args = Args::new().text(user.as_str());
        self.list(&self.sql().sanction.sanctions_of, args, |row| Ok((sanction::<D>(row)?, appeal_of::<D>(row)?))).await
    }

    async fn appeal(&self, id: AppealId) -> Result<Option<(Appeal, Sanction)>, StoreError> {
        let row = self.row(&self.sql().sanction.appeal, Args::new().with(id.as_uuid())).await?;
        row.map(|row| Ok((appeal::<D>(&row)?, sanction::<D>(&row)?))).transpose()
    }

    async fn appeals(
        &self,
        viewer: Option<&UserId>,
        status: Option<AppealStatus>,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Appeal, Sanction)>, StoreError> {
        let (at, id) = time_and_uuid(after, Way::Up)?;
        let args = Args::new().with(at).with(id).limit(limit).maybe(viewer.map(UserId::as_str));
        let sql = &self.sql().sanction;
        let (statement, args) = match status {
            None => (&sql.appeals, args),
            Some(status) => (&sql.appeals_in, args.text(status.as_str())),
        };
        self.list(statement, args, |row| Ok((appeal::<D>(row)?, sanction::<D>(row)?))).await
    }
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
        .with(sanction.days.map(|days| i64::from(days.get())))
        .text(&sanction.reason)
        .with(sanction.report_id.map(|report| report.as_uuid()))
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

/// By whom, when and why it was imposed stays as it was; its end, its lifting and what it was reduced to are saved.
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
        .with(sanction.version)
        .text(sanction.kind.name())
        .with(sanction.days.map(|days| i64::from(days.get())));
    run::<D>(conn, &sql.sanction.save, args).await
}

pub(crate) async fn insert_appeal<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    appeal: &Appeal,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(appeal.id.as_uuid())
        .with(appeal.sanction_id.as_uuid())
        .text(appeal.user_id.as_str())
        .text(appeal.text.as_str())
        .text(appeal.kind.name())
        .with(appeal.days.map(|days| i64::from(days.get())))
        .text(appeal.status.as_str())
        .maybe(appeal.decided_by.as_ref().map(UserId::as_str))
        .maybe(appeal.decided_role.map(AdminRole::name))
        .with(appeal.decided_at)
        .maybe(appeal.words.as_deref())
        .with(appeal.created_at)
        .with(appeal.version);
    run::<D>(conn, &sql.sanction.insert_appeal, args).await
}

/// What was said stays as it was; the decision is saved.
pub(crate) async fn save_appeal<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, appeal: &Appeal) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(appeal.id.as_uuid())
        .text(appeal.status.as_str())
        .maybe(appeal.decided_by.as_ref().map(UserId::as_str))
        .maybe(appeal.decided_role.map(AdminRole::name))
        .with(appeal.decided_at)
        .maybe(appeal.words.as_deref())
        .with(appeal.version);
    run::<D>(conn, &sql.sanction.save_appeal, args).await
}
