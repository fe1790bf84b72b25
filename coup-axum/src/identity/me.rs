//! `/me`: one's own account and profile.

use axum::{Extension, Json, extract::State, http::StatusCode};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use coup_core::{
    error::Check,
    text::{Bio, PersonName},
    user::{
        deletion::DeleteAccount,
        service::{Locale, Me, UpdateProfile},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use crate::{
    api::{
        Answer, Api,
        schema::{AdminRole, SystemRole},
    },
    extract::{Input, Nothing, Who, given},
    problem::Problem,
};

use super::SessionCookie;

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 1] {
    [routes!(show, edit, delete)]
}

/// One's own account.
#[derive(ToSchema)]
#[schema(as = Me, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
pub(super) struct MeBody {
    id: String,
    /// `null` for hosts' users.
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    name: Option<String>,
    /// Address of a picture.
    #[schema(required)]
    avatar: Option<String>,
    #[schema(required)]
    bio: Option<String>,
    #[schema(inline)]
    role: SystemRole,
    #[schema(required)]
    admin_role: Option<AdminRole>,
    /// Whether signing in asks for a code.
    has_second_factor: bool,
    /// Whether one administers once one has set up a second factor; until then `adminRole` is `null`.
    second_factor_required: bool,
    #[schema(inline)]
    status: UserStatus,
    /// `ko` or `en`, if they chose.
    #[schema(required)]
    locale: Option<String>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    last_login_at: Option<DateTime<Utc>>,
}

/// Whether an account is in use.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
enum UserStatus {
    Active,
    Suspended,
    Deleted,
}

/// A language of the interface.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
enum Language {
    Ko,
    En,
}

/// What of one's profile to change. Absent: stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent stays, null takes away")]
struct ProfileEdit {
    #[serde(deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 50)]
    name: Option<String>,
    /// Empty or `null` takes it away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    bio: Option<Option<String>>,
    /// `null` forgets the choice.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Language>, inline)]
    locale: Option<Option<Locale>>,
}

#[utoipa::path(
    get, path = "/me", operation_id = "getMe", tag = "identity", summary = "One's own account",
    responses((status = 200, description = "the account", body = MeBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who) -> Answer<Me> {
    Ok(Json(api.coup.me(&ctx).await?))
}

#[utoipa::path(
    patch, path = "/me", operation_id = "editMe", tag = "identity", summary = "Change one's profile",
    request_body = ProfileEdit,
    responses((status = 200, description = "the account", body = MeBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn edit(State(api): State<Api>, Who(ctx): Who, Input(body): Input<ProfileEdit>) -> Answer<Me> {
    let mut check = Check::default();
    let command = UpdateProfile {
        name: body.name.and_then(|text| check.take(PersonName::parse("name", &text))),
        bio: body.bio.and_then(|text| check.take(Bio::parse("bio", &text.unwrap_or_default()))),
        locale: body.locale,
    };
    check.finish()?;
    Ok(Json(api.coup.run(&ctx, command).await?))
}

#[utoipa::path(
    delete, path = "/me", operation_id = "deleteMe", tag = "identity", summary = "Delete one's account",
    description = "At once and for ever: personal data are erased, all sessions end, one leaves all studies. What one wrote stays under \"deleted user\". It asks for a fresh confirmation (403 `confirmation_required`). Open studies of which one is the OWNER are handed over or closed before (409 `owns_studies`, with `studies`); the last SUPER_ADMIN without an end stays (409 `last_super_admin`).",
    responses((status = 204, description = "deleted; takes the cookie away")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:account.delete")))
)]
async fn delete(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> Result<(CookieJar, StatusCode), Problem> {
    api.coup.run(&ctx, DeleteAccount).await?;
    Ok((CookieJar::new().add(cookie.clear()), StatusCode::NO_CONTENT))
}
