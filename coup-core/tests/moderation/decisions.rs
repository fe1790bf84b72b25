//! The queue, and deciding: one commit, once, by whom it may.

use chrono::TimeDelta;
use coup_core::{
    changes::{Change, EventKind, Key, Row},
    error::{Error, StateError},
    idempotency::Idempotency,
    live::model::{CutCode, Revoked},
    mail::letter::MAIL,
    moderation::{
        decide::{Decision, ProcessReport},
        model::{CaseEntryType, CaseFilter, CaseStatus, ReportType},
        service::{AddToReport, AssignReport, HandUpReport, ReleaseReport},
    },
    notification::model::NotificationEvent,
    page::Limit,
    policy::{AdminRole, SanctionType},
    store::{Store as _, StoreError},
    user::model::UserStatus,
};

use crate::house::{House, approve, approve_with, ctx, id, measure, note, reject, state};

pub(crate) fn take(report: coup_core::id::ReportId) -> AssignReport {
    AssignReport { report, admin: None }
}

#[tokio::test]
async fn a_decision_is_one_commit_of_all_that_follows_from_it() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Harassment).await;
    house.report("jiho", "minjun", ReportType::Spam).await;
    house.store.take();
    let decided = house.done("admin", approve_with(report, measure(SanctionType::Suspension, 3))).await;
    assert_eq!(decided.status, CaseStatus::Resolved);
    let written = house.store.take();
    assert_eq!(written.len(), 1, "one commit");
    let parts = &written[0];
    let mut rows: Vec<_> = parts
        .writes
        .iter()
        .map(|change| match change {
            Change::Save(Row::Case(case)) => format!("case {}", case.status),
            Change::Save(Row::User(user)) => format!("user {} {}", user.id, user.status),
            Change::Insert(Row::Sanction(one)) => format!("sanction {} {}", one.kind, one.user_id),
            Change::Insert(Row::Notification(one)) => format!("notification {} {}", one.event, one.user_id),
            Change::Remove(Key::Sessions(user)) => format!("sessions of {user}"),
            other => panic!("{other:?}"),
        })
        .collect();
    rows.sort();
    assert_eq!(
        rows,
        [
            "case RESOLVED",
            "notification REPORT_RESOLVED jiho",
            "notification REPORT_RESOLVED seoyeon",
            "notification SANCTION_IMPOSED minjun",
            "sanction SUSPENSION minjun",
            "sessions of minjun",
            "user minjun SUSPENDED",
        ]
    );
    let told: Vec<_> = parts.events.iter().map(|event| event.kind).collect();
    assert_eq!(told.iter().filter(|kind| **kind == EventKind::NotificationCreated).count(), 3);
    assert!(told.contains(&EventKind::SanctionImposed));
    let jobs: Vec<_> = parts.jobs.iter().map(|job| (job.kind.as_str(), job.run_at)).collect();
    let end = house.now() + TimeDelta::days(3);
    assert_eq!(jobs, [(MAIL, house.now()), ("sanction.end", end)]);
    let cuts: Vec<_> = parts.revocations.iter().map(|cut| (cut.revoked.clone(), cut.code, cut.until)).collect();
    assert_eq!(cuts, [(Revoked::User(id("minjun")), CutCode::Sanctioned, Some(end))]);
    let audit = parts.audit.as_ref().unwrap();
    assert_eq!(audit.len(), 1);
    assert_eq!(audit[0].action.as_str(), "REPORT_RESOLVE");
}

#[tokio::test]
async fn two_administrators_decide_one_case_and_one_strike_is_counted() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    // Both have looked at it before either has decided.
    let one = house.coup.prepare(&ctx("mod"), &approve(report)).await.unwrap();
    let two = house.coup.prepare(&ctx("mod2"), &approve(report)).await.unwrap();
    house.store.commit(one.changes.unwrap()).await.unwrap();
    let lost = house.store.commit(two.changes.unwrap()).await;
    assert!(matches!(lost, Err(StoreError::Conflict)), "{lost:?}");
    assert_eq!(state(house.run("mod2", approve(report)).await), StateError::CaseDecided);
    assert_eq!(state(house.run("mod2", reject(report)).await), StateError::CaseDecided);
    let history = house.coup.sanction_history(&ctx("admin"), &id("minjun")).await.unwrap();
    assert_eq!((history.sanctions.len(), history.recommendation.strikes.warnings), (1, 1));
    assert_eq!(house.told("seoyeon").await.len(), 1);
}

