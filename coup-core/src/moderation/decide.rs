//! Deciding a case: all its reports, the sanction, the account, what the parties are told, and what follows, in one commit.

use super::{
    file::CaseFile,
    model::{Case, Report},
    rules,
    service::{begin, noted, saved},
    view::CaseView,
};
use crate::{
    audit::model::AdminAction,
    changes::Changes,
    coup::{Administration, Command, Prepared, Room},
    env::Timestamp,
    error::{Error, Invalid},
    id::ReportId,
    notification::model::{Notice, NotificationData, NotificationEvent},
    policy::{AdminPermission, Target, select},
    sanction::{
        model::Measure,
        service::{Imposing, Offender, impose, worded},
    },
    text::{Note, Words},
};

/// What a case is decided to.
#[derive(Debug, Clone)]
pub enum Decision {
    /// The reports are right.
    Approve {
        /// What the parties are told.
        words: Words,
        /// What is imposed; absent: what the ladder recommends.
        measure: Option<Measure>,
        /// Whether the sanctioned is told by e-mail, too.
        notify: bool,
    },
    /// They are dismissed.
    Reject {
        /// What the reporters are told.
        words: Words,
    },
    /// It is looked into further.
    Hold {
        /// Until when; absent: for three days.
        until: Option<Timestamp>,
    },
}

/// Decides the case of a report.
#[derive(Debug, Clone)]
pub struct ProcessReport {
    /// Any of its reports.
    pub report: ReportId,
    /// How.
    pub decision: Decision,
    /// Why, for administrators. Required of who has a part in it, and may decide only because nobody else can.
    pub note: Option<Note>,
}

impl Command for ProcessReport {
    type Output = CaseView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ReportProcess);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<CaseView>, Error> {
        let (who, file, changes) = begin(room, AdminPermission::ReportProcess, self.report).await?;
        file.may_take(room, &who).await?;
        if file.has_part && self.note.is_none() {
            return Err(Invalid::field("note", "required").into());
        }
        let changes = noted(room, changes, &who, &file.case, self.note.as_ref());
        let changes = if file.has_part {
            let why = self.note.as_ref().map(ToString::to_string).unwrap_or_default();
            changes.audited(|draft| draft.after("conflictOfInterest", true).reason(why))
        } else {
            changes
        };
        let now = room.env.now();
        let (changes, case) = match &self.decision {
            Decision::Hold { until } => {
                let by = who.user().ok_or(Error::NotSignedIn)?;
                let held = rules::held(file.case.clone(), by, *until, now)?;
                let word = |draft: crate::audit::model::AuditDraft| {
                    draft.action(AdminAction::ReportHold).after("heldUntil", crate::changes::to_value(&held.held_until))
                };
                (changes.audited(word), held)
            }
            Decision::Reject { words } => {
                let changes = changes.audited(|draft| draft.action(AdminAction::ReportReject).reason(words.as_str()));
                let changes = tell(room, changes, &file, NotificationEvent::ReportRejected, words);
                (changes, rules::decided(file.case.clone(), false, who.user(), words.as_str(), now))
            }
            Decision::Approve { words, measure, notify } => {
                let changes = changes.audited(|draft| draft.action(AdminAction::ReportResolve).reason(words.as_str()));
                let changes = sanctioned(room, &who, changes, &file, *measure, words, *notify).await?;
                let changes = tell(room, changes, &file, NotificationEvent::ReportResolved, words);
                (changes, rules::decided(file.case.clone(), true, who.user(), words.as_str(), now))
            }
        };
        saved(room, &who, changes, &file.case, case).await
    }
}

/// Imposes what was chosen or is recommended. Nobody is sanctioned any more whose account is deleted.
async fn sanctioned(
    room: &Room<'_>,
    who: &Administration,
    changes: Changes,
    file: &CaseFile,
    measure: Option<Measure>,
    words: &Words,
    mail: bool,
) -> Result<Changes, Error> {
    let Some(offender) = Offender::find(room, &file.case.offender_id).await? else { return Ok(changes) };
    let measure = measure.unwrap_or_else(|| offender.recommendation(room, who).measure);
    let changes = match who.permit(select::impose(measure.kind()), Target::User(offender.user.id.clone()))? {
        Some(permit) => changes.also(permit),
        None => changes,
    };
    let imposing = Imposing { measure, reason: words, report: file.first(), mail };
    let (changes, sanction) = impose(room, who, changes, &offender, imposing).await?;
    Ok(changes.audited(|draft| worded(draft, &sanction).after("offenderId", sanction.user_id.as_str())))
}

/// Tells every reporter, each of their own report. Who else reported, and what was imposed, they are not told.
fn tell(room: &Room<'_>, changes: Changes, file: &CaseFile, event: NotificationEvent, words: &Words) -> Changes {
    file.reports.iter().fold(changes, |changes, report| {
        changes.notify(&room.env, &report.reporter_id, notice(event, &file.case, report, words))
    })
}

fn notice(event: NotificationEvent, case: &Case, report: &Report, words: &Words) -> Notice {
    let data = NotificationData {
        report_id: Some(report.id),
        target_type: Some(case.target.kind()),
        target_id: Some(case.target.id()),
        target_name: case.target_name.clone(),
        ..NotificationData::default()
    };
    Notice::new(event, data).saying(words.as_str())
}
