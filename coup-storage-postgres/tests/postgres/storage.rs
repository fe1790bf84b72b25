//! What the contract cannot see: migrations, statements, plans, a server that goes away.

use std::time::Duration;

use coup_core::{
    changes::{Changes, EventKind, Guard, Row, Scope, SystemPermit},
    page::Limit,
    store::{Store as _, StoreError},
    testing::fixtures::Fixtures,
    user::model::Person,
};
use coup_storage_postgres::{PostgresStore, SetupError, migrations_sql};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _, postgres::PgPoolOptions,
};

use crate::fresh::{FreshStore, url};

fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let fresh = FreshStore::new().await;
    let mut conn = fresh.store.pool().acquire().await.unwrap();
    let statements = fresh.store.statements().statements();
    assert!(statements.len() > 80, "{}", statements.len());
    for (name, text) in statements {
        let prepared = conn.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {text}: {:?}", prepared.err());
    }
}

#[tokio::test]
async fn migrating_touches_nothing_of_a_host_and_can_be_done_by_many_at_once() {
    let host = FreshStore::bare();
    let pool = PgPoolOptions::new().connect_lazy_with(host.store.pool().connect_options().as_ref().clone());
    sqlx::raw_sql(AssertSqlSafe(format!(
        "create schema {0}; create table {0}._sqlx_migrations (version bigint primary key, own text); \
         insert into {0}._sqlx_migrations values (7, 'host')",
        host.schema
    )))
    .execute(&pool)
    .await
    .unwrap();
    let own = FreshStore::bare();
    let store = PostgresStore::from_pool(&pool, &own.schema).unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(matches!(error, SetupError::NotMigrated(_)), "{error}");
    let (one, other) = (store.clone(), PostgresStore::from_pool(&pool, &own.schema).unwrap());
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    first.unwrap();
    second.unwrap();
    store.migrate().await.unwrap();
    store.verify_migrated().await.unwrap();
    let tables: Vec<String> =
        sqlx::query("select table_name::text from information_schema.tables where table_schema = $1")
            .bind(&host.schema)
            .fetch_all(&pool)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
    assert_eq!(tables, ["_sqlx_migrations"]);
    sqlx::raw_sql(
        "insert into _coup_migrations (version, description, success, checksum, execution_time) \
         values (9999, 'of a later program', true, '', 0)",
    )
    .execute(store.pool())
    .await
    .unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(error.to_string().contains("migration 9999, which is newer than this program"), "{error}");
    sqlx::raw_sql("delete from _coup_migrations where version = 9999").execute(store.pool()).await.unwrap();
    sqlx::raw_sql("update _coup_migrations set checksum = ''").execute(store.pool()).await.unwrap();
    let error = store.verify_migrated().await.unwrap_err();
    assert!(error.to_string().contains("another than this program's"), "{error}");
}

#[tokio::test]
async fn the_migrations_run_as_plain_sql() {
    let bare = FreshStore::bare();
    sqlx::raw_sql(AssertSqlSafe(format!("create schema {}", bare.schema))).execute(bare.store.pool()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(migrations_sql())).execute(bare.store.pool()).await.unwrap();
    assert_eq!(bare.user(&"누구".parse().unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn a_schema_with_a_strange_name_is_refused() {
    for schema in ["", "Coup", "coup; drop schema public", "7coup", "co-up", &"c".repeat(64)] {
        let refused = PostgresStore::connect_in(&url(), schema).await;
        assert!(matches!(refused, Err(SetupError::Settings(_))), "{schema:?}");
    }
    assert!(matches!(PostgresStore::connect("not an address").await, Err(SetupError::Settings(_))));
    let nowhere = PostgresStore::connect("postgres://coup@127.0.0.1:1/coup").await;
    assert!(matches!(nowhere, Err(SetupError::Unreachable(_))), "{nowhere:?}");
}

#[tokio::test]
async fn cut_connections_are_unavailable_at_most_once_and_it_recovers_by_itself() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    fresh.commit(begin().insert(Row::User(Box::new(user.clone())))).await.unwrap();
    let mut server = PgConnection::connect(&url()).await.unwrap();
    let own: Vec<i32> = sqlx::query("select pg_backend_pid()")
        .fetch_all(fresh.store.pool())
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    for pid in own {
        sqlx::query("select pg_terminate_backend($1, 5000)").bind(pid).execute(&mut server).await.unwrap();
    }
    match fresh.commit(begin().insert(Row::User(Box::new(make.user("이서연"))))).await {
        Ok(_) => {}
        Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"),
    }
    assert_eq!(fresh.user(&user.id).await.unwrap(), Some(user));
    fresh.commit(begin().insert(Row::User(Box::new(make.user("박지호"))))).await.unwrap();
}

#[tokio::test]
async fn a_commit_waits_for_what_its_decision_read_and_sees_it_changed() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    let study = make.study(&user.id, "알고리즘 스터디");
    fresh
        .commit(begin().insert(Row::User(Box::new(user.clone()))).insert(Row::Study(Box::new(study.clone()))))
        .await
        .unwrap();
    // Somebody else is closing the study and has not committed yet.
    let mut closing = fresh.store.pool().begin().await.unwrap();
    sqlx::raw_sql("update studies set closed_at = now(), version = version + 1").execute(&mut *closing).await.unwrap();
    let changes =
        begin().guard(Guard::Study(study.id, 0)).post(make.message(study.id, &user.id, "안녕"), Person::from(&user));
    let mut posting = std::pin::pin!(fresh.commit(changes));
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut posting).await.is_err(), "it waits");
    closing.commit().await.unwrap();
    let error = posting.await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict), "{error:?}");
}

