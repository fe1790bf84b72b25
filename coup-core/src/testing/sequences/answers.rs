//! Every question that a store can be asked about a cast, and its answer in words.

use std::fmt::Debug;

use super::{
    account::WAITING,
    elsewhere::{ISSUERS, SUBJECTS},
    limits::counted,
    steps::{Cast, QUERIES, TICKETS},
};
use crate::{
    appeal::model::{Appeal, AppealStatus},
    changes::Scope,
    chat::model::{Place, Stretch},
    env::Clock as _,
    id::UserId,
    member::model::{MemberStatus, StudyInvite},
    moderation::model::{Case, CaseCard, CaseFilter, CaseStatus, Priority, Report, ReportTargetType, ReportType},
    notification::model::{Notification, NotificationFilter},
    page::{Key, Keyset, Limit},
    policy::StudyRole,
    sanction::model::Sanction,
    store::{Browsed, Credential, Store, StoreError},
    study::model::{Browse, SortOrder, Study, StudySort},
    text::{ClientId, Email, Query},
    user::model::{Person, VerificationKind},
};

/// Questions with their answers, in an order that depends on the cast alone.
struct Answers(Vec<(String, String)>);

impl Answers {
    fn note(&mut self, question: impl Into<String>, answer: impl Debug) {
        self.0.push((question.into(), format!("{answer:?}")));
    }
}

/// Asks everything.
pub(super) async fn all(store: &dyn Store, cast: &Cast) -> Vec<(String, String)> {
    let mut answers = Answers(Vec::new());
    people(store, cast, &mut answers).await;
    for study in &cast.studies {
        inside(store, cast, study, &mut answers).await;
    }
    browsing(store, cast, &mut answers).await;
    live(store, cast, &mut answers).await;
    moderation(store, cast, &mut answers).await;
    answers.0
}

async fn people(store: &dyn Store, cast: &Cast, answers: &mut Answers) {
    answers.note("lasting super administrators", store.lasting_super_admins().await);
    for user in &cast.users {
        answers.note(format!("user {}", user.id), store.user(&user.id).await);
        if let Some(email) = &user.email {
            answers.note(format!("user by {}", email.as_str()), store.user_by_email(email).await);
        }
        let caller = Credential::User(user.id.clone());
        answers.note(format!("standing of {}", user.id), store.standing(&caller, None).await);
        for study in &cast.studies {
            answers.note(
                format!("standing of {} to {}", user.id, study.id),
                store.standing(&caller, Some(study.id)).await,
            );
            let inside = store.standing_inside(&caller, study.id).await;
            answers.note(format!("standing of {} inside {}", user.id, study.id), inside);
        }
        let place = |own: &crate::store::OwnStudy| (Key::time(own.study.last_activity_at), own.study.id.to_string());
        let own = pages(place, async |after, limit| store.own_studies(&user.id, after, limit).await).await;
        answers.note(format!("own studies of {}", user.id), own);
        for number in 0..9 {
            let client_id = ClientId::from_stored(format!("c{number}"));
            let found = store.message_by_client_id(&user.id, &client_id).await;
            answers.note(format!("message c{number} of {}", user.id), found);
        }
        told(store, &Scope::User(user.id.clone()), answers).await;
        answers.note(format!("sessions of {}", user.id), store.sessions_of(&user.id, Limit::MAX).await);
    }
    for kind in VerificationKind::ALL {
        for address in WAITING {
            let found = store.verification(*kind, &Email::from_stored(address.into())).await;
            answers.note(format!("{kind} of {address}"), found);
        }
    }
    for session in &cast.sessions {
        let caller = Credential::Session(session.token_hash);
        let study = cast.studies.first().map(|study| study.id);
        answers.note(format!("standing by session {}", session.id), store.standing(&caller, study).await);
        if let Some(study) = study {
            let inside = store.standing_inside(&caller, study).await;
            answers.note(format!("standing inside by session {}", session.id), inside);
        }
    }
}

