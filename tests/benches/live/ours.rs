//! The reference server as its users start it, with people in its database: to sign a thousand up would take longer than all else.

use std::path::Path;

use chrono::TimeDelta;
use coup_core::{
    changes::{Changes, Row, SystemPermit},
    env::{Clock as _, SystemClock},
    store::Store,
    study::model::Study,
    testing::fixtures::Fixtures,
    user::{
        model::{Session, User},
        service::SessionToken,
    },
};
use coup_storage_postgres::PostgresStore;
use coup_storage_sqlite::SqliteStore;
use coup_tests::Server;

use crate::socket::Door;

/// Rows of one commit.
const AT_ONCE: usize = 200;

/// A study and how its members come in.
pub(crate) struct Group {
    pub(crate) study: String,
    pub(crate) cookies: Vec<String>,
}

impl Group {
    /// One door for each member.
    pub(crate) fn doors(&self, address: &str) -> Vec<Door> {
        let cookie = |cookie: &String| Door { address: address.to_owned(), cookie: Some(cookie.clone()) };
        self.cookies.iter().map(cookie).collect()
    }
}

/// The server's host and port.
pub(crate) fn address(server: &Server) -> String {
    server.url("").trim_start_matches("http://").to_owned()
}

/// Puts studies into the SQLite database of a server that runs.
pub(crate) async fn fill(server: &Server, studies: usize, members: usize) -> Vec<Group> {
    let path: &Path = &server.data_dir().join("coup.db");
    let store = SqliteStore::open(path).await.unwrap();
    let groups = groups(&store, studies, members).await;
    store.close().await;
    groups
}

/// Puts studies into a PostgreSQL database that a server has migrated.
pub(crate) async fn fill_postgres(url: &str, studies: usize, members: usize) -> Vec<Group> {
    let store = PostgresStore::connect(url).await.unwrap();
    let groups = groups(&store, studies, members).await;
    store.close().await;
    groups
}

async fn groups(store: &dyn Store, studies: usize, members: usize) -> Vec<Group> {
    let make = Fixtures::new(1);
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    for n in 0..studies {
        let mut group = Group { study: String::new(), cookies: Vec::new() };
        let owner = make.user("김민준");
        let seats = u32::try_from(members).unwrap();
        let study = make.study(&owner.id, &format!("알고리즘 스터디 {n}"));
        let study = Study { max_members: seats.max(2), member_count: seats, ..study };
        group.study = study.id.to_string();
        rows.extend(person(&make, &owner, &mut group));
        rows.push(Row::Member(Box::new(make.owner(&study))));
        rows.insert(rows.len() - 1, Row::Study(Box::new(study.clone())));
        for _ in 1..members {
            let member = make.user("이서연");
            rows.extend(person(&make, &member, &mut group));
            rows.push(Row::Member(Box::new(make.member(study.id, &member.id))));
        }
        groups.push(group);
    }
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let changes = rows.by_ref().take(AT_ONCE).fold(Changes::system(SystemPermit::Operator), Changes::insert);
        store.commit(changes).await.unwrap();
    }
    groups
}

/// Somebody who is signed in, by a cookie that is theirs.
fn person(make: &Fixtures, user: &User, group: &mut Group) -> [Row; 2] {
    let token = format!("bench-{}", user.id);
    let now = SystemClock.now();
    let session = Session {
        token_hash: SessionToken::hash(&token),
        created_at: now,
        expires_at: now + TimeDelta::days(1),
        ..make.session(&user.id)
    };
    group.cookies.push(format!("coup_session={token}"));
    [Row::User(Box::new(user.clone())), Row::Session(Box::new(session))]
}
