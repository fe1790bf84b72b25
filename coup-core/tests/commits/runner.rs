//! Who gets a job, how often, and when it is given up.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use coup_core::{
    coup::{Coup, Settings},
    id::JobId,
    job::{
        rules::MOST_ATTEMPTS,
        service::Ticked,
        worker::{WorkError, Worked},
    },
};
use serde_json::json;

use crate::house::{House, account, does, fails, idles};

const LEASE: TimeDelta = TimeDelta::seconds(60);

#[tokio::test]
async fn a_job_is_done_and_its_result_stays() {
    let house = House::new();
    let worker = does("count", |_, job| {
        Box::pin(async move {
            Ok(Worked::Done { changes: None, result: Some(json!(job.payload.as_array().unwrap().len())) })
        })
    });
    let coup = house.node(2).worker(worker).build();
    let id = house.ask("count", json!(["김", "이", "박"])).await;
    assert_eq!(coup.tick().await.unwrap(), Ticked { done: 1, ..Ticked::default() });
    let job = house.job(id).await;
    assert_eq!((job.result, job.finished_at, job.failed), (Some(json!(3)), Some(house.now()), false));
    assert_eq!((job.lease_until, job.last_error, job.attempts), (None, None, 1));
    assert_eq!(coup.tick().await.unwrap(), Ticked::default());
}

#[tokio::test]
async fn a_job_waits_for_its_time_and_for_a_node_that_knows_its_kind() {
    let house = House::new();
    let (deliver, other) =
        (house.node(2).worker(idles("deliver")).build(), house.node(3).worker(idles("other")).build());
    let id = house.ask("deliver", json!({})).await;
    house.make.clock.advance(TimeDelta::seconds(-1));
    assert_eq!(deliver.tick().await.unwrap().done, 0);
    house.make.clock.advance(TimeDelta::seconds(1));
    assert_eq!(other.tick().await.unwrap().done, 0);
    assert_eq!(house.node(4).build().tick().await.unwrap().done, 0);
    assert_eq!(deliver.tick().await.unwrap().done, 1);
    assert!(house.job(id).await.finished_at.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_nodes_no_two_get_the_same_job() {
    let house = House::new();
    let done: Arc<Mutex<BTreeMap<JobId, u32>>> = Arc::default();
    let mut asked = Vec::new();
    for n in 0..120 {
        asked.push(house.ask("mail", json!(n)).await);
    }
    let nodes: Vec<_> = (2..8)
        .map(|number| {
            let done = done.clone();
            let worker = does("mail", move |_, job| {
                let done = done.clone();
                Box::pin(async move {
                    *done.lock().unwrap().entry(job.id).or_default() += 1;
                    tokio::task::yield_now().await;
                    Ok(Worked::done())
                })
            });
            let coup = house.node(number).worker(worker).build();
            tokio::spawn(async move { while coup.tick().await.unwrap().more {} })
        })
        .collect();
    for node in nodes {
        node.await.unwrap();
    }
    assert_eq!(*done.lock().unwrap(), asked.into_iter().map(|id| (id, 1)).collect());
}

#[tokio::test]
async fn a_job_whose_node_is_never_heard_of_again_goes_to_another_one_after_the_lease() {
    let house = House::new();
    let id = house.ask("mail", json!({})).await;
    assert_eq!(house.claim_and_crash("mail", house.now() + LEASE).await, 1);
    let coup = house.node(2).worker(idles("mail")).build();
    assert_eq!(coup.tick().await.unwrap().done, 0);
    house.make.clock.advance(LEASE - TimeDelta::microseconds(1));
    assert_eq!(coup.tick().await.unwrap().done, 0);
    house.make.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(coup.tick().await.unwrap().done, 1);
    assert_eq!(house.job(id).await.attempts, 2);
}

/// The slow node comes to an end when somebody else did so long ago: nothing of its piece is written.
#[tokio::test]
async fn who_lost_the_lease_writes_nothing() {
    let house = House::new();
    let id = house.ask("enrol", json!({})).await;
    let quick = does("enrol", |_, _| {
        Box::pin(async { Ok(Worked::Done { changes: Some(account("quick")), result: Some(json!("quick")) }) })
    });
    let quick = house.node(2).worker(quick).build();
    let clock = house.make.clock.clone();
    let slow = does("enrol", move |_, _| {
        let (clock, quick) = (clock.clone(), quick.clone());
        Box::pin(async move {
            clock.advance(LEASE);
            assert_eq!(quick.tick().await.unwrap().done, 1);
            Ok(Worked::Done { changes: Some(account("slow")), result: Some(json!("slow")) })
        })
    });
    let slow = house.node(3).worker(slow).build();
    assert_eq!(slow.tick().await.unwrap(), Ticked::default());
    assert!(house.has_user("quick").await && !house.has_user("slow").await);
    let job = house.job(id).await;
    assert_eq!((job.result, job.failed, job.last_error), (Some(json!("quick")), false, None));
}

#[tokio::test]
async fn a_stopped_job_is_tried_again_later_and_ever_later_and_then_given_up() {
    let house = House::new();
    let coup = house.node(2).worker(fails("mail", || WorkError::later("no route to the mail server"))).build();
    let id = house.ask("mail", json!({})).await;
    let mut waited = Vec::new();
    for attempt in 1..=MOST_ATTEMPTS {
        assert_eq!(coup.tick().await.unwrap().failed, 1);
        let job = house.job(id).await;
        assert_eq!((job.attempts, job.last_error.as_deref()), (attempt, Some("no route to the mail server")));
        assert_eq!((job.lease_until, job.failed), (None, attempt == MOST_ATTEMPTS));
        if !job.failed {
            waited.push(job.run_at - house.now());
            house.make.clock.set(job.run_at - TimeDelta::microseconds(1));
            assert_eq!(coup.tick().await.unwrap().failed, 0, "not before its time");
            house.make.clock.set(job.run_at);
        }
    }
    let (first, last) = (waited.first().unwrap(), waited.last().unwrap());
    assert!(*first >= TimeDelta::seconds(1) && *first < TimeDelta::seconds(2), "{first}");
    assert!(*last > TimeDelta::minutes(44) && *last <= TimeDelta::hours(1), "{last}");
    assert_eq!(house.job(id).await.finished_at, Some(house.now()));
    house.make.clock.advance(TimeDelta::days(30));
    assert_eq!(coup.tick().await.unwrap(), Ticked::default(), "given up, not swept: somebody shall see it");
    assert!(house.job(id).await.failed);
}

#[tokio::test]
async fn a_job_that_no_further_attempt_would_help_is_given_up_at_once() {
    let house = House::new();
    let coup = house.node(2).worker(fails("mail", || WorkError::never("no such address"))).build();
    let id = house.ask("mail", json!({})).await;
    assert_eq!(coup.tick().await.unwrap().failed, 1);
    let job = house.job(id).await;
    assert_eq!((job.failed, job.attempts, job.last_error.as_deref()), (true, 1, Some("no such address")));
}

/// A job that kills its process is begun again and again, and nobody is left to note it.
#[tokio::test]
async fn a_job_that_comes_to_no_end_is_given_up_without_another_attempt() {
    let house = House::new();
    let id = house.ask("bomb", json!({})).await;
    for _ in 0..MOST_ATTEMPTS {
        assert_eq!(house.claim_and_crash("bomb", house.now()).await, 1);
    }
    let begun = Arc::new(AtomicU32::new(0));
    let counted = begun.clone();
    let bomb = does("bomb", move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Worked::done()) })
    });
    let coup = house.node(2).worker(bomb).build();
    assert_eq!(coup.tick().await.unwrap().failed, 1);
    assert_eq!(begun.load(Ordering::Relaxed), 0);
    assert!(house.job(id).await.failed);
}

