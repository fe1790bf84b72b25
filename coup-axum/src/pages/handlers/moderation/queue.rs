//! The queue, and reported messages.

use axum::{http::StatusCode, response::IntoResponse as _};
use chrono_tz::Tz;
use coup_core::{
    error::{Check, Error, Invalid},
    moderation::{
        model::{CaseFilter, CaseStatus, Priority, ReportTargetType, ReportType},
        view::Card,
    },
    page::{Limit, Page},
};

use super::{Desk, desk, from_day, somebody, to_day, told, word};
use crate::pages::{
    form::Form,
    handlers::member::cursor,
    moderation::{AdminTab, ReportCard, ReportFilters, ReportsPage},
    visit::{Answer, Visit},
};

fn filter(form: &Form, zone: Tz) -> Result<CaseFilter, Invalid> {
    let mut check = Check::default();
    let filter = CaseFilter {
        status: check.take(word(form, "status", CaseStatus::from_word)).flatten(),
        priority: check.take(word(form, "priority", Priority::from_word)).flatten(),
        kind: check.take(word(form, "type", ReportType::from_word)).flatten(),
        target_type: check.take(word(form, "targetType", ReportTargetType::from_word)).flatten(),
        assigned_to: check.take(somebody(form, "assignedTo")).flatten(),
        date_from: check.take(from_day(form, "dateFrom", zone)).flatten(),
        date_to: check.take(to_day(form, "dateTo", zone)).flatten(),
    };
    check.finish()?;
    Ok(filter)
}

fn card(desk: &Desk, card: Card) -> ReportCard {
    ReportCard {
        id: card.id.to_string(),
        may_decide: told::may_decide(desk, &card.case),
        holder: told::holder(desk, &card.case),
        target_type: card.case.target_type,
        target_id: card.case.target_id,
        target_name: card.case.target_name,
        kind: card.case.kind,
        priority: card.case.priority,
        status: card.case.status,
        reports: card.case.reports,
        reason: card.reason,
        held_until: card.case.held_until,
        created: card.case.created_at,
    }
}

async fn listed(visit: &Visit, form: &Form, only_messages: bool) -> Result<Page<Card>, Error> {
    let filter = filter(form, visit.house.coup.settings().time_zone)?;
    let target_type = if only_messages { Some(ReportTargetType::Message) } else { filter.target_type };
    visit
        .house
        .coup
        .reports(&visit.ctx, &CaseFilter { target_type, ..filter }, cursor(&visit.query()), Limit::DEFAULT)
        .await
}

async fn list(visit: Visit, only_messages: bool) -> Answer {
    let asked = if only_messages || visit.asks() { visit.query() } else { ReportFilters::waiting().form };
    let (status, form, page) = match listed(&visit, &asked, only_messages).await {
        Ok(page) => (StatusCode::OK, asked, page),
        Err(error @ Error::Invalid(_)) => {
            let (status, form) = visit.refused(asked, error)?;
            (status, form, Page { items: Vec::new(), next_cursor: None })
        }
        Err(error) => return Err(error.into()),
    };
    let tab = if only_messages { AdminTab::Messages } else { AdminTab::Reports };
    let (frame, desk) = desk(&visit, tab).await?;
    let path = if only_messages { "/admin/moderation/messages" } else { "/admin/reports" };
    let filters = ReportFilters { form };
    let page = ReportsPage {
        cards: page.items.into_iter().map(|row| card(&desk, row)).collect(),
        only_messages,
        me: desk.me.to_string(),
        first: cursor(&visit.query()).map(|_| filters.at(&frame, path, None)),
        next: page.next_cursor.as_deref().map(|cursor| filters.at(&frame, path, Some(cursor))),
        filters,
        frame,
    };
    Ok((status, page).into_response())
}

pub(in crate::pages::handlers) async fn reports(visit: Visit) -> Answer {
    list(visit, false).await
}

pub(in crate::pages::handlers) async fn messages(visit: Visit) -> Answer {
    list(visit, true).await
}
