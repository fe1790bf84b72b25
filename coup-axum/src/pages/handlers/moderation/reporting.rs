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
    preference::is_local,
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
    let back = match (form.value("from"), &target) {
        (from, _) if is_local(from) => from.to_owned(),
        (_, ReportTarget::Study(study)) => format!("/studies/{study}"),
        (_, ReportTarget::User(_) | ReportTarget::Message(_)) => "/my-studies".to_owned(),
    };
    let form = visit.with_key(form);
    let page = ReportingPage { target_type: target.kind(), target_id: target.id(), back, form, frame };
    Ok((status, page).into_response())
}

async fn try_report(visit: &Visit, form: &Form) -> Result<(), Error> {
    let target = target(form)?;
    let kind = word(form, "type", ReportType::from_word)?.ok_or_else(|| Invalid::field("type", "required"))?;
    let command = CreateReport::parse(target, kind, form.value("reason"), &lines(form, "links"))?;
    visit.house.coup.run(&visit.keyed(form), command).await.map(drop)
}

pub(in crate::pages::handlers) async fn report(visit: Visit, Posted(form): Posted) -> Answer {
    match try_report(&visit, &form).await {
        Ok(()) => Ok(visit.done("/me/reports", Flash::Reported)),
        Err(error) => {
            let (status, mut form) = visit.refused(form, error)?;
            // The field's name in the API is longer.
            for error in form.errors.iter_mut().filter(|error| error.field == "evidence.links") {
                "links".clone_into(&mut error.field);
            }
            page(&visit, status, form).await
        }
    }
}

/// Where the form was posted to: a reader who reloads it is led to what they reported.
pub(in crate::pages::handlers) async fn again(visit: Visit) -> Answer {
    Ok(visit.to("/me/reports"))
}