#[tokio::test]
async fn the_same_idempotency_key_is_one_strike() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let mut keyed = ctx("mod");
    keyed.idempotency = Some(Idempotency::new("once".parse().unwrap(), &[b"approve"]));
    let first = house.coup.run(&keyed, approve(report)).await.unwrap();
    let again = house.coup.run(&keyed, approve(report)).await.unwrap();
    assert_eq!(first, again);
    let history = house.coup.sanction_history(&ctx("admin"), &id("minjun")).await.unwrap();
    assert_eq!(history.sanctions.len(), 1);
}

#[tokio::test]
async fn without_a_measure_the_recommended_one_is_imposed() {
    let house = House::new().await;
    let mut imposed = Vec::new();
    for _ in 0..5 {
        let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
        let shown = house.coup.report(&ctx("root"), report).await.unwrap().history.unwrap();
        house.done("root", approve(report)).await;
        let newest = house.coup.sanction_history(&ctx("root"), &id("minjun")).await.unwrap().sanctions.remove(0);
        assert_eq!(shown.recommendation.measure.kind(), newest.own.kind);
        assert_eq!(newest.related_report_id, Some(report));
        imposed.push((newest.own.kind, newest.own.duration.map(|length| length.to_string())));
        house.pass(TimeDelta::days(31));
        house.work().await;
    }
    let days = |days: &str| Some(days.to_owned());
    assert_eq!(
        imposed,
        [
            (SanctionType::Warning, None),
            (SanctionType::Suspension, days("3d")),
            (SanctionType::Suspension, days("7d")),
            (SanctionType::Suspension, days("30d")),
            (SanctionType::PermanentBan, days("permanent")),
        ]
    );
}

#[tokio::test]
async fn who_lacks_the_right_hands_the_case_up_or_takes_the_strongest_within_it() {
    let house = House::new().await;
    house.sanction("mod", "minjun", measure(SanctionType::Warning, 0)).await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    assert_eq!(house.refused("mod", approve(report)).await, "forbidden");
    let shown = house.coup.report(&ctx("mod"), report).await.unwrap().history.unwrap().recommendation;
    assert_eq!(shown.measure, measure(SanctionType::Suspension, 3));
    assert_eq!(shown.within_right, Some(measure(SanctionType::ChatBan, 3)));
    house.done("mod", take(report)).await;
    let up = house.done("mod", HandUpReport { report, note: Some(note("정지가 필요해요")) }).await;
    assert_eq!((up.status, up.escalated_to, up.assigned_to), (CaseStatus::Pending, Some(AdminRole::Admin), None));
    house.done("admin", approve(report)).await;
    let shown = house.coup.report(&ctx("admin"), report).await.unwrap();
    assert_eq!(shown.entries[0].text, "정지가 필요해요");
    assert_eq!(shown.entries[0].author.as_ref().unwrap().id, id("mod"));
    assert_eq!(house.told_kinds("minjun").await.len(), 2, "notes are told to nobody");
}

