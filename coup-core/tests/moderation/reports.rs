//! What can be reported, what is kept of it, and who is told.

use chrono::TimeDelta;
use coup_core::{
    changes::{EventKind, Scope},
    chat::service::{DeleteMessage, EditMessage},
    error::Error,
    id::MessageId,
    member::service::RemoveMember,
    moderation::{
        model::{CaseFilter, CaseStatus, Priority, ReportTarget, ReportType, Snapshot},
        report::{CreateReport, parse_links},
    },
    notification::model::NotificationEvent,
    page::Limit,
    policy::{AdminRole, SanctionType},
    store::{ChatReads as _, ModerationReads as _},
    text::MessageText,
};

use crate::house::{House, ctx, id, measure, reject};

fn command(target: ReportTarget, kind: ReportType) -> CreateReport {
    CreateReport::parse(target, kind, "불편해요", &["https://example.com/1".into()]).unwrap()
}

fn on(message: MessageId) -> CreateReport {
    command(ReportTarget::Message(message), ReportType::Harassment)
}

#[tokio::test]
async fn only_what_one_can_see_can_be_reported() {
    let house = House::new().await;
    let message = house.say("minjun", "욕설").await;
    let private = house.found("owner", false).await;
    let user = |name: &str| command(ReportTarget::User(id(name)), ReportType::Other);
    let study = |study| command(ReportTarget::Study(study), ReportType::Spam);
    for (who, what, refused) in [
        ("seoyeon", user("minjun"), None),
        ("outsider", user("minjun"), Some("not_found")),
        ("seoyeon", user("nobody"), Some("not_found")),
        ("seoyeon", user("seoyeon"), Some("not_on_oneself")),
        ("outsider", study(house.study), None),
        ("outsider", study(private), Some("not_found")),
        ("owner", study(house.study), Some("not_on_oneself")),
        ("seoyeon", on(message), None),
        ("outsider", on(message), Some("not_found")),
        ("minjun", on(message), Some("not_on_oneself")),
        ("seoyeon", on("0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap()), Some("not_found")),
    ] {
        let answer = house.run(who, what.clone()).await.map_err(|error| error.code());
        assert_eq!(answer.as_ref().err().copied(), refused, "{who} {what:?}: {answer:?}");
    }
    let nobody = house.coup.run(&coup_core::coup::Ctx::default(), on(message)).await;
    assert!(matches!(nobody, Err(Error::NotSignedIn)), "{nobody:?}");
}

#[tokio::test]
async fn deleted_content_can_be_reported_by_those_who_saw_it() {
    let house = House::new().await;
    let message = house.say("minjun", "욕설").await;
    house.pass(TimeDelta::minutes(1));
    house.done("minjun", DeleteMessage { study: house.study, message }).await;
    house.pass(TimeDelta::minutes(1));
    house.join("outsider", house.study).await;
    assert_eq!(house.refused("outsider", on(message)).await, "not_found");
    let report = house.done("seoyeon", on(message)).await;
    let (_, reports) = house.store.case_of(report.id).await.unwrap().unwrap();
    assert!(matches!(&reports[0].snapshot, Snapshot::Message { content, .. } if content == "욕설"));
    // Who was removed sees nothing any more.
    house.done("owner", RemoveMember { study: house.study, user: id("jiho"), reason: None }).await;
    assert_eq!(house.refused("jiho", on(message)).await, "not_found");
}

#[tokio::test]
async fn what_was_reported_is_kept_as_it_was() {
    let house = House::new().await;
    let message = house.say("minjun", "욕설").await;
    let report = house.done("seoyeon", on(message)).await;
    let content = MessageText::parse("content", "좋은 말").unwrap();
    house.done("minjun", EditMessage { study: house.study, message, content }).await;
    house.done("minjun", DeleteMessage { study: house.study, message }).await;
    let shown = house.coup.report(&ctx("mod"), report.id).await.unwrap();
    let Some(Snapshot::Message { content, author, deleted_at, .. }) = &shown.reports[0].snapshot else {
        panic!("{shown:?}")
    };
    assert_eq!((content.as_str(), &author.id, *deleted_at), ("욕설", &id("minjun"), None));
    assert_eq!(shown.reports[0].links, ["https://example.com/1"]);
}

#[tokio::test]
async fn a_viewer_sees_a_report_without_its_evidence() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Other).await;
    let shown = house.coup.report(&ctx("viewer"), report).await.unwrap();
    assert_eq!((shown.reports[0].snapshot.as_ref(), shown.reports[0].links.len()), (None, 0));
    assert!(house.coup.report(&ctx("mod"), report).await.unwrap().reports[0].snapshot.is_some());
    assert_eq!(house.coup.report(&ctx("seoyeon"), report).await.unwrap_err().code(), "forbidden");
    let log = house.log(2).await;
    let told: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.target_id.clone().unwrap())).collect();
    assert_eq!(told, [("REPORT_VIEW", report.to_string()), ("REPORT_VIEW", report.to_string())]);
}

