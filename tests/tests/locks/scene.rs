//! A PostgreSQL of a test's own with a few people, studies, members, messages and invites that commits fight over.

use std::sync::{Arc, Mutex};

use coup_core::{
    changes::{Change, Changes, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::Error,
    id::{InviteId, MessageId, StudyId},
    store::Store as _,
    testing::fixtures::Fixtures,
    user::model::{Person, User},
};
use coup_storage_postgres::{PostgresStore, SCHEMA};
use coup_tests::TestDatabase;
use sqlx::{Connection as _, PgConnection};

pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    pub(crate) store: PostgresStore,
    pub(crate) coup: Coup,
    pub(crate) make: Fixtures,
    /// Sorted, as are the others.
    pub(crate) users: Vec<User>,
    pub(crate) studies: Vec<StudyId>,
    /// The first person's, in the first study.
    pub(crate) messages: Vec<MessageId>,
    pub(crate) invites: Vec<InviteId>,
}

pub(crate) fn begin() -> Changes {
    Changes::system(SystemPermit::Operator)
}

/// Any changes, as a use case.
struct Any(Mutex<Option<Changes>>);

impl Command for Any {
    type Output = ();

    async fn prepare(&self, _: &Room<'_>) -> Result<Prepared<()>, Error> {
        Ok(Prepared::new(self.0.lock().unwrap().take().unwrap(), ()))
    }
}

impl Scene {
    /// With the revocations that follow from the changes.
    pub(crate) async fn revoking(&self, changes: Changes) -> Changes {
        let any = Any(Mutex::new(Some(changes)));
        self.coup.prepare(&Ctx::default(), &any).await.unwrap().changes.unwrap()
    }

    /// So many people and studies; everybody is a member of each, the first owns them.
    pub(crate) async fn new(people: usize, studies: usize) -> Self {
        let database = TestDatabase::empty().await;
        let store = PostgresStore::connect(database.url()).await.unwrap();
        store.migrate().await.unwrap();
        let make = Fixtures::new(1);
        let users: Vec<User> = (0..people).map(|n| make.user(&format!("사람 {n}"))).collect();
        let mut changes = begin();
        for user in &users {
            changes = changes.insert(Row::User(Box::new(user.clone())));
        }
        let (mut ids, mut invites) = (Vec::new(), Vec::new());
        for n in 0..studies {
            let mut study = make.study(&users[0].id, &format!("스터디 {n}"));
            study.max_members = 1_000_000;
            let invite = make.invite(&study);
            changes = changes
                .insert(Row::Study(Box::new(study.clone())))
                .insert(Row::Member(Box::new(make.owner(&study))))
                .insert(Row::Invite(Box::new(invite.clone())));
            for user in users.iter().skip(1) {
                changes = changes.insert(Row::Member(Box::new(make.member(study.id, &user.id))));
            }
            for user in &users {
                changes = changes.change(Change::MoveReadMark(study.id, user.id.clone(), 0));
            }
            ids.push(study.id);
            invites.push(invite.id);
        }
        let mut messages = Vec::new();
        for n in 0..4 {
            let message = make.message(ids[0], &users[0].id, &format!("말 {n}"));
            messages.push(message.id);
            changes = changes.post(message, Person::from(&users[0]));
        }
        store.commit(changes).await.unwrap();
        let coup = Coup::builder(Arc::new(store.clone())).build();
        Self { database, store, coup, make, users, studies: ids, messages, invites }
    }

    /// A connection beside the store's, to its tables.
    pub(crate) async fn connection(&self) -> PgConnection {
        let mut connection = PgConnection::connect(self.database.url()).await.unwrap();
        sqlx::query("select set_config('search_path', $1, false)").bind(SCHEMA).execute(&mut connection).await.unwrap();
        connection
    }
}
