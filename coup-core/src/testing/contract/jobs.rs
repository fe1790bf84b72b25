//! Jobs: who gets them, and what they carry.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::scene::{Scene, after, begin, is_conflict};
use crate::{
    changes::{Change, Changes, EventKind, Row, Scope, to_value},
    chat::model::MessageView,
    env::{Clock as _, Timestamp},
    hooks::Told,
    id::{InviteId, JobId},
    job::model::{Claim, Job, NewJob, Payload},
    store::{Head, Store, StoreError, Unique},
    user::model::Person,
};

/// A job to be asked for, due at the instant.
fn due(scene: &Scene<'_>, kind: &str, run_at: Timestamp) -> NewJob {
    let payload = Payload::Value(json!({ "번호": 1 }));
    NewJob { id: scene.make.id(JobId::from_uuid), kind: kind.into(), payload, run_at, created_at: run_at }
}

/// A job, stored.
async fn asked(scene: &Scene<'_>, kind: &str, run_at: Timestamp) -> JobId {
    let job = due(scene, kind, run_at);
    let id = job.id;
    scene.commit(begin().job(job)).await;
    id
}

fn claim(kinds: &[&str], now: Timestamp, most: u32) -> Changes {
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    begin().change(Change::ClaimJobs(Claim { kinds, now, lease_until: after(now, 60), most }))
}

async fn claimed(scene: &Scene<'_>, kinds: &[&str], now: Timestamp, most: u32) -> Vec<JobId> {
    scene.commit(claim(kinds, now, most)).await.jobs.into_iter().map(|job| job.id).collect()
}

async fn stored(store: &dyn Store, id: JobId) -> Job {
    store.job(id).await.expect("an answer").expect("the job")
}

fn row(job: &Job) -> Row {
    Row::Job(Box::new(job.clone()))
}

/// All fields come back, after being asked for, claimed and saved; the payload with every kind of JSON in it.
pub async fn a_job_comes_back_with_all_its_fields(store: &dyn Store) {
    let scene = Scene::of(store);
    let (created_at, run_at) = (scene.make.later(), scene.make.later());
    let id = scene.make.id(JobId::from_uuid);
    let payload = json!({ "ㄱ": "한글 \"따옴표\" \\ \n 👋 \u{0}", "b": [1, -2.5, true, null, i64::MAX], "a": {} });
    let asked = NewJob { id, kind: "메일:send".into(), payload: Payload::Value(payload.clone()), run_at, created_at };
    scene.commit(begin().job(asked)).await;
    let expected = Job { created_at, ..Job::new(id, "메일:send", payload, run_at) };
    assert_eq!(stored(store, id).await, expected);

    let claimed = scene.commit(claim(&["메일:send"], run_at, 1)).await.jobs;
    let expected = Job { lease_until: Some(after(run_at, 60)), attempts: 1, version: 1, ..expected };
    assert_eq!(claimed, std::slice::from_ref(&expected));
    assert_eq!(stored(store, id).await, expected);

    let full = Job {
        payload: json!("바뀐"),
        run_at: scene.make.later(),
        attempts: 12,
        progress: Some(json!([3, "쪽"])),
        result: Some(Value::Null),
        last_error: Some("메일 서버로 가는 길이 없음: 'no route'".into()),
        finished_at: Some(scene.make.later() + TimeDelta::microseconds(7)),
        failed: true,
        ..expected
    };
    scene.commit(begin().save(row(&full))).await;
    assert_eq!(stored(store, id).await, Job { version: 2, ..full.clone() });
    let bare = Job {
        lease_until: None,
        progress: None,
        result: None,
        last_error: None,
        finished_at: None,
        failed: false,
        version: 2,
        ..full
    };
    scene.commit(begin().save(row(&bare))).await;
    assert_eq!(stored(store, id).await, Job { version: 3, ..bare });
}

/// `None` is no failure.
pub async fn a_job_that_is_not_there_is_none(store: &dyn Store) {
    let scene = Scene::of(store);
    assert_eq!(store.job(scene.make.id(JobId::from_uuid)).await.expect("an answer"), None);
}

