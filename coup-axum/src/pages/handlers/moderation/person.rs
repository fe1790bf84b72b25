//! Somebody's page: looking, imposing, lifting.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Check, Error, Invalid},
    id::{SanctionId, UserId},
    moderation::view::{Card, OwnReport},
    policy::{AdminPermission, SanctionType, SystemRole, select},
    sanction::{
        service::{Impose, LiftSanction, Unsuspend},
        view::SanctionView,
    },
    text::Words,
    user::{detail::UserDetail, model::UserStatus},
};

use super::{Desk, desk, told};
use crate::{
    extract::{OfSanction, OfUser},
    pages::{
        flash::Flash,
        form::Form,
        frame::{Frame, Person},
        moderation::{
            Account, AdminTab, LiftPage, Named as _, RelatedReport, SanctionPage, UnsuspendPage, UserPage,
            words::of_sanction,
        },
        visit::{Answer, Posted, Visit},
    },
};

/// Whether anything can be imposed on somebody, as far as the role goes.
fn may_sanction(desk: &Desk, detail: &UserDetail) -> bool {
    let may_any = SanctionType::ALL.into_iter().any(|kind| desk.may(select::impose(kind)));
    may_any && detail.history.is_below && detail.status != UserStatus::Deleted
}

/// What shuts somebody out now.
fn suspensions(detail: &UserDetail) -> impl Iterator<Item = &SanctionView> {
    let shuts_out = |kind| matches!(kind, SanctionType::Suspension | SanctionType::PermanentBan);
    detail.history.sanctions.iter().filter(move |view| view.own.is_active && shuts_out(view.own.kind))
}

/// Whether all of that can be lifted, as far as the role goes.
fn may_unsuspend(desk: &Desk, detail: &UserDetail) -> bool {
    let mut all = suspensions(detail).peekable();
    let is_any = all.peek().is_some() && detail.status != UserStatus::Deleted;
    is_any && detail.history.is_below && all.all(|view| told::may_lift(desk, view.own.kind))
}

fn person(detail: &UserDetail) -> Person {
    let name = detail.name.as_ref().map(ToString::to_string);
    Person { id: detail.id.to_string(), name, avatar: detail.avatar.clone() }
}

fn account(frame: &Frame, detail: &UserDetail) -> Account {
    let role = match (detail.role, detail.admin_role) {
        (SystemRole::User, _) => None,
        (SystemRole::Admin, None) => Some(frame.t("person-admin")),
        (SystemRole::Admin, Some(role)) => Some(frame.t(role.label())),
    };
    Account {
        person: person(detail),
        bio: detail.bio.as_ref().map(ToString::to_string),
        email: detail.email.as_ref().map(|email| email.as_str().to_owned()),
        administers: role,
        status: detail.status,
        suspended_until: detail.suspended_until,
        age: detail.age_band,
        consent: detail.guardian_consent_at,
        created: detail.created_at,
        seen: detail.last_login_at,
        studies: detail.activity.studies,
        messages: detail.activity.messages,
    }
}

fn about(card: Card) -> RelatedReport {
    RelatedReport {
        id: card.id.to_string(),
        target_type: card.case.target_type,
        name: card.case.target_name,
        kind: card.case.kind,
        status: card.case.status,
        reason: card.reason,
        at: card.case.created_at,
    }
}

fn made(report: OwnReport) -> RelatedReport {
    RelatedReport {
        id: report.id.to_string(),
        target_type: report.target_type,
        name: report.target_name,
        kind: report.kind,
        status: report.status,
        reason: report.reason,
        at: report.created_at,
    }
}

pub(in crate::pages::handlers) async fn show(visit: Visit, OfUser(id): OfUser) -> Answer {
    let detail = visit.house.coup.user_detail(&visit.ctx, &id).await?;
    let (frame, desk) = desk(&visit, AdminTab::People).await?;
    let page = UserPage {
        account: account(&frame, &detail),
        recommendation: told::ladder(&frame, &detail.history.recommendation),
        quick: told::quick(&frame, &desk),
        may_sanction: may_sanction(&desk, &detail),
        may_unsuspend: may_unsuspend(&desk, &detail),
        may_explain: desk.may(AdminPermission::AdminList),
        received: (detail.received.reports, detail.received.upheld),
        about: detail.reports_received.into_iter().map(about).collect(),
        made: detail.reports_made.into_iter().map(made).collect(),
        history: told::history(&frame, &desk, detail.history),
        frame,
    };
    Ok(page.into_response())
}

pub(in crate::pages::handlers) async fn ask_sanction(visit: Visit, OfUser(id): OfUser) -> Answer {
    dialog(&visit, &id, None).await
}

/// The dialog; again with what was typed, if that was refused.
async fn dialog(visit: &Visit, id: &UserId, typed: Option<(StatusCode, Form)>) -> Answer {
    let detail = visit.house.coup.user_detail(&visit.ctx, id).await?;
    let (frame, desk) = desk(visit, AdminTab::People).await?;
    let recommendation = detail.history.recommendation;
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
        person: person(&detail),
        measures: told::types(&frame, &desk, recommendation.measure, &form),
        lengths: told::lengths(&frame, &desk, &form),
        recommendation: told::ladder(&frame, &recommendation),
        form: visit.with_key(form),
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
    visit.house.coup.run(&visit.keyed(form), command).await.map(drop)
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

pub(in crate::pages::handlers) async fn ask_unsuspend(visit: Visit, OfUser(id): OfUser) -> Answer {
    unsuspending(&visit, &id, StatusCode::OK, Form::default()).await
}

async fn unsuspending(visit: &Visit, id: &UserId, status: StatusCode, form: Form) -> Answer {
    let detail = visit.house.coup.user_detail(&visit.ctx, id).await?;
    let (frame, _) = desk(visit, AdminTab::People).await?;
    let what: Vec<String> = suspensions(&detail).map(|view| of_sanction(&frame, &view.own)).collect();
    if what.is_empty() && status == StatusCode::OK {
        return Ok(visit.to(&format!("/admin/users/{id}")));
    }
    let page = UnsuspendPage { person: person(&detail), what, form: visit.with_key(form), frame };
    Ok((status, page).into_response())
}

async fn try_unsuspend(visit: &Visit, user: &UserId, form: &Form) -> Result<(), Error> {
    let reason = Words::parse("reason", form.value("reason"))?;
    visit.house.coup.run(&visit.keyed(form), Unsuspend { user: user.clone(), reason }).await.map(drop)
}

pub(in crate::pages::handlers) async fn unsuspend(visit: Visit, OfUser(id): OfUser, Posted(form): Posted) -> Answer {
    match try_unsuspend(&visit, &id, &form).await {
        Ok(()) => Ok(visit.done(&format!("/admin/users/{id}"), Flash::Unsuspended)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            unsuspending(&visit, &id, status, form).await
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
    let detail = visit.house.coup.user_detail(&visit.ctx, &user).await?;
    let view = detail.history.sanctions.iter().find(|view| view.own.id == id).ok_or(Error::NotFound)?;
    let (frame, _) = desk(visit, AdminTab::People).await?;
    let what = of_sanction(&frame, &view.own);
    let page = LiftPage { id: id.to_string(), what, person: person(&detail), form: visit.with_key(form), frame };
    Ok((status, page).into_response())
}

async fn try_lift(visit: &Visit, sanction: SanctionId, form: &Form) -> Result<UserId, Error> {
    let reason = Words::parse("reason", form.value("reason"))?;
    let command = LiftSanction { sanction, reason, mistaken: form.checked("mistaken") };
    Ok(visit.house.coup.run(&visit.keyed(form), command).await?.user_id)
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
