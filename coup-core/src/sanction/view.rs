//! A sanction as people see it.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::model::{Length, Sanction};
use crate::{
    appeal::model::{Appeal, AppealStatus},
    env::Timestamp,
    id::{AppealId, ReportId, SanctionId, UserId},
    moderation::names::Names,
    policy::{AdminRole, SanctionType},
    user::model::Person,
};

/// An appeal as the appellant sees it: who decided is a role, not a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnAppeal {
    /// Which.
    pub id: AppealId,
    /// Against which sanction.
    pub sanction_id: SanctionId,
    /// In their words.
    pub text: String,
    /// What became of it.
    pub status: AppealStatus,
    /// In which role it was decided.
    pub decided_role: Option<AdminRole>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they were told.
    pub words: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Appeal> for OwnAppeal {
    fn from(appeal: Appeal) -> Self {
        Self {
            id: appeal.id,
            sanction_id: appeal.sanction_id,
            text: appeal.text.to_string(),
            status: appeal.status,
            decided_role: appeal.decided_role,
            decided_at: appeal.decided_at,
            words: appeal.words,
            created_at: appeal.created_at,
        }
    }
}

/// A sanction as the sanctioned sees it: why and until when, and not by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnSanction {
    /// Which.
    pub id: SanctionId,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: SanctionType,
    /// For how long it was imposed.
    pub duration: Option<Length>,
    /// Why.
    pub reason: String,
    /// When it ends; absent: never, and for a warning.
    pub expires_at: Option<Timestamp>,
    /// Whether it takes rights away now.
    pub is_active: bool,
    /// Why it was lifted.
    pub lift_reason: Option<String>,
    /// When.
    pub lifted_at: Option<Timestamp>,
    /// When it was imposed.
    pub created_at: Timestamp,
    /// Until when it can be appealed; absent where it cannot be any more.
    pub appealable_until: Option<Timestamp>,
    /// What they said against it.
    pub appeal: Option<OwnAppeal>,
}

impl OwnSanction {
    /// A sanction as it is at `now`, appealable for so many days.
    pub fn at(now: Timestamp, appeal_days: u32, sanction: &Sanction, appeal: Option<Appeal>) -> Self {
        let until = sanction.created_at + TimeDelta::days(appeal_days.into());
        let is_appealable = appeal.is_none() && !sanction.mistaken && now < until;
        Self {
            id: sanction.id,
            kind: sanction.kind,
            duration: sanction.length(),
            reason: sanction.reason.clone(),
            expires_at: sanction.expires_at,
            is_active: sanction.works_at(now),
            lift_reason: sanction.lift_reason.clone(),
            lifted_at: sanction.lifted_at,
            created_at: sanction.created_at,
            appealable_until: is_appealable.then_some(until),
            appeal: appeal.map(OwnAppeal::from),
        }
    }
}

/// A sanction as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SanctionView {
    /// What the sanctioned sees.
    #[serde(flatten)]
    pub own: OwnSanction,
    /// Of whom.
    pub user_id: UserId,
    /// By whom; absent for the host in its own name.
    pub admin_id: Option<UserId>,
    /// As they are now; absent for who may not list administrators (`admin.list`) and is not they.
    pub admin: Option<Person>,
    /// The report that it answers.
    pub related_report_id: Option<ReportId>,
    /// Who lifted it.
    pub unsuspended_by: Option<UserId>,
    /// As they are now; absent for who may not list administrators (`admin.list`) and is not they.
    pub lifter: Option<Person>,
    /// Whether it was a mistake: it does not count.
    pub mistaken: bool,
}

impl SanctionView {
    /// A sanction as it is at `now`.
    pub(crate) fn at(
        now: Timestamp,
        appeal_days: u32,
        sanction: &Sanction,
        appeal: Option<Appeal>,
        names: &Names,
    ) -> Self {
        Self {
            own: OwnSanction::at(now, appeal_days, sanction, appeal),
            user_id: sanction.user_id.clone(),
            admin_id: sanction.admin_id.clone(),
            admin: names.administrator(sanction.admin_id.as_ref()),
            related_report_id: sanction.report_id,
            unsuspended_by: sanction.lifted_by.clone(),
            lifter: names.administrator(sanction.lifted_by.as_ref()),
            mistaken: sanction.mistaken,
        }
    }
}
