//! `/auth/totp`: one's own second factor.

use axum::{Extension, Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use coup_core::second_factor::{
    model::{RecoveryCodes, SecondFactorView},
    service::{BeginSecondFactor, ConfirmSecondFactor, NewRecoveryCodes, TurnOffSecondFactor},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{SessionCookie, SetCookies};
use crate::{
    api::{Answer, Api},
    extract::{Input, Nothing, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 3] {
    [routes!(show, begin, turn_off), routes!(confirm), routes!(new_codes)]
}

/// One's own second factor.
#[derive(ToSchema)]
#[schema(as = SecondFactor, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
struct SecondFactorBody {
    /// Since when signing in asks for a code; `null`: it does not.
    #[schema(required)]
    on_since: Option<DateTime<Utc>>,
    recovery_codes_left: u32,
    /// Whether one's role asks for it, so that it cannot be turned off.
    is_required: bool,
}

/// What an authenticator app is told.
#[derive(Serialize, ToSchema)]
struct SetupBody {
    /// In Base32, to be typed.
    secret: String,
    /// The same with all that belongs to it: `otpauth://totp/…`, as a QR code shows it.
    address: String,
}

/// A code of the app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmTotpBody {
    code: String,
}

/// What lets its owner in who has lost the app: each once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RecoveryBody {
    recovery_codes: Vec<String>,
}

impl From<&RecoveryCodes> for RecoveryBody {
    fn from(codes: &RecoveryCodes) -> Self {
        Self { recovery_codes: codes.expose().map(str::to_owned).collect() }
    }
}

#[utoipa::path(
    get, path = "/auth/totp", operation_id = "getSecondFactor", tag = "identity", summary = "One's own second factor",
    responses((status = 200, description = "whether there is one", body = SecondFactorBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn show(State(api): State<Api>, Who(ctx): Who) -> Answer<SecondFactorView> {
    Ok(Json(api.coup.second_factor(&ctx).await?))
}

#[utoipa::path(
    post, path = "/auth/totp", operation_id = "beginSecondFactor", tag = "identity", summary = "Begin to set up a second factor",
    description = "Asks to be confirmed lately (403 `confirmation_required`). Nothing is asked for before a code is confirmed; asked \
        again, it is another secret.",
    responses((status = 201, description = "the secret for the app", body = SetupBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn begin(
    State(api): State<Api>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> Result<(StatusCode, Json<SetupBody>), Problem> {
    let setup = api.coup.run(&ctx, BeginSecondFactor).await?;
    let body = SetupBody { secret: setup.secret().to_owned(), address: setup.address().to_owned() };
    Ok((StatusCode::CREATED, Json(body)))
}

#[utoipa::path(
    post, path = "/auth/totp/confirm", operation_id = "confirmSecondFactor", tag = "identity", summary = "Turn the second factor on by a code",
    description = "All sessions end and open connections with them; this one is replaced by a new one. A letter tells the owner. The \
        recovery codes are shown this once.",
    request_body = ConfirmTotpBody,
    responses(
        (status = 200, description = "turned on; sets the new session's cookie", body = RecoveryBody),
        (status = 409, description = "the code is wrong (`code_wrong`), or nothing was begun", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn confirm(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<ConfirmTotpBody>,
) -> Result<(SetCookies, Json<RecoveryBody>), Problem> {
    let on = api.coup.run(&ctx, ConfirmSecondFactor { code: body.code }).await?;
    Ok((cookie.signed_in(&on.signed_in), Json(RecoveryBody::from(&on.recovery_codes))))
}

#[utoipa::path(
    post, path = "/auth/totp/recovery-codes", operation_id = "newRecoveryCodes", tag = "identity", summary = "Make fresh recovery codes",
    description = "Asks to be confirmed lately (403 `confirmation_required`). Those of before are worth nothing any more.",
    responses((status = 201, description = "the codes, this once", body = RecoveryBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn new_codes(
    State(api): State<Api>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> Result<(StatusCode, Json<RecoveryBody>), Problem> {
    let codes = api.coup.run(&ctx, NewRecoveryCodes).await?;
    Ok((StatusCode::CREATED, Json(RecoveryBody::from(&codes))))
}

#[utoipa::path(
    delete, path = "/auth/totp", operation_id = "turnOffSecondFactor", tag = "identity", summary = "Turn the second factor off",
    description = "Asks to be confirmed lately (403 `confirmation_required`). A letter tells the owner. Administrators keep theirs while \
        it is required of them (409 `second_factor_stays`).",
    responses((status = 204, description = "turned off")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn turn_off(State(api): State<Api>, Who(ctx): Who, _nothing: Nothing) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, TurnOffSecondFactor).await?;
    Ok(StatusCode::NO_CONTENT)
}