#[tokio::test]
async fn a_case_is_taken_released_and_lapses_after_half_an_hour() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let taken = house.done("mod", take(report)).await;
    assert_eq!((taken.status, taken.assigned_to), (CaseStatus::InProgress, Some(id("mod"))));
    assert_eq!(house.refused("mod2", take(report)).await, "case_taken");
    assert_eq!(house.refused("mod2", reject(report)).await, "case_taken");
    assert_eq!(house.refused("mod2", ReleaseReport { report }).await, "case_taken");
    house.done("admin", take(report)).await;
    assert_eq!(house.refused("mod", reject(report)).await, "case_taken", "somebody higher has it");
    let back = house.done("admin", ReleaseReport { report }).await;
    assert_eq!((back.status, back.assigned_to), (CaseStatus::Pending, None));
    assert_eq!(house.refused("admin", ReleaseReport { report }).await, "case_not_taken");
    house.done("mod", take(report)).await;
    house.pass(TimeDelta::minutes(30));
    let waiting = CaseFilter { status: Some(CaseStatus::Pending), ..CaseFilter::default() };
    let cards = house.coup.reports(&ctx("mod2"), &waiting, None, Limit::DEFAULT).await.unwrap().items;
    assert_eq!((cards.len(), cards[0].case.assigned_to.as_ref()), (1, None));
    house.done("mod2", reject(report)).await;
    let actions: Vec<_> = house.log(20).await.iter().map(|entry| entry.action.clone()).collect();
    assert_eq!(actions.iter().filter(|action| *action == "REPORT_ASSIGN").count(), 4);
    assert_eq!(actions.last().unwrap(), "REPORT_REJECT");
}

#[tokio::test]
async fn a_case_is_given_only_to_who_may_decide_it() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.grant("seoyeon", AdminRole::Moderator).await;
    house.grant("jiho", AdminRole::Moderator).await;
    house.sanction("admin", "jiho", measure(SanctionType::Restriction, 1)).await;
    let to = |name: &str| AssignReport { report, admin: Some(id(name)) };
    for unable in ["viewer", "owner", "seoyeon", "jiho", "nobody"] {
        assert_eq!(house.refused("mod", to(unable)).await, "invalid_input", "{unable}");
    }
    let given = house.done("mod", to("mod2")).await;
    assert_eq!(given.assigned_to, Some(id("mod2")));
    assert_eq!(house.told_kinds("mod2").await, [NotificationEvent::ReportAssigned]);
}

#[tokio::test]
async fn a_held_case_comes_back_after_its_deadline() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let hold = ProcessReport { report, decision: Decision::Hold { until: None }, note: Some(note("더 봐요")) };
    let held = house.done("mod", hold).await;
    let end = house.now() + TimeDelta::days(3);
    assert_eq!((held.status, held.held_until), (CaseStatus::InProgress, Some(end)));
    let evidence = AddToReport {
        report,
        kind: CaseEntryType::Evidence,
        text: note("화면 사진"),
        links: vec![coup_core::text::Link::parse("links", "https://example.com/2").unwrap()],
    };
    house.done("mod2", evidence).await;
    house.pass(TimeDelta::days(3));
    let shown = house.coup.report(&ctx("viewer"), report).await.unwrap();
    assert_eq!((shown.case.status, shown.case.held_until, shown.case.assigned_to), (CaseStatus::Pending, None, None));
    assert_eq!(shown.entries.len(), 1, "a viewer sees no evidence");
    assert_eq!(house.coup.report(&ctx("mod"), report).await.unwrap().entries.len(), 2);
    let past = Decision::Hold { until: Some(house.now()) };
    assert_eq!(house.refused("mod", ProcessReport { report, decision: past, note: None }).await, "invalid_input");
}

