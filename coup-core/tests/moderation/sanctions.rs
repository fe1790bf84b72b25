//! Imposing, ending, lifting and appealing; what moderators do with messages; pauses of posting.

use chrono::TimeDelta;
use coup_core::{
    appeal::{
        model::AppealStatus,
        rules::Ruling,
        service::{CreateAppeal, DecideAppeal},
    },
    audit::model::SecurityEventType,
    changes::{Changes, Row, SystemPermit},
    chat::{model::Stretch, service::SendMessage},
    coup::Ctx,
    id::{AppealId, SanctionId},
    member::pause::PausePosting,
    moderation::{
        content::RemoveMessage,
        model::{ReportTarget, ReportType},
        report::CreateReport,
    },
    notification::model::NotificationEvent,
    page::Limit,
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::{
        model::Measure,
        service::{Impose, LiftSanction},
    },
    store::{AuditReads as _, Credential, Store as _, UserReads as _},
    study::model::Browse,
    testing::fixtures::Fixtures,
    text::AppealText,
    user::model::UserStatus,
};

use crate::house::{House, approve, ctx, id, measure, words};

fn impose(user: &str, measure: Measure) -> Impose {
    Impose { user: id(user), measure, reason: words("도배했어요"), notify: false }
}

fn lift(sanction: SanctionId, mistaken: bool) -> LiftSanction {
    LiftSanction { sanction, reason: words("풀어요"), mistaken }
}

fn appeal(sanction: SanctionId) -> CreateAppeal {
    CreateAppeal { sanction, text: AppealText::parse("text", "억울해요").unwrap() }
}

fn decide(appeal: AppealId, ruling: Ruling) -> DecideAppeal {
    DecideAppeal { appeal, ruling, words: words("다시 살펴봤어요") }
}

async fn status(house: &House, name: &str) -> (UserStatus, Option<coup_core::env::Timestamp>, Option<String>) {
    let user = house.store.user(&id(name)).await.unwrap().unwrap();
    (user.status, user.suspended_until, user.suspend_reason)
}

#[tokio::test]
async fn each_role_imposes_what_its_right_is() {
    let house = House::new().await;
    for kind in SanctionType::ALL {
        let days = i64::from(!matches!(kind, SanctionType::Warning | SanctionType::PermanentBan));
        let least = match kind {
            SanctionType::Warning | SanctionType::ChatBan | SanctionType::FileUploadBan => AdminRole::Moderator,
            SanctionType::PermanentBan => AdminRole::SuperAdmin,
            _ => AdminRole::Admin,
        };
        let everybody = [
            ("viewer", AdminRole::Viewer),
            ("mod", AdminRole::Moderator),
            ("admin", AdminRole::Admin),
            ("root", AdminRole::SuperAdmin),
        ];
        for (who, role) in everybody {
            let answer = house.coup.prepare(&ctx(who), &impose("minjun", measure(kind, days))).await;
            let expected = if role >= least { None } else { Some("forbidden") };
            assert_eq!(answer.as_ref().err().map(coup_core::error::Error::code), expected, "{who} {kind}");
        }
    }
    let events = house.store.security_events(Limit::MAX).await.unwrap();
    assert!(events.iter().any(|event| event.kind == SecurityEventType::UnauthorizedSystemAdmin), "an ADMIN who bans");
}

