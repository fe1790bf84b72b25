//! Pure decisions about what is live.

use crate::{
    changes::{Change, EventKind, Key, Row},
    env::Timestamp,
    id::UserId,
    live::model::{CutCode, NewRevocation, Revoked},
    member::model::{MemberStatus, MembershipChange, StudyMember},
    policy::{AdminPermission, Permission, SanctionType, StudyPermission},
    user::model::UserStatus,
};

/// How long a ticket opens a connection, in seconds (specification, real time § Socket.IO).
pub const TICKET_SECONDS: i64 = 60;

/// What a member needs to hear an event of a study; `None` for what does not belong to studies.
///
/// ```
/// use coup_core::{changes::EventKind, live::rules, policy::StudyPermission};
///
/// assert_eq!(rules::needs(EventKind::MessageEdited), Some(StudyPermission::MessageRead));
/// assert_eq!(rules::needs(EventKind::MemberRequested), None);
/// ```
pub fn needs(kind: EventKind) -> Option<StudyPermission> {
    match kind {
        EventKind::MessageCreated | EventKind::MessageEdited | EventKind::MessageDeleted => {
            Some(StudyPermission::MessageRead)
        }
        EventKind::MemberJoined | EventKind::MemberLeft | EventKind::MemberKicked | EventKind::MemberRoleChanged => {
            Some(StudyPermission::MemberList)
        }
        EventKind::StudyUpdated | EventKind::StudyClosed => Some(StudyPermission::StudyRead),
        // These go to people, not to a study.
        EventKind::MemberRequested
        | EventKind::StudyDeleted
        | EventKind::NotificationCreated
        | EventKind::NotificationRead
        | EventKind::NotificationDeleted
        | EventKind::SanctionImposed
        | EventKind::SanctionLifted
        | EventKind::ReportUrgent => None,
    }
}

/// What a person needs to be told of this in their own scope, later too: in the study that it names, or in the administration.
/// `None`: nothing beyond being told.
pub fn needs_there(kind: EventKind) -> Option<Permission> {
    match kind {
        EventKind::MemberRequested => Some(StudyPermission::MemberRequests.into()),
        EventKind::ReportUrgent => Some(AdminPermission::ReportList.into()),
        _ => None,
    }
}

/// Whose connections a change concerns, made beside these writes. Derived from what is written, so that no use case can forget it.
pub fn revocation(change: &Change, beside: &[Change], at: Timestamp) -> Option<NewRevocation> {
    let cut = |revoked, code| Some(NewRevocation { revoked, code, until: None, at });
    match change {
        Change::Insert(Row::Member(member)) => match member.status {
            MemberStatus::Active => cut(Revoked::Member(member.study_id, member.user_id.clone()), CutCode::Joined),
            _ => None,
        },
        Change::Save(Row::Member(member)) => {
            let code = match member.status {
                MemberStatus::Kicked => CutCode::Kicked,
                MemberStatus::Left => CutCode::Left,
                MemberStatus::Active if comes_in(member, beside) => CutCode::Joined,
                MemberStatus::Active | MemberStatus::Pending => CutCode::RoleChanged,
            };
            cut(Revoked::Member(member.study_id, member.user_id.clone()), code)
        }
        Change::Remove(Key::Member(study, user)) => cut(Revoked::Member(*study, user.clone()), CutCode::Left),
        Change::Save(Row::Study(study)) if study.hidden_at.is_some() => {
            cut(Revoked::Study(study.id), CutCode::StudyHidden)
        }
        Change::Save(Row::Study(study)) if study.closed_at.is_some() => {
            cut(Revoked::Study(study.id), CutCode::StudyClosed)
        }
        Change::Remove(Key::Study(study)) => cut(Revoked::Study(*study), CutCode::StudyDeleted),
        // Who is sanctioned hears of that beside.
        Change::Remove(Key::Sessions(user)) if !is_sanctioned(user, beside) => {
            cut(Revoked::User(user.clone()), CutCode::SignedOut)
        }
        // Who administers may have lost what needs it; where all sessions go beside, that says it.
        Change::Remove(Key::SecondFactor(user)) if !beside.contains(&Change::Remove(Key::Sessions(user.clone()))) => {
            cut(Revoked::User(user.clone()), CutCode::RoleChanged)
        }
        Change::Remove(Key::Session(session)) => cut(Revoked::Session(*session), CutCode::SignedOut),
        Change::Save(Row::User(user)) => match user.status {
            // What was saved may be that.
            UserStatus::Active if user.lacks_consent() => cut(Revoked::User(user.id.clone()), CutCode::RoleChanged),
            UserStatus::Active => None,
            // The sanction itself says until when.
            UserStatus::Suspended if is_sanctioned(&user.id, beside) => None,
            UserStatus::Suspended => Some(NewRevocation {
                revoked: Revoked::User(user.id.clone()),
                code: CutCode::Sanctioned,
                until: user.suspended_until,
                at,
            }),
            UserStatus::Deleted => cut(Revoked::User(user.id.clone()), CutCode::SignedOut),
        },
        Change::Insert(Row::Sanction(sanction)) if sanction.kind != SanctionType::Warning => Some(NewRevocation {
            revoked: Revoked::User(sanction.user_id.clone()),
            code: CutCode::Sanctioned,
            until: sanction.expires_at,
            at,
        }),
        Change::Insert(Row::AdminGrant(grant)) | Change::Save(Row::AdminGrant(grant)) => {
            cut(Revoked::User(grant.user.clone()), CutCode::RoleChanged)
        }
        // Every node reads them anew, and ends those connections that maintenance does not let in.
        Change::Save(Row::Settings(_)) => cut(Revoked::Site, CutCode::Maintenance),
        Change::Remove(Key::AdminGrant(user)) => cut(Revoked::User(user.clone()), CutCode::RoleChanged),
        _ => None,
    }
}

/// Whether a sanction that takes something begins for the person.
fn is_sanctioned(user: &UserId, beside: &[Change]) -> bool {
    beside.iter().any(|change| match change {
        Change::Insert(Row::Sanction(sanction)) => sanction.user_id == *user && sanction.kind != SanctionType::Warning,
        _ => false,
    })
}

/// Whether a membership that was there before becomes ACTIVE by this: its history says so, and nothing else of the person.
fn comes_in(member: &StudyMember, beside: &[Change]) -> bool {
    let mut history = beside.iter().filter_map(|change| match change {
        Change::Insert(Row::MembershipEvent(line))
            if line.study_id == member.study_id && line.user_id == member.user_id =>
        {
            Some(line.what)
        }
        _ => None,
    });
    let is_in = |what| matches!(what, MembershipChange::Joined | MembershipChange::Approved);
    history.next().is_some_and(is_in) && history.all(is_in)
}
