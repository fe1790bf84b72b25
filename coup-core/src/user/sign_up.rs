//! Signing up.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    changes::{Changes, Row, SystemPermit},
    coup::{Command, Prepared, Room},
    error::{Check, Error, Feature, Invalid, StateError},
    idempotency::Answer,
    limit::{
        model::Way,
        service::{Attempt, Guess},
    },
    policy::Language,
    settings::rules::{admitted, available},
    text::{Email, PersonName},
    user::{
        model::{PasswordHash, User, Verification, VerificationKind},
        passwords,
        session::{SignedIn, enter},
        verification::{Judged, Tried, ask, judge, tried_in_vain, used, wrong},
    },
};

/// Makes an account and signs it in; where addresses are verified, asks for a letter with a code first, and answers alike whether or
/// not there is an account.
#[derive(Debug, Clone)]
pub struct SignUp {
    email: Email,
    password: SecretString,
    name: PersonName,
    language: Language,
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
            (Some(email), Some(name)) => Ok(Self { email, password, name, language: Language::Ko }),
            _ => Err(Invalid::field("email", "required")),
        }
    }

    /// The language of the letter; Korean without.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The account to be made.
    pub(crate) async fn account(&self, room: &Room<'_>) -> Result<User, Error> {
        self.check(room)?;
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

    async fn hashed(&self, room: &Room<'_>) -> Result<PasswordHash, Error> {
        self.check(room)?;
        room.passwords()?.hash(&self.password, room.env.secret()).await
    }

    fn check(&self, room: &Room<'_>) -> Result<(), Invalid> {
        let min = room.settings().password_min_length;
        passwords::check("password", &self.password, min, Some(&self.email), Some(&self.name))
    }
}

/// What came of signing up.
#[derive(Debug, Clone)]
pub enum SignedUp {
    /// There is an account, and a session.
    SignedIn(Box<SignedIn>),
    /// A letter is on its way, whether or not there was an account; [`Verify`] makes it.
    LookIntoMail,
}

impl SignedUp {
    /// Who has just signed in; nobody where a letter comes first.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(*signed_in),
            Self::LookIntoMail => None,
        }
    }
}

/// A session's token is told once.
impl Answer for SignedUp {}

impl Command for SignUp {
    type Output = SignedUp;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SignedUp>, Error> {
        admitted(room.settings(), false)?;
        available(room.settings(), Feature::SignUp)?;
        // Its place is kept: each one hashes, and writes or sends something.
        let _kept = Attempt::from_address(room, Way::SignUp, None).await?;
        if room.coup().verifies_email() {
            // What is done is the same whether or not there is an account.
            let password = self.hashed(room).await?;
            let account = Some((self.name.clone(), password));
            let changes = ask(room, VerificationKind::SignUp, &self.email, account, self.language).await?;
            return Ok(match changes {
                Some(changes) => Prepared::new(changes, SignedUp::LookIntoMail),
                None => Prepared::done(SignedUp::LookIntoMail),
            });
        }
        let mut user = self.account(room).await?;
        user.last_login_at = Some(room.env.now());
        let changes = Changes::system(SystemPermit::Identity).insert(Row::User(Box::new(user.clone())));
        Ok(enter(room, changes, user).await?.map(|signed_in| SignedUp::SignedIn(Box::new(signed_in))))
    }
}

/// Makes the account that waits for the code in a letter, and signs in. The password is that of the sign-up: the code shows whose
/// address it is, the password whose sign-up.
#[derive(Debug, Clone)]
pub struct Verify {
    /// Of the sign-up.
    pub email: Email,
    /// As typed.
    pub code: String,
    /// Of the sign-up.
    pub password: SecretString,
}

impl Command for Verify {
    type Output = Tried<SignedIn>;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Tried<SignedIn>>, Error> {
        admitted(room.settings(), false)?;
        let attempt = Attempt::from_address(room, Way::Verify, None).await?;
        let judged = self.judge(room).await;
        let (row, name) = match attempt.judged(room, judged).await? {
            Guess::Right(found) => found,
            Guess::Wrong(counted) => return Ok(tried_in_vain(counted)),
        };
        let now = room.env.now();
        let user = User {
            email: Some(row.email.clone()),
            password: row.password.clone(),
            last_login_at: Some(now),
            ..User::new(room.env.uuid().into(), name, now)
        };
        let changes = used(&row).insert(Row::User(Box::new(user.clone())));
        Ok(enter(room, changes, user).await?.map(Tried::Right))
    }
}

impl Verify {
    /// What waits for this code and this password, or that it was tried in vain.
    async fn judge(&self, room: &Room<'_>) -> Result<Guess<(Box<Verification>, PersonName), Option<Changes>>, Error> {
        let row = room.store().verification(VerificationKind::SignUp, &self.email).await?;
        let row = match judge(row, &self.code, room.env.now()) {
            Judged::Nothing => return Ok(Guess::Wrong(None)),
            Judged::Wrong(row) => return Ok(Guess::Wrong(Some(wrong(*row)))),
            Judged::Right(row) => row,
        };
        let is_right = passwords::is_right(room, &self.password, row.password.as_ref()).await?;
        Ok(match row.name.clone() {
            Some(name) if is_right => Guess::Right((row, name)),
            Some(_) => Guess::Wrong(Some(wrong(*row))),
            None => Guess::Wrong(None),
        })
    }
}
