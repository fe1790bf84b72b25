//! Random sequences of commits, and two stores that must answer them alike: the memory store and another.
//!
//! ```
//! use coup_core::testing::{MemoryStore, sequences};
//! use proptest::{strategy::Strategy as _, test_runner::TestRunner};
//!
//! let sequence = sequences::commits(20).new_tree(&mut TestRunner::deterministic()).unwrap();
//! let sequence = proptest::strategy::ValueTree::current(&sequence);
//! # futures_util::FutureExt::now_or_never(async {
//! sequences::hold(&MemoryStore::new(), &MemoryStore::new(), &sequence).await.unwrap();
//! # }).unwrap();
//! ```

mod account;
mod answers;
mod desk;
mod elsewhere;
mod limits;
mod steps;

use proptest::{
    collection::vec,
    prelude::any,
    strategy::{Just, Strategy, Union},
};

pub use self::steps::What;
use crate::{
    changes::Committed,
    store::{Store, StoreError},
};

/// One step of a commit. Its numbers choose among the rows that there are, and among a few values each, so that keys
/// collide, limits are reached and rows are gone as often as not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub what: What,
    /// Mostly: in which study, or to whom.
    pub one: u8,
    /// Mostly: by whom.
    pub two: u8,
    /// Everything else.
    pub three: u8,
    /// Whether it is decided on a version that has passed.
    pub stale: bool,
}

/// The steps of one commit.
pub type Commit = Vec<Step>;

/// What a commit answered, with as much of an error as all stores have in common.
pub type Answer = Result<Committed, String>;

/// Up to `most` commits of one to three steps.
pub fn commits(most: usize) -> impl Strategy<Value = Vec<Commit>> {
    let stale = proptest::bool::weighted(0.1);
    let what = Union::new_weighted(What::WEIGHTED.iter().map(|(weight, what)| (*weight, Just(*what))).collect());
    let step = (what, any::<u8>(), any::<u8>(), any::<u8>(), stale);
    let step = step.prop_map(|(what, one, two, three, stale)| Step { what, one, two, three, stale });
    vec(vec(step, 1..=3), 1..=most)
}

/// Commits the sequence to both stores, which are empty at first, and compares every answer and every read; answers
/// what the commits answered.
///
/// Fails with the first difference in words.
pub async fn hold(reference: &dyn Store, other: &dyn Store, sequence: &[Commit]) -> Result<Vec<Answer>, String> {
    let mut cast = steps::Cast::new();
    let mut told = Vec::with_capacity(sequence.len());
    for (number, commit) in sequence.iter().enumerate() {
        let (one, two) =
            cast.changes(reference, commit).await.map_err(|error| format!("the reference failed: {error}"))?;
        let (expected, found) = (answer(reference.commit(one).await), answer(other.commit(two).await));
        if !alike(&expected, &found, commit.len()) {
            return Err(format!("commit {number}, {commit:?}: expected {expected:?}, found {found:?}"));
        }
        told.push(expected);
        if number % 8 == 7 || number + 1 == sequence.len() {
            compare(reference, other, &cast)
                .await
                .map_err(|difference| format!("after commit {number}: {difference}"))?;
        }
    }
    Ok(told)
}

async fn compare(reference: &dyn Store, other: &dyn Store, cast: &steps::Cast) -> Result<(), String> {
    let (expected, found) = (answers::all(reference, cast).await, answers::all(other, cast).await);
    for ((question, expected), (_, found)) in expected.into_iter().zip(found) {
        if expected != found {
            return Err(format!("{question}: expected {expected}, found {found}"));
        }
    }
    Ok(())
}

fn answer(answer: Result<Committed, StoreError>) -> Answer {
    let mut committed = answer.map_err(|error| match error {
        // The words are each store's own, and so is how it finds that a row refers to nothing.
        StoreError::Backend(_) => "Backend".into(),
        error => format!("{error:?}"),
    })?;
    committed.heads.sort();
    Ok(committed)
}

/// Which of several faults is found first, and how a missing row is found, is left to the store.
fn alike(expected: &Answer, found: &Answer, steps: usize) -> bool {
    match (expected, found) {
        (Err(expected), Err(found)) => steps > 1 || expected == "Backend" || expected == found,
        _ => expected == found,
    }
}
