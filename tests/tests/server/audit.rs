//! The audit log from an administrator's call to `verify-audit`, on both databases.

use std::process::Output;

use coup_core::audit::model::AuditHead;
use coup_tests::{Person, Server, TestDatabase};
use serde_json::json;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// `verify-audit` as an operator types it.
fn verify(server: &Server, database: Option<&str>, more: &[&str]) -> Output {
    let mut command = Server::command();
    command.arg("verify-audit").arg("--data-dir").arg(server.data_dir()).args(more);
    if let Some(url) = database {
        command.args(["--database-url", url]);
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Signs the first administrator in, who makes another one and reads the log.
async fn administer(server: &Server) {
    let root = Person::first_administrator(server).await;
    let mut guest = Person::new(server, "이서연").await;
    guest.sets_up_second_factor().await;
    let body = json!({ "userId": guest.id, "role": "MODERATOR", "expiresAt": "2090-01-01T00:00:00Z" });
    root.post("/admin/settings/admins", body).await.is(201);
    guest.get("/admin/settings/logs").await.is(200);
    guest.get("/admin/settings/logs/export").await.refuses(403, "forbidden");
    let found = root.get("/admin/settings/logs/verify").await.is(200);
    assert_eq!((&found.body["intact"], &found.body["entries"]), (&json!(true), &json!(5)));
}

/// What was done stands there; a change, and a cut-off end, do not stay unseen.
async fn tell_apart(server: &Server, database: Option<&str>, tamper: impl AsyncFn(&str)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("head");
    let exported = verify(server, database, &["--export-head", file.to_str().unwrap()]);
    assert_eq!(exported.status.code(), Some(0), "{exported:?}");
    let head = std::fs::read_to_string(&file).unwrap();
    let head: AuditHead = head.trim().parse().unwrap();
    assert!(said(&exported).contains(&head.to_string()) && head.seq == 5, "{exported:?}");
    let anchor = head.to_string();
    assert_eq!(verify(server, database, &["--head", &anchor]).status.code(), Some(0));

    // The end goes, and the head with it: only the one that was kept tells.
    tamper("delete from admin_log_personal where seq = 5").await;
    tamper("update audit_head set seq = 4, hash = (select hash from admin_logs where seq = 4)").await;
    tamper("delete from admin_logs where seq = 5").await;
    assert_eq!(verify(server, database, &[]).status.code(), Some(0));
    let cut = verify(server, database, &["--head", &anchor, "--export-head", "/nowhere/head"]);
    assert_eq!(cut.status.code(), Some(1), "{cut:?}");
    assert!(
        said(&cut).contains("exported head of entry 5") && said(&cut).contains("보관해 둔 머리 값(5번)"),
        "{cut:?}"
    );

    tamper("update admin_logs set action = 'USER_VIEW' where seq = 2").await;
    let changed = verify(server, database, &[]);
    assert_eq!(changed.status.code(), Some(1), "{changed:?}");
    assert!(said(&changed).contains("Column action of entry 2"), "{changed:?}");
    assert_eq!(verify(server, database, &["--head", "4"]).status.code(), Some(64), "no head");
}

#[tokio::test]
async fn verify_audit_finds_what_was_done_to_a_sqlite_file() {
    let mut server = Server::on_sqlite().await;
    administer(&server).await;
    server.stop().await;
    let path = server.data_dir().join("coup.db");
    let address = format!("sqlite://{}", path.display());
    tell_apart(&server, None, async |change: &str| {
        let mut conn = SqliteConnection::connect(&address).await.unwrap();
        for trigger in ["admin_logs_stay", "admin_logs_stay_unchanged"] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop trigger if exists {trigger}")))
                .execute(&mut conn)
                .await
                .unwrap();
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(change.to_owned())).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn verify_audit_finds_what_was_done_to_a_postgres_database() {
    let database = TestDatabase::empty().await;
    let mut server = Server::on_postgres(database.url()).await;
    administer(&server).await;
    server.stop().await;
    tell_apart(&server, Some(database.url()), async |change: &str| {
        let mut conn = PgConnection::connect(database.url()).await.unwrap();
        let change = format!("set search_path = coup, public; alter table admin_logs disable trigger user; {change}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(change)).execute(&mut conn).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn where_there_is_no_database_nothing_is_verified_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let output = Server::command().arg("verify-audit").arg("--data-dir").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(65), "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
