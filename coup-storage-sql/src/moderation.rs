//! Reports and cases.

use std::sync::Arc;

use async_trait::async_trait;
use coup_core::{
    env::Timestamp,
    id::{CaseEntryId, CaseId, ReportId, StudyId, UserId},
    moderation::model::{
        Case, CaseCard, CaseEntry, CaseEntryType, CaseFilter, CaseStatus, CaseTimes, Priority, Received, Record,
        Report, ReportTarget, ReportTargetType, ReportType, Reporting, Weight,
    },
    page::{Keyset, Limit},
    store::{ModerationReads, StoreError},
    text::{Link, Note, ReportReason},
    user::model::Person,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Dialect, Reads, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, Way, count, get, parse, run, time, time_and_uuid, uuid, wrong_place},
    statements::statements,
    user::{PERSON, person, user_id},
};

/// The columns of `report_cases c`.
const CASE: &str = "c.id as c_id, c.target_type as c_target_type, c.target_id as c_target_id, c.target_name as c_target_name, \
    c.offender_id as c_offender_id, c.study_id as c_study_id, c.status as c_status, c.kind as c_kind, c.urgency as c_urgency, \
    c.reports as c_reports, c.assigned_to as c_assigned_to, c.lease_until as c_lease_until, c.held_until as c_held_until, \
    c.escalated_to as c_escalated_to, c.touched_at as c_touched_at, c.first_response_at as c_first_response_at, \
    c.processed_by as c_processed_by, c.processed_at as c_processed_at, c.resolution as c_resolution, c.created_at as c_created_at, \
    c.version as c_version";
/// The columns of `reports r`.
const REPORT: &str = "r.id as r_id, r.case_id as r_case_id, r.reporter_id as r_reporter_id, r.kind as r_kind, r.reason as r_reason, \
    r.snapshot as r_snapshot, r.links as r_links, r.weight as r_weight, r.created_at as r_created_at";
/// The columns of `case_entries e`.
const ENTRY: &str = "e.id as e_id, e.case_id as e_case_id, e.kind as e_kind, e.author_id as e_author_id, e.text as e_text, \
    e.links as e_links, e.created_at as e_created_at";

