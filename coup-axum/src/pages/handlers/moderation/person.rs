//! Somebody's sanctions: looking, imposing, lifting.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Check, Error, Invalid},
    id::{SanctionId, UserId},
    policy::{SanctionType, select},
    sanction::service::{Impose, LiftSanction},
    text::Words,
};

use super::{Desk, desk, told};
use crate::{
    extract::{OfSanction, OfUser},
    pages::{
        flash::Flash,
        form::Form,
        moderation::{AdminTab, LiftPage, SanctionPage, UserPage},
        visit::{Answer, Posted, Visit},
    },
};

fn may_sanction(desk: &Desk) -> bool {
    SanctionType::ALL.into_iter().any(|kind| desk.may(select::impose(kind)))
}

pub(in crate::pages::handlers) async fn show(visit: Visit, OfUser(id): OfUser) -> Answer {
    let history = visit.house.coup.sanction_history(&visit.ctx, &id).await?;
    let (frame, desk) = desk(&visit, AdminTab::People).await?;
    let is_me = desk.me == id;
    let page = UserPage {
        recommendation: told::ladder(&frame, &history.recommendation),
        history: history.sanctions.into_iter().map(|view| told::past(&frame, &desk, view)).collect(),
        quick: told::quick(&frame, &desk),
        may_sanction: !is_me && may_sanction(&desk),
        id: id.to_string(),
        frame,
    };
    Ok(page.into_response())
}

pub(in crate::pages::handlers) async fn ask_sanction(visit: Visit, OfUser(id): OfUser) -> Answer {
    dialog(&visit, &id, None).await
}

/// The dialog; again with what was typed, if that was refused.
async fn dialog(visit: &Visit, id: &UserId, typed: Option<(StatusCode, Form)>) -> Answer {
    let history = visit.house.coup.sanction_history(&visit.ctx, id).await?;
    let (frame, desk) = desk(visit, AdminTab::People).await?;
    let recommendation = history.recommendation;
    let (status, form) = typed.unwrap_or_else(|| {
        let asked = visit.query();
        let form = Form::of([("notify", "true")]);
        // A quick action names its measure; else the recommended one is chosen.
        let form = match asked.value("sanction") {
            "" => told::with_measure(form, recommendation.within_right),
            kind => form.with("sanction", kind).with("duration", asked.value("duration")),
        };
        (StatusCode::OK, form)
    });
    let page = SanctionPage {
        id: id.to_string(),
        measures: told::types(&frame, &desk, recommendation.measure, &form),
        lengths: told::lengths(&frame, &desk, &form),
        recommendation: told::ladder(&frame, &recommendation),
        form,
        frame,
    };
    Ok((status, page).into_response())
}

async fn impose(visit: &Visit, user: &UserId, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let reason = check.take(Words::parse("reason", form.value("reason")));
    let measure = check
        .take(told::chosen(form).and_then(|measure| measure.ok_or_else(|| Invalid::field("sanction", "required"))));
    check.finish()?;
    let (Some(reason), Some(measure)) = (reason, measure) else { return Ok(()) };
    let command = Impose { user: user.clone(), measure, reason, notify: form.checked("notify") };
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}

pub(in crate::pages::handlers) async fn sanction(visit: Visit, OfUser(id): OfUser, Posted(form): Posted) -> Answer {
    match impose(&visit, &id, &form).await {
        Ok(()) => Ok(visit.done(&format!("/admin/users/{id}"), Flash::Sanctioned)),
        Err(error) => {
            let refused = visit.refused(form, error)?;
            dialog(&visit, &id, Some(refused)).await
        }
    }
}

pub(in crate::pages::handlers) async fn ask_lift(visit: Visit, OfSanction(id): OfSanction) -> Answer {
    let form = visit.query();
    lifting(&visit, id, StatusCode::OK, form).await
}

/// The question before lifting: of somebody whose sanction it is.
async fn lifting(visit: &Visit, id: SanctionId, status: StatusCode, form: Form) -> Answer {
    let user: UserId = form.value("user").parse().map_err(|_| Error::NotFound)?;
    let history = visit.house.coup.sanction_history(&visit.ctx, &user).await?;
    if !history.sanctions.iter().any(|view| view.own.id == id) {
        return Err(Error::NotFound.into());
    }
    let (frame, _) = desk(visit, AdminTab::People).await?;
    let page = LiftPage { id: id.to_string(), user: user.to_string(), form, frame };
    Ok((status, page).into_response())
}

async fn try_lift(visit: &Visit, sanction: SanctionId, form: &Form) -> Result<UserId, Error> {
    let reason = Words::parse("reason", form.value("reason"))?;
    let command = LiftSanction { sanction, reason, mistaken: form.checked("mistaken") };
    Ok(visit.house.coup.run(&visit.ctx, command).await?.user_id)
}

pub(in crate::pages::handlers) async fn lift(visit: Visit, OfSanction(id): OfSanction, Posted(form): Posted) -> Answer {
    match try_lift(&visit, id, &form).await {
        Ok(user) => Ok(visit.done(&format!("/admin/users/{user}"), Flash::Lifted)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            lifting(&visit, id, status, form).await
        }
    }
}
