//! The strike ladder (specification, moderation § The strike ladder): what is recommended after what was imposed before. It is
//! data, which a host may replace.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::model::{Days, Measure, Sanction};
use crate::{env::Timestamp, policy::SanctionType};

/// What counts of somebody's sanctions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strikes {
    /// Warnings.
    pub warnings: u32,
    /// Suspensions; a permanent ban that was lifted is one, too.
    pub suspensions: u32,
}

impl Strikes {
    /// What counts at the instant: not what was lifted as a mistake, nor what is as old as the lapse time.
    pub fn count<'a>(
        sanctions: impl IntoIterator<Item = &'a Sanction>,
        lapse: Option<TimeDelta>,
        now: Timestamp,
    ) -> Self {
        let counts = |sanction: &&Sanction| {
            !sanction.mistaken && lapse.is_none_or(|lapse| now.signed_duration_since(sanction.created_at) < lapse)
        };
        let counted = sanctions.into_iter().filter(counts);
        counted.fold(Self::default(), |strikes, sanction| strikes.after(sanction.kind))
    }

    /// With one more.
    #[must_use]
    pub fn after(self, kind: SanctionType) -> Self {
        match kind {
            SanctionType::Warning => Self { warnings: self.warnings.saturating_add(1), ..self },
            SanctionType::Suspension | SanctionType::PermanentBan => {
                Self { suspensions: self.suspensions.saturating_add(1), ..self }
            }
            SanctionType::ChatBan
            | SanctionType::FileUploadBan
            | SanctionType::StudyCreateBan
            | SanctionType::Restriction => self,
        }
    }
}

/// A rung: from so many strikes on, this measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// At least so many warnings.
    #[serde(default)]
    pub warnings: u32,
    /// At least so many suspensions.
    #[serde(default)]
    pub suspensions: u32,
    /// What is recommended.
    pub measure: Measure,
}

/// Rungs from the lowest to the highest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Rung>", into = "Vec<Rung>")]
pub struct Ladder(Vec<Rung>);

/// Why rungs make no ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLadder {
    /// Nothing is recommended for who was never sanctioned.
    #[error("the first rung needs strikes: expected one for who has none")]
    NoFirst,
    /// A higher rung is milder than a lower one.
    #[error("rung {0} is milder than the one below: expected rungs from the mildest to the hardest")]
    Milder(usize),
}

impl Ladder {
    /// A ladder of these rungs.
    ///
    /// # Errors
    /// When the first is not for everybody, or one is milder than the one below.
    pub fn new(rungs: Vec<Rung>) -> Result<Self, NoLadder> {
        if rungs.first().is_none_or(|first| first.warnings > 0 || first.suspensions > 0) {
            return Err(NoLadder::NoFirst);
        }
        let pairs = rungs.iter().zip(rungs.iter().skip(1));
        match pairs.zip(1..).find(|((lower, higher), _)| higher.measure.severity() < lower.measure.severity()) {
            Some((_, place)) => Err(NoLadder::Milder(place)),
            None => Ok(Self(rungs)),
        }
    }

    /// What is recommended after these strikes: the highest rung that they reach.
    pub fn recommend(&self, strikes: Strikes) -> Measure {
        let reached = |rung: &&Rung| strikes.warnings >= rung.warnings && strikes.suspensions >= rung.suspensions;
        self.0.iter().rev().find(reached).map_or(Measure::WARNING, |rung| rung.measure)
    }

    /// The rungs, from the lowest.
    pub fn rungs(&self) -> &[Rung] {
        &self.0
    }
}

impl TryFrom<Vec<Rung>> for Ladder {
    type Error = NoLadder;

    fn try_from(rungs: Vec<Rung>) -> Result<Self, NoLadder> {
        Self::new(rungs)
    }
}

impl From<Ladder> for Vec<Rung> {
    fn from(ladder: Ladder) -> Self {
        ladder.0
    }
}

