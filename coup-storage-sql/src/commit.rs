//! One commit: lock what was read, write, move the counters, give places, tell.
//!
//! Every commit takes its locks in the same order — guards and written rows in [`Guard`]'s order, then attempts, tickets, flows, sign-ins half-way, seats, invites, read marks, heads in
//! [`Scope`]'s, the revocations' head, and the audit log's — so that commits wait for each other and never in a ring.

use std::collections::BTreeMap;

use coup_core::{
    changes::{Change, Committed, EventKind, Guard, Key, NewEvent, Parts, Post, Row, Scope, to_value},
    chat::model::Message,
    env::Timestamp,
    hooks::Told,
    id::{AppealId, CaseId, InviteId, MessageId, SanctionId, StudyId, UserId},
    job::model::{NewJob, Payload},
    limit::model::Counted,
    member::model::{MemberStatus, StudyMember},
    policy::StudyRole,
    store::{Limit, StoreError},
    user::model::TokenHash,
};
use serde_json::Value;

use crate::{
    Dialect, Sql, account, audit, chat, file, identity, job, limit, live, member, moderation, notification, personal,
    reads::{Args, Conn, get, rows, run},
    sanction, second_factor, settings,
    statements::statements,
    study, user,
};

statements! {
    /// Statements of the commit itself.
    CommitSql(words) {
        ping: "select 1 as one",
        share_user: format!("select auth_version as version from users where id = $1{}", words.for_share),
        share_study: format!("select version from studies where id = $1{}", words.for_share),
        share_member: format!("select version from study_members where study_id = $1 and user_id = $2{}", words.for_share),
        share_message: format!("select version from messages where id = $1{}", words.for_share),
        lock_user: format!("select auth_version as version from users where id = $1{}", words.for_update),
        lock_study: format!("select version from studies where id = $1{}", words.for_update),
        lock_member: format!("select version from study_members where study_id = $1 and user_id = $2{}", words.for_update),
        lock_message: format!("select version from messages where id = $1{}", words.for_update),
        move_study_head: "update study_heads \
             set event_seq = event_seq + $2, message_seq = message_seq + $3, \
             updated_at = case when updated_at < $4 then $4 else updated_at end \
             where study_id = $1 \
             returning event_seq, message_seq",
        move_user_head: user_heads(1),
        move_user_heads: user_heads(2),
        insert_study_event: events("study", 1),
        insert_study_events: events("study", 2),
        insert_user_event: events("user", 1),
        insert_user_events: events("user", 2),
    }
}

/// Rows that one statement writes at most: well under both databases' numbers of arguments.
pub(crate) const CHUNK: usize = 500;

/// `($1, $2), ($3, $4)` and so on.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row =
        |row: usize| (1..=columns).map(|column| format!("${}", row * columns + column)).collect::<Vec<_>>().join(", ");
    (0..rows).map(|number| format!("({})", row(number))).collect::<Vec<_>>().join(", ")
}

fn user_heads(rows: usize) -> String {
    format!(
        "insert into user_heads (user_id, event_seq) values {} \
         on conflict (user_id) do update set event_seq = user_heads.event_seq + excluded.event_seq \
         returning user_id, event_seq",
        places(rows, 2)
    )
}

fn events(scope: &str, rows: usize) -> String {
    format!("insert into {scope}_events ({scope}_id, seq, kind, at, data) values {}", places(rows, 5))
}

