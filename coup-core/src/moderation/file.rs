//! What a decision about a case begins with, and who else could decide.

use std::collections::BTreeMap;

use crate::{
    coup::{Administration, Room},
    error::Error,
    id::{ReportId, StudyId, UserId},
    member::model::MemberStatus,
    moderation::{
        model::{Case, Report},
        rules::{self, By},
    },
    page::Limit,
    policy::{AdminPermission, AdminRole, AdminStanding, StudyRole, Target},
    store::{Administrator, Credential},
    user::{model::AdminGrant, rules::actor},
};

/// A case with its reports, and whether who asks has a part in it.
pub(crate) struct CaseFile {
    pub(crate) case: Case,
    /// The oldest first.
    pub(crate) reports: Vec<Report>,
    /// They may nevertheless: nobody else can.
    pub(crate) has_part: bool,
}

impl CaseFile {
    /// The case of a report; 404 for who has a part in it, unless nobody else could decide it for a day.
    pub(crate) async fn of(room: &Room<'_>, who: &Administration, report: ReportId) -> Result<Self, Error> {
        let found = room.store().case_of(report).await?;
        let (case, reports) = found.ok_or(Error::NotFound)?;
        Self::seen(room, who, case, reports).await
    }

    /// The same for a case that was read already.
    pub(crate) async fn seen(
        room: &Room<'_>,
        who: &Administration,
        case: Case,
        reports: Vec<Report>,
    ) -> Result<Self, Error> {
        let file = Self { case, reports, has_part: false };
        let (Some(user), Some(role)) = (who.user(), who.role()) else { return Ok(file) };
        let is_staff = is_staff(room, file.case.study_id, user).await?;
        if !rules::has_part(user, &file.case, &file.reports, is_staff) {
            return Ok(file);
        }
        let now = room.env.now();
        if !rules::may_nevertheless(role, 0, file.case.created_at, now) {
            return Err(Error::NotFound);
        }
        let others = deciders(room, &file.case, &file.reports, [AdminPermission::ReportProcess]).await?.len();
        if rules::may_nevertheless(role, others, file.case.created_at, now) {
            Ok(Self { has_part: true, ..file })
        } else {
            Err(Error::NotFound)
        }
    }

    /// The first of its reports, by which the case is addressed.
    pub(crate) fn first(&self) -> Option<ReportId> {
        self.reports.first().map(|report| report.id)
    }

    /// Whether who acts may do with it what only who has it may.
    pub(crate) async fn may_take(&self, room: &Room<'_>, who: &Administration) -> Result<(), Error> {
        let (Some(user), Some(role)) = (who.user(), who.role()) else { return Ok(rules::open(&self.case)?) };
        let now = room.env.now();
        let holder = match self.case.holder_at(now).filter(|holder| *holder != user) {
            Some(holder) => room.store().person_and_grant(holder).await?.and_then(|(_, grant)| grant),
            None => None,
        };
        let holder = holder.filter(|grant| grant.lasts_at(now)).map(|grant| grant.role);
        Ok(rules::may_take(&self.case, By { user, role }, holder, now)?)
    }
}

async fn is_staff(room: &Room<'_>, study: Option<StudyId>, user: &UserId) -> Result<bool, Error> {
    let Some(study) = study else { return Ok(false) };
    let member = room.store().member(study, user).await?.map(|member| member.member);
    Ok(member.is_some_and(|member| member.status == MemberStatus::Active && member.role >= StudyRole::Admin))
}

/// Whether an administrator's grant lasts and brings all of the permissions.
fn brings(room: &Room<'_>, grant: &AdminGrant, permissions: &[AdminPermission]) -> bool {
    let standing = AdminStanding { role: grant.role, grants: grant.permissions.grant, denials: grant.permissions.deny };
    let has = room.policy.admin_permissions(&standing);
    grant.lasts_at(room.env.now()) && permissions.iter().all(|permission| has.contains(*permission))
}

/// The administrators who have the permissions.
pub(crate) async fn able(
    room: &Room<'_>,
    permissions: impl IntoIterator<Item = AdminPermission>,
) -> Result<Vec<(UserId, AdminRole)>, Error> {
    let asked: Vec<AdminPermission> = permissions.into_iter().collect();
    let all = room.store().administrators(None, Limit::BATCH).await?;
    let able = all.into_iter().filter(|Administrator { grant, .. }| brings(room, grant, &asked));
    Ok(able.map(|administrator| (administrator.grant.user, administrator.grant.role)).collect())
}

/// Whether somebody has a part in the case of a report.
pub(crate) async fn has_part(room: &Room<'_>, user: &UserId, report: ReportId) -> Result<bool, Error> {
    let Some((case, reports)) = room.store().case_of(report).await? else { return Ok(false) };
    Ok(rules::has_part(user, &case, &reports, is_staff(room, case.study_id, user).await?))
}

/// Whether who asks is at the top and nobody else has the permissions, for each set of them: what they have a part in is theirs to
/// decide after a day.
pub(crate) async fn alone<const N: usize>(
    room: &Room<'_>,
    who: &Administration,
    asked: [&[AdminPermission]; N],
) -> Result<[bool; N], Error> {
    let (Some(user), Some(AdminRole::SuperAdmin)) = (who.user(), who.role()) else { return Ok([false; N]) };
    let all = room.store().administrators(None, Limit::BATCH).await?;
    let others = || all.iter().filter(|other| other.grant.user != *user);
    Ok(asked.map(|permissions| !others().any(|other| brings(room, &other.grant, permissions))))
}

/// Two pages of one list, each in its order, as one.
pub(crate) fn together<T, K: Ord>(one: Vec<T>, other: Vec<T>, limit: Limit, key: impl Fn(&T) -> K) -> Vec<T> {
    let all: BTreeMap<K, T> = one.into_iter().chain(other).map(|row| (key(&row), row)).collect();
    all.into_values().take(limit.get()).collect()
}

/// The administrators who have the permissions and no part in the case.
pub(crate) async fn deciders(
    room: &Room<'_>,
    case: &Case,
    reports: &[Report],
    permissions: impl IntoIterator<Item = AdminPermission>,
) -> Result<Vec<(UserId, AdminRole)>, Error> {
    let staff = match case.study_id {
        Some(study) => room.store().staff(study, StudyRole::Admin).await?,
        None => Vec::new(),
    };
    let mut able = able(room, permissions).await?;
    able.retain(|(user, _)| !rules::has_part(user, case, reports, staff.contains(user)));
    Ok(able)
}

/// Whether somebody whom a case is to be given to may decide it: an administrator whom nothing keeps from it, without a part in it.
pub(crate) async fn may_decide(room: &Room<'_>, user: &UserId, case: &Case, reports: &[Report]) -> Result<bool, Error> {
    let standing = room.store().standing(&Credential::User(user.clone()), None).await?;
    let Some(actor) = standing.and_then(|standing| actor(&standing, room.env.now(), room.settings())) else {
        return Ok(false);
    };
    let is_able = room.policy.allows(&actor, AdminPermission::ReportProcess, &Target::Site);
    Ok(is_able && !rules::has_part(user, case, reports, is_staff(room, case.study_id, user).await?))
}
