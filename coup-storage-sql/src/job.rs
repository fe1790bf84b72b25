//! Jobs, and what passes with time.

use async_trait::async_trait;
use coup_core::{
    changes::Passing,
    env::Timestamp,
    id::JobId,
    job::model::{Claim, Job},
    store::{JobReads, StoreError},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql, Words,
    error::corrupt,
    reads::{Args, Conn, RowOf, count, get, rows, run},
    statements::statements,
};

const JOB: &str = "id, kind, payload, run_at, lease_until, attempts, progress, result, last_error, finished_at, failed, \
    created_at, version";

statements! {
    /// Statements of jobs, and of what passes.
    JobSql(words) {
        job: format!("select {JOB} from jobs where id = $1"),
        insert: "insert into jobs (id, kind, payload, run_at, attempts, failed, created_at, version) \
             values ($1, $2, $3, $4, 0, $5, $6, 0)",
        save: "update jobs set payload = $2, run_at = $3, lease_until = $4, attempts = $5, progress = $6, result = $7, \
             last_error = $8, finished_at = $9, failed = $10, version = version + 1 \
             where id = $1 and version = $11",
        claim: claim(words, 1),
        prune_sessions: prune(words, "sessions", "id", "expires_at", ""),
        prune_verifications: prune(words, "verifications", "kind, email", "expires_at", ""),
        prune_attempts: prune(words, "attempts", "way, subject", "ends_at", ""),
        prune_devices: prune(words, "devices", "hash, user_id", "expires_at", ""),
        prune_study_events: prune(words, "study_events", "study_id, seq", "at", ""),
        prune_user_events: prune(words, "user_events", "user_id, seq", "at", ""),
        prune_answers: prune(words, "idempotency_keys", "user_id, key", "at", ""),
        prune_jobs: prune(words, "jobs", "id", "finished_at", " and finished_at is not null and not failed"),
        prune_security_events: prune(words, "security_events", "minute, source, path, kind", "at", ""),
        prune_half_sign_ins: prune(words, "half_sign_ins", "hash", "expires_at", ""),
        prune_flows: prune(words, "oauth_flows", "hash", "expires_at", ""),
        prune_tickets: prune(words, "tickets", "token_hash", "expires_at", ""),
        prune_revocations: prune(words, "revocations", "seq", "at", ""),
    }
}

/// Takes what is due of so many kinds; what another node is taking is passed over.
fn claim(words: &Words, kinds: usize) -> String {
    let kinds = (0..kinds).map(|place| format!("${}", place + 4)).collect::<Vec<_>>().join(", ");
    format!(
        "update jobs set lease_until = $2, attempts = attempts + 1, version = version + 1 \
         where id in (\
         select id from jobs \
         where kind in ({kinds}) and finished_at is null and run_at <= $1 and (lease_until is null or lease_until <= $1) \
         order by run_at, id limit $3{}) \
         returning {JOB}",
        words.skip_locked
    )
}

/// Takes the oldest away.
fn prune(words: &Words, table: &str, key: &str, at: &str, further: &str) -> String {
    let skip = words.skip_locked;
    format!(
        "delete from {table} where ({key}) in (\
         select {key} from {table} where {at} < $1{further} order by {at} limit $2{skip})"
    )
}

fn json<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Option<Value>, StoreError> {
    let text: Option<String> = get::<D, _>(row, column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|why| corrupt(column, why))).transpose()
}

fn job<D: Dialect>(row: &RowOf<D>) -> Result<Job, StoreError> {
    Ok(Job {
        id: JobId::from_uuid(get::<D, Uuid>(row, "id")?),
        kind: get::<D, _>(row, "kind")?,
        payload: json::<D>(row, "payload")?.unwrap_or_default(),
        run_at: get::<D, _>(row, "run_at")?,
        lease_until: get::<D, _>(row, "lease_until")?,
        attempts: count::<D>(row, "attempts")?,
        progress: json::<D>(row, "progress")?,
        result: json::<D>(row, "result")?,
        last_error: get::<D, _>(row, "last_error")?,
        finished_at: get::<D, _>(row, "finished_at")?,
        failed: get::<D, _>(row, "failed")?,
        created_at: get::<D, _>(row, "created_at")?,
        version: get::<D, _>(row, "version")?,
    })
}

#[async_trait]
impl<D: Dialect> JobReads for Reads<D> {
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.row(&self.sql().job.job, Args::new().with(id.as_uuid())).await?.as_ref().map(job::<D>).transpose()
    }
}

/// A job as it is asked for.
pub(crate) struct Asked {
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) payload: Value,
    pub(crate) run_at: Timestamp,
    pub(crate) created_at: Timestamp,
}

pub(crate) async fn insert_job<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, job: &Asked) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(job.id.as_uuid())
        .text(&job.kind)
        .with(job.payload.to_string())
        .with(job.run_at)
        .with(false)
        .with(job.created_at);
    run::<D>(conn, &sql.job.insert, args).await
}

pub(crate) async fn save_job<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, job: &Job) -> Result<u64, StoreError> {
    let json = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let args = Args::new()
        .with(job.id.as_uuid())
        .with(job.payload.to_string())
        .with(job.run_at)
        .with(job.lease_until)
        .with(i64::from(job.attempts))
        .with(json(&job.progress))
        .with(json(&job.result))
        .maybe(job.last_error.as_deref())
        .with(job.finished_at)
        .with(job.failed)
        .with(job.version);
    run::<D>(conn, &sql.job.save, args).await
}

pub(crate) async fn claim_jobs<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    asked: &Claim,
) -> Result<Vec<Job>, StoreError> {
    if asked.kinds.is_empty() {
        return Ok(Vec::new());
    }
    let statement =
        if asked.kinds.len() == 1 { sql.job.claim.clone() } else { claim(&D::WORDS, asked.kinds.len()).into() };
    let args = Args::<D>::new().with(asked.now).with(asked.lease_until).with(i64::from(asked.most));
    let args = asked.kinds.iter().fold(args, |args, kind| args.text(kind));
    let claimed = rows::<D>(conn, &statement, args).await?;
    let mut claimed = claimed.iter().map(job::<D>).collect::<Result<Vec<_>, _>>()?;
    claimed.sort_by_key(|job| (job.run_at, job.id));
    Ok(claimed)
}

pub(crate) async fn prune_rows<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    what: Passing,
    before: Timestamp,
    most: u32,
) -> Result<u64, StoreError> {
    let sql = &sql.job;
    let statements: &[_] = match what {
        Passing::Sessions => &[&sql.prune_sessions],
        Passing::Verifications => &[&sql.prune_verifications],
        Passing::Attempts => &[&sql.prune_attempts],
        Passing::Devices => &[&sql.prune_devices],
        Passing::Events => &[&sql.prune_study_events, &sql.prune_user_events],
        Passing::Answers => &[&sql.prune_answers],
        Passing::Jobs => &[&sql.prune_jobs],
        Passing::SecurityEvents => &[&sql.prune_security_events],
        Passing::HalfSignIns => &[&sql.prune_half_sign_ins],
        Passing::Flows => &[&sql.prune_flows],
        Passing::Tickets => &[&sql.prune_tickets],
        Passing::Revocations => &[&sql.prune_revocations],
    };
    let mut gone = 0;
    for statement in statements {
        let most = i64::from(most) - i64::try_from(gone).unwrap_or(i64::MAX);
        gone += run::<D>(conn, statement, Args::new().with(before).with(most.max(0))).await?;
    }
    Ok(gone)
}
