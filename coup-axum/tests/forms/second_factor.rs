//! The second factor without script: setting it up, the code at signing in, and where administrators are led.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail as the test does")]

use chrono::TimeDelta;
use coup_core::{coup::Settings, env::Clock as _, policy::AdminRole, testing::Authenticator};

use crate::browser::{Browser, House, PASSWORD};

/// The recovery codes of a page.
fn codes(text: &str) -> Vec<String> {
    let area = text.split("<textarea").nth(1).unwrap();
    let inside = area.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
    inside.lines().map(str::to_owned).collect()
}

impl House {
    /// Turns it on in a browser.
    async fn turn_on(&self, browser: &mut Browser<'_>) -> (Authenticator, Vec<String>) {
        browser.post("/me/second-factor/set-up", &[]).await.leads_to("/coup/me/second-factor/set-up");
        let page =
            browser.get("/me/second-factor/set-up").await.is(200).has("<svg class=\"qr\"").has("otpauth://totp/");
        let app = Authenticator::new(&page.between("data-secret translate=\"no\">", "</code>"));
        let code = app.code(self.clock.now());
        let page = browser.post("/me/second-factor/confirm", &[("code", &code)]).await.is(200);
        self.clock.advance(TimeDelta::seconds(30));
        let codes = codes(&page.has("2단계 인증을 켰어요").text);
        assert_eq!(codes.len(), 10, "{codes:?}");
        (app, codes)
    }

    /// The first step; nobody is signed in by it.
    async fn first_step(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let (email, next) = (self.address(name), "/coup/me");
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        browser.post("/sign-in", &fields).await.leads_to("/coup/sign-in/code?next=%2Fcoup%2Fme");
        browser.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
        browser
            .get("/sign-in/code?next=%2Fcoup%2Fme")
            .await
            .is(200)
            .has("autocomplete=\"one-time-code\"")
            .has("/coup/me");
        browser
    }
}

#[tokio::test]
async fn one_turns_it_on_from_ones_own_page_and_signs_in_with_a_code() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let mut phone = house.browser();
    let email = house.address("민준");
    phone.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
    minjun.get("/me").await.is(200).has("/coup/me/second-factor");
    minjun.get("/me/second-factor").await.is(200).has("2단계 인증이 꺼져 있어요").lacks("/me/second-factor/off");
    minjun.get("/me/second-factor/set-up").await.leads_to("/coup/me/second-factor");
    minjun.post("/me/second-factor/set-up", &[]).await.leads_to("/coup/me/second-factor/set-up");
    let page = minjun.post("/me/second-factor/confirm", &[("code", "")]).await.is(422).error_at("code", "꼭 입력");
    page.has("<svg class=\"qr\"");
    let (app, codes) = house.turn_on(&mut minjun).await;
    phone.get("/me").await.leads_to("/coup/sign-in?next=%2Fcoup%2Fme");
    minjun.get("/me/second-factor").await.is(200).has("2단계 인증이 켜져 있어요").has("10개 남았어요");
    minjun.get("/me/second-factor/set-up").await.leads_to("/coup/me/second-factor");

    let mut phone = house.first_step("민준").await;
    phone.post("/sign-in/code", &[]).await.is(422).error_at("code", "꼭 입력");
    let wrong = app.wrong(house.clock.now());
    let page = phone.post("/sign-in/code", &[("code", &wrong), ("next", "/coup/me")]).await.is(409);
    page.error_at("code", "코드가 맞지 않거나").lacks(&wrong).has("value=\"/coup/me\"");
    let code = app.code(house.clock.now());
    phone.post("/sign-in/code", &[("code", &code), ("next", "/coup/me")]).await.leads_to("/coup/me");
    phone.get("/me").await.is(200);
    assert!(!phone.cookies.contains_key("coup_code"), "{:?}", phone.cookies);

    let mut again = house.first_step("민준").await;
    again.post("/sign-in/code", &[("code", &code)]).await.is(409).error_at("code", "코드가 맞지 않거나");
    again.post("/sign-in/code", &[("recovery", &codes[0])]).await.leads_to("/coup/studies");
    let mut again = house.first_step("민준").await;
    let page = again.post("/sign-in/code", &[("recovery", &codes[0])]).await.is(409);
    page.error_at("recovery", "코드가 맞지 않거나").has("<details class=\"disclosure\" open>");
    // In another browser there is no first step.
    let mut other = house.browser();
    other
        .post("/sign-in/code", &[("recovery", &codes[1])])
        .await
        .is(409)
        .has("너무 오래 걸렸거나")
        .has("name=\"password\"");
}

