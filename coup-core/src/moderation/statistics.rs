//! Figures of how cases are dealt with (specification, moderation § Reports, statistics).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::{CaseStatus, CaseTimes, Priority, ReportType};
use crate::{env::Timestamp, id::UserId};

/// How long something took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Of how many cases.
    pub cases: u32,
    /// Half of them took at most as long.
    pub median: i64,
    /// Nine of ten took at most as long.
    pub p90: i64,
}

impl Taken {
    /// By the nearest rank; `None` of nothing.
    pub fn of(mut seconds: Vec<i64>) -> Option<Self> {
        seconds.sort_unstable();
        let rank = |percent: usize| seconds.get((seconds.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(Self { cases: u32::try_from(seconds.len()).unwrap_or(u32::MAX), median: rank(50)?, p90: rank(90)? })
    }
}

/// What an administrator decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByAdministrator {
    /// Approved.
    pub resolved: u32,
    /// Dismissed.
    pub rejected: u32,
    /// From the first report to the decision.
    pub decision: Option<Taken>,
}

/// What came and what was decided on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnADay {
    /// Cases whose first report came.
    pub opened: u32,
    /// Cases that were decided.
    pub decided: u32,
}

/// All figures of some cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// How many.
    pub cases: u32,
    /// By their gravest type.
    pub by_type: BTreeMap<ReportType, u32>,
    /// As they stand.
    pub by_status: BTreeMap<CaseStatus, u32>,
    /// By urgency.
    pub by_priority: BTreeMap<Priority, u32>,
    /// From the first report to an administrator's first act.
    pub first_response: Option<Taken>,
    /// From the first report to the decision.
    pub decision: Option<Taken>,
    /// By who decided.
    pub by_administrator: BTreeMap<UserId, ByAdministrator>,
    /// By day, as `YYYY-MM-DD` in the time zone that was asked for.
    pub by_day: BTreeMap<String, OnADay>,
}

impl Statistics {
    /// Of these cases; days are those of the time zone.
    pub fn of(cases: &[CaseTimes], zone: chrono_tz::Tz) -> Self {
        let day = |at: Timestamp| at.with_timezone(&zone).format("%Y-%m-%d").to_string();
        let seconds = |case: &CaseTimes, end: Option<Timestamp>| end.map(|end| (end - case.created_at).num_seconds());
        let mut by_day: BTreeMap<String, OnADay> = BTreeMap::new();
        let mut decided_by: BTreeMap<UserId, Vec<&CaseTimes>> = BTreeMap::new();
        for case in cases {
            by_day.entry(day(case.created_at)).or_default().opened += 1;
            if let Some(at) = case.processed_at {
                by_day.entry(day(at)).or_default().decided += 1;
            }
            if let Some(by) = &case.processed_by {
                decided_by.entry(by.clone()).or_default().push(case);
            }
        }
        let by_administrator = decided_by.into_iter().map(|(who, cases)| {
            let of = |status| count(cases.iter().filter(|case| case.status == status));
            let decision = cases.iter().filter_map(|case| seconds(case, case.processed_at)).collect();
            let figures = ByAdministrator {
                resolved: of(CaseStatus::Resolved),
                rejected: of(CaseStatus::Rejected),
                decision: Taken::of(decision),
            };
            (who, figures)
        });
        Self {
            cases: count(cases.iter()),
            by_type: tally(cases, |case| case.kind),
            by_status: tally(cases, |case| case.status),
            by_priority: tally(cases, |case| case.priority),
            first_response: Taken::of(cases.iter().filter_map(|case| seconds(case, case.first_response_at)).collect()),
            decision: Taken::of(cases.iter().filter_map(|case| seconds(case, case.processed_at)).collect()),
            by_administrator: by_administrator.collect(),
            by_day,
        }
    }
}

fn tally<K: Ord>(cases: &[CaseTimes], key: impl Fn(&CaseTimes) -> K) -> BTreeMap<K, u32> {
    let mut tally = BTreeMap::new();
    for case in cases {
        *tally.entry(key(case)).or_default() += 1;
    }
    tally
}

fn count(rows: impl Iterator) -> u32 {
    u32::try_from(rows.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::{coup::scenes::noon, id::CaseId};

    #[test]
    fn the_median_and_the_ninetieth_percentile_are_by_the_nearest_rank() {
        assert_eq!(Taken::of(Vec::new()), None);
        let taken = |seconds: Vec<i64>| Taken::of(seconds).map(|taken| (taken.cases, taken.median, taken.p90));
        assert_eq!(taken(vec![7]), Some((1, 7, 7)));
        assert_eq!(taken(vec![3, 1, 2]), Some((3, 2, 3)));
        assert_eq!(taken((1..=10).rev().collect()), Some((10, 5, 9)));
        assert_eq!(taken((1..=100).collect()), Some((100, 50, 90)));
    }

    proptest! {
        #[test]
        fn nine_of_ten_took_at_most_the_ninetieth_percentile(seconds in proptest::collection::vec(0_i64..1000, 1..60)) {
            let taken = Taken::of(seconds.clone()).unwrap();
            let at_most = |limit: i64| seconds.iter().filter(|one| **one <= limit).count();
            prop_assert!(at_most(taken.median) * 2 >= seconds.len() && at_most(taken.median - 1) * 2 < seconds.len());
            prop_assert!(at_most(taken.p90) * 10 >= seconds.len() * 9 && at_most(taken.p90 - 1) * 10 < seconds.len() * 9);
        }
    }

    #[test]
    fn cases_are_counted_by_what_they_are_and_by_the_day_of_the_time_zone() {
        let case = |kind, status, processed: Option<i64>| CaseTimes {
            id: CaseId::from_uuid(uuid::Uuid::nil()),
            status,
            kind,
            priority: Priority::High,
            // 22:13 UTC on the 14th is the 15th in Seoul.
            created_at: noon(),
            first_response_at: Some(noon() + TimeDelta::minutes(1)),
            processed_at: processed.map(|hours| noon() + TimeDelta::hours(hours)),
            processed_by: processed.map(|_| "mod".parse().unwrap()),
        };
        let figures = Statistics::of(
            &[
                case(ReportType::Spam, CaseStatus::Resolved, Some(1)),
                case(ReportType::Spam, CaseStatus::Rejected, Some(48)),
                case(ReportType::Safety, CaseStatus::Pending, None),
            ],
            chrono_tz::Asia::Seoul,
        );
        assert_eq!(figures.cases, 3);
        assert_eq!(figures.by_type, BTreeMap::from([(ReportType::Spam, 2), (ReportType::Safety, 1)]));
        assert_eq!(figures.by_status.get(&CaseStatus::Pending), Some(&1));
        assert_eq!(figures.first_response, Some(Taken { cases: 3, median: 60, p90: 60 }));
        assert_eq!(figures.decision, Some(Taken { cases: 2, median: 3600, p90: 172_800 }));
        let own = figures.by_administrator.values().next().unwrap();
        assert_eq!((own.resolved, own.rejected), (1, 1));
        let days: Vec<_> = figures.by_day.iter().map(|(day, on)| (day.as_str(), on.opened, on.decided)).collect();
        assert_eq!(days, [("2023-11-15", 3, 1), ("2023-11-17", 0, 1)]);
    }
}
