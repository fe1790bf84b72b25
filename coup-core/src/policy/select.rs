//! From facts to the permission to ask for, and the rules about two people (specification, permissions).
//!
//! A permission that depends on a fact is several permissions; the functions here are the only place that chooses.
//! What they refuse, no policy file can allow.

use super::{
    actor::{AdminStanding, PermissionSet},
    decide::Policy,
    permission::{AdminPermission, GroupPermission, StudyPermission},
    restraint::SanctionType,
    role::{AdminRole, StudyRole},
};
use crate::id::UserId;

/// A rule about people that forbids something whatever permissions they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleRule {
    /// Nobody acts on themselves.
    #[error("nobody does this to themselves: expected another person")]
    Oneself,
    /// Nobody kicks, pauses or demotes the owner.
    #[error("nobody does this to the owner: ownership is handed over first")]
    Owner,
    /// The target's administrator role is not strictly lower.
    #[error("{target} is not lower than {actor}: expected a strictly lower role")]
    NotLower {
        /// The role of who acts.
        actor: AdminRole,
        /// The role of whom it is done to.
        target: AdminRole,
    },
    /// A role above one's own.
    #[error("{granted} is above {actor}: expected a role that one has")]
    RoleAbove {
        /// The role of who grants.
        actor: AdminRole,
        /// The role to be granted.
        granted: AdminRole,
    },
    /// Permissions that one does not have.
    #[error("{0:?} are not one's own: expected permissions that one has")]
    PermissionsAbove(PermissionSet),
    /// Only the author changes what they wrote.
    #[error("written by somebody else: expected the author")]
    NotAuthor,
}

/// To edit a message: only its author can.
///
/// # Errors
/// [`PeopleRule::NotAuthor`].
pub fn edit_message(actor: &UserId, author: &UserId) -> Result<StudyPermission, PeopleRule> {
    if actor == author { Ok(StudyPermission::MessageEditOwn) } else { Err(PeopleRule::NotAuthor) }
}

/// To delete a message.
pub fn delete_message(actor: &UserId, author: &UserId) -> StudyPermission {
    if actor == author { StudyPermission::MessageDeleteOwn } else { StudyPermission::MessageDeleteOthers }
}

/// To kick somebody from a study.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::Owner`].
///
/// ```
/// use coup_core::policy::{PeopleRule, StudyPermission, StudyRole, select};
///
/// let (one, two) = ("one".parse()?, "two".parse()?);
/// assert_eq!(select::kick(&one, &two, StudyRole::Admin), Ok(StudyPermission::MemberKickAdmin));
/// assert_eq!(select::kick(&one, &two, StudyRole::Owner), Err(PeopleRule::Owner));
/// assert_eq!(select::kick(&one, &one, StudyRole::Member), Err(PeopleRule::Oneself));
/// # Ok::<(), coup_core::id::ParseIdError>(())
/// ```
pub fn kick(actor: &UserId, target: &UserId, role: StudyRole) -> Result<StudyPermission, PeopleRule> {
    Ok(match below_owner(actor, target, role)? {
        BelowOwner::Member => StudyPermission::MemberKickMember,
        BelowOwner::Admin => StudyPermission::MemberKickAdmin,
    })
}

/// To pause somebody's posting in a study.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::Owner`].
pub fn pause(actor: &UserId, target: &UserId, role: StudyRole) -> Result<StudyPermission, PeopleRule> {
    Ok(match below_owner(actor, target, role)? {
        BelowOwner::Member => StudyPermission::MemberPauseMember,
        BelowOwner::Admin => StudyPermission::MemberPauseAdmin,
    })
}

/// To give somebody another role in a study; to make them OWNER is to hand it over.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::Owner`].
pub fn set_role(
    actor: &UserId,
    target: &UserId,
    role: StudyRole,
    wanted: StudyRole,
) -> Result<StudyPermission, PeopleRule> {
    below_owner(actor, target, role)?;
    Ok(match wanted {
        StudyRole::Member => StudyPermission::MemberDismissAdmin,
        StudyRole::Admin => StudyPermission::MemberAppointAdmin,
        StudyRole::Owner => StudyPermission::MemberTransferOwnership,
    })
}

/// To kick somebody from a group.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::Owner`].
pub fn kick_from_group(actor: &UserId, target: &UserId, role: StudyRole) -> Result<GroupPermission, PeopleRule> {
    Ok(match below_owner(actor, target, role)? {
        BelowOwner::Member => GroupPermission::MemberKickMember,
        BelowOwner::Admin => GroupPermission::MemberKickAdmin,
    })
}

