//! Pure decisions about people.

use crate::{
    env::Timestamp,
    member::model::MemberStatus,
    policy::{Actor, AdminStanding, Restraint, Restraints, StudyStanding},
    settings::model::Settings,
    store::Standing,
    user::model::UserStatus,
};

/// What the caller is to the policy at `now`. `None`: their session has ended, or nobody used it for the time that the settings say,
/// or their account is deleted.
pub fn actor(standing: &Standing, now: Timestamp, settings: &Settings) -> Option<Actor> {
    let Standing { user, session, sanctions, study, .. } = standing;
    let idle = settings.session_idle();
    if user.status == UserStatus::Deleted || session.as_ref().is_some_and(|session| session.ends_at(idle) <= now) {
        return None;
    }
    let mut restraints = Restraints::default();
    if user.lacks_consent() {
        restraints.insert(Restraint::ConsentMissing, None);
    }
    for sanction in sanctions.iter().filter(|sanction| sanction.expires_at.is_none_or(|end| now < end)) {
        if let Some(restraint) = sanction.kind.restraint() {
            restraints.insert(restraint, sanction.expires_at);
        }
    }
    Some(Actor {
        user: user.id.clone(),
        auth_version: user.auth_version,
        admin: administers(standing, now).filter(|_| !lacks_second_factor(standing, settings)),
        restraints,
        study: study.as_ref().and_then(|(study, member)| {
            member.as_ref().filter(|member| member.status == MemberStatus::Active).map(|member| StudyStanding {
                study: study.id,
                role: member.role,
                paused_until: member.posting_paused_until.filter(|end| now < *end),
            })
        }),
        group: None,
    })
}

/// What is withheld from an administrator until they have a second factor (requirements § 20).
pub fn withheld(standing: &Standing, now: Timestamp, settings: &Settings) -> Option<AdminStanding> {
    administers(standing, now).filter(|_| lacks_second_factor(standing, settings))
}

/// The administrator's role, while it lasts.
fn administers(standing: &Standing, now: Timestamp) -> Option<AdminStanding> {
    let grant = standing.admin.as_ref().filter(|grant| grant.expires_at.is_none_or(|end| now < end))?;
    Some(AdminStanding { role: grant.role, grants: grant.permissions.grant, denials: grant.permissions.deny })
}

/// Of whoever signs in to here: by what a host's users are known is the host's.
fn lacks_second_factor(standing: &Standing, settings: &Settings) -> bool {
    settings.require_admin_second_factor && standing.session.is_some() && !standing.has_second_factor
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::{member, noon, study, user},
        id::SessionId,
        policy::{AdminRole, SanctionType, StudyRole, SystemRole},
        sanction::model::ActiveSanction,
        user::model::{AdminGrant, AdminPermissions, AgeBand, Session, User},
    };

    fn standing(user: User) -> Standing {
        Standing { user, session: None, admin: None, has_second_factor: false, sanctions: Vec::new(), study: None }
    }

    proptest! {
        #[test]
        fn a_session_ends_at_its_last_instant_or_before_when_nobody_uses_it(absolute in -1_000_i64..1_000, unused in -1_000_i64..1_000) {
            let end = noon() + Duration::microseconds(absolute);
            let idle = TimeDelta::days(7);
            let session = Session {
                id: SessionId::from_uuid(uuid::Uuid::nil()),
                user: "minjun".parse().unwrap(),
                token_hash: [0; 32],
                created_at: noon(),
                expires_at: end,
                last_seen_at: noon() - idle + Duration::microseconds(unused),
                confirmed_at: noon(),
                ip: None,
                user_agent: None,
            };
            let standing = Standing { session: Some(session), ..standing(user("minjun")) };
            prop_assert_eq!(actor(&standing, noon(), &Settings::default()).is_some(), absolute > 0 && unused > 0);
        }

        #[test]
        fn an_administrator_is_one_until_the_role_ends(micros in -1_000_i64..1_000) {
            let end = noon() + Duration::microseconds(micros);
            let grant = AdminGrant {
                user: "minjun".parse().unwrap(),
                role: AdminRole::Moderator,
                permissions: AdminPermissions::default(),
                granted_by: None,
                granted_at: noon(),
                expires_at: Some(end),
            };
            let actor = actor(&Standing { admin: Some(grant), ..standing(user("minjun")) }, noon(), &Settings::default()).unwrap();
            let expected = if noon() < end { SystemRole::Admin } else { SystemRole::User };
            prop_assert_eq!(actor.system_role(), expected);
        }

        #[test]
        fn a_sanction_ends_at_its_instant(micros in -1_000_i64..1_000) {
            let end = noon() + Duration::microseconds(micros);
            let sanctions = vec![ActiveSanction { kind: SanctionType::ChatBan, expires_at: Some(end) }];
            let actor = actor(&Standing { sanctions, ..standing(user("minjun")) }, noon(), &Settings::default()).unwrap();
            prop_assert_eq!(actor.restraints.contains(Restraint::ChatBan), noon() < end);
        }

        #[test]
        fn a_posting_pause_ends_by_itself(micros in -1_000_i64..1_000) {
            let end = noon() + Duration::microseconds(micros);
            let mut member = member(&"minjun".parse().unwrap(), StudyRole::Member, MemberStatus::Active);
            member.posting_paused_until = Some(end);
            let actor = actor(&Standing { study: Some((study(), Some(member))), ..standing(user("minjun")) }, noon(), &Settings::default()).unwrap();
            prop_assert_eq!(actor.study.unwrap().paused_until.is_some(), noon() < end);
        }
    }

    #[test]
    fn a_deleted_account_is_nobody() {
        let user = User { status: UserStatus::Deleted, ..user("minjun") };
        assert!(actor(&standing(user), noon(), &Settings::default()).is_none());
    }

    #[test]
    fn a_suspension_ends_at_its_instant_without_any_job() {
        let until = |end| User { status: UserStatus::Suspended, suspended_until: end, ..user("minjun") };
        let micro = chrono::TimeDelta::microseconds(1);
        for (end, status) in [
            (Some(noon()), UserStatus::Active),
            (Some(noon() + micro), UserStatus::Suspended),
            (None, UserStatus::Suspended),
        ] {
            assert_eq!(until(end).status_at(noon()), status, "{end:?}");
        }
        let deleted = User { status: UserStatus::Deleted, suspended_until: Some(noon()), ..user("minjun") };
        assert_eq!(deleted.status_at(noon()), UserStatus::Deleted);
    }

    #[test]
    fn under_fourteen_a_guardian_must_have_consented() {
        let child = User { age_band: Some(AgeBand::Under14), ..user("minjun") };
        let restrained = |user: User| {
            actor(&standing(user), noon(), &Settings::default()).unwrap().restraints.contains(Restraint::ConsentMissing)
        };
        assert!(restrained(child.clone()));
        assert!(!restrained(User { guardian_consent_at: Some(noon()), ..child.clone() }));
        assert!(!restrained(User { age_band: Some(AgeBand::Under19), ..child }));
    }
}
