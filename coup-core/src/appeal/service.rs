//! Use cases of appeals.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    model::{Appeal, AppealStatus},
    rules::{self, Ruling},
};
use crate::{
    audit::model::AuditDraft,
    changes::{Changes, Row, to_value},
    coup::{Administration, Command, Coup, Ctx, Prepared, Room},
    error::Error,
    id::{AppealId, SanctionId, UserId},
    mail::letter::Letter,
    moderation::{
        file::{able, alone, deciders, has_part, together},
        names::{Names, Wanted},
        rules::{NOBODY_ELSE_AFTER, may_nevertheless},
    },
    notification::model::{Notice, NotificationData, NotificationEvent},
    page::{Key, Keyset, Limit, Page, Places},
    policy::{AdminPermission, SanctionType, SystemPermission, Target, select},
    sanction::{
        model::{Length, Sanction},
        service::{Offender, ending, told_lifted, worded},
        view::{OwnAppeal, SanctionView},
    },
    text::{AppealText, Words},
    user::model::Person,
};

/// Appeals a sanction of one's own.
#[derive(Debug, Clone)]
pub struct CreateAppeal {
    /// Which.
    pub sanction: SanctionId,
    /// What one says against it.
    pub text: AppealText,
}

impl Command for CreateAppeal {
    type Output = OwnAppeal;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<OwnAppeal>, Error> {
        let caller = room.caller().await?;
        let permit = caller.permit(SystemPermission::AppealCreate, Target::Sanction(self.sanction))?;
        let found = room.store().sanction(self.sanction).await?;
        let own = found.filter(|(sanction, _)| sanction.user_id == caller.user.id);
        let (sanction, earlier) = own.ok_or(Error::NotFound)?;
        let now = room.env.now();
        rules::appeal(&sanction, earlier.as_ref(), room.settings().appeal_days, now)?;
        let appeal = Appeal {
            id: AppealId::from_uuid(room.env.uuid()),
            sanction_id: sanction.id,
            user_id: caller.user.id.clone(),
            text: self.text.clone(),
            kind: sanction.kind,
            days: sanction.days,
            status: AppealStatus::Pending,
            decided_by: None,
            decided_role: None,
            decided_at: None,
            words: None,
            created_at: now,
            version: 0,
        };
        let changes = Changes::permitted(permit).guard(caller.guard()).insert(Row::Appeal(Box::new(appeal.clone())));
        let told = judges(room, &sanction).await?.into_iter();
        let changes = told.fold(changes, |changes, user| changes.notify(&room.env, &user, made(&appeal)));
        Ok(Prepared::new(changes, OwnAppeal::from(appeal)))
    }
}

/// The administrators who may decide an appeal of this sanction, and have no part in it.
async fn judges(room: &Room<'_>, sanction: &Sanction) -> Result<Vec<UserId>, Error> {
    let case = match sanction.report_id {
        Some(report) => room.store().case_of(report).await?,
        None => None,
    };
    let asks = select::decide_appeal(sanction.kind);
    let able = match &case {
        Some((case, reports)) => deciders(room, case, reports, asks).await?,
        None => able(room, asks).await?,
    };
    let able = able.into_iter().map(|(user, _)| user);
    Ok(able.filter(|user| !rules::has_part(user, sanction)).collect())
}

fn made(appeal: &Appeal) -> Notice {
    let data = NotificationData {
        appeal_id: Some(appeal.id),
        sanction_id: Some(appeal.sanction_id),
        sanction_type: Some(appeal.kind),
        ..NotificationData::default()
    };
    Notice::new(NotificationEvent::AppealMade, data)
}

/// An appeal as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppealView {
    /// What the appellant sees.
    #[serde(flatten)]
    pub own: OwnAppeal,
    /// By whom.
    pub user_id: UserId,
    /// As they are now; absent for who may not read people (`user.read`).
    pub appellant: Option<Person>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// As they are now; absent for who may not list administrators (`admin.list`) and is not they.
    pub decider: Option<Person>,
    /// What type it was against.
    pub against: SanctionType,
    /// For how long that was.
    pub against_duration: Option<Length>,
    /// The sanction as it is now.
    pub sanction: SanctionView,
}

