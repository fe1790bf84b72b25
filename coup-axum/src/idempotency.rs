//! The `Idempotency-Key` header: a repeated request is answered the same again, and done once.

use axum::{
    body::Body,
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use coup_core::{
    coup::Ctx,
    error::Invalid,
    idempotency::{Idempotency, IdempotencyKey},
};

use crate::{extract::read, problem::Problem};

/// The header's name.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// Puts the key of a writing request where use cases find it. Keys belong to a person: a call without one has none.
pub(crate) async fn keyed(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Ctx>().is_some_and(|ctx| ctx.credential.is_some());
    if request.method().is_safe() || !signed_in || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match with_key(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn with_key(request: Request) -> Result<Request, Problem> {
    let key = key(request.headers())?;
    let (mut parts, body) = request.into_parts();
    // Within the limit of the body, which goes along in the extensions.
    let body = read(Request::from_parts(parts.clone(), body), &()).await?;
    let path = parts.uri.path().as_bytes();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let idempotency = Idempotency::new(key, &[parts.method.as_str().as_bytes(), path, query, &body]);
    if let Some(ctx) = parts.extensions.get_mut::<Ctx>() {
        ctx.idempotency = Some(idempotency);
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Invalid> {
    let mut values = headers.get_all(HEADER).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(key)), None) => key.parse(),
        // Several are one list, which is no key; nor is what is not ASCII.
        _ => Err(Invalid::field(HEADER, "forbidden_character")),
    }
}
