//! Use cases of sanctions: imposing, lifting, and looking at them.

use serde_json::json;

use super::{
    expiry,
    ladder::Strikes,
    model::{Measure, Sanction},
    rules::{self, Recommendation},
    view::{OwnAppeal, OwnSanction, SanctionView},
};
use crate::{
    appeal::{model::Appeal, rules::lifted},
    audit::model::AuditDraft,
    changes::{Change, Changes, EventKind, Key, Row, Scope, to_value},
    coup::{Administration, Command, Coup, Ctx, Prepared, Room},
    error::{Error, StateError},
    id::{JobId, ReportId, SanctionId, UserId},
    job::model::{NewJob, Payload},
    mail::letter::Letter,
    moderation::names::{Names, Wanted},
    notification::model::{Notice, NotificationData, NotificationEvent},
    policy::{AdminPermission, AdminRole, SanctionType, SystemPermission, Target, select},
    text::Words,
    user::model::{AdminGrant, User, UserStatus},
};

/// Somebody who is to be sanctioned, or was.
pub(crate) struct Offender {
    pub(crate) user: User,
    grant: Option<AdminGrant>,
    pub(crate) sanctions: Vec<(Sanction, Option<Appeal>)>,
}

impl Offender {
    /// The person with all their sanctions; nobody for who is not there any more.
    pub(crate) async fn find(room: &Room<'_>, user: &UserId) -> Result<Option<Self>, Error> {
        let found = Self::or_deleted(room, user).await?;
        Ok(found.filter(|offender| offender.user.status != UserStatus::Deleted))
    }

    /// The same also of somebody whose account is deleted.
    pub(crate) async fn or_deleted(room: &Room<'_>, user: &UserId) -> Result<Option<Self>, Error> {
        let Some((user, grant)) = room.store().person_and_grant(user).await? else { return Ok(None) };
        let sanctions = room.store().sanctions_of(&user.id).await?;
        Ok(Some(Self { user, grant, sanctions }))
    }

    /// Whose names stand beside their sanctions.
    pub(crate) fn names<'a>(&'a self, wanted: Wanted<'a>) -> Wanted<'a> {
        self.sanctions.iter().fold(wanted, |wanted, (sanction, _)| wanted.sanction(sanction))
    }

    /// Their administrator's role now.
    pub(crate) fn rank(&self, room: &Room<'_>) -> Option<AdminRole> {
        self.grant.as_ref().filter(|grant| grant.lasts_at(room.env.now())).map(|grant| grant.role)
    }

    /// What is recommended, and what of it they may who ask.
    pub(crate) fn recommendation(&self, room: &Room<'_>, who: &Administration) -> Recommendation {
        let settings = room.settings();
        let lapse = settings.strike_lapse_days.map(|days| chrono::TimeDelta::days(days.into()));
        let sanctions = self.sanctions.iter().map(|(sanction, _)| sanction);
        let strikes = Strikes::count(sanctions, lapse, room.env.now());
        rules::recommendation(&settings.ladder, strikes, |kind| who.may(select::impose(kind)))
    }

    /// The account as it stands with this sanction among its own.
    pub(crate) fn with(&self, changed: &Sanction, room: &Room<'_>) -> User {
        let others = self.sanctions.iter().map(|(sanction, _)| sanction).filter(|other| other.id != changed.id);
        let all: Vec<Sanction> = others.chain([changed]).cloned().collect();
        rules::under(self.user.clone(), &all, room.env.now())
    }
}

/// What is imposed.
pub(crate) struct Imposing<'a> {
    pub(crate) measure: Measure,
    /// Why, as the person is told.
    pub(crate) reason: &'a Words,
    /// What it answers.
    pub(crate) report: Option<ReportId>,
    /// Whether they are told by e-mail, too.
    pub(crate) mail: bool,
}

