//! Signing up by letter, a forgotten password, and a window that is signed out from another, through the pages alone.

use coup_tests::{BrowserOptions, PASSWORD, Server, Sink, email};
use secrecy::ExposeSecret as _;

use crate::visitor::{Visitor, eventually};

const NEW: &str = "zanzibar-otter-3";

/// A server that sends letters, and where they come.
struct School {
    server: Server,
    sink: Sink,
}

impl School {
    async fn new() -> Self {
        let sink = Sink::open();
        let url = sink.url();
        let arguments = ["--smtp", url.expose_secret(), "--smtp-from", "CoUp <no-reply@school.kr>"];
        Self { server: Server::with(&arguments).await, sink }
    }

    /// The code in the letter that comes after so many.
    async fn code(&self, letters: usize) -> String {
        assert!(eventually(async || self.sink.taken().len() > letters).await, "no letter came");
        let taken = self.sink.taken();
        let body = taken[letters].body();
        let code = body.lines().find_map(|line| line.strip_prefix("    "));
        code.unwrap_or_else(|| panic!("no code in {body}")).to_owned()
    }

    /// Signs up through the pages and the letter.
    async fn newcomer(&self, name: &str, scripts: bool) -> Visitor {
        let visitor = Visitor::new(&self.server, scripts).await;
        visitor.goes("/sign-up").await;
        let (email, before) = (email(name), self.sink.taken().len());
        visitor.fills("/sign-up", &[("name", name), ("email", &email), ("password", PASSWORD)]).await;
        visitor.until_it_says("편지함을 확인해 주세요").await;
        // The address stands in the form already.
        let code = self.code(before).await;
        visitor.fills("/verify", &[("code", &code), ("password", PASSWORD)]).await;
        visitor.until(|path| path == "/studies").await;
        visitor
    }

    async fn signs_in(&self, name: &str, password: &str) -> Visitor {
        let visitor = Visitor::at(&self.server, BrowserOptions::default()).await;
        visitor.goes("/sign-in").await;
        visitor.fills("/sign-in", &[("email", &email(name)), ("password", password)]).await;
        visitor
    }
}

async fn somebody_signs_up_forgets_their_password_and_comes_back(scripts: bool) {
    let school = School::new().await;
    let name = "minjun";
    let desk = school.newcomer(name, scripts).await;
    let visitor = Visitor::new(&school.server, scripts).await;
    visitor.goes("/sign-in").await;
    visitor.clicks("a[href='/reset']").await;
    visitor.until(|path| path == "/reset").await;
    visitor.fills("/reset", &[("email", &email(name))]).await;
    let code = school.code(1).await;
    visitor.fills("/reset/confirm", &[("code", "0000-0000-0000"), ("password", NEW)]).await;
    visitor.until_it_says("코드가 맞지 않거나").await;
    visitor.fills("/reset/confirm", &[("code", &code), ("password", NEW)]).await;
    visitor.until_it_says("새 비밀번호를 정했어요").await;
    visitor.fills("/sign-in", &[("email", &email(name)), ("password", NEW)]).await;
    visitor.until(|path| path == "/studies").await;
    // Whoever was signed in before is not any more.
    desk.goes("/me").await;
    desk.until(|path| path == "/sign-in").await;
    assert!(eventually(async || school.sink.taken().len() == 3).await, "a letter tells of the new password");
}

#[tokio::test]
async fn somebody_signs_up_forgets_their_password_and_comes_back_with_scripts() {
    somebody_signs_up_forgets_their_password_and_comes_back(true).await;
}

#[tokio::test]
async fn somebody_signs_up_forgets_their_password_and_comes_back_without_scripts() {
    somebody_signs_up_forgets_their_password_and_comes_back(false).await;
}

#[tokio::test]
async fn a_window_is_signed_out_from_another_and_its_live_page_is_cut() {
    let school = School::new().await;
    let name = "seoyeon";
    let phone = school.newcomer(name, true).await;
    phone.goes("/studies/new").await;
    let fields = [("name", "아침 코딩 모임"), ("description", "매일 한 문제씩 풀어요"), ("category", "")];
    phone.fills("/studies", &fields).await;
    phone.until(|path| path.starts_with("/my-studies/")).await;
    let home = phone.path().await;
    let study = home.trim_start_matches("/my-studies/").split('/').next().unwrap().to_owned();
    phone.goes(&format!("/my-studies/{study}/chat")).await;

    let desk = school.signs_in(name, PASSWORD).await;
    desk.until(|path| path == "/studies").await;
    desk.goes("/me").await;
    desk.until_it_says("이 기기").await;
    desk.clicks("form[action^='/me/sessions/'] button").await;
    desk.until_it_says("그 기기에서 로그아웃했어요").await;
    // Nobody touched it: its stream was cut, and the page went to the door.
    phone.until(|path| path == "/sign-in").await;
    phone.goes("/me").await;
    phone.until(|path| path == "/sign-in").await;
    desk.goes("/me").await;
    desk.until(|path| path == "/me").await;
}
