//! PostgreSQL goes away, and its connections are cut, while people write. The server is not restarted: it recovers by itself.

use std::sync::atomic::Ordering::Relaxed;

use coup_tests::{PrivatePostgres, Server, TestDatabase, is_long};
use tokio::time::sleep;

use crate::{
    chance::Chance,
    record::Rows,
    school::{School, people},
};

#[tokio::test]
async fn a_killed_and_restarted_postgres_loses_doubles_and_reorders_nothing() {
    let mut chance = Chance::of_this_run();
    let mut postgres = PrivatePostgres::start().await;
    let mut server = Server::on_postgres(&postgres.url()).await;
    let rows = Rows::Postgres(postgres.url());
    let mut school = School::founded(&people(&server).await, 0, &mut chance).await;
    for round in 0..if is_long() { 60 } else { 6 } {
        let work = school.at_work();
        work.goes_on(20..80, &mut chance).await;
        if round % 2 == 0 {
            postgres.kill();
        } else {
            postgres.shut_down_at_once();
        }
        // Some notice, some do not.
        sleep(chance.millis(0..300)).await;
        postgres.start_again().await;
        server.until_ready().await;
        school = work.rest().await;
        school.check(Some(&rows)).await;
    }
    eprintln!("{:?}", school.tally);
    assert!(school.tally.unavailable.load(Relaxed) > 0, "nobody noticed: {:?}", school.tally);
}

#[tokio::test]
async fn on_terminated_connections_nothing_is_lost_doubled_or_reordered() {
    let mut chance = Chance::of_this_run();
    let database = TestDatabase::empty().await;
    let server = Server::on_postgres(database.url()).await;
    let rows = Rows::Postgres(database.url().to_owned());
    let mut school = School::founded(&people(&server).await, 0, &mut chance).await;
    let mut terminated = 0;
    for _ in 0..if is_long() { 50 } else { 5 } {
        let work = school.at_work();
        for _ in 0..10 {
            work.goes_on(1..12, &mut chance).await;
            terminated += database.terminate_connections().await;
        }
        school = work.rest().await;
        school.check(Some(&rows)).await;
    }
    eprintln!("{terminated} connections terminated: {:?}", school.tally);
    assert!(terminated > 50, "{terminated}");
    assert!(school.tally.unavailable.load(Relaxed) > 0, "nobody noticed: {:?}", school.tally);
}
