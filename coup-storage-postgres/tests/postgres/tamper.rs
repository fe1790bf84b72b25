//! The audit log in the hands of whoever owns the database: what the tables refuse, and what verifying finds.

use std::sync::Arc;

use coup_core::{
    audit::{model::AuditHead, service::verify},
    store::{AuditReads as _, Store},
    testing::tampering::{RawEntry, RawLog, RawPersonal, Tampering, tamperings, write_log},
};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use crate::fresh::{FreshStore, url};

async fn written() -> (FreshStore, AuditHead) {
    let fresh = FreshStore::new().await;
    let store: Arc<dyn Store> = Arc::new(fresh.store.clone());
    let head = write_log(store).await;
    (fresh, head)
}

async fn owner(fresh: &FreshStore) -> PgConnection {
    let mut conn = PgConnection::connect(&url()).await.unwrap();
    let path = format!("set search_path = {}; set synchronous_commit = off", fresh.schema);
    sqlx::raw_sql(AssertSqlSafe(path)).execute(&mut conn).await.unwrap();
    conn
}

/// Takes away what the tables themselves hold against changes.
async fn unlocked(fresh: &FreshStore) -> PgConnection {
    let mut conn = owner(fresh).await;
    let unlock = "alter table admin_logs disable trigger user; \
        alter table admin_log_personal disable trigger user; \
        alter table audit_head disable trigger user; \
        alter table admin_log_personal drop constraint admin_log_personal_seq_fkey; \
        alter table admin_logs drop constraint admin_logs_admin_id_fkey; \
        alter table admin_logs drop constraint admin_logs_seq_check";
    sqlx::raw_sql(unlock).execute(&mut conn).await.unwrap();
    conn
}

async fn read(conn: &mut PgConnection) -> RawLog {
    let rows = sqlx::query("select *, cast(created_at as text) as spelt from admin_logs order by seq");
    let rows = rows.fetch_all(&mut *conn).await.unwrap();
    let entries = rows.iter().map(|row| RawEntry {
        seq: row.get("seq"),
        created_at: row.get("spelt"),
        admin_id: row.get("admin_id"),
        action: row.get("action"),
        target_type: row.get("target_type"),
        target_id: row.get("target_id"),
        bytes: row.get("bytes"),
        hash: row.get("hash"),
    });
    let entries = entries.collect();
    let rows = sqlx::query("select * from admin_log_personal order by seq, field").fetch_all(&mut *conn).await.unwrap();
    let personal = rows.iter().map(|row| RawPersonal {
        seq: row.get("seq"),
        field: row.get("field"),
        salt: row.get("salt"),
        value: row.get("value"),
    });
    let personal = personal.collect();
    let head = sqlx::query("select seq, hash from audit_head").fetch_optional(&mut *conn).await.unwrap();
    RawLog { entries, personal, head: head.map(|row| (row.get("seq"), row.get("hash"))) }
}

/// Puts a log in place of the one there is, or leaves it if the tables cannot hold it.
async fn write(conn: &mut PgConnection, log: &RawLog) -> bool {
    let written = write_all(conn, log).await;
    let end = if written.is_ok() { "commit" } else { "rollback" };
    sqlx::raw_sql(end).execute(conn).await.unwrap();
    written.is_ok()
}

