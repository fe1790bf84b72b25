//! The facade: loads, lets pure rules decide, commits. Every use case goes through here.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use crate::{
    audit::model::{AdminAction, AuditDraft, AuditTarget, SecurityEvent, SecurityEventType},
    changes::{Changes, Committed, Guard},
    env::{Clock, Env, Ids, SystemClock, SystemIds, Timestamp},
    error::{Error, StateError},
    hooks::{self, Listener, Veto},
    id::{JobId, StudyId, UserId},
    idempotency::{Answer, Idempotency, Key},
    job::worker::{Teller, Worker},
    member::model::{MemberStatus, StudyMember},
    policy::{Actor, AdminPermission, AdminRole, Permission, Policy, PolicyHandle, Role, StudyStanding, Target},
    store::{Credential, Limit, Standing, Store, StoreError, Unique, Waiting},
    study::model::Study,
    user::{
        directory::UserDirectory,
        model::{Person, Session, User},
        passwords::Passwords,
        rules,
        service::adopt,
    },
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

/// Settings of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The shortest password, in characters.
    pub password_min_length: usize,
    /// The longest life of a session, in hours.
    pub session_hours: u32,
    /// How long a piece of a job may take, a listener's too, in seconds. What takes longer is broken off and tried again.
    pub work_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { password_min_length: 12, session_hours: 24 * 14, work_seconds: 45 }
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

    /// Loads what the decision needs and decides. Called again on fresh state when the commit loses a race.
    fn prepare(&self, room: &Room<'_>) -> impl Future<Output = Result<Prepared<Self::Output>, Error>> + Send;

    /// The state that a reached limit means here.
    fn exhausted(&self, limit: Limit) -> StateError {
        match limit {
            Limit::Seats => StateError::StudyFull,
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
    settings: Arc<Settings>,
    vetoes: Vec<Arc<dyn Veto>>,
    listeners: Vec<Arc<dyn Listener>>,
    /// By kind; listeners' too.
    pub(crate) workers: BTreeMap<String, Arc<dyn Worker>>,
    /// When this node sweeps next.
    pub(crate) sweep_at: Arc<Mutex<Option<Timestamp>>>,
}

impl fmt::Debug for Coup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coup").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Puts a [`Coup`] together.
pub struct Builder(Coup);

impl Builder {
    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Another source of identifiers and secrets.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.0.ids = ids;
        self
    }

    /// Another policy than the built-in one.
    #[must_use]
    pub fn policy(mut self, policy: Arc<PolicyHandle>) -> Self {
        self.0.policy = policy;
        self
    }

    /// Password hashing, for CoUp's own accounts. Without it nobody signs up or in.
    #[must_use]
    pub fn passwords(mut self, passwords: Arc<dyn Passwords>) -> Self {
        self.0.passwords = Some(passwords);
        self
    }

    /// The host's users: those whom CoUp has not met yet are asked of it.
    #[must_use]
    pub fn directory(mut self, directory: Arc<dyn UserDirectory>) -> Self {
        self.0.directory = Some(directory);
        self
    }

    /// Asks the host before every write.
    #[must_use]
    pub fn veto(mut self, veto: Arc<dyn Veto>) -> Self {
        self.0.vetoes.push(veto);
        self
    }

    /// Tells the host of events. Every node of a deployment has the same listeners. Takes the place of one of the same name.
    #[must_use]
    pub fn listener(mut self, listener: Arc<dyn Listener>) -> Self {
        self.0.listeners.retain(|other| other.name() != listener.name());
        self.0.listeners.push(listener.clone());
        self.worker(Arc::new(Teller::new(listener)))
    }

    /// Does the jobs of a kind. Takes the place of another for the same kind. Jobs of a kind that no node has a worker for wait.
    #[must_use]
    pub fn worker(mut self, worker: Arc<dyn Worker>) -> Self {
        self.0.workers.insert(worker.kind().to_owned(), worker);
        self
    }

    /// Other settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.0.settings = Arc::new(settings);
        self
    }

    /// Done.
    pub fn build(self) -> Coup {
        self.0
    }
}

