//! Identifiers and secrets that come out the same on every run.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use uuid::Uuid;

use crate::env::{Ids, Timestamp};

/// Counts instead of drawing. Clones go on counting together; different seeds never make the same identifier.
///
/// ```
/// use coup_core::{env::Ids as _, testing::{SeededIds, fixtures}};
///
/// let (one, same) = (SeededIds::new(7), SeededIds::new(7));
/// let (first, second) = (one.uuid(fixtures::START), one.uuid(fixtures::START));
/// assert!(first < second);
/// assert_eq!(first, same.uuid(fixtures::START));
/// ```
#[derive(Debug, Clone)]
pub struct SeededIds {
    seed: u16,
    drawn: Arc<AtomicU64>,
}

impl SeededIds {
    /// Identifiers of their own for each seed.
    pub fn new(seed: u16) -> Self {
        Self { seed, drawn: Arc::new(AtomicU64::new(0)) }
    }

    fn next(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }
}

impl Ids for SeededIds {
    fn uuid(&self, now: Timestamp) -> Uuid {
        // 12 and 2 bits are the version's and the variant's; the count stands before the seed, so that later ones sort after.
        let mut bytes = [0; 10];
        let count = (self.next() << 16) | u64::from(self.seed);
        bytes.iter_mut().skip(2).zip(count.to_be_bytes()).for_each(|(to, from)| *to = from);
        uuid::Builder::from_unix_timestamp_millis(now.timestamp_millis().unsigned_abs(), &bytes).into_uuid()
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = split_mix((self.next() << 16) | u64::from(self.seed)).to_be_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
        }
    }
}

/// SplitMix64's mixing step: spreads a count over all 64 bits, each count to another value.
fn split_mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
