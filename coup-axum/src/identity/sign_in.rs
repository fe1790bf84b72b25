//! `/auth`: sign up, verify, in, out.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::CookieJar;
use coup_core::{
    coup::Ctx,
    error::Error,
    second_factor::entry::{CompleteSignIn, Entered},
    store::Credential,
    text::Email,
    user::{
        service::{Me, SessionToken, SignIn, SignOut, SignUp, SignedIn, SignedUp},
        session::SignOutEverywhere,
        sign_up::Verify,
    },
};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{SessionCookie, SetCookies, me::MeBody};
use crate::{
    api::Api,
    extract::{Input, Nothing, Spoken, Who, given},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 6] {
    [
        routes!(sign_up),
        routes!(verify),
        routes!(sign_in),
        routes!(sign_in_code),
        routes!(sign_out),
        routes!(sign_out_everywhere),
    ]
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
    /// Of the second factor, where there is one: of the app, or a recovery code.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    code: Option<String>,
}

/// The second step of signing in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    /// Of the second factor: of the app, or a recovery code; case, spaces and hyphens do not matter.
    code: String,
}

type SignedInAnswer = Result<(StatusCode, SetCookies, Json<Me>), Problem>;

#[utoipa::path(
    post, path = "/auth/sign-up", operation_id = "signUp", tag = "identity", summary = "Make an account and sign in",
    description = "Where addresses are verified (as a rule, where letters can be sent), the answer is 202 whether or not there is an \
        account: what comes next stands in a letter. Else 201 and a session, or 409 if the address is taken.",
    request_body = SignUpBody,
    responses(
        (status = 201, description = "signed in; sets the session's cookie", body = MeBody),
        (status = 202, description = "a letter is on its way; go on with its code"),
        (status = 409, description = "the address is taken, where addresses are not verified", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn sign_up(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Spoken(language): Spoken,
    Input(body): Input<SignUpBody>,
) -> Result<Response, Problem> {
    // What is absent is as good as empty, so that all that is missing is named at once.
    let (email, name) = (body.email.unwrap_or_default(), body.name.unwrap_or_default());
    let command = SignUp::parse(&email, body.password.unwrap_or_default(), &name)?;
    match api.coup.run(&ctx, command.in_language(language)).await? {
        SignedUp::SignedIn(signed_in) => {
            Ok(welcome(&api, StatusCode::CREATED, cookie, &ctx, &signed_in).await?.into_response())
        }
        SignedUp::LookIntoMail => Ok(StatusCode::ACCEPTED.into_response()),
    }
}

/// A code from a letter, and the sign-up that it is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyBody {
    email: String,
    /// As it stands in the letter; case, spaces and hyphens do not matter.
    code: String,
    /// That of the sign-up: the code shows whose address it is, the password whose sign-up.
    #[schema(value_type = String)]
    password: SecretString,
}

#[utoipa::path(
    post, path = "/auth/verify", operation_id = "verifyEmail", tag = "identity", summary = "Make the account that waits for a letter's code",
    request_body = VerifyBody,
    responses(
        (status = 201, description = "signed in; sets the session's cookie", body = MeBody),
        (status = 409, description = "the code is wrong, used or too old, or the password is not that of the sign-up", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn verify(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<VerifyBody>,
) -> SignedInAnswer {
    let command = Verify { email: Email::parse("email", &body.email)?, code: body.code, password: body.password };
    let signed_in = api.coup.run(&ctx, command).await?.right()?;
    welcome(&api, StatusCode::CREATED, cookie, &ctx, &signed_in).await
}

#[utoipa::path(
    post, path = "/auth/sign-in", operation_id = "signIn", tag = "identity", summary = "Sign in",
    description = "Where there is a second factor, its code is asked for once the password was right (401 `code_required`): send it \
        along, or within five minutes from the same browser to `/auth/sign-in/code`. After five wrong codes in a row those of the app \
        are not looked at for five minutes (429 `too_many_codes`); recovery codes are.",
    request_body = SignInBody,
    responses(
        (status = 200, description = "signed in; sets the session's cookie", body = MeBody),
        (status = 401, description = "wrong address or password, or the code of the second factor is needed, too; then a cookie binds the second step to this browser", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn sign_in(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    Input(body): Input<SignInBody>,
) -> Result<Response, Problem> {
    let command = SignIn { email: body.email, password: body.password, code: body.code };
    match api.coup.run(&ctx, command).await? {
        Entered::CodeRequired(halfway) => {
            let jar = CookieJar::new().add(cookie.set_half(&halfway));
            Ok((jar, Problem::from(Error::CodeRequired)).into_response())
        }
        entered => Ok(welcome(&api, StatusCode::OK, cookie, &ctx, &entered.signed_in()?).await?.into_response()),
    }
}

#[utoipa::path(
    post, path = "/auth/sign-in/code", operation_id = "signInCode", tag = "identity", summary = "Complete signing in by a code",
    description = "After a sign-in, also one elsewhere, that answered `code_required`: within five minutes, in the same browser, once.",
    request_body = CodeBody,
    responses(
        (status = 200, description = "signed in; sets the session's cookie", body = MeBody),
        (status = 409, description = "the code is wrong or was used (`code_wrong`), or the first step is too long ago (`sign_in_expired`)", body = crate::api::schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "too many wrong codes", body = crate::api::schema::Problem, content_type = "application/problem+json"),
    ),
    extensions(("x-permission" = json!("none")))
)]
async fn sign_in_code(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    headers: HeaderMap,
    Input(body): Input<CodeBody>,
) -> Result<Response, Problem> {
    let halfway = cookie.half(&CookieJar::from_headers(&headers));
    let entered = api.coup.run(&ctx, CompleteSignIn { halfway, code: body.code }).await?;
    let (status, cookies, me) = welcome(&api, StatusCode::OK, cookie, &ctx, &entered.signed_in()?).await?;
    Ok((status, cookies, CookieJar::new().add(cookie.clear_half()), me).into_response())
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
    Ok((status, cookie.signed_in(signed_in), Json(me)))
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

#[utoipa::path(
    post, path = "/auth/sign-out-everywhere", operation_id = "signOutEverywhere", tag = "identity", summary = "End all of one's sessions, this one too",
    responses((status = 204, description = "signed out everywhere; open connections end; takes the cookie away")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("none")))
)]
async fn sign_out_everywhere(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    _nothing: Nothing,
) -> Result<(CookieJar, StatusCode), Problem> {
    api.coup.run(&ctx, SignOutEverywhere).await?;
    Ok((CookieJar::new().add(cookie.clear()), StatusCode::NO_CONTENT))
}
