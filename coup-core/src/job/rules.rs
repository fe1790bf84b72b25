//! What becomes of a job: pure decisions over its row.

use chrono::TimeDelta;
use serde_json::Value;

use super::model::Job;
use crate::env::Timestamp;

/// A claimed job is nobody else's for as long as a piece may take ([`Settings::work_seconds`](crate::coup::Settings)) and so
/// many seconds more, in which what came of it is noted.
pub const LEASE_SPARE_SECONDS: u32 = 15;

/// How often a job is begun without getting on before it is given up: for four to five and a half hours.
pub const MOST_ATTEMPTS: u32 = 12;

/// The longest wait before another attempt.
const LONGEST_DELAY: TimeDelta = TimeDelta::hours(1);

/// As much of an error as is kept.
const ERROR_CHARS: usize = 1000;

/// The job is done.
pub(crate) fn done(job: &Job, result: Option<Value>, now: Timestamp) -> Job {
    Job { result, lease_until: None, last_error: None, finished_at: Some(now), ..job.clone() }
}

/// What a finished job was asked for is not kept.
pub(crate) fn forgotten(job: Job) -> Job {
    Job { payload: Value::Null, progress: None, ..job }
}

/// The job got on: it waits for its next turn behind all that is due now, and its attempts count anew.
pub(crate) fn further(job: &Job, progress: Value, now: Timestamp) -> Job {
    let progress = Some(progress);
    Job { progress, run_at: now, lease_until: None, attempts: 0, last_error: None, ..job.clone() }
}

/// An attempt was stopped: tried again later, or given up if that does not help or was tried often enough.
pub(crate) fn stopped(job: &Job, why: &str, again: bool, now: Timestamp, random: u16) -> Job {
    let stopped = Job { lease_until: None, last_error: Some(why.chars().take(ERROR_CHARS).collect()), ..job.clone() };
    if again && job.attempts < MOST_ATTEMPTS {
        Job { run_at: now + delay(job.attempts, random), ..stopped }
    } else {
        Job { finished_at: Some(now), failed: true, ..stopped }
    }
}

/// The wait after so many attempts: four times longer after each, from a second to an hour, and up to a quarter shorter at
/// random, so that what failed together does not come back together.
fn delay(attempts: u32, random: u16) -> TimeDelta {
    let most = LONGEST_DELAY.num_milliseconds();
    let factor = 4_i64.saturating_pow(attempts.saturating_sub(1));
    let longest = factor.saturating_mul(1334).min(most);
    TimeDelta::milliseconds(longest - longest / 4 * i64::from(random) / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{coup::scenes::noon, id::JobId};

    fn begun(attempts: u32) -> Job {
        let job = Job::new(JobId::from_uuid(uuid::Uuid::nil()), "mail", json!({}), noon());
        Job { attempts, version: 3, lease_until: Some(noon()), progress: Some(json!(2)), ..job }
    }

    #[test]
    fn twelve_attempts_are_spread_over_more_than_five_hours() {
        let waited = |random| (1..MOST_ATTEMPTS).map(|attempts| delay(attempts, random)).sum::<TimeDelta>();
        assert!(waited(u16::MAX) > TimeDelta::hours(4), "{}", waited(u16::MAX));
        assert!(waited(0) > TimeDelta::hours(5), "{}", waited(0));
    }

    #[test]
    fn a_job_that_got_on_begins_its_attempts_anew_and_keeps_no_error() {
        let job = Job { last_error: Some("no route".into()), ..begun(7) };
        let later = noon() + TimeDelta::minutes(1);
        let next = further(&job, json!(3), later);
        assert_eq!((next.attempts, next.progress, next.run_at), (0, Some(json!(3)), later));
        assert_eq!((next.lease_until, next.last_error, next.finished_at, next.version), (None, None, None, 3));
    }

    #[test]
    fn a_job_is_given_up_after_its_last_attempt_or_when_another_does_not_help() {
        for (attempts, again, given_up) in
            [(1, true, false), (11, true, false), (12, true, true), (13, true, true), (1, false, true)]
        {
            let job = stopped(&begun(attempts), "no route", again, noon(), 0);
            assert_eq!((job.failed, job.finished_at), (given_up, given_up.then(noon)), "{attempts} {again}");
            assert_eq!((job.last_error.as_deref(), job.lease_until), (Some("no route"), None));
            assert_eq!(job.progress, Some(json!(2)));
        }
    }

    #[test]
    fn a_long_error_is_cut_between_characters() {
        let job = stopped(&begun(1), &"가".repeat(5000), true, noon(), 0);
        assert_eq!(job.last_error.unwrap(), "가".repeat(ERROR_CHARS));
    }

    proptest! {
        #[test]
        fn a_wait_is_a_second_to_an_hour_and_never_shorter_than_half_the_one_before(attempts in 1_u32..100, random: u16, before: u16) {
            let wait = delay(attempts, random);
            prop_assert!(wait >= TimeDelta::seconds(1) && wait <= LONGEST_DELAY, "{}", wait);
            prop_assert!(attempts == 1 || wait * 2 >= delay(attempts - 1, before));
        }
    }
}
