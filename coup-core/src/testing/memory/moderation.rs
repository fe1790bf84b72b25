//! Reports, cases, and notifications.

use async_trait::async_trait;

use super::{
    MemoryStore, Rows,
    commit::{Done, fresh, unknown},
    reads::{count, paged},
};
use crate::{
    env::Timestamp,
    id::{CaseId, NotificationId, ReportId, UserId},
    member::model::MemberStatus,
    moderation::model::{
        Case, CaseCard, CaseEntry, CaseFilter, CaseStatus, CaseTimes, Received, Record, Report, ReportTarget, Reporting,
    },
    notification::model::{Notification, NotificationFilter},
    page::{Key, Keyset, Limit},
    policy::StudyRole,
    store::{Credential, ModerationReads, NotificationReads, StoreError, Unique},
    study::model::SortOrder,
    user::model::Person,
};

impl Rows {
    pub(super) fn insert_case(&mut self, case: Case) -> Done {
        fresh(self.cases.contains_key(&case.id), Unique::Id)?;
        self.free_target(&case)?;
        self.known_people(&case)?;
        self.cases.insert(case.id, case);
        Ok(())
    }

    pub(super) fn save_case(&mut self, mut case: Case) -> Done {
        self.free_target(&case)?;
        self.known_people(&case)?;
        case.version += 1;
        self.cases.insert(case.id, case);
        Ok(())
    }

    /// Whether no other open case is on its target, if it is open itself.
    fn free_target(&self, case: &Case) -> Done {
        let other = |other: &Case| other.id != case.id && other.target == case.target && !other.status.is_closed();
        fresh(!case.status.is_closed() && self.cases.values().any(other), Unique::OpenCase)
    }

    fn known_people(&self, case: &Case) -> Done {
        self.known_user(&case.offender_id)?;
        self.known_users(case.assigned_to.as_ref())?;
        self.known_users(case.processed_by.as_ref())
    }

    pub(super) fn insert_report(&mut self, report: Report) -> Done {
        fresh(self.reports.contains_key(&report.id), Unique::Id)?;
        let again = |other: &Report| other.case_id == report.case_id && other.reporter_id == report.reporter_id;
        fresh(self.reports.values().any(again), Unique::Report)?;
        self.known_case(report.case_id)?;
        self.known_user(&report.reporter_id)?;
        self.reports.insert(report.id, report);
        Ok(())
    }

    pub(super) fn insert_case_entry(&mut self, entry: CaseEntry) -> Done {
        fresh(self.case_entries.contains_key(&entry.id), Unique::Id)?;
        self.known_case(entry.case_id)?;
        self.known_users(entry.author_id.as_ref())?;
        self.case_entries.insert(entry.id, entry);
        Ok(())
    }

    pub(super) fn insert_notification(&mut self, notification: Notification) -> Done {
        fresh(self.notifications.contains_key(&notification.id), Unique::Id)?;
        self.known_user(&notification.user_id)?;
        self.notifications.insert(notification.id, notification);
        Ok(())
    }

    /// Only whether it was read changes.
    pub(super) fn save_notification(&mut self, notification: &Notification) {
        if let Some(old) = self.notifications.get_mut(&notification.id) {
            old.is_read = notification.is_read;
        }
    }

    /// Marks the newest; answers how many.
    pub(super) fn read_notifications(&mut self, user: &UserId, until: Timestamp, most: u32) -> u64 {
        let waits = |one: &&mut Notification| one.user_id == *user && !one.is_read && one.created_at <= until;
        let mut waiting: Vec<_> = self.notifications.values_mut().filter(waits).collect();
        waiting.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id)));
        waiting.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        for one in &mut waiting {
            one.is_read = true;
        }
        u64::try_from(waiting.len()).unwrap_or(u64::MAX)
    }

    fn unread_of(&self, user: &UserId) -> usize {
        self.notifications.values().filter(|one| one.user_id == *user && !one.is_read).count()
    }

    fn known_case(&self, id: CaseId) -> Done {
        if self.cases.contains_key(&id) { Ok(()) } else { Err(unknown("case")) }
    }

    pub(super) fn known_report(&self, id: Option<ReportId>) -> Done {
        if id.is_none_or(|id| self.reports.contains_key(&id)) { Ok(()) } else { Err(unknown("report")) }
    }

    fn with_reports(&self, id: CaseId) -> Option<(Case, Vec<Report>)> {
        let case = self.cases.get(&id)?.clone();
        // By identifier is by creation.
        Some((case, self.reports.values().filter(|report| report.case_id == id).cloned().collect()))
    }

    fn card(&self, case: &Case) -> Option<CaseCard> {
        let first = self.reports.values().find(|report| report.case_id == case.id)?;
        Some(CaseCard { case: case.clone(), first: first.id, reason: first.reason.clone() })
    }

    pub(super) fn has_part(&self, user: &UserId, case: &Case) -> bool {
        let staff = |study| {
            let member = self.members.get(&(study, user.clone()));
            member.is_some_and(|member| member.status == MemberStatus::Active && member.role >= StudyRole::Admin)
        };
        case.offender_id == *user
            || case.study_id.is_some_and(staff)
            || self.reports.values().any(|report| report.case_id == case.id && report.reporter_id == *user)
    }
}

