//! Settings: reading and changing them.

use std::fmt;

use axum::{Json, extract::State};
use coup_core::{
    error::{Check, Invalid},
    settings::{key::SettingKey, model::SettingsView, service::UpdateSettings},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;
use utoipa_axum::routes;

use super::Routes;
use crate::{
    api::{Answer, Api, schema},
    extract::{Input, Who},
};

pub(super) fn routes() -> Routes<1> {
    [routes!(show, update)]
}

/// What is to be changed, as it was written: fields in their order, also those that come twice.
struct Changed(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Changed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Changed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Changed, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Changed(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl Changed {
    fn command(self) -> Result<UpdateSettings, Invalid> {
        let (mut check, mut command) = (Check::default(), UpdateSettings::default());
        for (field, value) in self.0 {
            let twice = if field == "version" {
                let version = value.as_i64().ok_or_else(|| Invalid::field("version", "wrong_type"));
                check.take(version).is_some_and(|version| command.version.replace(version).is_some())
            } else {
                let key = SettingKey::from_word(&field).ok_or_else(|| Invalid::field(&field, "unknown_field"));
                check.take(key).is_some_and(|key| command.patch.insert(key, value).is_some())
            };
            if twice {
                check.take::<()>(Err(Invalid::field(field, "duplicate_field")));
            }
        }
        check.finish()?;
        Ok(command)
    }
}

#[utoipa::path(
    get, path = "/admin/settings", operation_id = "showSettings", tag = "administration", summary = "All settings, with what they may be and who changed them",
    responses((status = 200, description = "the settings", body = schema::Settings)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:settings.read")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who) -> Answer<SettingsView> {
    Ok(Json(api.coup.all_settings(&ctx).await?))
}

#[utoipa::path(
    patch, path = "/admin/settings", operation_id = "updateSettings", tag = "administration", summary = "Change settings: all that are named, or none. In force on every server within a second",
    request_body = schema::SettingsChange,
    responses((status = 200, description = "the settings", body = schema::Settings)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:settings.update")))
)]
async fn update(State(api): State<Api>, Who(ctx): Who, Input(changed): Input<Changed>) -> Answer<SettingsView> {
    Ok(Json(api.coup.run(&ctx, changed.command()?).await?))
}
