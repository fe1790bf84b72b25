//! The job that writes and sends letters.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    model::{Mail, MailError, Mailer},
    words::Imposed,
};
use crate::{
    coup::{Coup, Ctx},
    error::Error,
    id::{SanctionId, UserId},
    job::{
        model::Job,
        worker::{WorkError, Worked, Worker},
    },
    notification::model::NotificationType,
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
    #[serde(rename = "type")]
    kind: NotificationType,
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
        if asked.kind != NotificationType::SanctionImposed {
            return Err(WorkError::never(format!("no letter tells of {}: expected SANCTION_IMPOSED", asked.kind)));
        }
        let ctx = Ctx::default();
        let room = coup.room(&ctx);
        let user = room.store().user(&asked.user_id).await.map_err(Error::from)?;
        let Some(user) = user.filter(|user| user.status != UserStatus::Deleted) else {
            return Ok(not_sent("the account is deleted"));
        };
        let Some(to) = user.email else { return Ok(not_sent("the account has no e-mail address")) };
        let found = room.store().sanction(asked.sanction_id).await.map_err(Error::from)?;
        let (sanction, appeal) = found.ok_or_else(|| WorkError::never("the sanction is not there"))?;
        if sanction.lifted_at.is_some() {
            return Ok(not_sent("the sanction was lifted meanwhile"));
        }
        let language = if user.locale.as_deref() == Some("en") { Language::En } else { Language::Ko };
        let own = OwnSanction::at(room.env.now(), coup.settings().appeal_days, &sanction, appeal);
        let letter = Imposed {
            name: user.name.as_ref().map(crate::text::PersonName::as_str),
            sanction: &sanction,
            appealable_until: own.appealable_until,
            page: mailer.sanctions_page(),
        };
        let (subject, text) = (letter.subject(language), letter.text(language));
        let mail = Mail { id: job.id, to, kind: asked.kind, language, subject, text };
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
