//! Random lives of reports, sanctions and appeals through the use cases, over any store, held against a small model.
//!
//! Members report each other and each other's messages, administrators of every rank take, hold, decide, impose and lift, the
//! sanctioned appeal, and time passes. What each answers, and how everybody stands after it, a model says that knows the
//! specification and nothing of the code.
//!
//! ```
//! use std::sync::Arc;
//!
//! use coup_core::testing::{MemoryStore, lifecycle};
//! use proptest::{strategy::{Strategy as _, ValueTree as _}, test_runner::TestRunner};
//!
//! # futures_util::FutureExt::now_or_never(async {
//! let mut runner = TestRunner::deterministic();
//! let sequence = lifecycle::sequences(20).new_tree(&mut runner).unwrap().current();
//! lifecycle::hold(Arc::new(MemoryStore::new()), 1, &sequence).await.unwrap();
//! # }).unwrap();
//! ```
#![expect(clippy::indexing_slicing, reason = "a model of a few people, whose places are all known")]

mod model;
mod world;

use std::sync::Arc;

use proptest::{
    bool::weighted,
    collection::vec,
    prelude::any,
    strategy::{Just, Strategy, Union},
};

use self::{model::Model, world::World};
use crate::store::Store;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident: $weight:literal,)+) => {
        /// What is done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Act {$(
            $(#[$doc])*
            $name,
        )+}

        impl Act {
            const WEIGHTED: &[(u32, Self)] = &[$(($weight, Self::$name)),+];
        }
    };
}

acts! {
    /// Somebody reports a person or a message.
    Report: 10,
    /// An administrator takes a case.
    Assign: 3,
    /// Or gives it back.
    Release: 2,
    /// Or holds it for three days.
    Hold: 1,
    /// Or approves it, with the recommended measure or another.
    Approve: 5,
    /// Or dismisses it.
    Reject: 3,
    /// An administrator sanctions without a report.
    Impose: 2,
    /// An administrator lifts a sanction.
    Lift: 2,
    /// Somebody appeals.
    Appeal: 4,
    /// An administrator decides an appeal.
    Decide: 4,
}

/// One step. Its numbers choose among the people, targets, sanctions and measures that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// By whom.
    pub by: u8,
    /// On what.
    pub on: u8,
    /// How.
    pub how: u8,
    /// How much time passes before.
    pub passes: u8,
}

/// What a step answered: done, or the code of what it was refused for.
pub type Answer = Result<(), &'static str>;

/// Sequences of up to `most` steps, and at least half of that.
pub fn sequences(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let act = Union::new_weighted(Act::WEIGHTED.iter().map(|(weight, act)| (*weight, Just(*act))).collect());
    let step = (act, any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>());
    let steps =
        vec(step.prop_map(|(act, by, on, how, passes)| Step { act, by, on, how, passes }), most / 2..=most.max(1));
    (weighted(0.3), steps).prop_map(|(quarrels, steps)| if quarrels { [quarrel(), steps].concat() } else { steps })
}

/// Somebody's first six reports are dismissed.
fn quarrel() -> Vec<Step> {
    let dismissed = |(on, how)| {
        let report = Step { act: Act::Report, by: 0, on, how, passes: 0 };
        [report, Step { act: Act::Reject, by: 3, on: 0, how: 0, passes: 0 }]
    };
    [(0, 0), (3, 0), (5, 0), (6, 0), (8, 0), (0, 1)].into_iter().flat_map(dismissed).collect()
}

/// Lives the sequence over a store and compares each answer, and how everybody stands after it; answers what the steps answered.
///
/// The store may have held other numbers' sequences before: each has people of its own. Fails with the first difference in words.
pub async fn hold(store: Arc<dyn Store>, number: u16, sequence: &[Step]) -> Result<Vec<Answer>, String> {
    let mut world = World::found(store, number).await.map_err(|error| format!("at the beginning: {error}"))?;
    let mut model = Model::new(world.now());
    let mut told = Vec::with_capacity(sequence.len());
    for (at, step) in sequence.iter().enumerate() {
        let passed = match step.passes % 32 {
            0..20 => 1,
            20..26 => 600,
            26 | 27 => 1_800,
            28 | 29 => 90_000,
            30 => 5 * 86_400,
            _ => 31 * 86_400,
        };
        world.pass(passed);
        // Where no job is due that the model knows, none needs to run: those of old cases wait.
        if model.pass(world.now()) {
            world.work().await.map_err(|error| format!("before step {at}: {error}"))?;
        }
        let Some(deed) = model.deed(*step) else { continue };
        let found = world.act(&model, &deed).await;
        let expected = model.act(&deed);
        if expected != found {
            return Err(format!("step {at}, {deed:?}: expected {expected:?}, found {found:?}"));
        }
        told.push(expected);
        if at % 4 == 3 || at + 1 == sequence.len() {
            world.compare(&model).await.map_err(|difference| format!("after step {at}, {deed:?}: {difference}"))?;
        }
    }
    world.leave().await.map_err(|error| format!("at the end: {error}"))?;
    Ok(told)
}
