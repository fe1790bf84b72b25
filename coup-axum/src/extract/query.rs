//! Query parameters.

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use super::wrong;
use crate::problem::Problem;

/// The parameters of a query; unknown ones are refused.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let asked = serde_path_to_error::deserialize(pairs);
        asked.map(Self).map_err(|error| wrong(&error.path().to_string(), &error.inner().to_string(), "query").into())
    }
}
