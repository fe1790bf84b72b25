//! The facade: loads, lets pure rules decide, commits. Every use case goes through here.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

mod builder;
mod room;
#[cfg(test)]
pub(crate) mod scenes;

pub(crate) use self::room::Administration;
pub use self::{
    builder::Builder,
    room::{Caller, Room, StudyFile},
};
pub use crate::settings::model::Settings;
use crate::{
    audit::model::{AuditDraft, SecurityEvent, SecurityEventType},
    changes::{Changes, Committed},
    env::{Clock, Env, Ids, Timestamp},
    error::{Error, StateError},
    file::port::Blobs,
    hooks::{self, Listener, Veto},
    id::{JobId, UserId},
    idempotency::{Answer, Idempotency, Key},
    identity::{model::Provider, port::IdentityProvider},
    job::worker::Worker,
    live::bus::{Bus, News},
    policy::{AdminPermission, AdminRole, Permission, PolicyHandle, Role, Target},
    settings::handle::SettingsHandle,
    store::{Credential, Limit, Store, StoreError, Unique},
    user::{directory::UserDirectory, model::TokenHash, passwords::Passwords, session::Seen},
};

/// How often a lost race is decided again on fresh state.
pub(crate) const RETRIES: u32 = 3;

/// Who calls, and from where.
#[derive(Debug, Clone, Default)]
pub struct Ctx {
    /// Absent for anonymous callers.
    pub credential: Option<Credential>,
    /// The peer's address.
    pub ip: Option<String>,
    /// The peer's program.
    pub user_agent: Option<String>,
    /// The hash of the cookie by which the peer's browser is known ([`limit`](crate::limit)).
    pub device: Option<TokenHash>,
    /// The path that was called, for security events: as its route is written (`/admin/users/{id}/role`), so that guessing
    /// identifiers makes no event each.
    pub path: Option<String>,
    /// Makes a repetition of this write harmless.
    pub idempotency: Option<Idempotency>,
    /// The host in its own name, for the purpose it states: nobody's permission is asked, and the audit log tells of it.
    /// See [`Coup::as_host`].
    pub host: Option<&'static str>,
}

impl Ctx {
    /// Somebody for whom the host vouches.
    pub fn user(id: UserId) -> Self {
        Self { credential: Some(Credential::User(id)), ..Self::default() }
    }
}

/// A use case that writes.
///
/// [`Coup::run`] decides and commits; [`Coup::prepare`] stops before the commit, so that a host can put its own rows
/// into the same transaction.
pub trait Command: Send + Sync {
    /// What it answers.
    type Output: Answer;

    /// What an administrator needs for it; `None` for what members do. A refused call is kept as a security event.
    const ADMINISTERS: Option<AdminPermission> = None;

    /// The same of this command in particular, where it depends on what is asked.
    fn administers(&self) -> Option<AdminPermission> {
        Self::ADMINISTERS
    }

    /// Loads what the decision needs and decides. Called again on fresh state when the commit loses a race.
    fn prepare(&self, room: &Room<'_>) -> impl Future<Output = Result<Prepared<Self::Output>, Error>> + Send;

    /// The state that a reached limit means here.
    fn exhausted(&self, limit: Limit) -> StateError {
        match limit {
            // Answered before it comes to this.
            Limit::Attempts | Limit::Seats => StateError::StudyFull,
            Limit::InviteUses => StateError::InviteSpent,
            Limit::LastSuperAdmin => StateError::LastSuperAdmin,
        }
    }
}

pub(crate) type Finish<T> = Box<dyn FnOnce(&Committed) -> T + Send>;

/// A decision that is not written yet.
pub struct Prepared<T> {
    /// What to commit; absent when all is already as asked.
    pub changes: Option<Changes>,
    pub(crate) finish: Finish<T>,
}

impl<T: Send + 'static> Prepared<T> {
    /// A decision whose answer is known before the commit.
    pub fn new(changes: Changes, value: T) -> Self {
        Self { changes: Some(changes), finish: Box::new(move |_| value) }
    }

    /// A decision whose answer depends on what the commit gives.
    pub fn then(changes: Changes, finish: impl FnOnce(&Committed) -> T + Send + 'static) -> Self {
        Self { changes: Some(changes), finish: Box::new(finish) }
    }

