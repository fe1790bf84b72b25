//! One's own notifications; who is told of an appeal; lifting all that suspends.

use coup_core::{
    appeal::service::CreateAppeal,
    changes::{Change, EventKind, Row},
    id::StudyId,
    member::service::{Approve, Leave, RemoveMember, SetRole},
    notification::{
        model::{Notification, NotificationEvent, NotificationFilter, NotificationType},
        service::{ReadAllNotifications, ReadNotification, RemoveNotification},
    },
    page::Limit,
    policy::{AdminRole, SanctionType, StudyRole},
    sanction::{model::Measure, service::Unsuspend},
    store::UserReads as _,
    study::service::StudyFields,
    text::AppealText,
    user::model::UserStatus,
};

use crate::house::{House, ctx, id, measure, words};

const ALL: NotificationFilter = NotificationFilter { kind: None, is_read: None, study: None };

fn unsuspend(name: &str) -> Unsuspend {
    Unsuspend { user: id(name), reason: words("다시 살펴봤어요") }
}

#[tokio::test]
async fn one_reads_ones_own_notifications_and_marks_them_read_and_nobody_elses() {
    let house = House::new().await;
    for _ in 0..3 {
        house.sanction("mod", "minjun", Measure::WARNING).await;
    }
    let two = Limit::parse(Some(2), Limit::DEFAULT).unwrap();
    let page = house.coup.notifications(&ctx("minjun"), ALL, None, two).await.unwrap().1;
    assert_eq!((page.items.len(), page.next_cursor.is_some()), (2, true));
    let (me, next) = (ctx("minjun"), page.next_cursor.as_deref());
    let rest = house.coup.notifications(&me, ALL, next, Limit::DEFAULT).await.unwrap().1;
    assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    let unread = async || house.coup.unread_notifications(&ctx("minjun")).await.unwrap();
    assert_eq!(unread().await, 3);

    let first = page.items[0].id;
    assert_eq!(house.refused("seoyeon", ReadNotification(first)).await, "not_found");
    house.store.take();
    house.done("minjun", ReadNotification(first)).await;
    let written = house.store.take();
    let events: Vec<_> = written.iter().flat_map(|parts| &parts.events).map(|event| event.kind).collect();
    assert_eq!(events, [EventKind::NotificationRead], "one's other windows show it");
    assert_eq!(unread().await, 2);
    house.done("minjun", ReadNotification(first)).await;
    assert!(house.store.take().is_empty(), "it is read already");
}

#[tokio::test]
async fn an_appeal_is_told_to_administrators_who_may_decide_it_and_have_no_part_in_it() {
    let house = House::new().await;
    house.person("admin2").await;
    house.grant("admin2", AdminRole::Admin).await;
    let appeal = async |sanction| {
        let text = AppealText::parse("text", "억울해요").unwrap();
        house.done("minjun", CreateAppeal { sanction, text }).await;
    };
    let told = async |name: &str| {
        let kinds = house.told_kinds(name).await;
        kinds.iter().filter(|kind| **kind == NotificationEvent::AppealMade).count()
    };
    appeal(house.sanction("admin", "minjun", measure(SanctionType::Suspension, 3)).await.own.id).await;
    let all = async || {
        (told("viewer").await, told("mod").await, told("admin").await, told("admin2").await, told("root").await)
    };
    assert_eq!(all().await, (0, 0, 0, 1, 1), "not to who imposed it");
    house.done("root", unsuspend("minjun")).await;
    appeal(house.sanction("root", "minjun", Measure::PERMANENT_BAN).await.own.id).await;
    assert_eq!(all().await, (0, 0, 0, 1, 1), "nobody else could undo it");
}

