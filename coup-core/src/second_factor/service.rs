//! Use cases of one's own second factor: setting it up, fresh recovery codes, turning it off.

use super::{
    model::{RecoveryCodes, SecondFactor, SecondFactorView, Setup, TotpSecret},
    rules,
};
use crate::{
    changes::{Change, Changes, Key, Row},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room},
    error::{Error, StateError},
    idempotency::Answer,
    identity::service::may_change_ways_in,
    mail::letter::Letter,
    policy::Permit,
    user::{
        model::User,
        service::{Me, me},
        session::{SignedIn, enter},
    },
};

/// What the site is called where nothing says it.
const SITE: &str = "CoUp";

/// Who may change their second factor: whoever may change by what they sign in, with a session of ours.
async fn own(room: &Room<'_>) -> Result<(Caller, Permit), Error> {
    let caller = room.caller().await?;
    if caller.session.is_none() {
        // How hosts' users sign in is the host's.
        return Err(Error::NotConfigured);
    }
    let permit = may_change_ways_in(&caller)?;
    Ok((caller, permit))
}

fn setup(room: &Room<'_>, secret: &TotpSecret, user: &User) -> Result<Setup, Error> {
    let name = room.settings().site_name.as_ref().map_or(SITE, |name| name.as_str());
    rules::setup(secret, user, name)
}

/// Begins to set it up: a secret for the app. Nothing is asked for before a code of it was shown; asked again, it is another secret.
#[derive(Debug, Clone, Copy)]
pub struct BeginSecondFactor;

impl Command for BeginSecondFactor {
    type Output = Setup;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Setup>, Error> {
        let (caller, permit) = own(room).await?;
        caller.fresh(room)?;
        let before = room.store().second_factor(&caller.user.id).await?;
        if before.as_ref().is_some_and(SecondFactor::is_on) {
            return Err(StateError::SecondFactorOn.into());
        }
        let secret = TotpSecret::new(room.env.secret());
        let setup = setup(room, &secret, &caller.user)?;
        let row = SecondFactor {
            user: caller.user.id.clone(),
            secret,
            confirmed_at: None,
            used_step: 0,
            recovery: Vec::new(),
            wrong: 0,
            wrong_at: None,
            version: before.as_ref().map_or(0, |row| row.version),
        };
        let row = Row::SecondFactor(Box::new(row));
        let changes = Changes::permitted(permit).guard(caller.guard());
        let changes = if before.is_some() { changes.save(row) } else { changes.insert(row) };
        Ok(Prepared::new(changes, setup))
    }
}

/// Turns it on, by a code of the app. All sessions end, open connections too; who asked gets a new one, and a letter tells the owner.
#[derive(Debug, Clone)]
pub struct ConfirmSecondFactor {
    /// As typed.
    pub code: String,
}

/// A second factor that was turned on.
#[derive(Debug, Clone)]
pub struct TurnedOn {
    /// The session that goes on.
    pub signed_in: SignedIn,
    /// For who has lost the app; told once.
    pub recovery_codes: RecoveryCodes,
}

impl Command for ConfirmSecondFactor {
    type Output = TurnedOn;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<TurnedOn>, Error> {
        let (caller, permit) = own(room).await?;
        caller.fresh(room)?;
        let factor = room.store().second_factor(&caller.user.id).await?.ok_or(StateError::NoSecondFactor)?;
        if factor.is_on() {
            return Err(StateError::SecondFactorOn.into());
        }
        let now = room.env.now();
        let typed: String = self.code.chars().filter(char::is_ascii_digit).take(64).collect();
        let step = rules::step_of(&factor.secret, &typed, now).map_err(|error| rules::internal(&error))?;
        // Whoever may ask is told the secret: there is nothing to guess, and nothing to count.
        let used_step = step.ok_or(StateError::CodeWrong)?;
        let (recovery_codes, recovery) = rules::recovery_codes(&caller.user.id, || room.env.secret());
        let factor = SecondFactor { confirmed_at: Some(now), used_step, recovery, ..factor };
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .save(Row::SecondFactor(Box::new(factor)))
            .change(Change::Remove(Key::Sessions(caller.user.id.clone())))
            .job(Letter::SecondFactorOn { user_id: caller.user.id.clone(), at: now }.job(room));
        let (user, changes) = decided_anew(room, changes, caller.user);
        let entered = enter(room, changes, user).await?;
        Ok(entered.map(|signed_in| TurnedOn { signed_in, recovery_codes }))
    }
}

