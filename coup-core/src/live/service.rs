//! Use cases of who listens: connecting, hearing a study, tickets, typing; and what nodes read to tell them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    changes::{Change, Changes, EventKind, Row, Scope, SystemPermit},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room, StudyFile},
    env::Timestamp,
    error::{Error, Feature},
    id::StudyId,
    idempotency::Answer,
    live::{
        model::{Attendee, Ephemeral, EphemeralKind, Hearing, Kinds, Revocation, Ticket},
        rules,
    },
    page::Limit,
    policy::{Permission, StudyPermission, SystemPermission, Target},
    settings::rules::available,
    store::{Credential, StoreError, StoredEvent},
    user::{model::Session, service::SessionToken},
};

/// Makes a ticket that opens one connection, for clients that cannot bring a cookie.
#[derive(Debug, Clone, Copy)]
pub struct OpenTicket;

/// A ticket, for its holder.
#[derive(Clone)]
pub struct OpenedTicket {
    secret: SecretString,
    /// When it is worth nothing any more.
    pub expires_at: Timestamp,
}

impl OpenedTicket {
    /// What the client brings.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for OpenedTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedTicket").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A ticket is told once.
impl Answer for OpenedTicket {}

impl Command for OpenTicket {
    type Output = OpenedTicket;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<OpenedTicket>, Error> {
        let caller = room.caller().await?;
        attend(room, &caller)?;
        let secret = URL_SAFE_NO_PAD.encode(room.env.secret::<32>());
        let expires_at = room.env.now() + Duration::seconds(rules::TICKET_SECONDS);
        let ticket = Ticket { hash: SessionToken::hash(&secret), credential: room.credential()?.clone(), expires_at };
        let changes =
            Changes::system(SystemPermit::Identity).guard(caller.guard()).insert(Row::Ticket(Box::new(ticket)));
        Ok(Prepared::new(changes, OpenedTicket { secret: secret.into(), expires_at }))
    }
}

/// Takes a ticket, and says by what its holder is known from now on. A second time, or too late, nobody is signed in by it.
#[derive(Debug, Clone)]
pub struct UseTicket {
    /// What the client brought.
    pub ticket: SecretString,
}

impl Answer for Credential {}

impl Command for UseTicket {
    type Output = Credential;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Credential>, Error> {
        let hash = SessionToken::hash(self.ticket.expose_secret());
        let ticket = room.store().ticket(&hash).await?.ok_or(Error::NotSignedIn)?;
        if ticket.expires_at <= room.env.now() {
            return Err(Error::NotSignedIn);
        }
        let changes = Changes::system(SystemPermit::Identity).change(Change::UseTicket(hash));
        Ok(Prepared::new(changes, ticket.credential))
    }
}

/// Whether somebody may open a connection: whom a suspension or a ban keeps out, may not.
fn attend(room: &Room<'_>, caller: &Caller) -> Result<Attendee, Error> {
    caller.require(SystemPermission::StudyBrowse, Target::Site)?;
    Ok(Attendee {
        user: caller.user.id.clone(),
        session: caller.session.as_ref().map(|session| session.id),
        // It is used now, whether or not that is noted yet.
        expires_at: caller.session.as_ref().map(|session| {
            Session { last_seen_at: room.env.now(), ..session.clone() }.ends_at(room.settings().session_idle())
        }),
        administers: caller.actor.admin.is_some(),
    })
}

/// What a member hears of their study.
fn hearing(file: &StudyFile) -> Hearing {
    let kinds = Kinds::of(|kind| rules::needs(kind).is_some_and(|permission| file.may(permission)));
    Hearing { scope: Scope::Study(file.study.id), kinds }
}

/// What a person hears of their own scope: all that is told to them.
fn own(attendee: &Attendee) -> Hearing {
    let kinds = Kinds::of(|kind| rules::needs(kind).is_none());
    Hearing { scope: Scope::User(attendee.user.clone()), kinds }
}

impl Coup {
    /// Whether the caller may open a connection, and what they hear of themselves on it.
    pub async fn attend(&self, ctx: &Ctx) -> Result<(Attendee, Hearing), Error> {
        let room = self.room(ctx);
        let attendee = attend(&room, &room.caller().await?)?;
        let own = own(&attendee);
        Ok((attendee, own))
    }

    /// What the caller hears of a study: 404 for who may not see it, 403 for who is no member.
    pub async fn hear(&self, ctx: &Ctx, study: StudyId) -> Result<Hearing, Error> {
        let file = self.room(ctx).study(study).await?;
        file.require(StudyPermission::MessageRead)?;
        Ok(hearing(&file))
    }

    /// The same for all that the caller hears: their own scope first, then their studies by identifier.
    pub async fn hear_all(&self, ctx: &Ctx) -> Result<(Attendee, Vec<Hearing>), Error> {
        let room = self.room(ctx);
        let (caller, files) = room.everywhere().await?;
        let attendee = attend(&room, &caller)?;
        let studies = files.iter().filter(|file| file.may(StudyPermission::MessageRead)).map(hearing);
        let all = std::iter::once(own(&attendee)).chain(studies).collect();
        Ok((attendee, all))
    }

    /// Whether the caller may be told of an event of their own scope again, now: what concerns a study that they no longer
    /// administer is left out.
    pub async fn may_be_told(&self, ctx: &Ctx, kind: EventKind, data: &serde_json::Value) -> Result<bool, Error> {
        let Some(permission) = rules::needs_there(kind) else { return Ok(true) };
        let permission = match permission {
            Permission::Study(permission) => permission,
            permission => return Ok(self.room(ctx).caller().await?.require(permission, Target::Site).is_ok()),
        };
        let study = data.get("studyId").and_then(serde_json::Value::as_str).and_then(|id| id.parse().ok());
        let Some(study) = study else { return Ok(false) };
        match self.room(ctx).study(study).await {
            Ok(file) => Ok(file.may(permission)),
            Err(Error::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What to tell a study's members when the caller writes there, or has stopped. Needs what sending needs; how often it is
    /// told is the transport's.
    pub async fn typing(&self, ctx: &Ctx, study: StudyId, on: bool) -> Result<Ephemeral, Error> {
        let room = self.room(ctx);
        let file = room.study(study).await?;
        file.require(StudyPermission::MessageSend)?;
        available(room.settings(), Feature::Chat)?;
        file.writable()?;
        Ok(Ephemeral {
            scope: Scope::Study(study),
            kind: EphemeralKind::Typing,
            from: Some(file.caller.user.id),
            data: serde_json::json!({ "on": on }),
        })
    }

    /// The newest events' places of many scopes; for a node that tells who listens.
    pub async fn heads(&self, scopes: &[Scope]) -> Result<Vec<(Scope, i64)>, StoreError> {
        self.store().heads(scopes).await
    }

    /// Events of a scope after a place, oldest first; for a node that tells who listens, after it asked whether they may.
    pub async fn events_after(&self, scope: &Scope, after: i64, limit: Limit) -> Result<Vec<StoredEvent>, StoreError> {
        self.store().events(scope, after, limit).await
    }

    /// The newest revocation's place.
    pub async fn revocation_head(&self) -> Result<i64, StoreError> {
        self.store().revocation_head().await
    }

    /// Revocations after a place, oldest first.
    pub async fn revocations_after(&self, after: i64, limit: Limit) -> Result<Vec<Revocation>, StoreError> {
        self.store().revocations(after, limit).await
    }
}
