//! A pool with its statements, what is bound and what is read.

use std::sync::Arc;

use coup_core::{env::Timestamp, page::Keyset, store::StoreError};
use sqlx::{Database, Pool, error::BoxDynError};
use uuid::Uuid;

use crate::{
    Codec, Dialect, Execute as _, Sql,
    error::{corrupt, store_error},
};

/// A connection of a dialect's database.
pub(crate) type Conn<D> = <<D as Dialect>::Db as Database>::Connection;
/// A row of a dialect's database.
pub(crate) type RowOf<D> = <<D as Dialect>::Db as Database>::Row;

/// All reads of a store, over a pool.
#[derive(Debug)]
pub struct Reads<D: Dialect> {
    pool: Pool<D::Db>,
    sql: Arc<Sql>,
}

impl<D: Dialect> Clone for Reads<D> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), sql: self.sql.clone() }
    }
}

impl<D: Dialect> Reads<D> {
    /// Reads through this pool.
    pub fn new(pool: Pool<D::Db>) -> Self {
        Self { pool, sql: Arc::new(Sql::new(&D::WORDS)) }
    }

    /// The pool.
    pub fn pool(&self) -> &Pool<D::Db> {
        &self.pool
    }

    /// The statements.
    pub fn sql(&self) -> &Arc<Sql> {
        &self.sql
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.rows(&self.sql.commit.ping, Args::new()).await.map(drop)
    }

    pub(crate) async fn rows(&self, sql: &Arc<str>, args: Args<D>) -> Result<Vec<RowOf<D>>, StoreError> {
        let mut conn = self.pool.acquire().await.map_err(store_error::<D>)?;
        rows::<D>(&mut conn, sql, args).await
    }

    pub(crate) async fn row(&self, sql: &Arc<str>, args: Args<D>) -> Result<Option<RowOf<D>>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    pub(crate) async fn list<T>(
        &self,
        sql: &Arc<str>,
        args: Args<D>,
        read: impl Fn(&RowOf<D>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(sql, args).await?.iter().map(read).collect()
    }
}

/// Runs a statement; answers how many rows it touched.
pub(crate) async fn run<D: Dialect>(conn: &mut Conn<D>, sql: &Arc<str>, args: Args<D>) -> Result<u64, StoreError> {
    let result = D::Db::run(conn, sql.clone(), args.finish()?).await.map_err(store_error::<D>)?;
    Ok(D::affected(&result))
}

/// Reads all rows.
pub(crate) async fn rows<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Arc<str>,
    args: Args<D>,
) -> Result<Vec<RowOf<D>>, StoreError> {
    D::Db::rows(conn, sql.clone(), args.finish()?).await.map_err(store_error::<D>)
}

/// Reads a column.
pub(crate) fn get<D: Dialect, T>(row: &RowOf<D>, column: &str) -> Result<T, StoreError>
where
    D::Db: Codec<T>,
{
    <D::Db as Codec<T>>::take(row, column).map_err(|why| corrupt(column, why))
}

/// Reads a count.
pub(crate) fn count<D: Dialect>(row: &RowOf<D>, column: &str) -> Result<u32, StoreError> {
    let count: i64 = get::<D, _>(row, column)?;
    u32::try_from(count).map_err(|why| corrupt(column, why))
}

/// Reads a text and parses it.
pub(crate) fn parse<D: Dialect, T>(
    row: &RowOf<D>,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = get::<D, _>(row, column)?;
    parse(&text).ok_or_else(|| corrupt(column, format!("unknown word {text:?}")))
}

/// The arguments of a statement, in order.
pub(crate) struct Args<D: Dialect> {
    values: <D::Db as Database>::Arguments,
    error: Option<BoxDynError>,
}

impl<D: Dialect> Args<D> {
    pub(crate) fn new() -> Self {
        Self { values: Default::default(), error: None }
    }

    /// Binds the next argument.
    pub(crate) fn with<T>(mut self, value: T) -> Self
    where
        D::Db: Codec<T>,
    {
        if let Err(error) = <D::Db as Codec<T>>::put(&mut self.values, value) {
            self.error.get_or_insert(error);
        }
        self
    }

