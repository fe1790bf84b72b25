//! Use cases of people: sign-up, sign-in, sign-out, the own profile.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    changes::{Change, Changes, Key, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::{Check, Error, Invalid, StateError},
    id::{SessionId, UserId},
    idempotency::Answer,
    policy::{AdminRole, SystemPermission, SystemRole, Target},
    text::{Bio, Email, PersonName},
    user::{
        directory::HostUser,
        model::{Session, TokenHash, User, UserStatus},
        passwords,
    },
};

/// The token of a session, for its cookie. Never stored, never shown.
#[derive(Clone)]
pub struct SessionToken(SecretString);

impl SessionToken {
    fn new(secret: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(secret).into())
    }

    /// The cookie's value.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database keeps of a cookie's value.
    pub fn hash(value: &str) -> TokenHash {
        Sha256::digest(value.as_bytes()).into()
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

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
    /// Whether in use.
    pub status: UserStatus,
    /// `ko` or `en`, if they chose.
    pub locale: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
}

/// Somebody who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their account.
    pub user: User,
    /// For the cookie.
    pub token: SessionToken,
    /// When the session ends.
    pub expires_at: Timestamp,
}

/// A session's token is told once.
impl Answer for SignedIn {
    const KEPT: bool = false;

    fn keep(&self) -> Option<String> {
        None
    }

    fn recall(_: &str) -> Option<Self> {
        None
    }
}

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

/// Signs in with address and password.
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
        let (session, token) = open_session(room, &user.id);
        let expires_at = session.expires_at;
        let changes = Changes::system(SystemPermit::Identity)
            .guard(crate::changes::Guard::User(user.id.clone(), user.auth_version))
            .insert(Row::Session(Box::new(session)))
            .change(Change::SignedIn(user.id.clone(), room.env.now()));
        Ok(Prepared::new(changes, SignedIn { user, token, expires_at }))
    }
}

/// A new session for somebody who has just proved who they are.
pub(crate) fn open_session(room: &Room<'_>, user: &UserId) -> (Session, SessionToken) {
    let token = SessionToken::new(room.env.secret());
    let now = room.env.now();
    let session = Session {
        id: SessionId::from_uuid(room.env.uuid()),
        user: user.clone(),
        token_hash: SessionToken::hash(token.expose()),
        created_at: now,
        expires_at: now + Duration::hours(room.settings().session_hours.into()),
        ip: room.ctx.ip.clone(),
        user_agent: room.ctx.user_agent.as_ref().map(|agent| agent.chars().take(300).collect()),
    };
    (session, token)
}

/// Ends the caller's session.
#[derive(Debug, Clone, Copy)]
pub struct SignOut;

impl Command for SignOut {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let Some(session) = room.caller().await?.session else { return Ok(Prepared::done(())) };
        let changes = Changes::system(SystemPermit::Identity).change(Change::Remove(Key::Session(session.id)));
        Ok(Prepared::new(changes, ()))
    }
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
        status,
        locale: user.locale,
        created_at: user.created_at,
        last_login_at: user.last_login_at,
    }
}

/// Makes CoUp know a host's user before they do anything, or what others see of them now. Knowing it already is well.
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