fn fits(filter: &CaseFilter, case: &Case, now: Timestamp) -> bool {
    filter.status.is_none_or(|status| case.status_at(now) == status)
        && filter.priority.is_none_or(|priority| case.priority == priority)
        && filter.kind.is_none_or(|kind| case.kind == kind)
        && filter.target_type.is_none_or(|kind| case.target.kind() == kind)
        && filter.assigned_to.as_ref().is_none_or(|user| case.holder_at(now) == Some(user))
        && filter.date_from.is_none_or(|from| case.created_at >= from)
        && filter.date_to.is_none_or(|to| case.created_at < to)
}

#[async_trait]
impl ModerationReads for MemoryStore {
    async fn case_of(&self, report: ReportId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        let rows = self.rows();
        Ok(rows.reports.get(&report).and_then(|report| rows.with_reports(report.case_id)))
    }

    async fn case(&self, id: CaseId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        Ok(self.rows().with_reports(id))
    }

    async fn newest_case(&self, target: &ReportTarget) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        let rows = self.rows();
        let newest = rows.cases.values().rfind(|case| case.target == *target);
        Ok(newest.and_then(|case| rows.with_reports(case.id)))
    }

    async fn reporting(
        &self,
        reporter: &UserId,
        target: &ReportTarget,
        since: Timestamp,
    ) -> Result<Reporting, StoreError> {
        let rows = self.rows();
        let own = || {
            let own = rows.reports.values().filter(|report| report.reporter_id == *reporter);
            own.filter_map(|report| Some((report, rows.cases.get(&report.case_id)?)))
        };
        let record = Record {
            decided: count(own().filter(|(_, case)| case.status.is_closed())),
            upheld: count(own().filter(|(_, case)| case.status == CaseStatus::Resolved)),
        };
        let last = own().rfind(|(_, case)| case.target == *target);
        Ok(Reporting {
            record,
            recent: count(own().filter(|(report, _)| report.created_at >= since)),
            last: last.map(|(report, case)| (report.clone(), case.clone())),
        })
    }

    async fn received(&self, user: &UserId) -> Result<Received, StoreError> {
        let rows = self.rows();
        let about = rows.reports.values().filter_map(|report| rows.cases.get(&report.case_id));
        let about: Vec<_> = about.filter(|case| case.offender_id == *user).collect();
        let upheld = about.iter().filter(|case| case.status == CaseStatus::Resolved);
        Ok(Received { upheld: count(upheld), reports: count(about.iter()) })
    }

    async fn have_met(&self, one: &UserId, other: &UserId) -> Result<bool, StoreError> {
        let rows = self.rows();
        let is_in = |user: &UserId, study| {
            rows.members.get(&(study, user.clone())).is_some_and(|member| member.status != MemberStatus::Pending)
        };
        Ok(rows.studies.keys().any(|study| is_in(one, *study) && is_in(other, *study)))
    }

    async fn cases(
        &self,
        viewer: Option<&UserId>,
        filter: &CaseFilter,
        now: Timestamp,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        let rows = self.rows();
        let shown = rows
            .cases
            .values()
            .filter(|case| fits(filter, case, now) && viewer.is_none_or(|viewer| !rows.has_part(viewer, case)));
        let cards = shown.filter_map(|case| rows.card(case));
        let place = |card: &CaseCard| (Key::Integer(card.case.priority.place()), card.case.id.to_string());
        Ok(paged(cards, place, SortOrder::Asc, after, limit))
    }

    async fn own_reports(
        &self,
        reporter: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        let rows = self.rows();
        let own = rows.reports.values().filter(|report| report.reporter_id == *reporter);
        let own = own.filter_map(|report| Some((report.clone(), rows.cases.get(&report.case_id)?.clone())));
        let place = |(report, _): &(Report, Case)| (Key::time(report.created_at), report.id.to_string());
        Ok(paged(own, place, SortOrder::Desc, after, limit))
    }

    async fn cases_about(
        &self,
        offender: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        let rows = self.rows();
        let about = rows.cases.values().rev().filter(|case| case.offender_id == *offender);
        let shown = about.filter(|case| viewer.is_none_or(|viewer| !rows.has_part(viewer, case)));
        Ok(shown.filter_map(|case| rows.card(case)).take(limit.get()).collect())
    }

    async fn reports_by(
        &self,
        reporter: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        let rows = self.rows();
        let own = rows.reports.values().filter(|report| report.reporter_id == *reporter);
        let own = own.filter_map(|report| Some((report.clone(), rows.cases.get(&report.case_id)?.clone())));
        let own = own.filter(|(_, case)| viewer.is_none_or(|viewer| !rows.has_part(viewer, case)));
        let place = |(report, _): &(Report, Case)| (Key::time(report.created_at), report.id.to_string());
        Ok(paged(own, place, SortOrder::Desc, None, limit))
    }

    async fn case_entries(&self, case: CaseId, limit: Limit) -> Result<Vec<(CaseEntry, Option<Person>)>, StoreError> {
        let rows = self.rows();
        let entries = rows.case_entries.values().filter(|entry| entry.case_id == case).take(limit.get());
        let author = |entry: &CaseEntry| entry.author_id.as_ref().and_then(|author| rows.person(author));
        Ok(entries.map(|entry| (entry.clone(), author(entry))).collect())
    }

    async fn case_times(
        &self,
        from: Timestamp,
        to: Timestamp,
        after: Option<CaseId>,
        limit: Limit,
    ) -> Result<Vec<CaseTimes>, StoreError> {
        let rows = self.rows();
        let behind = |case: &Case| case.created_at > from || after.is_none_or(|after| case.id > after);
        let within = rows.cases.values().filter(|case| case.created_at >= from && case.created_at < to && behind(case));
        let mut within: Vec<_> = within.collect();
        within.sort_by_key(|case| (case.created_at, case.id));
        let times = within.into_iter().take(limit.get()).map(|case| CaseTimes {
            id: case.id,
            status: case.status,
            kind: case.kind,
            priority: case.priority,
            created_at: case.created_at,
            first_response_at: case.first_response_at,
            processed_at: case.processed_at,
            processed_by: case.processed_by.clone(),
        });
        Ok(times.collect())
    }
}

#[async_trait]
impl NotificationReads for MemoryStore {
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        Ok(self.rows().notifications.get(&id).cloned())
    }

    async fn unread_notifications(&self, user: &UserId) -> Result<u32, StoreError> {
        Ok(u32::try_from(self.rows().unread_of(user)).unwrap_or(u32::MAX))
    }

    async fn unread_at_most(&self, credential: &Credential, limit: Limit) -> Result<u32, StoreError> {
        let rows = self.rows();
        let user = match credential {
            Credential::User(user) => Some(user),
            Credential::Session(hash) => {
                rows.sessions.values().find(|session| session.token_hash == *hash).map(|session| &session.user)
            }
        };
        let unread = user.map_or(0, |user| rows.unread_of(user)).min(limit.get());
        Ok(u32::try_from(unread).unwrap_or(u32::MAX))
    }

    async fn notifications(
        &self,
        user: &UserId,
        filter: NotificationFilter,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<Notification>, StoreError> {
        let rows = self.rows();
        let own = rows.notifications.values().filter(|one| one.user_id == *user && filter.takes(one)).cloned();
        let place = |one: &Notification| (Key::time(one.created_at), one.id.to_string());
        Ok(paged(own, place, SortOrder::Desc, after, limit))
    }
}