/// Applies the parts within the transaction that the connection is in. After an error the caller must roll back.
pub async fn apply<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, parts: Parts) -> Result<Committed, StoreError> {
    let Parts { guards, writes, posts, events, audit, jobs, revocations, keep } = parts;
    let audit = audit?;
    lock::<D>(conn, sql, locks(guards, &writes, &posts, &events)).await?;
    let reigned = if writes.iter().any(moves_grants) { lasting::<D>(conn, sql).await? } else { 0 };
    let mut committed = Committed::default();
    let mut counters = Vec::new();
    for change in hand_over(writes) {
        if let Some(counter) = write::<D>(conn, sql, change, &mut committed).await? {
            counters.push(counter);
        }
    }
    if reigned > 0 && lasting::<D>(conn, sql).await? == 0 {
        return Err(StoreError::Exhausted(Limit::LastSuperAdmin));
    }
    // Stable: what one decision does to one counter stays in its order.
    counters.sort_by(|a, b| a.0.cmp(&b.0));
    for (_, change) in counters {
        count::<D>(conn, sql, change).await?;
    }
    tell::<D>(conn, sql, posts, events, jobs, &mut committed).await?;
    live::revoke::<D>(conn, sql, revocations, &mut committed).await?;
    audit::append::<D>(conn, sql, audit).await?;
    if let Some(keep) = keep {
        audit::keep_answer::<D>(conn, sql, &keep, &committed).await?;
    }
    Ok(committed)
}

/// Whether the last SUPER_ADMIN could go by it.
fn moves_grants(change: &Change) -> bool {
    matches!(change, Change::Save(Row::AdminGrant(_)) | Change::Remove(Key::AdminGrant(_)))
}

/// Locks the SUPER_ADMINs without an end, so that of two who go at once one sees the other gone; answers how many there are.
async fn lasting<D: Dialect>(conn: &mut Conn<D>, sql: &Sql) -> Result<usize, StoreError> {
    Ok(rows::<D>(conn, &sql.user.lock_lasting, Args::new()).await?.len())
}

/// Lets an old OWNER go before the new one comes, whatever the order of the decision: a study has one after each statement.
fn hand_over(mut writes: Vec<Change>) -> Vec<Change> {
    let mut at = 0;
    while let Some(change) = writes.get(at) {
        let place = match owner(change) {
            None => None,
            Some(heir) => writes.iter().enumerate().skip(at + 1).find_map(|(place, change)| match change {
                Change::Save(Row::Member(old))
                    if old.study_id == heir.study_id && old.user_id != heir.user_id && !is_owner(old) =>
                {
                    Some(Some(place))
                }
                // What is done to the heir's own row stays after it.
                change if touches(change, heir) => Some(None),
                _ => None,
            }),
        };
        match place.flatten().and_then(|place| writes.get_mut(at..=place)) {
            Some(between) => between.rotate_left(1),
            None => at += 1,
        }
    }
    writes
}

fn owner(change: &Change) -> Option<&StudyMember> {
    match change {
        Change::Insert(Row::Member(member)) | Change::Save(Row::Member(member)) if is_owner(member) => Some(member),
        _ => None,
    }
}

fn is_owner(member: &StudyMember) -> bool {
    member.role == StudyRole::Owner && member.status == MemberStatus::Active
}

fn touches(change: &Change, member: &StudyMember) -> bool {
    match change {
        Change::Insert(Row::Member(other)) | Change::Save(Row::Member(other)) => {
            other.study_id == member.study_id && other.user_id == member.user_id
        }
        Change::Remove(Key::Member(study, user)) => *study == member.study_id && *user == member.user_id,
        Change::Remove(Key::Study(study)) => *study == member.study_id,
        _ => false,
    }
}

/// A row that is locked, in the order of locking.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    User(UserId),
    Study(StudyId),
    Member(StudyId, UserId),
    Message(MessageId),
    Sanction(SanctionId),
    Case(CaseId),
    Appeal(AppealId),
}

/// Which versions were read of a locked row, and whether it is about to be written.
#[derive(Debug, Default)]
struct Held {
    versions: Vec<i64>,
    written: bool,
}

