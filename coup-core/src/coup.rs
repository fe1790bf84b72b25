//! The facade: loads, lets pure rules decide, commits. Every use case goes through here.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    changes::{Changes, Committed, Guard},
    env::{Clock, Env, Ids, SystemClock, SystemIds},
    error::{Error, StateError},
    id::StudyId,
    member::model::{MemberStatus, StudyMember},
    policy::{Actor, Permission, Policy, PolicyHandle, StudyStanding, Target},
    store::{Credential, Limit, Standing, Store, StoreError, Unique, Waiting},
    study::model::Study,
    user::{
        model::{Person, Session, User},
        passwords::Passwords,
        rules,
    },
};

/// How often a lost race is decided again on fresh state.
const RETRIES: u32 = 3;

/// Who calls, and from where.
#[derive(Debug, Clone, Default)]
pub struct Ctx {
    /// Absent for anonymous callers.
    pub credential: Option<Credential>,
    /// The peer's address.
    pub ip: Option<String>,
    /// The peer's program.
    pub user_agent: Option<String>,
}

impl Ctx {
    /// Somebody for whom the host vouches.
    pub fn user(id: crate::id::UserId) -> Self {
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
}

impl Default for Settings {
    fn default() -> Self {
        Self { password_min_length: 12, session_hours: 24 * 14 }
    }
}

/// A use case that writes.
///
/// [`Coup::run`] decides and commits; [`Coup::prepare`] stops before the commit, so that a host can put its own rows
/// into the same transaction.
pub trait Command: Send + Sync {
    /// What it answers.
    type Output: Send + 'static;

    /// Loads what the decision needs and decides. Called again on fresh state when the commit loses a race.
    fn prepare(&self, room: &Room<'_>) -> impl Future<Output = Result<Prepared<Self::Output>, Error>> + Send;

    /// The state that a reached limit means here.
    fn exhausted(&self, limit: Limit) -> StateError {
        match limit {
            Limit::Seats => StateError::StudyFull,
            Limit::InviteUses => StateError::InviteSpent,
        }
    }
}

type Finish<T> = Box<dyn FnOnce(&Committed) -> T + Send>;

/// A decision that is not written yet.
pub struct Prepared<T> {
    /// What to commit; absent when all is already as asked.
    pub changes: Option<Changes>,
    finish: Finish<T>,
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
    store: Arc<dyn Store>,
    policy: Arc<PolicyHandle>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    passwords: Option<Arc<dyn Passwords>>,
    settings: Arc<Settings>,
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
            settings: Arc::new(Settings::default()),
        })
    }

    /// Decides and commits. A lost race is decided again on fresh state, at most three times.
    pub async fn run<C: Command>(&self, ctx: &Ctx, command: C) -> Result<C::Output, Error> {
        let mut attempt = 0;
        loop {
            let mut prepared = self.prepare(ctx, &command).await?;
            let Some(changes) = prepared.changes.take() else {
                return Ok(prepared.finish(&Committed::default()));
            };
            match self.store.commit(changes).await {
                Ok(committed) => return Ok(prepared.finish(&committed)),
                Err(StoreError::AlreadyExists(Unique::UserEmail)) => return Err(StateError::EmailTaken.into()),
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
    async fn pause(&self, attempt: u32) {
        let mut random = [0; 2];
        self.ids.fill(&mut random);
        let most = 4_000_u64 << attempt;
        let micros = u64::from(u16::from_le_bytes(random)) * most / u64::from(u16::MAX);
        futures_timer::Delay::new(Duration::from_micros(micros)).await;
    }

    /// Decides, and stops before the commit.
    pub async fn prepare<C: Command>(&self, ctx: &Ctx, command: &C) -> Result<Prepared<C::Output>, Error> {
        command.prepare(&self.room(ctx)).await
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

    /// Storage, for reads whose caller is known already.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn room<'a>(&'a self, ctx: &'a Ctx) -> Room<'a> {
        Room { coup: self, ctx, env: Env::new(&*self.clock, self.ids.clone()), policy: self.policy.current() }
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

    /// The caller and a study as they stand to it from inside, with what waits for them there; 404 for who may not see it.
    pub(crate) async fn inside(&self, id: StudyId) -> Result<(StudyFile, Waiting), Error> {
        let (standing, waiting) =
            self.store().standing_inside(self.credential()?, id).await?.ok_or(Error::NotSignedIn)?;
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
        let standing = self.store().standing(self.credential()?, study).await?.ok_or(Error::NotSignedIn)?;
        self.known(standing)
    }

    fn known(&self, standing: Standing) -> Result<(Caller, Option<Stood>), Error> {
        let actor = rules::actor(&standing, self.env.now()).ok_or(Error::NotSignedIn)?;
        let Standing { user, session, study, .. } = standing;
        Ok((Caller { user, session, actor, policy: self.policy.clone() }, study))
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
        let standing =
            Standing { user: user.clone(), session: None, admin: None, study: Some((study.clone(), member.clone())) };
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
