//! `/auth`: sign up, in, out.

use axum::{Extension, Json, extract::State, http::StatusCode};
use axum_extra::extract::CookieJar;
use coup_core::{
    coup::Ctx,
    store::Credential,
    user::service::{Me, SessionToken, SignIn, SignOut, SignUp, SignedIn},
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{SessionCookie, me::MeBody};
use crate::{
    api::Api,
    extract::{Input, Nothing, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 3] {
    [routes!(sign_up), routes!(sign_in), routes!(sign_out)]
}

/// An account to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUpBody {
    #[schema(required, nullable = false, max_length = 254)]
    email: Option<String>,
    /// 12 characters or more, unless the deployment says otherwise.
    #[schema(required, value_type = String, max_length = 128)]
    password: Option<SecretString>,
    /// Shown to others.
    #[schema(required, nullable = false, min_length = 1, max_length = 50)]
    name: Option<String>,
}

/// Who one is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    email: String,
    #[schema(value_type = String)]
    password: SecretString,
}

type SignedInAnswer = Result<(StatusCode, CookieJar, Json<Me>), Problem>;

#[utoipa::path(
    post, path = "/auth/sign-up", operation_id = "signUp", tag = "identity", summary = "Make an account and sign in",
    request_body = SignUpBody,
    responses((status = 201, description = "signed in; sets the session's cookie", body = MeBody)),
    extensions(("x-permission" = json!("none")))
)]
async fn sign_up(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<SignUpBody>,
) -> SignedInAnswer {
    // What is absent is as good as empty, so that all that is missing is named at once.
    let (email, name) = (body.email.unwrap_or_default(), body.name.unwrap_or_default());
    let command = SignUp::parse(&email, body.password.unwrap_or_default(), &name)?;
    let signed_in = api.coup.run(&ctx, command).await?;
    welcome(&api, StatusCode::CREATED, cookie, &ctx, &signed_in).await
}

#[utoipa::path(
    post, path = "/auth/sign-in", operation_id = "signIn", tag = "identity", summary = "Sign in",
    request_body = SignInBody,
    responses(
        (status = 200, description = "signed in; sets the session's cookie", body = MeBody),
        (status = 401, description = "wrong address or password", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn sign_in(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<SignInBody>,
) -> SignedInAnswer {
    let signed_in = api.coup.run(&ctx, SignIn { email: body.email, password: body.password }).await?;
    welcome(&api, StatusCode::OK, cookie, &ctx, &signed_in).await
}

async fn welcome(
    api: &Api,
    status: StatusCode,
    cookie: SessionCookie,
    ctx: &Ctx,
    signed_in: &SignedIn,
) -> SignedInAnswer {
    let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
    let me = api.coup.me(&Ctx { credential: Some(credential), ..ctx.clone() }).await?;
    let jar = CookieJar::new().add(cookie.set(&signed_in.token, signed_in.expires_at));
    Ok((status, jar, Json(me)))
}

#[utoipa::path(
    post, path = "/auth/sign-out", operation_id = "signOut", tag = "identity", summary = "End this session",
    responses((status = 204, description = "signed out; takes the cookie away")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn sign_out(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> (CookieJar, Result<StatusCode, Problem>) {
    let done = api.coup.run(&ctx, SignOut).await;
    // Whatever comes of it, this browser wants to be signed out.
    (CookieJar::new().add(cookie.clear()), done.map(|()| StatusCode::NO_CONTENT).map_err(Problem::from))
}
