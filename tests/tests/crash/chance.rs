//! Random moments that can be had again.

use std::{
    hash::{BuildHasher as _, RandomState},
    ops::Range,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// What happens when; says its seed when the test fails.
#[derive(Debug)]
pub(crate) struct Chance {
    random: StdRng,
    seed: Option<u64>,
}

impl Chance {
    /// A test's: another one in each run, unless `COUP_CRASH_SEED` says which.
    #[expect(clippy::disallowed_methods, reason = "the suites are a host: who repeats a failed run sets its seed")]
    pub(crate) fn of_this_run() -> Self {
        let seed = match std::env::var("COUP_CRASH_SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => RandomState::new().hash_one(()),
        };
        Self { random: StdRng::seed_from_u64(seed), seed: Some(seed) }
    }

    /// Another one, which follows from this one.
    pub(crate) fn fork(&mut self) -> Self {
        Self { random: StdRng::seed_from_u64(self.random.random()), seed: None }
    }

    pub(crate) fn among(&mut self, range: Range<usize>) -> usize {
        self.random.random_range(range)
    }

    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.among(0..100) < share
    }

    pub(crate) fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_micros(self.random.random_range(range.start * 1000..range.end * 1000))
    }
}

impl Drop for Chance {
    fn drop(&mut self) {
        if let Some(seed) = self.seed.filter(|_| std::thread::panicking()) {
            eprintln!("to have the same moments again: COUP_CRASH_SEED={seed}");
        }
    }
}
