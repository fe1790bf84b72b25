//! Asking to join, deciding, roles, kicking, invites.

use crate::{
    browser::{Browser, House},
    studies::found,
};

const ASKED: &[(&str, &str)] = &[("isPublic", "true")];

/// The identifier of whoever asks, as the page of requests names it.
async fn asker(owner: &mut Browser<'_>, id: &str) -> String {
    owner
        .get(&format!("/my-studies/{id}/requests"))
        .await
        .is(200)
        .between(&format!("/my-studies/{id}/members/"), "/approve")
}

#[tokio::test]
async fn a_request_is_made_withdrawn_made_again_and_approved() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, ASKED).await;
    let (page, join) = (format!("/studies/{id}"), format!("/studies/{id}/join"));
    guest.get(&page).await.is(200).has("name=\"introduction\"");
    let long = "가".repeat(1001);
    let refused = guest.post(&join, &[("introduction", &long), ("motivation", "kept")]).await.is(422);
    refused.error_at("introduction", "1000자 이하여야 해요").has("kept");
    let words = [("introduction", "중학생이에요"), ("motivation", "<b>꼭</b>"), ("level", "beginner")];
    guest.submit(&join, &words).await.is(200).has("가입을 신청했어요").has(&format!("/coup{page}/withdraw"));
    guest.post(&join, &words).await.is(409).has("승인을 기다리고 있어요");
    guest.get("/my-studies").await.has("아침 수학");
    guest.get(&format!("{page}/withdraw")).await.is(200).has("아침 수학");
    guest.submit(&format!("{page}/withdraw"), &[]).await.is(200).has("가입 신청을 거두었어요").lacks("아침 수학");
    guest.submit(&join, &words).await.is(200);

    owner.get(&format!("/my-studies/{id}")).await.has(&format!("/coup/my-studies/{id}/requests"));
    let requests = owner.get(&format!("/my-studies/{id}/requests")).await;
    let requests = requests.has("서연").has("중학생이에요").lacks("<b>꼭</b>");
    drop(requests.has("꼭"));
    let who = asker(&mut owner, &id).await;
    guest.post(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await.is(403);
    owner.submit(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await.is(200).has("가입을 승인했어요");
    owner.post(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await.is(409).has("이미 이 스터디의 멤버예요");
    // A form that is out of date kicks nobody.
    owner.post(&format!("/my-studies/{id}/members/{who}/reject"), &[]).await.is(409).has("처리할 가입 신청이 없어요");
    guest
        .get(&format!("/my-studies/{id}/members"))
        .await
        .is(200)
        .has("민준")
        .has("서연")
        .lacks("/kick")
        .lacks("/invites");
    guest.get(&format!("/my-studies/{id}/requests")).await.is(403);
}

#[tokio::test]
async fn who_was_rejected_reads_when_to_ask_again() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, ASKED).await;
    let join = format!("/studies/{id}/join");
    guest.post(&join, &[]).await;
    let who = asker(&mut owner, &id).await;
    owner.get(&format!("/my-studies/{id}/members/{who}/reject")).await.is(200).has("서연");
    owner.submit(&format!("/my-studies/{id}/members/{who}/reject"), &[]).await.is(200).has("가입 신청을 거절했어요");
    guest.get(&format!("/studies/{id}")).await.is(200).lacks(&format!("action=\"/coup{join}\""));
    guest.post(&join, &[]).await.is(409);
    house.clock.advance(chrono::TimeDelta::hours(25));
    guest.submit(&join, &[]).await.is(200).has("가입을 신청했어요");
}