#[tokio::test]
async fn a_panic_stops_its_job_and_no_other() {
    let house = House::new();
    let bad = house.ask("bad", json!({})).await;
    let good = house.ask("good", json!({})).await;
    let panics = does("bad", |_, job| {
        Box::pin(async move {
            assert!(job.payload.is_null(), "열쇠가 없어요");
            Ok(Worked::done())
        })
    });
    let coup = house.node(2).worker(panics).worker(idles("good")).build();
    let ticked = coup.tick().await.unwrap();
    assert_eq!((ticked.done, ticked.failed), (1, 1));
    assert_eq!(house.job(bad).await.last_error.as_deref(), Some("panic: 열쇠가 없어요"));
    assert!(house.job(good).await.finished_at.is_some());
}

#[tokio::test]
async fn work_that_takes_too_long_is_broken_off() {
    let house = House::new();
    let id = house.ask("stuck", json!({})).await;
    let stuck = does("stuck", |_, _| Box::pin(std::future::pending()));
    let coup = house.node(2).worker(stuck).settings(Settings { work_seconds: 1, ..Settings::default() }).build();
    assert_eq!(tokio::time::timeout(Duration::from_secs(30), coup.tick()).await.unwrap().unwrap().failed, 1);
    assert_eq!(house.job(id).await.last_error.as_deref(), Some("took longer than 1 seconds"));
}

#[tokio::test]
async fn a_worker_takes_the_place_of_another_for_the_same_kind() {
    let house = House::new();
    let id = house.ask("mail", json!({})).await;
    let coup = house.node(2).worker(fails("mail", || WorkError::never("old"))).worker(idles("mail")).build();
    coup.tick().await.unwrap();
    assert!(!house.job(id).await.failed);
}

/// Without being told, at once while there is more, and no more once it is stopped.
#[tokio::test]
async fn background_work_goes_on_until_it_is_stopped() {
    let house = House::new();
    let done = Arc::new(AtomicU32::new(0));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let last = Mutex::new(Some(stop));
    for n in 0..30 {
        house.ask("mail", json!(n)).await;
    }
    let counted = done.clone();
    let worker = does("mail", move |_, _| {
        if counted.fetch_add(1, Ordering::Relaxed) == 29 {
            last.lock().unwrap().take().unwrap().send(()).unwrap();
        }
        Box::pin(async { Ok(Worked::done()) })
    });
    let coup: Coup = house.node(2).worker(worker).build();
    // Were it not at once, thirty jobs would take more than three hours.
    let background = coup.run_background(Duration::from_hours(1), async { stopped.await.unwrap() });
    tokio::time::timeout(Duration::from_secs(30), background).await.unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 30);
    // The tick that was begun was ended.
    assert_eq!(house.claim_and_crash("mail", house.now() + LEASE).await, 0);
}