/// Imposes a measure beside what `changes` writes already: the sanction, the account's status, its sessions, what the person is
/// told, and the jobs that follow. Whether the permission is there was asked before; ranks are asked here.
pub(crate) async fn impose(
    room: &Room<'_>,
    who: &Administration,
    changes: Changes,
    offender: &Offender,
    imposing: Imposing<'_>,
) -> Result<(Changes, Sanction), Error> {
    who.outranks(&offender.user.id, offender.rank(room))?;
    let Imposing { measure, reason, report, mail } = imposing;
    last_super_admin(room, offender, measure.kind()).await?;
    let now = room.env.now();
    let sanction = Sanction {
        id: SanctionId::from_uuid(room.env.uuid()),
        user_id: offender.user.id.clone(),
        admin_id: who.user().cloned(),
        kind: measure.kind(),
        days: measure.days(),
        reason: reason.to_string(),
        report_id: report,
        expires_at: measure.ends(now),
        is_active: true,
        lifted_by: None,
        lift_reason: None,
        lifted_at: None,
        mistaken: false,
        created_at: now,
        version: 0,
    };
    let user = &offender.user.id;
    let told = OwnSanction::at(now, room.settings().appeal_days, &sanction, None);
    let changes = changes
        .insert(Row::Sanction(Box::new(sanction.clone())))
        .save(Row::User(Box::new(offender.with(&sanction, room))))
        .event(Scope::User(user.clone()), EventKind::SanctionImposed, now, to_value(&told))
        .notify(&room.env, user, notice(NotificationEvent::SanctionImposed, &sanction, reason));
    let shuts_out = matches!(measure.kind(), SanctionType::Suspension | SanctionType::PermanentBan);
    let changes = if shuts_out { changes.change(Change::Remove(Key::Sessions(user.clone()))) } else { changes };
    let letter = Letter::SanctionImposed { user_id: user.clone(), sanction_id: sanction.id };
    let changes = if mail { changes.job(letter.job(room)) } else { changes };
    Ok((ending(room, changes, &sanction), sanction))
}

/// One who could still administer stays.
async fn last_super_admin(room: &Room<'_>, offender: &Offender, kind: SanctionType) -> Result<(), Error> {
    let bars = matches!(kind, SanctionType::Restriction | SanctionType::Suspension | SanctionType::PermanentBan);
    let is_lasting = offender.grant.as_ref().is_some_and(AdminGrant::is_lasting_super_admin);
    if bars && is_lasting && room.store().lasting_super_admins().await? <= 1 {
        return Err(StateError::LastSuperAdmin.into());
    }
    Ok(())
}

/// Has its end noted when it comes.
pub(crate) fn ending(room: &Room<'_>, changes: Changes, sanction: &Sanction) -> Changes {
    match sanction.expires_at.filter(|end| sanction.is_active && *end > room.env.now()) {
        Some(end) => changes.job(NewJob {
            id: JobId::from_uuid(room.env.uuid()),
            kind: expiry::KIND.into(),
            payload: Payload::Value(json!({ "sanctionId": sanction.id })),
            run_at: end,
            created_at: room.env.now(),
        }),
        None => changes,
    }
}

fn notice(event: NotificationEvent, sanction: &Sanction, words: &Words) -> Notice {
    let data = NotificationData {
        sanction_id: Some(sanction.id),
        sanction_type: Some(sanction.kind),
        duration: sanction.length(),
        expires_at: sanction.expires_at,
        ..NotificationData::default()
    };
    Notice::new(event, data).saying(words.as_str())
}

/// What the audit log tells of a sanction.
pub(crate) fn worded(draft: AuditDraft, sanction: &Sanction) -> AuditDraft {
    let measure = json!({ "type": sanction.kind, "duration": sanction.length() });
    draft
        .after("sanction", measure)
        .after("sanctionId", to_value(&sanction.id))
        .after("expiresAt", to_value(&sanction.expires_at))
}

/// Sanctions somebody without a report.
#[derive(Debug, Clone)]
pub struct Impose {
    /// Whom.
    pub user: UserId,
    /// What.
    pub measure: Measure,
    /// Why, as the person is told.
    pub reason: Words,
    /// Whether they are told by e-mail, too.
    pub notify: bool,
}

impl Command for Impose {
    type Output = SanctionView;

    /// The least of them.
    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::SanctionWarning);

    fn administers(&self) -> Option<AdminPermission> {
        Some(select::impose(self.measure.kind()))
    }

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SanctionView>, Error> {
        let who = room.administration().await?;
        let changes = who.changes(select::impose(self.measure.kind()), Target::User(self.user.clone()))?;
        let offender = Offender::find(room, &self.user).await?.ok_or(Error::NotFound)?;
        let imposing = Imposing { measure: self.measure, reason: &self.reason, report: None, mail: self.notify };
        let (changes, sanction) = impose(room, &who, changes, &offender, imposing).await?;
        let changes = changes.audited(|draft| worded(draft, &sanction).reason(self.reason.as_str()));
        let names = Wanted::default().sanction(&sanction).read(room, &who).await?;
        let view = SanctionView::at(room.env.now(), room.settings().appeal_days, &sanction, None, &names);
        Ok(Prepared::new(changes, view))
    }
}

