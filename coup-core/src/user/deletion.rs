//! Deleting an account (specification, features § 1): its row stays under "deleted user" with what was said, all that is personal goes,
//! in one commit. What others were told of the person before goes a moment later, by a job ([`super::trace`]).
//!
//! A study's OWNER hands over or closes first; the last SUPER_ADMIN without an end stays. What was done about the account stays, too:
//! sanctions, appeals, reports with what they hold as evidence, the audit log without its personal values. There is no way back.
//!
//! A host with its own users says that one is gone:
//!
//! ```
//! use std::sync::Arc;
//!
//! use coup_core::{
//!     coup::{Coup, Ctx},
//!     error::Error,
//!     testing::MemoryStore,
//!     text::PersonName,
//!     user::{deletion::DeleteUser, directory::HostUser, service::AdoptUser},
//! };
//!
//! # futures_util::FutureExt::now_or_never(async {
//! let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
//! let school = coup.as_host("pupils' register");
//! let user = HostUser::named(PersonName::parse("name", "김하늘").unwrap());
//! school.run(AdoptUser { id: "pupil-17".parse().unwrap(), user: user.clone() }).await.unwrap();
//!
//! let gone = DeleteUser { user: "pupil-17".parse().unwrap(), close_studies: true };
//! school.run(gone).await.unwrap();
//! assert!(matches!(coup.me(&Ctx::user("pupil-17".parse().unwrap())).await, Err(Error::NotSignedIn)));
//! // An identifier is one person's for ever.
//! let again = school.run(AdoptUser { id: "pupil-17".parse().unwrap(), user }).await;
//! assert!(matches!(again, Err(Error::NotFound)));
//! # }).unwrap();
//! ```

use serde::{Deserialize, Serialize};

use super::{
    model::{AdminGrant, User, UserStatus},
    service::{Me, me},
    trace::{self, Forgotten},
};
use crate::{
    audit::model::{AdminAction, AuditActor, AuditDraft, AuditTarget},
    changes::{Change, Changes, EventKind, Guard, Key, Row, Scope, to_value},
    coup::{Command, Coup, Ctx, Prepared, Room},
    error::{Error, StateError},
    file::avatar,
    id::{JobId, StudyId, UserId},
    idempotency::Answer,
    job::model::{NewJob, Payload},
    mail::letter::Letter,
    member::{
        model::{MemberStatus, StudyMember},
        service::{guard, leaves, withdraws},
    },
    page::Limit,
    policy::{AdminPermission, Language, StudyRole, SystemPermission, Target},
    store::Membership,
    study::model::Study,
    text::StudyName,
};

/// A study whose OWNER would be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedStudy {
    /// Which.
    pub id: StudyId,
    /// Its name.
    pub name: StudyName,
}

/// Deletes one's own account. Who is under a SUSPENSION or a PERMANENT_BAN may not: they would be rid of it.
///
/// # Errors
/// [`Error::ConfirmationRequired`]; [`Error::OwnsStudies`]; [`StateError::LastSuperAdmin`].
#[derive(Debug, Clone, Copy)]
pub struct DeleteAccount;

/// That one's account is deleted. Not kept for a repetition: there is nobody left to repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deleted;

impl Answer for Deleted {}

impl Command for DeleteAccount {
    type Output = Deleted;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Deleted>, Error> {
        let caller = room.caller().await?;
        let permit = caller.permit(SystemPermission::AccountDelete, Target::User(caller.user.id.clone()))?;
        caller.fresh(room)?;
        let changes = Changes::permitted(permit).guard(caller.guard());
        let found = room.store().person_and_grant(&caller.user.id).await?.ok_or(Error::NotSignedIn)?;
        let changes = deleted(room, changes, found, Owned::Refuse).await?;
        Ok(Prepared::new(changes, Deleted))
    }
}

/// Deletes somebody's account; the host's own act, when a user of its own is gone. Who is not known, or deleted already, is well.
///
/// # Errors
/// [`Error::OwnsStudies`], unless they are to be closed; [`StateError::LastSuperAdmin`].
#[derive(Debug, Clone)]
pub struct DeleteUser {
    /// Whose.
    pub user: UserId,
    /// Whether the studies that are theirs are closed; else they stand in the way.
    pub close_studies: bool,
}

