//! Keys that make a repetition harmless: one effect, and the same answer again.

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use chrono::TimeDelta;
use coup_core::{
    changes::{Changes, Scope},
    chat::service::{MarkRead, SendMessage},
    coup::{Coup, Ctx},
    error::{Error, StateError},
    hooks::{Veto, Vetoed},
    id::StudyId,
    idempotency::Idempotency,
    member::service::{Join, RemoveMember, Request},
    store::ChatReads as _,
    user::service::UpdateProfile,
};
use tokio::sync::Barrier;

use crate::house::{House, person, study, user};

fn with_key(ctx: &Ctx, key: &str, request: &str) -> Ctx {
    let key = Idempotency::new(key.parse().unwrap(), &[request.as_bytes()]);
    Ctx { idempotency: Some(key), ..ctx.clone() }
}

fn hello(study: StudyId) -> SendMessage {
    SendMessage::parse(study, "안녕하세요", None, None).unwrap()
}

#[tokio::test]
async fn the_same_key_and_request_is_answered_the_same_with_one_effect() {
    let house = House::new();
    let coup = house.node(2).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    let ctx = with_key(&owner, "k", "send");
    let first = coup.run(&ctx, hello(study)).await.unwrap();
    house.make.clock.advance(TimeDelta::hours(1));
    let second = coup.run(&ctx, hello(study)).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, 1);
    coup.run(&owner, hello(study)).await.unwrap();
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, 2);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused_and_writes_nothing() {
    let house = House::new();
    let coup = house.node(2).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    coup.run(&with_key(&owner, "k", "one"), hello(study)).await.unwrap();
    let other = coup.run(&with_key(&owner, "k", "two"), hello(study)).await;
    assert!(matches!(other, Err(Error::State(StateError::IdempotencyKeyReused))), "{other:?}");
    assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, 1);
}

/// Also where the first request had nothing to write.
#[tokio::test]
async fn a_key_is_taken_by_a_request_that_found_all_as_asked() {
    let house = House::new();
    let coup = house.node(2).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    coup.run(&with_key(&owner, "k", "nothing new"), UpdateProfile { name: None, bio: None, locale: None })
        .await
        .unwrap();
    let other = coup.run(&with_key(&owner, "k", "send"), hello(study)).await;
    assert!(matches!(other, Err(Error::State(StateError::IdempotencyKeyReused))), "{other:?}");
}

#[tokio::test]
async fn a_key_belongs_to_a_person() {
    let house = House::new();
    let coup = house.node(2).build();
    let (owner, minjun) = (person(&coup, "owner").await, person(&coup, "minjun").await);
    let study = study(&coup, &owner).await;
    coup.run(&minjun, Join { study, request: Request::default() }).await.unwrap();
    let one = coup.run(&with_key(&owner, "k", "send"), hello(study)).await.unwrap();
    let two = coup.run(&with_key(&minjun, "k", "send"), hello(study)).await.unwrap();
    assert_eq!((one.seq, two.seq), (1, 2));
}

/// Nothing was done, so that doing it later is no repetition.
#[tokio::test]
async fn a_refusal_is_not_kept() {
    let house = House::new();
    let coup = house.node(2).build();
    let (owner, minjun) = (person(&coup, "owner").await, person(&coup, "minjun").await);
    let study = study(&coup, &owner).await;
    let ctx = with_key(&minjun, "k", "send");
    assert!(matches!(coup.run(&ctx, hello(study)).await, Err(Error::Denied(_))));
    coup.run(&minjun, Join { study, request: Request::default() }).await.unwrap();
    assert_eq!(coup.run(&ctx, hello(study)).await.unwrap().seq, 1);
}

#[tokio::test]
async fn an_anonymous_call_has_no_key() {
    let house = House::new();
    let coup = house.node(2).build();
    let nobody = with_key(&Ctx::default(), "k", "read");
    let study = study(&coup, &person(&coup, "owner").await).await;
    assert!(matches!(coup.run(&nobody, MarkRead { study, seq: 1 }).await, Err(Error::NotSignedIn)));
    let stranger = with_key(&Ctx::user(user("stranger")), "k", "read");
    assert!(matches!(coup.run(&stranger, MarkRead { study, seq: 1 }).await, Err(Error::NotSignedIn)));
}

/// Lets so many go on together, once each of them has decided.
struct Together {
    left: AtomicU32,
    barrier: Barrier,
}

#[async_trait]
impl Veto for Together {
    async fn before(&self, _: &Changes) -> Result<(), Vetoed> {
        let waits = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if waits {
            self.barrier.wait().await;
        }
        Ok(())
    }
}

/// All have looked for an answer and found none, and have decided, before the first of them commits.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_repetitions_one_has_an_effect_and_all_have_its_answer() {
    const RACERS: u32 = 8;
    let house = House::new();
    let start = Arc::new(Together { left: AtomicU32::new(0), barrier: Barrier::new(RACERS as usize) });
    let coup = house.node(2).veto(start.clone()).build();
    let owner = person(&coup, "owner").await;
    let study = study(&coup, &owner).await;
    for round in 1..=20 {
        let ctx = with_key(&owner, &format!("k-{round}"), "send");
        start.left.store(RACERS, Ordering::SeqCst);
        let racers: Vec<_> = (0..RACERS)
            .map(|_| {
                let (coup, ctx) = (coup.clone(), ctx.clone());
                tokio::spawn(async move { coup.run(&ctx, hello(study)).await })
            })
            .collect();
        let mut answers = Vec::new();
        for racer in racers {
            answers.push(racer.await.unwrap().unwrap());
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(house.store.head(&Scope::Study(study)).await.unwrap().message_seq, round);
    }
}

/// Has the same request answered to the end whenever it is asked for the first time.
struct Overtaken {
    coup: OnceLock<Coup>,
    by: Mutex<Option<(Ctx, Join)>>,
}

#[async_trait]
impl Veto for Overtaken {
    async fn before(&self, _: &Changes) -> Result<(), Vetoed> {
        let by = self.by.lock().unwrap().take();
        if let (Some(coup), Some((ctx, join))) = (self.coup.get(), by) {
            coup.run(&ctx, join).await.map_err(|error| Vetoed::because(error.to_string()))?;
        }
        Ok(())
    }
}

/// The other one's effect, a membership, is met before its answer is: it must not show as "already a member".
#[tokio::test]
async fn who_is_overtaken_by_their_own_repetition_is_told_its_answer() {
    let house = House::new();
    let veto = Arc::new(Overtaken { coup: OnceLock::new(), by: Mutex::default() });
    let coup = house.node(2).veto(veto.clone()).build();
    veto.coup.set(coup.clone()).unwrap();
    let (owner, minjun) = (person(&coup, "owner").await, person(&coup, "minjun").await);
    let study = study(&coup, &owner).await;
    let ctx = with_key(&minjun, "k", "join");
    let join = Join { study, request: Request::default() };
    *veto.by.lock().unwrap() = Some((ctx.clone(), join.clone()));
    let member = coup.run(&ctx, join).await.unwrap();
    assert!(veto.by.lock().unwrap().is_none());
    assert_eq!(member.member.user_id, user("minjun"));
    assert_eq!(coup.study(&owner, study).await.unwrap().study.member_count, 2);
    // Without a key the same is a refusal.
    coup.run(&owner, RemoveMember { study, user: user("minjun"), reason: None }).await.unwrap();
    let again = coup.run(&minjun, Join { study, request: Request::default() }).await;
    assert!(matches!(again, Err(Error::State(StateError::Kicked))), "{again:?}");
}
