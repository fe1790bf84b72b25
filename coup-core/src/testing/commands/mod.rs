//! Random sequences of use cases, and two stores through which they must answer alike: the memory store and another.
//!
//! Where [`sequences`](super::sequences) commits rows as it likes, this goes the way that people go: five of them, one whom
//! nobody knows and one who is not signed in do what they may and what they may not, as do four administrators and the host, through a [`Coup`] over each store, at
//! the same times and with the same identifiers. Every answer, refusal and read must be the same.
//!
//! ```
//! use std::sync::Arc;
//!
//! use coup_core::{store::Store, testing::{MemoryStore, commands}};
//! use proptest::{strategy::{Strategy as _, ValueTree as _}, test_runner::TestRunner};
//!
//! # futures_util::FutureExt::now_or_never(async {
//! // A storage author's own store stands here, the same for all sequences.
//! let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
//! let mut runner = TestRunner::deterministic();
//! for number in 0..5 {
//!     let sequence = commands::sequences(20).new_tree(&mut runner).unwrap().current();
//!     commands::hold(Arc::new(MemoryStore::new()), store.clone(), number, &sequence).await.unwrap();
//! }
//! # }).unwrap();
//! ```

mod acts;
mod desk;
mod reads;

use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use proptest::{
    collection::vec,
    prelude::any,
    strategy::{Just, Strategy, Union},
};
use serde_json::Value;

pub use self::acts::Act;
use self::acts::World;
use crate::{
    coup::Coup,
    error::Error,
    id::{StudyId, UserId},
    store::Store,
    testing::{FixedClock, SeededIds, fixtures},
};

/// One use case. Its numbers choose among the people, studies, messages and codes that there are, and among a few values each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// By whom.
    pub by: u8,
    /// Mostly: in which study.
    pub study: u8,
    /// Mostly: to whom, or to which message.
    pub whom: u8,
    /// Everything else.
    pub how: u8,
}

/// What a use case answered: its value as JSON, or the code of its error.
pub type Answer = Result<Value, &'static str>;

/// Sequences of up to `most` use cases, and at least half of that. Each begins with two studies.
pub fn sequences(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let act = Union::new_weighted(Act::WEIGHTED.iter().map(|(weight, act)| (*weight, Just(*act))).collect());
    let step = (act, any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>());
    let step = step.prop_map(|(act, by, study, whom, how)| Step { act, by, study, whom, how });
    let founded = [any::<(u8, u8)>(), any::<(u8, u8)>()];
    (founded, vec(step, most / 2..=most.max(1))).prop_map(|(founded, steps)| {
        let found = |(study, how): (u8, u8)| Step { act: Act::Found, by: how % 5, study, whom: 0, how: how % 15 };
        founded.map(found).into_iter().chain(steps).collect()
    })
}

/// Does the sequence over both stores and compares every answer, now and then what a study shows to who acted, and at the end
/// what everything shows to several; answers what the use cases answered.
///
/// `reference` is a store of this sequence's own. `other` may have held other numbers' sequences before: each has people of its
/// own, and its studies are deleted at its end. Fails with the first difference in words.
pub async fn hold(
    reference: Arc<dyn Store>,
    other: Arc<dyn Store>,
    number: u16,
    sequence: &[Step],
) -> Result<Vec<Answer>, String> {
    let (one, two) = (House::new(reference, number), House::new(other, number));
    let mut world = World::new(number);
    for (person, name) in world.people() {
        let answers = (world.adopt(&one.coup, &person, name).await, world.adopt(&two.coup, &person, name).await);
        alike(answers.0, &answers.1, || format!("{person} is made known")).map(drop)?;
    }
    same(&world.desk().open(&world, &one.coup).await, &world.desk().open(&world, &two.coup).await, "roles are given")?;
    let mut told = Vec::with_capacity(sequence.len());
    for (at, step) in sequence.iter().enumerate() {
        // Some steps follow at once, some after minutes, some after more than a day.
        let passed = TimeDelta::seconds(match step.how % 6 {
            0 => 0,
            1 => 1,
            2 => 40,
            3 => 600,
            4 => 4_000,
            _ => 90_000,
        });
        one.clock.advance(passed);
        two.clock.advance(passed);
        let (expected, found) = (world.act(&one.coup, *step).await, world.act(&two.coup, *step).await);
        let answer = alike(expected, &found, || format!("step {at}, {step:?}"))?;
        world.learn(*step, &answer);
        told.push(answer);
        if at % 8 == 7 {
            compare(reads::some(&one.coup, &world, *step).await, reads::some(&two.coup, &world, *step).await)
                .map_err(|difference| format!("after step {at}, {step:?}: {difference}"))?;
        }
    }
    compare(reads::all(&one.coup, &world).await, reads::all(&two.coup, &world).await)
        .map_err(|difference| format!("at the end: {difference}"))?;
    let closed = (world.desk().close(&world, &one.coup).await, world.desk().close(&world, &two.coup).await);
    same(&closed.0, &closed.1, "sanctions and roles end")?;
    for study in world.studies() {
        let (expected, found) = (world.clear(&one.coup, study).await, world.clear(&two.coup, study).await);
        alike(expected, &found, || format!("{study} is deleted by its owner")).map(drop)?;
    }
    Ok(told)
}

