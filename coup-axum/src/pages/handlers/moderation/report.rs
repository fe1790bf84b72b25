//! A report, and what is done about it.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Check, Error, Invalid},
    id::ReportId,
    moderation::{
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, CaseStatus},
        report::parse_links,
        service::{AddToReport, AssignReport, HandUpReport, ReleaseReport},
        view::ReportDetail,
    },
    page::Limit,
    policy::{AdminPermission, select},
    text::{Note, Words},
};

use super::{Desk, desk, lines, somebody, to_day, told};
use crate::{
    extract::OfReport,
    pages::{
        flash::Flash,
        form::{Choice, Form},
        frame::Frame,
        moderation::{AdminTab, DecisionPage, GivePage, ReportActions, ReportPage},
        visit::{Answer, Posted, Visit},
    },
};

pub(in crate::pages::handlers) async fn show(visit: Visit, OfReport(id): OfReport) -> Answer {
    page(&visit, id, StatusCode::OK, Form::default()).await
}

fn actions(desk: &Desk, detail: &ReportDetail) -> ReportActions {
    let case = &detail.case;
    if case.status.is_closed() {
        return ReportActions::default();
    }
    let may_assign = desk.may(AdminPermission::ReportAssign);
    let is_mine = case.assigned_to.as_ref() == Some(&desk.me);
    ReportActions {
        take: may_assign && !is_mine,
        give: may_assign && desk.may(AdminPermission::AdminList),
        release: may_assign && is_mine,
        hand_up: may_assign,
        decide: told::may_decide(desk, case),
    }
}

/// Whether what the ladder recommends is beyond the asker's right.
fn is_beyond(desk: &Desk, detail: &ReportDetail) -> bool {
    let recommended = detail.history.as_ref().map(|history| history.recommendation.measure.kind());
    recommended.is_some_and(|kind| !desk.may(select::impose(kind)))
}

async fn page(visit: &Visit, id: ReportId, status: StatusCode, form: Form) -> Answer {
    let detail = visit.house.coup.report(&visit.ctx, id).await?;
    let (frame, desk) = desk(visit, AdminTab::Reports).await?;
    let (notes, evidence): (Vec<_>, Vec<_>) = {
        let entries = detail.entries.iter().cloned();
        entries.partition(|entry| entry.kind == CaseEntryType::Note)
    };
    let recommendation = detail.history.as_ref().map(|history| &history.recommendation);
    let page = ReportPage {
        id: id.to_string(),
        may: actions(&desk, &detail),
        beyond_right: is_beyond(&desk, &detail),
        recommendation: recommendation.map(|recommendation| told::ladder(&frame, recommendation)),
        holder: told::holder(&desk, &detail.case).map(|who| (who, detail.case.lease_until)),
        decider: told::name(&frame, detail.case.decider),
        target_type: detail.case.target_type,
        target_id: detail.case.target_id,
        target_name: detail.case.target_name,
        kind: detail.case.kind,
        priority: detail.case.priority,
        status: detail.case.status,
        created: detail.case.created_at,
        held_until: detail.case.held_until,
        escalated_to: detail.case.escalated_to,
        decided: detail.case.processed_at.map(|at| (at, detail.case.resolution.unwrap_or_default())),
        reports: detail.reports.into_iter().map(told::report).collect(),
        evidence: evidence.into_iter().map(told::entry).collect(),
        notes: notes.into_iter().map(told::entry).collect(),
        offender: detail.case.offender.map(Into::into),
        received: (detail.received.reports, detail.received.upheld),
        history: detail.history.map(|history| told::history(&frame, &desk, history)).unwrap_or_default(),
        has_part: detail.has_part,
        may_read_around: desk.may(AdminPermission::ContentRead),
        form: visit.with_key(form),
        frame,
    };
    Ok((status, page).into_response())
}