async fn inside(store: &dyn Store, cast: &Cast, study: &Study, answers: &mut Answers) {
    let id = study.id;
    answers.note(format!("study {id}"), store.study(id).await);
    for status in MemberStatus::ALL {
        let place = |row: &crate::member::model::Member| (Key::time(row.member.joined_at), row.user.id.to_string());
        let members = pages(place, async |after, limit| store.members(id, *status, after, limit).await).await;
        answers.note(format!("{status} members of {id}"), members);
    }
    for least in [StudyRole::Member, StudyRole::Admin, StudyRole::Owner] {
        let mut staff = store.staff(id, least).await;
        if let Ok(staff) = &mut staff {
            staff.sort();
        }
        answers.note(format!("{least}s and above of {id}"), staff);
    }
    for user in &cast.users {
        answers.note(format!("membership of {} in {id}", user.id), store.member(id, &user.id).await);
        answers.note(format!("last rejection of {} in {id}", user.id), store.last_rejection(id, &user.id).await);
    }
    let place = |(invite, _): &(StudyInvite, Person)| (Key::time(invite.created_at), invite.id.to_string());
    let invites = pages(place, async |after, limit| store.invites(id, after, limit).await).await;
    answers.note(format!("invites of {id}"), invites);
    let place = |mark: &crate::chat::model::ReadMark| (Key::Integer(0), mark.user_id.to_string());
    let marks = pages(place, async |after, limit| store.read_marks(id, after, limit).await).await;
    answers.note(format!("read marks of {id}"), marks);
    for stretch in [Stretch::Latest, Stretch::Before(4), Stretch::After(2)] {
        answers.note(format!("{stretch:?} of {id}"), store.messages(id, stretch, Limit::DEFAULT).await);
    }
    answers.note(format!("glance at {id}"), store.glance(id, Limit::MESSAGES, Limit::DEFAULT).await);
    let one = Limit::parse(Some(1), Limit::DEFAULT).unwrap_or(Limit::DEFAULT);
    let places = cast.messages.iter().map(|message| Place::Of(message.id)).take(2);
    for around in [Place::At(i64::MAX), Place::At(2), Place::At(0)].into_iter().chain(places) {
        for user in cast.users.iter().take(2) {
            let talk = store.talk(id, &user.id, around, Limit::DEFAULT, one).await;
            answers.note(format!("{} reads {id} around {around:?}", user.id), talk);
        }
    }
    for message in &cast.messages {
        answers.note(format!("message {} in {id}", message.id), store.message(id, message.id).await);
    }
    for text in QUERIES {
        let query = Query::from_stored(text.into());
        for before in [None, Some(3)] {
            let found = store.search_messages(id, &query, before, Limit::DEFAULT).await;
            answers.note(format!("messages with {text:?} before {before:?} in {id}"), found);
        }
    }
    told(store, &Scope::Study(id), answers).await;
}

async fn told(store: &dyn Store, scope: &Scope, answers: &mut Answers) {
    answers.note(format!("head of {scope:?}"), store.head(scope).await);
    for after in [0, 2] {
        answers.note(format!("events of {scope:?} after {after}"), store.events(scope, after, Limit::MAX).await);
    }
}

async fn live(store: &dyn Store, cast: &Cast, answers: &mut Answers) {
    answers.note("the newest revocation", store.revocation_head().await);
    for after in [0, 7, 100] {
        answers.note(format!("revocations after {after}"), store.revocations(after, Limit::MAX).await);
    }
    for hash in TICKETS {
        answers.note(format!("ticket {hash:?}"), store.ticket(&hash).await);
        // What it shows of itself is not all of it.
        let flow = store.flow(&hash).await.map(|flow| flow.map(|flow| (flow.state_hash, flow.nonce.clone(), flow)));
        answers.note(format!("flow {hash:?}"), flow);
    }
    for (one, two) in (0..3).flat_map(|one| (0..3).map(move |two| (one, two))) {
        let counted = counted(one, two);
        let attempts = store.attempts(&counted).await;
        answers.note(format!("attempts of {counted:?}"), attempts);
    }
    for hash in TICKETS {
        for email in cast.users.iter().filter_map(|user| user.email.as_ref()) {
            answers.note(format!("device {hash:?} of {}", email.as_str()), store.device(&hash, email).await);
        }
    }
    for (issuer, subject) in ISSUERS.iter().flat_map(|issuer| SUBJECTS.map(|subject| (issuer, subject))) {
        answers.note(format!("identity {subject} of {issuer}"), store.identity(issuer, subject).await);
    }
    for user in &cast.users {
        answers.note(format!("identities of {}", user.id), store.identities(&user.id).await);
    }
    let people = cast.users.iter().map(|user| Scope::User(user.id.clone()));
    let scopes: Vec<Scope> = cast.studies.iter().map(|study| Scope::Study(study.id)).chain(people).collect();
    let heads = store.heads(&scopes).await.map(|mut heads| {
        // Whoever was never told anything may be absent.
        heads.retain(|(_, seq)| *seq != 0);
        heads.sort();
        heads
    });
    answers.note("all heads", heads);
    let users = cast.users.iter().map(|user| Credential::User(user.id.clone()));
    let sessions = cast.sessions.iter().map(|session| Credential::Session(session.token_hash));
    for caller in users.chain(sessions) {
        answers.note(format!("{caller:?} everywhere"), store.standing_everywhere(&caller).await);
    }
}

