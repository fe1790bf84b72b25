//! Settings.

use axum::{http::StatusCode, response::IntoResponse as _};
use coup_core::{
    error::{Check, Error, Invalid},
    settings::{
        key::{Kind, SettingKey},
        model::SettingsView,
        rules::Patch,
        service::UpdateSettings,
    },
};
use serde_json::Value;

use super::desk;
use crate::pages::{
    flash::Flash,
    form::Form,
    moderation::{AdminTab, SettingsPage},
    visit::{Answer, Posted, Visit},
};

/// A value as it stands in its field.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// What was typed, as a value; a whole form was sent, so that a box that is absent is not ticked.
fn typed(form: &Form, key: SettingKey) -> Result<Value, Invalid> {
    let field = key.as_str();
    let text = form.value(field).trim();
    match key.kind() {
        Kind::Toggle => Ok(form.checked(field).into()),
        Kind::Number { optional: true, .. } if text.is_empty() => Ok(Value::Null),
        Kind::Number { .. } if text.is_empty() => Err(Invalid::field(field, "required")),
        Kind::Number { .. } => text.parse::<i64>().map(Value::from).map_err(|_| Invalid::field(field, "wrong_type")),
        Kind::Text { .. } | Kind::TimeZone => Ok(text.into()),
        Kind::Rules => serde_json::from_str(text).map_err(|_| Invalid::field(field, "not_rules")),
    }
}

pub(in crate::pages::handlers) async fn show(visit: Visit) -> Answer {
    page(&visit, None).await
}

async fn page(visit: &Visit, refused: Option<(StatusCode, Form)>) -> Answer {
    let settings: SettingsView = visit.house.coup.all_settings(&visit.ctx).await?;
    let (frame, _) = desk(visit, AdminTab::Settings).await?;
    let (status, form) = refused.unwrap_or_else(|| {
        let values = settings.items.iter().map(|item| (item.key.as_str(), shown(&item.value)));
        (StatusCode::OK, Form::of(values).with("version", settings.version.to_string()))
    });
    let form = visit.with_key(form);
    Ok((status, SettingsPage { frame, form, settings }).into_response())
}

async fn try_save(visit: &Visit, form: &Form) -> Result<(), Error> {
    let (mut check, mut patch) = (Check::default(), Patch::new());
    for key in SettingKey::ALL {
        if let Some(value) = check.take(typed(form, *key)) {
            patch.insert(*key, value);
        }
    }
    check.finish()?;
    let version = form.value("version").parse().map_err(|_| Invalid::field("version", "wrong_type"))?;
    visit.house.coup.run(&visit.keyed(form), UpdateSettings { patch, version: Some(version) }).await.map(drop)
}

pub(in crate::pages::handlers) async fn save(visit: Visit, Posted(form): Posted) -> Answer {
    match try_save(&visit, &form).await {
        Ok(()) => Ok(visit.done("/admin/settings", Flash::Saved)),
        Err(error) => {
            let (status, mut form) = visit.refused(form, error)?;
            // In the order in which they stand on the page, so that the summary reads as it does.
            form.errors.sort_by_key(|error| SettingKey::ALL.iter().position(|key| key.as_str() == error.field));
            page(&visit, Some((status, form))).await
        }
    }
}