#[tokio::test]
async fn roles_are_given_taken_and_handed_over_and_people_kicked_and_reinstated() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, &[("isPublic", "true")]).await;
    guest.post(&format!("/studies/{id}/join"), &[]).await;
    let who = asker(&mut owner, &id).await;
    let at = |act: &str| format!("/my-studies/{id}/members/{who}/{act}");
    owner.post(&at("kick"), &[]).await.is(409);
    owner.post(&at("approve"), &[]).await;
    let list = format!("/my-studies/{id}/members");
    owner.get(&list).await.has("/appoint").has("/transfer").has("/kick").lacks("/dismiss");
    for (act, words) in [("appoint", "관리자로 임명했어요"), ("dismiss", "관리자에서 해제했어요")] {
        owner.get(&at(act)).await.is(200).has(&format!("action=\"/coup{}\"", at(act)));
        guest.get(&at(act)).await.is(403);
        guest.post(&at(act), &[]).await.is(403);
        owner.submit(&at(act), &[]).await.is(200).has(words);
    }
    owner.get(&at("kick")).await.is(200);
    owner.submit(&at("kick"), &[]).await.is(200).has("스터디에서 내보냈어요").lacks("서연");
    guest.get(&format!("/studies/{id}")).await.is(200).has("내보내진 적이 있어요").lacks("/join\"");
    owner.get(&format!("/my-studies/{id}/kicked")).await.is(200).has("서연");
    owner.submit(&at("reinstate"), &[]).await.is(200).has("다시 가입할 수 있게 했어요").lacks("서연");
    guest.post(&format!("/studies/{id}/join"), &[]).await.leads_to(&format!("/coup/studies/{id}"));
    owner.post(&at("approve"), &[]).await;
    owner.get(&at("transfer")).await.is(200).has("서연");
    owner.submit(&at("transfer"), &[]).await.is(200).has("방장을 넘겼어요").lacks("/transfer");
    guest.get(&format!("/my-studies/{id}/leave")).await.is(403).has("먼저 방장을 위임해 주세요");
}

#[tokio::test]
async fn a_full_study_says_so_where_requests_are_answered() {
    let house = House::new();
    let mut owner = house.person("민준").await;
    let id = found(&mut owner, ASKED).await;
    for name in ["서연", "지호", "하은"] {
        house.person(name).await.post(&format!("/studies/{id}/join"), &[]).await;
    }
    for _ in 0..2 {
        let who = asker(&mut owner, &id).await;
        owner.post(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await.is(303);
    }
    let who = asker(&mut owner, &id).await;
    let page = owner.post(&format!("/my-studies/{id}/members/{who}/approve"), &[]).await;
    page.is(409).has("스터디 정원이 다 찼어요").has("하은");
}

#[tokio::test]
async fn invites_let_people_in_until_they_are_used_up_revoked_or_rotated() {
    let house = House::new();
    let (mut owner, mut guest) = (house.person("민준").await, house.person("서연").await);
    let id = found(&mut owner, &[]).await;
    guest.get(&format!("/studies/{id}")).await.is(404);
    let list = format!("/my-studies/{id}/invites");
    let page = owner.get(&list).await.is(200);
    let standing = page.between("value=\"http://127.0.0.1:3000/coup", "\"");
    let refused = owner.post(&list, &[("expiresIn", "7d"), ("maxUses", "0")]).await.is(422);
    refused.error_at("maxUses", "1 이상이어야 해요").has("value=\"0\"");
    owner
        .post(&list, &[("expiresIn", "8d"), ("maxUses", "x")])
        .await
        .is(422)
        .error_at("expiresIn", "고를 수 없는 값")
        .error_at("maxUses", "형식");
    let page = owner.submit(&list, &[("expiresIn", "1d"), ("maxUses", "1")]).await.is(200);
    let page = page.has("초대 링크를 만들었어요").has("민준");
    let revoke = page.between(&format!("href=\"/coup{list}/"), "/revoke");
    let once = format!("/invites/{revoke}");

    house.browser().get(&once).await.leads_to(&format!("/coup/sign-in?next=%2Fcoup%2Finvites%2F{revoke}"));
    guest.get(&once).await.is(200).has("아침 수학").has(&format!("action=\"/coup{once}\""));
    guest.submit(&once, &[]).await.is(200).has("스터디에 가입했어요");
    guest.get(&once).await.is(200).has(&format!("/coup/my-studies/{id}"));
    guest.get(&list).await.is(403);
    let mut third = house.person("지호").await;
    third.get(&once).await.is(404);
    third.post(&once, &[]).await.is(404);
    third.get(&standing).await.is(200).has("아침 수학");
    owner.get(&format!("{list}/{revoke}/revoke")).await.is(200);
    owner.submit(&format!("{list}/{revoke}/revoke"), &[]).await.is(200).has("초대 링크를 없앴어요");
    owner.get(&format!("/my-studies/{id}/invite-code/rotate")).await.is(200);
    let page = owner.submit(&format!("/my-studies/{id}/invite-code/rotate"), &[]).await.is(200);
    let fresh = page.between("value=\"http://127.0.0.1:3000/coup", "\"");
    assert_ne!(fresh, standing);
    third.get(&standing).await.is(404);
    third.post(&fresh, &[]).await.leads_to(&format!("/coup/my-studies/{id}"));
    house.person("하은").await.get(&fresh).await.is(200).lacks(&format!("action=\"/coup{fresh}\""));
}
