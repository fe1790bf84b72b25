//! What passes with time: the oldest goes first, so many at most, and the rest stays.

use chrono::TimeDelta;
use serde_json::json;

use super::scene::{Scene, after, begin, limit};
use crate::{
    audit::model::{SecurityEvent, SecurityEventType},
    changes::{Change, EventKind, Key, Passing, Row, Scope},
    env::Timestamp,
    id::{JobId, SessionId},
    idempotency::{Idempotency, IdempotencyKey, Keep},
    identity::model::{OAuthFlow, Provider},
    job::model::{Job, NewJob, Payload},
    limit::model::{Counted, Device, Place, Way},
    live::model::{Revoked, Ticket},
    second_factor::model::HalfSignIn,
    store::{Credential, Head, Store},
    text::Email,
    user::model::{Session, User, Verification, VerificationKind},
};

/// Five rows, a minute apart, made in another order than that of their times.
const MINUTES: [i64; 5] = [3, 0, 4, 1, 2];

fn minute(start: Timestamp, minute: i64) -> Timestamp {
    after(start, 60 * minute)
}

/// Prunes what is older than the last of the five, three at most, and again; says which of the five are there each time.
async fn prune_twice(scene: &Scene<'_>, what: Passing, start: Timestamp, mut there: impl AsyncFnMut() -> Vec<bool>) {
    let prune = |most| begin().change(Change::Prune(what, minute(start, 4), most));
    assert_eq!(there().await, [true; 5]);
    assert_eq!(scene.commit(prune(0)).await.pruned, [0]);
    assert_eq!(there().await, [true; 5]);
    assert_eq!(scene.commit(prune(3)).await.pruned, [3]);
    assert_eq!(there().await, [false, false, false, true, true], "the oldest go first");
    assert_eq!(scene.commit(prune(3)).await.pruned, [1]);
    assert_eq!(there().await, [false, false, false, false, true], "what is of the instant itself stays");
    assert_eq!(scene.commit(prune(3)).await.pruned, [0]);
}

