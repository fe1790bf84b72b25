//! Passwords: changing one's own, showing it again, and a new one for who has forgotten theirs.

use axum::{Extension, extract::State, http::StatusCode};
use coup_core::{
    error::Invalid,
    text::Email,
    user::{
        password::{ChangePassword, Confirm, Proof},
        reset::{ConfirmReset, RequestReset},
    },
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{SessionCookie, SetCookies};
use crate::{
    api::Api,
    extract::{Input, Spoken, Who, given},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 4] {
    [routes!(change), routes!(confirm), routes!(reset), routes!(confirm_reset)]
}

/// The password as it is, and as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    #[schema(value_type = String)]
    current: SecretString,
    /// 12 characters or more, unless the deployment says otherwise.
    #[schema(value_type = String, max_length = 128)]
    new: SecretString,
}

/// What shows that one is who signed in: one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProofBody {
    /// Where there is no second factor.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, nullable = false)]
    password: Option<SecretString>,
    /// Of the second factor, where there is one: of the app, or a recovery code.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    code: Option<String>,
}

impl ProofBody {
    fn proof(self) -> Result<Proof, Invalid> {
        match (self.password, self.code) {
            (_, Some(code)) => Ok(Proof::Code(code)),
            (Some(password), None) => Ok(Proof::Password(password)),
            (None, None) => Err(Invalid::field("password", "required")),
        }
    }
}

/// Whose password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    email: String,
}

/// A code from a letter, and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmResetBody {
    email: String,
    /// As it stands in the letter; case, spaces and hyphens do not matter.
    code: String,
    /// 12 characters or more, unless the deployment says otherwise.
    #[schema(value_type = String, max_length = 128)]
    password: SecretString,
}

#[utoipa::path(
    put, path = "/me/password", operation_id = "changePassword", tag = "identity", summary = "Change one's password",
    description = "All sessions end and open connections with them; this one is replaced by a new one. A letter tells the owner.",
    request_body = PasswordBody,
    responses((status = 204, description = "changed; sets the new session's cookie")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn change(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<PasswordBody>,
) -> Result<(StatusCode, SetCookies), Problem> {
    let changed = api.coup.run(&ctx, ChangePassword { current: body.current, new: body.new }).await?;
    Ok((StatusCode::NO_CONTENT, cookie.signed_in(&changed)))
}

#[utoipa::path(
    post, path = "/auth/confirm", operation_id = "confirm", tag = "identity", summary = "Show again that one is who signed in",
    description = "What does the most harm asks for it (403 `confirmation_required`); it counts for some minutes. Who has a second factor \
        shows a code, all others their password.",
    request_body = ProofBody,
    responses(
        (status = 204, description = "confirmed; ask again for what was refused"),
        (status = 409, description = "the code is wrong or was used (`code_wrong`)", body = crate::api::schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "too many wrong codes", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn confirm(State(api): State<Api>, Who(ctx): Who, Input(body): Input<ProofBody>) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, Confirm(body.proof()?)).await?.right()?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/auth/reset", operation_id = "requestReset", tag = "identity", summary = "Ask for a letter with a code for a new password",
    description = "Answered alike whether or not there is such an account.",
    request_body = ResetBody,
    responses((status = 202, description = "if there is such an account, a letter is on its way")),
    extensions(("x-permission" = json!("none")))
)]
async fn reset(
    State(api): State<Api>,
    Who(ctx): Who,
    Spoken(language): Spoken,
    Input(body): Input<ResetBody>,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, RequestReset { email: address(&body.email)?, language }).await?;
    Ok(StatusCode::ACCEPTED)
}

#[utoipa::path(
    post, path = "/auth/reset/confirm", operation_id = "confirmReset", tag = "identity", summary = "Set a new password by a letter's code",
    description = "All sessions of the account end. A letter tells the owner.",
    request_body = ConfirmResetBody,
    responses(
        (status = 204, description = "set; sign in with it"),
        (status = 409, description = "the code is wrong, used or too old; the same for addresses without an account", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn confirm_reset(
    State(api): State<Api>,
    Who(ctx): Who,
    Input(body): Input<ConfirmResetBody>,
) -> Result<StatusCode, Problem> {
    let command = ConfirmReset { email: address(&body.email)?, code: body.code, password: body.password };
    api.coup.run(&ctx, command).await?.right()?;
    Ok(StatusCode::NO_CONTENT)
}

fn address(text: &str) -> Result<Email, Invalid> {
    Email::parse("email", text)
}
