//! What a use case works with: who asks, how they stand to a study, and what follows from that.

use std::sync::{Arc, OnceLock};

use chrono::TimeDelta;

use super::{Coup, Ctx, Settings};
use crate::{
    audit::model::{AdminAction, AuditTarget},
    changes::{Changes, Guard},
    env::Env,
    error::{Error, StateError},
    id::{StudyId, UserId},
    member::model::{MemberStatus, StudyMember},
    policy::{Actor, AdminPermission, AdminRole, AdminStanding, Permission, Policy, StudyStanding, Target, select},
    settings::rules::admitted,
    store::{Credential, Standing, Store, StoreError, Waiting},
    study::model::Study,
    user::{
        model::{Person, Session, User},
        passwords::Passwords,
        rules,
        service::adopt,
    },
};

/// What one use case works with: who asks, the instant, and the policy as it stands at that instant.
pub struct Room<'a> {
    pub(super) coup: &'a Coup,
    /// Who asks.
    pub ctx: &'a Ctx,
    /// Time, identifiers, secrets.
    pub env: Env,
    /// A snapshot of the policy.
    pub policy: Policy,
    /// A snapshot of the settings.
    pub(super) settings: Arc<Settings>,
    /// Who turned out to be asking.
    pub(super) who: OnceLock<UserId>,
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

    /// The settings as they stand at that instant.
    pub fn settings(&self) -> &Settings {
        &self.settings
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

    /// The caller, and every study of which they are an ACTIVE member.
    pub(crate) async fn everywhere(&self) -> Result<(Caller, Vec<StudyFile>), Error> {
        let credential = self.credential()?;
        let everywhere = match self.store().standing_everywhere(credential).await? {
            None if self.meet(credential).await? => self.store().standing_everywhere(credential).await?,
            known => known,
        };
        let (standing, studies) = everywhere.ok_or(Error::NotSignedIn)?;
        let (caller, _) = self.known(standing.clone())?;
        let mut files = Vec::with_capacity(studies.len());
        for (study, member) in studies {
            let standing = Standing { study: Some((study.clone(), Some(member.clone()))), ..standing.clone() };
            let (caller, _) = self.known(standing)?;
            files.push(StudyFile { caller, study, member: Some(member) });
        }
        Ok((caller, files))
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
        let (now, idle) = (self.env.now(), self.settings().session_idle());
        let actor = rules::actor(&standing, now, &self.settings).ok_or(Error::NotSignedIn)?;
        let withheld = rules::withheld(&standing, now, &self.settings);
        if let Some(session) = &standing.session {
            self.coup.seen.note(session, now, idle);
        }
        // Set before, it is the same person.
        let _ = self.who.set(actor.user.clone());
        // Here, where every caller passes: whatever is asked, and over whatever way.
        admitted(&self.settings, actor.admin.is_some() || withheld.is_some())?;
        let Standing { user, session, study, has_second_factor, .. } = standing;
        Ok((Caller { user, session, has_second_factor, actor, withheld, policy: self.policy.clone() }, study))
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

    /// As [`Caller::fresh`]; the host in its own name is.
    pub(crate) fn fresh(&self, room: &Room<'_>) -> Result<(), Error> {
        match self {
            Self::Person(caller) => caller.fresh(room),
            Self::Host(_) => Ok(()),
        }
    }

    /// Permission without anything to write yet, asked before it is told whether something exists.
    pub(crate) fn require(&self, permission: AdminPermission) -> Result<(), Error> {
        self.permit(permission, Target::Site).map(drop)
    }

    /// A further permission; none is needed in the host's name.
    pub(crate) fn permit(
        &self,
        permission: AdminPermission,
        target: Target,
    ) -> Result<Option<crate::policy::Permit>, Error> {
        match self {
            Self::Person(caller) => {
                let permit = caller.permit(permission, target)?;
                caller.require(permission.gate(), Target::Site)?;
                Ok(Some(permit))
            }
            Self::Host(_) => Ok(None),
        }
    }

    /// Whether it would be permitted, for showing what can be done.
    pub(crate) fn may(&self, permission: AdminPermission) -> bool {
        self.require(permission).is_ok()
    }

    /// Who it is; nobody in the host's name.
    pub(crate) fn user(&self) -> Option<&UserId> {
        match self {
            Self::Person(caller) => Some(&caller.user.id),
            Self::Host(_) => None,
        }
    }

    /// The same as others see them.
    pub(crate) fn person(&self) -> Option<Person> {
        match self {
            Self::Person(caller) => Some(caller.person()),
            Self::Host(_) => None,
        }
    }

    /// Their administrator's role; none in the host's name.
    pub(crate) fn role(&self) -> Option<AdminRole> {
        match self {
            Self::Person(caller) => caller.actor.admin.as_ref().map(|admin| admin.role),
            Self::Host(_) => None,
        }
    }

    /// Whether ranks let them act on somebody who has this role: only on who is strictly lower. The host on everybody.
    pub(crate) fn outranks(&self, target: &UserId, role: Option<AdminRole>) -> Result<(), Error> {
        match (self.user(), self.role()) {
            (Some(user), Some(own)) => Ok(select::act_on(user, own, target, role)?),
            (None, _) => Ok(()),
            (Some(_), None) => {
                Err(Error::Internal("the policy permitted an administrator's act to somebody without a role".into()))
            }
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
    /// Whether they have a second factor that is asked for.
    pub has_second_factor: bool,
    /// What they are to the policy.
    pub actor: Actor,
    /// What they were as an administrator if they had a second factor.
    pub withheld: Option<AdminStanding>,
    pub(crate) policy: Policy,
}

impl Caller {
    /// Permission for the whole site, or a refusal.
    ///
    /// # Errors
    /// [`Error::SecondFactorRequired`] of what only a second factor is missing for, [`Error::Denied`] of all else.
    pub fn permit(&self, permission: impl Into<Permission>, target: Target) -> Result<crate::policy::Permit, Error> {
        let permission = permission.into();
        if self.withheld.is_some() && !self.policy.allows(&self.actor, permission, &target) {
            let with_factor = Actor { admin: self.withheld, ..self.actor.clone() };
            if self.policy.allows(&with_factor, permission, &target) {
                return Err(Error::SecondFactorRequired);
            }
        }
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

    /// Whether they showed a short while ago that they are who signed in: for what does the most harm. Somebody for whom the host
    /// vouches is asked by the host.
    ///
    /// # Errors
    /// [`Error::ConfirmationRequired`].
    pub fn fresh(&self, room: &Room<'_>) -> Result<(), Error> {
        let lasts = TimeDelta::minutes(room.settings().confirm_minutes.into());
        match &self.session {
            Some(session) if session.confirmed_at + lasts <= room.env.now() => Err(Error::ConfirmationRequired),
            _ => Ok(()),
        }
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
