//! A study as an outsider sees it: joining, asking to join, and coming in by an invite.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use coup_core::{
    error::{Error, StateError},
    id::StudyId,
    member::{
        invite::{InvitePreview, JoinByCode},
        model::MemberStatus,
        rules::Entry,
        service::{Join, Request, Withdraw},
    },
    study::outlook::Outlook,
};

use super::shown;
use crate::{
    extract::{ByCode, InStudy},
    pages::{
        confirm::{Confirm, ConfirmPage},
        flash::Flash,
        form::Form,
        frame::Place,
        study::{InvitePage, Standing, StudyPage},
        visit::{Answer, Posted, Visit},
    },
};

pub(super) async fn show(visit: Visit, InStudy(id): InStudy) -> Answer {
    page(&visit, id, StatusCode::OK, Form::default()).await
}

/// Where a form was posted to: a reader who reloads it is led back to its page.
pub(super) async fn show_again(visit: Visit, InStudy(id): InStudy) -> Response {
    visit.to(&format!("/studies/{id}"))
}

async fn page(visit: &Visit, id: StudyId, status: StatusCode, form: Form) -> Answer {
    let outlook = visit.house.coup.study_outlook(&visit.ctx, id).await?;
    let mut frame = visit.beside(&outlook.file);
    frame.place = Place::Studies;
    let page = StudyPage {
        study: shown::whole(&outlook.file.study, None),
        standing: standing(&outlook, visit.house.coup.now()),
        levels: StudyPage::levels(&frame),
        frame,
        form,
    };
    Ok((status, page).into_response())
}

fn standing(outlook: &Outlook, now: DateTime<Utc>) -> Standing {
    match outlook.entry {
        Ok(Entry::Active) => Standing::MayJoin,
        Ok(Entry::Pending) => Standing::MayAsk,
        Err(StateError::AlreadyRequested) => {
            Standing::Pending { asked: outlook.file.member.as_ref().map_or(now, |member| member.joined_at) }
        }
        Err(StateError::RejectedRecently) => Standing::Rejected { until: outlook.again_at.unwrap_or(now) },
        Err(state) => refused(state),
    }
}

fn refused(state: StateError) -> Standing {
    match state {
        StateError::AlreadyMember => Standing::Member,
        StateError::StudyFull => Standing::Full,
        StateError::NotRecruiting => Standing::NotRecruiting,
        StateError::Kicked => Standing::Kicked,
        _ => Standing::Closed,
    }
}

pub(super) async fn join(visit: Visit, InStudy(id): InStudy, Posted(form): Posted) -> Answer {
    match try_join(&visit, id, &form).await {
        Ok(MemberStatus::Active) => Ok(visit.done(&format!("/my-studies/{id}"), Flash::Joined)),
        Ok(_) => Ok(visit.done(&format!("/studies/{id}"), Flash::Asked)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, id, status, form).await
        }
    }
}

async fn try_join(visit: &Visit, id: StudyId, form: &Form) -> Result<MemberStatus, Error> {
    let text = |name: &str| Some(form.value(name));
    let request = Request::parse(text("introduction"), text("motivation"), text("level"))?;
    Ok(visit.house.coup.run(&visit.ctx, Join { study: id, request }).await?.member.status)
}

pub(super) async fn ask_withdraw(visit: Visit, InStudy(id): InStudy) -> Answer {
    let file = visit.house.coup.requested_study(&visit.ctx, id).await?;
    let frame = visit.beside(&file);
    let confirm = Confirm::withdraw(&frame, &id.to_string(), file.study.name.as_str());
    Ok(ConfirmPage { frame, confirm }.into_response())
}

pub(super) async fn withdraw(visit: Visit, InStudy(id): InStudy) -> Answer {
    visit.house.coup.run(&visit.ctx, Withdraw(id)).await?;
    Ok(visit.done("/my-studies", Flash::Withdrawn))
}

pub(super) async fn invite(visit: Visit, ByCode(code): ByCode) -> Answer {
    invited(&visit, code.into_string(), StatusCode::OK, Form::default()).await
}

async fn invited(visit: &Visit, code: String, status: StatusCode, form: Form) -> Answer {
    let (caller, preview) = visit.house.coup.invited(&visit.ctx, &code).await?;
    let mut frame = visit.outside(&caller, Place::Studies);
    let preview = preview.filter(|preview| preview.refusal != Some(StateError::InviteSpent.code()));
    let status = if preview.is_none() { StatusCode::NOT_FOUND } else { status };
    if let Some(InvitePreview { study, .. }) = &preview {
        frame.zone = study.time_zone;
    }
    let standing = match preview.as_ref().and_then(|preview| preview.refusal) {
        None => Standing::MayJoin,
        Some(code) => {
            let state = StateError::ALL.iter().copied().find(|state| state.code() == code);
            state.map_or(Standing::Closed, refused)
        }
    };
    let page = InvitePage {
        code,
        expires: preview.as_ref().and_then(|preview| preview.expires_at),
        study: preview.map(|preview| shown::whole(&preview.study, None)),
        inviter: None,
        standing,
        levels: StudyPage::levels(&frame),
        frame,
        form,
    };
    Ok((status, page).into_response())
}

pub(super) async fn join_by_code(visit: Visit, ByCode(code): ByCode, Posted(form): Posted) -> Answer {
    let code = code.into_string();
    match visit.house.coup.run(&visit.ctx, JoinByCode(code.clone())).await {
        Ok(joined) => Ok(visit.done(&format!("/my-studies/{}", joined.member.study_id), Flash::Joined)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            invited(&visit, code, status, form).await
        }
    }
}
