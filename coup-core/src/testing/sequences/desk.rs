//! Steps of moderation: rows of cases, reports, sanctions, appeals and notifications, whatever may be decided.

use chrono::TimeDelta;

use super::{
    Step,
    steps::{Cast, Twice, What, choose, one_of},
};
use crate::{
    appeal::model::AppealStatus,
    changes::Row,
    env::Clock as _,
    id::{AppealId, CaseEntryId, CaseId, NotificationId, SanctionId},
    moderation::model::{CaseEntry, CaseEntryType, CaseStatus, Priority, ReportTarget, ReportType, Weight},
    notification::model::NotificationEvent,
    policy::{AdminRole, SanctionType},
    store::{Store, StoreError},
    text::{Link, Note},
};

/// What there ever was of moderation.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) targets: Vec<ReportTarget>,
    pub(super) cases: Vec<CaseId>,
    pub(super) sanctions: Vec<SanctionId>,
    pub(super) appeals: Vec<AppealId>,
    pub(super) notifications: Vec<NotificationId>,
}

impl Cast {
    pub(super) async fn moderate(
        &mut self,
        store: &dyn Store,
        step: Step,
        changes: Twice,
    ) -> Result<Twice, StoreError> {
        let Some(user) = choose(&self.users, step.two).map(|user| user.id.clone()) else { return Ok(changes) };
        Ok(match step.what {
            What::OpenCase => self.open_case(step, changes),
            What::AddReport | What::SaveCase | What::AddEntry => self.case(store, step, changes).await?,
            What::AddSanction => {
                let mut sanction =
                    self.make.sanction(&user, one_of(&SanctionType::ALL, step.three, SanctionType::Warning));
                sanction.admin_id = choose(&self.users, step.one).map(|admin| admin.id.clone());
                self.desk.sanctions.push(sanction.id);
                changes.insert(&Row::Sanction(Box::new(sanction)))
            }
            What::SaveSanction | What::AddAppeal | What::SaveAppeal => self.sanction(store, step, changes).await?,
            What::AddNotification => {
                let mut notification = self.make.notification(&user);
                notification.event = one_of(NotificationEvent::ALL, step.three, NotificationEvent::ReportResolved);
                // Several of one instant, so that ties are broken.
                notification.created_at = crate::testing::fixtures::START + TimeDelta::hours(i64::from(step.three % 3));
                self.desk.notifications.push(notification.id);
                changes.insert(&Row::Notification(Box::new(notification)))
            }
            _ => {
                let found = match choose(&self.desk.notifications, step.one) {
                    Some(id) => store.notification(*id).await?,
                    None => None,
                };
                let Some(mut notification) = found else { return Ok(changes) };
                notification.is_read = true;
                changes.save(&Row::Notification(Box::new(notification)))
            }
        })
    }

    fn open_case(&mut self, step: Step, changes: Twice) -> Twice {
        let Some(offender) = choose(&self.users, step.two).map(|user| user.id.clone()) else { return changes };
        let target = match (step.one % 3, choose(&self.studies, step.one), choose(&self.messages, step.one)) {
            (1, Some(study), _) => ReportTarget::Study(study.id),
            (2, _, Some(message)) => ReportTarget::Message(message.id),
            _ => ReportTarget::User(offender.clone()),
        };
        let mut case = self.make.case(target.clone(), &offender);
        case.kind = one_of(ReportType::ALL, step.three, ReportType::Other);
        case.priority = one_of(Priority::ALL, step.three, Priority::Medium);
        case.study_id = choose(&self.studies, step.one).map(|study| study.id).filter(|_| !step.one.is_multiple_of(3));
        let Some(reporter) = choose(&self.users, step.three).map(|user| user.id.clone()) else { return changes };
        let report = self.make.report(&case, &reporter);
        self.desk.cases.push(case.id);
        self.desk.targets.push(target);
        changes.insert(&Row::Case(Box::new(case))).insert(&Row::Report(Box::new(report)))
    }

