//! One's own notifications; who is told of an appeal; lifting all that suspends.

use coup_core::{
    appeal::service::CreateAppeal,
    changes::EventKind,
    notification::{model::NotificationType, service::ReadNotification},
    page::Limit,
    policy::{AdminRole, SanctionType},
    sanction::{model::Measure, service::Unsuspend},
    store::UserReads as _,
    text::AppealText,
    user::model::UserStatus,
};

use crate::house::{House, ctx, id, measure, words};

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
    let page = house.coup.notifications(&ctx("minjun"), None, two).await.unwrap();
    assert_eq!((page.items.len(), page.next_cursor.is_some()), (2, true));
    let rest = house.coup.notifications(&ctx("minjun"), page.next_cursor.as_deref(), Limit::DEFAULT).await.unwrap();
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
        kinds.iter().filter(|kind| **kind == NotificationType::AppealMade).count()
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