fn locks(
    guards: impl IntoIterator<Item = Guard>,
    writes: &[Change],
    posts: &[Post],
    events: &[NewEvent],
) -> BTreeMap<Lock, Held> {
    let mut locks: BTreeMap<Lock, Held> = BTreeMap::new();
    for guard in guards {
        let (lock, version) = match guard {
            Guard::User(id, version) => (Lock::User(id), version),
            Guard::Study(id, version) => (Lock::Study(id), version),
            Guard::Member(study, user, version) => (Lock::Member(study, user), version),
            Guard::Message(id, version) => (Lock::Message(id), version),
        };
        locks.entry(lock).or_default().versions.push(version);
    }
    for change in writes {
        let lock = match change {
            Change::Save(Row::User(user)) => Lock::User(user.id.clone()),
            Change::SignedIn(user, _) => Lock::User(user.clone()),
            Change::Save(Row::Study(study)) => Lock::Study(study.id),
            Change::Remove(Key::Study(id)) => Lock::Study(*id),
            Change::Save(Row::Member(member)) => Lock::Member(member.study_id, member.user_id.clone()),
            Change::Remove(Key::Member(study, user)) => Lock::Member(*study, user.clone()),
            Change::Save(Row::Message(message)) => Lock::Message(message.id),
            Change::Save(Row::Sanction(sanction)) => Lock::Sanction(sanction.id),
            Change::Save(Row::Case(case)) => Lock::Case(case.id),
            Change::Save(Row::Appeal(appeal)) => Lock::Appeal(appeal.id),
            _ => continue,
        };
        locks.entry(lock).or_default().written = true;
    }
    // What comes to stand in a study holds it, before its head, where it would meet who removes the study. Mostly it is guarded.
    let posted = posts.iter().map(|post| post.message.study_id);
    let told = events.iter().filter_map(|event| match &event.scope {
        Scope::Study(study) => Some(*study),
        Scope::User(_) => None,
    });
    for study in posted.chain(told) {
        locks.entry(Lock::Study(study)).or_default();
    }
    locks
}

