//! Who may give and take which administrator's role (specification, permissions § Rules about two people).

use chrono::Duration;

use crate::{
    env::Timestamp,
    error::{Error, Invalid, StateError},
    id::UserId,
    policy::{AdminRole, AdminStanding, Policy, select},
    user::model::{AdminGrant, AdminPermissions},
};

/// The furthest end of a role, in days; what lasts longer has none.
pub const FURTHEST_END_DAYS: i64 = 36_500;

/// Who gives or takes the role.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The host in its own name: no rank bounds it.
    Host,
    /// An administrator: only what they have, only to those strictly lower.
    Person {
        /// What the permissions are counted by.
        policy: &'a Policy,
        /// Who.
        user: &'a UserId,
        /// Their own role.
        own: &'a AdminStanding,
    },
}

/// A role to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub role: AdminRole,
    /// Extra grants and denials.
    pub permissions: AdminPermissions,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
}

impl Wanted {
    fn standing(&self) -> AdminStanding {
        AdminStanding { role: self.role, grants: self.permissions.grant, denials: self.permissions.deny }
    }

    fn is_lasting_super_admin(&self) -> bool {
        self.role == AdminRole::SuperAdmin && self.expires_at.is_none()
    }
}

/// Whom it is done to.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Who.
    pub user: &'a UserId,
    /// The role that they have, expired or not.
    pub grant: Option<&'a AdminGrant>,
    /// How many SUPER_ADMINs without an end there are.
    pub lasting_super_admins: u32,
}

impl Target<'_> {
    /// Their rank now; an expired role gives none.
    pub fn rank(&self, now: Timestamp) -> Option<AdminRole> {
        self.grant.filter(|grant| grant.lasts_at(now)).map(|grant| grant.role)
    }

    fn is_the_last(&self) -> bool {
        self.lasting_super_admins <= 1 && self.grant.is_some_and(AdminGrant::is_lasting_super_admin)
    }
}

/// Whether the role may be given.
///
/// # Errors
/// A rule about two people, an end that is not ahead, or that no SUPER_ADMIN without an end would be left.
pub fn grant(by: By<'_>, target: Target<'_>, wanted: &Wanted, now: Timestamp) -> Result<(), Error> {
    if let By::Person { policy, user, own } = by {
        select::grant(policy, user, own, target.user, target.rank(now), &wanted.standing())?;
    }
    match wanted.expires_at {
        Some(end) if end <= now => return Err(Invalid::field("expiresAt", "in_the_past").into()),
        Some(end) if end > now + Duration::days(FURTHEST_END_DAYS) => {
            return Err(Invalid::bound("expiresAt", "too_far", FURTHEST_END_DAYS).into());
        }
        _ => {}
    }
    if target.is_the_last() && !wanted.is_lasting_super_admin() {
        return Err(StateError::LastSuperAdmin.into());
    }
    Ok(())
}