    /// All is already as asked.
    pub fn done(value: T) -> Self {
        Self { changes: None, finish: Box::new(move |_| value) }
    }

    /// The same decision with another answer.
    pub fn map<U: Send + 'static>(self, f: impl FnOnce(T) -> U + Send + 'static) -> Prepared<U> {
        let finish = self.finish;
        Prepared { changes: self.changes, finish: Box::new(move |committed| f(finish(committed))) }
    }

    /// The answer, once committed.
    pub fn finish(self, committed: &Committed) -> T {
        (self.finish)(committed)
    }
}

impl<T> fmt::Debug for Prepared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("changes", &self.changes).finish_non_exhaustive()
    }
}

/// CoUp. Cheap to clone; two in one process know nothing of each other.
#[derive(Clone)]
pub struct Coup {
    pub(crate) store: Arc<dyn Store>,
    policy: Arc<PolicyHandle>,
    clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    passwords: Option<Arc<dyn Passwords>>,
    directory: Option<Arc<dyn UserDirectory>>,
    pub(crate) blobs: Option<Arc<dyn Blobs>>,
    pub(crate) providers: BTreeMap<Provider, Arc<dyn IdentityProvider>>,
    bus: Arc<dyn Bus>,
    settings: Arc<SettingsHandle>,
    vetoes: Vec<Arc<dyn Veto>>,
    listeners: Vec<Arc<dyn Listener>>,
    /// By kind; listeners' too.
    pub(crate) workers: BTreeMap<String, Arc<dyn Worker>>,
    /// When this node sweeps next.
    pub(crate) sweep_at: Arc<Mutex<Option<Timestamp>>>,
    /// Sessions that were used on this node lately.
    pub(crate) seen: Arc<Seen>,
    has_mailer: bool,
}

