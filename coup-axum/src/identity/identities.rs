//! `/me/identities`: by what one's own account is signed in to.

use axum::{Extension, Json, extract::State, http::StatusCode};
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use coup_core::{
    identity::{model::IdentityView, service::UnlinkIdentity},
    page::Page,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::SessionCookie;
use crate::{
    api::{Answer, Api},
    extract::{Maybe, Nothing, OfProvider, Who},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 2] {
    [routes!(list), routes!(link, unlink)]
}

/// Who proves who one is.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
enum Provider {
    Google,
    Github,
}

/// A linked identity.
#[derive(ToSchema)]
#[schema(as = Identity, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
struct IdentityBody {
    #[schema(inline)]
    provider: Provider,
    /// The address there, as it was told when it was linked.
    #[schema(required)]
    email: Option<String>,
    linked_at: DateTime<Utc>,
}

/// All of one's own.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, nobody makes one")]
struct IdentityList {
    items: Vec<IdentityBody>,
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Where to go on to when it is linked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct LinkBody {
    /// A path of this site; another one is left aside.
    #[schema(nullable = false, max_length = 1000)]
    next: Option<String>,
}

/// The way to a provider.
#[derive(Debug, Serialize, ToSchema)]
struct LinkBegun {
    /// Where to send the browser.
    address: String,
}

#[utoipa::path(
    get, path = "/me/identities", operation_id = "listIdentities", tag = "identity", summary = "The identities that are linked to one's account",
    responses((status = 200, description = "the identities, one a provider", body = IdentityList)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn list(State(api): State<Api>, Who(ctx): Who) -> Answer<Page<IdentityView>> {
    Ok(Json(Page { items: api.coup.identities(&ctx).await?, next_cursor: None }))
}

#[utoipa::path(
    post, path = "/me/identities/{provider}", operation_id = "linkIdentity", tag = "identity", summary = "Begin to link an identity",
    description = "The browser is then sent to the address, and is led back when it is linked. The identity must not be linked to another account (409 `identity_taken`).",
    params(("provider" = String, Path, description = "`google` or `github`")),
    request_body = LinkBody,
    responses((status = 201, description = "the way there; sets a cookie that binds the way back to this browser", body = LinkBegun)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn link(
    State(api): State<Api>,
    Extension(cookie): Extension<SessionCookie>,
    Who(ctx): Who,
    OfProvider(provider): OfProvider,
    Maybe(body): Maybe<LinkBody>,
) -> Result<(StatusCode, CookieJar, Json<LinkBegun>), Problem> {
    let begun = api.coup.begin_link(&ctx, provider, body.next.as_deref()).await?;
    let jar = CookieJar::new().add(cookie.set_flow(&begun));
    Ok((StatusCode::CREATED, jar, Json(LinkBegun { address: begun.address })))
}

#[utoipa::path(
    delete, path = "/me/identities/{provider}", operation_id = "unlinkIdentity", tag = "identity", summary = "Unlink an identity",
    description = "The last way in stays (409 `last_way_in`).",
    params(("provider" = String, Path, description = "`google` or `github`")),
    responses((status = 204, description = "unlinked")),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.manage")))
)]
async fn unlink(
    State(api): State<Api>,
    Who(ctx): Who,
    OfProvider(provider): OfProvider,
    _nothing: Nothing,
) -> Result<StatusCode, Problem> {
    api.coup.run(&ctx, UnlinkIdentity(provider)).await?;
    Ok(StatusCode::NO_CONTENT)
}
