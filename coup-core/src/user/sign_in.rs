//! Signing in.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    changes::{Changes, SystemPermit},
    coup::{Command, Prepared, Room},
    error::Error,
    second_factor::entry::{Entered, enter_or_ask},
    text::Email,
    user::{model::UserStatus, passwords},
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
        let user = match Email::parse("email", &self.email) {
            Ok(email) => room.store().user_by_email(&email).await?,
            Err(_) => None,
        }
        .filter(|user| user.status != UserStatus::Deleted);
        let hash = user.as_ref().and_then(|user| user.password.as_ref());
        let right = self.password.expose_secret().chars().count() <= passwords::MAX_LENGTH
            && room.passwords()?.verify(&self.password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            return Err(Error::WrongCredentials);
        };
        enter_or_ask(room, Changes::system(SystemPermit::Identity), user, self.code.as_deref()).await
    }
}
