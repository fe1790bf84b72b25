//! A study's people: members, requests to join, kicked people, and what is done to them.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use coup_core::{
    error::{Error, StateError},
    id::{StudyId, UserId},
    member::{
        model::MemberStatus,
        service::{Approve, Reinstate, RemoveMember, SetRole},
    },
    page::Limit,
    policy::{StudyPermission, StudyRole},
    study::outlook::Inside,
    text::Words,
};

use super::shown;
use crate::{
    extract::{InStudy, OfMember},
    pages::{
        flash::Flash,
        form::Form,
        frame::Frame,
        member::{Answers, JoinRequest, KickedPage, MemberTab, MembersPage, RequestsPage, member_tabs},
        study::StudyTab,
        tab::Tab,
        visit::{Answer, Posted, Visit},
    },
};

pub(super) fn tabs(frame: &Frame, Inside { file, requests, .. }: &Inside, tab: MemberTab) -> Vec<Tab> {
    member_tabs(frame, &file.study.id.to_string(), file.study.member_count.into(), requests.map(u64::from), tab)
}

pub(super) fn cursor(query: &Form) -> Option<&str> {
    Some(query.value("cursor")).filter(|cursor| !cursor.is_empty())
}

pub(super) async fn list(visit: Visit, InStudy(id): InStudy) -> Answer {
    let query = visit.query();
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    let file = &inside.file;
    let page = visit.house.coup.members_in(file, MemberStatus::Active, cursor(&query), Limit::DEFAULT).await?;
    let frame = visit.inside(&inside, StudyTab::Members);
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let now = visit.house.coup.now();
    let page = MembersPage {
        study_id: id.to_string(),
        tabs: tabs(&frame, &inside, MemberTab::Members),
        members: page.items.into_iter().map(|row| shown::member(file, row, now)).collect(),
        may_invite: file.may(StudyPermission::StudyInvite),
        first,
        next,
        frame,
    };
    Ok(page.into_response())
}

pub(super) async fn requests(visit: Visit, InStudy(id): InStudy) -> Answer {
    asking(&visit, id, StatusCode::OK, None).await
}

async fn asking(visit: &Visit, id: StudyId, status: StatusCode, problem: Option<String>) -> Answer {
    let query = visit.query();
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    let study = &inside.file.study;
    let page = visit.house.coup.members_in(&inside.file, MemberStatus::Pending, cursor(&query), Limit::DEFAULT).await?;
    let frame = visit.inside(&inside, StudyTab::Requests);
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let requests = page.items.into_iter().map(|row| JoinRequest {
        person: row.user.into(),
        answers: Answers {
            introduction: row.member.introduction.map(|text| text.to_string()),
            motivation: row.member.motivation.map(|text| text.to_string()),
            level: row.member.level.map(|text| text.to_string()),
        },
        asked: row.member.joined_at,
    });
    let page = RequestsPage {
        study_id: id.to_string(),
        tabs: tabs(&frame, &inside, MemberTab::Requests),
        requests: requests.collect(),
        full: study.member_count >= study.max_members,
        problem,
        first,
        next,
        frame,
    };
    Ok((status, page).into_response())
}

pub(super) async fn kicked(visit: Visit, InStudy(id): InStudy) -> Answer {
    let query = visit.query();
    let inside = visit.house.coup.inside(&visit.ctx, id).await?;
    let page = visit.house.coup.members_in(&inside.file, MemberStatus::Kicked, cursor(&query), Limit::DEFAULT).await?;
    let frame = visit.inside(&inside, StudyTab::Members);
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let page = KickedPage {
        study_id: id.to_string(),
        tabs: tabs(&frame, &inside, MemberTab::Kicked),
        people: page.items.into_iter().map(|row| row.user.into()).collect(),
        first,
        next,
        frame,
    };
    Ok(page.into_response())
}

pub(super) async fn approve(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    match visit.house.coup.run(&visit.ctx, Approve { study, user }).await {
        Ok(_) => Ok(done(&visit, study, "requests", Flash::Approved)),
        Err(error) => {
            let (status, form) = visit.refused(Form::default(), error)?;
            // The list that is shown is another address's: it begins anew.
            let visit = Visit { path: format!("/my-studies/{study}/requests"), ..visit };
            asking(&visit, study, status, form.problem).await
        }
    }
}

/// Removes somebody who stands as the form that was posted supposed: rejecting kicks nobody, kicking rejects nobody.
async fn remove(
    visit: &Visit,
    (study, user): (StudyId, UserId),
    as_if: MemberStatus,
    form: &Form,
) -> Result<(), Error> {
    let reason = Some(form.value("reason")).filter(|reason| !reason.trim().is_empty());
    let reason = reason.map(|reason| Words::parse("reason", reason)).transpose()?;
    let file = visit.house.coup.study_file(&visit.ctx, study).await?;
    let member = visit.house.coup.member(&file, &user).await?;
    if member.member.status == as_if {
        return visit.house.coup.run(&visit.ctx, RemoveMember { study, user, reason }).await;
    }
    Err(if as_if == MemberStatus::Pending { StateError::NotPending } else { StateError::NotAMember }.into())
}

pub(super) async fn reject(visit: Visit, OfMember(study, user): OfMember, Posted(form): Posted) -> Answer {
    remove(&visit, (study, user), MemberStatus::Pending, &form).await?;
    Ok(done(&visit, study, "requests", Flash::Rejected))
}

pub(super) async fn kick(visit: Visit, OfMember(study, user): OfMember, Posted(form): Posted) -> Answer {
    remove(&visit, (study, user), MemberStatus::Active, &form).await?;
    Ok(done(&visit, study, "members", Flash::Kicked))
}

async fn set_role(visit: &Visit, study: StudyId, user: UserId, role: StudyRole, flash: Flash) -> Answer {
    visit.house.coup.run(&visit.ctx, SetRole { study, user, role }).await?;
    Ok(done(visit, study, "members", flash))
}

pub(super) async fn appoint(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    set_role(&visit, study, user, StudyRole::Admin, Flash::Appointed).await
}

pub(super) async fn dismiss(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    set_role(&visit, study, user, StudyRole::Member, Flash::Dismissed).await
}

pub(super) async fn transfer(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    set_role(&visit, study, user, StudyRole::Owner, Flash::Transferred).await
}

pub(super) async fn reinstate(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    visit.house.coup.run(&visit.ctx, Reinstate { study, user }).await?;
    Ok(done(&visit, study, "kicked", Flash::Reinstated))
}

fn done(visit: &Visit, study: StudyId, page: &str, flash: Flash) -> Response {
    visit.done(&format!("/my-studies/{study}/{page}"), flash)
}