impl Command for DeleteUser {
    type Output = ();

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::UserDelete);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<()>, Error> {
        let purpose = room.ctx.host.ok_or(Error::NotSignedIn)?;
        let found = room.store().person_and_grant(&self.user).await?;
        let Some(found) = found.filter(|(user, _)| user.status != UserStatus::Deleted) else {
            return Ok(Prepared::done(()));
        };
        let changes = Changes::host(purpose, AdminAction::UserDelete, Some(AuditTarget::user(&self.user)));
        let owned = if self.close_studies { Owned::Close } else { Owned::Refuse };
        Ok(Prepared::new(deleted(room, changes, found, owned).await?, ()))
    }
}

impl Coup {
    /// One's own account and the studies that stand in the way of deleting it, for who has shown lately that it is they; no list for
    /// who may not delete it at all. It needs what taking one's data along needs, which stands beside it.
    ///
    /// # Errors
    /// [`Error::ConfirmationRequired`].
    pub async fn before_deletion(&self, ctx: &Ctx) -> Result<(Me, Option<Vec<OwnedStudy>>), Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        let own = || Target::User(caller.user.id.clone());
        caller.require(SystemPermission::AccountExport, own())?;
        caller.fresh(&room)?;
        let memberships = match caller.require(SystemPermission::AccountDelete, own()) {
            Ok(()) => Some(memberships(&room, &caller.user.id).await?),
            Err(Error::Denied(_)) => None,
            Err(error) => return Err(error),
        };
        let owned = memberships.map(|all| all.iter().filter_map(needs_an_owner).collect());
        Ok((me(&caller, room.env.now()), owned))
    }
}

/// What becomes of open studies of which the person is the OWNER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owned {
    Refuse,
    Close,
}

async fn deleted(
    room: &Room<'_>,
    changes: Changes,
    (user, grant): (User, Option<AdminGrant>),
    owned: Owned,
) -> Result<Changes, Error> {
    let memberships = memberships(room, &user.id).await?;
    let stand_in_the_way: Vec<OwnedStudy> = memberships.iter().filter_map(needs_an_owner).collect();
    if owned == Owned::Refuse && !stand_in_the_way.is_empty() {
        return Err(Error::OwnsStudies(stand_in_the_way));
    }
    let changes = dismissed(room, changes, &user.id, grant).await?;
    let studies = memberships.iter().map(|membership| membership.study.id).collect();
    let changes = memberships.into_iter().fold(changes, |changes, membership| parted(room, changes, membership));
    let changes = avatar::forget(room, &user.id, changes).await?;
    let changes = farewell(room, changes, &user);
    let changes = changes
        .change(Change::Remove(Key::Sessions(user.id.clone())))
        .change(Change::Remove(Key::Devices(user.id.clone())))
        .change(Change::Remove(Key::SecondFactor(user.id.clone())))
        .change(Change::Forget(user.id.clone(), user.email.clone()))
        .change(Change::EraseAuditPersonal(user.id.clone()))
        .job(forget(room, &Forgotten { user_id: user.id.clone(), studies }));
    Ok(changes.save(Row::User(Box::new(erased(user, room.env.now())))))
}

/// The account as it stands for ever: whose it was, nobody can tell.
fn erased(user: User, now: crate::env::Timestamp) -> User {
    User {
        email: None,
        password: None,
        name: None,
        avatar: None,
        bio: None,
        status: UserStatus::Deleted,
        suspended_until: None,
        suspend_reason: None,
        age_band: None,
        guardian_consent_at: None,
        locale: None,
        auth_version: user.auth_version + 1,
        updated_at: now,
        ..user
    }
}

