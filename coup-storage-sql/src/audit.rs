//! The audit log, security events, and kept answers.

use std::sync::Arc;

use async_trait::async_trait;
use coup_core::{
    audit::{
        chain::{Hash, hex, link},
        model::{
            AdminAction, AuditEntry, AuditFilter, AuditHead, AuditRow, AuditTargetType, PersonalField, SecurityEvent,
            SecurityEventType,
        },
    },
    changes::Committed,
    env::Timestamp,
    id::UserId,
    idempotency::{Keep, KeptAnswer},
    page::Limit,
    store::{AuditReads, StoreError},
    user::model::Person,
};

use crate::{
    Dialect, Reads, Sql, Words,
    error::corrupt,
    reads::{Args, Conn, RowOf, Way, count, get, parse, rows, run, time},
    statements::statements,
    user::{PERSON, person, user_id},
};

const ROW: &str = "l.seq as l_seq, l.created_at as l_created_at, l.admin_id as l_admin_id, l.action as l_action, \
    l.target_type as l_target_type, l.target_id as l_target_id, l.bytes as l_bytes, l.hash as l_hash";
const EVENT: &str = "v.source as v_source, v.path as v_path, v.kind as v_kind, v.user_id as v_user_id, v.ip as v_ip, \
    v.count as v_count, v.at as v_at";

statements! {
    /// Statements of the audit log.
    AuditSql(words) {
        head: "select seq, hash from audit_head where one = 1",
        lock_head: format!("select seq, hash from audit_head where one = 1{}", words.for_update),
        move_head: "update audit_head set seq = $1, hash = $2 where one = 1",
        append: "insert into admin_logs (seq, created_at, admin_id, action, target_type, target_id, bytes, hash) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        erase_of_target: "delete from admin_log_personal \
             where seq in (select seq from admin_logs where target_type = 'USER' and target_id = $1) \
             and (field like 'before.%' or field like 'after.%')",
        erase_of_admin: "delete from admin_log_personal \
             where seq in (select seq from admin_logs where admin_id = $1) \
             and not (field like 'before.%' or field like 'after.%')",
        chain: format!(
            "select {ROW}, {} as l_spelling, {} as l_personal from admin_logs l where l.seq >= $1 order by l.seq limit $2",
            words.log_time, words.personal
        ),
        append_personal: "insert into admin_log_personal (seq, field, salt, value) values ($1, $2, $3, $4)",
        count_event: "insert into security_events (minute, source, path, kind, user_id, ip, count, at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (minute, source, path, kind) \
             do update set count = security_events.count + excluded.count, ip = excluded.ip",
        security_events: format!(
            "select {EVENT} from security_events v where v.at <= $2 order by v.at desc, v.source, v.path, v.kind limit $1"
        ),
        kept_answer: "select fingerprint, answer, at from idempotency_keys where user_id = $1 and key = $2",
        keep_answer: "insert into idempotency_keys (user_id, key, fingerprint, answer, at) values ($1, $2, $3, $4, $5)",
    }
}

/// What is chosen by, one bit each: a statement for every combination, so that each has the plan that fits it.
const BY: [(usize, &str); 4] = [(1, "l.admin_id"), (2, "l.action"), (4, "l.target_type"), (8, "l.target_id")];
/// The bit of newest first; without it oldest first.
const DOWN: usize = 16;

/// The statements that read the log, by their bits.
pub(crate) fn log_statements(words: &Words) -> Vec<(String, Arc<str>)> {
    let statement = |bits: usize| {
        let mut text = format!(
            "select {ROW}, {} as l_spelling, {} as l_personal, {PERSON} from admin_logs l ",
            words.log_time, words.personal
        );
        text += "left join users u on u.id = l.admin_id where l.created_at >= $3 and l.created_at < $4";
        let chosen = BY.iter().filter(|(bit, _)| bits & bit != 0);
        text.extend(chosen.enumerate().map(|(place, (_, column))| format!(" and {column} = ${}", place + 5)));
        text += if bits & DOWN == 0 { " and l.seq > $1 order by l.seq" } else { " and l.seq < $1 order by l.seq desc" };
        (format!("audit_log_{bits:02}"), Arc::from(text + " limit $2"))
    };
    (0..2 * DOWN).map(statement).collect()
}