    /// Binds a text.
    pub(crate) fn text(self, value: &str) -> Self {
        self.with(value.to_owned())
    }

    /// Binds a text that may be absent.
    pub(crate) fn maybe(self, value: Option<&str>) -> Self {
        self.with(value.map(str::to_owned))
    }

    /// Binds how many rows to read.
    pub(crate) fn limit(self, limit: coup_core::page::Limit) -> Self {
        self.with(i64::try_from(limit.get()).unwrap_or(i64::MAX))
    }

    fn finish(self) -> Result<<D::Db as Database>::Arguments, StoreError> {
        match self.error {
            None => Ok(self.values),
            Some(error) => Err(StoreError::Backend(format!("cannot bind a value: {error}"))),
        }
    }
}

/// Which way a list runs, for the place before its first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

/// A place in a list by time and UUID; without one, the place before the first row.
pub(crate) fn time_and_uuid(after: Option<&Keyset>, way: Way) -> Result<(Timestamp, Uuid), StoreError> {
    Ok((time(after, way)?, uuid(after, way)?))
}

/// The time of a place. The years 1 and 9999 are before and after all of ours, and are spelt with four digits.
pub(crate) fn time(after: Option<&Keyset>, way: Way) -> Result<Timestamp, StoreError> {
    match (after, way) {
        (Some(after), _) => after.key.as_time().ok_or_else(wrong_place),
        (None, Way::Up) => Timestamp::from_timestamp(-62_135_596_800, 0).ok_or_else(wrong_place),
        (None, Way::Down) => Timestamp::from_timestamp(253_402_300_799, 0).ok_or_else(wrong_place),
    }
}

/// The UUID of a place.
pub(crate) fn uuid(after: Option<&Keyset>, way: Way) -> Result<Uuid, StoreError> {
    match (after, way) {
        (Some(after), _) => Uuid::try_parse(&after.id).map_err(|_| wrong_place()),
        (None, Way::Up) => Ok(Uuid::nil()),
        (None, Way::Down) => Ok(Uuid::max()),
    }
}

/// A keyset of another list; callers check cursors before.
pub(crate) fn wrong_place() -> StoreError {
    StoreError::Backend("the keyset is none of this list".to_owned())
}

