//! One's own sanctions, appeals and reports.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    appeal::service::CreateAppeal, error::Error, id::SanctionId, page::Limit, sanction::view::OwnSanction,
    text::AppealText,
};

use crate::{
    extract::OfSanction,
    pages::{
        flash::Flash,
        form::Form,
        frame::{Frame, Place},
        handlers::member::cursor,
        moderation::{OwnReportLine, OwnReportsPage, OwnSanctionCard, OwnSanctionsPage, words::of_sanction},
        visit::{Answer, Posted, Visit},
    },
};

fn card(frame: &Frame, own: OwnSanction, form: Form) -> OwnSanctionCard {
    let ruling = own
        .appeal
        .as_ref()
        .and_then(|appeal| appeal.decided_at.map(|_| (appeal.decided_role, appeal.words.clone().unwrap_or_default())));
    OwnSanctionCard {
        id: own.id.to_string(),
        kind: own.kind,
        words: of_sanction(frame, &own),
        reason: own.reason,
        from: own.created_at,
        until: own.expires_at,
        active: own.is_active,
        lifted: own.lifted_at.map(|at| (at, own.lift_reason.unwrap_or_default())),
        appealable_until: own.appealable_until,
        appeal: own.appeal.map(|appeal| (appeal.text, appeal.created_at, appeal.status)),
        ruling,
        form,
    }
}

pub(in crate::pages::handlers) async fn sanctions(visit: Visit) -> Answer {
    listed(&visit, None).await
}

/// The list; with what was typed about one of them, if that was refused.
async fn listed(visit: &Visit, typed: Option<(SanctionId, StatusCode, Form)>) -> Answer {
    let own = visit.house.coup.own_sanctions(&visit.ctx).await?;
    let (frame, _) = visit.signed_in(Place::Me).await?;
    let status = typed.as_ref().map_or(StatusCode::OK, |(_, status, _)| *status);
    let form = |id: SanctionId| match &typed {
        Some((about, _, form)) if *about == id => form.clone(),
        _ => Form::default(),
    };
    let form = |id: SanctionId| visit.with_key(form(id));
    let cards = own.into_iter().map(|own| {
        let form = form(own.id);
        card(&frame, own, form)
    });
    let page = OwnSanctionsPage { cards: cards.collect(), frame };
    Ok((status, page).into_response())
}

async fn try_appeal(visit: &Visit, sanction: SanctionId, form: &Form) -> Result<(), Error> {
    let text = AppealText::parse("text", form.value("text"))?;
    visit.house.coup.run(&visit.keyed(form), CreateAppeal { sanction, text }).await.map(drop)
}

pub(in crate::pages::handlers) async fn appeal(
    visit: Visit,
    OfSanction(id): OfSanction,
    Posted(form): Posted,
) -> Answer {
    match try_appeal(&visit, id, &form).await {
        Ok(()) => Ok(visit.done("/me/sanctions", Flash::Appealed)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            listed(&visit, Some((id, status, form))).await
        }
    }
}

pub(in crate::pages::handlers) async fn reports(visit: Visit) -> Answer {
    let page = visit.house.coup.own_reports(&visit.ctx, cursor(&visit.query()), Limit::DEFAULT).await?;
    let (frame, _) = visit.signed_in(Place::Me).await?;
    let (first, next) = visit.pages(&frame, page.next_cursor.as_deref());
    let lines = page.items.into_iter().map(|own| OwnReportLine {
        target_type: own.target_type,
        name: own.target_name,
        kind: own.kind,
        reason: own.reason,
        status: own.status,
        told: own.resolution,
        at: own.created_at,
    });
    let page = OwnReportsPage { lines: lines.collect(), first, next, frame };
    Ok(page.into_response())
}

/// Where an appeal was posted to: a reader who reloads it is led back.
pub(in crate::pages::handlers) async fn sanctions_again(visit: Visit) -> Answer {
    Ok(visit.to("/me/sanctions"))
}
