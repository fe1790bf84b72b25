//! Typed identifiers, all from one list.
//!
//! CoUp's own identifiers are UUIDs of version 7 ([RFC 9562 §5.7]): opaque to clients, unique, and sortable by creation.
//! A person's identifier is an opaque string, because a host may bring its own users (specification, model § Model).
//!
//! [RFC 9562 §5.7]: https://www.rfc-editor.org/rfc/rfc9562#section-5.7

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    /// Not a UUID in its hyphenated form.
    #[error("not an identifier: expected 36 characters such as 0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57")]
    NotUuid,
    /// A person's identifier is empty, too long, or holds a control character.
    #[error("not a person's identifier: expected 1 to 255 bytes without control characters")]
    NotUserId,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that came from [`Ids`](crate::env::Ids) or from storage.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID inside, for storage.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        /// Accepts the hyphenated form only, so that one thing has one address.
        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                if text.len() != 36 {
                    return Err(ParseIdError::NotUuid);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError::NotUuid)
            }
        }
    )+};
}

ids! {
    /// A study (스터디).
    StudyId,
    /// A group (동아리, 학급).
    GroupId,
    /// A chat message.
    MessageId,
    /// An invite of a study, beside its standing code.
    InviteId,
    /// A signed-in session of CoUp's own identity.
    SessionId,
    /// A row of a membership's history.
    MembershipEventId,
    /// A sanction (제재).
    SanctionId,
    /// A report (신고).
    ReportId,
    /// All open reports on one target.
    CaseId,
    /// A note or a piece of evidence that an administrator added to a case.
    CaseEntryId,
    /// An appeal (이의 제기).
    AppealId,
    /// A notification (알림).
    NotificationId,
    /// A piece of work that is done later.
    JobId,
    /// A file.
    FileId,
}

/// A person. Opaque: CoUp makes UUIDs for its own accounts, a host passes whatever it calls its users.
///
/// 1 to 255 bytes, no control characters. Nothing else is assumed of the text; `*`, `role:admin` or a comma are as good
/// as any other, since identifiers never reach the policy's own strings.
///
/// ```
/// use coup_core::id::UserId;
///
/// assert!("학생-17".parse::<UserId>().is_ok());
/// assert!("line\nbreak".parse::<UserId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The identifier as text, for storage and for display.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if text.is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
            return Err(ParseIdError::NotUserId);
        }
        Ok(Self(text.into()))
    }
}

impl From<Uuid> for UserId {
    fn from(id: Uuid) -> Self {
        Self(id.hyphenated().to_string().into())
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_one_spelling() {
        let id: StudyId = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap();
        assert_eq!(id.to_string(), "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57");
        for other in ["", "1", "0190a5c87d1c7f3a9d6e2f4b8c1a0e57", "{0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57}"] {
            assert_eq!(other.parse::<StudyId>(), Err(ParseIdError::NotUuid), "{other}");
        }
    }

    #[test]
    fn a_hostile_person_is_only_text() {
        for text in ["*", "role:admin", "a,b", "study:OWNER", "'; drop table users; --"] {
            assert_eq!(text.parse::<UserId>().unwrap().as_str(), text);
        }
        for text in ["", "a\nb", "a\0b", &"x".repeat(256)] {
            assert!(text.parse::<UserId>().is_err(), "{text:?}");
        }
    }
}
