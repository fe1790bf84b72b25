//! The API document, and Swagger UI over it.

use std::sync::Arc;

use axum::{
    extract::{RawPathParams, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use coup_core::error::Error;
use utoipa_axum::{router::UtoipaMethodRouter, routes};
use utoipa_swagger_ui::Config;

use super::Api;
use crate::problem::Problem;

pub(super) fn routes() -> [UtoipaMethodRouter<Api>; 4] {
    [routes!(document), routes!(docs), routes!(docs_page), routes!(docs_file)]
}

/// No script but Swagger UI's own files; it sets styles from script and draws its icons from `data:` addresses.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                   font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[utoipa::path(
    get, path = "/openapi.json", operation_id = "getDocument", tag = "document", summary = "This document",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = Object)),
    extensions(("x-permission" = json!("none")))
)]
async fn document(State(api): State<Api>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], api.document.to_string())
}

#[utoipa::path(
    get, path = "/docs", operation_id = "getDocs", tag = "document", summary = "This document, to read and to try",
    responses((status = 303, description = "to `docs/`")),
    extensions(("x-permission" = json!("none")))
)]
async fn docs() -> Redirect {
    // Relative, since the prefix is the host's.
    Redirect::to("docs/")
}

#[utoipa::path(
    get, path = "/docs/", operation_id = "getDocsPage", tag = "document", summary = "Swagger UI",
    responses((status = 200, description = "a page", content_type = "text/html", body = String)),
    extensions(("x-permission" = json!("none")))
)]
async fn docs_page() -> Result<Response, Problem> {
    serve("index.html")
}

#[utoipa::path(
    get, path = "/docs/{file}", operation_id = "getDocsFile", tag = "document", summary = "A file of Swagger UI",
    params(("file" = String, Path, description = "its name")),
    responses((status = 200, description = "the file, of its own type", content_type = "*/*", body = String)),
    extensions(("x-permission" = json!("none")))
)]
async fn docs_file(params: RawPathParams) -> Result<Response, Problem> {
    serve(params.iter().filter(|(name, _)| *name == "file").last().map(|(_, file)| file).unwrap_or_default())
}

fn serve(file: &str) -> Result<Response, Problem> {
    let config = Config::from("../openapi.json").try_it_out_enabled(true).validator_url("none");
    let found = utoipa_swagger_ui::serve(file, Arc::new(config));
    let file = found.map_err(|error| Error::Internal(error.to_string()))?.ok_or(Error::NotFound)?;
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&file.content_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}