statements! {
    /// Statements of reports and cases.
    ModerationSql(words) {
        case_of: format!(
            "select {CASE}, {REPORT} from reports a \
             join report_cases c on c.id = a.case_id \
             join reports r on r.case_id = c.id \
             where a.id = $1 order by r.id"
        ),
        case: format!("select {CASE}, {REPORT} from report_cases c join reports r on r.case_id = c.id where c.id = $1 order by r.id"),
        newest_case: format!(
            "select {CASE}, {REPORT} from report_cases c join reports r on r.case_id = c.id \
             where c.id = (select x.id from report_cases x where x.target_type = $1 and x.target_id = $2 order by x.id desc limit 1) \
             order by r.id"
        ),
        record: "select \
             (select count(*) from reports r join report_cases c on c.id = r.case_id \
              where r.reporter_id = $1 and c.status in ('RESOLVED', 'REJECTED')) as decided, \
             (select count(*) from reports r join report_cases c on c.id = r.case_id \
              where r.reporter_id = $1 and c.status = 'RESOLVED') as upheld, \
             (select count(*) from reports r where r.reporter_id = $1 and r.created_at >= $2) as recent",
        last_report: format!(
            "select {CASE}, {REPORT} from report_cases c join reports r on r.case_id = c.id and r.reporter_id = $1 \
             where c.target_type = $2 and c.target_id = $3 order by r.id desc limit 1"
        ),
        received: "select count(*) as reports, coalesce(sum(case when c.status = 'RESOLVED' then 1 else 0 end), 0) as upheld \
             from report_cases c join reports r on r.case_id = c.id where c.offender_id = $1",
        have_met: "select 1 as one from study_members m join study_members o on o.study_id = m.study_id \
             where m.user_id = $1 and m.status <> 'PENDING' and o.user_id = $2 and o.status <> 'PENDING' limit 1",
        own_reports: format!(
            "select {CASE}, {REPORT} from reports r join report_cases c on c.id = r.case_id \
             where r.reporter_id = $1 and (r.created_at, r.id) < ($2, $3) order by r.created_at desc, r.id desc limit $4"
        ),
        cases_about: format!(
            "select {CASE}, f.id as f_id, f.reason as f_reason from report_cases c \
             join reports f on f.id = (select x.id from reports x where x.case_id = c.id order by x.id limit 1) \
             where c.offender_id = $1 and {} order by c.id desc limit $3",
            no_part("$2")
        ),
        reports_by: format!(
            "select {CASE}, {REPORT} from reports r join report_cases c on c.id = r.case_id \
             where r.reporter_id = $1 and {} order by r.created_at desc, r.id desc limit $3",
            no_part("$2")
        ),
        case_entries: format!(
            "select {ENTRY}, {PERSON} from case_entries e left join users u on u.id = e.author_id \
             where e.case_id = $1 order by e.id limit $2"
        ),
        case_times: "select c.id as c_id, c.status as c_status, c.kind as c_kind, c.urgency as c_urgency, c.created_at as c_created_at, \
             c.first_response_at as c_first_response_at, c.processed_at as c_processed_at, c.processed_by as c_processed_by \
             from report_cases c where (c.created_at, c.id) > ($1, $2) and c.created_at < $3 order by c.created_at, c.id limit $4",
        lock_case: format!("select version from report_cases where id = $1{}", words.for_update),
        insert_case: "insert into report_cases \
             (id, target_type, target_id, target_name, offender_id, study_id, status, kind, urgency, reports, assigned_to, lease_until, \
              held_until, escalated_to, touched_at, first_response_at, processed_by, processed_at, resolution, created_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        save_case: "update report_cases set target_type = $2, target_id = $3, target_name = $4, offender_id = $5, study_id = $6, status = $7, \
             kind = $8, urgency = $9, reports = $10, assigned_to = $11, lease_until = $12, held_until = $13, escalated_to = $14, \
             touched_at = $15, first_response_at = $16, processed_by = $17, processed_at = $18, resolution = $19, created_at = $20, \
             version = version + 1 \
             where id = $1 and version = $21",
        insert_report: "insert into reports (id, case_id, reporter_id, kind, reason, snapshot, links, weight, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        insert_entry: "insert into case_entries (id, case_id, kind, author_id, text, links, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    }
}

/// That the viewer, if there is one, has no part in the case `c`.
fn no_part(viewer: &str) -> String {
    format!(
        "(cast({viewer} as text) is null or (c.offender_id <> cast({viewer} as text) \
          and not exists (select 1 from reports y where y.case_id = c.id and y.reporter_id = cast({viewer} as text)) \
          and not exists (select 1 from study_members m where m.study_id = c.study_id and m.user_id = cast({viewer} as text) \
           and m.status = 'ACTIVE' and m.role in ('OWNER', 'ADMIN'))))"
    )
}

/// The conditions of the queue's statements, by what they are asked for: all, or those that stand in one way. A lapsed lease has
/// given a case back.
const STANDING: [&str; 5] = [
    "true",
    "c.status in ('PENDING', 'IN_PROGRESS') and not (c.status = 'IN_PROGRESS' and coalesce(c.lease_until > $4, false))",
    "c.status in ('PENDING', 'IN_PROGRESS') and c.status = 'IN_PROGRESS' and coalesce(c.lease_until > $4, false)",
    "c.status = 'RESOLVED'",
    "c.status = 'REJECTED'",
];

/// The place of a statement of the queue in its list.
const fn standing(status: Option<CaseStatus>) -> usize {
    match status {
        None => 0,
        Some(CaseStatus::Pending) => 1,
        Some(CaseStatus::InProgress) => 2,
        Some(CaseStatus::Resolved) => 3,
        Some(CaseStatus::Rejected) => 4,
    }
}

/// One statement a status, so that each has its index; the other filters may be null. The times are wrapped, so that no planner
/// takes their index instead of the one that has the order.
pub(crate) fn queue_statements() -> Vec<(String, Arc<str>)> {
    let statement = |(place, standing): (usize, &&str)| {
        let text = format!(
            "select {CASE}, f.id as f_id, f.reason as f_reason from report_cases c \
             join reports f on f.id = (select x.id from reports x where x.case_id = c.id order by x.id limit 1) \
             where {standing} and (c.urgency, c.id) > ($1, $2) \
             and {no_part} \
             and (cast($6 as bigint) is null or c.urgency = cast($6 as bigint)) \
             and (cast($7 as text) is null or c.kind = cast($7 as text)) \
             and (cast($8 as text) is null or c.target_type = cast($8 as text)) \
             and (cast($9 as text) is null or (c.assigned_to = cast($9 as text) and c.status = 'IN_PROGRESS' and c.lease_until > $4)) \
             and coalesce(c.created_at, $10) >= $10 and coalesce(c.created_at, $11) < $11 \
             order by c.urgency, c.id limit $3",
            no_part = no_part("$5")
        );
        (format!("cases_{place}"), Arc::from(text))
    };
    STANDING.iter().enumerate().map(statement).collect()
}

fn json<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Value, StoreError> {
    let text: String = get::<D, _>(row, column)?;
    serde_json::from_str(&text).map_err(|why| corrupt(column, why))
}

/// Reads a person who may be absent.
pub(crate) fn maybe_user<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Option<UserId>, StoreError> {
    match get::<D, Option<String>>(row, column)? {
        None => Ok(None),
        Some(_) => user_id::<D>(row, column).map(Some),
    }
}

fn links<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<Vec<Link>, StoreError> {
    let links: Vec<String> = serde_json::from_value(json::<D>(row, column)?).map_err(|why| corrupt(column, why))?;
    Ok(links.into_iter().map(Link::from_stored).collect())
}

fn spelt(links: &[Link]) -> String {
    coup_core::changes::to_value(&links).to_string()
}

fn case<D: Dialect>(row: &RowOf<D>) -> Result<Case, StoreError> {
    let kind = parse::<D, _>(row, "c_target_type", ReportTargetType::from_word)?;
    let target: String = get::<D, _>(row, "c_target_id")?;
    let escalated_to: Option<String> = get::<D, _>(row, "c_escalated_to")?;
    Ok(Case {
        id: CaseId::from_uuid(get::<D, _>(row, "c_id")?),
        target: ReportTarget::parse(kind, &target).map_err(|why| corrupt("c_target_id", why))?,
        target_name: get::<D, _>(row, "c_target_name")?,
        offender_id: user_id::<D>(row, "c_offender_id")?,
        study_id: get::<D, Option<Uuid>>(row, "c_study_id")?.map(StudyId::from_uuid),
        status: parse::<D, _>(row, "c_status", CaseStatus::from_word)?,
        kind: parse::<D, _>(row, "c_kind", ReportType::from_word)?,
        priority: priority::<D>(row)?,
        reports: count::<D>(row, "c_reports")?,
        assigned_to: maybe_user::<D>(row, "c_assigned_to")?,
        lease_until: get::<D, _>(row, "c_lease_until")?,
        held_until: get::<D, _>(row, "c_held_until")?,
        escalated_to: escalated_to
            .map(|word| word.parse().map_err(|why| corrupt("c_escalated_to", why)))
            .transpose()?,
        touched_at: get::<D, _>(row, "c_touched_at")?,
        first_response_at: get::<D, _>(row, "c_first_response_at")?,
        processed_by: maybe_user::<D>(row, "c_processed_by")?,
        processed_at: get::<D, _>(row, "c_processed_at")?,
        resolution: get::<D, _>(row, "c_resolution")?,
        created_at: get::<D, _>(row, "c_created_at")?,
        version: get::<D, _>(row, "c_version")?,
    })
}

fn priority<D: Dialect>(row: &RowOf<D>) -> Result<Priority, StoreError> {
    let place: i64 = get::<D, _>(row, "c_urgency")?;
    Priority::at(place).ok_or_else(|| corrupt("c_urgency", format!("no urgency {place}")))
}

fn report<D: Dialect>(row: &RowOf<D>) -> Result<Report, StoreError> {
    Ok(Report {
        id: ReportId::from_uuid(get::<D, _>(row, "r_id")?),
        case_id: CaseId::from_uuid(get::<D, _>(row, "r_case_id")?),
        reporter_id: user_id::<D>(row, "r_reporter_id")?,
        kind: parse::<D, _>(row, "r_kind", ReportType::from_word)?,
        reason: ReportReason::from_stored(get::<D, _>(row, "r_reason")?),
        snapshot: serde_json::from_value(json::<D>(row, "r_snapshot")?).map_err(|why| corrupt("r_snapshot", why))?,
        links: links::<D>(row, "r_links")?,
        weight: Weight::thousandths(count::<D>(row, "r_weight")?),
        created_at: get::<D, _>(row, "r_created_at")?,
    })
}

fn card<D: Dialect>(row: &RowOf<D>) -> Result<CaseCard, StoreError> {
    Ok(CaseCard {
        case: case::<D>(row)?,
        first: ReportId::from_uuid(get::<D, _>(row, "f_id")?),
        reason: ReportReason::from_stored(get::<D, _>(row, "f_reason")?),
    })
}

/// Rows of one case, one a report.
fn with_reports<D: Dialect>(rows: &[RowOf<D>]) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some((case::<D>(first)?, rows.iter().map(report::<D>).collect::<Result<_, _>>()?)))
}