#[tokio::test]
async fn what_a_decision_read_stays_until_the_commit() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let user = make.user("김민준");
    let study = make.study(&user.id, "알고리즘 스터디");
    fresh
        .commit(begin().insert(Row::User(Box::new(user.clone()))).insert(Row::Study(Box::new(study.clone()))))
        .await
        .unwrap();
    // The commit has its guards and stops at the head, which somebody else has.
    let mut holding = fresh.store.pool().begin().await.unwrap();
    sqlx::raw_sql("update study_heads set event_seq = event_seq").execute(&mut *holding).await.unwrap();
    let changes =
        begin().guard(Guard::Study(study.id, 0)).post(make.message(study.id, &user.id, "안녕"), Person::from(&user));
    let mut posting = std::pin::pin!(fresh.commit(changes));
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut posting).await.is_err(), "it waits");
    let closing = sqlx::raw_sql("set lock_timeout = '100ms'; update studies set closed_at = now()")
        .execute(fresh.store.pool())
        .await;
    assert!(closing.is_err(), "the study is held");
    holding.rollback().await.unwrap();
    assert_eq!(posting.await.unwrap().posts, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_that_cross_each_other_do_not_deadlock() {
    let fresh = FreshStore::new().await;
    let make = Fixtures::new(1);
    let people = [make.user("김민준"), make.user("이서연")];
    let studies = [make.study(&people[0].id, "첫째"), make.study(&people[1].id, "둘째")];
    let mut changes = begin();
    for user in &people {
        changes = changes.insert(Row::User(Box::new(user.clone())));
    }
    for study in &studies {
        changes = changes.insert(Row::Study(Box::new(study.clone())));
    }
    fresh.commit(changes).await.unwrap();
    let mut running = Vec::new();
    for n in 0..200 {
        let (a, b) = if n % 2 == 0 { (0, 1) } else { (1, 0) };
        let mut changes = begin();
        for i in [a, b] {
            let (user, study) = (&people[i], &studies[i]);
            changes = changes
                .guard(Guard::Study(study.id, 0))
                .guard(Guard::User(user.id.clone(), 0))
                .event(Scope::User(user.id.clone()), EventKind::MemberJoined, make.later(), serde_json::json!({}))
                .post(make.message(study.id, &user.id, "안녕"), Person::from(user));
        }
        let store = fresh.store.clone();
        running.push(tokio::spawn(async move { store.commit(changes).await }));
    }
    for commit in running {
        commit.await.unwrap().unwrap();
    }
    for study in &studies {
        let events = fresh.events(&Scope::Study(study.id), 100, Limit::MAX).await.unwrap();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), (101..=200).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn messages_are_found_by_the_index() {
    let fresh = FreshStore::new().await;
    let mut conn = fresh.store.pool().acquire().await.unwrap();
    sqlx::raw_sql("set enable_seqscan = off; set enable_indexscan = off").execute(&mut *conn).await.unwrap();
    let plan = sqlx::query("explain select seq from message_grams where grams @> array['수학', 'x']")
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    assert!(plan.iter().any(|line| line.contains("message_grams_grams")), "{plan:#?}");
}
