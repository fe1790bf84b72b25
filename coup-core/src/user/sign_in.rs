//! Signing in.

use secrecy::SecretString;

use crate::{
    changes::{Changes, SystemPermit},
    coup::{Command, Prepared, Room},
    error::Error,
    limit::service::{Attempt, Guess},
    second_factor::entry::{Entered, enter_or_ask},
    text::Email,
    user::{
        model::{User, UserStatus},
        passwords::is_right,
    },
};

/// Signs in with address and password, and the code of the second factor where there is one: always a new session, and the one that
/// the request came with ends.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// As typed; nonsense is only an address that nobody has.
    pub email: String,
    /// As typed.
    pub password: SecretString,
    /// Of the second factor, or a recovery code, as typed; absent, it is asked for once the password was right.
    pub code: Option<String>,
}

impl Command for SignIn {
    type Output = Entered;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Entered>, Error> {
        let attempt = Attempt::sign_in(room, &self.email).await?;
        let judged = self.judge(room).await;
        let Guess::Right(user) = attempt.judged(room, judged).await? else { return Err(Error::WrongCredentials) };
        enter_or_ask(room, Changes::system(SystemPermit::Identity), user, self.code.as_deref()).await
    }
}

impl SignIn {
    /// Whose they are, address and password. Takes as long for an address that nobody has.
    async fn judge(&self, room: &Room<'_>) -> Result<Guess<User>, Error> {
        let user = match Email::parse("email", &self.email) {
            Ok(email) => room.store().user_by_email(&email).await?,
            Err(_) => None,
        }
        .filter(|user| user.status != UserStatus::Deleted);
        let hash = user.as_ref().and_then(|user| user.password.as_ref());
        let is_right = is_right(room, &self.password, hash).await?;
        Ok(user.filter(|_| is_right).map_or(Guess::Wrong(()), Guess::Right))
    }
}