async fn moderation(store: &dyn Store, cast: &Cast, answers: &mut Answers) {
    let now = cast.make.clock.now();
    for id in &cast.desk.cases {
        answers.note(format!("case {id}"), store.case(*id).await);
        answers.note(format!("what was added to case {id}"), store.case_entries(*id, Limit::MAX).await);
    }
    for target in &cast.desk.targets {
        answers.note(format!("the newest case on {target:?}"), store.newest_case(target).await);
    }
    let filters = [
        CaseFilter::default(),
        CaseFilter { status: Some(CaseStatus::Pending), ..CaseFilter::default() },
        CaseFilter { status: Some(CaseStatus::InProgress), ..CaseFilter::default() },
        CaseFilter { status: Some(CaseStatus::Resolved), ..CaseFilter::default() },
        CaseFilter { priority: Some(Priority::Urgent), ..CaseFilter::default() },
        CaseFilter { kind: Some(ReportType::Spam), ..CaseFilter::default() },
        CaseFilter { target_type: Some(ReportTargetType::User), ..CaseFilter::default() },
    ];
    for viewer in std::iter::once(None).chain(cast.users.iter().take(3).map(|user| Some(&user.id))) {
        for filter in &filters {
            let place = |card: &CaseCard| (Key::Integer(card.case.priority.place()), card.case.id.to_string());
            let cases = pages(place, async |after, limit| store.cases(viewer, filter, now, after, limit).await).await;
            answers.note(format!("{viewer:?} sees cases of {filter:?}"), cases);
        }
        for status in std::iter::once(None).chain(AppealStatus::ALL.iter().copied().map(Some)) {
            let place = |(appeal, _): &(Appeal, Sanction)| (Key::time(appeal.created_at), appeal.id.to_string());
            let appeals = pages(place, async |after, limit| store.appeals(viewer, status, after, limit).await).await;
            answers.note(format!("{viewer:?} sees {status:?} appeals"), appeals);
        }
    }
    for user in &cast.users {
        let id = &user.id;
        answers.note(format!("received by {id}"), store.received(id).await);
        answers.note(format!("sanctions of {id}"), store.sanctions_of(id).await);
        let place = |(report, _): &(Report, Case)| (Key::time(report.created_at), report.id.to_string());
        let own = pages(place, async |after, limit| store.own_reports(id, after, limit).await).await;
        answers.note(format!("reports by {id}"), own);
        let place = |one: &Notification| (Key::time(one.created_at), one.id.to_string());
        let told = pages(place, async |after, limit| {
            store.notifications(id, NotificationFilter::default(), after, limit).await
        })
        .await;
        answers.note(format!("notifications of {id}"), told);
        answers.note(format!("unread notifications of {id}"), store.unread_notifications(id).await);
        for target in cast.desk.targets.iter().take(3) {
            let since = now - chrono::TimeDelta::hours(24);
            let reporting = store.reporting(id, target, since).await;
            answers.note(format!("{id} as a reporter of {target:?}"), reporting);
        }
        for other in cast.users.iter().take(3) {
            answers.note(format!("{id} has met {}", other.id), store.have_met(id, &other.id).await);
        }
    }
    for id in &cast.desk.appeals {
        answers.note(format!("appeal {id}"), store.appeal(*id).await);
    }
}

async fn browsing(store: &dyn Store, cast: &Cast, answers: &mut Answers) {
    let nobody = UserId::from(uuid::Uuid::nil());
    let reader = cast.users.first().map_or(&nobody, |user| &user.id);
    let codes = (0..8).map(|number| format!("code-{number}"));
    for code in codes {
        answers.note(format!("study by {code}"), store.study_by_code(&code).await);
    }
    let any = Browse::default;
    let mut asked = vec![
        Browse { category: Some("언어".into()), ..any() },
        Browse { sub_category: Some("영어".into()), ..any() },
        Browse { tag: Some("수학 숙제".into()), ..any() },
        Browse { is_recruiting: Some(true), ..any() },
        Browse { is_recruiting: Some(false), ..any() },
        Browse { min_members: Some(2), ..any() },
        Browse { max_members: Some(2), ..any() },
        Browse { min_rating: Some(1.0 / 3.0), ..any() },
    ];
    asked.extend(QUERIES.map(|text| Browse { query: Some(Query::from_stored(text.into())), ..any() }));
    for sort in StudySort::ALL {
        asked.extend(SortOrder::ALL.iter().map(|order| Browse { sort: Some(*sort), order: Some(*order), ..any() }));
    }
    for browse in asked {
        let place = |Browsed { study, .. }: &Browsed| {
            let key = match browse.sort {
                None | Some(StudySort::CreatedAt) => Key::time(study.created_at),
                Some(StudySort::MemberCount) => Key::Integer(study.member_count.into()),
                Some(StudySort::Rating) => Key::Real(study.rating),
            };
            (key, study.id.to_string())
        };
        let found = pages(place, async |after, limit| store.browse(reader, &browse, after, limit).await).await;
        answers.note(format!("{browse:?}"), found);
    }
}

/// All pages of a list, two rows each.
async fn pages<T>(
    place: impl Fn(&T) -> (Key, String),
    mut read: impl AsyncFnMut(Option<&Keyset>, Limit) -> Result<Vec<T>, StoreError>,
) -> Result<Vec<Vec<T>>, String> {
    let two = Limit::parse(Some(2), Limit::DEFAULT).map_err(|invalid| invalid.to_string())?;
    let mut pages: Vec<Vec<T>> = Vec::new();
    let mut after: Option<Keyset> = None;
    loop {
        let page = read(after.as_ref(), two).await.map_err(|error| error.to_string())?;
        let Some(last) = page.last() else { return Ok(pages) };
        let (key, id) = place(last);
        after = Some(Keyset { list: String::new(), key, id });
        pages.push(page);
        // A store that gives the same page for ever differs, rather than running for ever.
        if pages.len() > 1000 {
            return Err("a list without an end".into());
        }
    }
}
