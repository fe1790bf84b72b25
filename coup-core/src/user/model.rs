//! What CoUp knows of a person.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    env::Timestamp,
    id::{JobId, SessionId, UserId},
    policy::{AdminRole, PermissionSet},
    text::{Bio, Email, PersonName},
};

words! {
    /// Whether an account is in use.
    UserStatus {
        /// In use.
        Active = "ACTIVE",
        /// Under a suspension or a ban.
        Suspended = "SUSPENDED",
        /// Deleted; personal fields are erased, content stays under "deleted user".
        Deleted = "DELETED",
    }
}

words! {
    /// How old a person is, on the host's word.
    AgeBand {
        /// Under 14: a guardian's consent must be recorded.
        Under14 = "UNDER_14",
        /// 14 to 18.
        Under19 = "UNDER_19",
        /// 19 or older.
        Adult = "ADULT",
    }
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Whose account.
    pub id: UserId,
    /// Unique; absent for erased and hosts' users.
    pub email: Option<Email>,
    /// argon2id in PHC form; absent for accounts that sign in elsewhere.
    pub password: Option<PasswordHash>,
    /// Shown to others.
    pub name: Option<PersonName>,
    /// Address of a picture.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<Bio>,
    /// Whether in use.
    pub status: UserStatus,
    /// Until when it is suspended; absent for ever, and while it is not. Follows from the sanctions.
    pub suspended_until: Option<Timestamp>,
    /// Why, as the person was told.
    pub suspend_reason: Option<String>,
    /// On the host's word.
    pub age_band: Option<AgeBand>,
    /// When a guardian's consent was recorded.
    pub guardian_consent_at: Option<Timestamp>,
    /// `ko` or `en`, if they chose.
    pub locale: Option<String>,
    /// Grows whenever what they may do changes; decisions are guarded by it.
    pub auth_version: i64,
    /// Grows with each save.
    pub version: i64,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
}

impl User {
    /// An account without anything but its name, made now.
    pub fn new(id: UserId, name: PersonName, now: Timestamp) -> Self {
        Self {
            id,
            email: None,
            password: None,
            name: Some(name),
            avatar: None,
            bio: None,
            status: UserStatus::Active,
            suspended_until: None,
            suspend_reason: None,
            age_band: None,
            guardian_consent_at: None,
            locale: None,
            auth_version: 0,
            version: 0,
            created_at: now,
            updated_at: now,
            last_login_at: None,
        }
    }
}

impl User {
    /// How the account stands at the instant: a suspension ends by itself, without any job having run.
    pub fn status_at(&self, now: Timestamp) -> UserStatus {
        match self.status {
            UserStatus::Suspended if self.suspended_until.is_some_and(|end| end <= now) => UserStatus::Active,
            status => status,
        }
    }

    /// Whether a guardian's consent is needed and was not recorded.
    pub fn lacks_consent(&self) -> bool {
        self.age_band == Some(AgeBand::Under14) && self.guardian_consent_at.is_none()
    }
}

/// A hashed password. Never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash in PHC form.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The hash, for storage and verification.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// As much of a person as others see beside what they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// Absent for a deleted user.
    pub name: Option<String>,
    /// Address of a picture.
    pub avatar: Option<String>,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { id: user.id.clone(), name: user.name.as_ref().map(ToString::to_string), avatar: user.avatar.clone() }
    }
}

/// How much somebody takes part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Studies of which they are an ACTIVE member.
    pub studies: u32,
    /// Messages that they sent, deleted ones too.
    pub messages: u32,
}

/// SHA-256 of a session's token: what the database keeps of it.
pub type TokenHash = [u8; 32];

/// A signed-in session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session to its owner; says nothing of the token.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Of the cookie's token.
    pub token_hash: TokenHash,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// When it was last used, to some minutes; moved by [`Change::SeenSession`](crate::changes::Change::SeenSession) alone.
    pub last_seen_at: Timestamp,
    /// When its holder last showed that they know the password; signing in is that, too.
    pub confirmed_at: Timestamp,
    /// From where they signed in.
    pub ip: Option<String>,
    /// With what they signed in.
    pub user_agent: Option<String>,
}

impl Session {
    /// When it ends: at its last instant, or before when nobody uses it for `idle`.
    pub fn ends_at(&self, idle: TimeDelta) -> Timestamp {
        self.expires_at.min(self.last_seen_at.checked_add_signed(idle).unwrap_or(self.expires_at))
    }
}

words! {
    /// What a code that was sent by letter is for.
    VerificationKind {
        /// Making an account.
        SignUp = "SIGN_UP",
        /// A new password.
        Reset = "RESET",
    }
}

/// What waits for a code that is sent to an address: one row an address and kind, whether or not there is such an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// What for.
    pub kind: VerificationKind,
    /// Who reads this address's letters may do it.
    pub email: Email,
    /// The job that sends the code; another one for each request, so that what was asked before sends nothing.
    pub job: JobId,
    /// The name of the account that is to be made.
    pub name: Option<PersonName>,
    /// The password of the account that is to be made.
    pub password: Option<PasswordHash>,
    /// Of the code; absent until the letter is sent.
    pub code_hash: Option<TokenHash>,
    /// How many wrong codes were tried.
    pub tries: u32,
    /// How many letters were asked for since [`asked_since`](Self::asked_since).
    pub asked: u32,
    /// Since when they are counted.
    pub asked_since: Timestamp,
    /// Until when the code is taken.
    pub expires_at: Timestamp,
    /// Grows with each save.
    pub version: i64,
}

/// An administrator's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminGrant {
    /// Who has it.
    pub user: UserId,
    /// Which.
    pub role: AdminRole,
    /// Extra grants and denials of this person.
    pub permissions: AdminPermissions,
    /// Who gave it; absent for the first administrator.
    pub granted_by: Option<UserId>,
    /// When.
    pub granted_at: Timestamp,
    /// Until when; absent: without end.
    pub expires_at: Option<Timestamp>,
}

/// Extra grants and denials; a denial beats a grant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminPermissions {
    /// Allowed beyond the role.
    #[serde(default)]
    pub grant: PermissionSet,
    /// Withheld from the role.
    #[serde(default)]
    pub deny: PermissionSet,
}
