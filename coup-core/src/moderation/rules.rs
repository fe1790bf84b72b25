//! Pure decisions about reports and cases (specification, moderation § Reports).

use chrono::TimeDelta;

use super::{
    classification::REPORTS_A_DAY,
    model::{Case, CaseStatus, Priority, Report, ReportType, Reporting, Snapshot},
};
use crate::{
    env::Timestamp,
    error::{Error, Invalid, StateError},
    id::UserId,
    policy::AdminRole,
};

/// How long somebody has a case whom it is assigned to, from when they last did something about it.
pub const LEASE: TimeDelta = TimeDelta::minutes(30);
/// How long a case is held, if nobody says.
pub const HOLD_DAYS: i64 = 3;
/// How long at most.
pub const LONGEST_HOLD_DAYS: i64 = 30;
/// After how long the same may be reported again after a decision.
pub const AGAIN_AFTER: TimeDelta = TimeDelta::days(7);
/// Within what time the reports of somebody are counted.
pub const DAY: TimeDelta = TimeDelta::hours(24);
/// Where everybody who could decide has a part in it: after how long one of them may.
pub const NOBODY_ELSE_AFTER: TimeDelta = TimeDelta::hours(24);

/// Whether somebody may report this again, or at all.
///
/// # Errors
/// The id of their report that waits, or a state that stands in the way.
pub fn report(reporting: &Reporting, kind: ReportType, snapshot: &Snapshot, now: Timestamp) -> Result<(), Error> {
    if let Some((last, case)) = &reporting.last {
        if !case.status.is_closed() {
            return Err(Error::Reported(last.id));
        }
        let is_new = last.kind != kind || !last.snapshot.says_the_same(snapshot);
        let is_old = case.processed_at.is_none_or(|at| now >= at + AGAIN_AFTER);
        if !is_new && !is_old {
            return Err(StateError::ReportedBefore.into());
        }
    }
    if reporting.record.is_poor() && reporting.recent >= REPORTS_A_DAY {
        return Err(StateError::ReportLimit.into());
    }
    Ok(())
}

/// Whether somebody has a part in the case, so that they neither see nor decide it: who reported it, whose doing it is, and the
/// OWNER and ADMINs of its study.
pub fn has_part(user: &UserId, case: &Case, reports: &[Report], is_staff: bool) -> bool {
    is_staff || case.offender_id == *user || reports.iter().any(|report| report.reporter_id == *user)
}

/// Whether an administrator who has a part in it may decide nevertheless: at the top, when nobody else could for a day since it
/// came. So it is of cases and of appeals (specification, permissions § Rules about two people).
pub fn may_nevertheless(role: AdminRole, others: usize, since: Timestamp, now: Timestamp) -> bool {
    role == AdminRole::SuperAdmin && others == 0 && now >= since + NOBODY_ELSE_AFTER
}

/// Who acts on a case.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who.
    pub user: &'a UserId,
    /// In which role.
    pub role: AdminRole,
}

/// Whether somebody may do with an open case what only who has it may: it waits, it is theirs, or it is with somebody strictly
/// lower (`holder` is the role of who has it).
///
/// # Errors
/// That it is decided, or that somebody else has it.
pub fn may_take(case: &Case, by: By<'_>, holder: Option<AdminRole>, now: Timestamp) -> Result<(), StateError> {
    open(case)?;
    match case.holder_at(now) {
        Some(other) if other != by.user && holder.is_some_and(|holder| holder >= by.role) => Err(StateError::CaseTaken),
        _ => Ok(()),
    }
}

/// Whether it is still to be decided.
///
/// # Errors
/// That it is not.
pub fn open(case: &Case) -> Result<(), StateError> {
    if case.status.is_closed() { Err(StateError::CaseDecided) } else { Ok(()) }
}

/// The case with somebody who has it from now on.
#[must_use]
pub fn given(case: Case, to: &UserId, now: Timestamp) -> Case {
    Case {
        status: CaseStatus::InProgress,
        assigned_to: Some(to.clone()),
        lease_until: Some(now + LEASE),
        held_until: None,
        ..answered(case, now)
    }
}

/// The case back in the queue.
///
/// # Errors
/// That it waits there already.
pub fn released(case: Case, now: Timestamp) -> Result<Case, StateError> {
    if case.status_at(now) != CaseStatus::InProgress {
        return Err(StateError::CaseNotTaken);
    }
    Ok(waiting(answered(case, now)))
}

fn waiting(case: Case) -> Case {
    Case { status: CaseStatus::Pending, assigned_to: None, lease_until: None, held_until: None, ..case }
}

