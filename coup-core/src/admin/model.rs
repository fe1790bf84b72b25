//! What administrators see of each other.

use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::UserId,
    policy::AdminRole,
    store::Administrator,
    user::model::{AdminGrant, AdminPermissions, Person},
};

/// An administrator, as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdministratorView {
    /// Who.
    pub user: Person,
    /// Their role.
    pub role: AdminRole,
    /// What they have beyond it, and what is withheld from them.
    pub permissions: AdminPermissions,
    /// Who gave it; absent when the host did.
    pub granted_by: Option<UserId>,
    /// When.
    pub granted_at: Timestamp,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
    /// Whether the role has ended: it gives nothing any more.
    pub expired: bool,
}

impl AdministratorView {
    /// An administrator as they are at `now`.
    pub fn at(now: Timestamp, administrator: Administrator) -> Self {
        let Administrator { grant, person } = administrator;
        Self {
            user: person,
            role: grant.role,
            permissions: grant.permissions,
            granted_by: grant.granted_by.clone(),
            granted_at: grant.granted_at,
            expires_at: grant.expires_at,
            expired: !grant.lasts_at(now),
        }
    }
}

impl AdminGrant {
    /// Whether the role holds at the instant: at its end it does not any more.
    pub fn lasts_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it is the highest role, without an end.
    pub fn is_lasting_super_admin(&self) -> bool {
        self.role == AdminRole::SuperAdmin && self.expires_at.is_none()
    }
}
