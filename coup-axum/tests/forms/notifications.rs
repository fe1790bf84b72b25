//! One's own notifications, by links and forms alone.

use crate::{
    browser::{Browser, House},
    studies::found,
};

/// An owner, and somebody who was kicked with a reason and had been let in before.
async fn told(house: &House) -> (Browser<'_>, Browser<'_>, String) {
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, &[("isPublic", "true")]).await;
    guest.submit(&format!("/studies/{id}/join"), &[]).await.is(200);
    let who = owner
        .get(&format!("/my-studies/{id}/requests"))
        .await
        .is(200)
        .between(&format!("/my-studies/{id}/members/"), "/approve");
    owner.submit(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await.is(200);
    let kick = format!("/my-studies/{id}/members/{who}/kick");
    drop(owner.get(&kick).await.is(200).has("name=\"reason\""));
    owner.submit(&kick, &[("reason", "<b>자꾸</b> 빠져요")]).await.is(200);
    (owner, guest, id)
}

/// The first notification's identifier.
async fn first(who: &mut Browser<'_>) -> String {
    who.get("/notifications").await.is(200).between("data-told=\"", "\"")
}

#[tokio::test]
async fn the_bell_says_how_many_wait_and_the_page_what_they_tell_with_a_link_to_it() {
    let house = House::new();
    let (mut owner, mut guest, id) = told(&house).await;
    drop(owner.get("/studies").await.is(200).has("href=\"/coup/notifications\"").has("읽지 않은 알림 1개"));
    let page = owner.get("/notifications").await.is(200).has("서연님이 가입을 신청했어요");
    drop(page.has(&format!("href=\"/coup/my-studies/{id}/requests\"")));
    let page = guest.get("/notifications").await.is(200).has("읽지 않은 알림 2개").has("스터디에서 내보내졌어요");
    let page = page.has("가입 신청이 승인되었어요").has("&#60;b&#62;자꾸&#60;/b&#62; 빠져요");
    drop(page.has(&format!("href=\"/coup/studies/{id}\"")));
    let mut stranger = house.person("지호").await;
    drop(stranger.get("/notifications").await.is(200).has("아직 알림이 없어요").lacks("읽지 않은 알림"));
}

#[tokio::test]
async fn one_is_marked_read_then_all_and_what_is_read_is_left_out_of_what_waits() {
    let house = House::new();
    let (mut owner, mut guest, _) = told(&house).await;
    let kicked = first(&mut guest).await;
    owner.post(&format!("/notifications/{kicked}/read"), &[]).await.is(404);
    let page = guest.submit(&format!("/notifications/{kicked}/read"), &[("show", "unread")]).await.is(200);
    drop(page.has("읽지 않은 알림 1개").lacks("스터디에서 내보내졌어요").has("가입 신청이 승인되었어요"));
    drop(guest.get("/notifications").await.is(200).has("스터디에서 내보내졌어요"));
    let page = guest.submit("/notifications/read-all", &[]).await.is(200).has("모두 읽음으로 표시했어요");
    drop(page.lacks("읽지 않은 알림").lacks("/notifications/read-all"));
    drop(guest.get("/notifications?show=unread").await.is(200).has("모두 읽었어요"));
    drop(owner.get("/studies").await.is(200).has("읽지 않은 알림 1개"));
}

#[tokio::test]
async fn one_is_deleted_after_a_question_and_only_by_whose_it_is() {
    let house = House::new();
    let (mut owner, mut guest, _) = told(&house).await;
    let kicked = first(&mut guest).await;
    let delete = format!("/notifications/{kicked}/delete");
    owner.get(&delete).await.is(404);
    owner.post(&delete, &[]).await.is(404);
    drop(guest.get(&delete).await.is(200).has("이 알림을 삭제할까요?").has("스터디에서 내보내졌어요"));
    let page = guest.submit(&delete, &[]).await.is(200).has("알림을 삭제했어요");
    drop(page.lacks("스터디에서 내보내졌어요").has("가입 신청이 승인되었어요"));
    guest.get(&delete).await.is(404);
}
