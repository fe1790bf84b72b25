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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coup::scenes::{file, noon, standings, studies};

    fn ways() -> impl Strategy<Value = Way> {
        prop_oneof![Just(Way::Page), Just(Way::Invite)]
    }

    proptest! {
        #[test]
        fn who_was_kicked_comes_in_by_no_way(study in studies(), way in ways(), hours in 0_i64..100) {
            let file = file(study, Some((crate::policy::StudyRole::Member, MemberStatus::Kicked)));
            let refused = join(&file, way, Some(noon() - Duration::hours(hours)), noon());
            prop_assert!(matches!(refused, Err(Error::State(StateError::Kicked))));
        }

        #[test]
        fn nobody_comes_into_a_closed_or_hidden_study(
            study in studies(), standing in standings(), way in ways(), closed in any::<bool>(),
        ) {
            let study = if closed {
                crate::study::model::Study { closed_at: Some(noon()), ..study }
            } else {
                crate::study::model::Study { hidden_at: Some(noon()), ..study }
            };
            prop_assert!(join(&file(study, standing), way, None, noon()).is_err());
        }

        #[test]
        fn an_invite_asks_neither_for_recruiting_nor_for_approval(study in studies(), standing in standings()) {
            let study = crate::study::model::Study { closed_at: None, hidden_at: None, ..study };
            let standing = standing.filter(|(_, status)| !matches!(status, MemberStatus::Active | MemberStatus::Kicked));
            prop_assert_eq!(join(&file(study, standing), Way::Invite, Some(noon()), noon()).unwrap(), Entry::Active);
        }

        #[test]
        fn the_page_lets_in_only_where_there_is_room_and_recruiting(study in studies(), standing in standings()) {
            let (approve, room) = (study.auto_approve, study.member_count < study.max_members);
            let recruiting = study.is_recruiting;
            if let Ok(entry) = join(&file(study, standing), Way::Page, None, noon()) {
                prop_assert!(recruiting && room);
                prop_assert_eq!(entry, if approve { Entry::Active } else { Entry::Pending });
            }
        }

        #[test]
        fn a_rejected_request_can_be_made_again_after_a_day(micros in 0_i64..200_000_000_000) {
            let study = crate::study::model::Study { auto_approve: false, ..crate::coup::scenes::study() };
            let passed = Duration::microseconds(micros);
            let asked = join(&file(study, None), Way::Page, Some(noon() - passed), noon());
            prop_assert_eq!(asked.is_ok(), passed >= ASK_AGAIN_AFTER);
        }
    }
}