fn hash<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Hash, StoreError> {
    let bytes: Vec<u8> = get::<D, _>(row, column)?;
    Hash::try_from(bytes.as_slice()).map_err(|why| corrupt(column, why))
}

fn head<D: Dialect>(row: Option<&RowOf<D>>) -> Result<AuditHead, StoreError> {
    let row = row.ok_or_else(|| StoreError::Corrupt("the audit log has no head".into()))?;
    Ok(AuditHead { seq: get::<D, _>(row, "seq")?, hash: hash::<D>(row, "hash")? })
}

fn personal<D: Dialect>(row: &RowOf<D>) -> Result<Vec<PersonalField>, StoreError> {
    let text: String = get::<D, _>(row, "l_personal")?;
    let fields: Vec<(String, String, String)> =
        serde_json::from_str(&text).map_err(|why| corrupt("l_personal", why))?;
    // Whatever is not a salt as it was written becomes one that fits no commitment: verifying shows it.
    let field = |(field, digits, value): (String, String, String)| PersonalField {
        field,
        salt: salt(&digits).unwrap_or_default(),
        value,
    };
    Ok(fields.into_iter().map(field).collect())
}

/// A salt in its one spelling: 32 lower-case hexadecimal digits.
fn salt(digits: &str) -> Option<[u8; 16]> {
    let mut salt = [0; 16];
    for (byte, place) in salt.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(place..place + 2)?, 16).ok()?;
    }
    (hex(&salt) == digits).then_some(salt)
}

/// When it happened, in the one spelling that sorts.
fn at<D: Dialect>(row: &RowOf<D>) -> Result<Timestamp, StoreError> {
    let at: Timestamp = get::<D, _>(row, "l_created_at")?;
    match get::<D, Option<String>>(row, "l_spelling")? {
        Some(text) if text != at.to_rfc3339() => {
            Err(corrupt("created_at", format!("{text:?} is another spelling than what is written")))
        }
        _ => Ok(at),
    }
}

fn log_row<D: Dialect>(row: &RowOf<D>) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        seq: get::<D, _>(row, "l_seq")?,
        at: at::<D>(row)?,
        admin: get::<D, _>(row, "l_admin_id")?,
        action: get::<D, _>(row, "l_action")?,
        target_type: get::<D, _>(row, "l_target_type")?,
        target_id: get::<D, _>(row, "l_target_id")?,
        bytes: get::<D, _>(row, "l_bytes")?,
        hash: hash::<D>(row, "l_hash")?,
        personal: personal::<D>(row)?,
    })
}

fn event<D: Dialect>(row: &RowOf<D>) -> Result<SecurityEvent, StoreError> {
    let user = match get::<D, Option<String>>(row, "v_user_id")? {
        None => None,
        Some(_) => Some(user_id::<D>(row, "v_user_id")?),
    };
    Ok(SecurityEvent {
        kind: parse::<D, _>(row, "v_kind", SecurityEventType::from_word)?,
        user,
        path: get::<D, _>(row, "v_path")?,
        ip: get::<D, _>(row, "v_ip")?,
        count: count::<D>(row, "v_count")?,
        at: get::<D, _>(row, "v_at")?,
    })
}

impl<D: Dialect> Reads<D> {
    async fn log(
        &self,
        filter: &AuditFilter,
        place: i64,
        limit: Limit,
        direction: usize,
    ) -> Result<Vec<RowOf<D>>, StoreError> {
        let AuditFilter { admin, action, target_type, target_id, from, to } = filter;
        let from = from.map_or_else(|| time(None, Way::Up), Ok)?;
        let to = to.map_or_else(|| time(None, Way::Down), Ok)?;
        let args = Args::<D>::new().with(place).limit(limit).with(from).with(to);
        let chosen = [
            admin.as_ref().map(UserId::as_str),
            action.map(AdminAction::as_str),
            target_type.map(AuditTargetType::as_str),
            target_id.as_deref(),
        ];
        let (bits, args) =
            BY.iter().zip(chosen).fold((direction, args), |(bits, args), ((bit, _), value)| match value {
                None => (bits, args),
                Some(value) => (bits | bit, args.text(value)),
            });
        let (_, statement) =
            self.sql().log.get(bits).ok_or_else(|| StoreError::Backend("no such statement of the log".into()))?;
        self.rows(statement, args).await
    }
}

