//! What happens when a sanction has come to its end: it stopped by itself; this tidies, and tells the person.

use async_trait::async_trait;
use serde_json::Value;

use super::{model::Sanction, service::Offender, view::OwnSanction};
use crate::{
    changes::{Changes, EventKind, Row, Scope, SystemPermit, to_value},
    coup::{Coup, Ctx},
    error::Error,
    id::SanctionId,
    job::{
        model::Job,
        worker::{WorkError, Worked, Worker},
    },
    notification::model::{Notice, NotificationData, NotificationEvent},
    policy::SanctionType,
};

/// The kind of its jobs.
pub const KIND: &str = "sanction.end";

/// Notes that a sanction has ended. One that was lifted, or whose end is another now, is left as it is.
#[derive(Debug, Clone, Copy)]
pub struct EndSanction;

#[async_trait]
impl Worker for EndSanction {
    fn kind(&self) -> &str {
        KIND
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let id = job.payload.get("sanctionId").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let id: SanctionId = id.ok_or_else(|| WorkError::never("no sanction is named: expected sanctionId"))?;
        let ctx = Ctx::default();
        let room = coup.room(&ctx);
        let now = room.env.now();
        let found = room.store().sanction(id).await.map_err(Error::from)?;
        let Some((sanction, _)) = found.filter(|(sanction, _)| is_over(sanction, now)) else {
            return Ok(Worked::done());
        };
        let ended = Sanction { is_active: false, ..sanction };
        let told = OwnSanction::at(now, coup.settings().appeal_days, &ended, None);
        let data = NotificationData {
            sanction_id: Some(ended.id),
            sanction_type: Some(ended.kind),
            ..NotificationData::default()
        };
        let notice = Notice::new(NotificationEvent::SanctionEnded, data);
        let mut changes = Changes::system(SystemPermit::Sweep).save(Row::Sanction(Box::new(ended.clone())));
        // Whose account is deleted is told nothing any more.
        if let Some(offender) = Offender::find(&room, &ended.user_id).await? {
            changes = changes
                .event(Scope::User(ended.user_id.clone()), EventKind::SanctionLifted, now, to_value(&told))
                .notify(&room.env, &ended.user_id, notice)
                .save(Row::User(Box::new(offender.with(&ended, &room))));
        }
        Ok(Worked::Done { changes: Some(changes), result: None })
    }
}

fn is_over(sanction: &Sanction, now: crate::env::Timestamp) -> bool {
    sanction.is_active && sanction.kind != SanctionType::Warning && sanction.expires_at.is_some_and(|end| end <= now)
}
