//! Pure decisions about sanctions: what follows from them for an account, and what somebody may impose.

use serde::{Deserialize, Serialize};

use super::{
    ladder::{Ladder, Strikes},
    model::{Days, Measure, Sanction},
};
use crate::{
    env::Timestamp,
    policy::SanctionType,
    user::model::{User, UserStatus},
};

/// Whether an account is shut out, until when, and why (specification, moderation § Sanctions): of the suspensions and bans that
/// work, the one with the latest end. `None`: it is in use.
pub fn suspension(sanctions: &[Sanction], now: Timestamp) -> Option<&Sanction> {
    let shuts_out = |sanction: &&Sanction| {
        matches!(sanction.kind, SanctionType::Suspension | SanctionType::PermanentBan) && sanction.works_at(now)
    };
    let end = |sanction: &&Sanction| (sanction.expires_at.is_none(), sanction.expires_at, sanction.id);
    sanctions.iter().filter(shuts_out).max_by_key(end)
}

/// The account as it stands under these sanctions, authorised anew: whatever the person is deciding right now is decided again.
/// A deleted one stays deleted.
#[must_use]
pub fn under(user: User, sanctions: &[Sanction], now: Timestamp) -> User {
    let shut_out = suspension(sanctions, now);
    let status = match (user.status, shut_out) {
        (UserStatus::Deleted, _) => UserStatus::Deleted,
        (_, Some(_)) => UserStatus::Suspended,
        (_, None) => UserStatus::Active,
    };
    User {
        status,
        suspended_until: shut_out.and_then(|sanction| sanction.expires_at),
        suspend_reason: shut_out.map(|sanction| sanction.reason.clone()),
        auth_version: user.auth_version + 1,
        updated_at: now,
        ..user
    }
}

/// The hardest measure that somebody may impose and that is no harder than `wanted`: as long, where it has a length.
pub fn strongest(wanted: Measure, may: impl Fn(SanctionType) -> bool) -> Option<Measure> {
    let days = wanted.days().unwrap_or(Days::MOST);
    let may_impose = SanctionType::ALL.into_iter().filter(|kind| may(*kind)).map(|kind| Measure::of(kind, days));
    let no_harder = may_impose.filter(|measure| measure.severity() <= wanted.severity());
    no_harder.max_by_key(|measure| measure.severity())
}

/// What the ladder recommends, and what it would recommend next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// What counts so far.
    pub strikes: Strikes,
    /// What is recommended now.
    pub measure: Measure,
    /// What would be recommended the next time, if this is imposed.
    pub next: Measure,
    /// The hardest within the asker's own right; absent where they may impose nothing at all. It is `measure` where they may
    /// impose that.
    pub within_right: Option<Measure>,
}

/// What is recommended after these strikes, to who may impose these types.
pub fn recommendation(ladder: &Ladder, strikes: Strikes, may: impl Fn(SanctionType) -> bool) -> Recommendation {
    let measure = ladder.recommend(strikes);
    let next = ladder.recommend(strikes.after(measure.kind()));
    Recommendation { strikes, measure, next, within_right: strongest(measure, may) }
}

