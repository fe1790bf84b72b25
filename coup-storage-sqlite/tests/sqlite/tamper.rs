//! The audit log in the hands of whoever owns the file: what this program refuses, and what verifying finds.

use std::sync::Arc;

use coup_core::{
    audit::{model::AuditHead, service::verify},
    store::{AuditReads as _, Store},
    testing::tampering::{RawEntry, RawLog, RawPersonal, Tampering, tamperings, write_log},
};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::fresh::FreshStore;

async fn written() -> (FreshStore, AuditHead) {
    let fresh = FreshStore::new().await;
    let store: Arc<dyn Store> = Arc::new(fresh.store.clone());
    let head = write_log(store).await;
    (fresh, head)
}

async fn owner(fresh: &FreshStore) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(fresh.folder.path().join("coup.db")).foreign_keys(false);
    options.pragma("synchronous", "off").connect().await.unwrap()
}

/// Takes away what the tables themselves hold against changes.
async fn unlocked(fresh: &FreshStore) -> SqliteConnection {
    let mut conn = owner(fresh).await;
    let triggers: Vec<String> = sqlx::query(
        "select name from sqlite_schema where type = 'trigger' and name like '%admin_log%' or name like 'audit_head%'",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap()
    .iter()
    .map(|row| row.get(0))
    .collect();
    for trigger in triggers.iter().filter(|name| !name.starts_with("sqlite_")) {
        sqlx::raw_sql(AssertSqlSafe(format!("drop trigger if exists {trigger}"))).execute(&mut conn).await.unwrap();
    }
    sqlx::raw_sql("pragma ignore_check_constraints = on").execute(&mut conn).await.unwrap();
    conn
}

async fn read(conn: &mut SqliteConnection) -> RawLog {
    let rows = sqlx::query("select * from admin_logs order by seq").fetch_all(&mut *conn).await.unwrap();
    let entries = rows.iter().map(|row| RawEntry {
        seq: row.get("seq"),
        created_at: row.get("created_at"),
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
async fn write(conn: &mut SqliteConnection, log: &RawLog) -> bool {
    let written = write_all(conn, log).await;
    let end = if written.is_ok() { "commit" } else { "rollback" };
    sqlx::raw_sql(end).execute(conn).await.unwrap();
    written.is_ok()
}

async fn write_all(conn: &mut SqliteConnection, log: &RawLog) -> Result<(), sqlx::Error> {
    let clear = "begin immediate; delete from admin_log_personal; delete from admin_logs; delete from audit_head;";
    sqlx::raw_sql(clear).execute(&mut *conn).await?;
    for entry in &log.entries {
        sqlx::query("insert into admin_logs values ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(entry.seq)
            .bind(&entry.created_at)
            .bind(&entry.admin_id)
            .bind(&entry.action)
            .bind(&entry.target_type)
            .bind(&entry.target_id)
            .bind(&entry.bytes)
            .bind(&entry.hash)
            .execute(&mut *conn)
            .await?;
    }
    for field in &log.personal {
        sqlx::query("insert into admin_log_personal values ($1, $2, $3, $4)")
            .bind(field.seq)
            .bind(&field.field)
            .bind(&field.salt)
            .bind(&field.value)
            .execute(&mut *conn)
            .await?;
    }
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
    if std::env::var("COUP_LONG").is_ok() { 20_000 } else { 1_000 }
}

#[test]
fn a_thousand_tamperings_are_all_found() {
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
            if log == whole || !write(&mut conn, &log).await {
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
    runtime.block_on(fresh.store.close());
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

/// What no text can say: bytes that are none, and values of a wrong kind or length.
#[tokio::test]
async fn damage_that_cannot_be_read_is_found_and_the_entry_named() {
    for damage in [
        "update admin_logs set bytes = cast(x'ff' || cast(bytes as blob) as text) where seq = 7",
        "update admin_logs set action = cast(x'ff41' as text) where seq = 7",
        "update admin_logs set created_at = 'once' where seq = 7",
        "update admin_logs set created_at = replace(created_at, 'T', ' ') where seq = 7",
        "update admin_logs set created_at = replace(created_at, '+00:00', 'Z') where seq = 7",
        "update admin_logs set hash = substr(hash, 1, 31) where seq = 7",
        "update admin_logs set hash = cast(hash || x'00' as blob) where seq = 7",
        "update admin_log_personal set value = cast(x'ff' as text) where seq = 7",
        "update admin_log_personal set salt = upper(salt) where seq = 7",
        "update admin_log_personal set salt = salt || '00' where seq = 7",
    ] {
        let (fresh, _) = written().await;
        let mut conn = unlocked(&fresh).await;
        let changed = sqlx::raw_sql(damage).execute(&mut conn).await.unwrap().rows_affected();
        assert!(changed > 0, "{damage}");
        let broken = verify(&fresh.store, None).await.unwrap().unwrap_err();
        assert_eq!(broken.seq(), 7, "{damage}: {broken}");
        fresh.store.close().await;
    }
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
        "insert or replace into admin_logs select * from admin_logs where seq = 3",
        "replace into admin_logs select seq, created_at, admin_id, 'USER_VIEW', target_type, target_id, bytes, hash from admin_logs where seq = 3",
        "update admin_log_personal set value = 'somebody else'",
        "insert or replace into admin_log_personal select seq, field, salt, 'somebody else' from admin_log_personal where seq = 3",
        "delete from audit_head",
        "insert or replace into audit_head (one, seq, hash) values (1, 0, zeroblob(32))",
    ] {
        let refused = sqlx::raw_sql(attempt).execute(&mut conn).await.unwrap_err();
        assert!(refused.to_string().contains("append only"), "{attempt}: {refused}");
    }
    assert_eq!(fresh.store.audit_head().await.unwrap(), head);
    assert!(verify(&fresh.store, Some(head)).await.unwrap().is_ok());
}
