//! Taking one's data along, and deleting one's account.

use chrono::TimeDelta;
use coup_core::policy::AdminRole;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn who_has_not_shown_lately_who_they_are_confirms_and_is_led_back() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    minjun.get("/me").await.is(200).has("href=\"/coup/me/account\"");
    house.clock.advance(TimeDelta::minutes(15));
    for path in ["/me/account", "/me/account/export"] {
        let page = minjun.get(path).await;
        let confirm = page.place();
        assert_eq!(confirm, format!("/confirm?next={}", format!("/coup{path}").replace('/', "%2F")));
        minjun.get(&confirm).await.is(200).has(&format!("name=\"next\" value=\"/coup{path}\""));
    }
    minjun.post("/me/account/delete", &[("sure", "true")]).await.leads_to("/coup/confirm");
    let right = [("password", PASSWORD), ("next", "/coup/me/account")];
    minjun.submit("/confirm", &right).await.is(200).has("계정 탈퇴").has("되돌릴 수 없어요").has("탈퇴한 사용자");
}

#[tokio::test]
async fn one_downloads_ones_data_as_a_file() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let page = minjun.get("/me/account").await.is(200).has("href=\"/coup/me/account/export\"");
    assert!(page.text.find("내려받기").unwrap() < page.text.find("탈퇴하기").unwrap(), "the export is offered first");
    let file = minjun.get("/me/account/export").await.is(200).has("\"format\":\"coup-personal-data\"");
    let document: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(document["account"]["name"], "민준");
}

#[tokio::test]
async fn one_deletes_ones_account_once_one_says_that_one_is_sure() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    minjun.get("/me/account/delete").await.leads_to("/coup/me/account");
    minjun.post("/me/account/delete", &[]).await.is(422).error_at("sure", "꼭 입력");
    minjun.get("/me").await.is(200);
    let page = minjun.submit("/me/account/delete", &[("sure", "true")]).await.is(200);
    page.has("탈퇴했어요").has("로그인");
    minjun.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    let email = house.address("민준");
    let mut visitor = house.browser();
    visitor.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.is(401);
    house.person("민준").await.get("/me").await.is(200);
}

#[tokio::test]
async fn the_owner_sees_which_studies_stand_in_the_way() {
    let house = House::new();
    let mut seoyeon = house.person("서연").await;
    let study = [("name", "아침 수학"), ("description", "매일 한 문제를 풀어요."), ("category", "수학")];
    seoyeon.post("/studies", &study).await.is(303);
    let page = seoyeon.get("/me/account").await.is(200).has("아직 방장인 스터디가 있어요").has("아침 수학");
    assert!(!page.text.contains("탈퇴하기"), "{}", page.text);
    seoyeon.post("/me/account/delete", &[("sure", "true")]).await.is(409).has("아침 수학");
    seoyeon.get("/me").await.is(200);
}

#[tokio::test]
async fn the_last_super_admin_is_told_why_they_stay() {
    let house = House::new();
    let mut root = house.administrator("최고", AdminRole::SuperAdmin).await;
    let page = root.post("/me/account/delete", &[("sure", "true")]).await.is(409);
    page.has("기한이 없는 최고 관리자가 한 명은 있어야 해요");
    root.get("/me").await.is(200);
}
