//! The data folder is full: writes are refused, reads go on, and it recovers by itself when there is space again.
//!
//! Once on a disk, and once by a limit that holds for the server's log too, which often is on the same disk.

use std::{
    fs,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use coup_tests::{Fullness, PASSWORD, Person, Server, email, is_long};
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    chance::Chance,
    client::Tally,
    record::Rows,
    school::{AtWork, School, people},
};

#[tokio::test]
async fn on_a_full_disk_writes_are_refused_reads_go_on_and_it_recovers_by_itself() {
    is_full(Fullness::SmallDisk).await;
}

#[tokio::test]
async fn when_files_may_not_grow_writes_are_refused_reads_go_on_and_it_recovers_by_itself() {
    is_full(Fullness::Limit).await;
}

async fn is_full(fullness: Fullness) {
    let mut chance = Chance::of_this_run();
    let mut server = Server::with_little_space(fullness).await;
    let mut school = School::founded(&people(&server).await, 0, &mut chance).await;
    for round in 0..if is_long() { 20 } else { 3 } {
        let work = school.at_work();
        work.goes_on(20..80, &mut chance).await;
        server.fill_space();
        until_nothing_is_written(&work.tally).await;
        nobody_signs_in(&server).await;
        others_read_on(&server, &work).await;
        // In the second round it is killed meanwhile.
        if round % 3 == 1 {
            server.kill();
            server.free_space();
            server.start_again().await;
        } else {
            server.free_space();
        }
        work.tally.grows_by(20, Duration::from_secs(20)).await;
        school = work.rest().await;
        school.check(None).await;
    }
    eprintln!("{:?}", school.tally);

    assert!(server.stop().await.success(), "{}", server.log());
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("copy.db");
    fs::write(&copy, server.data_file("coup.db")).unwrap();
    server.start_again().await;
    school.check(Some(&Rows::Sqlite(copy))).await;
}

/// What was left in the database's log may be written still, so it takes a moment.
async fn until_nothing_is_written(tally: &Tally) {
    let begin = Instant::now();
    loop {
        let (acknowledged, refused) = (tally.acknowledged.load(Relaxed), tally.unavailable.load(Relaxed));
        sleep(Duration::from_secs(1)).await;
        if tally.acknowledged.load(Relaxed) == acknowledged && tally.unavailable.load(Relaxed) > refused + 10 {
            return;
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "it is not full: {tally:?}");
    }
}

async fn others_read_on(server: &Server, work: &AtWork) {
    let reader = &work.people[0];
    for study in work.studies.iter() {
        let id = &study.id;
        for path in [
            format!("/my-studies/{id}/messages"),
            format!("/my-studies/{id}/messages?query=도서관"),
            format!("/studies/{id}/members"),
            format!("/studies/{id}"),
        ] {
            reader.get(&path).await.is(200);
        }
    }
    for path in ["/studies", "/my-studies", "/me"] {
        reader.get(path).await.is(200);
    }
    let plain = coup_tests::web::client().build().unwrap();
    for path in ["/health", "/ready"] {
        assert_eq!(plain.get(server.url(path)).send().await.unwrap().status(), 200, "{path}");
    }
}

/// For those too who want to write, and whose write would be small: a bit of space may be left between that of larger ones.
async fn nobody_signs_in(server: &Server) {
    let words = json!({ "email": email("김민준"), "password": PASSWORD });
    for _ in 0..50 {
        let answer = Person::stranger(server).tries(Method::POST, "/auth/sign-in", Some(&words)).await.unwrap();
        if answer.status != 200 {
            assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
            answer.refuses(503, "unavailable");
            return;
        }
    }
    panic!("fifty sessions are on a full disk");
}