/// All memberships, of whatever status.
async fn memberships(room: &Room<'_>, user: &UserId) -> Result<Vec<Membership>, Error> {
    let mut all: Vec<Membership> = Vec::new();
    loop {
        let after = all.last().map(|membership| membership.study.id);
        let more = room.store().memberships(user, after, Limit::BATCH).await?;
        let is_last = more.len() < Limit::BATCH.get();
        all.extend(more);
        if is_last {
            return Ok(all);
        }
    }
}

fn is_owner(member: &StudyMember) -> bool {
    member.status == MemberStatus::Active && member.role == StudyRole::Owner
}

/// Whether things are still done in the study that only its OWNER does. One that is closed or hidden only stands to be read: there the
/// deleted user remains its OWNER, for there is always one.
fn is_open(study: &Study) -> bool {
    study.closed_at.is_none() && study.hidden_at.is_none()
}

fn needs_an_owner(Membership { study, member, .. }: &Membership) -> Option<OwnedStudy> {
    (is_owner(member) && is_open(study)).then(|| OwnedStudy { id: study.id, name: study.name.clone() })
}

/// An administrator's role ends, and the audit log tells of it. From where and with what is erased with the rest.
async fn dismissed(
    room: &Room<'_>,
    changes: Changes,
    user: &UserId,
    grant: Option<AdminGrant>,
) -> Result<Changes, Error> {
    let Some(grant) = grant else { return Ok(changes) };
    if grant.is_lasting_super_admin() && room.store().lasting_super_admins().await? <= 1 {
        return Err(StateError::LastSuperAdmin.into());
    }
    let changes = changes.change(Change::Remove(Key::AdminGrant(user.clone())));
    if !grant.lasts_at(room.env.now()) {
        return Ok(changes);
    }
    let actor = AuditActor::Administrator(user.clone(), grant.role);
    let draft = AuditDraft::new(actor, AdminAction::AdminRevoke, Some(AuditTarget::user(user)));
    Ok(changes.audit(draft.before("role", to_value(&grant.role)).untraced()))
}

/// They leave, as who leaves does, or take their request back; what they said when they asked to join goes.
fn parted(room: &Room<'_>, changes: Changes, Membership { study, member, .. }: Membership) -> Changes {
    let changes = changes.guard(guard(&member));
    let said = member.introduction.is_some() || member.motivation.is_some() || member.level.is_some();
    let member = StudyMember { introduction: None, motivation: None, level: None, ..member };
    match member.status {
        MemberStatus::Pending => withdraws(room, changes, &member),
        MemberStatus::Active if !is_owner(&member) => {
            let by = member.user_id.clone();
            leaves(room, changes, member, &by)
        }
        MemberStatus::Active => {
            let changes = changes.save(Row::Member(Box::new(member)));
            if is_open(&study) {
                closed(room, changes, study)
            } else {
                // Nobody opens it meanwhile.
                changes.guard(Guard::Study(study.id, study.version))
            }
        }
        MemberStatus::Kicked | MemberStatus::Left if said => changes.save(Row::Member(Box::new(member))),
        MemberStatus::Kicked | MemberStatus::Left => changes,
    }
}

/// Closed by nobody who could open it again: administrators can.
fn closed(room: &Room<'_>, changes: Changes, study: Study) -> Changes {
    let now = room.env.now();
    let study = Study { closed_at: Some(now), closed_by: None, ..study };
    let (id, told) = (study.id, to_value(&study));
    changes.save(Row::Study(Box::new(study))).event(Scope::Study(id), EventKind::StudyClosed, now, told)
}

/// A last letter: it carries the address that nothing else has any more.
fn farewell(room: &Room<'_>, changes: Changes, user: &User) -> Changes {
    let Some(email) = user.email.clone() else { return changes };
    let language = if user.locale.as_deref() == Some("en") { Language::En } else { Language::Ko };
    changes.job(Letter::AccountDeleted { email, language, at: room.env.now() }.job(room))
}

fn forget(room: &Room<'_>, asked: &Forgotten) -> NewJob {
    let now = room.env.now();
    NewJob {
        id: JobId::from_uuid(room.env.uuid()),
        kind: trace::KIND.into(),
        payload: Payload::Value(trace::payload(asked)),
        run_at: now,
        created_at: now,
    }
}
