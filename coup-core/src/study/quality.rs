//! How good a study is, and which ones are recommended (specification, moderation § Studies).

/// The best.
pub const BEST: u8 = 100;
/// Below this a study is of low quality.
pub const LOW_BELOW: u8 = 50;

/// What is known of a study on the day that it is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vitals {
    /// Whole days since its last activity.
    pub idle_days: u32,
    /// How many members.
    pub members: u32,
    /// How many there may be.
    pub capacity: u32,
    /// The mean of its reviews, 1.0 to 5.0; absent without one.
    pub rating: Option<f64>,
    /// How many reviews.
    pub reviews: u32,
    /// Attended of all that count, 0.0 to 1.0; absent without events.
    pub attendance: Option<f64>,
    /// Reports that were approved.
    pub upheld_reports: u32,
    /// Reports that wait.
    pub open_reports: u32,
}

impl Vitals {
    /// From 0 to [`BEST`]. A study without reviews loses nothing for its rating, nor for reports that prove nothing yet.
    ///
    /// ```
    /// use coup_core::study::quality::Vitals;
    ///
    /// let lively = Vitals {
    ///     idle_days: 2,
    ///     members: 8,
    ///     capacity: 10,
    ///     rating: Some(4.5),
    ///     reviews: 6,
    ///     attendance: Some(0.9),
    ///     upheld_reports: 0,
    ///     open_reports: 0,
    /// };
    /// assert_eq!((lively.quality(), lively.is_recommendable()), (100, true));
    /// assert_eq!(Vitals { idle_days: 15, upheld_reports: 1, ..lively }.quality(), 75);
    /// ```
    pub fn quality(&self) -> u8 {
        let idle = match self.idle_days {
            31.. => 30,
            15.. => 15,
            _ => 0,
        };
        // members / capacity < 0.3
        let empty = if u64::from(self.members) * 10 < u64::from(self.capacity) * 3 { 20 } else { 0 };
        let rated = match self.rating.filter(|_| self.reviews > 0) {
            Some(rating) if rating < 2.0 => 25,
            Some(rating) if rating < 3.0 => 15,
            _ => 0,
        };
        let reported = self.upheld_reports.saturating_mul(10);
        let lost = reported.saturating_add(idle + empty + rated);
        BEST.saturating_sub(u8::try_from(lost).unwrap_or(BEST))
    }

    /// Whether it is listed as one of low quality.
    pub fn is_low(&self) -> bool {
        self.quality() < LOW_BELOW
    }