/// On to the report's page, or back to it with what stood in the way.
async fn done(visit: &Visit, id: ReportId, form: Form, result: Result<(), Error>, flash: Flash) -> Answer {
    match result {
        Ok(()) => Ok(visit.done(&format!("/admin/reports/{id}"), flash)),
        Err(error) => {
            let (status, form) = visit.refused(form, error)?;
            page(visit, id, status, form).await
        }
    }
}

/// A note, if there is one.
fn note(form: &Form) -> Result<Option<Note>, Invalid> {
    match form.value("note").trim() {
        "" => Ok(None),
        text => Note::parse("note", text).map(Some),
    }
}

pub(in crate::pages::handlers) async fn ask_give(visit: Visit, OfReport(id): OfReport) -> Answer {
    give(&visit, id, StatusCode::OK, Form::default()).await
}

async fn give(visit: &Visit, id: ReportId, status: StatusCode, form: Form) -> Answer {
    let all = visit.house.coup.administrators(&visit.ctx, None, Limit::MAX).await?;
    let (frame, desk) = desk(visit, AdminTab::Reports).await?;
    let others = all.items.into_iter().filter(|one| !one.expired && one.user.id != desk.me);
    let administrators = others.map(|one| {
        let person = crate::pages::frame::Person::from(one.user);
        Choice::new(person.id.clone(), person.shown(&frame))
    });
    let page = GivePage { id: id.to_string(), administrators: administrators.collect(), form, frame };
    Ok((status, page).into_response())
}

pub(in crate::pages::handlers) async fn assign(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    let admin = match somebody(&form, "adminId") {
        Ok(admin) => admin,
        Err(invalid) => {
            let (status, form) = visit.refused(form, invalid.into())?;
            return give(&visit, id, status, form).await;
        }
    };
    let is_given = admin.is_some();
    match visit.house.coup.run(&visit.ctx, AssignReport { report: id, admin }).await {
        Err(error @ Error::Invalid(_)) if is_given => {
            let (status, form) = visit.refused(form, error)?;
            give(&visit, id, status, form).await
        }
        result => {
            let flash = if is_given { Flash::CaseGiven } else { Flash::CaseTaken };
            done(&visit, id, form, result.map(drop), flash).await
        }
    }
}

pub(in crate::pages::handlers) async fn release(visit: Visit, OfReport(id): OfReport) -> Answer {
    let result = visit.house.coup.run(&visit.ctx, ReleaseReport { report: id }).await;
    done(&visit, id, Form::default(), result.map(drop), Flash::CaseReleased).await
}

pub(in crate::pages::handlers) async fn hand_up(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    let result = async {
        let note = note(&form)?;
        visit.house.coup.run(&visit.ctx, HandUpReport { report: id, note }).await.map(drop)
    };
    let result = result.await;
    done(&visit, id, form, result, Flash::CaseHandedUp).await
}

async fn add(visit: &Visit, id: ReportId, kind: CaseEntryType, form: &Form) -> Result<(), Error> {
    let mut check = Check::default();
    let text = check.take(Note::parse("text", form.value("text")));
    let links = check.take(parse_links("links", &lines(form, "links")));
    check.finish()?;
    let (Some(text), Some(links)) = (text, links) else { return Ok(()) };
    visit.house.coup.run(&visit.keyed(form), AddToReport { report: id, kind, text, links }).await.map(drop)
}

pub(in crate::pages::handlers) async fn evidence(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    let result = add(&visit, id, CaseEntryType::Evidence, &form).await;
    done(&visit, id, form, result, Flash::CaseAdded).await
}

pub(in crate::pages::handlers) async fn add_note(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    let result = add(&visit, id, CaseEntryType::Note, &form).await;
    done(&visit, id, form, result, Flash::CaseAdded).await
}

pub(in crate::pages::handlers) async fn hold(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    let result = async {
        let mut check = Check::default();
        let until = check.take(to_day(&form, "until", visit.house.coup.settings().time_zone)).flatten();
        let note = check.take(note(&form)).flatten();
        check.finish()?;
        let decision = Decision::Hold { until };
        visit.house.coup.run(&visit.keyed(&form), ProcessReport { report: id, decision, note }).await.map(drop)
    };
    let result = result.await;
    done(&visit, id, form, result, Flash::CaseHeld).await
}

