//! Two people meet in a study through the pages alone, in a real browser, with scripts and without.

use coup_tests::Server;
use fantoccini::Locator;

use crate::visitor::Visitor;

async fn two_people_meet(scripts: bool) {
    let server = Server::on_sqlite().await;
    let owner = Visitor::new(&server, scripts).await;
    owner.signs_up("김민준").await;

    owner.goes("/studies/new").await;
    owner.unticks("autoApprove").await;
    let fields = [("name", "아침 코딩 모임"), ("description", "매일 한 문제씩 풀어요"), ("category", "")];
    owner.fills("/studies", &fields).await;
    owner.until(|path| path.starts_with("/my-studies/")).await;
    let home = owner.path().await;
    let study = home.trim_start_matches("/my-studies/").split('/').next().unwrap().to_owned();

    let asker = Visitor::new(&server, scripts).await;
    asker.signs_up("Emma Clarke").await;
    asker.goes("/studies?query=코딩").await;
    asker.until_it_says("아침 코딩 모임").await;
    asker.goes(&format!("/studies/{study}")).await;
    let words = [("introduction", "Hello, I would like to join."), ("motivation", "I want to get up earlier.")];
    asker.fills(&format!("/studies/{study}/join"), &words).await;
    // Asked, and not in yet.
    asker.until_it_says("승인을 기다리고 있어요").await;
    asker.goes(&format!("/my-studies/{study}/chat")).await;
    assert!(asker.page().find(Locator::Css("textarea[name='content']")).await.is_err(), "{}", asker.reads().await);

    owner.goes(&format!("/my-studies/{study}/requests")).await;
    owner.until_it_says("I want to get up earlier.").await;
    owner.clicks("form[action$='/approve'] button").await;
    owner.until_it_says("가입을 승인했어요").await;
    owner.goes(&format!("/my-studies/{study}/members")).await;
    owner.until_it_says("Emma Clarke").await;

    let chat = format!("/my-studies/{study}/chat");
    owner.goes(&chat).await;
    owner.fills(&chat, &[("content", "어서 오세요, 에마!")]).await;
    owner.until_it_says("어서 오세요, 에마!").await;
    asker.goes(&chat).await;
    asker.until_it_says("어서 오세요, 에마!").await;
    asker.fills(&chat, &[("content", "고마워요! <b>not bold</b>")]).await;
    // What somebody writes stays text.
    asker.until_it_says("<b>not bold</b>").await;
    if !scripts {
        owner.goes(&chat).await;
    }
    // With scripts it comes by itself.
    owner.until_it_says("고마워요!").await;
}

#[tokio::test]
async fn two_people_meet_with_scripts() {
    two_people_meet(true).await;
}

#[tokio::test]
async fn two_people_meet_without_scripts() {
    two_people_meet(false).await;
}

#[tokio::test]
async fn the_browser_finds_nothing_that_the_policy_of_content_forbids() {
    let server = Server::with(&["--demo"]).await;
    let visitor = Visitor::new(&server, true).await;
    visitor.goes("/sign-in").await;
    visitor.fills("/sign-in", &[("email", "minjun@hanbit.example"), ("password", "hanbit lantern 2026")]).await;
    visitor.until(|path| path != "/sign-in").await;
    for path in ["/studies", "/my-studies", "/me", "/api/docs"] {
        visitor.goes(path).await;
        let watched = "const done = arguments[0]; const seen = []; \
             document.addEventListener('securitypolicyviolation', e => seen.push(e.violatedDirective + ' ' + e.blockedURI)); \
             setTimeout(() => done([seen, document.styleSheets.length]), 300)";
        let found = visitor.page().execute_async(watched, Vec::new()).await.unwrap();
        assert_eq!(found.get(0), Some(&serde_json::json!([])), "{path}");
        assert!(found.get(1).and_then(serde_json::Value::as_u64).unwrap() > 0, "{path} has no style");
    }
    visitor.goes("/my-studies").await;
    visitor.until_it_says("알고리즘 아침반").await;
    visitor.until_it_says("수능 수학 킬러 문항").await;
}