#[tokio::test]
async fn unsuspending_lifts_all_that_suspends_and_nothing_else() {
    let house = House::new().await;
    house.sanction("admin", "minjun", measure(SanctionType::Suspension, 3)).await;
    house.sanction("admin", "minjun", measure(SanctionType::Suspension, 30)).await;
    house.sanction("admin", "minjun", measure(SanctionType::ChatBan, 30)).await;
    assert_eq!(house.refused("mod", unsuspend("minjun")).await, "forbidden");
    let lifted = house.done("admin", unsuspend("minjun")).await;
    assert_eq!(lifted.len(), 2);
    assert!(lifted.iter().all(|view| !view.own.is_active && view.unsuspended_by == Some(id("admin"))));
    let user = house.store.user(&id("minjun")).await.unwrap().unwrap();
    assert_eq!((user.status, user.suspended_until), (UserStatus::Active, None));
    let own = house.coup.own_sanctions(&ctx("minjun")).await.unwrap();
    let active: Vec<_> = own.iter().filter(|sanction| sanction.is_active).map(|sanction| sanction.kind).collect();
    assert_eq!(active, [SanctionType::ChatBan]);
    assert_eq!(house.refused("admin", unsuspend("minjun")).await, "sanction_ended");

    house.sanction("admin", "minjun", measure(SanctionType::Suspension, 3)).await;
    house.sanction("root", "minjun", Measure::PERMANENT_BAN).await;
    assert_eq!(house.refused("admin", unsuspend("minjun")).await, "forbidden", "an ADMIN cannot undo a ban");
    assert_eq!(house.done("root", unsuspend("minjun")).await.len(), 2);
    assert_eq!(house.refused("admin", unsuspend("root")).await, "not_lower");
}

/// A study that decides on requests, of `owner`; jiho is its ADMIN.
async fn by_request(house: &House) -> StudyId {
    let study = house.found("owner", true).await;
    house.join("jiho", study).await;
    house.done("owner", SetRole { study, user: id("jiho"), role: StudyRole::Admin }).await;
    let edit = StudyFields { auto_approve: Some(false), ..StudyFields::default() };
    house.done("owner", edit.edit(study).unwrap()).await;
    study
}

/// What somebody was told newly, the oldest first.
async fn news(house: &House, name: &str, known: &mut usize) -> Vec<Notification> {
    let mut told = house.told(name).await;
    told.reverse();
    let news = told.split_off(*known);
    *known += news.len();
    news
}

#[tokio::test]
async fn who_decides_on_requests_is_told_of_them_and_who_asked_of_the_decision() {
    let house = House::new().await;
    let study = by_request(&house).await;
    let (mut owner, mut jiho, mut outsider) = (0, 0, 0);
    drop((news(&house, "owner", &mut owner).await, news(&house, "jiho", &mut jiho).await));
    for decision in ["approve", "reject"] {
        house.join("outsider", study).await;
        for (name, known) in [("owner", &mut owner), ("jiho", &mut jiho)] {
            let told = news(&house, name, known).await;
            let [one] = told.as_slice() else { panic!("{name}: {told:?}") };
            assert_eq!((one.event.kind(), one.study_id), (NotificationType::JoinRequest, Some(study)));
            assert_eq!((one.study_name.as_deref(), one.study_emoji.as_deref()), (Some("아침 수학"), Some("📚")));
            assert_eq!((&one.data.user_id, one.data.user_name.as_deref()), (&Some(id("outsider")), Some("outsider")));
        }
        assert!(news(&house, "seoyeon", &mut 0).await.is_empty(), "a member decides nothing");
        let expected = if decision == "approve" {
            house.done("jiho", Approve { study, user: id("outsider") }).await;
            house.done("outsider", Leave(study)).await;
            (NotificationEvent::JoinApproved, String::new())
        } else {
            let reason = Some(words("인원이 찼어요"));
            house.done("jiho", RemoveMember { study, user: id("outsider"), reason }).await;
            (NotificationEvent::JoinRejected, "인원이 찼어요".into())
        };
        let told = news(&house, "outsider", &mut outsider).await;
        assert_eq!(told.into_iter().map(|one| (one.event, one.message)).collect::<Vec<_>>(), [expected]);
        assert!(news(&house, "jiho", &mut jiho).await.is_empty(), "nobody is told of their own act");
    }
}

