//! What handlers take: who calls, identifiers of the path, query parameters, JSON bodies. What is wrong with any of them
//! is a problem that names the field.

mod body;
mod path;
mod query;

#[cfg(feature = "live")]
pub(crate) use self::body::parse;
pub(crate) use self::{
    body::{Input, Maybe, Nothing, given, read},
    path::{
        ByCode, InStudy, OfAdministrator, OfAppeal, OfFile, OfInvite, OfMember, OfMessage, OfNotification, OfProvider,
        OfReport, OfSanction, OfSession, OfUser, ThisMessage,
    },
    query::Asked,
};

use std::convert::Infallible;

use crate::problem::{Language, accepted};
use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Datelike as _, SubsecRound as _};
use coup_core::{coup::Ctx, env::Timestamp, error::Invalid};

/// Who calls, as the host's extractor said.
pub(crate) struct Who(pub(crate) Ctx);

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Nobody was named: nobody is signed in.
        Ok(Self(parts.extensions.remove::<Ctx>().unwrap_or_default()))
    }
}

/// The language that the caller asks for.
pub(crate) struct Spoken(pub(crate) Language);

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(accepted(&parts.headers)))
    }
}

/// An instant by RFC 3339, to the microsecond.
pub(crate) fn instant(field: &str, text: &str) -> Result<Timestamp, Invalid> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc().trunc_subsecs(6)).ok();
    // An offset may lead out of the years that RFC 3339 can write.
    let time = time.filter(|time| (1..=9999).contains(&time.year()));
    time.ok_or_else(|| Invalid::field(field, "not_a_time"))
}

/// The wrong field that a deserializer's words tell of, at the place where it stopped.
fn wrong(place: &str, words: &str, whole: &str) -> Invalid {
    let place = if place == "." { "" } else { place };
    let field = |name: &str| match place {
        "" => name.to_owned(),
        _ if place == name || place.ends_with(&format!(".{name}")) => place.to_owned(),
        _ => format!("{place}.{name}"),
    };
    let named =
        |start: &str| words.strip_prefix(start).and_then(|rest| rest.split_once('`')).map(|(name, _)| field(name));
    if let Some(field) = named("unknown field `") {
        Invalid::field(field, "unknown_field")
    } else if let Some(field) = named("missing field `") {
        Invalid::field(field, "required")
    } else if let Some(field) = named("duplicate field `") {
        Invalid::field(field, "duplicate_field")
    } else {
        let place = if place.is_empty() { whole } else { place };
        if words.starts_with("unknown ") {
            Invalid::field(place, "unknown_value")
        } else {
            Invalid::field(place, "wrong_type")
        }
    }
}