/// Every role on every role: only the strictly lower.
#[tokio::test]
async fn only_somebody_strictly_lower_is_sanctioned() {
    let house = House::new().await;
    for name in ["viewer2", "mod3", "admin2", "root2"] {
        house.person(name).await;
    }
    let ranks = [AdminRole::Viewer, AdminRole::Moderator, AdminRole::Admin, AdminRole::SuperAdmin];
    for (name, role) in ["viewer2", "mod3", "admin2", "root2"].into_iter().zip(ranks) {
        house.grant(name, role).await;
    }
    for (who, own) in ["mod", "admin", "root"].into_iter().zip(&ranks[1..]) {
        for (target, rank) in ["viewer2", "mod3", "admin2", "root2"].into_iter().zip(ranks) {
            let answer = house.coup.prepare(&ctx(who), &impose(target, Measure::WARNING)).await;
            let expected = if rank < *own { None } else { Some("not_lower") };
            assert_eq!(answer.as_ref().err().map(coup_core::error::Error::code), expected, "{who} {target}");
        }
        let oneself = house.coup.prepare(&ctx(who), &impose(who, Measure::WARNING)).await;
        assert_eq!(oneself.unwrap_err().code(), "not_on_oneself");
    }
}

#[tokio::test]
async fn the_last_super_admin_is_not_shut_out_by_the_host_either() {
    let house = House::new().await;
    let host = house.coup.as_host("test");
    let ban = host.run(impose("root", Measure::PERMANENT_BAN)).await;
    assert_eq!(ban.unwrap_err().code(), "last_super_admin");
    host.run(impose("root", Measure::WARNING)).await.unwrap();
    house.person("root2").await;
    house.grant("root2", AdminRole::SuperAdmin).await;
    host.run(impose("root", Measure::PERMANENT_BAN)).await.unwrap();
}

#[tokio::test]
async fn a_suspension_ends_every_session_and_leads_only_to_ones_own_affairs() {
    let house = House::new().await;
    let make = Fixtures::new(3);
    let session = make.session(&id("minjun"));
    let signed_in = Ctx { credential: Some(Credential::Session(session.token_hash)), ..Ctx::default() };
    let changes = Changes::system(SystemPermit::Operator).insert(Row::Session(Box::new(session.clone())));
    house.store.commit(changes).await.unwrap();
    house.coup.me(&signed_in).await.unwrap();
    let sanction = house.sanction("admin", "minjun", measure(SanctionType::Suspension, 3)).await;
    let end = house.now() + TimeDelta::days(3);
    assert_eq!(house.coup.me(&signed_in).await.unwrap_err().code(), "not_signed_in");
    assert_eq!(status(&house, "minjun").await, (UserStatus::Suspended, Some(end), Some("도배했어요".into())));
    // Who signs in again:
    let browse = house.coup.browse_studies(&ctx("minjun"), &Browse::default(), None, Limit::DEFAULT).await;
    assert_eq!(browse.unwrap_err().code(), "forbidden");
    let own = house.coup.own_sanctions(&ctx("minjun")).await.unwrap();
    assert_eq!((own[0].reason.as_str(), own[0].expires_at, own[0].is_active), ("도배했어요", Some(end), true));
    house.done("minjun", appeal(sanction.own.id)).await;
    // And the instant that it ends, before any job has run:
    house.pass(TimeDelta::days(3));
    house.coup.browse_studies(&ctx("minjun"), &Browse::default(), None, Limit::DEFAULT).await.unwrap();
    assert!(!house.coup.own_sanctions(&ctx("minjun")).await.unwrap()[0].is_active);
    house.work().await;
    assert_eq!(status(&house, "minjun").await, (UserStatus::Active, None, None));
    let told = house.told_kinds("minjun").await;
    assert_eq!(told, [NotificationEvent::SanctionEnded, NotificationEvent::SanctionImposed]);
}

#[tokio::test]
async fn lifting_one_lifts_no_other() {
    let house = House::new().await;
    let long = house.sanction("admin", "minjun", measure(SanctionType::Suspension, 30)).await;
    let short = house.sanction("admin", "minjun", measure(SanctionType::Suspension, 1)).await;
    let end = |days| Some(house.now() + TimeDelta::days(days));
    assert_eq!(status(&house, "minjun").await.1, end(30));
    house.done("admin", lift(long.own.id, false)).await;
    assert_eq!(status(&house, "minjun").await.1, end(1));
    house.done("admin", lift(short.own.id, false)).await;
    assert_eq!(status(&house, "minjun").await.0, UserStatus::Active);
    assert_eq!(house.refused("admin", lift(short.own.id, false)).await, "sanction_ended");
    // It counted; as a mistake it does not any more.
    let strikes = async || {
        let history = house.coup.sanction_history(&ctx("admin"), &id("minjun")).await.unwrap();
        history.recommendation.strikes.suspensions
    };
    assert_eq!(strikes().await, 2);
    house.done("admin", lift(short.own.id, true)).await;
    assert_eq!(strikes().await, 1);
}