fn view(room: &Room<'_>, appeal: Appeal, sanction: &Sanction, names: &Names) -> AppealView {
    let against = Sanction { kind: appeal.kind, days: appeal.days, ..sanction.clone() };
    AppealView {
        user_id: appeal.user_id.clone(),
        appellant: names.user(&appeal.user_id),
        decided_by: appeal.decided_by.clone(),
        decider: names.administrator(appeal.decided_by.as_ref()),
        against: appeal.kind,
        against_duration: against.length(),
        sanction: SanctionView::at(room.env.now(), room.settings().appeal_days, sanction, None, names),
        own: OwnAppeal::from(appeal),
    }
}

/// An appeal, and whether who asks has a part in it: in the sanction, or in the case that it answers. 404 for them, unless nobody
/// else could decide it for a day; always for whose it is.
async fn seen(room: &Room<'_>, who: &Administration, id: AppealId) -> Result<(Appeal, Sanction, bool), Error> {
    let (appeal, sanction) = room.store().appeal(id).await?.ok_or(Error::NotFound)?;
    let (Some(user), Some(role)) = (who.user(), who.role()) else { return Ok((appeal, sanction, false)) };
    let in_case = match sanction.report_id {
        Some(report) => has_part(room, user, report).await?,
        None => false,
    };
    if !in_case && !rules::has_part(user, &sanction) {
        return Ok((appeal, sanction, false));
    }
    let may = |others| may_nevertheless(role, others, appeal.created_at, room.env.now());
    if sanction.user_id == *user || !may(0) || !may(judges(room, &sanction).await?.len()) {
        return Err(Error::NotFound);
    }
    Ok((appeal, sanction, true))
}

/// Decides an appeal. Who decides one that they have a part in, because nobody else can, is flagged in the audit log.
#[derive(Debug, Clone)]
pub struct DecideAppeal {
    /// Which.
    pub appeal: AppealId,
    /// How.
    pub ruling: Ruling,
    /// What both sides are told.
    pub words: Words,
}

impl Command for DecideAppeal {
    type Output = AppealView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::AppealDecide);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<AppealView>, Error> {
        let who = room.administration().await?;
        who.require(AdminPermission::AppealDecide)?;
        let (appeal, sanction, has_part) = seen(room, &who, self.appeal).await?;
        // That of the type that was imposed: nobody undoes what they could not have done.
        let [decide, own] = select::decide_appeal(appeal.kind);
        let target = Target::User(sanction.user_id.clone());
        let changes = who.changes(decide, Target::Appeal(self.appeal))?;
        let changes = match who.permit(own, target)? {
            Some(permit) => changes.also(permit),
            None => changes,
        };
        let offender = Offender::find(room, &sanction.user_id).await?.ok_or(Error::NotFound)?;
        who.outranks(&offender.user.id, offender.rank(room))?;
        let now = room.env.now();
        let words = self.words.as_str();
        let after = rules::decide(&appeal, sanction.clone(), self.ruling, who.user(), words, now)?;
        let decided = Appeal {
            status: self.ruling.status(),
            decided_by: who.user().cloned(),
            decided_role: who.role(),
            decided_at: Some(now),
            words: Some(words.to_owned()),
            ..appeal
        };
        let changes = changes
            .audited(|draft| {
                let draft = draft.before("sanction", measure(&sanction));
                let draft = worded(draft, after.as_ref().unwrap_or(&sanction));
                let draft = draft.after("ruling", to_value(&decided.status)).reason(words);
                if has_part { draft.after("conflictOfInterest", true) } else { draft }
            })
            .save(Row::Appeal(Box::new(decided.clone())));
        let changes = match &after {
            None => changes,
            Some(changed) => {
                let changes = changes
                    .save(Row::Sanction(Box::new(changed.clone())))
                    .save(Row::User(Box::new(offender.with(changed, room))));
                let changes = told_lifted(room, changes, changed, &self.words);
                if matches!(self.ruling, Ruling::Reduce(_)) { ending(room, changes, changed) } else { changes }
            }
        };
        // Both sides see it: the sanctioned, and who imposed it.
        let about = |event| notice(event, &decided, &self.words);
        let changes = changes.notify(&room.env, &sanction.user_id, about(NotificationEvent::AppealDecided));
        let changes = match &sanction.admin_id {
            Some(admin) => changes.notify(&room.env, admin, about(NotificationEvent::SanctionReviewed)),
            None => changes,
        };
        // One letter, to whom it is of; it says what stands then.
        let stands = after.as_ref().unwrap_or(&sanction);
        let letter = Letter::AppealDecided { user_id: stands.user_id.clone(), sanction_id: stands.id };
        let changes = changes.job(letter.job(room));
        let names = Wanted::default().appeal(&decided).sanction(stands).read(room, &who).await?;
        let view = view(room, decided, stands, &names);
        Ok(Prepared::new(changes, view))
    }
}

