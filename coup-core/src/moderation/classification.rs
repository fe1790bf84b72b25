//! How urgent a case is (specification, moderation § Reports, classification). The rules are data, which a host may replace.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::model::{Priority, Record, ReportType, Weight};
use crate::env::Timestamp;

/// From how many decided reports on a reporter's accuracy counts.
pub const ACCURACY_FROM: u32 = 6;
/// Below so many hundredths a reporter's word counts nothing.
pub const LEAST_ACCURACY_PERCENT: u32 = 30;
/// How many reports such a reporter may make within a day.
pub const REPORTS_A_DAY: u32 = 3;

impl Record {
    /// Approved of decided, in thousandths, once there are enough of them; else nothing is known.
    pub fn accuracy(self) -> Option<Weight> {
        if self.decided < ACCURACY_FROM {
            return None;
        }
        let thousandths = u64::from(self.upheld) * 1000 / u64::from(self.decided);
        Some(Weight::thousandths(u32::try_from(thousandths).unwrap_or(u32::MAX)))
    }

    /// Whether so little of it was right that it raises nothing and is limited.
    pub fn is_poor(self) -> bool {
        self.decided >= ACCURACY_FROM
            && u64::from(self.upheld) * 100 < u64::from(self.decided) * u64::from(LEAST_ACCURACY_PERCENT)
    }

    /// How much the reporter's word counts.
    pub fn weight(self) -> Weight {
        if self.is_poor() { Weight::NONE } else { self.accuracy().unwrap_or(Weight::FULL) }
    }
}

/// The rules of urgency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Classification {
    /// By type; one that is missing is MEDIUM.
    pub priorities: BTreeMap<ReportType, Priority>,
    /// Within how many hours the reports of different people add up.
    pub window_hours: u32,
    /// From this sum of weights on it is one step more, in thousandths.
    pub raised_from: u32,
    /// From this sum on it is URGENT, in thousandths.
    pub urgent_from: u32,
}

/// The specification's.
impl Default for Classification {
    fn default() -> Self {
        let priority = |kind| match kind {
            ReportType::Safety => Priority::Urgent,
            ReportType::Harassment => Priority::High,
            ReportType::Inappropriate | ReportType::Copyright | ReportType::Other => Priority::Medium,
            ReportType::Spam => Priority::Low,
        };
        Self {
            priorities: ReportType::ALL.iter().map(|kind| (*kind, priority(*kind))).collect(),
            window_hours: 24,
            raised_from: 3000,
            urgent_from: 5000,
        }
    }
}

/// As much of a report as its urgency needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// What is wrong.
    pub kind: ReportType,
    /// How much it counts.
    pub weight: Weight,
    /// When.
    pub at: Timestamp,
}

impl Classification {
    /// How urgent a type is by itself.
    pub fn priority(&self, kind: ReportType) -> Priority {
        self.priorities.get(&kind).copied().unwrap_or(Priority::Medium)
    }

    /// How urgent a case of these reports is at the instant, one a reporter; `was_suspended`: its target is or was. Those whose
    /// word counts nothing raise nothing: they decide only where nobody else has reported it.
    pub fn classify(&self, reports: &[Weighed], was_suspended: bool, now: Timestamp) -> Priority {
        let of = |counts: &dyn Fn(&&Weighed) -> bool| {
            reports.iter().filter(counts).map(|report| self.priority(report.kind)).max()
        };
        let by_type = of(&|report| report.weight > Weight::NONE).or_else(|| of(&|_| true)).unwrap_or(Priority::Low);
        let begin = now - TimeDelta::hours(self.window_hours.into());
        let recent = reports.iter().filter(|report| report.at > begin);
        let sum: u32 = recent.map(|report| report.weight.get()).sum();
        let by_number = match sum {
            sum if sum >= self.urgent_from => Priority::Urgent,
            sum if sum >= self.raised_from => by_type.raised(),
            _ => by_type,
        };
        if was_suspended { by_number.raised() } else { by_number }
    }

