//! Signing in.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    changes::{Change, Changes, Guard, SystemPermit},
    coup::{Command, Prepared, Room},
    error::Error,
    text::Email,
    user::{
        model::UserStatus,
        passwords,
        session::{SignedIn, enter},
    },
};

/// Signs in with address and password: always a new session, and the one that the request came with ends.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// As typed; nonsense is only an address that nobody has.
    pub email: String,
    /// As typed.
    pub password: SecretString,
}

impl Command for SignIn {
    type Output = SignedIn;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SignedIn>, Error> {
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
        let changes = Changes::system(SystemPermit::Identity)
            .guard(Guard::User(user.id.clone(), user.auth_version))
            .change(Change::SignedIn(user.id.clone(), room.env.now()));
        enter(room, changes, user).await
    }
}
