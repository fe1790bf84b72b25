//! Signing up, in and out.

use coup_axum::pages::Accounts;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_sign_in_and_back() {
    let house = House::new();
    let mut visitor = house.browser();
    visitor.get("").await.leads_to("/coup/sign-in");
    for path in ["/studies", "/studies?query=a&tag=b", "/my-studies", "/me", "/invites/abc", "/studies/new"] {
        let page = visitor.get(path).await;
        let next = page.place().split_once("next=").unwrap().1.to_owned();
        let next: String = form_urlencoded::parse(format!("n={next}").as_bytes()).next().unwrap().1.into_owned();
        assert_eq!(next, format!("/coup{path}"));
    }
    visitor.get("/sign-in?next=%2Fcoup%2Fme").await.is(200).has("name=\"next\" value=\"/coup/me\"");
    let fields = [("name", "민준"), ("email", "minjun@school.kr"), ("password", PASSWORD), ("next", "/coup/me")];
    visitor.post("/sign-up", &fields).await.leads_to("/coup/me");
    visitor.get("").await.leads_to("/coup/studies");
    visitor.get("/me").await.is(200).has("민준").has("minjun@school.kr");
    visitor.get("/sign-in").await.leads_to("/coup/studies");
    visitor.submit("/sign-out", &[]).await.is(200).has("로그아웃했어요");
    assert!(!visitor.cookies.contains_key("coup_session"));
    visitor.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    let fields = [("email", "MINJUN@school.kr"), ("password", PASSWORD), ("next", "/coup/my-studies")];
    visitor.post("/sign-in", &fields).await.leads_to("/coup/my-studies");
}

#[tokio::test]
async fn next_leads_to_no_other_site() {
    let house = House::new();
    drop(house.person("민준").await);
    let email: Vec<String> = "민준".bytes().map(|b| b.to_string()).collect();
    let email = format!("{}@school.kr", email.join("-"));
    for next in ["https://elsewhere", "//elsewhere", "/\\elsewhere", "elsewhere", "/\t/elsewhere"] {
        let mut browser = house.browser();
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        browser.post("/sign-in", &fields).await.leads_to("/coup/studies");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_account_stands_at_its_field_and_what_was_typed_is_kept() {
    let house = House::new();
    let mut visitor = house.browser();
    let fields = [("name", " "), ("email", "no address"), ("password", "")];
    let page = visitor.post("/sign-up", &fields).await.is(422);
    let page = page.error_at("name", "꼭 입력해야 해요").error_at("email", "이메일 주소가 아니에요");
    page.error_at("password", "꼭 입력해야 해요").has("value=\"no address\"");
    let fields = [("name", "민준"), ("email", "minjun@school.kr"), ("password", "short")];
    let page = visitor.post("/sign-up", &fields).await.is(422).error_at("password", "12자 이상이어야 해요");
    page.has("value=\"민준\"").lacks("short");
    let fields = [("name", "민준"), ("email", "minjun@school.kr"), ("password", PASSWORD)];
    visitor.post("/sign-up", &fields).await.leads_to("/coup/studies");

    let mut other = house.browser();
    other.language = "en";
    other.post("/sign-up", &fields).await.is(409).error_at("email", "already has an account");
    let page = other.post("/sign-in", &[("email", "minjun@school.kr"), ("password", "wrong")]).await.is(401);
    page.has("The e-mail address or the password is wrong").has("value=\"minjun@school.kr\"").lacks("value=\"wrong\"");
    other.post("/sign-in", &[]).await.is(422).error_at("email", "required").error_at("password", "required");
}

#[tokio::test]
async fn a_profile_is_edited_and_language_and_theme_are_chosen() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    minjun.submit("/me", &[("name", "김민준"), ("bio", "수학 좋아해요")]).await.is(200).has("김민준").has("저장했어요");
    // The word of what was done is said once.
    minjun.get("/me").await.is(200).has("수학 좋아해요").lacks("저장했어요");
    let page = minjun.post("/me", &[("name", ""), ("bio", "keep this")]).await.is(422);
    page.error_at("name", "꼭 입력해야 해요").has("keep this");
    minjun
        .post("/preferences", &[("locale", "en"), ("theme", "dark"), ("back", "/coup/me")])
        .await
        .leads_to("/coup/me");
    minjun.get("/me").await.has("lang=\"en\"").has("data-theme=\"dark\"").has("Sign out");
}

#[tokio::test]
async fn a_host_with_accounts_of_its_own_signs_in_and_out_itself() {
    let house = House::with(|options| coup_axum::pages::PagesOptions {
        accounts: Accounts::Host { sign_in: "/school/login".into(), sign_out: "/school/logout".into() },
        site_name: Some("햇빛 학교".into()),
        ..options
    });
    let mut visitor = house.browser();
    visitor.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    visitor.get("/sign-in?next=%2Fcoup%2Fme").await.leads_to("/school/login?next=%2Fcoup%2Fme");
    visitor.post("/sign-in", &[("email", "a@b.kr"), ("password", "x")]).await.is(405);
    visitor.post("/sign-out", &[]).await.leads_to("/school/logout");
    visitor.get("/nowhere").await.is(404).has("햇빛 학교");
}