async fn write_all(conn: &mut PgConnection, log: &RawLog) -> Result<(), sqlx::Error> {
    let clear = "begin; delete from admin_log_personal; delete from admin_logs; delete from audit_head;";
    sqlx::raw_sql(clear).execute(&mut *conn).await?;
    let of = |read: fn(&RawEntry) -> Option<String>| log.entries.iter().map(read).collect::<Vec<_>>();
    sqlx::query(
        "insert into admin_logs \
         select seq, cast(at as timestamptz), admin, action, kind, id, bytes, hash \
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[]) \
         as x (seq, at, admin, action, kind, id, bytes, hash)",
    )
    .bind(log.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>())
    .bind(of(|entry| Some(entry.created_at.clone())))
    .bind(of(|entry| entry.admin_id.clone()))
    .bind(of(|entry| Some(entry.action.clone())))
    .bind(of(|entry| entry.target_type.clone()))
    .bind(of(|entry| entry.target_id.clone()))
    .bind(of(|entry| Some(entry.bytes.clone())))
    .bind(log.entries.iter().map(|entry| entry.hash.clone()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    let of = |read: fn(&RawPersonal) -> String| log.personal.iter().map(read).collect::<Vec<_>>();
    sqlx::query(
        "insert into admin_log_personal \
         select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])",
    )
    .bind(log.personal.iter().map(|field| field.seq).collect::<Vec<_>>())
    .bind(of(|field| field.field.clone()))
    .bind(of(|field| field.salt.clone()))
    .bind(of(|field| field.value.clone()))
    .execute(&mut *conn)
    .await?;
    if let Some((seq, hash)) = &log.head {
        sqlx::query("insert into audit_head values (1, $1, $2)").bind(seq).bind(hash).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Whether verifying finds it; what was erased is told apart.
async fn found(store: &dyn Store, anchor: Option<AuditHead>) -> bool {
    match verify(store, anchor).await.unwrap() {
        Ok(verified) => verified.erased > 0,
        Err(_) => true,
    }
}

#[expect(clippy::disallowed_methods, reason = "the switch of the long run")]
fn cases() -> u32 {
    if std::env::var("COUP_LONG").is_ok() { 5_000 } else { 300 }
}

#[test]
fn three_hundred_tamperings_are_all_found() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (fresh, head) = runtime.block_on(written());
    let conn = tokio::sync::Mutex::new(runtime.block_on(unlocked(&fresh)));
    let whole = runtime.block_on(async { read(&mut *conn.lock().await).await });
    assert_eq!((whole.entries.len(), whole.personal.len() > 100), (44, true));
    assert!(runtime.block_on(verify(&fresh.store, Some(head))).unwrap().is_ok());

    let config =
        Config { cases: cases(), max_global_rejects: 1_000_000, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&tamperings(), |tampering: Tampering| {
        runtime.block_on(async {
            let mut conn = conn.lock().await;
            let mut log = whole.clone();
            tampering.apply(&mut log);
            // Another spelling of the same instant is the same value here.
            if log == whole || !write(&mut conn, &log).await || read(&mut conn).await == whole {
                return Err(TestCaseError::reject("nothing was changed"));
            }
            let anchor = tampering.needs_anchor().then_some(head);
            let found = found(&fresh.store, anchor).await;
            assert!(write(&mut conn, &whole).await);
            if found { Ok(()) } else { Err(TestCaseError::fail("verifying found nothing")) }
        })
    });
    result.unwrap();
    assert!(runtime.block_on(verify(&fresh.store, Some(head))).unwrap().is_ok(), "what was put back is whole");
}

#[tokio::test]
async fn a_cut_off_end_with_a_head_to_fit_is_found_against_an_exported_head_only() {
    let (fresh, head) = written().await;
    let mut conn = unlocked(&fresh).await;
    let mut log = read(&mut conn).await;
    Tampering::CutOffWithHead(40).apply(&mut log);
    assert!(write(&mut conn, &log).await);
    assert_eq!(verify(&fresh.store, None).await.unwrap().unwrap().head.seq, 40);
    let broken = verify(&fresh.store, Some(head)).await.unwrap().unwrap_err();
    assert_eq!((broken.code(), broken.seq()), ("anchor", 40));
}

#[tokio::test]
async fn the_log_is_append_only_for_whoever_uses_the_tables() {
    let (fresh, head) = written().await;
    let mut conn = owner(&fresh).await;
    for attempt in [
        "update admin_logs set action = 'USER_VIEW' where seq = 3",
        "update admin_logs set seq = 99 where seq = 3",
        "delete from admin_logs where seq = 44",
        "delete from admin_logs",
        "truncate admin_logs cascade",
        "insert into admin_logs select * from admin_logs where seq = 3 on conflict (seq) do update set action = 'USER_VIEW'",
        "update admin_log_personal set value = 'somebody else'",
        "truncate admin_log_personal",
        "delete from audit_head",
        "truncate audit_head",
    ] {
        let refused = sqlx::raw_sql(attempt).execute(&mut conn).await.unwrap_err();
        assert!(refused.to_string().contains("append only"), "{attempt}: {refused}");
    }
    assert_eq!(fresh.store.audit_head().await.unwrap(), head);
    assert!(verify(&fresh.store, Some(head)).await.unwrap().is_ok());
}
