//! Moderation: the administration's pages, and everybody's own reports, sanctions and appeals.

pub(super) mod appeal;
pub(super) mod content;
pub(super) mod explain;
pub(super) mod log;
pub(super) mod own;
pub(super) mod pause;
pub(super) mod person;
pub(super) mod queue;
pub(super) mod report;
pub(super) mod reporting;
pub(super) mod settings;
mod told;

use chrono::{Days, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use coup_core::{
    env::Timestamp,
    error::{Error, Invalid},
    id::UserId,
    policy::{AdminPermission, AdminStanding, PermissionSet},
};

use crate::pages::{
    form::Form,
    frame::{Frame, Place},
    moderation::{AdminNav, AdminTab},
    visit::{Answer, Visit},
};

/// An administrator at work.
struct Desk {
    me: UserId,
    may: PermissionSet,
}

impl Desk {
    /// Whether their role permits it, for showing what can be done; what they were granted or denied beyond it, the use case asks.
    fn may(&self, permission: AdminPermission) -> bool {
        self.may.contains(permission)
    }
}

/// The frame of a page of the administration; 404 for who is no administrator.
async fn desk(visit: &Visit, tab: AdminTab) -> Result<(Frame, Desk), Error> {
    let (mut frame, me) = visit.signed_in(Place::Elsewhere).await?;
    if me.second_factor_required {
        return Err(Error::SecondFactorRequired);
    }
    let role = me.admin_role.ok_or(Error::NotFound)?;
    let may = visit.house.coup.policy().current().admin_permissions(&AdminStanding::new(role));
    frame.admin = Some(AdminNav {
        tab,
        may_read_content: may.contains(AdminPermission::ContentRead),
        may_decide_appeals: may.contains(AdminPermission::AppealDecide),
        may_explain: may.contains(AdminPermission::AdminList),
        may_read_settings: may.contains(AdminPermission::SettingsRead),
        may_read_logs: may.contains(AdminPermission::AuditRead),
    });
    Ok((frame, Desk { me: me.id, may }))
}

/// `GET /admin`: to the queue.
pub(super) async fn door(visit: Visit) -> Answer {
    desk(&visit, AdminTab::Reports).await?;
    Ok(visit.to("/admin/reports"))
}

/// The day in a field, if there is one.
fn day(form: &Form, field: &str) -> Result<Option<NaiveDate>, Invalid> {
    match form.value(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Invalid::field(field, "not_a_time")),
    }
}

/// The instant at which a day begins in the zone.
fn begin(zone: Tz, day: NaiveDate) -> Option<Timestamp> {
    zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| at.to_utc())
}

/// The beginning of the day in a field.
fn from_day(form: &Form, field: &str, zone: Tz) -> Result<Option<Timestamp>, Invalid> {
    Ok(day(form, field)?.and_then(|day| begin(zone, day)))
}

/// The end of the day in a field.
fn to_day(form: &Form, field: &str, zone: Tz) -> Result<Option<Timestamp>, Invalid> {
    let next = day(form, field)?.and_then(|day| day.checked_add_days(Days::new(1)));
    Ok(next.and_then(|day| begin(zone, day)))
}

/// The word in a field, if there is one.
fn word<T>(form: &Form, field: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Invalid> {
    match form.value(field) {
        "" => Ok(None),
        text => read(text).map(Some).ok_or_else(|| Invalid::field(field, "unknown_value")),
    }
}

/// The identifier of somebody in a field, if there is one.
fn somebody(form: &Form, field: &str) -> Result<Option<UserId>, Invalid> {
    match form.value(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Invalid::field(field, "malformed_id")),
    }
}

/// The addresses in a field, one a line.
fn lines(form: &Form, field: &str) -> Vec<String> {
    form.value(field).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