/// Makes fresh recovery codes; those of before are worth nothing any more.
#[derive(Debug, Clone, Copy)]
pub struct NewRecoveryCodes;

impl Command for NewRecoveryCodes {
    type Output = RecoveryCodes;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<RecoveryCodes>, Error> {
        let (caller, permit) = own(room).await?;
        caller.fresh(room)?;
        let factor = room.store().second_factor(&caller.user.id).await?.filter(SecondFactor::is_on);
        let factor = factor.ok_or(StateError::NoSecondFactor)?;
        let (codes, recovery) = rules::recovery_codes(&caller.user.id, || room.env.secret());
        let factor = SecondFactor { recovery, ..factor };
        let changes = Changes::permitted(permit).guard(caller.guard()).save(Row::SecondFactor(Box::new(factor)));
        Ok(Prepared::new(changes, codes))
    }
}

/// Turns it off; a letter tells the owner. Administrators keep theirs while it is required of them.
#[derive(Debug, Clone, Copy)]
pub struct TurnOffSecondFactor;

impl Command for TurnOffSecondFactor {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let (caller, permit) = own(room).await?;
        caller.fresh(room)?;
        let factor = room.store().second_factor(&caller.user.id).await?.ok_or(StateError::NoSecondFactor)?;
        let changes =
            Changes::permitted(permit).guard(caller.guard()).change(Change::Remove(Key::SecondFactor(factor.user)));
        if factor.confirmed_at.is_none() {
            // What was begun is forgotten.
            return Ok(Prepared::new(changes, ()));
        }
        if is_required(&caller, room) {
            return Err(StateError::SecondFactorStays.into());
        }
        let changes =
            changes.job(Letter::SecondFactorOff { user_id: caller.user.id.clone(), at: room.env.now() }.job(room));
        let (_, changes) = decided_anew(room, changes, caller.user);
        Ok(Prepared::new(changes, ()))
    }
}

/// Whatever is being decided in this person's name is decided again.
pub(super) fn decided_anew(room: &Room<'_>, changes: Changes, user: User) -> (User, Changes) {
    let user = User { auth_version: user.auth_version + 1, updated_at: room.env.now(), ..user };
    (user.clone(), changes.save(Row::User(Box::new(user))))
}

fn is_required(caller: &Caller, room: &Room<'_>) -> bool {
    let administers = caller.actor.admin.is_some() || caller.withheld.is_some();
    administers && room.settings().require_admin_second_factor
}

impl Coup {
    /// One's own second factor.
    pub async fn second_factor(&self, ctx: &Ctx) -> Result<SecondFactorView, Error> {
        Ok(self.me_with_second_factor(ctx).await?.1)
    }

    /// One's own account, and its second factor.
    ///
    /// # Errors
    /// [`Error::NotConfigured`] for hosts' users.
    pub async fn me_with_second_factor(&self, ctx: &Ctx) -> Result<(Me, SecondFactorView), Error> {
        let room = self.room(ctx);
        let (caller, _) = own(&room).await?;
        let factor = room.store().second_factor(&caller.user.id).await?;
        let view = rules::view(factor.as_ref(), is_required(&caller, &room));
        Ok((me(&caller, room.env.now()), view))
    }

    /// What the app is told while it is being set up, with one's own account; only who showed lately who they are is told it again.
    ///
    /// # Errors
    /// [`StateError::NoSecondFactor`] where nothing was begun, [`StateError::SecondFactorOn`] where it is done.
    pub async fn second_factor_setup(&self, ctx: &Ctx) -> Result<(Me, Setup), Error> {
        let room = self.room(ctx);
        let (caller, _) = own(&room).await?;
        caller.fresh(&room)?;
        let factor = room.store().second_factor(&caller.user.id).await?.ok_or(StateError::NoSecondFactor)?;
        if factor.is_on() {
            return Err(StateError::SecondFactorOn.into());
        }
        Ok((me(&caller, room.env.now()), setup(&room, &factor.secret, &caller.user)?))
    }
}

/// Told once.
impl Answer for Setup {}
impl Answer for TurnedOn {}
impl Answer for RecoveryCodes {}