/// Lifts a sanction. One that was a mistake no longer counts on the ladder, even if it has ended by itself.
#[derive(Debug, Clone)]
pub struct LiftSanction {
    /// Which.
    pub sanction: SanctionId,
    /// Why, as the person is told.
    pub reason: Words,
    /// Whether it was a mistake.
    pub mistaken: bool,
}

impl Command for LiftSanction {
    type Output = SanctionView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::SanctionLift);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<SanctionView>, Error> {
        let who = room.administration().await?;
        who.require(AdminPermission::SanctionLift)?;
        let (sanction, appeal) = room.store().sanction(self.sanction).await?.ok_or(Error::NotFound)?;
        let [lift, own] = select::lift(sanction.kind);
        let changes = who.changes(lift, Target::User(sanction.user_id.clone()))?;
        let changes = match who.permit(own, Target::User(sanction.user_id.clone()))? {
            Some(permit) => changes.also(permit),
            None => changes,
        };
        let offender = Offender::find(room, &sanction.user_id).await?.ok_or(Error::NotFound)?;
        who.outranks(&offender.user.id, offender.rank(room))?;
        let now = room.env.now();
        let is_over = !sanction.is_active || sanction.expires_at.is_some_and(|end| end <= now);
        if sanction.mistaken || (is_over && !self.mistaken) {
            return Err(StateError::SanctionEnded.into());
        }
        let is_active = sanction.is_active;
        let lifted = lifted(sanction, who.user(), self.reason.as_str(), self.mistaken, now);
        let changes = changes
            .audited(|draft| {
                let draft = worded(draft, &lifted);
                draft.before("isActive", is_active).after("mistaken", self.mistaken).reason(self.reason.as_str())
            })
            .save(Row::Sanction(Box::new(lifted.clone())))
            .save(Row::User(Box::new(offender.with(&lifted, room))));
        let changes = told_lifted(room, changes, &lifted, &self.reason);
        let letter = Letter::SanctionLifted { user_id: lifted.user_id.clone(), sanction_id: lifted.id };
        let changes = changes.job(letter.job(room));
        let lifted = Sanction { version: lifted.version + 1, ..lifted };
        let names = Wanted::default().sanction(&lifted).read(room, &who).await?;
        let view = SanctionView::at(now, room.settings().appeal_days, &lifted, appeal, &names);
        Ok(Prepared::new(changes, view))
    }
}

/// Lifts all that suspends somebody: suspensions, and a permanent ban.
#[derive(Debug, Clone)]
pub struct Unsuspend {
    /// Whom.
    pub user: UserId,
    /// Why, as the person is told.
    pub reason: Words,
}

impl Command for Unsuspend {
    type Output = Vec<SanctionView>;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::SanctionLift);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<Vec<SanctionView>>, Error> {
        let who = room.administration().await?;
        let target = Target::User(self.user.clone());
        let mut changes = who.changes(AdminPermission::SanctionLift, target.clone())?;
        let offender = Offender::find(room, &self.user).await?.ok_or(Error::NotFound)?;
        let now = room.env.now();
        let shut_out = |sanction: &Sanction| {
            matches!(sanction.kind, SanctionType::Suspension | SanctionType::PermanentBan) && sanction.works_at(now)
        };
        let active: Vec<_> = offender.sanctions.iter().filter(|(sanction, _)| shut_out(sanction)).collect();
        // The right of each type, as for lifting it alone.
        for (sanction, _) in &active {
            if let Some(permit) = who.permit(select::impose(sanction.kind), target.clone())? {
                changes = changes.also(permit);
            }
        }
        who.outranks(&offender.user.id, offender.rank(room))?;
        if active.is_empty() {
            return Err(StateError::SanctionEnded.into());
        }
        let names = offender.names(Wanted::default()).read(room, &who).await?;
        let mut all: Vec<Sanction> = offender.sanctions.iter().map(|(sanction, _)| sanction.clone()).collect();
        let mut views = Vec::with_capacity(active.len());
        for (sanction, appeal) in active {
            let lifted = lifted(sanction.clone(), who.user(), self.reason.as_str(), false, now);
            changes = changes.save(Row::Sanction(Box::new(lifted.clone())));
            changes = told_lifted(room, changes, &lifted, &self.reason);
            let letter = Letter::SanctionLifted { user_id: lifted.user_id.clone(), sanction_id: lifted.id };
            changes = changes.job(letter.job(room));
            let view = Sanction { version: lifted.version + 1, ..lifted.clone() };
            views.push(SanctionView::at(now, room.settings().appeal_days, &view, appeal.clone(), &names));
            if let Some(place) = all.iter_mut().find(|other| other.id == lifted.id) {
                *place = lifted;
            }
        }
        let ids: Vec<_> = views.iter().map(|view| view.own.id).collect();
        let changes = changes
            .audited(|draft| draft.after("sanctionIds", to_value(&ids)).reason(self.reason.as_str()))
            .save(Row::User(Box::new(rules::under(offender.user.clone(), &all, now))));
        Ok(Prepared::new(changes, views))
    }
}

