//! Strategies for property tests of whatever decides by the policy: a host's own laws as well as ours.
//!
//! ```
//! use coup_core::policy::{Policy, StudyPermission, Target, testing};
//! use proptest::prelude::*;
//!
//! proptest!(|(actor in testing::actors(), study in testing::studies())| {
//!     // Whoever may delete messages of others may read them.
//!     let policy = Policy::built_in();
//!     let target = Target::Study(study);
//!     if policy.allows(&actor, StudyPermission::MessageDeleteOthers, &target) {
//!         prop_assert!(policy.allows(&actor, StudyPermission::MessageRead, &target));
//!     }
//! });
//! ```

mod on_file;
mod question;

use chrono::DateTime;
use proptest::{collection, option, prelude::*, sample::select};
use uuid::Uuid;

use super::{
    Actor, AdminPermission, AdminRole, AdminStanding, GroupStanding, Permission, PermissionSet, Restraint, Restraints,
    Role, StudyRole, StudyStanding, Target,
};
use crate::{
    env::Timestamp,
    id::{GroupId, InviteId, MessageId, StudyId, UserId},
};

pub use self::{
    on_file::{OnFile, on_file},
    question::{Question, questions, questions_about},
};

/// An instant between 1970 and 2100, to the microsecond.
pub fn instants() -> impl Strategy<Value = Timestamp> {
    (0..4_102_444_800_000_000_i64).prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap_or_default())
}

/// One of three studies, so that two often are the same.
pub fn studies() -> impl Strategy<Value = StudyId> {
    (0..3_u128).prop_map(|number| StudyId::from_uuid(Uuid::from_u128(number)))
}

/// One of three groups.
pub fn groups() -> impl Strategy<Value = GroupId> {
    (0..3_u128).prop_map(|number| GroupId::from_uuid(Uuid::from_u128(number)))
}

/// A person: one of four ordinary ones, or one whose identifier looks like something else.
pub fn people() -> impl Strategy<Value = UserId> {
    let known = [
        "one",
        "two",
        "학생-17",
        "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57",
        "*",
        "study:OWNER",
        "admin:SUPER_ADMIN",
        "granted",
        "none",
        "a,b",
        "p, *, *, allow",
        "r.role",
        "' or 1=1 --",
        "../..",
    ];
    let known = select(known.to_vec()).prop_map(str::to_owned);
    prop_oneof![3 => known, 1 => "[^\\p{Cc}]{1,40}"].prop_filter_map("an identifier", |text| text.parse().ok())
}

/// A role in a study or a group.
pub fn study_roles() -> impl Strategy<Value = StudyRole> {
    select(StudyRole::ALL)
}

/// An administrator role.
pub fn admin_roles() -> impl Strategy<Value = AdminRole> {
    select(AdminRole::ALL)
}

/// A role of any tier.
pub fn roles() -> impl Strategy<Value = Role> {
    select(Role::ALL.to_vec())
}

/// A built-in permission of any tier.
pub fn permissions() -> impl Strategy<Value = Permission> {
    select(Permission::all().collect::<Vec<_>>())
}

/// A set of administrator permissions.
pub fn permission_sets() -> impl Strategy<Value = PermissionSet> {
    collection::vec(select(AdminPermission::ALL), 0..6).prop_map(PermissionSet::from_iter)
}

/// What takes permissions away.
pub fn restraint() -> impl Strategy<Value = Restraint> {
    select(Restraint::ALL.to_vec())
}

/// What holds for a person: most often nothing, or one.
pub fn restraints() -> impl Strategy<Value = Restraints> {
    let some = collection::vec((restraint(), option::of(instants())), 0..4);
    prop_oneof![1 => Just(Vec::new()), 2 => some].prop_map(Restraints::from_iter)
}

/// An administrator's standing.
pub fn admin_standings() -> impl Strategy<Value = AdminStanding> {
    (admin_roles(), permission_sets(), permission_sets()).prop_map(|(role, grants, denials)| AdminStanding {
        role,
        grants,
        denials,
    })
}

/// A person with any standings and restraints.
pub fn actors() -> impl Strategy<Value = Actor> {
    let study = (studies(), study_roles(), option::weighted(0.2, instants()))
        .prop_map(|(study, role, paused_until)| StudyStanding { study, role, paused_until });
    let group = (groups(), study_roles()).prop_map(|(group, role)| GroupStanding { group, role });
    let standings = (option::of(admin_standings()), option::weighted(0.8, study), option::weighted(0.8, group));
    (people(), 0..1000_i64, restraints(), standings).prop_map(
        |(user, auth_version, restraints, (admin, study, group))| Actor {
            user,
            auth_version,
            admin,
            restraints,
            study,
            group,
        },
    )
}

/// A target of any kind, in one of the three studies or groups where it is in one.
pub fn targets() -> impl Strategy<Value = Target> {
    let id = || any::<u128>().prop_map(Uuid::from_u128);
    prop_oneof![
        Just(Target::Site),
        studies().prop_map(Target::Study),
        (studies(), people()).prop_map(|(study, user)| Target::Member(study, user)),
        (studies(), id()).prop_map(|(study, id)| Target::Message(study, MessageId::from_uuid(id))),
        (studies(), id()).prop_map(|(study, id)| Target::Invite(study, InviteId::from_uuid(id))),
        groups().prop_map(Target::Group),
        people().prop_map(Target::User),
    ]
}