    /// Of two types the graver one; of equals the first.
    pub fn graver(&self, one: ReportType, other: ReportType) -> ReportType {
        if self.priority(other) > self.priority(one) { other } else { one }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coup::scenes::noon;

    fn record(decided: u32, upheld: u32) -> Record {
        Record { decided, upheld }
    }

    fn weighed(kind: ReportType, weight: u32, hours_ago: i64) -> Weighed {
        Weighed { kind, weight: Weight::thousandths(weight), at: noon() - TimeDelta::hours(hours_ago) }
    }

    #[test]
    fn accuracy_counts_from_the_sixth_decided_report_on() {
        for (decided, upheld, weight, poor) in [
            (0, 0, 1000, false),
            (5, 0, 1000, false),
            (6, 0, 0, true),
            (6, 1, 0, true),
            (6, 2, 333, false),
            (6, 6, 1000, false),
            (10, 3, 300, false),
            (100, 29, 0, true),
            (100, 30, 300, false),
        ] {
            let record = record(decided, upheld);
            assert_eq!((record.weight().get(), record.is_poor()), (weight, poor), "{decided} decided, {upheld} upheld");
        }
    }

    /// Every type × number of reporters within 24 hours × whether the target was suspended.
    #[test]
    fn the_table_of_urgency() {
        let rules = Classification::default();
        let table: Vec<String> = ReportType::ALL
            .iter()
            .map(|kind| {
                let cell = |number: usize, suspended| {
                    let reports = vec![weighed(*kind, 1000, 1); number];
                    rules.classify(&reports, suspended, noon()).to_string()
                };
                let row = |suspended| [1, 2, 3, 4, 5].map(|number| cell(number, suspended)).join(" ");
                format!("{kind}: {} | suspended before: {}", row(false), row(true))
            })
            .collect();
        assert_eq!(
            table,
            [
                "SPAM: LOW LOW MEDIUM MEDIUM URGENT | suspended before: MEDIUM MEDIUM HIGH HIGH URGENT",
                "HARASSMENT: HIGH HIGH URGENT URGENT URGENT | suspended before: URGENT URGENT URGENT URGENT URGENT",
                "INAPPROPRIATE: MEDIUM MEDIUM HIGH HIGH URGENT | suspended before: HIGH HIGH URGENT URGENT URGENT",
                "COPYRIGHT: MEDIUM MEDIUM HIGH HIGH URGENT | suspended before: HIGH HIGH URGENT URGENT URGENT",
                "OTHER: MEDIUM MEDIUM HIGH HIGH URGENT | suspended before: HIGH HIGH URGENT URGENT URGENT",
                "SAFETY: URGENT URGENT URGENT URGENT URGENT | suspended before: URGENT URGENT URGENT URGENT URGENT",
            ]
        );
    }

    #[test]
    fn only_reports_of_the_last_24_hours_add_up() {
        let rules = Classification::default();
        let spam = |hours: &[i64]| {
            let reports: Vec<_> = hours.iter().map(|hours| weighed(ReportType::Spam, 1000, *hours)).collect();
            rules.classify(&reports, false, noon())
        };
        assert_eq!(spam(&[0, 12, 23]), Priority::Medium);
        assert_eq!(spam(&[0, 12, 24]), Priority::Low);
    }

    #[test]
    fn who_is_mostly_wrong_raises_nothing() {
        let rules = Classification::default();
        let spam = weighed(ReportType::Spam, 1000, 0);
        let wrong = weighed(ReportType::Harassment, 0, 0);
        assert_eq!(rules.classify(&[spam, wrong, wrong, wrong, wrong, wrong], false, noon()), Priority::Low);
        assert_eq!(rules.classify(&[wrong], false, noon()), Priority::High, "there is nobody else");
    }

    fn reports() -> impl Strategy<Value = Vec<Weighed>> {
        let one = (proptest::sample::select(ReportType::ALL.to_vec()), 0_u32..=1000, 0_i64..48);
        proptest::collection::vec(one.prop_map(|(kind, weight, ago)| weighed(kind, weight, ago)), 1..9)
    }

    proptest! {
        #[test]
        fn a_report_that_counts_never_makes_a_case_less_urgent(
            reports in reports(), kind in proptest::sample::select(ReportType::ALL.to_vec()), suspended in any::<bool>(),
        ) {
            let rules = Classification::default();
            prop_assume!(reports.iter().any(|report| report.weight > Weight::NONE));
            let mut more = reports.clone();
            more.push(weighed(kind, 1, 0));
            prop_assert!(rules.classify(&more, suspended, noon()) >= rules.classify(&reports, suspended, noon()));
        }

        #[test]
        fn who_was_suspended_is_more_urgent_by_a_step(reports in reports()) {
            let rules = Classification::default();
            let before = rules.classify(&reports, false, noon());
            prop_assert_eq!(rules.classify(&reports, true, noon()), before.raised());
        }

        #[test]
        fn a_reporters_weight_is_their_accuracy(decided in 0_u32..500, upheld in 0_u32..500) {
            prop_assume!(upheld <= decided);
            let weight = f64::from(record(decided, upheld).weight().get()) / 1000.0;
            let accuracy = if decided < 6 { 1.0 } else { f64::from(upheld) / f64::from(decided) };
            if accuracy < 0.3 {
                prop_assert_eq!(record(decided, upheld).weight(), Weight::NONE);
            } else {
                prop_assert!((weight - accuracy).abs() <= 0.001);
            }
        }
    }
}
