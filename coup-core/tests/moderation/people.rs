//! Whose names administrators are told, and what they see of a person.

use coup_core::{
    admin::service::GrantAdmin,
    appeal::service::CreateAppeal,
    moderation::model::{CaseFilter, ReportType},
    page::Limit,
    policy::{AdminRole, PermissionSet, SanctionType, SystemRole},
    sanction::service::LiftSanction,
    text::AppealText,
    user::model::{AdminPermissions, Person, UserStatus},
};

use crate::house::{House, approve_with, ctx, id, measure, words};

fn named(person: Option<&Person>) -> Option<&str> {
    person.map(|person| person.name.as_deref().unwrap_or("gone"))
}

async fn denied(house: &House, name: &str, role: AdminRole, deny: &str) {
    let deny: PermissionSet = serde_json::from_value(serde_json::json!([deny])).unwrap();
    let permissions = AdminPermissions { deny, ..AdminPermissions::default() };
    let grant = GrantAdmin { user: id(name), role, expires_at: None, permissions };
    house.coup.as_host("set-up").run(grant).await.unwrap();
}

#[tokio::test]
async fn names_of_people_are_told_who_may_read_people_and_of_administrators_who_may_list_them() {
    let house = House::new().await;
    house.person("blind").await;
    denied(&house, "blind", AdminRole::Admin, "user.read").await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.done("mod", crate::decisions::take(report)).await;
    // Who asks, and whether they are told the offender, the reporter, and the holder.
    for (who, people, administrators) in [
        ("root", true, true),
        ("admin", true, true),
        ("mod2", true, false),
        ("viewer", true, false),
        ("blind", false, true),
    ] {
        let shown = house.coup.report(&ctx(who), report).await.unwrap();
        assert_eq!(named(shown.case.offender.as_ref()), people.then_some("minjun"), "{who}");
        assert_eq!(named(shown.reports[0].reporter.as_ref()), people.then_some("seoyeon"), "{who}");
        assert_eq!(named(shown.case.holder.as_ref()), administrators.then_some("mod"), "{who}");
        let cards = house.coup.reports(&ctx(who), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap();
        assert_eq!(named(cards.items[0].case.offender.as_ref()), people.then_some("minjun"), "{who}");
        assert_eq!(named(cards.items[0].case.holder.as_ref()), administrators.then_some("mod"), "{who}");
    }
    // Everybody knows themselves.
    let shown = house.coup.report(&ctx("mod"), report).await.unwrap();
    assert_eq!(named(shown.case.holder.as_ref()), Some("mod"));
    let decided = house.done("mod", approve_with(report, measure(SanctionType::ChatBan, 3))).await;
    assert_eq!(named(decided.decider.as_ref()), Some("mod"));
    let sanction = house.coup.sanction_history(&ctx("mod2"), &id("minjun")).await.unwrap().sanctions.remove(0);
    assert_eq!((sanction.admin_id, sanction.admin), (Some(id("mod")), None));
    let lift = LiftSanction { sanction: sanction.own.id, reason: words("풀어요"), mistaken: false };
    let lifted = house.done("admin", lift).await;
    assert_eq!((named(lifted.admin.as_ref()), named(lifted.lifter.as_ref())), (Some("mod"), Some("admin")));
    let text = AppealText::parse("text", "억울해요").unwrap();
    house.done("minjun", CreateAppeal { sanction: sanction.own.id, text }).await;
    for (who, appellant) in [("root", Some("minjun")), ("blind", None)] {
        let page = house.coup.appeals(&ctx(who), None, None, Limit::DEFAULT).await.unwrap();
        assert_eq!(named(page.items[0].appellant.as_ref()), appellant, "{who}");
        assert_eq!(named(page.items[0].sanction.admin.as_ref()), Some("mod"), "{who}");
    }
}

#[tokio::test]
async fn who_is_known_as_a_person_stays_unknown_as_an_administrator() {
    let house = House::new().await;
    house.join("mod2", house.study).await;
    let about = house.report("seoyeon", "mod2", ReportType::Spam).await;
    let held = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.done("mod2", crate::decisions::take(held)).await;
    let cards = house.coup.reports(&ctx("mod"), &CaseFilter::default(), None, Limit::DEFAULT).await.unwrap().items;
    let of = |report| cards.iter().find(|card| card.id == report).map(|card| &card.case).unwrap();
    assert_eq!(named(of(about).offender.as_ref()), Some("mod2"));
    assert_eq!((of(held).assigned_to.clone(), of(held).holder.clone()), (Some(id("mod2")), None));
}

#[tokio::test]
async fn somebodys_page_tells_of_them_and_the_audit_log_of_who_read_it() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    let other = house.report("minjun", "jiho", ReportType::Other).await;
    house.done("admin", approve_with(report, measure(SanctionType::Suspension, 3))).await;
    let detail = house.coup.user_detail(&ctx("mod"), &id("minjun")).await.unwrap();
    assert_eq!((detail.status, detail.role, detail.admin_role), (UserStatus::Suspended, SystemRole::User, None));
    assert_eq!(detail.suspended_until, detail.history.sanctions[0].own.expires_at);
    assert_eq!((detail.activity.studies, detail.received.reports, detail.received.upheld), (1, 1, 1));
    assert_eq!((detail.reports_received[0].id, detail.reports_made[0].id), (report, other));
    assert!(detail.history.is_below);
    let entry = house.log(1).await.remove(0);
    assert_eq!((entry.action.as_str(), entry.target_id.as_deref()), ("USER_VIEW", Some("minjun")));
    // At its end a suspension holds no longer, without any job having run.
    house.pass(chrono::TimeDelta::days(3));
    let detail = house.coup.user_detail(&ctx("mod"), &id("minjun")).await.unwrap();
    assert_eq!((detail.status, detail.suspended_until), (UserStatus::Active, None));

    for (who, of, below) in [("mod", "mod2", false), ("mod", "viewer", true), ("admin", "admin", false)] {
        let detail = house.coup.user_detail(&ctx(who), &id(of)).await.unwrap();
        assert_eq!((detail.role, detail.history.is_below), (SystemRole::Admin, below), "{who} of {of}");
        let may_list = who == "admin";
        assert_eq!(detail.admin_role.is_some(), may_list, "{who} of {of}");
    }
    assert_eq!(house.coup.user_detail(&ctx("owner"), &id("minjun")).await.unwrap_err().code(), "forbidden");
    assert_eq!(house.coup.user_detail(&ctx("mod"), &id("nobody")).await.unwrap_err().code(), "not_found");
}

#[tokio::test]
async fn an_administrator_learns_nowhere_who_reported_them() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.grant("minjun", AdminRole::SuperAdmin).await;
    let of = async |who: &str, of: &str| house.coup.user_detail(&ctx(who), &id(of)).await.unwrap();
    let reporter = of("minjun", "seoyeon").await;
    assert_eq!(reporter.reports_made, [], "the target never learns of the reporter");
    let oneself = of("minjun", "minjun").await;
    assert_eq!((oneself.reports_received.len(), oneself.received.reports), (0, 0));
    assert_eq!(of("root", "seoyeon").await.reports_made[0].id, report);
    assert_eq!(of("root", "minjun").await.reports_received[0].id, report);
    // Who reported has a part in it, too.
    house.grant("seoyeon", AdminRole::Admin).await;
    assert_eq!(of("seoyeon", "minjun").await.reports_received, []);
}