#[async_trait]
impl<D: Dialect> ModerationReads for Reads<D> {
    async fn case_of(&self, report: ReportId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        with_reports::<D>(&self.rows(&self.sql().moderation.case_of, Args::new().with(report.as_uuid())).await?)
    }

    async fn case(&self, id: CaseId) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        with_reports::<D>(&self.rows(&self.sql().moderation.case, Args::new().with(id.as_uuid())).await?)
    }

    async fn newest_case(&self, target: &ReportTarget) -> Result<Option<(Case, Vec<Report>)>, StoreError> {
        let args = Args::new().text(target.kind().as_str()).text(&target.id());
        with_reports::<D>(&self.rows(&self.sql().moderation.newest_case, args).await?)
    }

    async fn reporting(
        &self,
        reporter: &UserId,
        target: &ReportTarget,
        since: Timestamp,
    ) -> Result<Reporting, StoreError> {
        let sql = &self.sql().moderation;
        let counted = self.row(&sql.record, Args::new().text(reporter.as_str()).with(since)).await?;
        let counted = counted.ok_or_else(|| StoreError::Corrupt("a count has no row".to_owned()))?;
        let args = Args::new().text(reporter.as_str()).text(target.kind().as_str()).text(&target.id());
        let last = self.row(&sql.last_report, args).await?;
        Ok(Reporting {
            record: Record { decided: count::<D>(&counted, "decided")?, upheld: count::<D>(&counted, "upheld")? },
            recent: count::<D>(&counted, "recent")?,
            last: last.map(|row| Ok::<_, StoreError>((report::<D>(&row)?, case::<D>(&row)?))).transpose()?,
        })
    }

    async fn received(&self, user: &UserId) -> Result<Received, StoreError> {
        let row = self.row(&self.sql().moderation.received, Args::new().text(user.as_str())).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt("a count has no row".to_owned()))?;
        Ok(Received { reports: count::<D>(&row, "reports")?, upheld: count::<D>(&row, "upheld")? })
    }

    async fn have_met(&self, one: &UserId, other: &UserId) -> Result<bool, StoreError> {
        let args = Args::new().text(one.as_str()).text(other.as_str());
        Ok(self.row(&self.sql().moderation.have_met, args).await?.is_some())
    }

    async fn cases(
        &self,
        viewer: Option<&UserId>,
        filter: &CaseFilter,
        now: Timestamp,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        let (_, statement) = self.sql().queue.get(standing(filter.status)).ok_or_else(wrong_place)?;
        let urgency = after.map_or(Some(i64::MIN), |after| after.key.as_integer()).ok_or_else(wrong_place)?;
        let args = Args::new()
            .with(urgency)
            .with(uuid(after, Way::Up)?)
            .limit(limit)
            .with(now)
            .maybe(viewer.map(UserId::as_str))
            .with(filter.priority.map(Priority::place))
            .maybe(filter.kind.map(ReportType::as_str))
            .maybe(filter.target_type.map(ReportTargetType::as_str))
            .maybe(filter.assigned_to.as_ref().map(UserId::as_str))
            .with(filter.date_from.map_or_else(|| time(None, Way::Up), Ok)?)
            .with(filter.date_to.map_or_else(|| time(None, Way::Down), Ok)?);
        self.list(statement, args, card::<D>).await
    }

    async fn own_reports(
        &self,
        reporter: &UserId,
        after: Option<&Keyset>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        let (at, id) = time_and_uuid(after, Way::Down)?;
        let args = Args::new().text(reporter.as_str()).with(at).with(id).limit(limit);
        self.list(&self.sql().moderation.own_reports, args, |row| Ok((report::<D>(row)?, case::<D>(row)?))).await
    }

    async fn cases_about(
        &self,
        offender: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<CaseCard>, StoreError> {
        let args = Args::new().text(offender.as_str()).maybe(viewer.map(UserId::as_str)).limit(limit);
        self.list(&self.sql().moderation.cases_about, args, card::<D>).await
    }

    async fn reports_by(
        &self,
        reporter: &UserId,
        viewer: Option<&UserId>,
        limit: Limit,
    ) -> Result<Vec<(Report, Case)>, StoreError> {
        let args = Args::new().text(reporter.as_str()).maybe(viewer.map(UserId::as_str)).limit(limit);
        self.list(&self.sql().moderation.reports_by, args, |row| Ok((report::<D>(row)?, case::<D>(row)?))).await
    }

    async fn case_entries(&self, id: CaseId, limit: Limit) -> Result<Vec<(CaseEntry, Option<Person>)>, StoreError> {
        let read = |row: &RowOf<D>| {
            let entry = CaseEntry {
                id: CaseEntryId::from_uuid(get::<D, _>(row, "e_id")?),
                case_id: CaseId::from_uuid(get::<D, _>(row, "e_case_id")?),
                kind: parse::<D, _>(row, "e_kind", CaseEntryType::from_word)?,
                author_id: maybe_user::<D>(row, "e_author_id")?,
                text: Note::from_stored(get::<D, _>(row, "e_text")?),
                links: links::<D>(row, "e_links")?,
                created_at: get::<D, _>(row, "e_created_at")?,
            };
            let author = if entry.author_id.is_some() { Some(person::<D>(row)?) } else { None };
            Ok((entry, author))
        };
        self.list(&self.sql().moderation.case_entries, Args::new().with(id.as_uuid()).limit(limit), read).await
    }

    async fn case_times(
        &self,
        from: Timestamp,
        to: Timestamp,
        after: Option<CaseId>,
        limit: Limit,
    ) -> Result<Vec<CaseTimes>, StoreError> {
        let after = after.map_or(Uuid::nil(), |after| after.as_uuid());
        let read = |row: &RowOf<D>| {
            Ok(CaseTimes {
                id: CaseId::from_uuid(get::<D, _>(row, "c_id")?),
                status: parse::<D, _>(row, "c_status", CaseStatus::from_word)?,
                kind: parse::<D, _>(row, "c_kind", ReportType::from_word)?,
                priority: priority::<D>(row)?,
                created_at: get::<D, _>(row, "c_created_at")?,
                first_response_at: get::<D, _>(row, "c_first_response_at")?,
                processed_at: get::<D, _>(row, "c_processed_at")?,
                processed_by: maybe_user::<D>(row, "c_processed_by")?,
            })
        };
        let args = Args::new().with(from).with(after).with(to).limit(limit);
        self.list(&self.sql().moderation.case_times, args, read).await
    }
}

