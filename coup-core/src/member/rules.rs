//! Pure decisions about memberships.

use chrono::Duration;

use crate::{
    changes::Row,
    coup::StudyFile,
    env::{Env, Timestamp},
    error::{Error, StateError},
    id::{MembershipEventId, UserId},
    member::model::{MemberStatus, MembershipChange, MembershipEvent, StudyMember},
    policy::{StudyPermission, StudyRole},
};

/// How long after a rejection one may ask again.
pub const ASK_AGAIN_AFTER: Duration = Duration::hours(24);

/// By what way somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Through the study's page.
    Page,
    /// With a valid code: at once, also into a private or not recruiting study.
    Invite,
}

/// As what somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A member at once; takes a seat.
    Active,
    /// A request; holds no seat.
    Pending,
}

/// Whether somebody may come in, and as what (specification, features § 2). Capacity is not asked here: the commit
/// takes the seat, or says that none is free; a request into a full study is refused at once.
pub fn join(file: &StudyFile, way: Way, last_rejection: Option<Timestamp>, now: Timestamp) -> Result<Entry, Error> {
    match file.status() {
        Some(MemberStatus::Active) => return Err(StateError::AlreadyMember.into()),
        Some(MemberStatus::Kicked) => return Err(StateError::Kicked.into()),
        Some(MemberStatus::Pending) if way == Way::Page => return Err(StateError::AlreadyRequested.into()),
        Some(MemberStatus::Pending | MemberStatus::Left) | None => {}
    }
    file.writable()?;
    if way == Way::Invite {
        return Ok(Entry::Active);
    }
    if !file.study.is_recruiting {
        return Err(StateError::NotRecruiting.into());
    }
    if file.study.member_count >= file.study.max_members {
        return Err(StateError::StudyFull.into());
    }
    if file.study.auto_approve {
        return Ok(Entry::Active);
    }
    if last_rejection.is_some_and(|at| now < at + ASK_AGAIN_AFTER) {
        return Err(StateError::RejectedRecently.into());
    }
    Ok(Entry::Pending)
}

/// The permission to remove an ACTIVE member, by their role. Nobody removes themselves or the OWNER.
pub fn kick(actor: &UserId, target: &StudyMember) -> Result<StudyPermission, StateError> {
    two_people(actor, target)?;
    Ok(match target.role {
        StudyRole::Admin => StudyPermission::MemberKickAdmin,
        StudyRole::Member | StudyRole::Owner => StudyPermission::MemberKickMember,
    })
}

/// The permission to give an ACTIVE member a role. OWNER is handed over, not given.
pub fn set_role(actor: &UserId, target: &StudyMember, role: StudyRole) -> Result<StudyPermission, StateError> {
    two_people(actor, target)?;
    if target.role == role {
        return Err(StateError::SameRole);
    }
    Ok(match role {
        StudyRole::Owner => StudyPermission::MemberTransferOwnership,
        StudyRole::Admin => StudyPermission::MemberAppointAdmin,
        StudyRole::Member => StudyPermission::MemberDismissAdmin,
    })
}

fn two_people(actor: &UserId, target: &StudyMember) -> Result<(), StateError> {
    if *actor == target.user_id {
        Err(StateError::NotOnOneself)
    } else if target.status != MemberStatus::Active {
        Err(StateError::NotAMember)
    } else if target.role == StudyRole::Owner {
        Err(StateError::OwnerStays)
    } else {
        Ok(())
    }
}

/// A line of a membership's history.
pub fn history(env: &Env, member: &StudyMember, what: MembershipChange, by: &UserId) -> Row {
    Row::MembershipEvent(Box::new(MembershipEvent {
        id: MembershipEventId::from_uuid(env.uuid()),
        study_id: member.study_id,
        user_id: member.user_id.clone(),
        what,
        by_id: by.clone(),
        at: env.now(),
    }))
}
