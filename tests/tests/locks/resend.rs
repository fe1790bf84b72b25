//! One message, sent again before its answer came: at once, over several connections and two nodes.

use std::sync::Arc;

use coup_core::{
    changes::{Changes, Row, Scope, SystemPermit},
    chat::{model::Stretch, service::SendMessage},
    coup::{Coup, Ctx},
    page::Limit,
    store::Store,
    testing::fixtures::Fixtures,
};
use coup_storage_postgres::PostgresStore;
use coup_storage_sqlite::SqliteStore;
use coup_tests::TestDatabase;

const ROUNDS: usize = 20;
/// Of each round, over each node.
const AT_ONCE: usize = 4;

/// Sends every message many times at once through two nodes; each is there once, and each sender was answered it.
async fn resend(nodes: [Arc<dyn Store>; 2]) {
    let make = Fixtures::new(1);
    let owner = make.user("김민준");
    let study = make.study(&owner.id, "알고리즘 스터디");
    let changes = Changes::system(SystemPermit::Operator)
        .insert(Row::User(Box::new(owner.clone())))
        .insert(Row::Study(Box::new(study.clone())))
        .insert(Row::Member(Box::new(make.owner(&study))));
    let [store, _] = &nodes;
    store.commit(changes).await.unwrap();
    let coups = nodes.each_ref().map(|store| Coup::builder(store.clone()).build());
    let ctx = Ctx::user(owner.id.clone());
    for round in 1..=ROUNDS {
        let (text, name) = (format!("{round}번째 말"), format!("c{round}"));
        let command = SendMessage::parse(study.id, &text, Some(&name), None).unwrap();
        let mut sending = tokio::task::JoinSet::new();
        for coup in coups.iter().cycle().take(AT_ONCE * coups.len()) {
            let (coup, ctx, command) = (coup.clone(), ctx.clone(), command.clone());
            sending.spawn(async move { coup.run(&ctx, command).await });
        }
        let answers = sending.join_all().await;
        let first = answers[0].as_ref().unwrap();
        assert_eq!((first.seq, first.content.as_deref()), (i64::try_from(round).unwrap(), Some(text.as_str())));
        for answer in &answers {
            assert_eq!(answer.as_ref().unwrap(), first);
        }
    }
    let rounds = i64::try_from(ROUNDS).unwrap();
    let head = store.head(&Scope::Study(study.id)).await.unwrap();
    assert_eq!((head.message_seq, head.event_seq), (rounds, rounds));
    let messages = store.messages(study.id, Stretch::After(0), Limit::MAX).await.unwrap();
    assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=rounds).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_at_once_over_two_nodes_of_postgres_is_one_message() {
    let database = TestDatabase::empty().await;
    let one = PostgresStore::connect(database.url()).await.unwrap();
    one.migrate().await.unwrap();
    let two = PostgresStore::connect(database.url()).await.unwrap();
    resend([Arc::new(one), Arc::new(two)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_at_once_over_sqlite_is_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
    store.migrate().await.unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    resend([store.clone(), store]).await;
}