async fn lock<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, locks: BTreeMap<Lock, Held>) -> Result<(), StoreError> {
    let (sql, sanction, moderation) = (&sql.commit, &sql.sanction, &sql.moderation);
    for (lock, Held { versions, written }) in locks {
        if versions.is_empty() && D::WORDS.for_update.is_empty() {
            // One writer at a time: nothing to wait for, and the save looks at the version.
            continue;
        }
        let choose = |share, update| if written { update } else { share };
        let (statement, args) = match &lock {
            Lock::User(id) => (choose(&sql.share_user, &sql.lock_user), Args::<D>::new().text(id.as_str())),
            Lock::Study(id) => (choose(&sql.share_study, &sql.lock_study), Args::new().with(id.as_uuid())),
            Lock::Member(study, user) => {
                (choose(&sql.share_member, &sql.lock_member), Args::new().with(study.as_uuid()).text(user.as_str()))
            }
            Lock::Message(id) => (choose(&sql.share_message, &sql.lock_message), Args::new().with(id.as_uuid())),
            Lock::Sanction(id) => (&sanction.lock_sanction, Args::new().with(id.as_uuid())),
            Lock::Case(id) => (&moderation.lock_case, Args::new().with(id.as_uuid())),
            Lock::Appeal(id) => (&sanction.lock_appeal, Args::new().with(id.as_uuid())),
        };
        let found = match rows::<D>(conn, statement, args).await?.first() {
            None => None,
            Some(row) => Some(get::<D, i64>(row, "version")?),
        };
        if versions.iter().any(|version| found != Some(*version)) {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// The order in which counters are moved.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    Attempts(Counted),
    Ticket(TokenHash),
    Flow(TokenHash),
    HalfSignIn(TokenHash),
    Seats(StudyId),
    Invite(InviteId),
    ReadMark(StudyId, UserId),
}

/// Writes a row; hands a counter's change back, to be moved later.
async fn write<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    change: Change,
    committed: &mut Committed,
) -> Result<Option<(Counter, Change)>, StoreError> {
    let counter = match &change {
        Change::TakePlace(place) | Change::GivePlaceBack(place) => Counter::Attempts(place.counted.clone()),
        Change::UseTicket(hash) => Counter::Ticket(*hash),
        Change::UseFlow(hash) => Counter::Flow(*hash),
        Change::UseHalfSignIn(hash) => Counter::HalfSignIn(*hash),
        Change::TakeSeat(study) | Change::FreeSeat(study) | Change::SetCapacity(study, _) => Counter::Seats(*study),
        Change::UseInvite(invite, _) => Counter::Invite(*invite),
        Change::MoveReadMark(study, user, _) => Counter::ReadMark(*study, user.clone()),
        Change::Insert(row) => {
            insert::<D>(conn, sql, row).await?;
            return Ok(None);
        }
        Change::Save(row) => {
            return if save::<D>(conn, sql, row).await? == 0 { Err(StoreError::Conflict) } else { Ok(None) };
        }
        Change::Remove(key) => {
            remove::<D>(conn, sql, key).await?;
            return Ok(None);
        }
        Change::SignedIn(user, at) => {
            run::<D>(conn, &sql.user.signed_in, Args::new().text(user.as_str()).with(*at)).await?;
            return Ok(None);
        }
        Change::SeenSession(id, at) => {
            run::<D>(conn, &sql.account.see_session, Args::new().with(id.as_uuid()).with(*at)).await?;
            return Ok(None);
        }
        Change::UseCode(kind, email, version) => {
            let args = Args::new().text(kind.as_str()).text(email.as_str()).with(*version);
            return match run::<D>(conn, &sql.account.use_code, args).await? {
                0 => Err(StoreError::Conflict),
                _ => Ok(None),
            };
        }
        Change::SeenDevice(device, before) => {
            limit::see_device::<D>(conn, sql, device, *before).await?;
            return Ok(None);
        }
        Change::ClaimJobs(claim) => {
            committed.jobs.extend(job::claim_jobs::<D>(conn, sql, claim).await?);
            return Ok(None);
        }
        Change::Forget(user, email) => {
            personal::forget::<D>(conn, sql, user, email.as_ref()).await?;
            return Ok(None);
        }
        Change::Reword(trace) => {
            personal::reword::<D>(conn, sql, trace).await?;
            return Ok(None);
        }
        Change::EraseAuditPersonal(user) => {
            audit::erase::<D>(conn, sql, user).await?;
            return Ok(None);
        }
        Change::ReadNotifications(user, until, most) => {
            committed.read.push(notification::read_notifications::<D>(conn, sql, user, *until, *most).await?);
            return Ok(None);
        }
        Change::CountSecurityEvent(event) => {
            audit::count_event::<D>(conn, sql, event).await?;
            return Ok(None);
        }
        Change::Prune(what, before, most) => {
            committed.pruned.push(job::prune_rows::<D>(conn, sql, *what, *before, *most).await?);
            return Ok(None);
        }
    };
    Ok(Some((counter, change)))
}

async fn insert<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, row: &Row) -> Result<u64, StoreError> {
    match row {
        Row::User(row) => user::insert_user::<D>(conn, sql, row).await,
        Row::Session(row) => account::insert_session::<D>(conn, sql, row).await,
        Row::Verification(row) => account::insert_verification::<D>(conn, sql, row).await,
        Row::SecondFactor(row) => second_factor::insert_second_factor::<D>(conn, sql, row).await,
        Row::HalfSignIn(row) => second_factor::insert_half_sign_in::<D>(conn, sql, row).await,
        Row::Identity(row) => identity::insert_identity::<D>(conn, sql, row).await,
        Row::Flow(row) => identity::insert_flow::<D>(conn, sql, row).await,
        Row::File(row) => file::insert_file::<D>(conn, sql, row).await,
        Row::Ticket(row) => live::insert_ticket::<D>(conn, sql, row).await,
        Row::AdminGrant(row) => user::insert_admin::<D>(conn, sql, row).await,
        Row::Study(row) => study::insert_study::<D>(conn, sql, row).await,
        Row::Member(row) => member::insert_member::<D>(conn, sql, row).await,
        Row::Invite(row) => member::insert_invite::<D>(conn, sql, row).await,
        Row::MembershipEvent(row) => member::insert_membership_event::<D>(conn, sql, row).await,
        Row::Sanction(row) => sanction::insert_sanction::<D>(conn, sql, row).await,
        Row::Case(row) => moderation::insert_case::<D>(conn, sql, row).await,
        Row::Report(row) => moderation::insert_report::<D>(conn, sql, row).await,
        Row::CaseEntry(row) => moderation::insert_case_entry::<D>(conn, sql, row).await,
        Row::Appeal(row) => sanction::insert_appeal::<D>(conn, sql, row).await,
        Row::Notification(row) => notification::insert_notification::<D>(conn, sql, row).await,
        Row::Settings(_) => Err(StoreError::Backend("settings are saved, not inserted".to_owned())),
        Row::Message(_) => Err(StoreError::Backend("a message is posted, not inserted".to_owned())),
        Row::Job(_) => Err(StoreError::Backend("a job is asked for, not inserted".to_owned())),
    }
}

