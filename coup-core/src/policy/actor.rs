//! Who asks: a snapshot of what a decision needs to know of a person.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeSeq};

use super::{
    permission::{AdminPermission, Tier},
    restraint::Restraints,
    role::{AdminRole, Role, StudyRole, SystemRole},
};
use crate::{
    env::Timestamp,
    id::{GroupId, StudyId, UserId},
};

/// A person at the instant of a decision: standings that hold then, and nothing that has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub user: UserId,
    /// The version of the person's authorisation that this snapshot was read at; a guard of what is written.
    pub auth_version: i64,
    /// The administrator role, only while it has not expired.
    pub admin: Option<AdminStanding>,
    /// What takes permissions away.
    pub restraints: Restraints,
    /// The membership of the study that the decision is about, only while it is `ACTIVE`.
    pub study: Option<StudyStanding>,
    /// The membership of the group that the decision is about, only while it is `ACTIVE`.
    pub group: Option<GroupStanding>,
}

impl Actor {
    /// A person without any role but that of everyone.
    pub fn new(user: UserId, auth_version: i64) -> Self {
        Self { user, auth_version, admin: None, restraints: Restraints::none(), study: None, group: None }
    }

    /// `ADMIN` exactly while the person has an unexpired administrator role.
    pub fn system_role(&self) -> SystemRole {
        if self.admin.is_some() { SystemRole::Admin } else { SystemRole::User }
    }

    /// The role that decides in a tier, whatever the target.
    pub fn role(&self, tier: Tier) -> Option<Role> {
        match tier {
            Tier::System => Some(Role::System(self.system_role())),
            Tier::Study => self.study.as_ref().map(|standing| Role::Study(standing.role)),
            Tier::Group => self.group.as_ref().map(|standing| Role::Group(standing.role)),
            Tier::Admin => self.admin.as_ref().map(|standing| Role::Admin(standing.role)),
        }
    }
}

/// An administrator's role with the extra grants and denials of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminStanding {
    /// The role.
    pub role: AdminRole,
    /// Permissions beyond the role's.
    pub grants: PermissionSet,
    /// Permissions that the person has not, whatever role and grants say.
    pub denials: PermissionSet,
}

impl AdminStanding {
    /// The role alone.
    pub const fn new(role: AdminRole) -> Self {
        Self { role, grants: PermissionSet::EMPTY, denials: PermissionSet::EMPTY }
    }
}

/// An `ACTIVE` membership of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudyStanding {
    /// The study.
    pub study: StudyId,
    /// The role in it.
    pub role: StudyRole,
    /// The end of a posting pause in this study that holds now.
    pub paused_until: Option<Timestamp>,
}

/// An `ACTIVE` membership of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupStanding {
    /// The group.
    pub group: GroupId,
    /// The role in it.
    pub role: StudyRole,
}

/// A set of administrator permissions, as it stands in `AdminRole.permissions`: a list of names.
///
/// ```
/// use coup_core::policy::{AdminPermission, PermissionSet};
///
/// let set: PermissionSet = [AdminPermission::UserRead].into_iter().collect();
/// assert_eq!(serde_json::to_string(&set).unwrap(), r#"["user.read"]"#);
/// assert!(serde_json::from_str::<PermissionSet>(r#"["user.raed"]"#).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// Nothing.
    pub const EMPTY: Self = Self(0);

    /// Adds one.
    pub fn insert(&mut self, permission: AdminPermission) {
        self.0 |= Self::bit(permission);
    }

    /// Takes one out.
    pub fn remove(&mut self, permission: AdminPermission) {
        self.0 &= !Self::bit(permission);
    }

    /// Whether it is in.
    pub const fn contains(&self, permission: AdminPermission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Whether nothing is in.
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// How many are in.
    pub const fn len(&self) -> usize {
        self.0.count_ones() as usize
    }

    /// Those in here and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those in here or in the other.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in it, in the order of the specification's table.
    pub fn iter(&self) -> impl Iterator<Item = AdminPermission> + '_ {
        AdminPermission::ALL.iter().copied().filter(|permission| self.contains(*permission))
    }

    const fn bit(permission: AdminPermission) -> u64 {
        const { assert!(AdminPermission::ALL.len() <= 64, "a set has 64 places") };
        1 << permission as u64
    }
}

impl FromIterator<AdminPermission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = AdminPermission>>(items: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in items {
            set.insert(permission);
        }
        set
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(AdminPermission::name)).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for permission in self.iter() {
            list.serialize_element(&permission)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> de::Visitor<'de> for Names {
            type Value = PermissionSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of administrator permissions")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut names: A) -> Result<PermissionSet, A::Error> {
                let mut set = PermissionSet::EMPTY;
                while let Some(permission) = names.next_element()? {
                    set.insert(permission);
                }
                Ok(set)
            }
        }
        deserializer.deserialize_seq(Names)
    }
}
