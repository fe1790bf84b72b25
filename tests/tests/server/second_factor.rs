//! The second factor in a browser: turned on from one's own page, asked for at signing in, recovery codes once.

use chrono::TimeDelta;
use coup_core::{
    env::{Clock as _, SystemClock},
    testing::Authenticator,
};
use coup_tests::{PASSWORD, Server, email};

use crate::visitor::Visitor;

/// The text of the first thing that a selector finds.
async fn text(visitor: &Visitor, css: &str) -> String {
    let found = visitor.finds(&format!("document.querySelector({css:?}).textContent")).await;
    found.as_str().unwrap_or_else(|| panic!("{css}: {found}")).to_owned()
}

/// Signs out, and does the first step of signing in again.
async fn comes_back(visitor: &Visitor, name: &str) {
    visitor.goes("/me").await;
    visitor.clicks("main form[action='/sign-out'] button").await;
    visitor.until(|path| path == "/sign-in").await;
    visitor.fills("/sign-in", &[("email", &email(name)), ("password", PASSWORD)]).await;
    visitor.until(|path| path == "/sign-in/code").await;
}

async fn somebody_turns_it_on_and_signs_in_with_codes(scripts: bool) {
    let server = Server::on_sqlite().await;
    let visitor = Visitor::new(&server, scripts).await;
    let name = "minjun";
    visitor.signs_up(name).await;
    visitor.goes("/me").await;
    visitor.clicks("a[href='/me/second-factor']").await;
    visitor.until_it_says("2단계 인증이 꺼져 있어요").await;
    visitor.sends("/me/second-factor/set-up").await;
    visitor.until(|path| path == "/me/second-factor/set-up").await;
    visitor.is_pictured(&format!("second-factor-set-up-{scripts}")).await;
    let app = Authenticator::new(&text(&visitor, "[data-secret]").await);
    let now = SystemClock.now();
    visitor.fills("/me/second-factor/confirm", &[("code", &app.code(now))]).await;
    visitor.until_it_says("복구 코드 10개").await;
    visitor.is_pictured(&format!("second-factor-codes-{scripts}")).await;
    let codes = text(&visitor, "#codes-text").await;
    let recovery = codes.lines().next().unwrap_or_else(|| panic!("no codes in {codes:?}")).to_owned();

    comes_back(&visitor, name).await;
    visitor.is_pictured(&format!("second-factor-code-{scripts}")).await;
    // The step of the code that turned it on was used; that of the next one is taken already.
    visitor.fills("/sign-in/code", &[("code", &app.code(now + TimeDelta::seconds(30)))]).await;
    visitor.until(|path| path == "/studies").await;

    comes_back(&visitor, name).await;
    visitor.clicks("details.disclosure summary").await;
    visitor.fills("/sign-in/code", &[("recovery", &recovery)]).await;
    visitor.until(|path| path == "/studies").await;
    visitor.goes("/me/second-factor").await;
    visitor.until_it_says("9개 남았어요").await;

    comes_back(&visitor, name).await;
    visitor.clicks("details.disclosure summary").await;
    visitor.fills("/sign-in/code", &[("recovery", &recovery)]).await;
    visitor.until_it_says("코드가 맞지 않거나").await;
    visitor.goes("/me").await;
    visitor.until(|path| path == "/sign-in").await;
}

#[tokio::test]
async fn somebody_turns_the_second_factor_on_and_signs_in_with_codes() {
    somebody_turns_it_on_and_signs_in_with_codes(true).await;
}

#[tokio::test]
async fn without_script_somebody_turns_the_second_factor_on_and_signs_in_with_codes() {
    somebody_turns_it_on_and_signs_in_with_codes(false).await;
}
