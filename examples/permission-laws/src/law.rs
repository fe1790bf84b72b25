//! A law, and how it is tried on a policy.

use std::fmt::Debug;

use coup_core::policy::Policy;
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

/// What must hold in every case that a strategy makes.
pub struct Law {
    /// Its words in Korean.
    pub ko: &'static str,
    /// Its words in English.
    pub en: &'static str,
    run: Box<Run>,
}

type Run = dyn Fn(&Policy, &mut TestRunner) -> Verdict;

/// What came of trying a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No case was found that breaks it.
    Holds,
    /// The smallest case found that breaks it, in words.
    Broken(String),
}

impl Law {
    /// A law of the cases that `cases` makes.
    pub fn new<S>(ko: &'static str, en: &'static str, cases: S, holds: fn(&Policy, &S::Value) -> bool) -> Self
    where
        S: Strategy + 'static,
        S::Value: Debug,
    {
        let run = move |policy: &Policy, runner: &mut TestRunner| {
            let tried = runner.run(&cases, |case| {
                if holds(policy, &case) { Ok(()) } else { Err(TestCaseError::fail("the law is broken")) }
            });
            match tried {
                Ok(()) => Verdict::Holds,
                Err(TestError::Fail(_, smallest)) => Verdict::Broken(format!("{smallest:?}")),
                Err(TestError::Abort(reason)) => Verdict::Broken(format!("could not be tried: {reason}")),
            }
        };
        Self { ko, en, run: Box::new(run) }
    }

    /// Tries as many cases, the same on every run.
    pub fn try_on(&self, policy: &Policy, cases: u32) -> Verdict {
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
        // Several times as fast as the default in a debug build, and no secrets are drawn.
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::XorShift));
        (self.run)(policy, &mut runner)
    }
}
