//! The audit log: reading and verifying it.

use axum::{http::StatusCode, response::IntoResponse as _};
use chrono_tz::Tz;
use coup_core::{
    audit::{
        entry::LogEntry,
        model::{AdminAction, AuditFilter, AuditTargetType},
    },
    error::{Check, Error, Invalid},
    page::{Limit, Page},
    policy::AdminPermission,
};
use serde_json::Value;

use super::{desk, from_day, somebody, to_day, word};
use crate::pages::{
    form::Form,
    handlers::member::cursor,
    moderation::{AdminTab, LogLine, LogPage, Verification},
    visit::{Answer, Visit},
};

const FILTERS: [&str; 6] = ["adminId", "action", "targetType", "targetId", "from", "to"];

fn filter(form: &Form, zone: Tz) -> Result<AuditFilter, Invalid> {
    let mut check = Check::default();
    let filter = AuditFilter {
        admin: check.take(somebody(form, "adminId")).flatten(),
        action: check.take(word(form, "action", AdminAction::from_word)).flatten(),
        target_type: check.take(word(form, "targetType", AuditTargetType::from_word)).flatten(),
        // Whatever identifies anything is made of the characters that people's identifiers are made of.
        target_id: check.take(somebody(form, "targetId")).flatten().map(|id| id.to_string()),
        from: check.take(from_day(form, "from", zone)).flatten(),
        to: check.take(to_day(form, "to", zone)).flatten(),
    };
    check.finish()?;
    Ok(filter)
}

fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn line(entry: LogEntry) -> LogLine {
    let before = entry.before.iter().map(|(name, old)| (format!("{name} −"), value(old)));
    let after = entry.after.iter().map(|(name, new)| (format!("{name} +"), value(new)));
    LogLine {
        seq: u64::try_from(entry.seq).unwrap_or_default(),
        at: entry.created_at,
        details: before.chain(after).collect(),
        admin: entry.admin.map(Into::into),
        role: entry.admin_role.map(|role| role.name().to_owned()).or(entry.host),
        action: entry.action,
        target: entry.target_type.zip(entry.target_id),
        reason: entry.reason,
        address: entry.ip_address,
        readable: entry.readable,
    }
}

async fn listed(visit: &Visit, form: &Form) -> Result<Page<LogEntry>, Error> {
    let filter = filter(form, visit.house.coup.settings().time_zone)?;
    visit.house.coup.audit_log(&visit.ctx, &filter, cursor(form), Limit::DEFAULT).await
}

pub(in crate::pages::handlers) async fn show(visit: Visit) -> Answer {
    let form = visit.query();
    page(&visit, form, None).await
}

async fn page(visit: &Visit, asked: Form, verification: Option<Verification>) -> Answer {
    let (status, form, page) = match listed(visit, &asked).await {
        Ok(page) => (StatusCode::OK, asked, page),
        Err(error @ Error::Invalid(_)) => {
            let (status, form) = visit.refused(asked, error)?;
            (status, form, Page { items: Vec::new(), next_cursor: None })
        }
        Err(error) => return Err(error.into()),
    };
    let (frame, desk) = desk(visit, AdminTab::Logs).await?;
    let address = |cursor: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in FILTERS.into_iter().filter(|name| !form.value(name).is_empty()) {
            query.append_pair(name, form.value(name));
        }
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        frame.href(format!("/admin/settings/logs?{}", query.finish()))
    };
    let page = LogPage {
        lines: page.items.into_iter().map(line).collect(),
        may_verify: desk.may(AdminPermission::AuditExport),
        verification,
        first: cursor(&form).map(|_| address(None)),
        next: page.next_cursor.as_deref().map(|cursor| address(Some(cursor))),
        form,
        frame,
    };
    Ok((status, page).into_response())
}

pub(in crate::pages::handlers) async fn verify(visit: Visit) -> Answer {
    let verification = match visit.house.coup.verify_audit(&visit.ctx, None).await? {
        Ok(verified) => Verification::Sound {
            entries: u64::try_from(verified.head.seq).unwrap_or_default(),
            erased: verified.erased,
        },
        Err(broken) => Verification::Broken(broken.to_string()),
    };
    page(&visit, Form::default(), Some(verification)).await
}

/// Where the form was posted to: a reader who reloads it is led back to the log.
pub(in crate::pages::handlers) async fn again(visit: Visit) -> Answer {
    Ok(visit.to("/admin/settings/logs"))
}
