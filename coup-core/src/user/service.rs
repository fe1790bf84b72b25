//! Use cases of people: the own profile, and what a host says of its users. Those of accounts stand beside, a file each.

use serde::{Deserialize, Serialize};

pub use crate::user::{
    session::{SessionToken, SignOut, SignedIn},
    sign_in::SignIn,
    sign_up::{SignUp, SignedUp},
};
use crate::{
    changes::{Changes, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::UserId,
    policy::{AdminRole, SystemPermission, SystemRole, Target},
    text::{Bio, Email, PersonName},
    user::{
        directory::HostUser,
        model::{User, UserStatus},
    },
};

/// One's own account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// Who.
    pub id: UserId,
    /// Absent for hosts' users.
    pub email: Option<Email>,
    /// Shown to others.
    pub name: Option<PersonName>,
    /// Address of a picture.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<Bio>,
    /// Derived from the administrator's role.
    pub role: SystemRole,
    /// The administrator's role, while it lasts.
    pub admin_role: Option<AdminRole>,
    /// Whether a second factor is asked for when one signs in.
    pub has_second_factor: bool,
    /// Whether an administrator's role waits for a second factor that is to be set up; until then it is absent.
    pub second_factor_required: bool,
    /// Whether in use.
    pub status: UserStatus,
    /// `ko` or `en`, if they chose.
    pub locale: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
}

/// Changes one's own profile. Absent: stays.
#[derive(Debug, Clone, Default)]
pub struct UpdateProfile {
    /// Shown to others.
    pub name: Option<PersonName>,
    /// What they say of themselves.
    pub bio: Option<Bio>,
    /// `ko` or `en`; the inner absence forgets the choice.
    pub locale: Option<Option<Locale>>,
}

words! {
    /// A language of the interface.
    Locale {
        /// Korean.
        Ko = "ko",
        /// English.
        En = "en",
    }
}

impl Command for UpdateProfile {
    type Output = Me;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Me>, Error> {
        let caller = room.caller().await?;
        let permit = caller.permit(SystemPermission::ProfileManage, Target::User(caller.user.id.clone()))?;
        let guard = caller.guard();
        let mut caller = caller;
        if let Some(name) = &self.name {
            caller.user.name = Some(name.clone());
        }
        if let Some(bio) = &self.bio {
            caller.user.bio = Some(bio.clone()).filter(|bio| !bio.as_str().is_empty());
        }
        if let Some(locale) = self.locale {
            caller.user.locale = locale.map(|locale| locale.to_string());
        }
        caller.user.updated_at = room.env.now();
        let changes = Changes::permitted(permit).guard(guard).save(Row::User(Box::new(caller.user.clone())));
        Ok(Prepared::new(changes, me(&caller, room.env.now())))
    }
}

pub(crate) fn me(caller: &crate::coup::Caller, now: Timestamp) -> Me {
    let user = caller.user.clone();
    let status = user.status_at(now);
    Me {
        id: user.id,
        email: user.email,
        name: user.name,
        avatar: user.avatar,
        bio: user.bio,
        role: caller.actor.system_role(),
        admin_role: caller.actor.admin.as_ref().map(|admin| admin.role),
        has_second_factor: caller.has_second_factor,
        second_factor_required: caller.withheld.is_some(),
        status,
        locale: user.locale,
        created_at: user.created_at,
        last_login_at: user.last_login_at,
    }
}

/// Makes CoUp know a host's user before they do anything, or what others see of them now. Knowing it already is well. Who was deleted
/// ([`DeleteUser`](super::deletion::DeleteUser)) does not come back: [`Error::NotFound`].
///
/// With a [`UserDirectory`](super::directory::UserDirectory) people are met when they come; a host gives this command when a name
/// changes.
#[derive(Debug, Clone)]
pub struct AdoptUser {
    /// The host's own id.
    pub id: UserId,
    /// What others see.
    pub user: HostUser,
}

impl Command for AdoptUser {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let known = room.store().user(&self.id).await?;
        if known.as_ref().is_some_and(|user| user.status == UserStatus::Deleted) {
            return Err(Error::NotFound);
        }
        Ok(match adopt(&self.id, &self.user, known, room.env.now()) {
            Some(changes) => Prepared::new(changes, ()),
            None => Prepared::done(()),
        })
    }
}

/// What makes a host's user known as the host says; nothing if they are.
pub(crate) fn adopt(id: &UserId, host: &HostUser, known: Option<User>, now: Timestamp) -> Option<Changes> {
    let changes = Changes::system(SystemPermit::Directory);
    let said = |user: User| {
        let user = User { name: Some(host.name.clone()), avatar: host.avatar.clone(), ..user };
        host.age.map_or(user.clone(), |age| age.said_of(user, now))
    };
    let Some(before) = known else {
        let user = said(User::new(id.clone(), host.name.clone(), now));
        return Some(changes.insert(Row::User(Box::new(user))));
    };
    let after = said(before.clone());
    if after == before {
        return None;
    }
    let is_same = (after.age_band, after.guardian_consent_at) == (before.age_band, before.guardian_consent_at);
    let auth_version = if is_same { before.auth_version } else { before.auth_version + 1 };
    Some(changes.save(Row::User(Box::new(User { auth_version, updated_at: now, ..after }))))
}

impl Coup {
    /// One's own account.
    pub async fn me(&self, ctx: &Ctx) -> Result<Me, Error> {
        let room = self.room(ctx);
        Ok(me(&room.caller().await?, room.env.now()))
    }

    /// Whether there is a SUPER_ADMIN without an end; a fresh deployment has none.
    pub async fn has_super_admin(&self) -> Result<bool, Error> {
        Ok(self.room(&Ctx::default()).store().lasting_super_admins().await? > 0)
    }
}