fn measure(sanction: &Sanction) -> serde_json::Value {
    json!({ "type": sanction.kind, "duration": sanction.length() })
}

fn notice(event: NotificationEvent, appeal: &Appeal, words: &Words) -> Notice {
    let data = NotificationData {
        appeal_id: Some(appeal.id),
        sanction_id: Some(appeal.sanction_id),
        sanction_type: Some(appeal.kind),
        ruling: Some(appeal.status),
        decided_role: appeal.decided_role,
        ..NotificationData::default()
    };
    Notice::new(event, data).saying(words.as_str())
}

impl Coup {
    /// Appeals that the asker has no part in, the oldest first (`appeal.decide`); the audit log tells of it. The only one who could
    /// decide, at the top, sees after a day what they have a part in, too.
    pub async fn appeals(
        &self,
        ctx: &Ctx,
        status: Option<AppealStatus>,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<AppealView>, Error> {
        const LIST: &str = "appeals";
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::TimeAndUuid)).transpose()?;
        let word = |draft: AuditDraft| draft.after("list", LIST);
        let read = async |room: &Room<'_>, who: &Administration| {
            let mut rows = room.store().appeals(who.user(), status, after.as_ref(), limit.and_one()).await?;
            // Who is alone with the hardest may be so with nothing else.
            let [with_bans, with_all] = alone(
                room,
                who,
                [&select::decide_appeal(SanctionType::PermanentBan), &[AdminPermission::AppealDecide]],
            )
            .await?;
            if with_bans {
                let mut all = room.store().appeals(None, status, after.as_ref(), limit.and_one()).await?;
                let now = room.env.now();
                all.retain(|(appeal, _)| {
                    (with_all || appeal.kind == SanctionType::PermanentBan)
                        && now >= appeal.created_at + NOBODY_ELSE_AFTER
                        && who.user() != Some(&appeal.user_id)
                });
                rows = together(rows, all, limit.and_one(), |(appeal, _)| (appeal.created_at, appeal.id));
            }
            let page = Page::cut(rows, limit, |(appeal, _)| Keyset {
                list: LIST.into(),
                key: Key::time(appeal.created_at),
                id: appeal.id.to_string(),
            });
            let names = page
                .items
                .iter()
                .fold(Wanted::default(), |wanted, (appeal, sanction)| wanted.appeal(appeal).sanction(sanction));
            let names = names.read(room, who).await?;
            Ok(page.map(|(appeal, sanction)| view(room, appeal, &sanction, &names)))
        };
        self.audited_as(ctx, AdminPermission::AppealDecide, Target::Site, word, read).await
    }

    /// One appeal (`appeal.decide`); the audit log tells of it. 404 for who has a part in it, unless nobody else could decide it for a
    /// day.
    pub async fn appeal(&self, ctx: &Ctx, appeal: AppealId) -> Result<AppealView, Error> {
        let read = async |room: &Room<'_>, who: &Administration| {
            let (appeal, sanction, _) = seen(room, who, appeal).await?;
            let names = Wanted::default().appeal(&appeal).sanction(&sanction).read(room, who).await?;
            Ok(view(room, appeal, &sanction, &names))
        };
        self.audited_as(ctx, AdminPermission::AppealDecide, Target::Appeal(appeal), |draft| draft, read).await
    }
}
