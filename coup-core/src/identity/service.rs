//! Use cases of identities: signing in with one, linking, unlinking, one's own.

use super::{
    model::{IdentityView, Linking, OAuthIdentity, ProvedIdentity, Provider},
    rules::{self, Verdict},
};
use crate::{
    changes::{Change, Changes, Key, Row, SystemPermit},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::{Error, Feature, StateError},
    id::UserId,
    policy::{Permit, SystemPermission, Target},
    second_factor::entry::{Entered, enter_or_ask},
    settings::rules::{admitted, available},
    text::{Email, PersonName},
    user::{
        model::{User, UserStatus},
        service::{Me, me},
        session::enter,
    },
};

/// What who gives no name is called until they say.
const NAMELESS: &str = "새 사용자";

/// Whether the caller may change by what their account is signed in to. The one place that is asked before linking, when it
/// comes back, and before unlinking.
pub(crate) fn may_change_ways_in(caller: &Caller) -> Result<Permit, Error> {
    caller.permit(SystemPermission::ProfileManage, Target::User(caller.user.id.clone()))
}

/// Signs in with a proved identity; who is new gets an account.
#[derive(Debug, Clone)]
pub struct SignInWith {
    /// By which way it was proved.
    pub provider: Provider,
    /// What was proved.
    pub proved: ProvedIdentity,
}

impl Command for SignInWith {
    type Output = Entered;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Entered>, Error> {
        let proved = &self.proved;
        let known = room.store().identity(&proved.issuer, &proved.subject).await?;
        let same_address = match proved.verified_email() {
            Some(email) if known.is_none() => room.store().user_by_email(email).await?,
            _ => None,
        };
        let now = room.env.now();
        let changes = Changes::system(SystemPermit::Identity);
        match rules::sign_in(proved, known.as_ref(), same_address.as_ref()) {
            Verdict::SignIn(id) => {
                // As with a password: who is suspended comes in and reads why, whose account is deleted does not.
                let user = room.store().user(&id).await?.filter(|user| user.status != UserStatus::Deleted);
                let user = user.ok_or(Error::WrongCredentials)?;
                enter_or_ask(room, changes, user, None).await
            }
            Verdict::Create(email) => {
                admitted(room.settings(), false)?;
                available(room.settings(), Feature::SignUp)?;
                let user = self.account(room, email);
                let identity = identity(self.provider, proved, &user.id, now);
                let changes =
                    changes.insert(Row::User(Box::new(user.clone()))).insert(Row::Identity(Box::new(identity)));
                Ok(enter(room, changes, user).await?.map(|signed_in| Entered::SignedIn(Box::new(signed_in))))
            }
            Verdict::Refuse(state) => Err(state.into()),
            Verdict::Link | Verdict::Linked => {
                Err(Error::Internal("signing in was decided to link an identity".into()))
            }
        }
    }
}

impl SignInWith {
    fn account(&self, room: &Room<'_>, email: Option<Email>) -> User {
        let now = room.env.now();
        let name = rules::name(&self.proved).unwrap_or_else(|| PersonName::from_stored(NAMELESS.into()));
        User { email, last_login_at: Some(now), ..User::new(room.env.uuid().into(), name, now) }
    }
}

fn identity(provider: Provider, proved: &ProvedIdentity, user: &UserId, now: Timestamp) -> OAuthIdentity {
    OAuthIdentity {
        issuer: proved.issuer.clone(),
        subject: proved.subject.clone(),
        user: user.clone(),
        provider,
        email: proved.email.as_ref().map(|(email, _)| email.as_str().to_owned()),
        linked_at: now,
    }
}

/// Links a proved identity to the account that asked for it, in the session in which it did.
#[derive(Debug, Clone)]
pub struct LinkIdentity {
    /// By which way it was proved.
    pub provider: Provider,
    /// What was proved.
    pub proved: ProvedIdentity,
    /// Who asked.
    pub linking: Linking,
}

impl Command for LinkIdentity {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let caller = room.caller().await?;
        let session = caller.session.as_ref().map(|session| session.id);
        if caller.user.id != self.linking.user || session != self.linking.session {
            return Err(StateError::SignInExpired.into());
        }
        let permit = may_change_ways_in(&caller)?;
        let known = room.store().identity(&self.proved.issuer, &self.proved.subject).await?;
        let own = room.store().identities(&caller.user.id).await?;
        match rules::link(&caller.user.id, self.provider, known.as_ref(), &own) {
            Verdict::Linked => Ok(Prepared::done(())),
            Verdict::Link => {
                let identity = identity(self.provider, &self.proved, &caller.user.id, room.env.now());
                let changes =
                    Changes::permitted(permit).guard(caller.guard()).insert(Row::Identity(Box::new(identity)));
                Ok(Prepared::new(changes, ()))
            }
            Verdict::Refuse(state) => Err(state.into()),
            Verdict::SignIn(_) | Verdict::Create(_) => {
                Err(Error::Internal("linking was decided to sign somebody in".into()))
            }
        }
    }
}

/// Takes one's own identity at a provider away; the last way in stays.
#[derive(Debug, Clone, Copy)]
pub struct UnlinkIdentity(pub Provider);

impl Command for UnlinkIdentity {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let mut caller = room.caller().await?;
        let permit = may_change_ways_in(&caller)?;
        caller.fresh(room)?;
        let own = room.store().identities(&caller.user.id).await?;
        if !own.iter().any(|identity| identity.provider == self.0) {
            return Err(Error::NotFound);
        }
        rules::unlink(&caller.user, self.0, &own)?;
        // The account is saved, too: of two who unlink the last two at once, one finds its version moved.
        caller.user.updated_at = room.env.now();
        let changes = Changes::permitted(permit)
            .guard(caller.guard())
            .save(Row::User(Box::new(caller.user.clone())))
            .change(Change::Remove(Key::Identity(caller.user.id, self.0)));
        Ok(Prepared::new(changes, ()))
    }
}

impl Coup {
    /// The identities that are linked to one's own account.
    pub async fn identities(&self, ctx: &Ctx) -> Result<Vec<IdentityView>, Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::ProfileManage, Target::User(caller.user.id.clone()))?;
        Ok(room.store().identities(&caller.user.id).await?.iter().map(IdentityView::from).collect())
    }

    /// One's own account with the identities that are linked to it, for who may manage their profile; for others without.
    pub async fn me_with_identities(&self, ctx: &Ctx) -> Result<(Me, Vec<IdentityView>), Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        let own = match caller.require(SystemPermission::ProfileManage, Target::User(caller.user.id.clone())) {
            Ok(()) => room.store().identities(&caller.user.id).await?,
            Err(Error::Denied(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok((me(&caller, room.env.now()), own.iter().map(IdentityView::from).collect()))
    }
}
