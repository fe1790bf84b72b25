//! Identifiers of the path, by the names that the route gives them.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use coup_core::{
    error::Invalid,
    id::{AppealId, FileId, MessageId, NotificationId, ReportId, SanctionId, SessionId, StudyId, UserId},
    identity::model::Provider,
};

use crate::problem::Problem;

/// An invite's code: 1 to 64 characters of the alphabet that codes are made of.
pub(crate) struct Code(String);

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let sane =
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if sane { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

impl Code {
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident { $($param:literal: $ty:ty),+ })+) => {$(
        $(#[$doc])*
        pub(crate) struct $name($(pub(crate) $ty),+);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let params = RawPathParams::from_request_parts(parts, state).await.ok();
                Ok(Self($(read::<$ty>(params.as_ref(), $param)?),+))
            }
        }
    )+};
}

paths! {
    /// A study.
    InStudy { "id": StudyId }
    /// Somebody in a study.
    OfMember { "id": StudyId, "userId": UserId }
    /// Somebody.
    OfUser { "id": UserId }
    /// An administrator.
    OfAdministrator { "userId": UserId }
    /// A message of a study.
    OfMessage { "id": StudyId, "msgId": MessageId }
    /// A message, wherever it is.
    ThisMessage { "id": MessageId }
    /// A report.
    OfReport { "id": ReportId }
    /// A sanction.
    OfSanction { "id": SanctionId }
    /// An appeal.
    OfAppeal { "id": AppealId }
    /// A notification.
    OfNotification { "id": NotificationId }
    /// A session of one's own.
    OfSession { "id": SessionId }
    /// A file.
    OfFile { "fileId": FileId }
    /// A provider of identities.
    OfProvider { "provider": Provider }
    /// An invite of a study.
    OfInvite { "id": StudyId, "code": Code }
    /// An invite.
    ByCode { "code": Code }
}

/// The parameter of that name; the host's own prefix may have had one of the same name before it.
fn read<T: FromStr>(params: Option<&RawPathParams>, name: &str) -> Result<T, Problem> {
    let text = params.and_then(|params| params.iter().filter(|(known, _)| *known == name).last());
    let id = text.and_then(|(_, text)| text.parse().ok());
    id.ok_or_else(|| Invalid::field(name, "malformed_id").into())
}
