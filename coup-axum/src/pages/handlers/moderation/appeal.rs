//! Appeals: the list, and deciding one.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    appeal::{
        model::AppealStatus,
        rules::Ruling,
        service::{AppealView, DecideAppeal},
    },
    error::{Check, Error, Invalid},
    id::AppealId,
    page::{Limit, Page},
    sanction::model::{Length, Measure},
    text::Words,
};

use super::{desk, told, word};
use crate::{
    extract::OfAppeal,
    pages::{
        flash::Flash,
        form::Form,
        frame::Frame,
        handlers::member::cursor,
        moderation::{AdminTab, AppealCard, AppealPage, AppealsPage, words::measure},
        visit::{Answer, Posted, Visit},
    },
};

fn card(frame: &Frame, view: &AppealView) -> AppealCard {
    let days = view.against_duration.and_then(|length| match length {
        Length::Days(days) => Some(days.get()),
        Length::Permanent => None,
    });
    AppealCard {
        id: view.own.id.to_string(),
        who: view.appellant.clone().map(Into::into),
        against: measure(frame, view.against, days),
        reason: view.sanction.own.reason.clone(),
        text: view.own.text.clone(),
        status: view.own.status,
        at: view.own.created_at,
    }
}

async fn listed(visit: &Visit, form: &Form) -> Result<Page<AppealView>, Error> {
    let status = word(form, "status", AppealStatus::from_word)?;
    visit.house.coup.appeals(&visit.ctx, status, cursor(form), Limit::DEFAULT).await
}

pub(in crate::pages::handlers) async fn list(visit: Visit) -> Answer {
    // Who asks for nothing is shown what waits.
    let waiting = || Form::of([("status", AppealStatus::Pending.as_str())]);
    let asked = if visit.asks() { visit.query() } else { waiting() };
    let (status, form, page) = match listed(&visit, &asked).await {
        Ok(page) => (StatusCode::OK, asked, page),
        Err(error @ Error::Invalid(_)) => {
            let (status, form) = visit.refused(asked, error)?;
            (status, form, Page { items: Vec::new(), next_cursor: None })
        }
        Err(error) => return Err(error.into()),
    };
    let (frame, _) = desk(&visit, AdminTab::Appeals).await?;
    let address = |cursor: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let pairs = [("status", Some(form.value("status"))), ("cursor", cursor)];
        for (name, value) in pairs {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(name, value);
            }
        }
        frame.href(format!("/admin/appeals?{}", query.finish()))
    };
    let page = AppealsPage {
        cards: page.items.iter().map(|view| card(&frame, view)).collect(),
        first: cursor(&form).map(|_| address(None)),
        next: page.next_cursor.as_deref().map(|cursor| address(Some(cursor))),
        form,
        frame,
    };
    Ok((status, page).into_response())
}

pub(in crate::pages::handlers) async fn show(visit: Visit, OfAppeal(id): OfAppeal) -> Answer {
    page(&visit, id, StatusCode::OK, Form::default()).await
}

async fn page(visit: &Visit, id: AppealId, status: StatusCode, form: Form) -> Answer {
    let view = visit.house.coup.appeal(&visit.ctx, id).await?;
    let (frame, _) = desk(visit, AdminTab::Appeals).await?;
    let against = Measure::new(view.against, view.against_duration);
    let page = AppealPage {
        card: card(&frame, &view),
        milder: against.map(|against| told::milder(&frame, against)).unwrap_or_default(),
        user: view.user_id.to_string(),
        report: view.sanction.related_report_id.map(|report| report.to_string()),
        from: view.sanction.own.created_at,
        until: view.sanction.own.expires_at,
        by: told::name(&frame, view.sanction.admin),
        decider: told::name(&frame, view.decider),
        decided: view.own.decided_at.map(|at| (at, view.own.words.unwrap_or_default())),
        form: visit.with_key(form),
        frame,
    };
    Ok((status, page).into_response())
}

/// What it is reduced to: a type, and after a colon its length.
fn reduced(form: &Form) -> Result<Measure, Invalid> {
    let required = || Invalid::field("sanction", "required");
    let (kind, length) = form.value("sanction").split_once(':').ok_or_else(required)?;
    let kind = kind.parse().map_err(|_| Invalid::field("sanction", "unknown_value"))?;
    let length = if length.is_empty() { None } else { Some(Length::parse("sanction", length)?) };
    Measure::new(kind, length)
}

fn ruling(form: &Form) -> Result<Ruling, Invalid> {
    match form.value("decision") {
        "" => Err(Invalid::field("decision", "required")),
        "UPHOLD" => Ok(Ruling::Uphold),
        "REDUCE" => reduced(form).map(Ruling::Reduce),
        "OVERTURN" => Ok(Ruling::Overturn),
        _ => Err(Invalid::field("decision", "unknown_value")),
    }
}

async fn try_decide(visit: &Visit, appeal: AppealId, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let ruling = check.take(ruling(form));
    let words = check.take(Words::parse("words", form.value("words")));
    check.finish()?;
    let (Some(ruling), Some(words)) = (ruling, words) else { return Ok(()) };
    visit.house.coup.run(&visit.keyed(form), DecideAppeal { appeal, ruling, words }).await.map(drop)
}

pub(in crate::pages::handlers) async fn decide(visit: Visit, OfAppeal(id): OfAppeal, Posted(form): Posted) -> Answer {
    match try_decide(&visit, id, &form).await {
        Ok(()) => Ok(visit.done(&format!("/admin/appeals/{id}"), Flash::AppealDecided)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(&visit, id, status, form).await
        }
    }
}

/// Where a form was posted to: a reader who reloads it is led back.
pub(in crate::pages::handlers) async fn show_again(visit: Visit, OfAppeal(id): OfAppeal) -> Answer {
    Ok(visit.to(&format!("/admin/appeals/{id}")))
}
