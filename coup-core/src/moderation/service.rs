//! Use cases of the queue: who has a case, what is added to it, and looking at it.

use chrono::TimeDelta;

use super::{
    escalation,
    file::{CaseFile, alone, may_decide, together},
    model::{Case, CaseEntry, CaseEntryType, CaseFilter},
    names::Wanted,
    rules,
    statistics::Statistics,
    view::{Card, CaseView, EntryView, ReportDetail, ReportView},
};
use crate::{
    audit::model::AuditDraft,
    changes::{Changes, Row, to_value},
    coup::{Administration, Command, Coup, Ctx, Prepared, Room},
    env::Timestamp,
    error::{Error, Invalid},
    id::{CaseEntryId, ReportId, UserId},
    notification::model::{Notice, NotificationData, NotificationEvent},
    page::{Key, Keyset, Limit, Page, Places},
    policy::{AdminPermission, Target},
    sanction::service::{History, Offender},
    text::{Link, Note},
};

/// Begins a write to a case: the permission, then whether it is there, then its audit row.
pub(super) async fn begin(
    room: &Room<'_>,
    permission: AdminPermission,
    report: ReportId,
) -> Result<(Administration, CaseFile, Changes), Error> {
    let who = room.administration().await?;
    who.require(permission)?;
    let file = CaseFile::of(room, &who, report).await?;
    let changes = who.changes(permission, Target::Report(report))?;
    Ok((who, file, changes))
}

/// The case as it shall be, with what the audit log tells of it.
pub(super) async fn saved(
    room: &Room<'_>,
    who: &Administration,
    changes: Changes,
    before: &Case,
    case: Case,
) -> Result<Prepared<CaseView>, Error> {
    let now = room.env.now();
    let names = Wanted::default().case(&case).read(room, who).await?;
    let (was, view) = (CaseView::at(now, before, &names), CaseView::at(now, &case, &names));
    let changes = changes
        .audited(|draft| {
            draft
                .before("status", to_value(&was.status))
                .before("assignedTo", to_value(&was.assigned_to))
                .after("status", to_value(&view.status))
                .after("assignedTo", to_value(&view.assigned_to))
        })
        .save(Row::Case(Box::new(case)));
    Ok(Prepared::new(changes, view))
}

/// Somebody signed in: the host in its own name has no case.
fn person(who: &Administration) -> Result<&UserId, Error> {
    who.user().ok_or(Error::NotSignedIn)
}

/// Gives the case of a report to oneself, or to another administrator.
#[derive(Debug, Clone)]
pub struct AssignReport {
    /// Any of its reports.
    pub report: ReportId,
    /// To whom; absent: to oneself.
    pub admin: Option<UserId>,
}

impl Command for AssignReport {
    type Output = CaseView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ReportAssign);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<CaseView>, Error> {
        let (who, file, changes) = begin(room, AdminPermission::ReportAssign, self.report).await?;
        file.may_take(room, &who).await?;
        let to = match &self.admin {
            Some(admin) => admin,
            None => person(&who)?,
        };
        let is_oneself = who.user() == Some(to);
        if !is_oneself && !may_decide(room, to, &file.case, &file.reports).await? {
            return Err(Invalid::field("adminId", "not_able").into());
        }
        let now = room.env.now();
        let given = rules::given(file.case.clone(), to, now);
        let changes = if is_oneself {
            changes
        } else {
            let data = NotificationData {
                report_id: Some(self.report),
                priority: Some(file.case.priority),
                ..NotificationData::default()
            };
            changes.notify(&room.env, to, Notice::new(NotificationEvent::ReportAssigned, data))
        };
        saved(room, &who, changes, &file.case, given).await
    }
}

/// Gives the case of a report back to the queue.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseReport {
    /// Any of its reports.
    pub report: ReportId,
}

impl Command for ReleaseReport {
    type Output = CaseView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ReportAssign);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<CaseView>, Error> {
        let (who, file, changes) = begin(room, AdminPermission::ReportAssign, self.report).await?;
        file.may_take(room, &who).await?;
        let released = rules::released(file.case.clone(), room.env.now())?;
        saved(room, &who, changes, &file.case, released).await
    }
}

/// Hands the case of a report to the role above one's own.
#[derive(Debug, Clone)]
pub struct HandUpReport {
    /// Any of its reports.
    pub report: ReportId,
    /// Why, for administrators.
    pub note: Option<Note>,
}

impl Command for HandUpReport {
    type Output = CaseView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ReportAssign);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<CaseView>, Error> {
        let (who, file, changes) = begin(room, AdminPermission::ReportAssign, self.report).await?;
        file.may_take(room, &who).await?;
        let role = who.role().ok_or(Error::NotSignedIn)?;
        let up = rules::handed_up(file.case.clone(), role, room.env.now())?;
        let changes = noted(room, changes, &who, &file.case, self.note.as_ref());
        let changes = escalation::waiting(room, changes, &up);
        let changes = changes.audited(|draft| draft.after("escalatedTo", to_value(&up.escalated_to)));
        saved(room, &who, changes, &file.case, up).await
    }
}

/// Adds a note, if there is one.
pub(super) fn noted(
    room: &Room<'_>,
    changes: Changes,
    who: &Administration,
    case: &Case,
    note: Option<&Note>,
) -> Changes {
    match note {
        Some(note) => changes.insert(entry(room, who, case, CaseEntryType::Note, note, &[])),
        None => changes,
    }
}

fn entry(room: &Room<'_>, who: &Administration, case: &Case, kind: CaseEntryType, text: &Note, links: &[Link]) -> Row {
    Row::CaseEntry(Box::new(CaseEntry {
        id: CaseEntryId::from_uuid(room.env.uuid()),
        case_id: case.id,
        kind,
        author_id: who.user().cloned(),
        text: text.clone(),
        links: links.to_vec(),
        created_at: room.env.now(),
    }))
}