async fn save<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, row: &Row) -> Result<u64, StoreError> {
    match row {
        Row::User(row) => user::save_user::<D>(conn, sql, row).await,
        Row::Session(row) => account::save_session::<D>(conn, sql, row).await,
        Row::Verification(row) => account::save_verification::<D>(conn, sql, row).await,
        Row::SecondFactor(row) => second_factor::save_second_factor::<D>(conn, sql, row).await,
        Row::AdminGrant(row) => user::save_admin::<D>(conn, sql, row).await,
        Row::Study(row) => study::save_study::<D>(conn, sql, row).await,
        Row::Member(row) => member::save_member::<D>(conn, sql, row).await,
        Row::Invite(row) => member::save_invite::<D>(conn, sql, row).await,
        Row::File(row) => file::save_file::<D>(conn, sql, row).await,
        Row::Message(row) => chat::save_message::<D>(conn, sql, row).await,
        Row::Sanction(row) => sanction::save_sanction::<D>(conn, sql, row).await,
        Row::Case(row) => moderation::save_case::<D>(conn, sql, row).await,
        Row::Appeal(row) => sanction::save_appeal::<D>(conn, sql, row).await,
        Row::Settings(row) => settings::save_settings::<D>(conn, sql, row).await,
        Row::Notification(row) => notification::save_notification::<D>(conn, sql, row).await,
        Row::Report(_) | Row::CaseEntry(_) => {
            Err(StoreError::Backend("what was reported and added to a case stays as it is".to_owned()))
        }
        Row::Job(row) => job::save_job::<D>(conn, sql, row).await,
        Row::Identity(_) => Err(StoreError::Backend("an identity is linked, not saved".to_owned())),
        Row::HalfSignIn(_) => Err(StoreError::Backend("a sign-in that waits is used, not saved".to_owned())),
        Row::Flow(_) => Err(StoreError::Backend("a flow is used, not saved".to_owned())),
        Row::Ticket(_) => Err(StoreError::Backend("a ticket is used, not saved".to_owned())),
        Row::MembershipEvent(_) => Err(StoreError::Backend("a membership's history is only added to".to_owned())),
    }
}

async fn remove<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, key: &Key) -> Result<(), StoreError> {
    match key {
        Key::Study(id) => study::remove_study::<D>(conn, sql, *id).await?,
        Key::Session(id) => {
            run::<D>(conn, &sql.account.remove_session, Args::new().with(id.as_uuid())).await?;
        }
        Key::Sessions(user) => {
            run::<D>(conn, &sql.account.remove_sessions, Args::new().text(user.as_str())).await?;
        }
        Key::Devices(user) => limit::forget_devices::<D>(conn, sql, user).await?,
        Key::SecondFactor(user) => {
            second_factor::remove_second_factor::<D>(conn, sql, user).await?;
        }
        Key::Identity(user, provider) => {
            identity::remove_identity::<D>(conn, sql, user, *provider).await?;
        }
        Key::File(id) => {
            run::<D>(conn, &sql.file.remove_file, Args::new().with(id.as_uuid())).await?;
        }
        Key::Member(study, user) => {
            run::<D>(conn, &sql.member.remove_member, Args::new().with(study.as_uuid()).text(user.as_str())).await?;
        }
        Key::AdminGrant(user) => {
            run::<D>(conn, &sql.user.remove_admin, Args::new().text(user.as_str())).await?;
        }
        Key::Notification(user, id) => {
            notification::remove_notification::<D>(conn, sql, user, *id).await?;
        }
        Key::Invite(study, id) => {
            run::<D>(conn, &sql.member.remove_invite, Args::new().with(study.as_uuid()).with(id.as_uuid())).await?;
        }
    }
    Ok(())
}