#[tokio::test]
async fn who_has_a_part_in_a_case_neither_sees_nor_decides_it() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.report("jiho", "minjun", ReportType::Spam).await;
    for (name, role) in
        [("seoyeon", AdminRole::Admin), ("jiho", AdminRole::SuperAdmin), ("minjun", AdminRole::Moderator)]
    {
        house.grant(name, role).await;
        let cards = house.coup.reports(&ctx(name), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap();
        assert_eq!(cards.items.len(), 0, "{name}");
        assert_eq!(house.coup.report(&ctx(name), report).await.unwrap_err().code(), "not_found", "{name}");
        assert_eq!(house.refused(name, take(report)).await, "not_found", "{name}");
        assert_eq!(house.refused(name, reject(report)).await, "not_found", "{name}");
    }
    house.pass(TimeDelta::hours(25));
    assert_eq!(house.refused("jiho", reject(report)).await, "not_found", "others could decide");
    assert_eq!(
        house.coup.reports(&ctx("mod"), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap().items.len(),
        1
    );
}

#[tokio::test]
async fn at_the_top_one_who_has_a_part_in_it_decides_when_nobody_else_could_for_a_day() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.grant("seoyeon", AdminRole::SuperAdmin).await;
    for name in ["viewer", "mod", "mod2", "admin", "root"] {
        let gone = coup_core::admin::service::RevokeAdmin { user: id(name) };
        house.coup.as_host("test").run(gone).await.unwrap();
    }
    let listed = async || {
        let page = house.coup.reports(&ctx("seoyeon"), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap();
        page.items.into_iter().map(|card| card.id).collect::<Vec<_>>()
    };
    house.pass(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    assert_eq!(house.refused("seoyeon", reject(report)).await, "not_found");
    assert_eq!(listed().await, []);
    house.pass(TimeDelta::microseconds(1));
    assert_eq!(listed().await, [report]);
    let other = house.report("jiho", "seoyeon", ReportType::Spam).await;
    assert_eq!(listed().await, [report], "not {other}, which came only now");
    assert_eq!(house.refused("seoyeon", reject(report)).await, "invalid_input", "a reason is needed");
    house.done("seoyeon", ProcessReport { note: Some(note("다른 관리자가 없어요")), ..reject(report) }).await;
    let entry = house.log(1).await.remove(0);
    assert_eq!(entry.after["conflictOfInterest"], true);
}

#[tokio::test]
async fn nobody_decides_on_an_equal_or_higher_administrator() {
    let house = House::new().await;
    house.join("admin", house.study).await;
    let report = house.report("seoyeon", "admin", ReportType::Spam).await;
    for (who, code) in [("mod", "not_lower"), ("viewer", "forbidden")] {
        assert_eq!(house.refused(who, approve(report)).await, code, "{who}");
    }
    house.done("root", approve(report)).await;
}

#[tokio::test]
async fn the_offender_whose_account_is_gone_is_not_sanctioned_and_the_reporters_are_told() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let user = coup_core::store::UserReads::user(&*house.store, &id("minjun")).await.unwrap().unwrap();
    let deleted = coup_core::user::model::User { status: UserStatus::Deleted, name: None, ..user };
    let changes = coup_core::changes::Changes::system(coup_core::changes::SystemPermit::Operator)
        .save(Row::User(Box::new(deleted)));
    house.store.commit(changes).await.unwrap();
    house.done("mod", approve(report)).await;
    assert_eq!(house.told_kinds("seoyeon").await, [NotificationEvent::ReportResolved]);
    let shown = house.coup.report(&ctx("mod"), report).await.unwrap();
    assert!(shown.history.is_none());
}

#[tokio::test]
async fn the_host_decides_in_its_own_name() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let host = house.coup.as_host("school rules");
    assert!(matches!(host.run(take(report)).await, Err(Error::NotSignedIn)));
    let decided = host.run(approve(report)).await.unwrap();
    assert_eq!((decided.status, decided.processed_by), (CaseStatus::Resolved, None));
    let history = house.coup.sanction_history(&ctx("admin"), &id("minjun")).await.unwrap();
    assert_eq!(history.sanctions[0].admin_id, None);
}

#[tokio::test]
async fn statistics_tell_how_cases_are_dealt_with() {
    let house = House::new().await;
    let from = house.now();
    let one = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.report("seoyeon", "jiho", ReportType::Other).await;
    house.pass(TimeDelta::minutes(10));
    house.done("mod", take(one)).await;
    house.pass(TimeDelta::minutes(10));
    house.done("mod", reject(one)).await;
    let zone = chrono_tz::Asia::Seoul;
    let figures = house.coup.report_statistics(&ctx("viewer"), from, house.now(), zone).await.unwrap();
    assert_eq!(figures.cases, 2);
    assert_eq!(figures.first_response.map(|taken| taken.median), Some(600));
    assert_eq!(figures.decision.map(|taken| (taken.cases, taken.median)), Some((1, 1200)));
    assert_eq!(figures.by_administrator[&id("mod")].rejected, 1);
    assert_eq!(figures.by_day.len(), 1);
}
