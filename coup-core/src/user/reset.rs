//! A new password for who has forgotten theirs.

use secrecy::SecretString;

use crate::{
    changes::Changes,
    coup::{Command, Prepared, Room},
    error::Error,
    limit::{
        model::Way,
        service::{Attempt, Guess},
    },
    policy::Language,
    text::Email,
    user::{
        model::{User, UserStatus, Verification, VerificationKind},
        password::changed,
        passwords,
        verification::{Judged, Tried, ask, judge, tried_in_vain, used, wrong},
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
        // Its place is kept: each one may send a letter.
        let _kept = Attempt::from_address(room, Way::Reset, None).await?;
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
        let attempt = Attempt::from_address(room, Way::Verify, None).await?;
        let judged = self.judge(room).await;
        let (row, user) = match attempt.judged(room, judged).await? {
            Guess::Right(found) => found,
            Guess::Wrong(counted) => return Ok(tried_in_vain(counted)),
        };
        // Their name is asked now that it is they who ask.
        passwords::check("password", &self.password, min, Some(&self.email), user.name.as_ref())?;
        let password = room.passwords()?.hash(&self.password, room.env.secret()).await?;
        let (_, changes) = changed(room, used(&row), user, password);
        Ok(Prepared::new(changes, Tried::Right(())))
    }
}

impl ConfirmReset {
    /// Whose password waits for this code, or that it was tried in vain.
    async fn judge(&self, room: &Room<'_>) -> Result<Guess<(Box<Verification>, User), Option<Changes>>, Error> {
        let row = room.store().verification(VerificationKind::Reset, &self.email).await?;
        let row = match judge(row, &self.code, room.env.now()) {
            Judged::Nothing => return Ok(Guess::Wrong(None)),
            Judged::Wrong(row) => return Ok(Guess::Wrong(Some(wrong(*row)))),
            Judged::Right(row) => row,
        };
        let user = room.store().user_by_email(&self.email).await?;
        Ok(match user.filter(|user| user.status != UserStatus::Deleted) {
            Some(user) => Guess::Right((row, user)),
            None => Guess::Wrong(Some(wrong(*row))),
        })
    }
}