fn case_args<D: Dialect>(case: &Case) -> Args<D> {
    Args::new()
        .with(case.id.as_uuid())
        .text(case.target.kind().as_str())
        .text(&case.target.id())
        .maybe(case.target_name.as_deref())
        .text(case.offender_id.as_str())
        .with(case.study_id.map(|study| study.as_uuid()))
        .text(case.status.as_str())
        .text(case.kind.as_str())
        .with(case.priority.place())
        .with(i64::from(case.reports))
        .maybe(case.assigned_to.as_ref().map(UserId::as_str))
        .with(case.lease_until)
        .with(case.held_until)
        .maybe(case.escalated_to.map(coup_core::policy::AdminRole::name))
        .with(case.touched_at)
        .with(case.first_response_at)
        .maybe(case.processed_by.as_ref().map(UserId::as_str))
        .with(case.processed_at)
        .maybe(case.resolution.as_deref())
        .with(case.created_at)
        .with(case.version)
}

pub(crate) async fn insert_case<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, case: &Case) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.moderation.insert_case, case_args(case)).await
}

pub(crate) async fn save_case<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, case: &Case) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.moderation.save_case, case_args(case)).await
}

pub(crate) async fn insert_report<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    report: &Report,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(report.id.as_uuid())
        .with(report.case_id.as_uuid())
        .text(report.reporter_id.as_str())
        .text(report.kind.as_str())
        .text(report.reason.as_str())
        .with(coup_core::changes::to_value(&report.snapshot).to_string())
        .with(spelt(&report.links))
        .with(i64::from(report.weight.get()))
        .with(report.created_at);
    run::<D>(conn, &sql.moderation.insert_report, args).await
}

pub(crate) async fn insert_case_entry<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    entry: &CaseEntry,
) -> Result<u64, StoreError> {
    let args = Args::new()
        .with(entry.id.as_uuid())
        .with(entry.case_id.as_uuid())
        .text(entry.kind.as_str())
        .maybe(entry.author_id.as_ref().map(UserId::as_str))
        .text(entry.text.as_str())
        .with(spelt(&entry.links))
        .with(entry.created_at);
    run::<D>(conn, &sql.moderation.insert_entry, args).await
}