/// By their end.
pub async fn ended_sessions_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let start = scene.make.later();
    let mut sessions = [const { None }; 5];
    for n in MINUTES {
        let session = Session { expires_at: minute(start, n), ..scene.make.session(&kim.id) };
        let place = usize::try_from(n).expect("a small number");
        sessions[place] = Some(Credential::Session(session.token_hash));
        scene.commit(begin().insert(Row::Session(Box::new(session)))).await;
    }
    prune_twice(&scene, Passing::Sessions, start, async || {
        let mut there = Vec::new();
        for session in sessions.iter().flatten() {
            there.push(store.standing(session, None).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By their end.
pub async fn what_waited_for_a_code_is_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let email = |n: i64| Email::from_stored(format!("user-{n}@school.kr"));
    for n in MINUTES {
        let row = Verification {
            kind: VerificationKind::Reset,
            email: email(n),
            job: scene.make.id(JobId::from_uuid),
            name: None,
            password: None,
            code_hash: None,
            tries: 0,
            asked: 1,
            asked_since: start,
            expires_at: minute(start, n),
            version: 0,
        };
        scene.commit(begin().insert(Row::Verification(Box::new(row)))).await;
    }
    prune_twice(&scene, Passing::Verifications, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.verification(VerificationKind::Reset, &email(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By when they were told, in whatever scope. What comes after counts on from them.
pub async fn old_events_are_pruned_and_places_go_on(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let start = scene.make.later();
    for scope in [Scope::Study(study.id), Scope::User(owner.id.clone())] {
        for n in 0..5 {
            scene.commit(begin().event(scope.clone(), EventKind::StudyUpdated, minute(start, n), json!({}))).await;
        }
        prune_twice(&scene, Passing::Events, start, async || {
            let found = store.events(&scope, 0, limit(9)).await.expect("an answer");
            (1..=5).map(|seq| found.iter().any(|event| event.seq == seq)).collect()
        })
        .await;
        let head = store.head(&scope).await.expect("an answer");
        assert_eq!(head, Head { event_seq: 5, message_seq: 0 });
        let next = begin().event(scope.clone(), EventKind::StudyUpdated, minute(start, 5), json!({}));
        assert_eq!(scene.commit(next).await.heads, [(scope.clone(), 6)]);
    }
    // At most so many of all scopes together.
    let prune = begin().change(Change::Prune(Passing::Events, minute(start, 9), 3));
    assert_eq!(scene.commit(prune).await.pruned, [3]);
}

/// By when they were given; the key is free again.
pub async fn old_answers_are_pruned_and_their_keys_are_free(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let start = scene.make.later();
    let key = |n: i64| format!("k{n}").parse::<IdempotencyKey>().expect("a key");
    let keep = |n: i64| {
        let mut changes = begin();
        let request = Idempotency::new(key(n), &[]);
        changes.keep(Keep::new(kim.id.clone(), request, minute(start, n), |_| "{}".to_owned()));
        changes
    };
    for n in MINUTES {
        scene.commit(keep(n)).await;
    }
    prune_twice(&scene, Passing::Answers, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.kept_answer(&kim.id, &key(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
    scene.commit(keep(0)).await;
}

/// By when they were done. What is still to be done stays, and what failed, for somebody to see.
pub async fn finished_jobs_are_pruned_and_failed_ones_stay(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let ask = async |finish: fn(Job, Timestamp) -> Job, n: i64| {
        let id = scene.make.id(JobId::from_uuid);
        let (payload, at) = (Payload::Value(json!({})), start - TimeDelta::days(1));
        scene.commit(begin().job(NewJob { id, kind: "mail".into(), payload, run_at: at, created_at: at })).await;
        let job = store.job(id).await.expect("an answer").expect("the job");
        scene.commit(begin().save(Row::Job(Box::new(finish(job, minute(start, n)))))).await;
        id
    };
    let mut done = [None; 5];
    for n in MINUTES {
        let place = usize::try_from(n).expect("a small number");
        done[place] = Some(ask(|job, at| Job { finished_at: Some(at), ..job }, n).await);
    }
    let open = ask(|job, at| Job { lease_until: Some(at), ..job }, 0).await;
    let failed = ask(|job, at| Job { finished_at: Some(at), failed: true, ..job }, 0).await;
    prune_twice(&scene, Passing::Jobs, start, async || {
        let mut there = Vec::new();
        for id in done.iter().flatten() {
            there.push(store.job(*id).await.expect("an answer").is_some());
        }
        there
    })
    .await;
    for id in [open, failed] {
        assert!(store.job(id).await.expect("an answer").is_some());
    }
}

/// By when they happened.
pub async fn old_security_events_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    for n in MINUTES {
        let event = SecurityEvent {
            kind: SecurityEventType::UnauthorizedAccess,
            user: None,
            path: format!("/admin/{n}"),
            ip: Some("192.0.2.7".into()),
            count: 1,
            at: minute(start, n),
        };
        scene.commit(begin().change(Change::CountSecurityEvent(Box::new(event)))).await;
    }
    prune_twice(&scene, Passing::SecurityEvents, start, async || {
        let found = store.security_events(limit(9)).await.expect("an answer");
        (0..5).map(|n| found.iter().any(|event| event.path == format!("/admin/{n}"))).collect()
    })
    .await;
}

/// By their end.
pub async fn ended_tickets_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let kim = scene.user("김민준").await;
    let start = scene.make.later();
    let hash = |n: i64| [u8::try_from(n).expect("a small number"); 32];
    for n in MINUTES {
        let credential = Credential::User(kim.id.clone());
        let ticket = Ticket { hash: hash(n), credential, expires_at: minute(start, n) };
        scene.commit(begin().insert(Row::Ticket(Box::new(ticket)))).await;
    }
    prune_twice(&scene, Passing::Tickets, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.ticket(&hash(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By when they do not count any more.
pub async fn attempts_that_do_not_count_any_more_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let counted = |n: i64| Counted { way: Way::SignIn, subject: [u8::try_from(n).expect("a small number"); 32] };
    for n in MINUTES {
        let place =
            Place { counted: counted(n), limit: 9, at: start - TimeDelta::minutes(15), ends_at: minute(start, n) };
        scene.commit(begin().change(Change::TakePlace(Box::new(place)))).await;
    }
    prune_twice(&scene, Passing::Attempts, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.attempts(&counted(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By their end.
pub async fn browsers_that_are_known_no_more_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let email = Email::from_stored("kim@school.kr".to_owned());
    let kim = User { email: Some(email.clone()), ..scene.make.user("김민준") };
    scene.commit(begin().insert(Row::User(Box::new(kim.clone())))).await;
    let start = scene.make.later();
    let hash = |n: i64| [u8::try_from(n).expect("a small number"); 32];
    for n in MINUTES {
        let device = Device { hash: hash(n), user: kim.id.clone(), seen_at: start, expires_at: minute(start, n) };
        scene.commit(begin().change(Change::SeenDevice(Box::new(device), None))).await;
    }
    prune_twice(&scene, Passing::Devices, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.device(&hash(n), &email).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By their end.
pub async fn ended_flows_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let hash = |n: i64| [u8::try_from(n).expect("a small number"); 32];
    for n in MINUTES {
        let flow = OAuthFlow {
            hash: hash(n),
            state_hash: [9; 32],
            provider: Provider::Google,
            nonce: "n".into(),
            verifier: "v".into(),
            next: None,
            linking: None,
            expires_at: minute(start, n),
        };
        scene.commit(begin().insert(Row::Flow(Box::new(flow)))).await;
    }
    prune_twice(&scene, Passing::Flows, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.flow(&hash(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By their end.
pub async fn ended_half_sign_ins_are_pruned(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let kim = scene.user("김민준").await;
    let hash = |n: i64| [u8::try_from(n).expect("a small number"); 32];
    for n in MINUTES {
        let half = HalfSignIn { hash: hash(n), user: kim.id.clone(), auth_version: 0, expires_at: minute(start, n) };
        scene.commit(begin().insert(Row::HalfSignIn(Box::new(half)))).await;
    }
    prune_twice(&scene, Passing::HalfSignIns, start, async || {
        let mut there = Vec::new();
        for n in 0..5 {
            there.push(store.half_sign_in(&hash(n)).await.expect("an answer").is_some());
        }
        there
    })
    .await;
}

/// By when they were made. What comes after counts on from them, also when none is left.
pub async fn old_revocations_are_pruned_and_places_go_on(store: &dyn Store) {
    let scene = Scene::of(store);
    let start = scene.make.later();
    let mut sessions = Vec::new();
    let sign_out = |at| {
        let session = scene.make.id(SessionId::from_uuid);
        let mut changes = begin().change(Change::Remove(Key::Session(session)));
        changes.revoke(at);
        (session, changes)
    };
    for n in MINUTES {
        let (session, changes) = sign_out(minute(start, n));
        scene.commit(changes).await;
        sessions.push((n, session));
    }
    sessions.sort();
    prune_twice(&scene, Passing::Revocations, start, async || {
        let found = store.revocations(0, limit(9)).await.expect("an answer");
        let is_there = |session| found.iter().any(|row| row.revoked == Revoked::Session(session));
        sessions.iter().map(|(_, session)| is_there(*session)).collect()
    })
    .await;
    let all = begin().change(Change::Prune(Passing::Revocations, minute(start, 9), 9));
    assert_eq!(scene.commit(all).await.pruned, [1]);
    assert_eq!(store.revocation_head().await.expect("an answer"), 5);
    assert_eq!(scene.commit(sign_out(minute(start, 9)).1).await.revoked, Some(6));
}

/// Two at once are answered one by one, in their order.
pub async fn several_prunes_of_one_commit_are_told_apart(store: &dyn Store) {
    let scene = Scene::of(store);
    let (owner, study) = scene.owned().await;
    let start = scene.make.later();
    for n in 0..3 {
        scene.commit(begin().event(Scope::Study(study.id), EventKind::StudyUpdated, minute(start, n), json!({}))).await;
    }
    let session = Session { expires_at: start, ..scene.make.session(&owner.id) };
    scene.commit(begin().insert(Row::Session(Box::new(session)))).await;
    let prune = |what| Change::Prune(what, minute(start, 9), 100);
    let changes = [Passing::Sessions, Passing::Jobs, Passing::Events].map(prune).into_iter();
    assert_eq!(scene.commit(changes.fold(begin(), crate::changes::Changes::change)).await.pruned, [1, 0, 3]);
}
