//! Long work in pieces: what a piece writes and how far the job is are one commit.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use chrono::TimeDelta;
use coup_core::{
    changes::Changes,
    coup::{Coup, Ctx},
    job::{model::Job, service::Ticked, worker::Worked},
    member::service::{Join, Request},
    store::Store as _,
    study::service::{CloseStudy, StudyFields},
};
use serde_json::{Value, json};

use crate::house::{House, account, does, person, study, user};

fn progress(job: &Job) -> u64 {
    job.progress.as_ref().and_then(Value::as_u64).unwrap_or(0)
}

#[tokio::test]
async fn a_long_job_gets_on_piece_by_piece_on_whatever_node() {
    let house = House::new();
    let enrol = || {
        does("enrol", |_, job| {
            Box::pin(async move {
                let next = progress(job);
                let changes = Some(account(&format!("pupil-{next}")));
                Ok(if next < 3 {
                    Worked::More { changes, progress: json!(next + 1) }
                } else {
                    Worked::Done { changes, result: Some(json!({ "enrolled": 4 })) }
                })
            })
        })
    };
    let nodes = [house.node(2).worker(enrol()).build(), house.node(3).worker(enrol()).build()];
    let id = house.ask("enrol", json!({})).await;
    for (piece, node) in (1..=3).zip(nodes.iter().cycle()) {
        assert_eq!(node.tick().await.unwrap(), Ticked { done: 1, more: true, ..Ticked::default() });
        let job = house.job(id).await;
        assert_eq!((job.progress, job.finished_at, job.attempts), (Some(json!(piece)), None, 0));
    }
    assert_eq!(nodes[1].tick().await.unwrap(), Ticked { done: 1, ..Ticked::default() });
    assert_eq!(house.job(id).await.result, Some(json!({ "enrolled": 4 })));
    for n in 0..4 {
        assert!(house.has_user(&format!("pupil-{n}")).await);
    }
}

#[tokio::test]
async fn a_piece_is_written_with_its_progress_or_not_at_all() {
    let house = House::new();
    house.store.commit(account("taken")).await.unwrap();
    let spoilt = Arc::new(AtomicBool::new(true));
    let spoil = spoilt.clone();
    let enrol = does("enrol", move |_, job| {
        let next = progress(job);
        let mut changes = account(&format!("pupil-{next}"));
        if next == 2 && spoil.load(Ordering::Relaxed) {
            // Fails after the pupil was written.
            changes = account("taken").writes().iter().cloned().fold(changes, Changes::change);
        }
        Box::pin(async move {
            Ok(if next < 4 {
                Worked::More { changes: Some(changes), progress: json!(next + 1) }
            } else {
                Worked::done()
            })
        })
    });
    let coup = house.node(2).worker(enrol).build();
    let id = house.ask("enrol", json!({})).await;
    while coup.tick().await.unwrap().more {}
    let job = house.job(id).await;
    assert_eq!((job.progress, job.failed, job.attempts), (Some(json!(2)), false, 1));
    assert!(house.has_user("pupil-1").await && !house.has_user("pupil-2").await);

    spoilt.store(false, Ordering::Relaxed);
    house.make.clock.set(job.run_at);
    while coup.tick().await.unwrap().more {}
    let job = house.job(id).await;
    assert_eq!((job.progress, job.finished_at), (Some(json!(4)), Some(house.now())));
    assert!(house.has_user("pupil-2").await && house.has_user("pupil-3").await);
}

/// A crash between two pieces: the second node begins where the first one's last commit ended.
#[tokio::test]
async fn progress_survives_a_crash() {
    let house = House::new();
    let begun = Arc::new(AtomicU32::new(0));
    let counted = begun.clone();
    let enrol = does("enrol", move |_, job| {
        counted.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let next = progress(job);
            Ok(if next < 3 {
                Worked::More { changes: Some(account(&format!("pupil-{next}"))), progress: json!(next + 1) }
            } else {
                Worked::done()
            })
        })
    });
    let coup = house.node(2).worker(enrol).build();
    let id = house.ask("enrol", json!({})).await;
    coup.tick().await.unwrap();
    coup.tick().await.unwrap();
    assert_eq!(house.claim_and_crash("enrol", house.now() + TimeDelta::seconds(60)).await, 1);
    house.make.clock.advance(TimeDelta::seconds(60));
    while coup.tick().await.unwrap().more {}
    assert_eq!(begun.load(Ordering::Relaxed), 4, "no piece was done twice");
    assert!(house.job(id).await.finished_at.is_some());
}

/// Closing moves the study's version, which joining has read: the piece is decided again, within the same attempt.
#[tokio::test]
async fn a_piece_that_loses_a_race_is_decided_again_on_fresh_state() {
    let house = House::new();
    let plain = house.node(2).build();
    let (owner, minjun) = (person(&plain, "owner").await, person(&plain, "minjun").await);
    let study = study(&plain, &owner).await;
    let races = AtomicU32::new(1);
    let enrol = does("enrol", move |coup: &Coup, _| {
        let (owner, minjun) = (owner.clone(), minjun.clone());
        let race = races.fetch_sub(1, Ordering::Relaxed) == 1;
        Box::pin(async move {
            let joined = coup.prepare(&minjun, &Join { study, request: Request::default() }).await?;
            if race {
                let renamed = StudyFields { name: Some("저녁 수학".into()), ..StudyFields::default() };
                coup.run(&owner, renamed.edit(study).unwrap()).await.unwrap();
            }
            Ok(Worked::Done { changes: joined.changes, result: None })
        })
    });
    let coup = house.node(3).worker(enrol).build();
    let id = house.ask("enrol", json!({})).await;
    assert_eq!(coup.tick().await.unwrap().done, 1);
    assert_eq!(house.job(id).await.attempts, 1);
    assert!(coup.study(&Ctx::user(user("minjun")), study).await.unwrap().membership.is_some());
}

/// A refusal is no trouble of the moment.
#[tokio::test]
async fn a_use_case_that_refuses_gives_the_job_up() {
    let house = House::new();
    let plain = house.node(2).build();
    let (owner, minjun) = (person(&plain, "owner").await, person(&plain, "minjun").await);
    let study = study(&plain, &owner).await;
    plain.run(&owner, CloseStudy(study)).await.unwrap();
    let enrol = does("enrol", move |coup: &Coup, _| {
        let minjun = minjun.clone();
        Box::pin(async move {
            let joined = coup.prepare(&minjun, &Join { study, request: Request::default() }).await?;
            Ok(Worked::Done { changes: joined.changes, result: None })
        })
    });
    let coup = house.node(3).worker(enrol).build();
    let id = house.ask("enrol", json!({})).await;
    assert_eq!(coup.tick().await.unwrap().failed, 1);
    assert!(house.job(id).await.failed);
}
