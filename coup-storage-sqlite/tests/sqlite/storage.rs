//! What the contract cannot see: migrations, statements, the writer, times as text.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use coup_core::{
    changes::{Change, Changes, Key, Row, Scope, SystemPermit},
    page::Limit,
    store::{ChatReads as _, Store as _, StoreError, UserReads as _},
    testing::fixtures::Fixtures,
    text::{Email, Query},
    user::model::{Person, Session, User},
};
use coup_storage_sqlite::{SetupError, SqliteStore, migrations_sql};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};

use crate::fresh::FreshStore;

fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

async fn other_program(fresh: &FreshStore) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(fresh.folder.path().join("coup.db"))
        .busy_timeout(Duration::ZERO)
        .connect()
        .await
        .unwrap()
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let fresh = FreshStore::new().await;
    let mut conn = other_program(&fresh).await;
    let statements = fresh.store.statements().statements();
    assert!(statements.len() > 80, "{}", statements.len());
    for (name, text) in statements {
        let prepared = conn.prepare(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(text.clone()))).await;
        assert!(prepared.is_ok(), "{name}: {text}: {:?}", prepared.err());
    }
}

#[tokio::test]
async fn migrating_touches_nothing_of_a_host_and_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("school.db")).await.unwrap();
    let mut host = SqliteConnectOptions::new().filename(folder.path().join("school.db")).connect().await.unwrap();
    sqlx::raw_sql("create table _sqlx_migrations (version bigint primary key, own text); insert into _sqlx_migrations values (7, 'host');")
        .execute(&mut host)
        .await
        .unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(matches!(error, SetupError::NotMigrated(_)), "{error}");
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    store.verify_migrated().await.unwrap();
    let own: String =
        sqlx::query("select own from _sqlx_migrations where version = 7").fetch_one(&mut host).await.unwrap().get(0);
    assert_eq!(own, "host");

    sqlx::raw_sql(
        "insert into _coup_migrations (version, description, success, checksum, execution_time) \
         values (9999, 'of a later program', true, x'', 0)",
    )
    .execute(&mut host)
    .await
    .unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(error.to_string().contains("migration 9999, which is newer than this program"), "{error}");
    sqlx::raw_sql("delete from _coup_migrations where version = 9999").execute(&mut host).await.unwrap();

    sqlx::raw_sql("update _coup_migrations set checksum = x'00'").execute(&mut host).await.unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(error.to_string().contains("another than this program's"), "{error}");
    sqlx::raw_sql("delete from _coup_migrations").execute(&mut host).await.unwrap();
    assert!(matches!(store.verify_migrated().await, Err(SetupError::NotMigrated(_))));
}

#[tokio::test]
async fn the_migrations_run_as_plain_sql() {
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(migrations_sql())).execute(&mut conn).await.unwrap();
    let tables: i64 = sqlx::query("select count(*) from sqlite_schema where name in ('users', 'messages')")
        .fetch_one(&mut conn)
        .await
        .unwrap()
        .get(0);
    assert_eq!(tables, 2);
}

#[tokio::test]
async fn times_sort_as_text_and_come_back_whole() {
    let fresh = FreshStore::new().await;
    let whole: DateTime<Utc> = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let micros = [-1, 0, 1, 10, 999, 1_000, 1_001, 100_000, 120_000, 123_000, 123_456, 999_999, 1_000_000];
    let make = Fixtures::new(1);
    let mut changes = begin();
    for n in micros.iter().rev() {
        let mut user = make.user("김민준");
        user.created_at = whole + TimeDelta::microseconds(*n);
        changes = changes.insert(Row::User(Box::new(user)));
    }
    fresh.commit(changes).await.unwrap();
    let rows =
        sqlx::query("select created_at from users order by created_at").fetch_all(fresh.store.pool()).await.unwrap();
    let sorted: Vec<i64> =
        rows.iter().map(|row| (row.get::<DateTime<Utc>, _>(0) - whole).num_microseconds().unwrap()).collect();
    assert_eq!(sorted, micros);
}

#[tokio::test]
async fn what_is_acknowledged_is_seen_by_another_connection_at_once() {
    let fresh = FreshStore::new().await;
    let mut other = other_program(&fresh).await;
    let make = Fixtures::new(1);
    for n in 1..=20 {
        fresh.commit(begin().insert(Row::User(Box::new(make.user("김민준"))))).await.unwrap();
        let seen: i64 = sqlx::query("select count(*) from users").fetch_one(&mut other).await.unwrap().get(0);
        assert_eq!(seen, n);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_write_of_a_batch_spoils_no_other() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    fresh.commit(begin().insert(Row::User(Box::new(user.clone())))).await.unwrap();
    let mut writes = Vec::new();
    for n in 0..200 {
        let row = if n % 2 == 0 { make.user("이서연") } else { user.clone() };
        let store = fresh.store.clone();
        // A good row comes before the bad one in the same commit: it must go with it.
        let changes = begin().insert(Row::User(Box::new(make.user("박지호")))).insert(Row::User(Box::new(row)));
        writes.push(tokio::spawn(async move { store.commit(changes).await }));
    }
    let mut written = 0;
    for write in writes {
        match write.await.unwrap() {
            Ok(_) => written += 1,
            Err(error) => assert!(matches!(error, StoreError::AlreadyExists(_)), "{error:?}"),
        }
    }
    let users: i64 = sqlx::query("select count(*) from users").fetch_one(fresh.store.pool()).await.unwrap().get(0);
    assert_eq!((written, users), (100, 201));
}

#[tokio::test]
async fn reads_go_on_while_another_program_writes_and_writes_are_told_to_come_back() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    fresh.commit(begin().insert(Row::User(Box::new(user.clone())))).await.unwrap();
    let mut other = other_program(&fresh).await;
    other.execute("begin immediate").await.unwrap();
    let late = tokio::spawn({
        let store = fresh.store.clone();
        let changes = begin().insert(Row::User(Box::new(make.user("이서연"))));
        async move { store.commit(changes).await }
    });
    assert_eq!(fresh.user(&user.id).await.unwrap(), Some(user));
    let error = late.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Busy), "{error:?}");
    other.execute("rollback").await.unwrap();
    fresh.commit(begin().insert(Row::User(Box::new(make.user("이서연"))))).await.unwrap();
}