/// Whether `to` is shorter or milder than what was imposed.
pub fn is_reduced(from: Measure, to: Measure) -> bool {
    to.severity() < from.severity()
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::{noon, user},
        id::SanctionId,
        policy::{AdminRole, AdminStanding, Policy, select},
        sanction::model::Length,
    };

    pub(crate) fn days(days: i64) -> Days {
        Days::new("duration", days).unwrap()
    }

    /// Sanctions of every type, some ended, some lifted, some as a mistake.
    pub(crate) fn sanctions() -> impl Strategy<Value = Vec<Sanction>> {
        let one = (proptest::sample::select(SanctionType::ALL.to_vec()), 0_i64..60, 1_i64..=30, any::<[bool; 2]>());
        proptest::collection::vec(one, 0..8).prop_map(|all| {
            let numbered = all.into_iter().zip(1_u128..);
            let one =
                |((kind, age, length, [lifted, mistaken]), number): ((SanctionType, i64, i64, [bool; 2]), u128)| {
                    let created_at = noon() - TimeDelta::days(age);
                    let measure = Measure::of(kind, days(length));
                    Sanction {
                        id: SanctionId::from_uuid(uuid::Uuid::from_u128(number)),
                        user_id: "minjun".parse().unwrap(),
                        admin_id: None,
                        kind,
                        days: measure.days(),
                        reason: format!("이유 {number}"),
                        report_id: None,
                        expires_at: measure.ends(created_at),
                        is_active: !lifted,
                        lifted_by: None,
                        lift_reason: None,
                        lifted_at: lifted.then(noon),
                        mistaken: lifted && mistaken,
                        created_at,
                        version: 0,
                    }
                };
            numbered.map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn an_account_is_suspended_exactly_while_a_suspension_or_a_ban_works(sanctions in sanctions()) {
            let after = under(user("minjun"), &sanctions, noon());
            let working = sanctions.iter().filter(|one| {
                matches!(one.kind, SanctionType::Suspension | SanctionType::PermanentBan)
                    && one.is_active && one.expires_at.is_none_or(|end| noon() < end)
            });
            let ends: Vec<_> = working.map(|one| one.expires_at).collect();
            prop_assert_eq!(after.status == UserStatus::Suspended, !ends.is_empty());
            let latest = if ends.contains(&None) { None } else { ends.into_iter().flatten().max() };
            prop_assert_eq!(after.suspended_until, latest);
            prop_assert_eq!(after.suspend_reason.is_some(), after.status == UserStatus::Suspended);
            prop_assert_eq!(after.auth_version, user("minjun").auth_version + 1);
        }

        #[test]
        fn a_deleted_account_stays_deleted(sanctions in sanctions()) {
            let deleted = User { status: UserStatus::Deleted, ..user("minjun") };
            prop_assert_eq!(under(deleted, &sanctions, noon()).status, UserStatus::Deleted);
        }

        #[test]
        fn lifting_one_lifts_no_other(sanctions in sanctions(), which in any::<prop::sample::Index>()) {
            prop_assume!(!sanctions.is_empty());
            let lifted = which.index(sanctions.len());
            let mut left = sanctions.clone();
            left[lifted].is_active = false;
            for (place, (before, after)) in sanctions.iter().zip(&left).enumerate() {
                prop_assert_eq!(after.works_at(noon()), place != lifted && before.works_at(noon()));
            }
        }

        #[test]
        fn a_sanction_stops_at_its_instant(micros in -1_000_i64..1_000) {
            let end = noon() + TimeDelta::microseconds(micros);
            let mut one = sanction();
            one.expires_at = Some(end);
            prop_assert_eq!(one.works_at(noon()), noon() < end);
        }
    }

    fn sanction() -> Sanction {
        Sanction {
            id: SanctionId::from_uuid(uuid::Uuid::nil()),
            user_id: "minjun".parse().unwrap(),
            admin_id: None,
            kind: SanctionType::Suspension,
            days: Some(days(3)),
            reason: "욕설".into(),
            report_id: None,
            expires_at: None,
            is_active: true,
            lifted_by: None,
            lift_reason: None,
            lifted_at: None,
            mistaken: false,
            created_at: noon(),
            version: 0,
        }
    }

    /// Every role × every measure of the ladder: what they are shown to take where they lack the right.
    #[test]
    fn each_role_takes_the_strongest_within_its_right() {
        let policy = Policy::built_in();
        let wanted =
            [Measure::WARNING, Measure::suspension(days(3)), Measure::suspension(days(30)), Measure::PERMANENT_BAN];
        let spelt = |measure: Option<Measure>| match measure {
            None => "nothing".to_owned(),
            Some(measure) => match measure.length() {
                None => measure.kind().to_string(),
                Some(length) => format!("{} {length}", measure.kind()),
            },
        };
        let table: Vec<String> = AdminRole::ALL
            .iter()
            .map(|role| {
                let own = policy.admin_permissions(&AdminStanding::new(*role));
                let may = |kind| own.contains(select::impose(kind));
                let cells: Vec<_> = wanted.iter().map(|wanted| spelt(strongest(*wanted, may))).collect();
                format!("{role}: {}", cells.join(", "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "VIEWER: nothing, nothing, nothing, nothing",
                "MODERATOR: WARNING, CHAT_BAN 3d, CHAT_BAN 30d, CHAT_BAN 30d",
                "ADMIN: WARNING, SUSPENSION 3d, SUSPENSION 30d, SUSPENSION 30d",
                "SUPER_ADMIN: WARNING, SUSPENSION 3d, SUSPENSION 30d, PERMANENT_BAN permanent",
            ]
        );
    }

    #[test]
    fn the_preview_shows_this_rung_and_the_next() {
        let strikes = Strikes { warnings: 1, suspensions: 1 };
        let shown = recommendation(&Ladder::default(), strikes, |_| true);
        assert_eq!(shown.measure, Measure::suspension(days(7)));
        assert_eq!(shown.next, Measure::suspension(days(30)));
        assert_eq!(shown.within_right, Some(shown.measure));
    }

    #[test]
    fn reduced_is_shorter_or_milder() {
        let suspension = |length| Measure::suspension(days(length));
        let chat_ban = Measure::new(SanctionType::ChatBan, Some(Length::Days(days(30)))).unwrap();
        for (from, to, reduced) in [
            (suspension(7), suspension(3), true),
            (suspension(7), suspension(7), false),
            (suspension(7), suspension(8), false),
            (suspension(1), chat_ban, true),
            (Measure::PERMANENT_BAN, suspension(30), true),
            (chat_ban, suspension(1), false),
            (Measure::WARNING, Measure::WARNING, false),
        ] {
            assert_eq!(is_reduced(from, to), reduced, "{from:?} to {to:?}");
        }
    }
}
