//! What is to be mailed, as its job carries it. No secret is among it.

use serde::{Deserialize, Serialize};

use crate::{
    changes::to_value,
    coup::Room,
    env::Timestamp,
    id::{JobId, SanctionId, UserId},
    job::model::{NewJob, Payload},
    policy::Language,
    text::Email,
    user::model::VerificationKind,
};

/// The kind of the jobs that send mail. What is to be mailed stands in the payload.
pub const MAIL: &str = "mail.send";

/// What is to be mailed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub(crate) enum Letter {
    /// A sanction began.
    SanctionImposed { user_id: UserId, sanction_id: SanctionId },
    /// A sanction was lifted.
    SanctionLifted { user_id: UserId, sanction_id: SanctionId },
    /// An appeal was decided.
    AppealDecided { user_id: UserId, sanction_id: SanctionId },
    /// A code was asked for; the job makes it.
    Code {
        kind: VerificationKind,
        #[serde(deserialize_with = "stored")]
        email: Email,
        #[serde(with = "words")]
        language: Language,
    },
    /// An account is deleted: who had it has no address here any more but this one, which goes when the letter is sent.
    AccountDeleted {
        #[serde(deserialize_with = "stored")]
        email: Email,
        #[serde(with = "words")]
        language: Language,
        at: Timestamp,
    },
    /// The password of an account is another one.
    PasswordChanged { user_id: UserId, at: Timestamp },
    /// A second factor was turned on.
    SecondFactorOn { user_id: UserId, at: Timestamp },
    /// It was turned off, by its owner or the host.
    SecondFactorOff { user_id: UserId, at: Timestamp },
}

impl Letter {
    /// The job that sends it.
    pub(crate) fn job(&self, room: &Room<'_>) -> NewJob {
        self.job_of(room, JobId::from_uuid(room.env.uuid()))
    }

    /// The same, of this identifier.
    pub(crate) fn job_of(&self, room: &Room<'_>, id: JobId) -> NewJob {
        let now = room.env.now();
        NewJob { id, kind: MAIL.into(), payload: Payload::Value(to_value(self)), run_at: now, created_at: now }
    }
}

fn stored<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Email, D::Error> {
    String::deserialize(from).map(Email::from_stored)
}

/// A language by its word.
mod words {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::policy::Language;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the derive's signature")]
    pub(super) fn serialize<S: Serializer>(language: &Language, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match language {
            Language::Ko => "ko",
            Language::En => "en",
        })
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Language, D::Error> {
        Ok(if String::deserialize(from)? == "en" { Language::En } else { Language::Ko })
    }
}
