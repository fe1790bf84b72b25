//! A letter, and the port that sends it.

use std::fmt;

use async_trait::async_trait;

use crate::{id::JobId, policy::Language, text::Email};

words! {
    /// What a letter tells.
    LetterKind {
        /// A sanction began.
        SanctionImposed = "SANCTION_IMPOSED",
        /// A sanction was lifted.
        SanctionLifted = "SANCTION_LIFTED",
        /// An appeal was decided.
        AppealDecided = "APPEAL_DECIDED",
        /// The code that makes an account.
        SignUpCode = "SIGN_UP_CODE",
        /// Somebody signed up with an address that has an account; to its owner, in place of a code.
        AccountExists = "ACCOUNT_EXISTS",
        /// The code for a new password.
        ResetCode = "RESET_CODE",
        /// The account is deleted.
        AccountDeleted = "ACCOUNT_DELETED",
        /// The password is another one.
        PasswordChanged = "PASSWORD_CHANGED",
        /// A second factor is asked for now.
        SecondFactorOn = "SECOND_FACTOR_ON",
        /// It is not asked for any more.
        SecondFactorOff = "SECOND_FACTOR_OFF",
    }
}

/// A letter to one person. `Debug` shows nothing of what it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The job that asked for it: sent again after a crash, it is the same one.
    pub id: JobId,
    /// To whom.
    pub to: Email,
    /// What it tells, for who words it anew.
    pub kind: LetterKind,
    /// The code that it brings, if it brings one.
    pub code: Option<String>,
    /// The receiver's language: what they chose, else Korean.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// Plain text; its lines end with `\n`.
    pub text: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server cannot take it now; trying again later may help.
    #[error("the mail server did not take the letter: {0}")]
    Later(String),
    /// It will never take it.
    #[error("the mail server refused the letter: {0}")]
    Never(String),
}

/// Sends letters.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a letter to the server that brings it. May be asked again with the same letter.
    ///
    /// # Errors
    /// Why it was not taken.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;

    /// The address of CoUp's pages, such as `https://study.school.kr`: letters lead to pages below it (`/me/sanctions`, `/verify`,
    /// `/reset`). Absent: letters say it in words.
    fn site(&self) -> Option<&str> {
        None
    }
}
