//! What the core knows, as the views show it.

use coup_core::{
    coup::StudyFile,
    env::Timestamp,
    member::model,
    policy::{StudyPermission, StudyRole, select},
    study,
};

use crate::pages::{
    frame::Person,
    member::{Member, Powers, Role},
    study::{Study, StudyCard, StudyState},
};

fn state(study: &study::model::Study) -> StudyState {
    if study.closed_at.is_some() {
        StudyState::Closed
    } else if !study.is_recruiting {
        StudyState::NotRecruiting
    } else if study.member_count >= study.max_members {
        StudyState::Full
    } else {
        StudyState::Recruiting
    }
}

pub(super) fn card(study: &study::model::Study, mine: bool) -> StudyCard {
    let whole = whole(study, None);
    StudyCard {
        id: whole.id,
        name: whole.name,
        emoji: whole.emoji,
        description: whole.description,
        category: whole.category,
        sub_category: whole.sub_category,
        tags: whole.tags,
        members: whole.members,
        capacity: whole.capacity,
        rating: whole.rating,
        reviews: whole.reviews,
        state: whole.state,
        mine,
    }
}

pub(super) fn whole(study: &study::model::Study, owner: Option<Person>) -> Study {
    Study {
        id: study.id.to_string(),
        name: study.name.to_string(),
        emoji: study.emoji.to_string(),
        description: study.description.to_string(),
        category: study.category.to_string(),
        sub_category: study.sub_category.as_ref().map(ToString::to_string),
        tags: study.tags.iter().map(ToString::to_string).collect(),
        members: study.member_count,
        capacity: study.max_members,
        rating: (study.review_count > 0).then_some(study.rating),
        reviews: study.review_count,
        state: state(study),
        is_public: study.is_public,
        is_recruiting: study.is_recruiting,
        auto_approve: study.auto_approve,
        owner,
        created: study.created_at,
    }
}

pub(super) fn role(role: StudyRole) -> Role {
    match role {
        StudyRole::Owner => Role::Owner,
        StudyRole::Admin => Role::Admin,
        StudyRole::Member => Role::Member,
    }
}

/// What the caller may do to a member: what the policy permits, in a study that can be written to.
fn powers(file: &StudyFile, member: &model::StudyMember) -> Powers {
    let is_other = member.user_id != file.caller.user.id;
    if file.writable().is_err() {
        return Powers { report: is_other, ..Powers::default() };
    }
    let (me, them) = (&file.caller.user.id, &member.user_id);
    let may_make = |role: StudyRole| {
        member.role != role && select::set_role(me, them, member.role, role).is_ok_and(|needed| file.may(needed))
    };
    Powers {
        appoint: may_make(StudyRole::Admin),
        dismiss: may_make(StudyRole::Member),
        transfer: may_make(StudyRole::Owner),
        kick: select::kick(me, them, member.role).is_ok_and(|needed: StudyPermission| file.may(needed)),
        pause: select::pause(me, them, member.role).is_ok_and(|needed| file.may(needed)),
        report: is_other,
    }
}

/// Until when somebody's posting is paused, for themselves and for who could pause it.
fn paused_until(file: &StudyFile, member: &model::StudyMember, now: Timestamp) -> Option<Timestamp> {
    let is_me = member.user_id == file.caller.user.id;
    let may_know = is_me || file.may(StudyPermission::MemberPauseMember);
    member.posting_paused_until.filter(|until| may_know && now < *until)
}

pub(super) fn member(file: &StudyFile, row: model::Member, now: Timestamp) -> Member {
    Member {
        role: role(row.member.role),
        joined: row.member.joined_at,
        is_me: row.member.user_id == file.caller.user.id,
        may: powers(file, &row.member),
        paused_until: paused_until(file, &row.member, now),
        person: row.user.into(),
    }
}
