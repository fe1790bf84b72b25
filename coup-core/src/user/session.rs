//! Sessions: opening, listing, and ending them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{Duration, TimeDelta};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    changes::{Change, Changes, Key, Row, SystemPermit},
    coup::{Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::Error,
    id::{SessionId, UserId},
    idempotency::Answer,
    limit::{model::Device, rules::DEVICE_DAYS},
    page::Limit,
    store::Credential,
    user::{
        model::{Session, TokenHash, User},
        service::{Me, me},
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

/// Somebody who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their account.
    pub user: User,
    /// For the cookie.
    pub token: SessionToken,
    /// When the session ends.
    pub expires_at: Timestamp,
    /// For the cookie by which the browser is known ([`DEVICE_DAYS`]): a new one each time.
    pub device: SessionToken,
}

/// A session's token is told once.
impl Answer for SignedIn {}

/// One's own session as one sees it. Nothing in it opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was last used, to some minutes.
    pub last_seen_at: Timestamp,
    /// When it ends if nobody uses it.
    pub expires_at: Timestamp,
    /// From where they signed in.
    pub ip: Option<String>,
    /// With what they signed in.
    pub user_agent: Option<String>,
}

impl SessionView {
    /// A session, where the one that asks is `current` and `idle` ends those that nobody uses.
    pub(crate) fn of(session: Session, current: Option<SessionId>, idle: TimeDelta) -> Self {
        Self {
            is_current: current == Some(session.id),
            expires_at: session.ends_at(idle),
            id: session.id,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            ip: session.ip,
            user_agent: session.user_agent,
        }
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

/// Ends all sessions of the caller, this one too; browsers in which they signed in are known no more.
#[derive(Debug, Clone, Copy)]
pub struct SignOutEverywhere;

impl Command for SignOutEverywhere {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let user = room.caller().await?.user.id;
        let changes = Changes::system(SystemPermit::Identity)
            .change(Change::Remove(Key::Sessions(user.clone())))
            .change(Change::Remove(Key::Devices(user)));
        Ok(Prepared::new(changes, ()))
    }
}

/// Ends one session of the caller's own.
#[derive(Debug, Clone, Copy)]
pub struct EndSession(pub SessionId);

impl Command for EndSession {
    type Output = ();

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let user = room.caller().await?.user.id;
        let session = room.store().session(self.0).await?.filter(|session| session.user == user);
        let session = session.ok_or(Error::NotFound)?;
        let changes = Changes::system(SystemPermit::Identity).change(Change::Remove(Key::Session(session.id)));
        Ok(Prepared::new(changes, ()))
    }
}

impl Coup {
    /// The caller's own sessions, the newest first; those that have ended are not there.
    pub async fn own_sessions(&self, ctx: &Ctx) -> Result<Vec<SessionView>, Error> {
        Ok(self.account(ctx).await?.1)
    }

    /// One's own account, and one's sessions as [`own_sessions`](Self::own_sessions) lists them.
    pub async fn account(&self, ctx: &Ctx) -> Result<(Me, Vec<SessionView>), Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        let me = me(&caller, room.env.now());
        let sessions = room.store().sessions_of(&caller.user.id, Limit::MAX).await?;
        let (now, idle) = (room.env.now(), room.settings().session_idle());
        let current = caller.session.map(|session| session.id);
        let view = |session| SessionView::of(session, current, idle);
        Ok((me, sessions.into_iter().map(view).filter(|session| session.expires_at > now).collect()))
    }

    /// Notes which sessions were used on this node; answers whether more are waiting. What fails is noted again when they are used
    /// again.
    pub(crate) async fn note_seen(&self) -> bool {
        let (seen, more) = self.seen.take();
        if seen.is_empty() {
            return false;
        }
        let changes = Changes::system(SystemPermit::Identity);
        let changes = seen.into_iter().fold(changes, |changes, (id, at)| changes.change(Change::SeenSession(id, at)));
        if let Err(why) = self.store.commit(changes).await {
            tracing::warn!(%why, "it could not be noted which sessions were used");
        }
        more
    }
}

/// Sessions that were used on this node and of which that is not noted yet. Noting it beside each request would be a statement each.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<BTreeMap<SessionId, Timestamp>>);

impl Seen {
    /// As many are noted in one commit.
    const PIECE: usize = 500;

    /// Notes a use, if the last one that is known is some minutes ago, or a tenth of the time that a session may be idle.
    pub(crate) fn note(&self, session: &Session, now: Timestamp, idle: TimeDelta) {
        if now - session.last_seen_at >= TimeDelta::minutes(5).min(idle / 10) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session.id, now);
        }
    }

    /// Some of them, and whether there are more.
    fn take(&self) -> (Vec<(SessionId, Timestamp)>, bool) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::iter::from_fn(|| seen.pop_first()).take(Self::PIECE).collect();
        (taken, !seen.is_empty())
    }
}

/// A session for somebody who has just shown who they are, and the token of its cookie. [`enter`] commits it with what belongs to it.
pub(crate) fn open_session(room: &Room<'_>, user: &UserId) -> (Session, SessionToken) {
    let token = SessionToken::new(room.env.secret());
    let now = room.env.now();
    let session = Session {
        id: SessionId::from_uuid(room.env.uuid()),
        user: user.clone(),
        token_hash: SessionToken::hash(token.expose()),
        created_at: now,
        expires_at: now + Duration::hours(room.settings().session_hours.into()),
        last_seen_at: now,
        confirmed_at: now,
        ip: room.ctx.ip.clone(),
        user_agent: room.ctx.user_agent.as_ref().map(|agent| agent.chars().take(300).collect()),
    };
    (session, token)
}

/// Makes the browser known to an account to which somebody has just signed in with it.
fn open_device(room: &Room<'_>, user: &UserId) -> (SessionToken, Device) {
    let token = SessionToken::new(room.env.secret());
    let now = room.env.now();
    let device = Device {
        hash: SessionToken::hash(token.expose()),
        user: user.clone(),
        seen_at: now,
        expires_at: now + Duration::days(DEVICE_DAYS),
    };
    (token, device)
}

/// Signs somebody in who has just shown who they are: a new session, and the one that the request came with ends, whosever it is.
pub(crate) async fn enter(room: &Room<'_>, changes: Changes, user: User) -> Result<Prepared<SignedIn>, Error> {
    let before = match &room.ctx.credential {
        Some(credential @ Credential::Session(_)) => room.store().standing(credential, None).await?,
        _ => None,
    };
    let changes = match before.and_then(|standing| standing.session) {
        Some(session) => changes.change(Change::Remove(Key::Session(session.id))),
        None => changes,
    };
    let (session, token) = open_session(room, &user.id);
    let expires_at = session.expires_at;
    let (device, known) = open_device(room, &user.id);
    let changes =
        changes.insert(Row::Session(Box::new(session))).change(Change::SeenDevice(Box::new(known), room.ctx.device));
    Ok(Prepared::new(changes, SignedIn { user, token, expires_at, device }))
}
