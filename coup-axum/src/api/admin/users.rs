//! People as administrators see them.

use axum::{Json, extract::State};
use coup_core::user::detail::UserDetail;
use utoipa_axum::routes;

use super::Routes;
use crate::{
    api::{Answer, Api, schema},
    extract::{OfUser, Who},
};

pub(super) fn routes() -> Routes<1> {
    [routes!(show)]
}

#[utoipa::path(
    get, path = "/admin/users/{id}", operation_id = "showUser", tag = "moderation", summary = "Somebody's account, activity, reports and sanctions",
    params(("id" = String, Path, description = "who")),
    responses((status = 200, description = "all that there is", body = schema::UserDetail)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("admin:user.read")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who, OfUser(user): OfUser) -> Answer<UserDetail> {
    Ok(Json(api.coup.user_detail(&ctx, &user).await?))
}
