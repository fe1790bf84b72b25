//! The questions before what is hard to take back. Each asks only who could do it.

use axum::response::{IntoResponse as _, Response};
use coup_core::{
    error::{Error, StateError},
    id::{StudyId, UserId},
    member::model::{Member, MemberStatus},
    policy::{PeopleRule, StudyPermission, StudyRole, select},
    study::outlook::Inside,
};

use crate::{
    extract::{InStudy, OfInvite, OfMember},
    pages::{
        confirm::{Confirm, ConfirmPage},
        frame::{Frame, Person},
        study::StudyTab,
        visit::{Answer, Visit},
    },
};

fn ask(visit: &Visit, inside: &Inside, tab: StudyTab, question: impl FnOnce(&Frame, &str) -> Confirm) -> Response {
    let frame = visit.inside(inside, tab);
    let confirm = question(&frame, &inside.file.study.id.to_string());
    ConfirmPage { frame, confirm }.into_response()
}

async fn about_study(
    visit: &Visit,
    id: StudyId,
    needs: StudyPermission,
    tab: StudyTab,
    question: impl FnOnce(&Frame, &str, &str) -> Confirm,
) -> Answer {
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    about(visit, &inside, needs, tab, question)
}

fn about(
    visit: &Visit,
    inside: &Inside,
    needs: StudyPermission,
    tab: StudyTab,
    question: impl FnOnce(&Frame, &str, &str) -> Confirm,
) -> Answer {
    inside.file.require(needs)?;
    Ok(ask(visit, inside, tab, |frame, id| question(frame, id, inside.file.study.name.as_str())))
}

pub(super) async fn leave(visit: Visit, InStudy(id): InStudy) -> Answer {
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    if inside.file.standing().is_some_and(|standing| standing.role == StudyRole::Owner) {
        return Err(Error::from(PeopleRule::Owner).into());
    }
    about(&visit, &inside, StudyPermission::StudyLeave, StudyTab::Home, Confirm::leave)
}

pub(super) async fn close(visit: Visit, InStudy(id): InStudy) -> Answer {
    about_study(&visit, id, StudyPermission::StudyClose, StudyTab::Settings, Confirm::close).await
}

pub(super) async fn delete(visit: Visit, InStudy(id): InStudy) -> Answer {
    about_study(&visit, id, StudyPermission::StudyDelete, StudyTab::Settings, Confirm::delete).await
}

pub(super) async fn rotate(visit: Visit, InStudy(id): InStudy) -> Answer {
    let question = |frame: &Frame, id: &str, _: &str| Confirm::rotate(frame, id);
    about_study(&visit, id, StudyPermission::StudyInvite, StudyTab::Members, question).await
}

pub(super) async fn revoke(visit: Visit, OfInvite(id, code): OfInvite) -> Answer {
    let code = code.into_string();
    let question = |frame: &Frame, id: &str, _: &str| Confirm::revoke(frame, id, &code);
    about_study(&visit, id, StudyPermission::StudyInvite, StudyTab::Members, question).await
}

/// About somebody in a study who stands as `status`; `needs` says what it takes.
async fn about_member(
    visit: &Visit,
    (id, user): (StudyId, UserId),
    (status, tab): (MemberStatus, StudyTab),
    needs: impl FnOnce(&UserId, &Member) -> Result<StudyPermission, PeopleRule>,
    question: impl FnOnce(&Frame, &str, &Person) -> Confirm,
) -> Answer {
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    let file = &inside.file;
    let member = visit.house.coup.member(file, &user).await?;
    file.require(needs(&file.caller.user.id, &member).map_err(Error::from)?)?;
    if member.member.status != status {
        let gone = if status == MemberStatus::Pending { StateError::NotPending } else { StateError::NotAMember };
        return Err(Error::from(gone).into());
    }
    let person = Person::from(member.user);
    Ok(ask(visit, &inside, tab, |frame, id| question(frame, id, &person)))
}

const PENDING: (MemberStatus, StudyTab) = (MemberStatus::Pending, StudyTab::Requests);
const ACTIVE: (MemberStatus, StudyTab) = (MemberStatus::Active, StudyTab::Members);

fn making(role: StudyRole) -> impl FnOnce(&UserId, &Member) -> Result<StudyPermission, PeopleRule> {
    move |me, them| select::set_role(me, &them.member.user_id, them.member.role, role)
}

pub(super) async fn reject(visit: Visit, OfMember(id, user): OfMember) -> Answer {
    let needs = |_: &UserId, _: &Member| Ok(StudyPermission::MemberApprove);
    about_member(&visit, (id, user), PENDING, needs, Confirm::reject).await
}

pub(super) async fn appoint(visit: Visit, OfMember(id, user): OfMember) -> Answer {
    about_member(&visit, (id, user), ACTIVE, making(StudyRole::Admin), Confirm::appoint).await
}

pub(super) async fn dismiss(visit: Visit, OfMember(id, user): OfMember) -> Answer {
    about_member(&visit, (id, user), ACTIVE, making(StudyRole::Member), Confirm::dismiss).await
}

pub(super) async fn transfer(visit: Visit, OfMember(id, user): OfMember) -> Answer {
    about_member(&visit, (id, user), ACTIVE, making(StudyRole::Owner), Confirm::transfer).await
}

pub(super) async fn kick(visit: Visit, OfMember(id, user): OfMember) -> Answer {
    let needs = |me: &UserId, them: &Member| select::kick(me, &them.member.user_id, them.member.role);
    about_member(&visit, (id, user), ACTIVE, needs, Confirm::kick).await
}