    async fn case(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let found = match choose(&self.desk.cases, step.one) {
            Some(id) => store.case(*id).await?,
            None => None,
        };
        let (Some((mut case, _)), Some(user)) = (found, choose(&self.users, step.two)) else { return Ok(changes) };
        let user = user.id.clone();
        let now = self.make.later();
        Ok(match step.what {
            What::AddReport => {
                let mut report = self.make.report(&case, &user);
                report.kind = one_of(ReportType::ALL, step.three, ReportType::Other);
                report.weight = Weight::thousandths(u32::from(step.three) * 4);
                changes.insert(&Row::Report(Box::new(report)))
            }
            What::SaveCase => {
                case.status = one_of(CaseStatus::ALL, step.three, CaseStatus::Pending);
                case.priority = one_of(Priority::ALL, step.three / 4, Priority::Medium);
                case.assigned_to = (!step.three.is_multiple_of(3)).then(|| user.clone());
                // Some leases have lapsed when it is asked.
                case.lease_until =
                    case.assigned_to.is_some().then(|| now + TimeDelta::minutes(i64::from(step.three) - 90));
                case.held_until = case.lease_until.filter(|_| step.three.is_multiple_of(5));
                case.escalated_to = step.three.is_multiple_of(4).then_some(AdminRole::Admin);
                case.processed_at = case.status.is_closed().then_some(now);
                case.processed_by = case.processed_at.map(|_| user);
                case.resolution = case.processed_at.map(|_| "처리했어요".into());
                case.touched_at = now;
                case.version -= i64::from(step.stale);
                changes.save(&Row::Case(Box::new(case)))
            }
            _ => {
                let entry = CaseEntry {
                    id: self.make.id(CaseEntryId::from_uuid),
                    case_id: case.id,
                    kind: one_of(CaseEntryType::ALL, step.three, CaseEntryType::Note),
                    author_id: (!step.three.is_multiple_of(4)).then_some(user),
                    text: Note::from_stored("지난주에도 그랬어요".into()),
                    links: vec![Link::from_stored("https://school.kr/증거".into())],
                    created_at: now,
                };
                changes.insert(&Row::CaseEntry(Box::new(entry)))
            }
        })
    }

    async fn sanction(&mut self, store: &dyn Store, step: Step, changes: Twice) -> Result<Twice, StoreError> {
        let found = match choose(&self.desk.sanctions, step.one) {
            Some(id) => store.sanction(*id).await?,
            None => None,
        };
        let (Some((mut sanction, appeal)), Some(user)) = (found, choose(&self.users, step.two)) else {
            return Ok(changes);
        };
        let (user, now) = (user.id.clone(), self.make.clock.now());
        Ok(match (step.what, appeal) {
            (What::AddAppeal, _) => {
                let appeal = self.make.appeal(&sanction);
                self.desk.appeals.push(appeal.id);
                changes.insert(&Row::Appeal(Box::new(appeal)))
            }
            (What::SaveAppeal, Some(mut appeal)) => {
                appeal.status = one_of(AppealStatus::ALL, step.three, AppealStatus::Pending);
                let is_decided = appeal.status != AppealStatus::Pending;
                appeal.decided_by = is_decided.then_some(user);
                appeal.decided_role = is_decided.then_some(AdminRole::Admin);
                appeal.decided_at = is_decided.then_some(now);
                appeal.words = is_decided.then(|| "살펴봤어요".into());
                appeal.version -= i64::from(step.stale);
                changes.save(&Row::Appeal(Box::new(appeal)))
            }
            (What::SaveSanction, _) => {
                sanction.is_active = step.three.is_multiple_of(3);
                sanction.mistaken = step.three.is_multiple_of(4);
                sanction.lifted_at = (!sanction.is_active).then_some(now);
                sanction.lifted_by = sanction.lifted_at.map(|_| user);
                sanction.lift_reason = sanction.lifted_at.map(|_| "풀어요".into());
                sanction.expires_at = sanction.expires_at.map(|end| end + TimeDelta::hours(step.three.into()));
                sanction.version -= i64::from(step.stale);
                changes.save(&Row::Sanction(Box::new(sanction)))
            }
            _ => changes,
        })
    }
}
