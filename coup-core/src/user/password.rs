//! One's own password: changing it, and showing again that one knows it.

use secrecy::SecretString;

use crate::{
    changes::{Change, Changes, Key, Row, SystemPermit},
    coup::{Caller, Command, Prepared, Room},
    error::{Error, Invalid, StateError},
    id::UserId,
    limit::service::{Attempt, Guess},
    mail::letter::Letter,
    second_factor::{
        entry::shut,
        model::SecondFactor,
        rules::{Judged, internal, judge},
    },
    user::{
        model::{PasswordHash, Session, User},
        passwords,
        session::{SignedIn, enter},
        verification::Tried,
    },
};

/// Changes one's own password. All sessions end, open connections too; who asked gets a new one, and a letter tells the owner.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// As it is.
    pub current: SecretString,
    /// As it shall be.
    pub new: SecretString,
}

impl Command for ChangePassword {
    type Output = SignedIn;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SignedIn>, Error> {
        let caller = room.caller().await?;
        let user = &caller.user;
        passwords::check(
            "new",
            &self.new,
            room.settings().password_min_length,
            user.email.as_ref(),
            user.name.as_ref(),
        )?;
        shown(room, &caller, "current", &self.current).await?;
        let password = room.passwords()?.hash(&self.new, room.env.secret()).await?;
        let (user, changes) = changed(room, Changes::system(SystemPermit::Identity), caller.user, password);
        // It goes with the others.
        enter(room, changes, user).await
    }
}

/// How somebody shows that they are who signed in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Proof {
    /// By their password; only where there is no second factor.
    Password(SecretString),
    /// By a code of their second factor, or a recovery code.
    Code(String),
}

/// Shows again that one is who signed in, by the second factor where there is one, for what does the most harm ([`Caller::fresh`](crate::coup::Caller::fresh)).
#[derive(Debug, Clone)]
pub struct Confirm(pub Proof);

impl Command for Confirm {
    type Output = Tried<()>;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Tried<()>>, Error> {
        let caller = room.caller().await?;
        let changes = Changes::system(SystemPermit::Identity);
        let factor = room.store().second_factor(&caller.user.id).await?.filter(SecondFactor::is_on);
        let changes = match (&self.0, factor) {
            (Proof::Password(password), None) => {
                shown(room, &caller, "password", password).await?;
                changes
            }
            // Who has taken a session over may have read the password, too.
            (Proof::Password(_), Some(_)) => return Err(Invalid::field("code", "required").into()),
            (Proof::Code(_), None) => return Err(StateError::NoSecondFactor.into()),
            (Proof::Code(code), Some(factor)) => {
                let row = |factor| Row::SecondFactor(Box::new(factor));
                match judge(&factor, code, room.env.now()).map_err(|error| internal(&error))? {
                    Judged::Right(factor) => changes.save(row(factor)),
                    Judged::Wrong(factor) => return Ok(Prepared::new(changes.save(row(factor)), Tried::Wrong)),
                    Judged::Shut(until) => return Err(shut(room, until)),
                }
            }
        };
        let Some(session) = caller.session else { return Ok(Prepared::done(Tried::Right(()))) };
        let session = Session { confirmed_at: room.env.now(), ..session };
        Ok(Prepared::new(changes.save(Row::Session(Box::new(session))), Tried::Right(())))
    }
}

/// Whether it is the account's password.
async fn shown(room: &Room<'_>, caller: &Caller, field: &str, password: &SecretString) -> Result<(), Error> {
    let hash = caller.user.password.as_ref().ok_or(StateError::NoPassword)?;
    let attempt = Attempt::confirm(room, caller).await?;
    let judged = passwords::is_right(room, password, Some(hash)).await;
    let judged = judged.map(|is_right| if is_right { Guess::Right(()) } else { Guess::Wrong(()) });
    if let Guess::Right(()) = attempt.judged(room, judged).await? {
        Ok(())
    } else {
        Err(Invalid::field(field, "wrong_password").into())
    }
}

/// Another password: whatever is being decided in this person's name is decided again, all sessions end, a letter says so.
pub(crate) fn changed(room: &Room<'_>, changes: Changes, user: User, password: PasswordHash) -> (User, Changes) {
    let now = room.env.now();
    let user = User { password: Some(password), auth_version: user.auth_version + 1, updated_at: now, ..user };
    let id: UserId = user.id.clone();
    let changes = changes
        .save(Row::User(Box::new(user.clone())))
        .change(Change::Remove(Key::Sessions(id.clone())))
        .change(Change::Remove(Key::Devices(id.clone())))
        .job(Letter::PasswordChanged { user_id: id, at: now }.job(room));
    (user, changes)
}