#[tokio::test]
async fn who_is_kicked_or_has_another_role_is_told_by_the_commit_that_does_it() {
    let house = House::new().await;
    let (study, mut known, mut owner) = (house.study, 0, 0);
    drop(news(&house, "owner", &mut owner).await);
    let role = |role| SetRole { study, user: id("minjun"), role };
    house.store.take();
    for (given, event) in [
        (StudyRole::Admin, NotificationEvent::RoleChanged),
        (StudyRole::Member, NotificationEvent::RoleChanged),
        (StudyRole::Owner, NotificationEvent::OwnershipReceived),
    ] {
        house.done("owner", role(given)).await;
        let told = news(&house, "minjun", &mut known).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].event, told[0].event.kind()), (event, NotificationType::Member));
        assert_eq!(told[0].data.role, (given != StudyRole::Owner).then_some(given));
    }
    house.done("minjun", RemoveMember { study, user: id("seoyeon"), reason: Some(words("자꾸 빠져요")) }).await;
    house.done("minjun", RemoveMember { study, user: id("jiho"), reason: None }).await;
    for (name, said) in [("seoyeon", "자꾸 빠져요"), ("jiho", "")] {
        let told = house.told(name).await;
        assert_eq!((told[0].event.kind(), told[0].message.as_str()), (NotificationType::Kick, said));
    }
    assert!(news(&house, "owner", &mut owner).await.is_empty(), "nobody is told of their own act");
    for parts in house.store.take() {
        let told = parts.events.iter().filter(|event| event.kind == EventKind::NotificationCreated).count();
        let rows = parts.writes.iter().filter(|change| matches!(change, Change::Insert(Row::Notification(_)))).count();
        assert_eq!((told, rows), (1, 1), "one commit: {parts:?}");
    }
}

#[tokio::test]
async fn all_are_marked_read_at_once_and_nobody_elses() {
    let house = House::new().await;
    for name in ["minjun", "minjun", "seoyeon"] {
        house.sanction("mod", name, Measure::WARNING).await;
    }
    let unread = async |name: &str| house.coup.unread_notifications(&ctx(name)).await.unwrap();
    house.store.take();
    assert_eq!(house.done("minjun", ReadAllNotifications).await.count, 2);
    let written = house.store.take();
    let [parts] = written.as_slice() else { panic!("one commit: {written:?}") };
    let told: Vec<_> = parts.events.iter().map(|event| (event.kind, event.data.to_string())).collect();
    assert_eq!(told, [(EventKind::NotificationRead, "{\"all\":true}".to_owned())]);
    assert_eq!((unread("minjun").await, unread("seoyeon").await), (0, 1));
    assert_eq!(house.done("minjun", ReadAllNotifications).await.count, 0);
    assert!(house.store.take().is_empty(), "all is read already");
}

#[tokio::test]
async fn ones_own_notification_is_deleted_and_nobody_elses() {
    let house = House::new().await;
    for _ in 0..2 {
        house.sanction("mod", "minjun", Measure::WARNING).await;
    }
    let told = house.told("minjun").await;
    let (first, second) = (told[0].id, told[1].id);
    assert_eq!(house.refused("seoyeon", RemoveNotification(first)).await, "not_found");
    assert_eq!(house.refused("root", RemoveNotification(first)).await, "not_found");
    assert_eq!(house.told("minjun").await.len(), 2);
    house.store.take();
    house.done("minjun", RemoveNotification(first)).await;
    let kinds: Vec<_> = house.store.take().iter().flat_map(|parts| &parts.events).map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::NotificationDeleted]);
    assert_eq!(house.told("minjun").await.iter().map(|one| one.id).collect::<Vec<_>>(), [second]);
    assert_eq!(house.refused("minjun", RemoveNotification(first)).await, "not_found");
    let (_, shown) = house.coup.notification(&ctx("minjun"), second).await.unwrap();
    assert_eq!(shown.id, second);
    assert_eq!(house.coup.notification(&ctx("seoyeon"), second).await.unwrap_err().code(), "not_found");
}
