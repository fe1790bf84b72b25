//! A host's row and ours in one transaction of the host's: both, or neither.

use std::sync::Arc;

use async_trait::async_trait;
use coup_core::{
    admin::service::GrantAdmin,
    audit::model::AuditFilter,
    changes::{Change, Changes, EventKind, Row, Scope, SystemPermit},
    chat::service::SendMessage,
    coup::{Command, Coup, Ctx},
    hooks::{Listener, ListenerError, Told},
    id::{JobId, StudyId},
    job::model::Claim,
    member::service::{Join, Request},
    page::Limit,
    policy::AdminRole,
    store::{Head, Limit as Reached, StoreError},
    study::service::StudyFields,
    testing::fixtures::Fixtures,
    user::model::{AdminPermissions, User},
};
use sqlx::{
    ConnectOptions as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use crate::fresh::FreshStore;

/// A school's service with tables of its own in the same file.
struct School {
    fresh: FreshStore,
    pool: SqlitePool,
    coup: Coup,
    make: Fixtures,
}

impl School {
    async fn new() -> Self {
        let fresh = FreshStore::new().await;
        let options = SqliteConnectOptions::new().filename(fresh.folder.path().join("coup.db"));
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        sqlx::raw_sql("create table homework (title text primary key)").execute(&pool).await.unwrap();
        let coup = Coup::builder(Arc::new(fresh.store.clone())).listener(Arc::new(Nobody)).build();
        Self { fresh, pool, coup, make: Fixtures::new(1) }
    }

    async fn person(&self, name: &str) -> (User, Ctx) {
        let user = self.make.user(name);
        let row = Row::User(Box::new(user.clone()));
        self.fresh.commit(Changes::system(SystemPermit::Operator).insert(row)).await.unwrap();
        let ctx = Ctx::user(user.id.clone());
        (user, ctx)
    }

    async fn study(&self, owner: &Ctx, seats: i64) -> StudyId {
        let fields = StudyFields { max_members: Some(seats), ..open() };
        self.coup.run(owner, fields.create().unwrap()).await.unwrap().study.id
    }

    async fn say(&self, who: &Ctx, study: StudyId) -> i64 {
        self.coup.run(who, hello(study)).await.unwrap().seq
    }

    async fn head(&self, study: StudyId) -> Head {
        self.fresh.head(&Scope::Study(study)).await.unwrap()
    }

    async fn homework(&self) -> Vec<String> {
        sqlx::query_scalar("select title from homework order by title").fetch_all(&self.pool).await.unwrap()
    }

    /// The jobs of the listener that are due.
    async fn jobs(&self) -> usize {
        let now = self.coup.now();
        let kinds = vec!["listener:nobody".to_owned()];
        let claim = Change::ClaimJobs(Claim { kinds, now, lease_until: now, most: 100 });
        self.fresh.commit(Changes::system(SystemPermit::Jobs).change(claim)).await.unwrap().jobs.len()
    }

    /// Prepares a command and writes it within the transaction; answers what it answers.
    async fn write<C: Command>(
        &self,
        transaction: &mut SqliteConnection,
        who: &Ctx,
        command: C,
    ) -> Result<C::Output, StoreError> {
        let mut prepared = self.coup.prepare(who, &command).await.unwrap();
        let committed = self.fresh.store.commit_in(transaction, prepared.changes.take().unwrap()).await?;
        Ok(prepared.finish(&committed))
    }
}

async fn hand_in(transaction: &mut SqliteConnection, title: &str) {
    sqlx::query("insert into homework (title) values ($1)").bind(title).execute(transaction).await.unwrap();
}

fn open() -> StudyFields {
    StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    }
}

fn hello(study: StudyId) -> SendMessage {
    SendMessage::parse(study, "숙제를 냈어요", None, None).unwrap()
}

fn join(study: StudyId) -> Join {
    Join { study, request: Request::default() }
}

/// Wants everything; its jobs stay.
struct Nobody;

#[async_trait]
impl Listener for Nobody {
    fn name(&self) -> &'static str {
        "nobody"
    }

    fn wants(&self, _: EventKind) -> bool {
        true
    }

    async fn heard(&self, _: JobId, _: &Told) -> Result<(), ListenerError> {
        Ok(())
    }
}

/// What the host does in its own name; audited.
fn appoint(user: &User) -> GrantAdmin {
    let permissions = AdminPermissions::default();
    GrantAdmin { user: user.id.clone(), role: AdminRole::Moderator, expires_at: None, permissions }
}

#[tokio::test]
async fn a_hosts_row_and_ours_are_there_together_once_the_host_commits() {
    let school = School::new().await;
    let (user, owner) = school.person("김민준").await;
    let host = school.coup.as_host("term-import");

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "하나").await;
    let study = school.write(&mut transaction, &owner, open().create().unwrap()).await.unwrap().study.id;
    hand_in(&mut transaction, "둘").await;
    assert_eq!(school.fresh.study(study).await.unwrap(), None, "not yet");
    transaction.commit().await.unwrap();
    assert!(school.fresh.study(study).await.unwrap().is_some());

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "셋").await;
    let message = school.write(&mut transaction, &owner, hello(study)).await.unwrap();
    school.write(&mut transaction, host.ctx(), appoint(&user)).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!(message.seq, 1);
    assert_eq!(school.head(study).await, Head { event_seq: 1, message_seq: 1 });
    assert_eq!(school.homework().await, ["둘", "셋", "하나"]);
    assert_eq!(school.fresh.audit_head().await.unwrap().seq, 1);
    let rows = school.fresh.audit_rows(&AuditFilter::default(), 0, Limit::MAX).await.unwrap();
    assert!(rows.iter().all(|row| row.bytes.contains("term-import")), "{rows:?}");
    assert!(school.fresh.person_and_grant(&user.id).await.unwrap().unwrap().1.is_some());
    assert_eq!(school.jobs().await, 1);
}