/// Whether the role may be taken. One that has expired has no rank any more, and is only cleared away.
///
/// # Errors
/// A rule about two people, that there is no role, or that no SUPER_ADMIN without an end would be left.
pub fn revoke(by: By<'_>, target: Target<'_>, now: Timestamp) -> Result<(), Error> {
    if let By::Person { user, own, .. } = by {
        match target.rank(now) {
            Some(rank) => select::revoke(user, own.role, target.user, rank)?,
            None => select::act_on(user, own.role, target.user, None)?,
        }
    }
    if target.grant.is_none() {
        return Err(StateError::NotAnAdministrator.into());
    }
    if target.is_the_last() { Err(StateError::LastSuperAdmin.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::noon,
        policy::{AdminPermission, PeopleRule, PermissionSet},
    };

    fn roles() -> impl Strategy<Value = AdminRole> {
        proptest::sample::select(AdminRole::ALL.to_vec())
    }

    fn sets() -> impl Strategy<Value = PermissionSet> {
        let few = proptest::collection::vec(proptest::sample::select(AdminPermission::ALL.to_vec()), 0..4);
        few.prop_map(|some| some.into_iter().collect())
    }

    fn standings() -> impl Strategy<Value = AdminStanding> {
        (roles(), sets(), sets()).prop_map(|(role, grants, denials)| AdminStanding { role, grants, denials })
    }

    /// An end a little before or after noon, or none.
    fn ends() -> impl Strategy<Value = Option<Timestamp>> {
        proptest::option::of((-5_i64..5).prop_map(|micros| noon() + Duration::microseconds(micros)))
    }

    fn wanted() -> impl Strategy<Value = Wanted> {
        (roles(), sets(), sets(), ends()).prop_map(|(role, grant, deny, expires_at)| Wanted {
            role,
            permissions: AdminPermissions { grant, deny },
            expires_at,
        })
    }

    fn grants() -> impl Strategy<Value = Option<AdminGrant>> {
        let some = (roles(), ends()).prop_map(|(role, expires_at)| AdminGrant {
            user: id("target"),
            role,
            permissions: AdminPermissions::default(),
            granted_by: None,
            granted_at: noon() - Duration::days(1),
            expires_at,
        });
        proptest::option::of(some)
    }

    /// Somebody's role, and a number of lasting SUPER_ADMINs that counts it.
    fn targets() -> impl Strategy<Value = (Option<AdminGrant>, u32)> {
        (grants(), 0_u32..3).prop_map(|(grant, others)| {
            let own = grant.as_ref().is_some_and(AdminGrant::is_lasting_super_admin);
            (grant, others + u32::from(own))
        })
    }

    fn id(text: &str) -> UserId {
        text.parse().unwrap()
    }

    proptest! {
        #[test]
        fn an_administrator_gives_only_what_they_have_and_only_to_somebody_lower(
            own in standings(), (grant, lasting) in targets(), wanted in wanted(), same in any::<bool>(),
        ) {
            let policy = Policy::built_in();
            let (actor, target) = (id("actor"), id(if same { "actor" } else { "target" }));
            let whom = Target { user: &target, grant: grant.as_ref(), lasting_super_admins: lasting };
            let by = By::Person { policy: &policy, user: &actor, own: &own };
            if super::grant(by, whom, &wanted, noon()).is_ok() {
                prop_assert!(!same, "to oneself");
                prop_assert!(whom.rank(noon()).is_none_or(|rank| rank < own.role), "{rank:?}", rank = whom.rank(noon()));
                prop_assert!(wanted.role <= own.role);
                let has = |standing: &AdminStanding, it| policy.admin_permissions(standing).contains(it);
                for permission in AdminPermission::ALL.iter().copied() {
                    prop_assert!(!has(&wanted.standing(), permission) || has(&own, permission), "{permission}");
                }
            }
        }

        #[test]
        fn an_administrator_takes_roles_from_those_lower_and_only_a_super_admin_from_an_equal(
            own in standings(), (grant, lasting) in targets(), same in any::<bool>(),
        ) {
            let policy = Policy::built_in();
            let (actor, target) = (id("actor"), id(if same { "actor" } else { "target" }));
            let whom = Target { user: &target, grant: grant.as_ref(), lasting_super_admins: lasting };
            let by = By::Person { policy: &policy, user: &actor, own: &own };
            if super::revoke(by, whom, noon()).is_ok() {
                prop_assert!(!same, "from oneself");
                let equals = own.role == AdminRole::SuperAdmin;
                prop_assert!(whom.rank(noon()).is_none_or(|rank| rank < own.role || (equals && rank == own.role)));
            }
        }

        #[test]
        fn one_super_admin_without_an_end_stays_whoever_asks(
            (grant, lasting) in targets(), wanted in wanted(), revoked in any::<bool>(),
        ) {
            let target = id("target");
            let whom = Target { user: &target, grant: grant.as_ref(), lasting_super_admins: lasting };
            let was = u32::from(grant.as_ref().is_some_and(AdminGrant::is_lasting_super_admin));
            let (done, is) = if revoked {
                (super::revoke(By::Host, whom, noon()).is_ok(), 0)
            } else {
                (super::grant(By::Host, whom, &wanted, noon()).is_ok(), u32::from(wanted.is_lasting_super_admin()))
            };
            if done && lasting > 0 {
                prop_assert!(lasting - was + is > 0);
            }
        }

        #[test]
        fn an_end_lies_ahead(wanted in wanted()) {
            let target = id("target");
            let whom = Target { user: &target, grant: None, lasting_super_admins: 1 };
            let ahead = wanted.expires_at.is_none_or(|end| end > noon());
            prop_assert_eq!(super::grant(By::Host, whom, &wanted, noon()).is_ok(), ahead);
        }
    }

    #[test]
    fn an_end_without_a_sensible_year_is_refused() {
        let target = id("target");
        let whom = Target { user: &target, grant: None, lasting_super_admins: 1 };
        let end = noon() + Duration::days(FURTHEST_END_DAYS + 1);
        let wanted =
            Wanted { role: AdminRole::Viewer, permissions: AdminPermissions::default(), expires_at: Some(end) };
        let Err(Error::Invalid(invalid)) = grant(By::Host, whom, &wanted, noon()) else { panic!("an end in {end}") };
        assert_eq!((invalid.errors()[0].code, invalid.errors()[0].bound), ("too_far", Some(FURTHEST_END_DAYS)));
    }

    #[test]
    fn who_has_no_role_or_an_expired_one_has_no_rank() {
        let (policy, actor, target) = (Policy::built_in(), id("actor"), id("target"));
        let own = AdminStanding::new(AdminRole::Moderator);
        let by = By::Person { policy: &policy, user: &actor, own: &own };
        let expired = AdminGrant {
            user: target.clone(),
            role: AdminRole::SuperAdmin,
            permissions: AdminPermissions::default(),
            granted_by: None,
            granted_at: noon(),
            expires_at: Some(noon()),
        };
        let whom = |grant| Target { user: &target, grant, lasting_super_admins: 1 };
        assert!(revoke(by, whom(Some(&expired)), noon()).is_ok());
        assert!(matches!(revoke(by, whom(None), noon()), Err(Error::State(StateError::NotAnAdministrator))));
        let before = noon() - Duration::microseconds(1);
        assert!(matches!(revoke(by, whom(Some(&expired)), before), Err(Error::People(PeopleRule::NotLower { .. }))));
    }
}
