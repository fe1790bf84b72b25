//! Who guesses too often, told by a page.

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn who_signed_in_too_often_is_told_on_the_form_how_long_to_wait() {
    let house = House::new();
    house.person("민준").await;
    let email = house.address("민준");
    let mut visitor = house.browser();
    for (language, words) in [("ko", "15분 뒤에 다시 시도해 주세요"), ("en", "Try again in 15 minutes.")] {
        visitor.language = language;
        for _ in 0..10 {
            visitor.post("/sign-in", &[("email", &email), ("password", "guess")]).await;
        }
        let page = visitor.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.is(429);
        page.has(words).has(&email).has("name=\"password\"").lacks(PASSWORD);
    }
}

#[tokio::test]
async fn a_browser_that_signed_in_before_is_let_in_while_others_have_to_wait() {
    let house = House::new();
    let mut own = house.person("민준").await;
    let email = house.address("민준");
    own.submit("/sign-out", &[]).await;
    let mut stranger = house.browser();
    for _ in 0..11 {
        stranger.post("/sign-in", &[("email", &email), ("password", "guess")]).await;
    }
    stranger.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.is(429);
    own.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
}

#[tokio::test]
async fn one_is_told_on_ones_own_page_and_where_one_confirms() {
    let house = House::new();
    let mut minjun = house.person("민준").await;
    for _ in 0..10 {
        minjun.post("/confirm", &[("password", "guess")]).await.is(422);
    }
    minjun.post("/confirm", &[("password", PASSWORD)]).await.is(429).has("15분 뒤에");
    let fields = [("current", PASSWORD), ("new", "zanzibar-otter-3")];
    minjun.post("/me/password", &fields).await.is(429).has("15분 뒤에").lacks(PASSWORD);
}