#[tokio::test]
async fn neither_is_there_once_the_host_rolls_back_and_no_place_is_lost() {
    let school = School::new().await;
    let (user, owner) = school.person("김민준").await;
    let host = school.coup.as_host("term-import");
    let study = school.study(&owner, 20).await;
    assert_eq!(school.say(&owner, study).await, 1);
    let jobs = school.jobs().await;

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "하나").await;
    let message = school.write(&mut transaction, &owner, hello(study)).await.unwrap();
    assert_eq!(message.seq, 2);
    let second = school.write(&mut transaction, &owner, open().create().unwrap()).await.unwrap().study.id;
    school.write(&mut transaction, host.ctx(), appoint(&user)).await.unwrap();
    transaction.rollback().await.unwrap();

    assert_eq!(school.homework().await, Vec::<String>::new());
    assert_eq!(school.head(study).await, Head { event_seq: 1, message_seq: 1 });
    assert_eq!(school.fresh.study(second).await.unwrap(), None);
    assert_eq!(school.fresh.audit_head().await.unwrap().seq, 0);
    assert_eq!(school.fresh.person_and_grant(&user.id).await.unwrap().unwrap().1, None);
    assert_eq!(school.jobs().await, jobs);

    assert_eq!(school.say(&owner, study).await, 2);
    let events = school.fresh.events(&Scope::Study(study), 0, Limit::MAX).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
}

/// The seat was there when it was decided, and is not when it is written.
#[tokio::test]
async fn what_is_refused_leaves_the_hosts_transaction_as_it_was() {
    let school = School::new().await;
    let (_, owner) = school.person("김민준").await;
    let (late, late_ctx) = school.person("이서연").await;
    let (_, quick) = school.person("박지호").await;
    let study = school.study(&owner, 2).await;
    let prepared = school.coup.prepare(&late_ctx, &join(study)).await.unwrap();
    school.coup.run(&quick, join(study)).await.unwrap();
    let head = school.head(study).await;

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "하나").await;
    school.write(&mut transaction, &owner, hello(study)).await.unwrap();
    let refused = school.fresh.store.commit_in(&mut transaction, prepared.changes.unwrap()).await;
    assert!(matches!(refused, Err(StoreError::Exhausted(Reached::Seats))), "{refused:?}");
    hand_in(&mut transaction, "둘").await;
    transaction.commit().await.unwrap();

    assert_eq!(school.homework().await, ["둘", "하나"]);
    assert_eq!(school.fresh.member(study, &late.id).await.unwrap(), None, "nothing of what was refused");
    let expected = Head { event_seq: head.event_seq + 1, message_seq: 1 };
    assert_eq!(school.head(study).await, expected, "and all of what was not");
}

#[tokio::test]
async fn a_host_that_lost_a_race_rolls_back_and_prepares_again() {
    let school = School::new().await;
    let (_, owner) = school.person("김민준").await;
    let study = school.study(&owner, 20).await;
    let prepared = school.coup.prepare(&owner, &hello(study)).await.unwrap();
    let renamed = StudyFields { name: Some("저녁 수학".into()), ..StudyFields::default() };
    school.coup.run(&owner, renamed.edit(study).unwrap()).await.unwrap();
    let head = school.head(study).await;

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "하나").await;
    let lost = school.fresh.store.commit_in(&mut transaction, prepared.changes.unwrap()).await;
    assert!(matches!(lost, Err(StoreError::Conflict)), "{lost:?}");
    transaction.rollback().await.unwrap();
    assert_eq!(school.head(study).await, head);

    let mut transaction = school.pool.begin_with("begin immediate").await.unwrap();
    hand_in(&mut transaction, "하나").await;
    assert_eq!(school.write(&mut transaction, &owner, hello(study)).await.unwrap().seq, 1);
    transaction.commit().await.unwrap();
    assert_eq!(school.homework().await, ["하나"]);
}

/// SQLite's savepoint is a transaction then.
#[tokio::test]
async fn without_a_transaction_it_is_one_of_its_own() {
    let school = School::new().await;
    let (_, owner) = school.person("김민준").await;
    let (late, late_ctx) = school.person("이서연").await;
    let study = school.study(&owner, 2).await;
    let prepared = school.coup.prepare(&late_ctx, &join(study)).await.unwrap();
    school.coup.run(&school.person("박지호").await.1, join(study)).await.unwrap();
    let mut conn = school.pool.acquire().await.unwrap();
    let refused = school.fresh.store.commit_in(&mut conn, prepared.changes.unwrap()).await;
    assert!(matches!(refused, Err(StoreError::Exhausted(Reached::Seats))), "{refused:?}");
    assert_eq!(school.fresh.member(study, &late.id).await.unwrap(), None);
    assert_eq!(school.write(&mut conn, &owner, hello(study)).await.unwrap().seq, 1);
    drop(conn);
    assert_eq!(school.say(&owner, study).await, 2);
}

#[tokio::test]
async fn a_connection_that_does_not_hold_foreign_keys_is_refused() {
    let school = School::new().await;
    let (_, owner) = school.person("김민준").await;
    let study = school.study(&owner, 20).await;
    let options = school.pool.connect_options().as_ref().clone().foreign_keys(false);
    let mut conn = options.connect().await.unwrap();
    let refused = school.write(&mut conn, &owner, hello(study)).await;
    assert!(matches!(&refused, Err(StoreError::Backend(why)) if why.contains("foreign keys")), "{refused:?}");
    assert_eq!(school.head(study).await.message_seq, 0);
}
