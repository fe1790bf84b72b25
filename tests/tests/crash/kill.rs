//! The server is killed at random moments, while people write and while it starts.

use std::sync::atomic::Ordering::Relaxed;

use coup_tests::{Server, TestDatabase, is_long};
use tokio::time::sleep;

use crate::{
    chance::Chance,
    record::Rows,
    school::{School, people},
};

/// Of one school; a long run has ten of them on the same server.
const KILLS: usize = 20;

#[tokio::test]
async fn on_sqlite_a_killed_server_loses_doubles_and_reorders_nothing() {
    let server = Server::on_sqlite().await;
    let rows = Rows::Sqlite(server.data_dir().join("coup.db"));
    is_killed(server, rows).await;
}

#[tokio::test]
async fn on_postgres_a_killed_server_loses_doubles_and_reorders_nothing() {
    let database = TestDatabase::empty().await;
    let rows = Rows::Postgres(database.url().to_owned());
    is_killed(Server::on_postgres(database.url()).await, rows).await;
}

async fn is_killed(mut server: Server, rows: Rows) {
    let mut chance = Chance::of_this_run();
    let people = people(&server).await;
    for term in 0..if is_long() { 10 } else { 1 } {
        let mut school = School::founded(&people, term, &mut chance).await;
        let mut kills = 0;
        while kills < KILLS {
            let work = school.at_work();
            work.goes_on(1..60, &mut chance).await;
            server.kill();
            server.launch_again();
            kills += 1;
            while kills < KILLS && chance.percent(25) {
                // While it starts, or right after.
                sleep(chance.millis(0..300)).await;
                server.kill();
                server.launch_again();
                kills += 1;
            }
            server.until_ready().await;
            school = work.rest().await;
            school.check(Some(&rows)).await;
        }
        eprintln!("{KILLS} kills: {:?}", school.tally);
        assert!(school.tally.cut.load(Relaxed) > KILLS, "nobody noticed: {:?}", school.tally);
    }
}
