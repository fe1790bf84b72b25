//! A letter, and the port that sends it.

use async_trait::async_trait;

use crate::{id::JobId, notification::model::NotificationEvent, policy::Language, text::Email};

/// A letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The job that asked for it: sent again after a crash, it is the same one.
    pub id: JobId,
    /// To whom.
    pub to: Email,
    /// What it tells, for who words it anew.
    pub event: NotificationEvent,
    /// The receiver's language: what they chose, else Korean.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// Plain text; its lines end with `\n`.
    pub text: String,
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

    /// The address at which the receiver sees their sanctions and appeals, such as `https://study.school.kr/me/sanctions`.
    /// Absent: letters say it in words.
    fn sanctions_page(&self) -> Option<&str> {
        None
    }
}