#[tokio::test]
async fn an_admin_cannot_undo_a_permanent_ban() {
    let house = House::new().await;
    let ban = house.sanction("root", "minjun", Measure::PERMANENT_BAN).await;
    assert_eq!(house.refused("admin", lift(ban.own.id, false)).await, "forbidden");
    let made = house.done("minjun", appeal(ban.own.id)).await;
    assert_eq!(house.refused("admin", decide(made.id, Ruling::Overturn)).await, "forbidden");
    house.person("root2").await;
    house.grant("root2", AdminRole::SuperAdmin).await;
    house.done("root2", decide(made.id, Ruling::Overturn)).await;
    assert_eq!(status(&house, "minjun").await.0, UserStatus::Active);
}

#[tokio::test]
async fn an_appeal_is_decided_by_somebody_else_and_both_sides_see_it() {
    let house = House::new().await;
    let report = house.report("seoyeon", "minjun", ReportType::Spam).await;
    house.done("admin", approve(report)).await;
    let warning = house.coup.own_sanctions(&ctx("minjun")).await.unwrap().remove(0);
    assert_eq!(warning.appealable_until, Some(house.now() + TimeDelta::days(30)));
    assert_eq!(house.refused("seoyeon", appeal(warning.id)).await, "not_found");
    let made = house.done("minjun", appeal(warning.id)).await;
    assert_eq!(house.refused("minjun", appeal(warning.id)).await, "already_appealed");
    for (name, role) in [("seoyeon", AdminRole::SuperAdmin), ("admin2", AdminRole::Admin)] {
        if name == "admin2" {
            house.person(name).await;
        }
        house.grant(name, role).await;
    }
    let waiting = async |name: &str| {
        let page = house.coup.appeals(&ctx(name), Some(AppealStatus::Pending), None, Limit::DEFAULT).await.unwrap();
        page.items.len()
    };
    assert_eq!((waiting("admin").await, waiting("admin2").await), (0, 1), "who imposed it does not see it");
    assert_eq!(house.refused("admin", decide(made.id, Ruling::Uphold)).await, "not_found");
    assert_eq!(house.refused("seoyeon", decide(made.id, Ruling::Uphold)).await, "not_found", "who reported it");
    assert_eq!(house.refused("mod", decide(made.id, Ruling::Uphold)).await, "forbidden");
    let decided = house.done("admin2", decide(made.id, Ruling::Overturn)).await;
    assert_eq!(decided.decided_by, Some(id("admin2")));
    assert_eq!(house.refused("admin2", decide(made.id, Ruling::Uphold)).await, "appeal_decided");

    let own = house.coup.own_sanctions(&ctx("minjun")).await.unwrap().remove(0).appeal.unwrap();
    assert_eq!((own.status, own.decided_role), (AppealStatus::Overturned, Some(AdminRole::Admin)));
    assert_eq!(own.words.as_deref(), Some("다시 살펴봤어요"));
    let sides = [
        ("minjun", "admin2", NotificationEvent::AppealDecided),
        ("admin", "minjun", NotificationEvent::SanctionReviewed),
    ];
    for (who, others, event) in sides {
        let told = house.told(who).await;
        let told = told.iter().find(|one| one.event == event).unwrap();
        assert!(!serde_json::to_string(told).unwrap().contains(others), "{who} is told a role, not a name: {told:?}");
    }
    let history = house.coup.sanction_history(&ctx("admin"), &id("minjun")).await.unwrap();
    assert_eq!(history.recommendation.measure, Measure::WARNING, "what was overturned does not count");
}

