//! Sessions: opening, listing, and ending them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::{
    changes::{Change, Changes, Key, SystemPermit},
    coup::{Command, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::{SessionId, UserId},
    idempotency::Answer,
    user::model::{Session, TokenHash, User},
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

/// A session for somebody who has just shown who they are, and the token of its cookie.
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
