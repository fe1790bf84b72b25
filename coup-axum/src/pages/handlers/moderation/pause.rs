//! Pausing a member's posting.

use axum::{http::StatusCode, response::IntoResponse as _};
use chrono::TimeDelta;
use coup_core::{
    error::{Error, Invalid, StateError},
    id::{StudyId, UserId},
    member::{
        model::MemberStatus,
        pause::{LONGEST_DAYS, PausePosting},
    },
    policy::select,
};

use crate::{
    extract::OfMember,
    pages::{
        flash::Flash,
        form::Form,
        moderation::PausePage,
        study::StudyTab,
        visit::{Answer, Posted, Visit, number},
    },
};

pub(in crate::pages::handlers) async fn ask(visit: Visit, OfMember(study, user): OfMember) -> Answer {
    page(&visit, study, &user, StatusCode::OK, Form::of([("days", "1")])).await
}

/// The question, for who may do it.
async fn page(visit: &Visit, study: StudyId, user: &UserId, status: StatusCode, form: Form) -> Answer {
    let inside = visit.house.coup.inside(&visit.ctx, study).await?;
    let file = &inside.file;
    let member = visit.house.coup.member(file, user).await?;
    let needs = select::pause(&file.caller.user.id, &member.member.user_id, member.member.role);
    file.require(needs.map_err(Error::from)?)?;
    if member.member.status != MemberStatus::Active {
        return Err(Error::from(StateError::NotAMember).into());
    }
    let now = visit.house.coup.now();
    let page = PausePage {
        frame: visit.inside(&inside, StudyTab::Members),
        study_id: study.to_string(),
        until: member.member.posting_paused_until.filter(|until| *until > now),
        person: member.user.into(),
        form,
    };
    Ok((status, page).into_response())
}

async fn try_pause(visit: &Visit, study: StudyId, user: &UserId, form: &Form) -> Result<Flash, Error> {
    let days = if form.checked("end") {
        None
    } else {
        let days = number(form, "days")?.ok_or_else(|| Invalid::field("days", "required"))?;
        match days {
            ..1 => return Err(Invalid::bound("days", "too_small", 1).into()),
            1..=LONGEST_DAYS => TimeDelta::try_days(days),
            _ => return Err(Invalid::bound("days", "too_great", LONGEST_DAYS).into()),
        }
    };
    let until = days.and_then(|days| visit.house.coup.now().checked_add_signed(days));
    let flash = if until.is_some() { Flash::Paused } else { Flash::PauseEnded };
    visit.house.coup.run(&visit.ctx, PausePosting { study, user: user.clone(), until }).await?;
    Ok(flash)
}

pub(in crate::pages::handlers) async fn pause(
    visit: Visit,
    OfMember(study, user): OfMember,
    Posted(form): Posted,
) -> Answer {
    match try_pause(&visit, study, &user, &form).await {
        Ok(flash) => Ok(visit.done(&format!("/my-studies/{study}/members"), flash)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, study, &user, status, form).await
        }
    }
}