#[tokio::test]
async fn at_the_top_who_imposed_it_decides_its_appeal_when_nobody_else_could_for_a_day() {
    let house = House::new().await;
    let ban = house.done("root", impose("minjun", Measure::PERMANENT_BAN)).await;
    let made = house.done("minjun", appeal(ban.own.id)).await;
    let waiting = async || {
        let page = house.coup.appeals(&ctx("root"), None, None, Limit::DEFAULT).await.unwrap();
        page.items.into_iter().map(|appeal| appeal.own.id).collect::<Vec<_>>()
    };
    house.pass(TimeDelta::hours(24) - TimeDelta::microseconds(1));
    assert_eq!(house.refused("root", decide(made.id, Ruling::Overturn)).await, "not_found");
    assert_eq!(waiting().await, []);
    house.pass(TimeDelta::microseconds(1));
    // A ban is beyond the right of the other administrators; a suspension by oneself is not.
    let suspension = house.sanction("root", "jiho", measure(SanctionType::Suspension, 3)).await;
    let theirs = house.done("jiho", appeal(suspension.own.id)).await;
    assert_eq!(waiting().await, [made.id]);
    house.done("root", decide(made.id, Ruling::Overturn)).await;
    assert_eq!(house.log(1).await.remove(0).after["conflictOfInterest"], true);
    house.pass(TimeDelta::hours(25));
    assert_eq!(waiting().await, [made.id], "others could decide it");
    assert_eq!(house.refused("root", decide(theirs.id, Ruling::Overturn)).await, "not_found");
}

#[tokio::test]
async fn a_reduced_sanction_is_shorter_or_milder_and_ends_by_itself() {
    let house = House::new().await;
    let sanction = house.sanction("admin", "minjun", measure(SanctionType::Suspension, 7)).await;
    let made = house.done("minjun", appeal(sanction.own.id)).await;
    let reduce = |kind, days| decide(made.id, Ruling::Reduce(measure(kind, days)));
    assert_eq!(house.refused("root", reduce(SanctionType::Suspension, 7)).await, "invalid_input");
    let imposed = house.now();
    house.pass(TimeDelta::days(1));
    let decided = house.done("root", reduce(SanctionType::Suspension, 3)).await;
    assert_eq!(decided.sanction.own.expires_at, Some(imposed + TimeDelta::days(3)), "from when it was imposed");
    assert_eq!(
        (decided.against, decided.against_duration.map(|it| it.to_string())),
        (SanctionType::Suspension, Some("7d".into()))
    );
    house.pass(TimeDelta::days(2));
    house.work().await;
    assert_eq!(status(&house, "minjun").await.0, UserStatus::Active);
}

#[tokio::test]
async fn a_sanction_is_appealed_within_thirty_days() {
    let house = House::new().await;
    let sanction = house.sanction("mod", "minjun", Measure::WARNING).await;
    house.pass(TimeDelta::days(30));
    assert_eq!(house.refused("minjun", appeal(sanction.own.id)).await, "appeal_too_late");
    let mistake = house.sanction("mod", "minjun", Measure::WARNING).await;
    house.done("admin", lift(mistake.own.id, true)).await;
    assert_eq!(house.refused("minjun", appeal(mistake.own.id)).await, "sanction_ended");
}

