//! Somebody as administrators see them (specification, moderation § Users).

use serde::{Deserialize, Serialize};

use super::model::{Activity, AgeBand, UserStatus};
use crate::{
    audit::model::AuditDraft,
    coup::{Administration, Coup, Ctx, Room},
    env::Timestamp,
    error::Error,
    id::UserId,
    moderation::{
        model::Received,
        names::Wanted,
        view::{Card, OwnReport},
    },
    page::Limit,
    policy::{AdminPermission, AdminRole, SystemRole, Target},
    sanction::{
        rules,
        service::{History, Offender},
    },
    text::{Bio, Email, PersonName},
};

/// Somebody's account, what they do here, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDetail {
    /// Who.
    pub id: UserId,
    /// Shown to others; absent for a deleted user.
    pub name: Option<PersonName>,
    /// Address of their picture.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub bio: Option<Bio>,
    /// Absent for hosts' users, and for who may not edit people (`user.update`).
    pub email: Option<Email>,
    /// Derived from the administrator's role.
    pub role: SystemRole,
    /// The administrator's role, while it lasts; absent for who may not list administrators (`admin.list`).
    pub admin_role: Option<AdminRole>,
    /// Whether in use, as their sanctions are now.
    pub status: UserStatus,
    /// Until when it is suspended; absent for ever, and while it is not.
    pub suspended_until: Option<Timestamp>,
    /// On the host's word.
    pub age_band: Option<AgeBand>,
    /// When a guardian's consent was recorded.
    pub guardian_consent_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
    /// How much they take part.
    pub activity: Activity,
    /// How often they were reported; zeros of oneself.
    pub received: Received,
    /// The newest cases that are their doing, those that the asker has a part in aside.
    pub reports_received: Vec<Card>,
    /// The newest reports that they made, those in cases that the asker has a part in aside.
    pub reports_made: Vec<OwnReport>,
    /// Their sanctions, and what is recommended.
    #[serde(flatten)]
    pub history: History,
}

impl Coup {
    /// Somebody as administrators see them, also once deleted (`user.read`); the audit log tells of it. Nothing is told of cases
    /// that the asker has a part in: who reported an administrator, they learn here as little as anywhere.
    pub async fn user_detail(&self, ctx: &Ctx, user: &UserId) -> Result<UserDetail, Error> {
        let read = async |room: &Room<'_>, who: &Administration| {
            let offender = Offender::or_deleted(room, user).await?.ok_or(Error::NotFound)?;
            let (store, now) = (room.store(), room.env.now());
            let received = if who.user() == Some(user) { Received::default() } else { store.received(user).await? };
            let about = store.cases_about(user, who.user(), Limit::DEFAULT).await?;
            let made = store.reports_by(user, who.user(), Limit::DEFAULT).await?;
            let activity = store.activity(user).await?;
            let wanted = about.iter().fold(Wanted::default(), |wanted, card| wanted.case(&card.case));
            let names = offender.names(wanted).read(room, who).await?;
            let history = History::of(room, who, &offender, &names);
            let rank = offender.rank(room);
            let sanctions: Vec<_> = offender.sanctions.iter().map(|(sanction, _)| sanction.clone()).collect();
            let account = rules::under(offender.user, &sanctions, now);
            Ok(UserDetail {
                id: account.id,
                name: account.name,
                avatar: account.avatar,
                bio: account.bio,
                email: account.email.filter(|_| who.may(AdminPermission::UserUpdate)),
                role: if rank.is_some() { SystemRole::Admin } else { SystemRole::User },
                admin_role: rank.filter(|_| who.may(AdminPermission::AdminList)),
                status: account.status,
                suspended_until: account.suspended_until,
                age_band: account.age_band,
                guardian_consent_at: account.guardian_consent_at,
                created_at: account.created_at,
                last_login_at: account.last_login_at,
                activity,
                received,
                reports_received: about.iter().map(|card| Card::at(now, card, &names)).collect(),
                reports_made: made.iter().map(|(report, case)| OwnReport::at(now, report, case)).collect(),
                history,
            })
        };
        let word = |draft: AuditDraft| draft;
        self.audited_as(ctx, AdminPermission::UserRead, Target::User(user.clone()), word, read).await
    }
}
