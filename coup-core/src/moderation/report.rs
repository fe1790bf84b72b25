//! Reporting something, and one's own reports.

use serde_json::json;

use super::{
    classification::Weighed,
    escalation,
    file::deciders,
    model::{Case, CaseStatus, Priority, Report, ReportTarget, ReportType, Snapshot},
    rules,
    view::OwnReport,
};
use crate::{
    changes::{Changes, EventKind, Row, Scope},
    coup::{Caller, Command, Coup, Ctx, Prepared, Room},
    error::{Check, Error, Invalid},
    id::{CaseId, MessageId, ReportId, StudyId, UserId},
    notification::model::{Notice, NotificationData, NotificationEvent},
    page::{Key, Keyset, Limit, Page, Places},
    policy::{AdminPermission, PeopleRule, SanctionType, StudyPermission, SystemPermission, Target},
    text::{Link, ReportReason},
    user::model::UserStatus,
};

/// The most addresses that evidence has.
pub const MOST_LINKS: usize = 10;

/// Reports a person, a study or a message that one can see.
#[derive(Debug, Clone)]
pub struct CreateReport {
    /// What.
    pub target: ReportTarget,
    /// What is wrong.
    pub kind: ReportType,
    /// In one's words.
    pub reason: ReportReason,
    /// Addresses as evidence.
    pub links: Vec<Link>,
}

impl CreateReport {
    /// Reads what was typed. Who reports danger needs to say nothing: one tap is enough.
    ///
    /// # Errors
    /// Every wrong field.
    pub fn parse(target: ReportTarget, kind: ReportType, reason: &str, links: &[String]) -> Result<Self, Invalid> {
        let mut check = Check::default();
        let reason = check.take(ReportReason::parse("reason", reason).and_then(|reason| {
            let says_nothing = reason.as_str().is_empty() && kind != ReportType::Safety;
            if says_nothing { Err(Invalid::field("reason", "required")) } else { Ok(reason) }
        }));
        let links = check.take(parse_links("evidence.links", links));
        check.finish()?;
        let required = || Invalid::field("reason", "required");
        Ok(Self { target, kind, reason: reason.ok_or_else(required)?, links: links.unwrap_or_default() })
    }
}

/// Reads addresses typed into the field named `field`.
///
/// # Errors
/// More than [`MOST_LINKS`], or one that is no address of the web.
pub fn parse_links(field: &str, links: &[String]) -> Result<Vec<Link>, Invalid> {
    if links.len() > MOST_LINKS {
        return Err(Invalid::bound(field, "too_many", 10));
    }
    let parse = |(place, link): (usize, &String)| {
        let field = format!("{field}[{place}]");
        let link = Link::parse(&field, link)?;
        let is_web = ["https://", "http://"].iter().any(|begin| {
            link.as_str()
                .strip_prefix(begin)
                .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        });
        if is_web { Ok(link) } else { Err(Invalid::field(field, "not_a_link")) }
    };
    links.iter().enumerate().map(parse).collect()
}

/// What somebody sees who reports it.
struct Seen {
    caller: Caller,
    name: Option<String>,
    offender: UserId,
    study: Option<StudyId>,
    snapshot: Snapshot,
}

impl Seen {
    /// 404 for what the caller cannot see.
    async fn of(room: &Room<'_>, target: &ReportTarget) -> Result<Self, Error> {
        match target {
            ReportTarget::User(user) => Self::user(room, user).await,
            ReportTarget::Study(study) => Self::study(room, *study).await,
            ReportTarget::Message(message) => Self::message(room, *message).await,
        }
    }

    /// One sees whom one has met in a study.
    async fn user(room: &Room<'_>, id: &UserId) -> Result<Self, Error> {
        let caller = room.caller().await?;
        if caller.user.id == *id {
            return Err(PeopleRule::Oneself.into());
        }
        let user = room.store().user(id).await?.filter(|user| user.status != UserStatus::Deleted);
        let user = user.ok_or(Error::NotFound)?;
        if !room.store().have_met(&caller.user.id, id).await? {
            return Err(Error::NotFound);
        }
        let name = user.name.as_ref().map(ToString::to_string);
        let bio = user.bio.as_ref().map(ToString::to_string);
        let snapshot = Snapshot::User { name: name.clone(), avatar: user.avatar, bio };
        Ok(Self { caller, name, offender: user.id, study: None, snapshot })
    }

    async fn study(room: &Room<'_>, id: StudyId) -> Result<Self, Error> {
        let file = room.study(id).await?;
        let study = file.study;
        let snapshot = Snapshot::Study {
            name: study.name.to_string(),
            emoji: study.emoji.to_string(),
            description: study.description.to_string(),
            category: study.category.to_string(),
            tags: study.tags.iter().map(ToString::to_string).collect(),
            owner_id: study.owner_id.clone(),
        };
        let name = Some(study.name.to_string());
        Ok(Self { caller: file.caller, name, offender: study.owner_id, study: Some(id), snapshot })
    }

    /// One sees what is said where one is in; what was deleted, who was in by then.
    async fn message(room: &Room<'_>, id: MessageId) -> Result<Self, Error> {
        room.credential()?;
        let written = room.store().message_anywhere(id).await?.ok_or(Error::NotFound)?;
        let message = written.message;
        let file = room.study(message.study_id).await?;
        let member = file.member.as_ref().filter(|_| file.may(StudyPermission::MessageRead)).ok_or(Error::NotFound)?;
        let came_in = member.approved_at.unwrap_or(member.joined_at);
        if message.deleted_at.is_some_and(|deleted| deleted < came_in) {
            return Err(Error::NotFound);
        }
        let snapshot = Snapshot::Message {
            content: message.content.to_string(),
            author: written.author.clone(),
            study_id: message.study_id,
            study_name: file.study.name.to_string(),
            seq: message.seq,
            created_at: message.created_at,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
        };
        Ok(Self {
            caller: file.caller,
            name: written.author.name,
            offender: message.user_id,
            study: Some(message.study_id),
            snapshot,
        })
    }
}

