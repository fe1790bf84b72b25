//! JSON bodies.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use coup_core::error::Invalid;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::error::Category;

use super::wrong;
use crate::problem::Problem;

/// How deep a body may be nested. The deepest that anything takes is a ladder: its list, a rung, its measure.
const DEPTH: usize = 32;

/// A JSON body, nested no deeper than [`DEPTH`].
pub(crate) struct Input<T>(pub(crate) T);

/// A JSON body, or none.
pub(crate) struct Maybe<T>(pub(crate) T);

/// The body of what takes none: absent, or an empty object.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Maybe::from_request(request, state).await.map(|Maybe(nothing)| nothing)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = is_json(request.headers());
        let bytes = read(request, state).await?;
        if json { parse(&bytes).map(Self) } else { Err(Problem::unsupported_media_type()) }
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for Maybe<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = is_json(request.headers());
        let bytes = read(request, state).await?;
        match (bytes.is_empty(), json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(Problem::unsupported_media_type()),
        }
    }
}

/// Reads a field that is there, so that `null` is not taken for its absence; with `default`.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The whole body, within the limit.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::broken_body().because(rejection.body_text()),
    })
}

/// `application/json`, or any type in JSON's syntax (`application/…+json`).
fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    essence.is_some_and(|essence| {
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
}

/// Reads an object of JSON.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if depth(bytes) > DEPTH {
        return Err(Problem::too_deep());
    }
    // Serde would take an array for an object, field by field.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|_| Problem::malformed_json())?;
        return Err(Invalid::field("body", "wrong_type").into());
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| match error.inner().classify() {
        Category::Data => wrong(&error.path().to_string(), &error.inner().to_string(), "body").into(),
        Category::Io | Category::Syntax | Category::Eof => Problem::malformed_json(),
    })?;
    json.end().map_err(|_| Problem::malformed_json())?;
    Ok(value)
}

/// How deep brackets are nested outside texts, whether they fit each other or not: measured before anything is read.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_is_that_of_brackets_outside_texts() {
        for (text, deep) in [
            ("", 0),
            ("7", 0),
            ("{}", 1),
            (r#"{"a":[{}],"b":[]}"#, 3),
            (r#"{"a":"[[[["}"#, 1),
            (r#"{"a":"\"[[","b":"\\"}"#, 1),
            (r#"{"\\":[[]]}"#, 3),
            ("]]][[", 2),
        ] {
            assert_eq!(depth(text.as_bytes()), deep, "{text}");
        }
        let nested = |deep: usize| format!("{{\"a\":{}{}}}", "[".repeat(deep - 1), "]".repeat(deep - 1));
        let code = |deep| parse::<IgnoredAny>(nested(deep).as_bytes()).err();
        assert!(code(DEPTH).is_none());
        assert_eq!(code(DEPTH + 1).map(|problem| problem.code()), Some("too_deep"));
    }
}