/// The case held for investigation.
///
/// # Errors
/// A deadline that is not ahead, or further than [`LONGEST_HOLD_DAYS`].
pub fn held(case: Case, by: &UserId, until: Option<Timestamp>, now: Timestamp) -> Result<Case, Invalid> {
    let until = until.unwrap_or(now + TimeDelta::days(HOLD_DAYS));
    if until <= now {
        return Err(Invalid::field("until", "in_the_past"));
    }
    if until > now + TimeDelta::days(LONGEST_HOLD_DAYS) {
        return Err(Invalid::bound("until", "too_far", LONGEST_HOLD_DAYS));
    }
    Ok(Case { lease_until: Some(until), held_until: Some(until), ..given(case, by, now) })
}

/// The case after an administrator did something about it; who has it, has it for longer.
#[must_use]
pub fn touched(case: Case, by: Option<&UserId>, now: Timestamp) -> Case {
    let lease_until = match case.holder_at(now) {
        Some(holder) if Some(holder) == by => case.lease_until.max(Some(now + LEASE)),
        _ => case.lease_until,
    };
    Case { lease_until, ..answered(case, now) }
}

fn answered(case: Case, now: Timestamp) -> Case {
    Case { touched_at: now, first_response_at: case.first_response_at.or(Some(now)), ..case }
}

/// The case decided, for good.
#[must_use]
pub fn decided(case: Case, approved: bool, by: Option<&UserId>, resolution: &str, now: Timestamp) -> Case {
    Case {
        status: if approved { CaseStatus::Resolved } else { CaseStatus::Rejected },
        lease_until: None,
        held_until: None,
        assigned_to: by.cloned(),
        processed_by: by.cloned(),
        processed_at: Some(now),
        resolution: Some(resolution.to_owned()),
        ..answered(case, now)
    }
}

/// The role above.
const fn above(role: AdminRole) -> Option<AdminRole> {
    match role {
        AdminRole::Viewer => Some(AdminRole::Moderator),
        AdminRole::Moderator => Some(AdminRole::Admin),
        AdminRole::Admin => Some(AdminRole::SuperAdmin),
        AdminRole::SuperAdmin => None,
    }
}

/// The case handed up by somebody in this role, back in the queue.
///
/// # Errors
/// That nobody is above.
pub fn handed_up(case: Case, from: AdminRole, now: Timestamp) -> Result<Case, StateError> {
    let to = above(from).ok_or(StateError::NobodyAbove)?;
    let escalated_to = case.escalated_to.max(Some(to));
    Ok(Case { escalated_to, ..waiting(answered(case, now)) })
}

/// After how long untouched a case is offered to the role above.
pub const fn patience(priority: Priority) -> TimeDelta {
    match priority {
        Priority::Urgent => TimeDelta::hours(1),
        Priority::Low | Priority::Medium | Priority::High => TimeDelta::days(3),
    }
}

/// When the case is offered to the role above, if nobody touches it; never once it is decided or at the top. A hold is
/// patience of its own.
pub fn escalates_at(case: &Case) -> Option<Timestamp> {
    if case.status.is_closed() || case.escalated_to == Some(AdminRole::SuperAdmin) {
        return None;
    }
    let since = case.held_until.map_or(case.touched_at, |end| end.max(case.touched_at));
    Some(since + patience(case.priority))
}