/// The specification's table.
impl Default for Ladder {
    fn default() -> Self {
        let suspended = |suspensions, measure| Rung { warnings: 0, suspensions, measure };
        let days = |days| Days::new("duration", days).unwrap_or(Days::MOST);
        Self(vec![
            suspended(0, Measure::WARNING),
            Rung { warnings: 1, suspensions: 0, measure: Measure::suspension(days(3)) },
            suspended(1, Measure::suspension(days(7))),
            suspended(2, Measure::suspension(days(30))),
            suspended(3, Measure::PERMANENT_BAN),
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{coup::scenes::noon, sanction::rules::tests::sanctions};

    fn spelt(measure: Measure) -> String {
        let length = measure.length().map(|length| format!(" {length}")).unwrap_or_default();
        format!("{}{length}", measure.kind())
    }

    /// The specification's table, cell by cell.
    #[test]
    fn the_ladder_recommends_what_the_table_says() {
        let ladder = Ladder::default();
        let table: Vec<String> = (0..5)
            .flat_map(|suspensions| (0..4).map(move |warnings| Strikes { warnings, suspensions }))
            .map(|strikes| {
                let Strikes { warnings, suspensions } = strikes;
                format!("{warnings} warned, {suspensions} suspended: {}", spelt(ladder.recommend(strikes)))
            })
            .collect();
        assert_eq!(
            table,
            [
                "0 warned, 0 suspended: WARNING",
                "1 warned, 0 suspended: SUSPENSION 3d",
                "2 warned, 0 suspended: SUSPENSION 3d",
                "3 warned, 0 suspended: SUSPENSION 3d",
                "0 warned, 1 suspended: SUSPENSION 7d",
                "1 warned, 1 suspended: SUSPENSION 7d",
                "2 warned, 1 suspended: SUSPENSION 7d",
                "3 warned, 1 suspended: SUSPENSION 7d",
                "0 warned, 2 suspended: SUSPENSION 30d",
                "1 warned, 2 suspended: SUSPENSION 30d",
                "2 warned, 2 suspended: SUSPENSION 30d",
                "3 warned, 2 suspended: SUSPENSION 30d",
                "0 warned, 3 suspended: PERMANENT_BAN permanent",
                "1 warned, 3 suspended: PERMANENT_BAN permanent",
                "2 warned, 3 suspended: PERMANENT_BAN permanent",
                "3 warned, 3 suspended: PERMANENT_BAN permanent",
                "0 warned, 4 suspended: PERMANENT_BAN permanent",
                "1 warned, 4 suspended: PERMANENT_BAN permanent",
                "2 warned, 4 suspended: PERMANENT_BAN permanent",
                "3 warned, 4 suspended: PERMANENT_BAN permanent",
            ]
        );
    }

    #[test]
    fn rungs_that_make_no_ladder_are_refused() {
        let rung = |warnings, measure| Rung { warnings, suspensions: 0, measure };
        assert_eq!(Ladder::new(Vec::new()), Err(NoLadder::NoFirst));
        assert_eq!(Ladder::new(vec![rung(1, Measure::WARNING)]), Err(NoLadder::NoFirst));
        let falling = vec![rung(0, Measure::PERMANENT_BAN), rung(1, Measure::WARNING)];
        assert_eq!(Ladder::new(falling), Err(NoLadder::Milder(1)));
        assert!(Ladder::new(Ladder::default().rungs().to_vec()).is_ok());
        let text = serde_json::to_string(&Ladder::default()).unwrap();
        assert_eq!(serde_json::from_str::<Ladder>(&text).unwrap(), Ladder::default());
        assert!(serde_json::from_str::<Ladder>("[]").is_err());
    }

    fn ladders() -> impl Strategy<Value = Ladder> {
        let rung = (0_u32..4, 0_u32..4, 0_usize..=3).prop_map(|(warnings, suspensions, measure)| Rung {
            warnings,
            suspensions,
            measure: Ladder::default().rungs()[measure].measure,
        });
        proptest::collection::vec(rung, 1..6).prop_map(|mut rungs| {
            rungs.sort_by_key(|rung| rung.measure.severity());
            rungs[0] = Rung { warnings: 0, suspensions: 0, ..rungs[0] };
            Ladder::new(rungs).unwrap()
        })
    }

    proptest! {
        #[test]
        fn one_strike_more_never_recommends_less(ladder in ladders(), warnings in 0_u32..5, suspensions in 0_u32..5) {
            let strikes = Strikes { warnings, suspensions };
            for kind in SanctionType::ALL {
                let next = ladder.recommend(strikes.after(kind));
                prop_assert!(next.severity() >= ladder.recommend(strikes).severity());
            }
        }

        #[test]
        fn a_mistake_and_what_has_lapsed_do_not_count(sanctions in sanctions(), days in proptest::option::of(1_i64..40)) {
            let lapse = days.map(TimeDelta::days);
            let counted = |kind: &[SanctionType]| {
                let counts = sanctions.iter().filter(|one| {
                    kind.contains(&one.kind) && !one.mistaken && days.is_none_or(|days| (noon() - one.created_at) < TimeDelta::days(days))
                });
                u32::try_from(counts.count()).unwrap()
            };
            let expected = Strikes {
                warnings: counted(&[SanctionType::Warning]),
                suspensions: counted(&[SanctionType::Suspension, SanctionType::PermanentBan]),
            };
            prop_assert_eq!(Strikes::count(&sanctions, lapse, noon()), expected);
        }
    }
}
