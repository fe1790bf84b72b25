//! Pure decisions about people.

use crate::{
    env::Timestamp,
    member::model::MemberStatus,
    policy::{Actor, AdminStanding, Restraint, Restraints, StudyStanding},
    store::Standing,
    user::model::{AgeBand, UserStatus},
};

/// What the caller is to the policy at `now`. `None`: their session has ended or their account is deleted.
pub fn actor(standing: &Standing, now: Timestamp) -> Option<Actor> {
    let Standing { user, session, admin, study } = standing;
    if user.status == UserStatus::Deleted || session.as_ref().is_some_and(|session| session.expires_at <= now) {
        return None;
    }
    let mut restraints = Restraints::default();
    if user.age_band == Some(AgeBand::Under14) && user.guardian_consent_at.is_none() {
        restraints.insert(Restraint::ConsentMissing, None);
    }
    Some(Actor {
        user: user.id.clone(),
        auth_version: user.auth_version,
        admin: admin.as_ref().filter(|grant| grant.expires_at.is_none_or(|end| now < end)).map(|grant| AdminStanding {
            role: grant.role,
            grants: grant.permissions.grant,
            denials: grant.permissions.deny,
        }),
        restraints,
        study: study.as_ref().and_then(|(study, member)| {
            member.as_ref().filter(|member| member.status == MemberStatus::Active).map(|member| StudyStanding {
                study: study.id,
                role: member.role,
                paused_until: member.posting_paused_until.filter(|end| now < *end),
            })
        }),
        group: None,
    })
}