/// Moves a counter, if its limit lets it.
async fn count<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, change: Change) -> Result<(), StoreError> {
    let (seats, uses) = (StoreError::Exhausted(Limit::Seats), StoreError::Exhausted(Limit::InviteUses));
    let (statement, args, refusal) = match change {
        Change::TakePlace(place) => {
            (&sql.limit.take_place, limit::taking(&place), Some(StoreError::Exhausted(Limit::Attempts)))
        }
        Change::GivePlaceBack(place) => (&sql.limit.give_place_back, limit::giving_back(&place), None),
        Change::UseTicket(hash) => (&sql.live.use_ticket, Args::new().with(hash.to_vec()), Some(StoreError::Conflict)),
        Change::UseFlow(hash) => (&sql.identity.use_flow, Args::new().with(hash.to_vec()), Some(StoreError::Conflict)),
        Change::UseHalfSignIn(hash) => {
            (&sql.second_factor.use_half_sign_in, Args::new().with(hash.to_vec()), Some(StoreError::Conflict))
        }
        Change::TakeSeat(study) => (&sql.study.take_seat, Args::new().with(study.as_uuid()), Some(seats)),
        Change::FreeSeat(study) => (&sql.study.free_seat, Args::new().with(study.as_uuid()), Some(seats)),
        Change::SetCapacity(study, capacity) => {
            (&sql.study.set_capacity, Args::new().with(study.as_uuid()).with(i64::from(capacity)), Some(seats))
        }
        Change::UseInvite(invite, at) => {
            (&sql.member.use_invite, Args::new().with(invite.as_uuid()).with(at), Some(uses))
        }
        Change::MoveReadMark(study, user, place) => {
            (&sql.chat.move_read_mark, Args::new().with(study.as_uuid()).text(user.as_str()).with(place.max(0)), None)
        }
        // Written before.
        Change::Insert(_)
        | Change::Save(_)
        | Change::Remove(_)
        | Change::SignedIn(..)
        | Change::SeenSession(..)
        | Change::SeenDevice(..)
        | Change::UseCode(..)
        | Change::ClaimJobs(_)
        | Change::Forget(..)
        | Change::Reword(_)
        | Change::EraseAuditPersonal(_)
        | Change::CountSecurityEvent(_)
        | Change::ReadNotifications(..)
        | Change::Prune(..) => return Ok(()),
    };
    match (run::<D>(conn, statement, args).await?, refusal) {
        (0, Some(refusal)) => Err(refusal),
        _ => Ok(()),
    }
}

/// What a scope is told, and the last places given before.
struct News {
    events: i64,
    messages: i64,
    at: Timestamp,
    event_seq: i64,
    message_seq: i64,
}

