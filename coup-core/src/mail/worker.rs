//! The job that writes and sends letters.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    model::{Mail, MailError, Mailer},
    words::{Letter, Tells},
};
use crate::{
    coup::{Coup, Ctx},
    error::Error,
    id::{SanctionId, UserId},
    job::{
        model::Job,
        worker::{WorkError, Worked, Worker},
    },
    notification::model::NotificationEvent,
    policy::Language,
    sanction::{service::MAIL, view::OwnSanction},
    user::model::UserStatus,
};

/// Sends what the jobs of kind `mail` ask for. Who has no address, and what is no longer so, is left aside: the job's result says
/// what became of it.
pub(crate) struct SendMail(Option<Arc<dyn Mailer>>);

impl SendMail {
    /// With the host's mailer, or none.
    pub(crate) fn new(mailer: Option<Arc<dyn Mailer>>) -> Self {
        Self(mailer)
    }
}

/// What is to be mailed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    event: NotificationEvent,
    user_id: UserId,
    sanction_id: SanctionId,
}

#[async_trait]
impl Worker for SendMail {
    fn kind(&self) -> &str {
        MAIL
    }

    async fn work(&self, coup: &Coup, job: &Job) -> Result<Worked, WorkError> {
        let asked: Asked = serde_json::from_value(job.payload.clone()).map_err(WorkError::never)?;
        let Some(mailer) = &self.0 else { return Ok(not_sent("no mailer is configured")) };
        let ctx = Ctx::default();
        let room = coup.room(&ctx);
        let user = room.store().user(&asked.user_id).await.map_err(Error::from)?;
        let Some(user) = user.filter(|user| user.status != UserStatus::Deleted) else {
            return Ok(not_sent("the account is deleted"));
        };
        let Some(to) = user.email else { return Ok(not_sent("the account has no e-mail address")) };
        let found = room.store().sanction(asked.sanction_id).await.map_err(Error::from)?;
        let (sanction, appeal) = found.ok_or_else(|| WorkError::never("the sanction is not there"))?;
        let own = OwnSanction::at(room.env.now(), coup.settings().appeal_days, &sanction, appeal.clone());
        let tells = match asked.event {
            NotificationEvent::SanctionImposed if sanction.lifted_at.is_some() => {
                return Ok(not_sent("the sanction was lifted meanwhile"));
            }
            NotificationEvent::SanctionImposed => Tells::Imposed { appealable_until: own.appealable_until },
            NotificationEvent::SanctionLifted if sanction.lifted_at.is_none() => {
                return Ok(not_sent("the sanction is not lifted"));
            }
            NotificationEvent::SanctionLifted => Tells::Lifted,
            NotificationEvent::AppealDecided => match appeal.as_ref().filter(|appeal| appeal.decided_at.is_some()) {
                None => return Ok(not_sent("the appeal is not decided")),
                // What stands by the decision does not stand any more; the lifting has its own letter.
                Some(appeal) if sanction.lifted_at > appeal.decided_at => {
                    return Ok(not_sent("the sanction was lifted meanwhile"));
                }
                Some(appeal) => Tells::Decided { appeal, stands: own.is_active },
            },
            other => return Err(WorkError::never(format!("no letter tells of {other}"))),
        };
        let language = if user.locale.as_deref() == Some("en") { Language::En } else { Language::Ko };
        let letter = Letter {
            name: user.name.as_ref().map(crate::text::PersonName::as_str),
            sanction: &sanction,
            tells,
            page: mailer.sanctions_page(),
        };
        let (subject, text) = (letter.subject(language), letter.text(language));
        let mail = Mail { id: job.id, to, event: asked.event, language, subject, text };
        match mailer.send(&mail).await {
            Ok(()) => Ok(Worked::Done { changes: None, result: Some(json!({ "sent": true })) }),
            Err(error @ MailError::Later(_)) => Err(WorkError::later(error)),
            Err(error @ MailError::Never(_)) => Err(WorkError::never(error)),
        }
    }
}

fn not_sent(why: &str) -> Worked {
    let result: Value = json!({ "sent": false, "because": why });
    Worked::Done { changes: None, result: Some(result) }
}
