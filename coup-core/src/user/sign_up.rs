//! Signing up.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    changes::{Changes, Row, SystemPermit},
    coup::{Command, Prepared, Room},
    error::{Check, Error, Invalid, StateError},
    text::{Email, PersonName},
    user::{
        model::User,
        passwords,
        session::{SignedIn, open_session},
    },
};

/// Makes an account and signs it in.
#[derive(Debug, Clone)]
pub struct SignUp {
    email: Email,
    password: SecretString,
    name: PersonName,
}

impl SignUp {
    /// Reads what was typed. The password is judged when it is used, by the deployment's settings.
    pub fn parse(email: &str, password: SecretString, name: &str) -> Result<Self, Invalid> {
        let mut check = Check::default();
        let email = check.take(Email::parse("email", email));
        let name = check.take(PersonName::parse("name", name));
        if password.expose_secret().is_empty() {
            check.take::<()>(Err(Invalid::field("password", "required")));
        }
        check.finish()?;
        match (email, name) {
            (Some(email), Some(name)) => Ok(Self { email, password, name }),
            _ => Err(Invalid::field("email", "required")),
        }
    }

    /// The account to be made.
    pub(crate) async fn account(&self, room: &Room<'_>) -> Result<User, Error> {
        passwords::check("password", &self.password, room.settings().password_min_length, &self.email, &self.name)?;
        if room.store().user_by_email(&self.email).await?.is_some() {
            return Err(StateError::EmailTaken.into());
        }
        let password = room.passwords()?.hash(&self.password, room.env.secret()).await?;
        Ok(User {
            email: Some(self.email.clone()),
            password: Some(password),
            ..User::new(room.env.uuid().into(), self.name.clone(), room.env.now())
        })
    }
}

impl Command for SignUp {
    type Output = SignedIn;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SignedIn>, Error> {
        let mut user = self.account(room).await?;
        user.last_login_at = Some(room.env.now());
        let (session, token) = open_session(room, &user.id);
        let expires_at = session.expires_at;
        let changes = Changes::system(SystemPermit::Identity)
            .insert(Row::User(Box::new(user.clone())))
            .insert(Row::Session(Box::new(session)));
        Ok(Prepared::new(changes, SignedIn { user, token, expires_at }))
    }
}
