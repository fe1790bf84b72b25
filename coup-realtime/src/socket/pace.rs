//! How fast one connection may send events.

use std::time::Duration;

use tokio::time::Instant;

/// Events of one connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many a second in the long run.
    pub per_second: f64,
    /// How many at once.
    pub burst: f64,
    /// How many may be refused, in excess of what the rate forgives meanwhile, before the connection is cut.
    pub refused: f64,
}

impl Default for Rate {
    fn default() -> Self {
        Self { per_second: 20.0, burst: 60.0, refused: 240.0 }
    }
}

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Taken,
    /// Too fast; taken again after this time.
    Refused(Duration),
    /// Far too fast.
    Cut,
}

/// How fast a connection was so far. Refused events count too: whoever sends on is refused on.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Rate,
    left: f64,
    at: Instant,
}

impl Pace {
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, left: rate.burst, at: now }
    }

    pub(super) fn event(&mut self, now: Instant) -> Verdict {
        let Rate { per_second, burst, refused } = self.rate;
        self.left = (self.left + now.saturating_duration_since(self.at).as_secs_f64() * per_second).min(burst) - 1.0;
        self.at = now;
        if self.left >= 0.0 {
            Verdict::Taken
        } else if self.left >= -refused {
            Verdict::Refused(Duration::from_secs_f64(-self.left / per_second))
        } else {
            Verdict::Cut
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_then_the_rate_and_a_flood_is_cut() {
        let begin = Instant::now();
        let mut pace = Pace::new(Rate::default(), begin);
        for _ in 0..60 {
            assert_eq!(pace.event(begin), Verdict::Taken);
        }
        assert_eq!(pace.event(begin), Verdict::Refused(Duration::from_millis(50)));
        let later = begin + Duration::from_secs(1);
        for _ in 0..19 {
            assert_eq!(pace.event(later), Verdict::Taken);
        }
        for _ in 0..240 {
            assert!(matches!(pace.event(later), Verdict::Refused(_)));
        }
        assert_eq!(pace.event(later), Verdict::Cut);
    }

    #[test]
    fn who_keeps_to_the_rate_is_never_refused() {
        let begin = Instant::now();
        let mut pace = Pace::new(Rate::default(), begin);
        for n in 0..10_000_u64 {
            assert_eq!(pace.event(begin + Duration::from_millis(51 * n)), Verdict::Taken);
        }
    }
}
