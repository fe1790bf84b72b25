//! What a decision answers: a permit, or a refusal with its reason.

use std::fmt;

use super::{permission::Permission, problem::Place, restraint::Restraint, role::Role, target::Target};
use crate::{env::Timestamp, id::UserId};

/// The proof that a person may do one thing to one target. Only [`Policy::permit`](super::Policy::permit) makes it.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "nothing has been done yet"]
pub struct Permit {
    pub(super) actor: UserId,
    pub(super) auth_version: i64,
    pub(super) role: Role,
    pub(super) permission: Permission,
    pub(super) target: Target,
}

impl Permit {
    /// Who may.
    pub fn actor(&self) -> &UserId {
        &self.actor
    }

    /// The version of the person's authorisation that was decided on; a guard of what is written.
    pub fn auth_version(&self) -> i64 {
        self.auth_version
    }

    /// The role that was decided by.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What is permitted.
    pub fn permission(&self) -> Permission {
        self.permission
    }

    /// To what.
    pub fn target(&self) -> &Target {
        &self.target
    }
}

/// A refusal. Only [`Policy::permit`](super::Policy::permit) makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    pub(super) actor: UserId,
    pub(super) permission: Permission,
    pub(super) target: Target,
    pub(super) reason: DeniedReason,
    pub(super) least: Option<Role>,
    pub(super) rule: Option<Place>,
}

impl Denied {
    /// Who was refused.
    pub fn actor(&self) -> &UserId {
        &self.actor
    }

    /// What was refused.
    pub fn permission(&self) -> Permission {
        self.permission
    }

    /// To what.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Why.
    pub fn reason(&self) -> DeniedReason {
        self.reason
    }

    /// The lowest role that has the permission.
    pub fn least(&self) -> Option<Role> {
        self.least
    }

    /// The rule that refuses; without one nothing allows it.
    pub fn rule(&self) -> Option<Place> {
        self.rule
    }

    /// Why, in words, with the line of the rule where there is one.
    pub fn explain(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permission = self.permission;
        match self.reason {
            DeniedReason::NotMember => write!(f, "{permission} needs an active membership of the study"),
            DeniedReason::NotGroupMember => write!(f, "{permission} needs an active membership of the group"),
            DeniedReason::NotAdministrator => write!(f, "{permission} needs an administrator role"),
            DeniedReason::Unregistered => write!(f, "{permission} is not registered with this policy"),
            DeniedReason::Withheld => write!(f, "{permission} is withheld from this person"),
            DeniedReason::Role { role } => write!(f, "{role} does not have {permission}"),
            DeniedReason::Restraint { restraint, until: Some(until) } => {
                write!(
                    f,
                    "{restraint} takes {permission} until {}",
                    until.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
                )
            }
            DeniedReason::Restraint { restraint, until: None } => {
                write!(f, "{restraint} takes {permission}, without an end")
            }
        }?;
        if let Some(place) = self.rule {
            write!(f, " ({place})")?;
        }
        match self.reason {
            DeniedReason::NotMember
            | DeniedReason::NotGroupMember
            | DeniedReason::NotAdministrator
            | DeniedReason::Role { .. } => match self.least {
                Some(least) => write!(f, "; {least} has"),
                None => f.write_str("; no role has"),
            },
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Denied {}

/// Why a permission is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeniedReason {
    /// No active membership of the study that the target is in.
    NotMember,
    /// No active membership of the group that the target is in.
    NotGroupMember,
    /// No administrator role.
    NotAdministrator,
    /// The role does not have it.
    Role {
        /// The role that was decided by.
        role: Role,
    },
    /// The role has it, and the person's own denials take it.
    Withheld,
    /// The person would have it, and a sanction, a pause or a missing consent takes it.
    Restraint {
        /// What takes it; of several the one that ends last.
        restraint: Restraint,
        /// When it ends; `None` for ever.
        until: Option<Timestamp>,
    },
    /// A host's permission that this policy does not know.
    Unregistered,
}
