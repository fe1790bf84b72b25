//! One's picture, and those of others.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{DefaultBodyLimit, OriginalUri, Request, State},
    http::HeaderMap,
    response::Response,
};
use coup_core::{file::avatar::RemoveAvatar, user::service::Me};
use utoipa_axum::{
    router::{UtoipaMethodRouter, UtoipaMethodRouterExt as _},
    routes,
};

use super::me::MeBody;
use crate::{
    api::{Answer, Api},
    extract::{Nothing, OfFile, Who, read},
    picture::{Darkroom, MOST_BYTES, shown},
    problem::Problem,
};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 2] {
    [routes!(set, remove).layer(DefaultBodyLimit::max(MOST_BYTES)), routes!(show)]
}

#[utoipa::path(
    put, path = "/me/avatar", operation_id = "setAvatar", tag = "identity", summary = "Show another picture of oneself",
    description = "The body is a JPEG, PNG or WebP of at most 10 MiB and 50 megapixels, whatever `Content-Type` says. It is cut to a \
                   square, made smaller and written anew, so that nothing is left of what the camera noted. `404` where \
                   pictures cannot be uploaded.",
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses((status = 200, description = "the account, with the picture's address", body = MeBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.avatar")))
)]
async fn set(
    State(api): State<Api>,
    Who(ctx): Who,
    Extension(darkroom): Extension<Darkroom>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Answer<Me> {
    // Pictures stand beside this path, wherever the host has mounted it.
    let prefix = uri.path().strip_suffix("me/avatar").unwrap_or("/").to_owned();
    let uploaded: Bytes = read(request, &()).await?;
    let address = move |id| format!("{prefix}avatars/{id}");
    Ok(Json(api.coup.set_avatar(&ctx, darkroom.develop(uploaded), address).await?))
}

#[utoipa::path(
    delete, path = "/me/avatar", operation_id = "removeAvatar", tag = "identity", summary = "Take one's picture away",
    responses((status = 200, description = "the account", body = MeBody)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:profile.avatar")))
)]
async fn remove(State(api): State<Api>, Who(ctx): Who, _: Nothing) -> Answer<Me> {
    Ok(Json(api.coup.run(&ctx, RemoveAvatar).await?))
}

#[utoipa::path(
    get, path = "/avatars/{fileId}", operation_id = "getAvatar", tag = "identity", summary = "Somebody's picture",
    description = "As an attachment: it is to be shown, not opened. `304` for who sends its `ETag`.",
    params(("fileId" = String, Path, description = "the picture")),
    responses(
        (status = 200, description = "the picture", content_type = "image/jpeg", body = Vec<u8>),
        (status = 304, description = "as it was"),
    ),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:study.browse")))
)]
async fn show(
    State(api): State<Api>,
    Who(ctx): Who,
    OfFile(id): OfFile,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(shown(&api.coup, &ctx, id, &headers).await?)
}