#[tokio::test]
async fn wrong_codes_are_told_to_wait() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let (app, codes) = house.turn_on(&mut minjun).await;
    let mut phone = house.first_step("민준").await;
    for _ in 0..5 {
        phone.post("/sign-in/code", &[("code", &app.wrong(house.clock.now()))]).await.is(409);
    }
    let page = phone.post("/sign-in/code", &[("code", &app.code(house.clock.now()))]).await.is(429);
    page.error_at("code", "5분쯤 뒤에");
    phone.post("/sign-in/code", &[("recovery", &codes[3])]).await.leads_to("/coup/studies");
}

#[tokio::test]
async fn fresh_codes_and_turning_it_off_ask_for_a_code_first() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    let (app, codes_before) = house.turn_on(&mut minjun).await;
    house.clock.advance(TimeDelta::minutes(15));
    let from = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("referer", "http://127.0.0.1:3000/coup/me/second-factor"),
    ];
    let page = minjun.send("POST", "/me/second-factor/off", &from, Some(String::new())).await;
    page.leads_to("/coup/confirm?next=%2Fcoup%2Fme%2Fsecond-factor");
    minjun.get("/confirm").await.is(200).has("name=\"code\"").lacks("name=\"password\"");
    minjun.post("/confirm", &[("password", PASSWORD)]).await.is(422).error_at("code", "꼭 입력");
    let wrong = app.wrong(house.clock.now());
    minjun.post("/confirm", &[("code", &wrong)]).await.is(409).error_at("code", "코드가 맞지 않거나");
    let code = app.code(house.clock.now());
    let next = ("next", "/coup/me/second-factor");
    minjun.post("/confirm", &[("code", &code), next]).await.leads_to("/coup/me/second-factor");
    let fresh = codes(&minjun.post("/me/second-factor/codes", &[]).await.is(200).has("한 번만 보여").text);
    assert!(fresh.iter().all(|code| !codes_before.contains(code)), "{fresh:?}");
    minjun.get("/me/second-factor/codes").await.leads_to("/coup/me/second-factor");
    minjun.get("/me/second-factor/off").await.is(200).has("2단계 인증을 끌까요?");
    minjun.submit("/me/second-factor/off", &[]).await.is(200).has("2단계 인증을 껐어요").has("꺼져 있어요");
    minjun.post("/me/second-factor/off", &[]).await.is(409).has("2단계 인증이 켜져 있지 않아요");
    let email = house.address("민준");
    house.browser().post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
}

#[tokio::test]
async fn an_administrator_without_one_is_led_to_setting_it_up() {
    let house = House::with_settings(Settings::default());
    let mut root = house.administrator("서연", AdminRole::SuperAdmin).await;
    root.get("/studies").await.is(200).has("관리자 일을 하려면 2단계 인증을 켜야").has("/coup/me/second-factor");
    for page in ["/admin", "/admin/settings", "/admin/reports"] {
        root.get(page).await.leads_to("/coup/me/second-factor");
    }
    root.get("/me/second-factor").await.is(200).has("관리자는 켜 두어야 해요");
    house.turn_on(&mut root).await;
    root.get("/studies").await.is(200).lacks("관리자 일을 하려면");
    root.get("/admin/settings").await.is(200).has("관리자의 2단계 인증").lacks("요구하지 않고 있어요");
    root.get("/me/second-factor").await.is(200).lacks("/me/second-factor/off");
    root.get("/me/second-factor/off").await.is(200);
    root.post("/me/second-factor/off", &[]).await.is(409).has("관리자는 2단계 인증을 켜 두어야 해요");
}

#[tokio::test]
async fn where_administrators_are_not_asked_for_one_the_administration_says_so() {
    let house = House::new();
    let mut root = house.administrator("서연", AdminRole::SuperAdmin).await;
    root.get("/admin/settings").await.is(200).has("요구하지 않고 있어요");
    root.get("/studies").await.is(200).lacks("요구하지 않고 있어요");
    house.person("민준").await.get("/studies").await.is(200).lacks("2단계 인증");
}