impl Coup {
    /// Begins with a store and the defaults: the system's clock and randomness, the built-in policy.
    pub fn builder(store: Arc<dyn Store>) -> Builder {
        Builder(Self {
            store,
            policy: Arc::new(PolicyHandle::new(Policy::built_in())),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds::default()),
            passwords: None,
            directory: None,
            settings: Arc::new(Settings::default()),
            vetoes: Vec::new(),
            listeners: Vec::new(),
            workers: BTreeMap::new(),
            sweep_at: Arc::default(),
        })
    }

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
                Err(StoreError::Exhausted(limit)) => return Err(command.exhausted(limit).into()),
                // Whoever won the key has answered it: deciding again finds nothing else.
                Err(error @ StoreError::AlreadyExists(Unique::IdempotencyKey)) => return Err(error.into()),
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
            Err(error) => return Err(self.refused(&room, C::ADMINISTERS, error).await),
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
        Ok(())
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
        let room = self.room(ctx);
        let mut attempt = 0;
        loop {
            let changes = match room.administration().await {
                Ok(who) => who.changes(permission, target.clone()),
                Err(error) => Err(error),
            };
            let mut changes = match changes {
                Ok(changes) => changes.audited(&word),
                Err(error) => return Err(self.refused(&room, Some(permission), error).await),
            };
            self.complete(&room, &mut changes).await?;
            match self.store.commit(changes).await {
                Ok(_) => return read(&room).await,
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
        if !matches!(error, Error::NotSignedIn | Error::Denied(_) | Error::People(_)) {
            return error;
        }
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

    /// The settings.
    pub fn settings(&self) -> &Settings {
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

/// What one use case works with: who asks, the instant, and the policy as it stands at that instant.
pub struct Room<'a> {
    coup: &'a Coup,
    /// Who asks.
    pub ctx: &'a Ctx,
    /// Time, identifiers, secrets.
    pub env: Env,
    /// A snapshot of the policy.
    pub policy: Policy,
    /// Who turned out to be asking.
    who: OnceLock<UserId>,
}

impl Room<'_> {
    /// The facade, for reads that take a file.
    pub(crate) fn coup(&self) -> &Coup {
        self.coup
    }

    /// Storage, for reads.
    pub fn store(&self) -> &dyn Store {
        &*self.coup.store
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.coup.settings
    }

    /// Password hashing.
    pub fn passwords(&self) -> Result<&dyn Passwords, Error> {
        self.coup.passwords.as_deref().ok_or_else(|| Error::Internal("no password hashing was configured".into()))
    }

    /// The caller, signed in.
    pub async fn caller(&self) -> Result<Caller, Error> {
        self.standing(None).await.map(|(caller, _)| caller)
    }

    /// The caller and a study that they may see; 404 otherwise.
    pub async fn study(&self, id: StudyId) -> Result<StudyFile, Error> {
        let file = self.any_study(id).await?;
        if file.sees() { Ok(file) } else { Err(Error::NotFound) }
    }

    /// The caller and a study, also one that they may not see: only for who holds an invite.
    pub(crate) async fn any_study(&self, id: StudyId) -> Result<StudyFile, Error> {
        let (caller, study) = self.standing(Some(id)).await?;
        let (study, member) = study.ok_or(Error::NotFound)?;
        Ok(StudyFile { caller, study, member })
    }

    /// Who acts in the administration: somebody signed in, or the host in its own name.
    pub(crate) async fn administration(&self) -> Result<Administration, Error> {
        match self.ctx.host {
            Some(purpose) => Ok(Administration::Host(purpose)),
            None => Ok(Administration::Person(Box::new(self.caller().await?))),
        }
    }

    /// Makes a host's user known who comes for the first time; answers whether there is such a user.
    async fn meet(&self, credential: &Credential) -> Result<bool, Error> {
        let (Credential::User(id), Some(directory)) = (credential, &self.coup.directory) else { return Ok(false) };
        let Some(user) = directory.user(id).await? else { return Ok(false) };
        let Some(changes) = adopt(id, &user, None, self.env.now()) else { return Ok(false) };
        match self.store().commit(changes).await {
            // Somebody else was faster.
            Ok(_) | Err(StoreError::AlreadyExists(_)) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// The caller and a study as they stand to it from inside, with what waits for them there; 404 for who may not see it.
    pub(crate) async fn inside(&self, id: StudyId) -> Result<(StudyFile, Waiting), Error> {
        let credential = self.credential()?;
        let inside = match self.store().standing_inside(credential, id).await? {
            None if self.meet(credential).await? => self.store().standing_inside(credential, id).await?,
            known => known,
        };
        let (standing, waiting) = inside.ok_or(Error::NotSignedIn)?;
        let (caller, study) = self.known(standing)?;
        let (study, member) = study.ok_or(Error::NotFound)?;
        let file = StudyFile { caller, study, member };
        if file.sees() { Ok((file, waiting)) } else { Err(Error::NotFound) }
    }

    pub(crate) fn credential(&self) -> Result<&Credential, Error> {
        self.ctx.credential.as_ref().ok_or(Error::NotSignedIn)
    }

    /// The caller and, if one is named and exists, a study, whether they may see it or not.
    pub(crate) async fn standing(&self, study: Option<StudyId>) -> Result<(Caller, Option<Stood>), Error> {
        let credential = self.credential()?;
        let standing = match self.store().standing(credential, study).await? {
            None if self.meet(credential).await? => self.store().standing(credential, study).await?,
            known => known,
        };
        self.known(standing.ok_or(Error::NotSignedIn)?)
    }

    fn known(&self, standing: Standing) -> Result<(Caller, Option<Stood>), Error> {
        let actor = rules::actor(&standing, self.env.now()).ok_or(Error::NotSignedIn)?;
        // Set before, it is the same person.
        let _ = self.who.set(actor.user.clone());
        let Standing { user, session, study, .. } = standing;
        Ok((Caller { user, session, actor, policy: self.policy.clone() }, study))
    }
}

/// Who acts in the administration.
#[derive(Debug, Clone)]
pub(crate) enum Administration {
    /// Somebody signed in; the policy says whether they may.
    Person(Box<Caller>),
    /// The host in its own name, for a purpose.
    Host(&'static str),
}

impl Administration {
    /// A write that the permission, and the gate to its area, allow; guarded, and with its audit row.
    pub(crate) fn changes(&self, permission: AdminPermission, target: Target) -> Result<Changes, Error> {
        match self {
            Self::Person(caller) => {
                let permit = caller.permit(permission, target)?;
                caller.require(permission.gate(), Target::Site)?;
                Ok(Changes::permitted(permit).guard(caller.guard()))
            }
            Self::Host(purpose) => Ok(Changes::host(purpose, AdminAction::of(permission), AuditTarget::of(&target))),
        }
    }
}
/// A study and the caller's row in it.
pub(crate) type Stood = (Study, Option<StudyMember>);

/// Somebody signed in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Their account.
    pub user: User,
    /// The session that they came with.
    pub session: Option<Session>,
    /// What they are to the policy.
    pub actor: Actor,
    pub(crate) policy: Policy,
}

impl Caller {
    /// Permission for the whole site, or a refusal.
    pub fn permit(&self, permission: impl Into<Permission>, target: Target) -> Result<crate::policy::Permit, Error> {
        Ok(self.policy.permit(&self.actor, permission, target)?)
    }

    /// The same for a read, which needs no permit in hand.
    pub fn require(&self, permission: impl Into<Permission>, target: Target) -> Result<(), Error> {
        self.permit(permission, target).map(drop)
    }

    /// The person as others see them.
    pub fn person(&self) -> Person {
        Person::from(&self.user)
    }

    /// Guards the write by this person's authorisation version.
    pub fn guard(&self) -> Guard {
        Guard::User(self.user.id.clone(), self.user.auth_version)
    }
}

/// A study and how the caller stands to it: what every decision within a study begins with.
#[derive(Debug, Clone)]
pub struct StudyFile {
    /// Who asks.
    pub caller: Caller,
    /// Where.
    pub study: Study,
    /// Their row, whatever its status.
    pub member: Option<StudyMember>,
}

impl StudyFile {
    /// Whether the caller may know that the study exists: its ACTIVE members always, everybody a public one that no
    /// moderator hides (specification, permissions § Flow of a check).
    pub fn sees(&self) -> bool {
        self.is_member() || (self.study.is_public && self.study.hidden_at.is_none())
    }

    /// Whether the caller is an ACTIVE member.
    pub fn is_member(&self) -> bool {
        self.standing().is_some()
    }

    /// The caller's standing as an ACTIVE member.
    pub fn standing(&self) -> Option<&StudyStanding> {
        self.caller.actor.study.as_ref()
    }

    /// The caller's status, if they have any.
    pub fn status(&self) -> Option<MemberStatus> {
        self.member.as_ref().map(|member| member.status)
    }

    /// Permission on the study, or a refusal.
    pub fn permit(&self, permission: impl Into<Permission>) -> Result<crate::policy::Permit, Error> {
        self.caller.permit(permission, Target::Study(self.study.id))
    }

    /// The same for a read, which needs no permit in hand.
    pub fn require(&self, permission: impl Into<Permission>) -> Result<(), Error> {
        self.permit(permission).map(drop)
    }

    /// Whether the policy would permit it, for showing what can be done.
    pub fn may(&self, permission: impl Into<Permission>) -> bool {
        self.caller.policy.allows(&self.caller.actor, permission, &Target::Study(self.study.id))
    }

    /// Whether anything can be written now: a closed or hidden study cannot (specification, permissions).
    pub fn writable(&self) -> Result<(), StateError> {
        if self.study.hidden_at.is_some() {
            Err(StateError::StudyHidden)
        } else if self.study.closed_at.is_some() {
            Err(StateError::StudyClosed)
        } else {
            Ok(())
        }
    }

    /// A write that `permit` allows, guarded by all that this file says.
    pub fn changes(&self, permit: crate::policy::Permit) -> Changes {
        let changes = Changes::permitted(permit)
            .guard(self.caller.guard())
            .guard(Guard::Study(self.study.id, self.study.version));
        match &self.member {
            Some(member) => changes.guard(Guard::Member(self.study.id, member.user_id.clone(), member.version)),
            None => changes,
        }
    }
}

#[cfg(test)]
pub(crate) mod scenes {
    //! A caller and a study for the tests of pure rules.

    use proptest::prelude::*;

    use super::*;
    use crate::{env::Timestamp, id::UserId, policy::StudyRole, study::service::StudyFields, user::model::UserStatus};

    pub(crate) fn noon() -> Timestamp {
        chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    pub(crate) fn user(id: &str) -> User {
        User {
            id: id.parse().unwrap(),
            email: None,
            password: None,
            name: None,
            avatar: None,
            bio: None,
            status: UserStatus::Active,
            age_band: None,
            guardian_consent_at: None,
            locale: None,
            auth_version: 0,
            version: 0,
            created_at: noon(),
            updated_at: noon(),
            last_login_at: None,
        }
    }

    pub(crate) fn study() -> Study {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            ..StudyFields::default()
        };
        let new = fields.create().unwrap();
        Study {
            id: StudyId::from_uuid(uuid::Uuid::nil()),
            owner_id: "owner".parse().unwrap(),
            name: new.name,
            emoji: new.emoji,
            description: new.description,
            category: new.category,
            sub_category: None,
            tags: Vec::new(),
            max_members: 20,
            member_count: 1,
            is_public: true,
            auto_approve: true,
            is_recruiting: true,
            rating: 0.0,
            review_count: 0,
            invite_code: "standing".into(),
            time_zone: new.time_zone,
            hidden_at: None,
            closed_at: None,
            closed_by: None,
            created_at: noon(),
            updated_at: noon(),
            last_activity_at: noon(),
            version: 0,
        }
    }

    pub(crate) fn member(user: &UserId, role: StudyRole, status: MemberStatus) -> StudyMember {
        StudyMember {
            study_id: StudyId::from_uuid(uuid::Uuid::nil()),
            user_id: user.clone(),
            role,
            status,
            introduction: None,
            motivation: None,
            level: None,
            posting_paused_until: None,
            joined_at: noon(),
            approved_at: None,
            version: 0,
        }
    }

    pub(crate) fn file(study: Study, standing: Option<(StudyRole, MemberStatus)>) -> StudyFile {
        let user = user("minjun");
        let member = standing.map(|(role, status)| member(&user.id, role, status));
        let standing = Standing {
            user: user.clone(),
            session: None,
            admin: None,
            sanctions: Vec::new(),
            study: Some((study.clone(), member.clone())),
        };
        let actor = rules::actor(&standing, noon()).unwrap();
        StudyFile { caller: Caller { user, session: None, actor, policy: Policy::built_in() }, study, member }
    }

    /// Every way in which a study's flags can stand.
    pub(crate) fn studies() -> impl Strategy<Value = Study> {
        (any::<[bool; 6]>(), 0_u32..=20).prop_map(|([public, approve, recruiting, hidden, closed, _], count)| Study {
            is_public: public,
            auto_approve: approve,
            is_recruiting: recruiting,
            hidden_at: hidden.then(noon),
            closed_at: closed.then(noon),
            member_count: count,
            ..study()
        })
    }

    pub(crate) fn standings() -> impl Strategy<Value = Option<(StudyRole, MemberStatus)>> {
        let role = prop_oneof![Just(StudyRole::Member), Just(StudyRole::Admin), Just(StudyRole::Owner)];
        proptest::option::of((role, proptest::sample::select(MemberStatus::ALL)))
    }

    proptest! {
        #[test]
        fn a_study_is_seen_by_its_members_and_if_public_and_not_hidden_by_everybody(study in studies(), standing in standings()) {
            let active = standing.is_some_and(|(_, status)| status == MemberStatus::Active);
            let expected = active || (study.is_public && study.hidden_at.is_none());
            prop_assert_eq!(file(study, standing).sees(), expected);
        }

        #[test]
        fn only_an_active_membership_gives_a_study_permission(study in studies(), standing in standings()) {
            let file = file(study, standing);
            for permission in crate::policy::StudyPermission::ALL.iter().copied() {
                if file.may(permission) {
                    prop_assert_eq!(file.status(), Some(MemberStatus::Active));
                }
            }
        }
    }
}
