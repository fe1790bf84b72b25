//! All that is a person's own: given to them, and erased.

use chrono::TimeDelta;
use serde_json::json;

use super::scene::{Scene, begin, limit};
use crate::{
    changes::{Change, EventKind, Row, Scope},
    id::{JobId, NotificationId, StudyId},
    identity::model::{OAuthIdentity, Provider},
    job::model::{NewJob, Payload},
    member::model::MemberStatus,
    notification::model::{Notification, NotificationData, NotificationFilter},
    page::Limit,
    store::Store,
    text::Email,
    user::{
        model::{User, Verification, VerificationKind},
        trace::{Trace, TracePlace},
    },
};

/// By study, whatever the status, with what was read there; nobody else's.
pub async fn memberships_of_a_person_come_back_whatever_their_status(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, lee) = (scene.user("김민준").await, scene.user("이서연").await);
    let mut expected = Vec::new();
    for status in MemberStatus::ALL {
        let study = scene.study(&owner).await;
        let member = scene.member_as(study.id, &lee, |member| member.status = *status).await;
        expected.push((study.id, member));
    }
    let read = expected[1].0;
    scene.post(read, &owner, "하나").await;
    scene.commit(begin().change(Change::MoveReadMark(read, lee.id.clone(), 1))).await;
    expected.sort_by_key(|(study, _)| *study);
    let mut found = Vec::new();
    let mut after: Option<StudyId> = None;
    loop {
        let page = store.memberships(&lee.id, after, limit(3)).await.expect("an answer");
        after = page.last().map(|own| own.study.id);
        found.extend(page);
        if after.is_none() || found.len() > expected.len() {
            break;
        }
    }
    let seen: Vec<_> = found.iter().map(|own| (own.study.id, own.member.clone())).collect();
    assert_eq!(seen, expected);
    for own in found {
        assert_eq!(own.read_to, (own.study.id == read).then_some(1));
        assert_eq!(own.study, scene.stored_study(own.study.id).await);
    }
}

/// By identifier, in pages, deleted ones too with what was said; nobody else's.
pub async fn messages_of_a_person_come_back_wherever_they_stand(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, one) = scene.owned().await;
    let other = scene.study(&owner).await;
    let lee = scene.user("이서연").await;
    let mut expected = vec![scene.post(one.id, &lee, "하나").await];
    scene.post(one.id, &owner, "남의 말").await;
    let gone = scene.post(other.id, &lee, "둘").await;
    expected.push(scene.delete_message(&gone).await);
    expected.push(scene.post(one.id, &lee, "셋").await);
    expected.sort_by_key(|message| message.id);
    let first = store.messages_by(&lee.id, None, limit(2)).await.expect("an answer");
    let rest = store.messages_by(&lee.id, first.last().map(|last| last.id), limit(2)).await.expect("an answer");
    let found: Vec<_> = first.into_iter().chain(rest).collect();
    assert_eq!(found, expected);
}

fn notification(scene: &Scene<'_>, user: &User, about: &User) -> Notification {
    let data = NotificationData {
        user_id: Some(about.id.clone()),
        user_name: about.name.as_ref().map(ToString::to_string),
        ..NotificationData::default()
    };
    Notification { data, ..scene.make.notification(&user.id) }
}

/// Theirs alone, and what waited for a code at their address, of either kind.
pub async fn what_is_kept_beside_an_account_goes_at_once(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("김하늘").await;
    let email = |name: &str| Email::from_stored(format!("{name}@school.kr"));
    scene.post(study.id, &owner, "하나").await;
    for (user, name) in [(&kim, "kim"), (&owner, "owner")] {
        let identity = OAuthIdentity {
            issuer: "https://accounts.google.com".into(),
            subject: name.into(),
            user: user.id.clone(),
            provider: Provider::Google,
            email: None,
            linked_at: scene.make.later(),
        };
        let mut changes = begin()
            .insert(Row::Identity(Box::new(identity)))
            .insert(Row::Notification(Box::new(notification(&scene, user, &kim))))
            .event(Scope::User(user.id.clone()), EventKind::NotificationCreated, scene.make.later(), json!({ "id": 1 }))
            .change(Change::MoveReadMark(study.id, user.id.clone(), 1));
        for kind in VerificationKind::ALL {
            let now = scene.make.later();
            changes = changes.insert(Row::Verification(Box::new(Verification {
                kind: *kind,
                email: email(name),
                job: scene.make.id(JobId::from_uuid),
                name: None,
                password: None,
                code_hash: None,
                tries: 0,
                asked: 1,
                asked_since: now,
                expires_at: now + TimeDelta::hours(1),
                version: 0,
            })));
        }
        scene.commit(changes).await;
    }
    scene.join(study.id, &kim).await;
    scene.commit(begin().change(Change::Forget(kim.id.clone(), Some(email("kim"))))).await;
    for (user, name, left) in [(&kim, "kim", 0), (&owner, "owner", 1)] {
        assert_eq!(store.identities(&user.id).await.expect("an answer").len(), left, "{name}");
        let filter = NotificationFilter::default();
        let notifications = store.notifications(&user.id, filter, None, Limit::MAX).await.expect("an answer");
        assert_eq!(notifications.len(), left, "{name}");
        let events = store.events(&Scope::User(user.id.clone()), 0, Limit::MAX).await.expect("an answer");
        assert_eq!(events.len(), left, "{name}");
        for kind in VerificationKind::ALL {
            let waits = store.verification(*kind, &email(name)).await.expect("an answer");
            assert_eq!(waits.is_some(), left == 1, "{name} {kind}");
        }
    }
    let marks = store.read_marks(study.id, None, Limit::MAX).await.expect("an answer");
    assert_eq!(marks.iter().map(|mark| &mark.user_id).collect::<Vec<_>>(), [&owner.id]);
    // Their row and their messages are another matter, and nothing is told twice in one place.
    assert!(store.user(&kim.id).await.expect("an answer").is_some());
    let told = begin().event(Scope::User(kim.id.clone()), EventKind::StudyDeleted, scene.make.later(), json!({}));
    scene.commit(told).await;
    scene.commit(begin().change(Change::Forget(kim.id.clone(), None))).await;
    assert_eq!(store.events(&Scope::User(kim.id), 0, Limit::MAX).await.expect("an answer"), []);
}

