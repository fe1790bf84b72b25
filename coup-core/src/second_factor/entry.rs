//! Signing in with a second factor: half-way after the first step, in after the code.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    model::{HalfSignIn, Halfway, SecondFactor},
    rules::{self, HALF_MINUTES, Judged},
};
use crate::{
    changes::{Change, Changes, Guard, Row, SystemPermit},
    coup::{Command, Prepared, Room},
    error::{Error, StateError},
    idempotency::Answer,
    user::{
        model::{User, UserStatus},
        session::{SessionToken, SignedIn, enter},
    },
};

/// What came of signing in.
#[derive(Debug, Clone)]
pub enum Entered {
    /// They are in, with a new session.
    SignedIn(Box<SignedIn>),
    /// The first step is done; [`CompleteSignIn`] is the second.
    CodeRequired(Halfway),
    /// It was not the code of the second factor; that is counted.
    CodeWrong,
}

impl Entered {
    /// Who is in now.
    ///
    /// # Errors
    /// [`Error::CodeRequired`], [`StateError::CodeWrong`].
    pub fn signed_in(self) -> Result<SignedIn, Error> {
        match self {
            Self::SignedIn(signed_in) => Ok(*signed_in),
            Self::CodeRequired(_) => Err(Error::CodeRequired),
            Self::CodeWrong => Err(StateError::CodeWrong.into()),
        }
    }
}

/// Tokens are told once.
impl Answer for Entered {}

/// The second step: the code of the second factor, or a recovery code, in the browser of the first step. Always a new session.
#[derive(Debug, Clone)]
pub struct CompleteSignIn {
    /// What the first step gave, from its cookie.
    pub halfway: Option<SecretString>,
    /// As typed.
    pub code: String,
}

impl Command for CompleteSignIn {
    type Output = Entered;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Entered>, Error> {
        let token = self.halfway.as_ref().ok_or(StateError::SignInExpired)?;
        let half = room.store().half_sign_in(&SessionToken::hash(token.expose_secret())).await?;
        let half = half.filter(|half| room.env.now() < half.expires_at).ok_or(StateError::SignInExpired)?;
        let user = room.store().user(&half.user).await?;
        // Whoever changed the password, or anything else of this weight, meant all who were half-way, too.
        let as_before = |user: &User| user.status != UserStatus::Deleted && user.auth_version == half.auth_version;
        let user = user.filter(as_before).ok_or(StateError::SignInExpired)?;
        let factor = room.store().second_factor(&user.id).await?.filter(SecondFactor::is_on);
        let factor = factor.ok_or(StateError::SignInExpired)?;
        let changes = Changes::system(SystemPermit::Identity);
        with_code(room, changes, user, &factor, &self.code, Some(Change::UseHalfSignIn(half.hash))).await
    }
}

/// Lets somebody in who has shown the first factor, or asks for the second, if they have one and no code was typed with the first.
pub(crate) async fn enter_or_ask(
    room: &Room<'_>,
    changes: Changes,
    user: User,
    code: Option<&str>,
) -> Result<Prepared<Entered>, Error> {
    let factor = room.store().second_factor(&user.id).await?.filter(SecondFactor::is_on);
    match (factor, code) {
        (None, _) => come_in(room, changes, user).await,
        (Some(factor), Some(code)) => with_code(room, changes, user, &factor, code, None).await,
        (Some(_), None) => {
            let token = URL_SAFE_NO_PAD.encode(room.env.secret::<32>());
            let expires_at = room.env.now() + TimeDelta::minutes(HALF_MINUTES);
            let half = HalfSignIn {
                hash: SessionToken::hash(&token),
                user: user.id.clone(),
                auth_version: user.auth_version,
                expires_at,
            };
            let changes =
                changes.guard(Guard::User(user.id, user.auth_version)).insert(Row::HalfSignIn(Box::new(half)));
            Ok(Prepared::new(changes, Entered::CodeRequired(Halfway::new(token, expires_at))))
        }
    }
}

/// The code decides; the row's version lets one of two who bring the same one in.
async fn with_code(
    room: &Room<'_>,
    changes: Changes,
    user: User,
    factor: &SecondFactor,
    code: &str,
    taken: Option<Change>,
) -> Result<Prepared<Entered>, Error> {
    match rules::judge(factor, code, room.env.now()).map_err(|error| rules::internal(&error))? {
        Judged::Right(factor) => {
            let changes = changes.save(Row::SecondFactor(Box::new(factor)));
            let changes = taken.into_iter().fold(changes, Changes::change);
            come_in(room, changes, user).await
        }
        Judged::Wrong(factor) => {
            let changes = changes.save(Row::SecondFactor(Box::new(factor)));
            Ok(Prepared::new(changes, Entered::CodeWrong))
        }
        Judged::Shut(until) => Err(shut(room, until)),
    }
}

async fn come_in(room: &Room<'_>, changes: Changes, user: User) -> Result<Prepared<Entered>, Error> {
    let changes = changes
        .guard(Guard::User(user.id.clone(), user.auth_version))
        .change(Change::SignedIn(user.id.clone(), room.env.now()));
    Ok(enter(room, changes, user).await?.map(|signed_in| Entered::SignedIn(Box::new(signed_in))))
}

/// Too many wrong codes: none is looked at until then.
pub(crate) fn shut(room: &Room<'_>, until: crate::env::Timestamp) -> Error {
    // Whole seconds, and not too few of them.
    let seconds = (until - room.env.now()).num_seconds() + 1;
    Error::TooManyCodes(u16::try_from(seconds).unwrap_or(1))
}
