//! The administration: administrators and the audit log.

mod admins;
mod logs;

use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::Api;
use crate::openapi;

/// Adds all routes of the administration.
pub(super) fn with(router: OpenApiRouter<Api>) -> OpenApiRouter<Api> {
    openapi::with(openapi::with(router, admins::routes()), logs::routes())
}

type Routes<const N: usize> = [UtoipaMethodRouter<Api>; N];
