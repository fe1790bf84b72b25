//! `/me/export`: everything of one's own.

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use coup_core::{store::StoreError, user::export::PersonalExport};
use futures_util::stream;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{Api, schema::PersonalData};
use crate::{extract::Who, problem::Problem};

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 1] {
    [routes!(export)]
}

#[utoipa::path(
    get, path = "/me/export", operation_id = "exportMe", tag = "personal", summary = "Everything of one's own",
    description = "One JSON document, sent piece by piece. Of others it has identifiers at most. It asks for a fresh confirmation (403 `confirmation_required`); the suspended may export, too. Where the connection breaks off, what arrived is not the whole.",
    responses((status = 200, description = "the document, to be saved as a file", body = PersonalData)),
    security(("signedIn" = [])), extensions(("x-permission" = json!("system:account.export")))
)]
async fn export(State(api): State<Api>, Who(ctx): Who) -> Result<Response, Problem> {
    Ok(file(api.coup.export_account(&ctx).await?))
}

/// The document as a file to be saved, read as the client takes it.
pub(crate) fn file(export: PersonalExport) -> Response {
    let name = format!("coup-{}.json", export.at().format("%Y-%m-%d"));
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(pieces(export))).into_response()
}

/// A failure of storage ends the connection, so that nobody takes what arrived for the whole.
fn pieces(export: PersonalExport) -> impl stream::Stream<Item = Result<String, StoreError>> + Send {
    stream::try_unfold(export, async |mut export| match export.next().await {
        Ok(piece) => Ok(piece.map(|text| (text, export))),
        Err(error) => {
            tracing::error!(%error, "an export of somebody's own data broke off");
            Err(error)
        }
    })
}
