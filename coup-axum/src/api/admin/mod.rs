//! The administration: moderation, administrators and the audit log.

mod admins;
mod appeals;
mod content;
mod logs;
mod reports;
mod sanctions;
mod settings;
mod users;

use coup_core::policy::SanctionType;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{Api, schema};
use crate::openapi;

/// Adds all routes of the administration.
pub(super) fn with(router: OpenApiRouter<Api>) -> OpenApiRouter<Api> {
    let router = openapi::with(openapi::with(router, reports::routes()), sanctions::routes());
    let router = openapi::with(openapi::with(router, appeals::routes()), content::routes());
    let router = openapi::with(router, users::routes());
    let router = openapi::with(router, settings::routes());
    openapi::with(openapi::with(router, admins::routes()), logs::routes())
}

type Routes<const N: usize> = [UtoipaMethodRouter<Api>; N];

/// What is imposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MeasureBody {
    #[serde(rename = "type")]
    #[schema(value_type = schema::SanctionType)]
    kind: SanctionType,
    /// `1d` to `30d` where the type has a length; `permanent`, or nothing, with `PERMANENT_BAN`; nothing with `WARNING`.
    #[serde(default, deserialize_with = "crate::extract::given")]
    #[schema(value_type = String, nullable = false, required = false)]
    duration: Option<String>,
}
