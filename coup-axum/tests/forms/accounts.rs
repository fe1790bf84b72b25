//! The password, sessions, and what asks again who one is.

use crate::browser::{House, PASSWORD};

const NEW: &str = "zanzibar-otter-3";

#[tokio::test]
async fn one_changes_ones_password_on_ones_own_page() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let mut phone = house.browser();
    let email = house.address("민준");
    phone.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
    minjun.get("/me").await.is(200).has("로그인한 기기").has("이 기기").has("/me/sessions/");
    minjun.post("/me/password", &[]).await.is(422).error_at("current", "꼭 입력").error_at("new", "꼭 입력");
    let page = minjun.post("/me/password", &[("current", "guess"), ("new", NEW)]).await.is(422);
    page.error_at("current", "비밀번호가 맞지 않아요").lacks(NEW);
    minjun.submit("/me/password", &[("current", PASSWORD), ("new", NEW)]).await.is(200).has("비밀번호를 바꿨어요");
    phone.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    minjun.get("/me/password").await.leads_to("/coup/me");
}

#[tokio::test]
async fn one_signs_out_elsewhere_and_everywhere() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let mut phone = house.browser();
    let email = house.address("민준");
    phone.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
    let page = minjun.get("/me").await.is(200);
    let action = page.text.split("action=\"/coup").find(|rest| rest.starts_with("/me/sessions/")).unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    minjun.submit(&action, &[]).await.is(200).has("그 기기에서 로그아웃했어요").lacks("/me/sessions/");
    phone.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    minjun.submit("/sign-out-everywhere", &[]).await.is(200).has("모든 기기에서 로그아웃했어요");
    minjun.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
}

#[tokio::test]
async fn who_confirms_is_led_back_to_a_page_of_ours_and_told_to_press_again() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let page = minjun.get("/confirm?next=%2Fcoup%2Fmy-studies").await.is(200);
    page.has("본인 확인").has("name=\"next\" value=\"/coup/my-studies\"");
    let wrong = [("password", "guess"), ("next", "/coup/my-studies")];
    let page = minjun.post("/confirm", &wrong).await.is(422).error_at("password", "비밀번호가 맞지 않아요");
    page.has("name=\"next\" value=\"/coup/my-studies\"");
    let right = [("password", PASSWORD), ("next", "/coup/my-studies")];
    minjun.submit("/confirm", &right).await.is(200).has("한 번 더 눌러 주세요");
    for hostile in ["https://elsewhere", "//elsewhere", "/\\elsewhere"] {
        minjun.post("/confirm", &[("password", PASSWORD), ("next", hostile)]).await.leads_to("/coup/studies");
    }
    house.browser().get("/confirm").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fconfirm");
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_alike_whoever_asks() {
    let house = House::new();
    house.person("민준").await;
    let mut visitor = house.browser();
    visitor.get("/reset").await.is(200).has("비밀번호 다시 정하기");
    visitor.post("/reset", &[("email", "민준")]).await.is(422).error_at("email", "이메일 주소가 아니에요");
    let email = house.address("민준");
    let known = visitor.post("/reset", &[("email", &email)]).await.is(200);
    let unknown = visitor.post("/reset", &[("email", "nobody@school.kr")]).await.is(200);
    assert_eq!(known.text.replace(&email, "nobody@school.kr"), unknown.text);
    for path in ["/verify", "/reset/confirm"] {
        visitor.get(path).await.is(200).has("name=\"code\"");
        let fields = [("email", email.as_str()), ("code", "7K3M"), ("password", NEW)];
        visitor.post(path, &fields).await.is(409).has("코드가 맞지 않거나").has(&email).lacks(NEW);
        visitor.post(path, &[]).await.is(422).error_at("code", "꼭 입력");
    }
}