pub(in crate::pages::handlers) async fn ask_approve(visit: Visit, OfReport(id): OfReport) -> Answer {
    decision(&visit, id, true, None).await
}

pub(in crate::pages::handlers) async fn ask_reject(visit: Visit, OfReport(id): OfReport) -> Answer {
    decision(&visit, id, false, None).await
}

/// The question before a decision; again with what was typed, if that was refused.
async fn decision(visit: &Visit, id: ReportId, approve: bool, typed: Option<(StatusCode, Form)>) -> Answer {
    let detail = visit.house.coup.report(&visit.ctx, id).await?;
    let (frame, desk) = desk(visit, AdminTab::Reports).await?;
    let recommendation = detail.history.as_ref().filter(|_| approve).map(|history| history.recommendation);
    let (status, form) = typed.unwrap_or_else(|| {
        let form = Form::of([("notify", "true")]);
        let within = recommendation.and_then(|recommendation| recommendation.within_right);
        (StatusCode::OK, told::with_measure(form, within))
    });
    if detail.case.status.is_closed() && status == StatusCode::OK {
        return Ok(visit.to(&format!("/admin/reports/{id}")));
    }
    let page = DecisionPage {
        id: id.to_string(),
        name: named(&frame, &detail),
        approve,
        measures: recommendation
            .map(|recommendation| told::types(&frame, &desk, recommendation.measure, &form))
            .unwrap_or_default(),
        lengths: told::lengths(&frame, &desk, &form),
        next: recommendation.map(|recommendation| told::ladder(&frame, &recommendation).2),
        beyond_right: approve && is_beyond(&desk, &detail),
        has_part: detail.has_part,
        form: visit.with_key(form),
        frame,
    };
    Ok((status, page).into_response())
}

fn named(frame: &Frame, detail: &ReportDetail) -> String {
    use crate::pages::moderation::Named as _;
    let kind = frame.t(detail.case.target_type.label());
    let name = detail.case.target_name.clone().unwrap_or_else(|| frame.t("person-gone"));
    format!("{kind} · {name}")
}

async fn decide(visit: &Visit, id: ReportId, approve: bool, form: &Form) -> Result<CaseStatus, Error> {
    let mut check = Check::default();
    let words = check.take(Words::parse("resolution", form.value("resolution")));
    let note = check.take(note(form)).flatten();
    let measure = if approve { check.take(told::chosen(form)).flatten() } else { None };
    check.finish()?;
    let words = words.ok_or_else(|| Invalid::field("resolution", "required"))?;
    let notify = form.checked("notify");
    let decision = if approve { Decision::Approve { words, measure, notify } } else { Decision::Reject { words } };
    Ok(visit.house.coup.run(&visit.keyed(form), ProcessReport { report: id, decision, note }).await?.status)
}

async fn decided(visit: &Visit, id: ReportId, approve: bool, form: Form) -> Answer {
    match decide(visit, id, approve, &form).await {
        Ok(_) => {
            let flash = if approve { Flash::CaseApproved } else { Flash::CaseRejected };
            Ok(visit.done(&format!("/admin/reports/{id}"), flash))
        }
        Err(error) => {
            let refused = visit.refused(form, error)?;
            decision(visit, id, approve, Some(refused)).await
        }
    }
}

pub(in crate::pages::handlers) async fn approve(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    decided(&visit, id, true, form).await
}

pub(in crate::pages::handlers) async fn reject(visit: Visit, OfReport(id): OfReport, Posted(form): Posted) -> Answer {
    decided(&visit, id, false, form).await
}

/// Where a form was posted to: a reader who reloads it is led back.
pub(in crate::pages::handlers) async fn show_again(visit: Visit, OfReport(id): OfReport) -> Answer {
    Ok(visit.to(&format!("/admin/reports/{id}")))
}