#[tokio::test]
async fn without_room_writes_are_refused_reads_go_on_and_it_recovers() {
    let folder = tempfile::tempdir().unwrap();
    // As good as a full disk: SQLite answers the same.
    let little = SqliteConnectOptions::new().filename(folder.path().join("coup.db")).pragma("max_page_count", "200");
    let store = SqliteStore::open_with(little).await.unwrap();
    store.migrate().await.unwrap();
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    let study = make.study(&user.id, "알고리즘 스터디");
    store
        .commit(begin().insert(Row::User(Box::new(user.clone()))).insert(Row::Study(Box::new(study.clone()))))
        .await
        .unwrap();
    let post = || begin().post(make.message(study.id, &user.id, &"긴 이야기 ".repeat(600)), Person::from(&user));
    let mut posted = 0;
    let error = loop {
        match store.commit(post()).await {
            Ok(committed) => {
                posted += 1;
                assert_eq!(committed.posts, [posted]);
                assert!(posted < 200, "200 pages hold no 200 long messages");
            }
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(posted > 0);
    assert_eq!(store.head(&Scope::Study(study.id)).await.unwrap().message_seq, posted);
    let mut roomy =
        SqliteConnectOptions::new().filename(folder.path().join("coup.db")).foreign_keys(true).connect().await.unwrap();
    sqlx::raw_sql("delete from messages; delete from study_events").execute(&mut roomy).await.unwrap();
    assert_eq!(store.commit(post()).await.unwrap().posts, [posted + 1]);
}

#[tokio::test]
async fn a_closed_store_keeps_what_it_acknowledged_and_takes_nothing_more() {
    let FreshStore { store, folder } = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    store.commit(begin().insert(Row::User(Box::new(user.clone())))).await.unwrap();
    store.close().await;
    let error = store.commit(begin().insert(Row::User(Box::new(make.user("이서연"))))).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    assert!(!folder.path().join("coup.db-wal").exists(), "the log is in the file");
    let again = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
    assert_eq!(again.user(&user.id).await.unwrap(), Some(user));
}

#[tokio::test]
async fn a_dropped_store_ends_its_writer_and_leaves_no_log() {
    let FreshStore { store, folder } = FreshStore::new().await;
    store.commit(begin().insert(Row::User(Box::new(Fixtures::new(1).user("김민준"))))).await.unwrap();
    let log = folder.path().join("coup.db-wal");
    assert!(log.exists());
    drop(store);
    let ended = async {
        while log.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
}

#[tokio::test]
async fn a_removed_study_leaves_nothing_in_the_search_index() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    let studies = [make.study(&user.id, "첫째 스터디"), make.study(&user.id, "둘째 스터디")];
    let mut changes = begin().insert(Row::User(Box::new(user.clone())));
    for study in &studies {
        changes = changes
            .insert(Row::Study(Box::new(study.clone())))
            .post(make.message(study.id, &user.id, "수학 공부"), Person::from(&user));
    }
    fresh.commit(changes).await.unwrap();
    fresh.commit(begin().change(Change::Remove(coup_core::changes::Key::Study(studies[0].id)))).await.unwrap();
    let indexed: i64 =
        sqlx::query("select count(*) from message_grams").fetch_one(fresh.store.pool()).await.unwrap().get(0);
    assert_eq!(indexed, 1);
    let query = Query::parse("q", "공부").unwrap();
    assert_eq!(fresh.search_messages(studies[1].id, &query, None, Limit::MAX).await.unwrap().len(), 1);
}

/// What a program reads that opens the file as bytes.
#[tokio::test]
async fn what_is_erased_is_written_over_and_not_only_forgotten() {
    const ADDRESS: &str = "byeolha.otter@school.kr";
    const PROGRAM: &str = "OtterBrowser/7";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("coup.db");
    let make = Fixtures::new(1);
    let user = User { email: Some(Email::parse("email", ADDRESS).unwrap()), ..make.user("남궁별하") };
    let session = Session { user_agent: Some(PROGRAM.into()), ..make.session(&user.id) };
    let store = SqliteStore::open(&file).await.unwrap();
    store.migrate().await.unwrap();
    let made = begin().insert(Row::User(Box::new(user.clone()))).insert(Row::Session(Box::new(session)));
    store.commit(made).await.unwrap();
    store.close().await;
    let has = |text: &str| std::fs::read(&file).unwrap().windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has(ADDRESS) && has(PROGRAM));

    let store = SqliteStore::open(&file).await.unwrap();
    let user = store.user(&user.id).await.unwrap().unwrap();
    let gone = begin()
        .change(Change::Remove(Key::Sessions(user.id.clone())))
        .save(Row::User(Box::new(User { email: None, ..user })));
    store.commit(gone).await.unwrap();
    store.close().await;
    assert!(!has(ADDRESS) && !has(PROGRAM));
}