/// Implements the read traits of a store by its field of [`Reads`].
#[macro_export]
macro_rules! delegate_reads {
    ($store:ty, $field:ident) => {
        const _: () = {
            use coup_core::{
                appeal::model::{Appeal, AppealStatus},
                audit::model::{AuditFilter, AuditHead, AuditRow, SecurityEvent},
                chat::model::{Message, MessageView, Place, ReadMark, Said, Stretch, Written},
                changes::Scope,
                env::Timestamp,
                id::{AppealId, CaseId, FileId, JobId, MessageId, NotificationId, ReportId, SanctionId, SessionId, StudyId, UserId},
                idempotency::{IdempotencyKey, KeptAnswer},
                file::model::File,
                identity::model::{OAuthFlow, OAuthIdentity},
                job::model::Job,
                limit::model::{Attempts, Counted, Device},
                live::model::{Revocation, Ticket},
                member::model::{Member, MemberStatus, StudyInvite, StudyMember},
                moderation::model::{Case, CaseCard, CaseEntry, CaseFilter, CaseTimes, Received, Report, ReportTarget, Reporting},
                notification::model::{Notification, NotificationFilter},
                page::{Keyset, Limit},
                policy::StudyRole,
                sanction::model::Sanction,
                second_factor::model::{HalfSignIn, SecondFactor},
                settings::model::StoredSettings,
                store::{
            AccountReads, Administrator, AuditReads, Browsed, ChatReads, Credential, FileReads, Glance, Head, IdentityReads, JobReads, LiveReads, MemberReads, ModerationReads, NotificationReads, OwnStudy, SanctionReads, SettingReads, Standing, StoreError, StoredEvent, StudyReads, UserReads, Waiting, LimitReads, Membership, PersonalReads,
                },
                study::model::{Browse, Study},
                text::{ClientId, Email, Query},
                user::{
                    model::{Activity, AdminGrant, Person, Session, TokenHash, User, Verification, VerificationKind},
                    trace::{Trace, TracePlace},
                },
            };

            $crate::delegate_reads!(@impl UserReads, $store, $field {
                standing(caller: &Credential, study: Option<StudyId>) -> Option<Standing>;
                standing_inside(caller: &Credential, study: StudyId) -> Option<(Standing, Waiting)>;
                user(id: &UserId) -> Option<User>;
                user_by_email(email: &Email) -> Option<User>;
                lasting_super_admins() -> u32;
                person_and_grant(id: &UserId) -> Option<(User, Option<AdminGrant>)>;
                administrators(after: Option<&Keyset>, limit: Limit) -> Vec<Administrator>;
                people(ids: &[UserId]) -> Vec<Person>;
                activity(user: &UserId) -> Activity;
                kept_answer(user: &UserId, key: &IdempotencyKey) -> Option<KeptAnswer>;
            });
            $crate::delegate_reads!(@impl AccountReads, $store, $field {
                sessions_of(user: &UserId, limit: Limit) -> Vec<Session>;
                session(id: SessionId) -> Option<Session>;
                verification(kind: VerificationKind, email: &Email) -> Option<Verification>;
                second_factor(user: &UserId) -> Option<SecondFactor>;
                half_sign_in(hash: &TokenHash) -> Option<HalfSignIn>;
            });
            $crate::delegate_reads!(@impl LimitReads, $store, $field {
                attempts(counted: &Counted) -> Option<Attempts>;
                device(hash: &TokenHash, email: &Email) -> Option<Device>;
            });
            $crate::delegate_reads!(@impl PersonalReads, $store, $field {
                memberships(user: &UserId, after: Option<StudyId>, limit: Limit) -> Vec<Membership>;
                messages_by(user: &UserId, after: Option<MessageId>, limit: Limit) -> Vec<Message>;
                traces(user: &UserId, after: &TracePlace, limit: Limit) -> Vec<Trace>;
            });
            $crate::delegate_reads!(@impl IdentityReads, $store, $field {
                identity(issuer: &str, subject: &str) -> Option<OAuthIdentity>;
                identities(user: &UserId) -> Vec<OAuthIdentity>;
                flow(hash: &TokenHash) -> Option<OAuthFlow>;
            });
            $crate::delegate_reads!(@impl FileReads, $store, $field {
                file(id: FileId) -> Option<File>;
                avatar_of(user: &UserId) -> Option<File>;
            });
            $crate::delegate_reads!(@impl AuditReads, $store, $field {
                audit_head() -> AuditHead;
                audit_rows(filter: &AuditFilter, after: i64, limit: Limit) -> Vec<AuditRow>;
                audit_log(filter: &AuditFilter, before: Option<i64>, limit: Limit) -> Vec<(AuditRow, Option<Person>)>;
                security_events(limit: Limit) -> Vec<SecurityEvent>;
            });
            $crate::delegate_reads!(@impl JobReads, $store, $field {
                job(id: JobId) -> Option<Job>;
            });
            $crate::delegate_reads!(@impl StudyReads, $store, $field {
                study(id: StudyId) -> Option<Study>;
                browse(reader: &UserId, browse: &Browse, after: Option<&Keyset>, limit: Limit) -> Vec<Browsed>;
                glance(study: StudyId, said: Limit, people: Limit) -> Glance;
                study_by_code(code: &str) -> Option<(Study, Option<StudyInvite>)>;
                own_studies(user: &UserId, after: Option<&Keyset>, limit: Limit) -> Vec<OwnStudy>;
            });
            $crate::delegate_reads!(@impl MemberReads, $store, $field {
                member(study: StudyId, user: &UserId) -> Option<Member>;
                members(study: StudyId, status: MemberStatus, after: Option<&Keyset>, limit: Limit) -> Vec<Member>;
                staff(study: StudyId, least: StudyRole) -> Vec<UserId>;
                last_rejection(study: StudyId, user: &UserId) -> Option<Timestamp>;
                invites(study: StudyId, after: Option<&Keyset>, limit: Limit) -> Vec<(StudyInvite, Person)>;
            });
            $crate::delegate_reads!(@impl ChatReads, $store, $field {
                messages(study: StudyId, stretch: Stretch, limit: Limit) -> Vec<MessageView>;
                talk(study: StudyId, reader: &UserId, around: Place, before: Limit, after: Limit) -> Vec<Said>;
                message_anywhere(id: MessageId) -> Option<Written>;
                context(id: MessageId, before: Limit, after: Limit) -> Vec<Written>;
                message(study: StudyId, id: MessageId) -> Option<Written>;
                message_by_client_id(user: &UserId, client_id: &ClientId) -> Option<Written>;
                members_called(study: StudyId, texts: &[String]) -> Vec<Person>;
                search_messages(study: StudyId, query: &Query, before: Option<i64>, limit: Limit) -> Vec<MessageView>;
                read_marks(study: StudyId, after: Option<&Keyset>, limit: Limit) -> Vec<ReadMark>;
                head(scope: &Scope) -> Head;
                events(scope: &Scope, after: i64, limit: Limit) -> Vec<StoredEvent>;
            });
            $crate::delegate_reads!(@impl ModerationReads, $store, $field {
                case_of(report: ReportId) -> Option<(Case, Vec<Report>)>;
                case(id: CaseId) -> Option<(Case, Vec<Report>)>;
                newest_case(target: &ReportTarget) -> Option<(Case, Vec<Report>)>;
                reporting(reporter: &UserId, target: &ReportTarget, since: Timestamp) -> Reporting;
                received(user: &UserId) -> Received;
                have_met(one: &UserId, other: &UserId) -> bool;
                cases(viewer: Option<&UserId>, filter: &CaseFilter, now: Timestamp, after: Option<&Keyset>, limit: Limit) -> Vec<CaseCard>;
                own_reports(reporter: &UserId, after: Option<&Keyset>, limit: Limit) -> Vec<(Report, Case)>;
                cases_about(offender: &UserId, viewer: Option<&UserId>, limit: Limit) -> Vec<CaseCard>;
                reports_by(reporter: &UserId, viewer: Option<&UserId>, limit: Limit) -> Vec<(Report, Case)>;
                case_entries(case: CaseId, limit: Limit) -> Vec<(CaseEntry, Option<Person>)>;
                case_times(from: Timestamp, to: Timestamp, after: Option<CaseId>, limit: Limit) -> Vec<CaseTimes>;
            });
            $crate::delegate_reads!(@impl SanctionReads, $store, $field {
                sanction(id: SanctionId) -> Option<(Sanction, Option<Appeal>)>;
                sanctions_of(user: &UserId) -> Vec<(Sanction, Option<Appeal>)>;
                appeal(id: AppealId) -> Option<(Appeal, Sanction)>;
                appeals(viewer: Option<&UserId>, status: Option<AppealStatus>, after: Option<&Keyset>, limit: Limit) -> Vec<(Appeal, Sanction)>;
            });
            $crate::delegate_reads!(@impl NotificationReads, $store, $field {
                notification(id: NotificationId) -> Option<Notification>;
                unread_notifications(user: &UserId) -> u32;
                unread_at_most(credential: &Credential, limit: Limit) -> u32;
                notifications(user: &UserId, filter: NotificationFilter, after: Option<&Keyset>, limit: Limit) -> Vec<Notification>;
            });
            $crate::delegate_reads!(@impl SettingReads, $store, $field {
                settings() -> StoredSettings;
            });
            $crate::delegate_reads!(@impl LiveReads, $store, $field {
                heads(scopes: &[Scope]) -> Vec<(Scope, i64)>;
                revocation_head() -> i64;
                revocations(after: i64, limit: Limit) -> Vec<Revocation>;
                ticket(hash: &TokenHash) -> Option<Ticket>;
                standing_everywhere(caller: &Credential) -> Option<(Standing, Vec<(Study, StudyMember)>)>;
            });
        };
    };
    (@impl $trait:ident, $store:ty, $field:ident { $($name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)+ }) => {
        #[$crate::async_trait]
        impl $trait for $store {$(
            async fn $name(&self, $($arg: $type),*) -> Result<$answer, StoreError> {
                $trait::$name(&self.$field, $($arg),*).await
            }
        )+}
    };
}