#[tokio::test]
async fn open_reports_on_one_target_are_one_case_and_every_reporter_is_told() {
    let house = House::new().await;
    let first = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let second = house.report("jiho", "minjun", ReportType::Inappropriate).await;
    let again = house.run("jiho", command(ReportTarget::User(id("minjun")), ReportType::Safety)).await;
    assert!(matches!(again, Err(Error::Reported(report)) if report == second), "{again:?}");
    let cards = house.coup.reports(&ctx("mod"), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap().items;
    assert_eq!(cards.len(), 1);
    assert_eq!((cards[0].id, cards[0].case.reports, cards[0].case.kind), (first, 2, ReportType::Inappropriate));
    house.done("mod", reject(second)).await;
    for who in ["seoyeon", "jiho"] {
        assert_eq!(house.told_kinds(who).await, [NotificationEvent::ReportRejected], "{who}");
        let own = house.coup.own_reports(&ctx(who), None, Limit::DEFAULT).await.unwrap().items;
        assert_eq!((own[0].status, own[0].resolution.as_deref()), (CaseStatus::Rejected, Some("문제가 없어요")));
    }
    assert_eq!(house.told_kinds("minjun").await, [], "the target is not told of a dismissed report");
}

#[tokio::test]
async fn danger_is_reported_in_one_tap_and_alerts_administrators_at_once() {
    let house = House::new().await;
    assert!(CreateReport::parse(ReportTarget::User(id("minjun")), ReportType::Other, " ", &[]).is_err());
    house.grant("seoyeon", AdminRole::Admin).await;
    let report = CreateReport::parse(ReportTarget::User(id("minjun")), ReportType::Safety, "", &[]).unwrap();
    let report = house.done("seoyeon", report).await;
    let (case, _) = house.store.case_of(report.id).await.unwrap().unwrap();
    assert_eq!(case.priority, Priority::Urgent);
    for (who, alerted) in
        [("viewer", 1), ("mod", 1), ("admin", 1), ("root", 1), ("jiho", 0), ("minjun", 0), ("seoyeon", 0)]
    {
        let events = house.store.events(&Scope::User(id(who)), 0, Limit::MAX).await.unwrap();
        let urgent = events.iter().filter(|event| event.kind == EventKind::ReportUrgent.as_str());
        assert_eq!(urgent.count(), alerted, "{who}: who reported it is not told of it");
        let told = vec![NotificationEvent::ReportUrgent; alerted];
        assert_eq!(house.told_kinds(who).await, told, "{who}: who comes later finds it, too");
    }
    // A second one raises nothing more, and alerts nobody again.
    house.report("jiho", "minjun", ReportType::Safety).await;
    assert_eq!(house.told_kinds("mod").await.len(), 1);
}

#[tokio::test]
async fn who_administers_no_more_is_not_told_of_urgent_reports_later() {
    let house = House::new().await;
    house.report("seoyeon", "minjun", ReportType::Safety).await;
    let data = serde_json::json!({});
    for (who, told) in [("mod", true), ("seoyeon", false)] {
        assert_eq!(house.coup.may_be_told(&ctx(who), EventKind::ReportUrgent, &data).await.unwrap(), told, "{who}");
    }
}

#[tokio::test]
async fn several_reporters_raise_a_case_and_so_does_a_suspension_before() {
    let house = House::new().await;
    let priority = async |report| house.store.case_of(report).await.unwrap().unwrap().0.priority;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.report("jiho", "minjun", ReportType::Spam).await;
    assert_eq!(priority(report).await, Priority::Low);
    house.report("owner", "minjun", ReportType::Spam).await;
    assert_eq!(priority(report).await, Priority::Medium);
    house.sanction("admin", "jiho", measure(SanctionType::Suspension, 1)).await;
    house.pass(TimeDelta::days(2));
    let report = house.report("seoyeon", "jiho", ReportType::Spam).await;
    assert_eq!(priority(report).await, Priority::Medium, "active or past");
}

#[tokio::test]
async fn an_untouched_case_is_offered_to_the_role_above_and_they_are_told() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Safety).await;
    let role = async || house.store.case_of(report).await.unwrap().unwrap().0.escalated_to;
    house.pass(TimeDelta::minutes(59));
    house.work().await;
    assert_eq!(role().await, None);
    house.pass(TimeDelta::minutes(1));
    house.work().await;
    assert_eq!(role().await, Some(AdminRole::Admin));
    let alerted = NotificationEvent::ReportUrgent;
    assert_eq!(house.told_kinds("admin").await, [NotificationEvent::ReportEscalated, alerted]);
    assert_eq!(house.told_kinds("root").await, [alerted]);
    house.pass(TimeDelta::hours(1));
    house.work().await;
    assert_eq!(role().await, Some(AdminRole::SuperAdmin));
    assert_eq!(house.told_kinds("root").await, [NotificationEvent::ReportEscalated, alerted]);
    house.pass(TimeDelta::days(30));
    house.work().await;
    assert_eq!(house.told("root").await.len(), 2, "nobody is above");
}

#[test]
fn evidence_is_up_to_ten_addresses_of_the_web() {
    let link = |text: &str| text.to_owned();
    assert!(parse_links("links", &vec![link("http://a.kr"); 10]).is_ok());
    assert!(parse_links("links", &vec![link("http://a.kr"); 11]).is_err());
    for wrong in ["javascript:alert(1)", "data:text/html,x", "//a.kr", "https://", "https://a b", "ftp://a.kr", ""] {
        let fault = parse_links("links", &[link("https://a.kr"), link(wrong)]).unwrap_err();
        assert_eq!(fault.errors()[0].field, "links[1]", "{wrong}");
    }
}