    /// Whether it may be recommended: well rated by enough, well filled, well attended, and nothing reported. Without events nobody
    /// knows how it is attended.
    pub fn is_recommendable(&self) -> bool {
        self.rating.is_some_and(|rating| rating >= 4.0)
            && self.reviews >= 5
            && u64::from(self.members) * 10 >= u64::from(self.capacity) * 7
            && self.attendance.is_some_and(|attendance| attendance >= 0.8)
            && self.upheld_reports == 0
            && self.open_reports == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: Vitals = Vitals {
        idle_days: 0,
        members: 7,
        capacity: 10,
        rating: Some(4.0),
        reviews: 5,
        attendance: Some(0.8),
        upheld_reports: 0,
        open_reports: 0,
    };

    /// Days without activity × members of ten × rating × upheld reports.
    #[test]
    fn the_table_of_quality() {
        let mut table = Vec::new();
        for idle_days in [14, 15, 30, 31] {
            for members in [2, 3] {
                for rating in [Some(1.9), Some(2.0), Some(2.9), Some(3.0), None] {
                    let vitals = Vitals { idle_days, members, rating, ..GOOD };
                    let reviews = u32::from(rating.is_some());
                    let score = |upheld_reports| Vitals { reviews, upheld_reports, ..vitals }.quality();
                    table.push(format!("{idle_days} {members}/10 {rating:?}: {:?}", [0, 1, 4, 11].map(score)));
                }
            }
        }
        let expected = [
            "14 2/10 Some(1.9): [55, 45, 15, 0]",
            "14 2/10 Some(2.0): [65, 55, 25, 0]",
            "14 2/10 Some(2.9): [65, 55, 25, 0]",
            "14 2/10 Some(3.0): [80, 70, 40, 0]",
            "14 2/10 None: [80, 70, 40, 0]",
            "14 3/10 Some(1.9): [75, 65, 35, 0]",
            "14 3/10 Some(2.0): [85, 75, 45, 0]",
            "14 3/10 Some(2.9): [85, 75, 45, 0]",
            "14 3/10 Some(3.0): [100, 90, 60, 0]",
            "14 3/10 None: [100, 90, 60, 0]",
            "15 2/10 Some(1.9): [40, 30, 0, 0]",
            "15 2/10 Some(2.0): [50, 40, 10, 0]",
            "15 2/10 Some(2.9): [50, 40, 10, 0]",
            "15 2/10 Some(3.0): [65, 55, 25, 0]",
            "15 2/10 None: [65, 55, 25, 0]",
            "15 3/10 Some(1.9): [60, 50, 20, 0]",
            "15 3/10 Some(2.0): [70, 60, 30, 0]",
            "15 3/10 Some(2.9): [70, 60, 30, 0]",
            "15 3/10 Some(3.0): [85, 75, 45, 0]",
            "15 3/10 None: [85, 75, 45, 0]",
            "30 2/10 Some(1.9): [40, 30, 0, 0]",
            "30 2/10 Some(2.0): [50, 40, 10, 0]",
            "30 2/10 Some(2.9): [50, 40, 10, 0]",
            "30 2/10 Some(3.0): [65, 55, 25, 0]",
            "30 2/10 None: [65, 55, 25, 0]",
            "30 3/10 Some(1.9): [60, 50, 20, 0]",
            "30 3/10 Some(2.0): [70, 60, 30, 0]",
            "30 3/10 Some(2.9): [70, 60, 30, 0]",
            "30 3/10 Some(3.0): [85, 75, 45, 0]",
            "30 3/10 None: [85, 75, 45, 0]",
            "31 2/10 Some(1.9): [25, 15, 0, 0]",
            "31 2/10 Some(2.0): [35, 25, 0, 0]",
            "31 2/10 Some(2.9): [35, 25, 0, 0]",
            "31 2/10 Some(3.0): [50, 40, 10, 0]",
            "31 2/10 None: [50, 40, 10, 0]",
            "31 3/10 Some(1.9): [45, 35, 5, 0]",
            "31 3/10 Some(2.0): [55, 45, 15, 0]",
            "31 3/10 Some(2.9): [55, 45, 15, 0]",
            "31 3/10 Some(3.0): [70, 60, 30, 0]",
            "31 3/10 None: [70, 60, 30, 0]",
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_study_is_of_low_quality_below_50() {
        let idle_and_empty = Vitals { idle_days: 31, members: 2, ..GOOD };
        assert_eq!((idle_and_empty.quality(), idle_and_empty.is_low()), (50, false));
        assert!(Vitals { upheld_reports: 1, ..idle_and_empty }.is_low());
    }

    #[test]
    fn each_condition_of_a_recommendation_is_needed() {
        assert!(GOOD.is_recommendable());
        for (why, vitals) in [
            ("rating", Vitals { rating: Some(3.999), ..GOOD }),
            ("no rating", Vitals { rating: None, ..GOOD }),
            ("reviews", Vitals { reviews: 4, ..GOOD }),
            ("members", Vitals { members: 6, ..GOOD }),
            ("attendance", Vitals { attendance: Some(0.799), ..GOOD }),
            ("no events", Vitals { attendance: None, ..GOOD }),
            ("upheld", Vitals { upheld_reports: 1, ..GOOD }),
            ("open", Vitals { open_reports: 1, ..GOOD }),
        ] {
            assert!(!vitals.is_recommendable(), "{why}");
        }
        assert!(Vitals { idle_days: 400, ..GOOD }.is_recommendable(), "how long ago it was active is no condition");
    }

    fn vitals() -> impl Strategy<Value = Vitals> {
        let known = (0_u32..60, 0_u32..60, 1_u32..50, proptest::option::of(1.0_f64..=5.0));
        let others = (0_u32..9, proptest::option::of(0.0_f64..=1.0), 0_u32..12, 0_u32..9);
        (known, others).prop_map(
            |((idle_days, members, capacity, rating), (reviews, attendance, upheld_reports, open_reports))| Vitals {
                idle_days,
                members,
                capacity,
                rating,
                reviews,
                attendance,
                upheld_reports,
                open_reports,
            },
        )
    }

    proptest! {
        #[test]
        fn a_score_is_0_to_100_whatever_the_numbers(mut vitals in vitals(), huge in any::<[u32; 4]>()) {
            prop_assert!(vitals.quality() <= BEST);
            [vitals.idle_days, vitals.members, vitals.capacity, vitals.upheld_reports] = huge;
            prop_assert!(vitals.quality() <= BEST);
            prop_assert_eq!(vitals.is_low(), vitals.quality() < 50);
        }

        #[test]
        fn what_is_worse_never_scores_better(vitals in vitals(), more in 0_u32..40, less in 0.0_f64..3.0) {
            let score = vitals.quality();
            for worse in [
                Vitals { idle_days: vitals.idle_days + more, ..vitals },
                Vitals { members: vitals.members.saturating_sub(more), ..vitals },
                Vitals { upheld_reports: vitals.upheld_reports + more, ..vitals },
                Vitals { rating: vitals.rating.map(|rating| rating - less), ..vitals },
            ] {
                prop_assert!(worse.quality() <= score, "{:?}", worse);
            }
        }

        #[test]
        fn open_reports_prove_nothing(vitals in vitals(), open_reports in any::<u32>()) {
            prop_assert_eq!(Vitals { open_reports, ..vitals }.quality(), vitals.quality());
        }

        #[test]
        fn a_study_without_reviews_loses_nothing_for_its_rating(vitals in vitals()) {
            let unrated = Vitals { rating: None, ..vitals };
            prop_assert_eq!(Vitals { reviews: 0, ..vitals }.quality(), unrated.quality());
        }
    }
}