/// The case offered to the role above, if it is time.
pub fn escalated(case: Case, now: Timestamp) -> Option<Case> {
    if escalates_at(&case).is_none_or(|at| now < at) {
        return None;
    }
    let escalated_to = above(case.escalated_to.unwrap_or(AdminRole::Moderator));
    Some(Case { escalated_to, touched_at: now, ..case })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        coup::scenes::noon,
        id::{CaseId, ReportId},
        moderation::model::{Record, ReportTarget, Weight},
        text::ReportReason,
    };

    fn id(text: &str) -> UserId {
        text.parse().unwrap()
    }

    fn case() -> Case {
        Case {
            id: CaseId::from_uuid(uuid::Uuid::nil()),
            target: ReportTarget::User(id("minjun")),
            target_name: Some("김민준".into()),
            offender_id: id("minjun"),
            study_id: None,
            status: CaseStatus::Pending,
            kind: ReportType::Spam,
            priority: Priority::Low,
            reports: 1,
            assigned_to: None,
            lease_until: None,
            held_until: None,
            escalated_to: None,
            touched_at: noon(),
            first_response_at: None,
            processed_by: None,
            processed_at: None,
            resolution: None,
            created_at: noon(),
            version: 0,
        }
    }

    fn snapshot(bio: &str) -> Snapshot {
        Snapshot::User { name: Some("김민준".into()), avatar: None, bio: Some(bio.into()) }
    }

    fn made(kind: ReportType, bio: &str) -> Report {
        Report {
            id: ReportId::from_uuid(uuid::Uuid::max()),
            case_id: case().id,
            reporter_id: id("seoyeon"),
            kind,
            reason: ReportReason::from_stored("광고".into()),
            snapshot: snapshot(bio),
            links: Vec::new(),
            weight: Weight::FULL,
            created_at: noon(),
        }
    }

    fn minutes(n: i64) -> Timestamp {
        noon() + TimeDelta::minutes(n)
    }

    #[test]
    fn a_second_report_while_the_case_is_open_is_answered_with_the_first_ones_id() {
        let last = Some((made(ReportType::Spam, "광고"), case()));
        let reporting = Reporting { last, ..Reporting::default() };
        let again = report(&reporting, ReportType::Safety, &snapshot("다른 말"), noon());
        assert!(matches!(again, Err(Error::Reported(id)) if id == made(ReportType::Spam, "").id), "{again:?}");
    }

    proptest! {
        #[test]
        fn after_a_decision_one_reports_again_with_new_content_another_type_or_after_seven_days(
            new_content in any::<bool>(), another_type in any::<bool>(), micros in -1_000_i64..1_000,
        ) {
            let now = noon() + AGAIN_AFTER + TimeDelta::microseconds(micros);
            let closed = decided(case(), false, None, "살펴봤어요", noon());
            let last = Some((made(ReportType::Spam, "광고"), closed));
            let reporting = Reporting { last, ..Reporting::default() };
            let kind = if another_type { ReportType::Other } else { ReportType::Spam };
            let content = snapshot(if new_content { "새 광고" } else { "광고" });
            let answer = report(&reporting, kind, &content, now);
            prop_assert_eq!(answer.is_ok(), new_content || another_type || micros >= 0);
        }

        #[test]
        fn who_is_mostly_wrong_reports_three_times_a_day(decided in 0_u32..20, upheld in 0_u32..20, recent in 0_u32..6) {
            prop_assume!(upheld <= decided);
            let record = Record { decided, upheld };
            let reporting = Reporting { record, recent, last: None };
            let answer = report(&reporting, ReportType::Spam, &snapshot(""), noon());
            let poor = decided >= 6 && f64::from(upheld) / f64::from(decided) < 0.3;
            prop_assert_eq!(answer.is_ok(), !poor || recent < 3);
        }

        #[test]
        fn a_lease_lapses_at_its_instant(micros in -1_000_i64..1_000) {
            let taken = given(case(), &id("mod"), noon());
            let now = noon() + LEASE + TimeDelta::microseconds(micros);
            let lasts = micros < 0;
            prop_assert_eq!(taken.holder_at(now).is_some(), lasts);
            prop_assert_eq!(taken.status_at(now), if lasts { CaseStatus::InProgress } else { CaseStatus::Pending });
        }

        #[test]
        fn nobody_takes_a_case_from_an_equal(
            own in proptest::sample::select(AdminRole::ALL.to_vec()), holder in proptest::sample::select(AdminRole::ALL.to_vec()),
            lapsed in any::<bool>(), same in any::<bool>(),
        ) {
            let who = if same { id("other") } else { id("mod") };
            let taken = given(case(), &id("other"), noon());
            let now = if lapsed { noon() + LEASE } else { noon() };
            let answer = may_take(&taken, By { user: &who, role: own }, Some(holder), now);
            prop_assert_eq!(answer.is_ok(), lapsed || same || holder < own);
        }

        #[test]
        fn a_decided_case_is_decided_for_good(approved in any::<bool>(), later in 0_i64..100_000) {
            let closed = decided(case(), approved, Some(&id("mod")), "말", noon());
            let now = minutes(later);
            let by = By { user: &id("mod"), role: AdminRole::SuperAdmin };
            prop_assert_eq!(may_take(&closed, by, None, now), Err(StateError::CaseDecided));
            prop_assert_eq!(closed.status_at(now), closed.status);
            prop_assert!(closed.holder_at(now).is_none() && escalates_at(&closed).is_none());
            prop_assert!(escalated(closed, now).is_none());
        }
    }

    #[test]
    fn a_hold_ends_at_its_deadline_three_days_by_default() {
        let held_case = held(case(), &id("mod"), None, noon()).unwrap();
        let end = noon() + TimeDelta::days(3);
        let before = end - TimeDelta::microseconds(1);
        assert!(held_case.is_held_at(before) && held_case.status_at(before) == CaseStatus::InProgress);
        assert!(!held_case.is_held_at(end) && held_case.status_at(end) == CaseStatus::Pending);
        for (until, code) in [(noon(), "in_the_past"), (noon() + TimeDelta::days(31), "too_far")] {
            let fault = held(case(), &id("mod"), Some(until), noon()).unwrap_err();
            assert_eq!(fault.errors()[0].code, code);
        }
        assert!(held(case(), &id("mod"), Some(noon() + TimeDelta::days(30)), noon()).is_ok());
    }

    #[test]
    fn who_has_a_case_has_it_for_longer_with_each_thing_they_do() {
        let taken = given(case(), &id("mod"), noon());
        assert_eq!(touched(taken.clone(), Some(&id("mod")), minutes(20)).lease_until, Some(minutes(50)));
        assert_eq!(touched(taken.clone(), Some(&id("other")), minutes(20)).lease_until, taken.lease_until);
        let held_case = held(case(), &id("mod"), None, noon()).unwrap();
        assert_eq!(touched(held_case.clone(), Some(&id("mod")), minutes(20)).lease_until, held_case.lease_until);
    }

    #[test]
    fn a_released_case_waits_and_what_waits_is_not_released() {
        let back = released(given(case(), &id("mod"), noon()), minutes(5)).unwrap();
        assert_eq!((back.status, back.assigned_to.clone(), back.lease_until), (CaseStatus::Pending, None, None));
        assert_eq!(released(back, minutes(6)), Err(StateError::CaseNotTaken));
        assert_eq!(released(given(case(), &id("mod"), noon()), minutes(30)), Err(StateError::CaseNotTaken));
    }

    #[test]
    fn an_untouched_case_goes_up_role_by_role() {
        for (priority, patience) in [(Priority::Urgent, TimeDelta::hours(1)), (Priority::High, TimeDelta::days(3))] {
            let waits = Case { priority, ..case() };
            assert_eq!(escalated(waits.clone(), noon() + patience - TimeDelta::microseconds(1)), None);
            let up = escalated(waits, noon() + patience).unwrap();
            assert_eq!(up.escalated_to, Some(AdminRole::Admin));
            assert_eq!(escalates_at(&up), Some(noon() + patience + patience));
            let top = escalated(up, noon() + patience + patience).unwrap();
            assert_eq!((top.escalated_to, escalates_at(&top)), (Some(AdminRole::SuperAdmin), None));
        }
        let held_case = held(case(), &id("mod"), None, noon()).unwrap();
        assert_eq!(escalates_at(&held_case), Some(noon() + TimeDelta::days(6)), "from the end of the hold");
    }

    #[test]
    fn a_case_is_handed_to_the_role_above_ones_own() {
        for (from, to) in [(AdminRole::Moderator, AdminRole::Admin), (AdminRole::Admin, AdminRole::SuperAdmin)] {
            let up = handed_up(given(case(), &id("mod"), noon()), from, minutes(1)).unwrap();
            assert_eq!((up.escalated_to, up.status), (Some(to), CaseStatus::Pending));
        }
        assert_eq!(handed_up(case(), AdminRole::SuperAdmin, noon()), Err(StateError::NobodyAbove));
        let high = Case { escalated_to: Some(AdminRole::SuperAdmin), ..case() };
        assert_eq!(handed_up(high, AdminRole::Moderator, noon()).unwrap().escalated_to, Some(AdminRole::SuperAdmin));
    }

    #[test]
    fn who_has_a_part_in_it_decides_only_at_the_top_when_nobody_else_could_for_a_day() {
        let reports = [made(ReportType::Spam, "")];
        for (who, staff, part) in
            [("minjun", false, true), ("seoyeon", false, true), ("mod", true, true), ("mod", false, false)]
        {
            assert_eq!(has_part(&id(who), &case(), &reports, staff), part, "{who}");
        }
        let day = noon() + TimeDelta::hours(24);
        for (role, others, now, may) in [
            (AdminRole::SuperAdmin, 0, day, true),
            (AdminRole::SuperAdmin, 0, day - TimeDelta::microseconds(1), false),
            (AdminRole::SuperAdmin, 1, day, false),
            (AdminRole::Admin, 0, day, false),
        ] {
            assert_eq!(may_nevertheless(role, others, noon(), now), may, "{role} {others} {now}");
        }
    }
}