/// To give somebody another role in a group; to make them OWNER is to hand it over.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::Owner`].
pub fn set_group_role(
    actor: &UserId,
    target: &UserId,
    role: StudyRole,
    wanted: StudyRole,
) -> Result<GroupPermission, PeopleRule> {
    below_owner(actor, target, role)?;
    Ok(match wanted {
        StudyRole::Member => GroupPermission::MemberDismissAdmin,
        StudyRole::Admin => GroupPermission::MemberAppointAdmin,
        StudyRole::Owner => GroupPermission::MemberTransferOwnership,
    })
}

/// To impose a sanction.
pub const fn impose(sanction: SanctionType) -> AdminPermission {
    match sanction {
        SanctionType::Warning => AdminPermission::SanctionWarning,
        SanctionType::ChatBan => AdminPermission::SanctionChatBan,
        SanctionType::FileUploadBan => AdminPermission::SanctionFileUploadBan,
        SanctionType::StudyCreateBan => AdminPermission::SanctionStudyCreateBan,
        SanctionType::Restriction => AdminPermission::SanctionRestriction,
        SanctionType::Suspension => AdminPermission::SanctionSuspension,
        SanctionType::PermanentBan => AdminPermission::SanctionPermanentBan,
    }
}

/// To lift a sanction: both, so that an ADMIN cannot undo a PERMANENT_BAN.
pub const fn lift(sanction: SanctionType) -> [AdminPermission; 2] {
    [AdminPermission::SanctionLift, impose(sanction)]
}

/// To decide the appeal of a sanction: both.
pub const fn decide_appeal(sanction: SanctionType) -> [AdminPermission; 2] {
    [AdminPermission::AppealDecide, impose(sanction)]
}

/// Whether an administrator may warn, sanction, edit, demote or delete somebody, as far as ranks go.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::NotLower`].
pub fn act_on(
    actor: &UserId,
    actor_role: AdminRole,
    target: &UserId,
    target_role: Option<AdminRole>,
) -> Result<(), PeopleRule> {
    if actor == target {
        return Err(PeopleRule::Oneself);
    }
    match target_role {
        Some(target) if target >= actor_role => Err(PeopleRule::NotLower { actor: actor_role, target }),
        _ => Ok(()),
    }
}

/// Whether an administrator may revoke somebody's administrator role, as far as ranks go: the one case where a
/// SUPER_ADMIN acts on another.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::NotLower`].
pub fn revoke(
    actor: &UserId,
    actor_role: AdminRole,
    target: &UserId,
    target_role: AdminRole,
) -> Result<(), PeopleRule> {
    match act_on(actor, actor_role, target, Some(target_role)) {
        Err(PeopleRule::NotLower { actor: AdminRole::SuperAdmin, target: AdminRole::SuperAdmin }) => Ok(()),
        other => other,
    }
}

/// Whether an administrator may give somebody this standing: not themselves, not somebody who is not strictly lower,
/// no role above their own, and no permission that they have not.
///
/// # Errors
/// [`PeopleRule::Oneself`], [`PeopleRule::NotLower`], [`PeopleRule::RoleAbove`], [`PeopleRule::PermissionsAbove`].
pub fn grant(
    policy: &Policy,
    actor: &UserId,
    own: &AdminStanding,
    target: &UserId,
    target_role: Option<AdminRole>,
    granted: &AdminStanding,
) -> Result<(), PeopleRule> {
    act_on(actor, own.role, target, target_role)?;
    if granted.role > own.role {
        return Err(PeopleRule::RoleAbove { actor: own.role, granted: granted.role });
    }
    let above = policy.admin_permissions(granted).without(policy.admin_permissions(own));
    if above.is_empty() { Ok(()) } else { Err(PeopleRule::PermissionsAbove(above)) }
}

/// The roles that somebody below the owner can have.
enum BelowOwner {
    Member,
    Admin,
}

fn below_owner(actor: &UserId, target: &UserId, role: StudyRole) -> Result<BelowOwner, PeopleRule> {
    if actor == target {
        return Err(PeopleRule::Oneself);
    }
    match role {
        StudyRole::Member => Ok(BelowOwner::Member),
        StudyRole::Admin => Ok(BelowOwner::Admin),
        StudyRole::Owner => Err(PeopleRule::Owner),
    }
}
