//! Administrators: who they are, and giving and taking their roles.

use axum::{Json, extract::State, http::StatusCode};
use coup_core::{
    admin::{
        model::AdministratorView,
        service::{GrantAdmin, RevokeAdmin},
    },
    env::Timestamp,
    error::{Check, Invalid},
    id::UserId,
    page::Page,
    policy::{AdminRole, SystemRole},
    user::model::AdminPermissions,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Routes;
use crate::{
    api::{Answer, Api, schema, studies::PageQuery},
    extract::{Asked, Input, Nothing, OfAdministrator, OfUser, Who, given, instant},
    problem::Problem,
};

pub(super) fn routes() -> Routes<3> {
    [routes!(list, grant), routes!(revoke), routes!(set_role)]
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GrantBody {
    /// Whom.
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(value_type = schema::AdminRole)]
    role: AdminRole,
    /// Until when; absent: without end.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<String>,
    /// Beyond the role, and withheld from it; absent: neither.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = schema::AdminPermissions, nullable = false, required = false)]
    permissions: Option<AdminPermissions>,
}

/// Somebody's role: `USER` ends an administrator's role, `ADMIN` gives the one in `adminRole`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UserRoleBody {
    #[schema(value_type = schema::SystemRole)]
    role: SystemRole,
    /// With `ADMIN`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = schema::AdminRole, nullable = false, required = false)]
    admin_role: Option<AdminRole>,
    /// With `ADMIN`. Until when; absent: without end.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<String>,
    /// With `ADMIN`. Beyond the role, and withheld from it; absent: neither.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = schema::AdminPermissions, nullable = false, required = false)]
    permissions: Option<AdminPermissions>,
}

impl UserRoleBody {
    /// Fields that say something about a role that is being taken.
    fn without_role(&self) -> Result<(), Invalid> {
        let given = [
            ("adminRole", self.admin_role.is_some()),
            ("expiresAt", self.expires_at.is_some()),
            ("permissions", self.permissions.is_some()),
        ];
        let mut check = Check::default();
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            check.take::<()>(Err(Invalid::field(field, "unknown_field")));
        }
        check.finish()
    }
}

/// Somebody's role as it is now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PersonRole {
    user_id: UserId,
    role: SystemRole,
    administrator: Option<AdministratorView>,
}

fn end(text: Option<&str>) -> Result<Option<Timestamp>, Invalid> {
    text.map(|text| instant("expiresAt", text)).transpose()
}

#[utoipa::path(
    get, path = "/admin/settings/admins", operation_id = "listAdministrators", tag = "administration", summary = "Administrators, those whose role has expired too",
    params(PageQuery),
    responses((status = 200, description = "a page", body = schema::AdministratorList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:admin.list")))
)]
async fn list(
    State(api): State<Api>,
    Who(ctx): Who,
    Asked(query): Asked<PageQuery>,
) -> Answer<Page<AdministratorView>> {
    Ok(Json(api.coup.administrators(&ctx, query.cursor(), query.limit()?).await?))
}

#[utoipa::path(
    post, path = "/admin/settings/admins", operation_id = "grantAdministrator", tag = "administration", summary = "Give an administrator's role, in place of the one they have",
    request_body = GrantBody,
    responses((status = 201, description = "the administrator", body = schema::Administrator)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:admin.grant")))
)]
async fn grant(
    State(api): State<Api>,
    Who(ctx): Who,
    Input(body): Input<GrantBody>,
) -> Result<(StatusCode, Json<AdministratorView>), Problem> {
    let GrantBody { user_id, role, expires_at, permissions } = body;
    let expires_at = end(expires_at.as_deref())?;
    let command = GrantAdmin { user: user_id, role, expires_at, permissions: permissions.unwrap_or_default() };
    Ok((StatusCode::CREATED, Json(api.coup.run(&ctx, command).await?)))
}

#[utoipa::path(
    delete, path = "/admin/settings/admins/{userId}", operation_id = "revokeAdministrator", tag = "administration", summary = "End an administrator's role",
    params(("userId" = String, Path, description = "whose")),
    responses((status = 204, description = "no administrator any more")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:admin.revoke")))
)]
async fn revoke(
    State(api): State<Api>,
    Who(ctx): Who,
    OfAdministrator(user): OfAdministrator,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, RevokeAdmin { user }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    patch, path = "/admin/users/{id}/role", operation_id = "setUserRole", tag = "administration", summary = "Make somebody an administrator, or no longer one",
    params(("id" = String, Path, description = "who")),
    request_body = UserRoleBody,
    responses((status = 200, description = "their role now", body = schema::PersonRole)),
    security(("signedIn" = [])), extensions(("x-permission" = json!(["admin:admin.grant", "admin:admin.revoke"])))
)]
async fn set_role(
    State(api): State<Api>,
    Who(ctx): Who,
    OfUser(user): OfUser,
    Input(body): Input<UserRoleBody>,
) -> Answer<PersonRole> {
    let administrator = match body.role {
        SystemRole::User => {
            body.without_role()?;
            api.coup.run(&ctx, RevokeAdmin { user: user.clone() }).await?;
            None
        }
        SystemRole::Admin => {
            let role = body.admin_role.ok_or_else(|| Invalid::field("adminRole", "required"))?;
            let expires_at = end(body.expires_at.as_deref())?;
            let permissions = body.permissions.unwrap_or_default();
            Some(api.coup.run(&ctx, GrantAdmin { user: user.clone(), role, expires_at, permissions }).await?)
        }
    };
    Ok(Json(PersonRole { user_id: user, role: body.role, administrator }))
}