/// Moves the heads in their order; their rows' locks are the order within a scope. Then writes what has a place.
async fn tell<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    posts: Vec<Post>,
    events: Vec<NewEvent>,
    jobs: Vec<NewJob>,
    committed: &mut Committed,
) -> Result<(), StoreError> {
    let mut news: BTreeMap<Scope, News> = BTreeMap::new();
    let told = posts.iter().map(|post| (Scope::Study(post.message.study_id), 1, post.message.created_at));
    for (scope, messages, at) in told.chain(events.iter().map(|event| (event.scope.clone(), 0, event.at))) {
        let news = news.entry(scope).or_insert(News { events: 0, messages: 0, at, event_seq: 0, message_seq: 0 });
        news.events += 1;
        news.messages += messages;
        news.at = news.at.max(at);
    }
    move_heads::<D>(conn, sql, &mut news).await?;
    committed.heads = news.iter().map(|(scope, news)| (scope.clone(), news.event_seq)).collect();

    for news in news.values_mut() {
        news.event_seq -= news.events;
        news.message_seq -= news.messages;
    }
    let mut placed = Vec::with_capacity(posts.len() + events.len());
    let sent = posts.len();
    for post in posts {
        let scope = Scope::Study(post.message.study_id);
        let at = post.message.created_at;
        // Each scope was counted above.
        let news = news.get_mut(&scope).ok_or(StoreError::Conflict)?;
        news.event_seq += 1;
        news.message_seq += 1;
        let (message, data): (Message, Value) = post.placed(news.message_seq);
        chat::insert_message::<D>(conn, sql, &message).await?;
        committed.posts.push(message.seq);
        placed.push(Told { scope, seq: news.event_seq, kind: EventKind::MessageCreated, at, data });
    }
    for NewEvent { scope, kind, at, data } in events {
        let news = news.get_mut(&scope).ok_or(StoreError::Conflict)?;
        news.event_seq += 1;
        placed.push(Told { scope, seq: news.event_seq, kind, at, data });
    }
    insert_events::<D>(conn, sql, &placed).await?;
    for NewJob { id, kind, payload, run_at, created_at } in jobs {
        let payload = match payload {
            Payload::Value(value) => Some(value),
            Payload::Post(place) if place < sent => placed.get(place).map(to_value),
            Payload::Post(_) => None,
            Payload::Event(place) => placed.get(sent + place).map(to_value),
        };
        let payload = payload
            .ok_or_else(|| StoreError::Backend("a job carries an event that is not in its commit".to_owned()))?;
        job::insert_job::<D>(conn, sql, &job::Asked { id, kind, payload, run_at, created_at }).await?;
    }
    Ok(())
}

async fn move_heads<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    news: &mut BTreeMap<Scope, News>,
) -> Result<(), StoreError> {
    let mut users = Vec::new();
    for (scope, news) in news.iter_mut() {
        match scope {
            Scope::User(id) => users.push((id.clone(), news.events)),
            Scope::Study(id) => {
                let args = Args::new().with(id.as_uuid()).with(news.events).with(news.messages).with(news.at);
                let moved = rows::<D>(conn, &sql.commit.move_study_head, args).await?;
                // A study's head goes with the study.
                let row = moved.first().ok_or(StoreError::Conflict)?;
                news.event_seq = get::<D, _>(row, "event_seq")?;
                news.message_seq = get::<D, _>(row, "message_seq")?;
            }
        }
    }
    for chunk in users.chunks(CHUNK) {
        let statement =
            if chunk.len() == 1 { sql.commit.move_user_head.clone() } else { user_heads(chunk.len()).into() };
        let args = chunk.iter().fold(Args::<D>::new(), |args, (id, events)| args.text(id.as_str()).with(*events));
        for row in rows::<D>(conn, &statement, args).await? {
            if let Some(news) = news.get_mut(&Scope::User(user::user_id::<D>(&row, "user_id")?)) {
                news.event_seq = get::<D, _>(&row, "event_seq")?;
            }
        }
    }
    Ok(())
}

async fn insert_events<D: Dialect>(conn: &mut Conn<D>, sql: &Sql, placed: &[Told]) -> Result<(), StoreError> {
    let (to_studies, to_users): (Vec<&Told>, Vec<&Told>) =
        placed.iter().partition(|event| matches!(event.scope, Scope::Study(_)));
    for (scope, events_of, one) in
        [("study", to_studies, &sql.commit.insert_study_event), ("user", to_users, &sql.commit.insert_user_event)]
    {
        for chunk in events_of.chunks(CHUNK) {
            let statement = if chunk.len() == 1 { one.clone() } else { events(scope, chunk.len()).into() };
            let args = chunk.iter().fold(Args::<D>::new(), |args, event| {
                let args = match &event.scope {
                    Scope::Study(id) => args.with(id.as_uuid()),
                    Scope::User(id) => args.text(id.as_str()),
                };
                args.with(event.seq).text(event.kind.as_str()).with(event.at).with(event.data.to_string())
            });
            run::<D>(conn, &statement, args).await?;
        }
    }
    Ok(())
}
