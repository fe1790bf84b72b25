//! Pure decisions about memberships.

use chrono::Duration;

use crate::{
    changes::Row,
    coup::StudyFile,
    env::{Env, Timestamp},
    error::{Error, StateError},
    id::{MembershipEventId, UserId},
    member::model::{MemberStatus, MembershipChange, MembershipEvent, StudyMember},
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

/// Only an ACTIVE member is removed or given a role.
pub fn active(target: &StudyMember) -> Result<(), StateError> {
    if target.status == MemberStatus::Active { Ok(()) } else { Err(StateError::NotAMember) }
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
