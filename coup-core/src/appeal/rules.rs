//! Pure decisions about appeals (specification, moderation § Appeals).

use chrono::TimeDelta;

use super::model::{Appeal, AppealStatus};
use crate::{
    env::Timestamp,
    error::{Error, Invalid, StateError},
    id::UserId,
    sanction::{
        model::{Measure, Sanction},
        rules::is_reduced,
    },
};

/// Whether the sanctioned may appeal at the instant, so many days after it was imposed at most. One that was lifted as a mistake
/// has nothing left to be appealed.
///
/// # Errors
/// A state that stands in the way.
pub fn appeal(sanction: &Sanction, earlier: Option<&Appeal>, days: u32, now: Timestamp) -> Result<(), StateError> {
    if earlier.is_some() {
        return Err(StateError::AlreadyAppealed);
    }
    if sanction.mistaken {
        return Err(StateError::SanctionEnded);
    }
    if now >= sanction.created_at + TimeDelta::days(days.into()) {
        return Err(StateError::AppealTooLate);
    }
    Ok(())
}

/// Whether somebody has a part in the sanction, so that they neither see nor decide its appeal: who imposed it, and whom it is of.
pub fn has_part(user: &UserId, sanction: &Sanction) -> bool {
    sanction.user_id == *user || sanction.admin_id.as_ref() == Some(user)
}

/// What an appeal is decided to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It stays.
    Uphold,
    /// This in its place.
    Reduce(Measure),
    /// It was a mistake.
    Overturn,
}

impl Ruling {
    /// What the appeal is then.
    pub const fn status(self) -> AppealStatus {
        match self {
            Self::Uphold => AppealStatus::Upheld,
            Self::Reduce(_) => AppealStatus::Reduced,
            Self::Overturn => AppealStatus::Overturned,
        }
    }
}

/// The sanction after the decision; `None` where it stays as it is. What is left of a reduced one counts from when it was imposed.
///
/// # Errors
/// That the appeal is decided already, or a measure that is neither shorter nor milder.
pub fn decide(
    appeal: &Appeal,
    sanction: Sanction,
    ruling: Ruling,
    by: Option<&UserId>,
    words: &str,
    now: Timestamp,
) -> Result<Option<Sanction>, Error> {
    if appeal.status != AppealStatus::Pending {
        return Err(StateError::AppealDecided.into());
    }
    match ruling {
        Ruling::Uphold => Ok(None),
        Ruling::Reduce(to) => {
            let days = sanction.days.unwrap_or(crate::sanction::model::Days::MOST);
            if !is_reduced(Measure::of(sanction.kind, days), to) {
                return Err(Invalid::field("sanction", "not_milder").into());
            }
            let expires_at = to.ends(sanction.created_at);
            Ok(Some(Sanction { kind: to.kind(), days: to.days(), expires_at, ..sanction }))
        }
        Ruling::Overturn => Ok(Some(lifted(sanction, by, words, true, now))),
    }
}

/// The sanction lifted. Who lifted it first stays noted.
#[must_use]
pub fn lifted(sanction: Sanction, by: Option<&UserId>, reason: &str, mistaken: bool, now: Timestamp) -> Sanction {
    if sanction.lifted_at.is_some() {
        return Sanction { mistaken: sanction.mistaken || mistaken, ..sanction };
    }
    Sanction {
        is_active: false,
        lifted_by: by.cloned(),
        lift_reason: Some(reason.to_owned()),
        lifted_at: Some(now),
        mistaken,
        ..sanction
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::noon,
        id::AppealId,
        sanction::{
            ladder::Strikes,
            rules::tests::{days, sanctions},
        },
        text::AppealText,
    };

    fn against(sanction: &Sanction) -> Appeal {
        Appeal {
            id: AppealId::from_uuid(uuid::Uuid::nil()),
            sanction_id: sanction.id,
            user_id: sanction.user_id.clone(),
            text: AppealText::from_stored("억울해요".into()),
            kind: sanction.kind,
            days: sanction.days,
            status: AppealStatus::Pending,
            decided_by: None,
            decided_role: None,
            decided_at: None,
            words: None,
            created_at: noon(),
            version: 0,
        }
    }

    fn one() -> impl Strategy<Value = Sanction> {
        sanctions().prop_filter_map("one at least", |all| all.into_iter().next())
    }

    proptest! {
        #[test]
        fn a_sanction_is_appealed_within_thirty_days(sanction in one(), micros in -1_000_i64..1_000) {
            prop_assume!(!sanction.mistaken);
            let now = sanction.created_at + TimeDelta::days(30) + TimeDelta::microseconds(micros);
            prop_assert_eq!(appeal(&sanction, None, 30, now).is_ok(), micros < 0);
        }

        #[test]
        fn a_sanction_is_appealed_once(sanction in one()) {
            let earlier = against(&sanction);
            prop_assert_eq!(appeal(&sanction, Some(&earlier), 30, sanction.created_at), Err(StateError::AlreadyAppealed));
        }

        #[test]
        fn an_overturned_sanction_works_no_more_and_does_not_count(all in sanctions(), which in any::<prop::sample::Index>()) {
            prop_assume!(!all.is_empty());
            let place = which.index(all.len());
            let after = decide(&against(&all[place]), all[place].clone(), Ruling::Overturn, None, "실수", noon()).unwrap().unwrap();
            prop_assert!(!after.works_at(noon()) && after.mistaken && after.lifted_at.is_some());
            let mut rest = all.clone();
            rest.remove(place);
            let mut with = all.clone();
            with[place] = after;
            prop_assert_eq!(Strikes::count(&with, None, noon()), Strikes::count(&rest, None, noon()));
        }

        #[test]
        fn a_reduced_sanction_ends_no_later(sanction in one(), length in 1_i64..=30, kind in proptest::sample::select(crate::policy::SanctionType::ALL.to_vec())) {
            let to = Measure::of(kind, days(length));
            let from = Measure::of(sanction.kind, sanction.days.unwrap_or(days(30)));
            match decide(&against(&sanction), sanction.clone(), Ruling::Reduce(to), None, "너무 길어요", noon()) {
                Ok(Some(after)) => {
                    prop_assert!(to.severity() < from.severity());
                    prop_assert_eq!(after.expires_at, to.ends(sanction.created_at));
                    prop_assert_eq!((after.kind, after.days), (to.kind(), to.days()));
                }
                Ok(None) => prop_assert!(false, "a reduced sanction is another one"),
                Err(_) => prop_assert!(to.severity() >= from.severity()),
            }
        }

        #[test]
        fn an_appeal_is_decided_once(sanction in one(), status in proptest::sample::select(AppealStatus::ALL.to_vec())) {
            let decided = Appeal { status, ..against(&sanction) };
            let answer = decide(&decided, sanction, Ruling::Uphold, None, "그대로", noon());
            prop_assert_eq!(answer.is_ok(), status == AppealStatus::Pending);
        }
    }

    #[test]
    fn who_imposed_it_and_whom_it_is_of_have_a_part_in_it() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut sanction = proptest::strategy::ValueTree::current(&one().new_tree(&mut runner).unwrap());
        sanction.admin_id = Some("mod".parse().unwrap());
        for (who, part) in [("minjun", true), ("mod", true), ("other", false)] {
            assert_eq!(has_part(&who.parse().unwrap(), &sanction), part, "{who}");
        }
    }
}
