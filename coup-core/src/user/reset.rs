//! A new password for who has forgotten theirs.

use secrecy::SecretString;

use crate::{
    coup::{Command, Prepared, Room},
    error::Error,
    policy::Language,
    text::Email,
    user::{
        model::{UserStatus, VerificationKind},
        password::changed,
        passwords,
        verification::{Judged, Tried, ask, judge, used, wrong},
    },
};

/// Asks for a letter with a code. Answers and does alike whether or not there is an account; only the letter is not sent.
#[derive(Debug, Clone)]
pub struct RequestReset {
    /// Whose password it is.
    pub email: Email,
    /// Of the letter, to who chose none.
    pub language: Language,
}

impl Command for RequestReset {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let changes = ask(room, VerificationKind::Reset, &self.email, None, self.language).await?;
        Ok(changes.map_or_else(|| Prepared::done(()), |changes| Prepared::new(changes, ())))
    }
}

/// Sets the new password. All sessions end, open connections too; a letter tells the owner.
#[derive(Debug, Clone)]
pub struct ConfirmReset {
    /// Whose password it is.
    pub email: Email,
    /// As typed.
    pub code: String,
    /// The new one.
    pub password: SecretString,
}

impl Command for ConfirmReset {
    type Output = Tried<()>;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Tried<()>>, Error> {
        let min = room.settings().password_min_length;
        passwords::check("password", &self.password, min, Some(&self.email), None)?;
        let row = room.store().verification(VerificationKind::Reset, &self.email).await?;
        let row = match judge(row, &self.code, room.env.now()) {
            Judged::Nothing => return Ok(Prepared::done(Tried::Wrong)),
            Judged::Wrong(row) => return Ok(Prepared::new(wrong(*row), Tried::Wrong)),
            Judged::Right(row) => row,
        };
        let user = room.store().user_by_email(&self.email).await?;
        let Some(user) = user.filter(|user| user.status != UserStatus::Deleted) else {
            return Ok(Prepared::new(wrong(*row), Tried::Wrong));
        };
        // Their name is asked now that it is they who ask.
        passwords::check("password", &self.password, min, Some(&self.email), user.name.as_ref())?;
        let password = room.passwords()?.hash(&self.password, room.env.secret()).await?;
        let (_, changes) = changed(room, used(&row), user, password);
        Ok(Prepared::new(changes, Tried::Right(())))
    }
}