impl fmt::Debug for Coup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coup").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Coup {
    /// Decides and commits. A lost race is decided again on fresh state, at most three times.
    ///
    /// With an idempotency key the answer is kept in the same commit, and a repetition is told it again; keys belong to a
    /// person, so that anonymous calls have none.
    pub async fn run<C: Command>(&self, ctx: &Ctx, command: C) -> Result<C::Output, Error> {
        let key = if C::Output::KEPT { self.key(ctx).await? } else { None };
        let Some(key) = key else { return self.decide_and_commit(ctx, &command, None).await };
        if let Some(answer) = self.answered(&key).await? {
            return Ok(answer);
        }
        match self.decide_and_commit(ctx, &command, Some(&key)).await {
            Ok(answer) => Ok(answer),
            // Perhaps the same request did it meanwhile, and that is what stands in the way.
            Err(error) => self.answered(&key).await?.ok_or(error),
        }
    }

    async fn decide_and_commit<C: Command>(
        &self,
        ctx: &Ctx,
        command: &C,
        key: Option<&Key>,
    ) -> Result<C::Output, Error> {
        let mut attempt = 0;
        loop {
            let prepared = self.prepare(ctx, command).await?;
            match self.commit(prepared, key).await {
                Ok(answer) => return Ok(answer),
                Err(StoreError::AlreadyExists(Unique::UserEmail)) => return Err(StateError::EmailTaken.into()),
                // Attempts have commits of their own, and words for it. Whoever won the key has answered it. Deciding again finds
                // nothing else.
                Err(
                    error
                    @ (StoreError::Exhausted(Limit::Attempts) | StoreError::AlreadyExists(Unique::IdempotencyKey)),
                ) => return Err(error.into()),
                Err(StoreError::Exhausted(limit)) => return Err(command.exhausted(limit).into()),
                Err(StoreError::Conflict | StoreError::AlreadyExists(_)) if attempt < RETRIES => {
                    attempt += 1;
                    self.pause(attempt).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A few milliseconds, at random, so that those who collided do not collide again.
    pub(crate) async fn pause(&self, attempt: u32) {
        let mut random = [0; 2];
        self.ids.fill(&mut random);
        let most = 4_000_u64 << attempt;
        let micros = u64::from(u16::from_le_bytes(random)) * most / u64::from(u16::MAX);
        futures_timer::Delay::new(Duration::from_micros(micros)).await;
    }

    /// Decides, and stops before the commit: a host commits it in its own transaction (`commit_in` of the stores), and takes
    /// the answer from [`Prepared::finish`]. All that applies to a commit applies here too: vetoes, audit rows, jobs.
    pub async fn prepare<C: Command>(&self, ctx: &Ctx, command: &C) -> Result<Prepared<C::Output>, Error> {
        let room = self.room(ctx);
        let mut prepared = match command.prepare(&room).await {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.refused(&room, command.administers(), error).await),
        };
        if let Some(changes) = &mut prepared.changes {
            self.complete(&room, changes).await?;
        }
        Ok(prepared)
    }

    /// Asks the host, seals the audit rows, adds the jobs of listeners. Done again, it goes on with what was added since.
    pub(crate) async fn complete(&self, room: &Room<'_>, changes: &mut Changes) -> Result<(), Error> {
        for veto in &self.vetoes {
            veto.before(changes).await?;
        }
        changes.seal(&room.env, room.ctx.ip.as_deref(), room.ctx.user_agent.as_deref());
        for listener in &self.listeners {
            let kind = hooks::job_kind(listener.name());
            changes.tell(&kind, |kind| listener.wants(kind), || JobId::from_uuid(room.env.uuid()));
        }
        changes.told();
        changes.revoke(room.env.now());
        Ok(())
    }

    /// Commits, and tells who listens. A commit that a host makes in its own transaction is told by
    /// [`told`](Self::told), or found within a second.
    pub(crate) async fn write(&self, mut changes: Changes) -> Result<Committed, StoreError> {
        let whispers = changes.take_whispers();
        let settings = changes.settings();
        let committed = self.store.commit(changes).await?;
        if let Some(settings) = settings {
            self.settings.take(&settings);
        }
        self.told(&committed);
        for ephemeral in whispers {
            self.bus.tell(News::Ephemeral(ephemeral));
        }
        Ok(committed)
    }

    /// Tells who listens, on every node, that there are news. A host that commits by `commit_in` calls it when its
    /// transaction is through; without, they are found within a second.
    pub fn told(&self, committed: &Committed) {
        for (scope, seq) in &committed.heads {
            self.bus.tell(News::Head(scope.clone(), *seq));
        }
        if let Some(seq) = committed.revoked {
            self.bus.tell(News::Revoked(seq));
        }
    }

    /// The way to other nodes.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.bus
    }

    /// Reads in the administration. The permission is asked, and the audit log tells of the read before it is answered.
    pub(crate) async fn audited<T>(
        &self,
        ctx: &Ctx,
        permission: AdminPermission,
        target: Target,
        word: impl Fn(AuditDraft) -> AuditDraft,
        read: impl AsyncFnOnce(&Room<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.audited_as(ctx, permission, target, word, async |room: &Room<'_>, _: &Administration| read(room).await)
            .await
    }

    /// The same for what does much harm in the wrong hands: who asks must have shown lately who they are.
    pub(crate) async fn audited_fresh<T>(
        &self,
        ctx: &Ctx,
        permission: AdminPermission,
        target: Target,
        word: impl Fn(AuditDraft) -> AuditDraft,
        read: impl AsyncFnOnce(&Room<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let read = async |room: &Room<'_>, _: &Administration| read(room).await;
        self.audited_when(ctx, permission, target, word, Administration::fresh, read).await
    }

    /// The same for a read that depends on who asks.
    pub(crate) async fn audited_as<T>(
        &self,
        ctx: &Ctx,
        permission: AdminPermission,
        target: Target,
        word: impl Fn(AuditDraft) -> AuditDraft,
        read: impl AsyncFnOnce(&Room<'_>, &Administration) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.audited_when(ctx, permission, target, word, |_, _| Ok(()), read).await
    }

    async fn audited_when<T>(
        &self,
        ctx: &Ctx,
        permission: AdminPermission,
        target: Target,
        word: impl Fn(AuditDraft) -> AuditDraft,
        when: impl Fn(&Administration, &Room<'_>) -> Result<(), Error>,
        read: impl AsyncFnOnce(&Room<'_>, &Administration) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let room = self.room(ctx);
        let mut attempt = 0;
        loop {
            let changes = match room.administration().await {
                Ok(who) => who.changes(permission, target.clone()).map(|changes| (who, changes)),
                Err(error) => Err(error),
            };
            let (who, mut changes) = match changes {
                Ok((who, changes)) => (who, changes.audited(&word)),
                Err(error) => return Err(self.refused(&room, Some(permission), error).await),
            };
            when(&who, &room)?;
            self.complete(&room, &mut changes).await?;
            match self.write(changes).await {
                Ok(_) => return read(&room, &who).await,
                Err(StoreError::Conflict) if attempt < RETRIES => {
                    attempt += 1;
                    self.pause(attempt).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Keeps a refused call to the administration as a security event; the caller is told the refusal, whatever becomes of that.
    async fn refused(&self, room: &Room<'_>, permission: Option<AdminPermission>, error: Error) -> Error {
        let Some(permission) = permission else { return error };
        if !matches!(error, Error::NotSignedIn | Error::Denied(_) | Error::People(_) | Error::SecondFactorRequired) {
            return error;
        }
        // What was refused says it more exactly than what the command is for.
        let permission = match &error {
            Error::Denied(denied) => match denied.permission() {
                Permission::Admin(permission) => permission,
                _ => permission,
            },
            _ => permission,
        };
        let only_super_admin = room.policy.least(permission) == Some(Role::Admin(AdminRole::SuperAdmin));
        let event = SecurityEvent {
            kind: if only_super_admin {
                SecurityEventType::UnauthorizedSystemAdmin
            } else {
                SecurityEventType::UnauthorizedAccess
            },
            user: room.who.get().cloned(),
            path: room.ctx.path.clone().unwrap_or_default(),
            ip: room.ctx.ip.clone(),
            count: 1,
            at: room.env.now(),
        };
        if let Err(why) = self.store.commit(Changes::refused(event)).await {
            tracing::warn!(%why, "a refused administration call could not be kept as a security event");
        }
        error
    }

    /// Acts in the host's own name, for a purpose that the audit log tells.
    pub fn as_host(&self, purpose: &'static str) -> AsHost<'_> {
        AsHost { coup: self, ctx: Ctx { host: Some(purpose), ..Ctx::default() } }
    }

    /// Whether storage answers, for readiness.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }

    /// The instant that a decision taken now is taken at, for showing how long ago something was.
    pub fn now(&self) -> crate::env::Timestamp {
        Env::new(&*self.clock, self.ids.clone()).now()
    }

    /// A fresh identifier, such as a form carries to be harmless when it is sent twice.
    pub fn fresh_id(&self) -> uuid::Uuid {
        Env::new(&*self.clock, self.ids.clone()).uuid()
    }

    /// The policy, to ask, to explain and to reload.
    pub fn policy(&self) -> &PolicyHandle {
        &self.policy
    }

    /// Whether an address is verified by a letter before it has an account.
    pub fn verifies_email(&self) -> bool {
        self.settings().require_email_verification.unwrap_or(self.has_mailer)
    }

    /// Whether letters are sent.
    pub fn sends_letters(&self) -> bool {
        self.has_mailer
    }

    /// The settings in force now.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.current()
    }

    /// What the deployment begins with, and what is in force.
    pub(crate) fn settings_handle(&self) -> &SettingsHandle {
        &self.settings
    }

    /// Storage, for reads that go on after the use case.
    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Storage, for reads whose caller is known already.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn room<'a>(&'a self, ctx: &'a Ctx) -> Room<'a> {
        Room {
            coup: self,
            ctx,
            env: Env::new(&*self.clock, self.ids.clone()),
            policy: self.policy.current(),
            settings: self.settings.current(),
            who: OnceLock::new(),
        }
    }
}

/// The host, acting in its own name. Made by [`Coup::as_host`].
#[derive(Debug, Clone)]
pub struct AsHost<'a> {
    coup: &'a Coup,
    ctx: Ctx,
}

impl AsHost<'_> {
    /// Runs a command that the host may give; those of a person answer [`Error::NotSignedIn`].
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Output, Error> {
        self.coup.run(&self.ctx, command).await
    }

    /// For [`Coup::prepare`].
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }
}