/// Adds a note or evidence to the case of a report.
#[derive(Debug, Clone)]
pub struct AddToReport {
    /// Any of its reports.
    pub report: ReportId,
    /// A note, which only administrators see, or evidence.
    pub kind: CaseEntryType,
    /// In one's words.
    pub text: Note,
    /// Addresses, of evidence.
    pub links: Vec<Link>,
}

impl Command for AddToReport {
    type Output = CaseView;

    const ADMINISTERS: Option<AdminPermission> = Some(AdminPermission::ReportProcess);

    async fn prepare(&self, room: &Room<'_>) -> Result<Prepared<CaseView>, Error> {
        let (who, file, changes) = begin(room, AdminPermission::ReportProcess, self.report).await?;
        rules::open(&file.case)?;
        let touched = rules::touched(file.case.clone(), who.user(), room.env.now());
        let changes = changes
            .audited(|draft| {
                draft.action(crate::audit::model::AdminAction::ReportAssign).after("added", self.kind.as_str())
            })
            .insert(entry(room, &who, &file.case, self.kind, &self.text, &self.links));
        saved(room, &who, changes, &file.case, touched).await
    }
}

impl Coup {
    /// The queue: cases that the asker has no part in, the most urgent first, of those the oldest (`report.list`); the audit log
    /// tells of it. The only one who could decide, at the top, sees after a day what they have a part in, too.
    pub async fn reports(
        &self,
        ctx: &Ctx,
        filter: &CaseFilter,
        cursor: Option<&str>,
        limit: Limit,
    ) -> Result<Page<Card>, Error> {
        const LIST: &str = "reports";
        let after = cursor.map(|cursor| Keyset::decode(cursor, LIST, Places::CountAndUuid)).transpose()?;
        let word = |draft: AuditDraft| draft.after("filter", to_value(filter));
        let read = async |room: &Room<'_>, who: &Administration| {
            let now = room.env.now();
            let mut rows = room.store().cases(who.user(), filter, now, after.as_ref(), limit.and_one()).await?;
            let [is_alone] = alone(room, who, [&[AdminPermission::ReportProcess]]).await?;
            if is_alone {
                let waited = now - rules::NOBODY_ELSE_AFTER + TimeDelta::microseconds(1);
                let date_to = Some(filter.date_to.map_or(waited, |to| to.min(waited)));
                let filter = CaseFilter { date_to, ..filter.clone() };
                let all = room.store().cases(None, &filter, now, after.as_ref(), limit.and_one()).await?;
                rows = together(rows, all, limit.and_one(), |card| (card.case.priority.place(), card.case.id));
            }
            let page = Page::cut(rows, limit, |card| Keyset {
                list: LIST.into(),
                key: Key::Integer(card.case.priority.place()),
                id: card.case.id.to_string(),
            });
            let names = page.items.iter().fold(Wanted::default(), |wanted, card| wanted.case(&card.case));
            let names = names.read(room, who).await?;
            Ok(page.map(|card| Card::at(now, &card, &names)))
        };
        self.audited_as(ctx, AdminPermission::ReportList, Target::Site, word, read).await
    }

    /// All that the page of a report shows (`report.read`; its evidence `content.read`); the audit log tells of it. 404 for who
    /// has a part in it.
    pub async fn report(&self, ctx: &Ctx, report: ReportId) -> Result<ReportDetail, Error> {
        let read = async |room: &Room<'_>, who: &Administration| {
            let file = CaseFile::of(room, who, report).await?;
            let with_evidence = who.may(AdminPermission::ContentRead);
            let entries = room.store().case_entries(file.case.id, Limit::BATCH).await?;
            let shown = entries.iter().filter(|(entry, _)| with_evidence || entry.kind == CaseEntryType::Note);
            let received = room.store().received(&file.case.offender_id).await?;
            let offender = Offender::find(room, &file.case.offender_id).await?;
            let wanted = Wanted::default().case(&file.case).reports(&file.reports);
            let wanted = offender.iter().fold(wanted, |wanted, offender| offender.names(wanted));
            let names = wanted.read(room, who).await?;
            let view = |report| ReportView::new(report, with_evidence, &names);
            Ok(ReportDetail {
                case: CaseView::at(room.env.now(), &file.case, &names),
                reports: file.reports.iter().map(view).collect(),
                entries: shown.map(|(entry, author)| EntryView::new(entry, author.clone())).collect(),
                received,
                history: offender.as_ref().map(|offender| History::of(room, who, offender, &names)),
                has_part: file.has_part,
            })
        };
        self.audited_as(ctx, AdminPermission::ReportRead, Target::Report(report), |draft| draft, read).await
    }

    /// Figures of the cases whose first report came at `from` or later and before `to`, by days of the time zone (`stats.read`);
    /// the audit log tells of it.
    pub async fn report_statistics(
        &self,
        ctx: &Ctx,
        from: Timestamp,
        to: Timestamp,
        zone: chrono_tz::Tz,
    ) -> Result<Statistics, Error> {
        let word = |draft: AuditDraft| draft.after("from", to_value(&from)).after("to", to_value(&to));
        self.audited(ctx, AdminPermission::StatsRead, Target::Site, word, async |room: &Room<'_>| {
            let (mut all, mut begin, mut last) = (Vec::new(), from, None);
            loop {
                let rows = room.store().case_times(begin, to, last, Limit::BATCH).await?;
                let Some(newest) = rows.last() else { return Ok(Statistics::of(&all, zone)) };
                (begin, last) = (newest.created_at, Some(newest.id));
                all.extend(rows);
            }
        })
        .await
    }
}