#[tokio::test]
async fn a_moderator_deletes_a_message_with_a_reason_and_its_author_is_told() {
    let house = House::new().await;
    let message = house.say("minjun", "욕설").await;
    let remove = RemoveMessage { message, reason: words("욕설이에요") };
    assert_eq!(house.refused("viewer", remove.clone()).await, "forbidden");
    house.done("mod", remove.clone()).await;
    assert_eq!(house.refused("mod", remove).await, "message_deleted");
    let shown = house.coup.messages(&ctx("seoyeon"), house.study, Stretch::Latest, None, Limit::DEFAULT).await.unwrap();
    assert_eq!(shown.items[0].content, None);
    let told = house.told("minjun").await;
    assert_eq!((told[0].event, told[0].message.as_str()), (NotificationEvent::MessageRemoved, "욕설이에요"));
    let entry = house.log(1).await.remove(0);
    assert_eq!((entry.action.as_str(), entry.reason.as_deref()), ("MESSAGE_DELETE", Some("욕설이에요")));
}

#[tokio::test]
async fn the_messages_around_a_reported_one_are_read_by_moderators_and_the_log_tells_of_it() {
    let house = House::new().await;
    let mut messages = Vec::new();
    for text in ["하나", "둘", "욕설", "넷", "다섯"] {
        messages.push(house.say("minjun", text).await);
    }
    let context = async |name: &str, message| {
        let limit = Limit::parse(Some(1), Limit::DEFAULT).unwrap();
        let read = house.coup.message_context(&ctx(name), message, limit).await;
        read.map(|all| all.into_iter().map(|one| (one.content, one.is_reported)).collect::<Vec<_>>())
    };
    assert_eq!(context("mod", messages[2]).await.unwrap_err().code(), "not_found", "nobody has reported it");
    let report = CreateReport::parse(ReportTarget::Message(messages[2]), ReportType::Other, "욕설", &[]).unwrap();
    house.done("seoyeon", report).await;
    house.done("mod", RemoveMessage { message: messages[2], reason: words("욕설") }).await;
    let around = context("mod", messages[2]).await.unwrap();
    assert_eq!(around, [("둘".into(), false), ("욕설".into(), true), ("넷".into(), false)]);
    assert_eq!(context("viewer", messages[2]).await.unwrap_err().code(), "forbidden");
    house.grant("owner", AdminRole::Admin).await;
    assert_eq!(context("owner", messages[2]).await.unwrap_err().code(), "not_found", "it is the owner's study");
    let reads = house.log(20).await.into_iter().filter(|entry| entry.action == "CONTENT_VIEW").count();
    assert_eq!(reads, 3, "asked for is asked for");
}

#[tokio::test]
async fn an_owner_pauses_a_members_posting_for_seven_days_at_most() {
    let house = House::new().await;
    let pause = |user: &str, days: i64| {
        let until = (days != 0).then(|| house.now() + TimeDelta::days(days));
        PausePosting { study: house.study, user: id(user), until }
    };
    let say = || SendMessage::parse(house.study, "안녕", None, None).unwrap();
    for (who, what, code) in [
        ("seoyeon", pause("minjun", 1), "forbidden"),
        ("outsider", pause("minjun", 1), "forbidden"),
        ("owner", pause("owner", 1), "not_on_oneself"),
        ("owner", pause("outsider", 1), "not_a_member"),
        ("owner", pause("minjun", 8), "invalid_input"),
        ("owner", pause("minjun", -1), "invalid_input"),
    ] {
        assert_eq!(house.refused(who, what.clone()).await, code, "{who} {what:?}");
    }
    let role = coup_core::member::service::SetRole { study: house.study, user: id("jiho"), role: StudyRole::Admin };
    house.done("owner", role).await;
    assert_eq!(house.refused("jiho", pause("owner", 1)).await, "owner_stays");
    house.done("jiho", pause("minjun", 7)).await;
    assert_eq!(house.refused("minjun", say()).await, "forbidden");
    assert_eq!(house.told("minjun").await[0].event, NotificationEvent::PostingPaused);
    house.done("owner", pause("minjun", 0)).await;
    house.done("minjun", say()).await;
    house.done("owner", pause("minjun", 7)).await;
    house.pass(TimeDelta::days(7));
    house.done("minjun", say()).await;
}