#[async_trait]
impl<D: Dialect> AuditReads for Reads<D> {
    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        head::<D>(self.row(&self.sql().audit.head, Args::new()).await?.as_ref())
    }

    async fn audit_rows(&self, filter: &AuditFilter, after: i64, limit: Limit) -> Result<Vec<AuditRow>, StoreError> {
        if *filter == AuditFilter::default() {
            // Whatever somebody wrote into the columns, or whatever place they gave it.
            let first = if after == i64::MIN { after } else { after.saturating_add(1) };
            return self.list(&self.sql().audit.chain, Args::new().with(first).limit(limit), log_row::<D>).await;
        }
        self.log(filter, after, limit, 0).await?.iter().map(log_row::<D>).collect()
    }

    async fn audit_log(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: Limit,
    ) -> Result<Vec<(AuditRow, Option<Person>)>, StoreError> {
        let found = self.log(filter, before.unwrap_or(i64::MAX), limit, DOWN).await?;
        let read = |row| {
            let known = get::<D, Option<String>>(row, "u_id")?.is_some();
            Ok((log_row::<D>(row)?, if known { Some(person::<D>(row)?) } else { None }))
        };
        found.iter().map(read).collect()
    }

    async fn security_events(&self, limit: Limit) -> Result<Vec<SecurityEvent>, StoreError> {
        let args = Args::new().limit(limit).with(time(None, Way::Down)?);
        self.list(&self.sql().audit.security_events, args, event::<D>).await
    }
}

/// Appends to the chain. Its head is the last lock of a commit: whoever holds it waits for nobody.
pub(crate) async fn append<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    entries: Vec<AuditEntry>,
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = &sql.audit;
    let mut end = head::<D>(rows::<D>(conn, &sql.lock_head, Args::new()).await?.first())?;
    for AuditEntry { at, admin, action, target, bytes, personal } in entries {
        end.seq += 1;
        end.hash = link(&end.hash, end.seq, &bytes);
        let args = Args::new()
            .with(end.seq)
            .with(at)
            .maybe(admin.as_ref().map(UserId::as_str))
            .text(action.as_str())
            .maybe(target.as_ref().map(|target| target.kind.as_str()))
            .maybe(target.as_ref().map(|target| target.id.as_str()))
            .with(bytes)
            .with(end.hash.to_vec());
        run::<D>(conn, &sql.append, args).await?;
        for PersonalField { field, salt, value } in personal {
            let args = Args::new().with(end.seq).with(field).with(hex(&salt)).with(value);
            run::<D>(conn, &sql.append_personal, args).await?;
        }
    }
    run::<D>(conn, &sql.move_head, Args::new().with(end.seq).with(end.hash.to_vec())).await?;
    Ok(())
}

/// Takes personal values away: of a person as the one it was done to, and as the one who did it.
pub(crate) async fn erase<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, user: &UserId) -> Result<(), StoreError> {
    for statement in [&sql.audit.erase_of_target, &sql.audit.erase_of_admin] {
        run::<D>(conn, statement, Args::new().text(user.as_str())).await?;
    }
    Ok(())
}

pub(crate) async fn count_event<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    event: &SecurityEvent,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(event.minute())
        .with(event.source())
        .text(&event.path)
        .text(event.kind.as_str())
        .maybe(event.user.as_ref().map(UserId::as_str))
        .maybe(event.ip.as_deref())
        .with(i64::from(event.count))
        .with(event.at);
    run::<D>(conn, &sql.audit.count_event, args).await
}

/// Keeps the answer, last of all.
pub(crate) async fn keep_answer<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    keep: &Keep,
    committed: &Committed,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .text(keep.user.as_str())
        .text(keep.key.key.as_str())
        .with(keep.key.fingerprint.to_vec())
        .with(keep.answer(committed))
        .with(keep.at);
    run::<D>(conn, &sql.audit.keep_answer, args).await
}

pub(crate) fn kept_answer<D: Dialect>(row: &RowOf<D>) -> Result<KeptAnswer, StoreError> {
    Ok(KeptAnswer {
        fingerprint: hash::<D>(row, "fingerprint")?,
        answer: get::<D, _>(row, "answer")?,
        at: get::<D, _>(row, "at")?,
    })
}
