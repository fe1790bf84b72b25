//! What happens to a case that nobody touches: it is offered to the role above.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{file::deciders, model::Case, rules};
use crate::{
    changes::{Changes, Row, SystemPermit},
    coup::{Coup, Ctx, Room},
    id::{CaseId, JobId, ReportId},
    job::{
        model::{Job, NewJob, Payload},
        worker::{WorkError, Worked, Worker},
    },
    notification::model::{Notice, NotificationData, NotificationEvent},
    policy::AdminPermission,
};

/// The kind of its jobs.
pub const KIND: &str = "report.escalate";

/// Has the case looked at when its patience ends.
pub(crate) fn waiting(room: &Room<'_>, changes: Changes, case: &Case) -> Changes {
    let Some(at) = rules::escalates_at(case) else { return changes };
    changes.job(NewJob {
        id: JobId::from_uuid(room.env.uuid()),
        kind: KIND.into(),
        payload: Payload::Value(json!({ "caseId": case.id })),
        run_at: at,
        created_at: room.env.now(),
    })
}

/// Offers a case to the role above, or waits for as long as it was touched since.
#[derive(Debug, Clone, Copy)]
pub struct Escalate;

#[async_trait]
impl Worker for Escalate {
    fn kind(&self) -> &str {
        KIND
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let id = job.payload.get("caseId").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let id: CaseId = id.ok_or_else(|| WorkError::never("no case is named: expected caseId"))?;
        let ctx = Ctx::default();
        let room = coup.room(&ctx);
        let Some((case, reports)) = room.store().case(id).await? else { return Ok(Worked::done()) };
        if rules::escalates_at(&case).is_none() {
            return Ok(Worked::done());
        }
        let changes = Changes::system(SystemPermit::Jobs);
        let Some(up) = rules::escalated(case.clone(), room.env.now()) else {
            return Ok(Worked::Done { changes: Some(waiting(&room, changes, &case)), result: None });
        };
        let told = deciders(&room, &up, &reports, [AdminPermission::ReportProcess]).await?;
        let told = told.into_iter().filter(|(_, role)| Some(*role) == up.escalated_to);
        let changes = told.fold(changes.save(Row::Case(Box::new(up.clone()))), |changes, (user, _)| {
            changes.notify(&room.env, &user, notice(&up, reports.first().map(|report| report.id)))
        });
        Ok(Worked::Done { changes: Some(waiting(&room, changes, &up)), result: None })
    }
}

fn notice(case: &Case, report: Option<ReportId>) -> Notice {
    let data = NotificationData {
        report_id: report,
        priority: Some(case.priority),
        escalated_to: case.escalated_to,
        ..NotificationData::default()
    };
    Notice::new(NotificationEvent::ReportEscalated, data)
}