/// What a use case of a sequence has just done.
pub struct Done<'a> {
    /// Through which it went.
    pub coup: &'a Coup,
    /// What it was.
    pub step: Step,
    /// What it answered.
    pub answer: &'a Answer,
    /// Everybody there is.
    pub people: Vec<UserId>,
    /// Every study that there is or was.
    pub studies: Vec<StudyId>,
}

/// Does the sequence over one store, and shows each step when it is done; the first of all before any, with an answer of nothing.
/// Half a minute passes between two.
pub async fn follow(store: Arc<dyn Store>, number: u16, sequence: &[Step], mut seen: impl AsyncFnMut(Done<'_>)) {
    let house = House::new(store, number);
    let mut world = World::new(number);
    for (person, name) in world.people() {
        // Whether they could be made known shows in all that follows.
        drop(world.adopt(&house.coup, &person, name).await);
    }
    drop(world.desk().open(&world, &house.coup).await);
    let Some(first) = sequence.first() else { return };
    let done = |world: &World| (world.people().into_iter().map(|(id, _)| id).collect(), world.studies().collect());
    let (people, studies) = done(&world);
    seen(Done { coup: &house.coup, step: *first, answer: &Ok(Value::Null), people, studies }).await;
    for step in sequence {
        house.clock.advance(TimeDelta::seconds(30));
        let answer = world.act(&house.coup, *step).await;
        world.learn(*step, &answer);
        let (people, studies) = done(&world);
        seen(Done { coup: &house.coup, step: *step, answer: &answer, people, studies }).await;
    }
}

/// A deployment with a time and identifiers of its own.
struct House {
    coup: Coup,
    clock: FixedClock,
}

impl House {
    fn new(store: Arc<dyn Store>, number: u16) -> Self {
        let clock = FixedClock::at(fixtures::START);
        let coup = Coup::builder(store).clock(Arc::new(clock.clone())).ids(Arc::new(SeededIds::new(number))).build();
        Self { coup, clock }
    }
}

fn answer<T: serde::Serialize>(answer: Result<T, Error>) -> Answer {
    match answer {
        Ok(value) => Ok(crate::changes::to_value(&value)),
        Err(error) => Err(error.code()),
    }
}

fn alike(expected: Answer, found: &Answer, what: impl FnOnce() -> String) -> Result<Answer, String> {
    if expected == *found {
        return Ok(expected);
    }
    Err(format!("{}: expected {expected:?}, found {found:?}", what()))
}

fn same(expected: &[Answer], found: &[Answer], what: &str) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("{what}: expected {expected:?}, found {found:?}")) }
}

/// Questions with their answers.
type Answers = BTreeMap<String, Answer>;

fn compare(expected: Answers, found: Answers) -> Result<(), String> {
    for ((question, expected), (_, found)) in expected.into_iter().zip(found) {
        alike(expected, &found, || question).map(drop)?;
    }
    Ok(())
}