impl Command for CreateReport {
    type Output = OwnReport;

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<OwnReport>, Error> {
        let Seen { caller, name, offender, study, snapshot } = Seen::of(room, &self.target).await?;
        let reporter = caller.user.id.clone();
        let permit = caller.permit(SystemPermission::ReportCreate, Target::Site)?;
        if offender == reporter {
            return Err(PeopleRule::Oneself.into());
        }
        let now = room.env.now();
        let reporting = room.store().reporting(&reporter, &self.target, now - rules::DAY).await?;
        rules::report(&reporting, self.kind, &snapshot, now)?;
        let waiting = room.store().newest_case(&self.target).await?.filter(|(case, _)| !case.status.is_closed());
        let is_new = waiting.is_none();
        let (case, mut reports) = waiting.unwrap_or_else(|| (self.case(room, name, offender, study), Vec::new()));
        let report = Report {
            id: ReportId::from_uuid(room.env.uuid()),
            case_id: case.id,
            reporter_id: reporter,
            kind: self.kind,
            reason: self.reason.clone(),
            snapshot,
            links: self.links.clone(),
            weight: reporting.record.weight(),
            created_at: now,
        };
        reports.push(report.clone());
        let was = (!is_new).then_some(case.priority);
        let case = self.classified(room, case, &reports).await?;
        let view = OwnReport::at(now, &report, &case);
        let row = Row::Case(Box::new(case.clone()));
        let changes = Changes::permitted(permit).guard(caller.guard());
        let changes = if is_new { changes.insert(row) } else { changes.save(row) };
        let changes = changes.insert(Row::Report(Box::new(report)));
        let is_alert = case.priority == Priority::Urgent && was != Some(Priority::Urgent);
        let changes = if is_new || is_alert { escalation::waiting(room, changes, &case) } else { changes };
        let changes = if is_alert { alert(room, changes, &case, &reports).await? } else { changes };
        Ok(Prepared::new(changes, view))
    }
}

impl CreateReport {
    fn case(&self, room: &Room<'_>, target_name: Option<String>, offender_id: UserId, study: Option<StudyId>) -> Case {
        let now = room.env.now();
        Case {
            id: CaseId::from_uuid(room.env.uuid()),
            target: self.target.clone(),
            target_name,
            offender_id,
            study_id: study,
            status: CaseStatus::Pending,
            kind: self.kind,
            priority: Priority::Low,
            reports: 0,
            assigned_to: None,
            lease_until: None,
            held_until: None,
            escalated_to: None,
            touched_at: now,
            first_response_at: None,
            processed_by: None,
            processed_at: None,
            resolution: None,
            created_at: now,
            version: 0,
        }
    }

    /// The case with this report among its own. Urgency is only ever raised.
    async fn classified(&self, room: &Room<'_>, case: Case, reports: &[Report]) -> Result<Case, Error> {
        let rules = &room.settings().classification;
        let sanctions = room.store().sanctions_of(&case.offender_id).await?;
        let was_suspended = sanctions.iter().any(|(sanction, _)| {
            !sanction.mistaken && matches!(sanction.kind, SanctionType::Suspension | SanctionType::PermanentBan)
        });
        let weighed =
            reports.iter().map(|report| Weighed { kind: report.kind, weight: report.weight, at: report.created_at });
        let weighed: Vec<Weighed> = weighed.collect();
        let priority = rules.classify(&weighed, was_suspended, room.env.now());
        Ok(Case {
            kind: rules.graver(case.kind, self.kind),
            priority: priority.max(case.priority),
            reports: case.reports.saturating_add(1),
            ..case
        })
    }
}

/// Tells the administrators who may look at reports, at once; not who has a part in it.
async fn alert(room: &Room<'_>, changes: Changes, case: &Case, reports: &[Report]) -> Result<Changes, Error> {
    let now = room.env.now();
    let told = json!({
        "id": reports.first().map(|report| report.id),
        "caseId": case.id,
        "targetType": case.target.kind(),
        "type": case.kind,
        "priority": case.priority,
        "createdAt": case.created_at,
    });
    let alerted = deciders(room, case, reports, [AdminPermission::ReportList]).await?;
    let data = NotificationData {
        report_id: reports.first().map(|report| report.id),
        priority: Some(case.priority),
        ..NotificationData::default()
    };
    let notice = Notice::new(NotificationEvent::ReportUrgent, data);
    Ok(alerted.into_iter().fold(changes, |changes, (user, _)| {
        let changes = changes.notify(&room.env, &user, notice.clone());
        changes.event(Scope::User(user), EventKind::ReportUrgent, now, told.clone())
    }))
}

impl Coup {
    /// One's own reports and what became of them, the newest first.
    pub async fn own_reports(&self, ctx: &Ctx, cursor: Option<&str>, limit: Limit) -> Result<Page<OwnReport>, Error> {
        const LIST: &str = "own-reports";
        let room = self.room(ctx);
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::TimeAndUuid)).transpose()?;
        let caller = room.caller().await?;
        let rows = room.store().own_reports(&caller.user.id, after.as_ref(), limit.and_one()).await?;
        let page = Page::cut(rows, limit, |(report, _)| Keyset {
            list: LIST.into(),
            key: Key::time(report.created_at),
            id: report.id.to_string(),
        });
        Ok(page.map(|(report, case)| OwnReport::at(room.env.now(), &report, &case)))
    }
}