/// Tells the person that a sanction is another one now, or none.
pub(crate) fn told_lifted(room: &Room<'_>, changes: Changes, sanction: &Sanction, words: &Words) -> Changes {
    let now = room.env.now();
    let told = OwnSanction::at(now, room.settings().appeal_days, sanction, None);
    let event = match sanction.lifted_at {
        Some(_) => NotificationEvent::SanctionLifted,
        None => NotificationEvent::SanctionReduced,
    };
    changes.event(Scope::User(sanction.user_id.clone()), EventKind::SanctionLifted, now, to_value(&told)).notify(
        &room.env,
        &sanction.user_id,
        notice(event, sanction, words),
    )
}

/// Somebody's sanctions with what the ladder recommends next.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// All of them, the newest first.
    pub sanctions: Vec<SanctionView>,
    /// What would be recommended, and what of it the asker may.
    pub recommendation: Recommendation,
    /// Whether ranks let the asker do anything about it: the person is somebody else, and no administrator of their rank or above.
    pub is_below: bool,
}

impl History {
    pub(crate) fn of(room: &Room<'_>, who: &Administration, offender: &Offender, names: &Names) -> Self {
        let (now, days) = (room.env.now(), room.settings().appeal_days);
        let view =
            |(sanction, appeal): &(Sanction, _)| SanctionView::at(now, days, sanction, Option::clone(appeal), names);
        Self {
            sanctions: offender.sanctions.iter().map(view).collect(),
            recommendation: offender.recommendation(room, who),
            is_below: who.outranks(&offender.user.id, offender.rank(room)).is_ok(),
        }
    }
}

impl Coup {
    /// One's own sanctions with one's appeals, the newest first; the suspended may, too.
    pub async fn own_sanctions(&self, ctx: &Ctx) -> Result<Vec<OwnSanction>, Error> {
        let room = self.room(ctx);
        let caller = room.caller().await?;
        caller.require(SystemPermission::SanctionReadOwn, Target::User(caller.user.id.clone()))?;
        let (now, days) = (room.env.now(), room.settings().appeal_days);
        let own = room.store().sanctions_of(&caller.user.id).await?;
        Ok(own.into_iter().map(|(sanction, appeal)| OwnSanction::at(now, days, &sanction, appeal)).collect())
    }

    /// One's own appeals, the newest sanction's first; the suspended may, too.
    pub async fn own_appeals(&self, ctx: &Ctx) -> Result<Vec<OwnAppeal>, Error> {
        Ok(self.own_sanctions(ctx).await?.into_iter().filter_map(|sanction| sanction.appeal).collect())
    }

    /// Somebody's sanctions, and what the ladder recommends next (`user.read`); the audit log tells of it.
    pub async fn sanction_history(&self, ctx: &Ctx, user: &UserId) -> Result<History, Error> {
        let word = |draft: AuditDraft| draft.after("list", "sanctions");
        let target = Target::User(user.clone());
        let read = async |room: &Room<'_>, who: &Administration| {
            let offender = Offender::find(room, user).await?.ok_or(Error::NotFound)?;
            let names = offender.names(Wanted::default()).read(room, who).await?;
            Ok(History::of(room, who, &offender, &names))
        };
        self.audited_as(ctx, AdminPermission::UserRead, target, word, read).await
    }
}
