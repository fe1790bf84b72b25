//! Reporting something.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Error, Invalid},
    moderation::{
        model::{ReportTarget, ReportTargetType, ReportType},
        report::CreateReport,
    },
};

use super::{lines, word};
use crate::pages::{
    flash::Flash,
    form::Form,
    frame::Place,
    moderation::ReportingPage,
    visit::{Answer, Posted, Visit},
};

/// What the form is about; 404 for an address that names nothing.
fn target(form: &Form) -> Result<ReportTarget, Error> {
    let kind = ReportTargetType::from_word(form.value("targetType")).ok_or(Error::NotFound)?;
    ReportTarget::parse(kind, form.value("targetId")).map_err(|_| Error::NotFound)
}

pub(in crate::pages::handlers) async fn ask(visit: Visit) -> Answer {
    let form = visit.query();
    page(&visit, StatusCode::OK, form).await
}

async fn page(visit: &Visit, status: StatusCode, form: Form) -> Answer {
    let target = target(&form)?;
    let (frame, _) = visit.signed_in(Place::Elsewhere).await?;
    let back = match &target {
        ReportTarget::Study(study) => format!("/studies/{study}"),
        ReportTarget::User(_) | ReportTarget::Message(_) => "/my-studies".to_owned(),
    };
    let page = ReportingPage { target_type: target.kind(), target_id: target.id(), back, form, frame };
    Ok((status, page).into_response())
}

async fn try_report(visit: &Visit, form: &Form) -> Result<(), Error> {
    let target = target(form)?;
    let kind = word(form, "type", ReportType::from_word)?.ok_or_else(|| Invalid::field("type", "required"))?;
    let command = CreateReport::parse(target, kind, form.value("reason"), &lines(form, "links"))?;
    visit.house.coup.run(&visit.ctx, command).await.map(drop)
}

pub(in crate::pages::handlers) async fn report(visit: Visit, Posted(form): Posted) -> Answer {
    match try_report(&visit, &form).await {
        Ok(()) => Ok(visit.done("/me/reports", Flash::Reported)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, status, form).await
        }
    }
}

/// Where the form was posted to: a reader who reloads it is led to what they reported.
pub(in crate::pages::handlers) async fn again(visit: Visit) -> Answer {
    Ok(visit.to("/me/reports"))
}