/// A job is asked for, with its commit; there is no other way in, and each is there once.
pub async fn a_job_is_asked_for_and_never_inserted(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let job = due(&scene, "mail", at);
    scene.commit(begin().job(job.clone())).await;
    let error = scene.refused(begin().job(job)).await;
    assert!(matches!(error, StoreError::AlreadyExists(Unique::Id)), "{error:?}");
    let inserted = Job::new(scene.make.id(JobId::from_uuid), "mail", json!({}), at);
    let error = scene.refused(begin().insert(row(&inserted))).await;
    assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
}

/// Not before their time, not those of other kinds, not what is finished, not what somebody works on.
pub async fn only_due_jobs_of_the_kinds_asked_for_are_claimed(store: &dyn Store) {
    let scene = Scene::of(store);
    let now = scene.make.later();
    let mail = asked(&scene, "mail", now).await;
    let export = asked(&scene, "export", after(now, -1)).await;
    let early = asked(&scene, "mail", now + TimeDelta::microseconds(1)).await;
    asked(&scene, "mail ", now).await;
    asked(&scene, "Mail", now).await;
    let finished = asked(&scene, "mail", now).await;
    scene.commit(begin().save(row(&Job { finished_at: Some(now), ..stored(store, finished).await }))).await;
    let taken = asked(&scene, "mail", now).await;
    let lease = Some(now + TimeDelta::microseconds(1));
    scene.commit(begin().save(row(&Job { lease_until: lease, ..stored(store, taken).await }))).await;

    assert_eq!(claimed(&scene, &[], now, 100).await, []);
    assert_eq!(claimed(&scene, &["digest"], now, 100).await, []);
    assert_eq!(claimed(&scene, &["digest", "mail"], now, 100).await, [mail]);
    assert_eq!(claimed(&scene, &["mail", "export"], now, 100).await, [export]);
    assert_eq!(claimed(&scene, &["mail", "export"], now + TimeDelta::microseconds(1), 100).await, [taken, early]);
}

/// Those that wait longest; ties by identifier.
pub async fn the_longest_due_are_claimed_first_and_so_many_at_most(store: &dyn Store) {
    let scene = Scene::of(store);
    let now = scene.make.later();
    let mut jobs = Vec::new();
    for seconds in [30, 10, 50, 20, 40, 10] {
        jobs.push((after(now, seconds), asked(&scene, "mail", after(now, seconds)).await));
    }
    jobs.sort_unstable();
    let jobs: Vec<JobId> = jobs.into_iter().map(|(_, id)| id).collect();
    let end = after(now, 60);
    assert_eq!(claimed(&scene, &["mail"], end, 0).await, []);
    assert_eq!(claimed(&scene, &["mail"], end, 4).await, jobs[..4]);
    assert_eq!(claimed(&scene, &["mail"], end, 4).await, jobs[4..]);
    assert_eq!(claimed(&scene, &["mail"], end, 4).await, []);
}

/// The instant of its end is nobody's any more; whoever gets it then begins another attempt.
pub async fn a_claimed_job_is_nobody_elses_until_its_lease_ends(store: &dyn Store) {
    let scene = Scene::of(store);
    let now = scene.make.later();
    let id = asked(&scene, "mail", now).await;
    assert_eq!(claimed(&scene, &["mail"], now, 1).await, [id]);
    let end = after(now, 60);
    assert_eq!(claimed(&scene, &["mail"], end - TimeDelta::microseconds(1), 1).await, []);
    assert_eq!(claimed(&scene, &["mail"], end, 1).await, [id]);
    let job = stored(store, id).await;
    assert_eq!((job.attempts, job.version, job.lease_until), (2, 2, Some(after(end, 60))));
}