/// In events of studies and people, in notifications and jobs: each kind in its order, behind a place, and only what names them.
/// Stood once with other words, it stands so; nothing else moves.
pub async fn what_was_told_of_somebody_is_found_and_reworded(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let kim = scene.user("김하늘").await;
    let about = json!({ "user": { "id": kim.id, "name": "김하늘" } });
    let at = scene.make.later();
    let mut jobs = Vec::new();
    for data in [json!({ "user": { "id": "somebody else" } }), about.clone(), about.clone()] {
        let job = scene.make.id(JobId::from_uuid);
        jobs.push(job);
        let changes = begin()
            .event(Scope::Study(study.id), EventKind::MemberJoined, at, data.clone())
            .event(Scope::User(owner.id.clone()), EventKind::MemberRequested, at, data.clone())
            .job(NewJob { id: job, kind: "test".into(), payload: Payload::Value(data), run_at: at, created_at: at });
        scene.commit(changes).await;
    }
    let told = notification(&scene, &owner, &kim);
    scene.commit(begin().insert(Row::Notification(Box::new(told.clone())))).await;
    let person = |seq| TracePlace::UserEvent(owner.id.to_string(), seq);
    let kinds = [
        (
            TracePlace::StudyEvent(study.id, 0),
            vec![TracePlace::StudyEvent(study.id, 2), TracePlace::StudyEvent(study.id, 3)],
        ),
        (TracePlace::UserEvent(String::new(), 0), vec![person(2), person(3)]),
        (
            TracePlace::Notification(NotificationId::from_uuid(uuid::Uuid::nil())),
            vec![TracePlace::Notification(told.id)],
        ),
        (
            TracePlace::Job(JobId::from_uuid(uuid::Uuid::nil())),
            vec![TracePlace::Job(jobs[1]), TracePlace::Job(jobs[2])],
        ),
    ];
    for (begins, expected) in kinds {
        let (mut found, mut after) = (Vec::new(), begins);
        while let Some(trace) = store.traces(&kim.id, &after, limit(1)).await.expect("an answer").pop() {
            assert!(found.len() < 10, "the traces have no end");
            after = trace.place.clone();
            found.push(trace);
        }
        assert_eq!(found.iter().map(|trace| trace.place.clone()).collect::<Vec<_>>(), expected);
        for trace in found {
            assert!(trace.data.to_string().contains("김하늘"), "{trace:?}");
            let data = match &trace.place {
                TracePlace::Notification(_) => json!({ "userId": kim.id }),
                _ => json!({ "user": { "id": kim.id, "name": null } }),
            };
            scene.commit(begin().change(Change::Reword(Trace { data, ..trace }))).await;
        }
    }
    let events = store.events(&Scope::Study(study.id), 0, Limit::MAX).await.expect("an answer");
    let names: Vec<_> = events.iter().map(|event| (event.seq, event.data["user"]["name"].is_null())).collect();
    assert_eq!(names, [(1, true), (2, true), (3, true)]);
    assert_eq!((events[1].at, events[1].kind.as_str()), (at, EventKind::MemberJoined.as_str()));
    let stored = store.notification(told.id).await.expect("an answer").expect("the notification");
    assert_eq!((stored.data.user_id, stored.data.user_name), (Some(kim.id.clone()), None));
    let job = store.job(jobs[1]).await.expect("an answer").expect("the job");
    assert_eq!((&job.payload["user"]["name"], job.version), (&json!(null), 0));
    // What is gone is nothing.
    scene.commit(begin().change(Change::Reword(Trace { place: person(99), data: json!({}) }))).await;
    // An identifier is compared as it stands.
    let near = "a_b%".parse().expect("an identifier");
    assert_eq!(store.traces(&near, &TracePlace::StudyEvent(study.id, 0), limit(9)).await.expect("an answer"), []);
}