/// Twenty nodes at once, over and over until nothing is due.
pub async fn of_racing_claims_no_two_get_the_same_job(store: &dyn Store) {
    let scene = Scene::of(store);
    let now = scene.make.later();
    let jobs: Vec<NewJob> = (0..150).map(|_| due(&scene, "mail", now)).collect();
    let mut times: BTreeMap<JobId, u32> = jobs.iter().map(|job| (job.id, 0)).collect();
    scene.commit(jobs.into_iter().fold(begin(), Changes::job)).await;
    for _ in 0..150 {
        let answers = join_all((0..20).map(|_| store.commit(claim(&["mail"], now, 5)))).await;
        let mut got = 0;
        for answer in answers {
            let jobs = answer.expect("a claim that nothing stands in the way of").jobs;
            assert!(jobs.len() <= 5, "{}", jobs.len());
            got += jobs.len();
            for job in jobs {
                *times.entry(job.id).or_default() += 1;
            }
        }
        if got == 0 {
            break;
        }
    }
    assert_eq!(times.len(), 150);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

/// Somebody else has it: what the first one did goes with its save, all of it.
pub async fn a_save_after_a_lost_lease_conflicts(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let now = scene.make.later();
    asked(&scene, "mail", now).await;
    let slow = scene.commit(claim(&["mail"], now, 1)).await.jobs.remove(0);
    let quick = scene.commit(claim(&["mail"], after(now, 60), 1)).await.jobs.remove(0);
    let done = |job: &Job| Job { finished_at: Some(after(now, 61)), lease_until: None, ..job.clone() };
    let changes = begin().post(scene.make.message(study.id, &owner.id, "늦었어요"), Person::from(&owner));
    assert!(is_conflict(&scene.refused(changes.save(row(&done(&slow)))).await));
    assert_eq!(store.head(&Scope::Study(study.id)).await.expect("an answer"), Head::default());
    assert_eq!(stored(store, slow.id).await, quick);
    scene.commit(begin().save(row(&done(&quick)))).await;
    assert!(is_conflict(&scene.refused(begin().save(row(&done(&quick)))).await));
    let nowhere = Job::new(scene.make.id(JobId::from_uuid), "mail", json!({}), now);
    assert!(is_conflict(&scene.refused(begin().save(row(&nowhere))).await));
}

/// What a listener is told: the event as it is stored, with its place in its scope.
pub async fn a_job_carries_what_its_commit_tells(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    scene.post(study.id, &owner, "먼저").await;
    let scope = Scope::Study(study.id);
    let at = scene.make.later();
    let messages = ["하나", "둘"].map(|text| scene.make.message(study.id, &owner.id, text));
    let carries = |payload| NewJob { payload, ..due(&scene, "listener:mail", at) };
    let jobs = [Payload::Event(1), Payload::Post(1), Payload::Post(0), Payload::Event(0)].map(carries);
    let mut changes = begin()
        .event(Scope::User(owner.id.clone()), EventKind::MemberRequested, at, json!({ "n": "개인" }))
        .event(scope.clone(), EventKind::StudyUpdated, at, json!({ "n": [1] }));
    for message in &messages {
        changes = changes.post(message.clone(), Person::from(&owner));
    }
    let ids = jobs.each_ref().map(|job| job.id);
    scene.commit(jobs.into_iter().fold(changes, Changes::job)).await;

    let posted = |message: usize, place: i64| Told {
        scope: scope.clone(),
        seq: place,
        kind: EventKind::MessageCreated,
        at: messages[message].created_at,
        data: {
            let message = crate::chat::model::Message { seq: place, ..messages[message].clone() };
            to_value(&MessageView::new(&message, Person::from(&owner)))
        },
    };
    let updated = Told { scope: scope.clone(), seq: 4, kind: EventKind::StudyUpdated, at, data: json!({ "n": [1] }) };
    let asked = Told {
        scope: Scope::User(owner.id.clone()),
        seq: 1,
        kind: EventKind::MemberRequested,
        at,
        data: json!({ "n": "개인" }),
    };
    for (id, told) in ids.into_iter().zip([updated, posted(1, 3), posted(0, 2), asked]) {
        let payload = stored(store, id).await.payload;
        assert_eq!(serde_json::from_value::<Told>(payload).expect("an event as a listener is told of it"), told);
    }
    for payload in [Payload::Event(0), Payload::Post(0)] {
        let error = scene.refused(begin().job(carries(payload))).await;
        assert!(matches!(error, StoreError::Backend(_)), "{error:?}");
    }
}

/// Nothing is done for what did not happen.
pub async fn a_job_of_a_refused_commit_is_not_there(store: &dyn Store) {
    let scene = Scene::of(store);
    let at = scene.make.later();
    let job = due(&scene, "mail", at);
    let id = job.id;
    let spent = Change::UseInvite(scene.make.id(InviteId::from_uuid), at);
    scene.refused(begin().job(job.clone()).change(spent)).await;
    assert_eq!(store.job(id).await.expect("an answer"), None);
    assert_eq!(claimed(&scene, &["mail"], at, 9).await, []);
    scene.commit(begin().job(job)).await;
    assert_eq!(claimed(&scene, &["mail"], scene.make.clock.now(), 9).await, [id]);
}
