//! Two people meet in a study through the pages alone, in a real browser, with scripts and without.

use coup_tests::{Browser, BrowserOptions, PASSWORD, Server, email};
use fantoccini::{Client, Locator};

/// Somebody at a browser.
struct Visitor<'a> {
    browser: Browser,
    server: &'a Server,
}

impl<'a> Visitor<'a> {
    async fn new(server: &'a Server, scripts: bool) -> Self {
        Self { browser: Browser::open(BrowserOptions { scripts, ..BrowserOptions::default() }).await, server }
    }

    fn page(&self) -> &Client {
        self.browser.client()
    }

    async fn goes(&self, path: &str) {
        self.page().goto(&self.server.url(path)).await.unwrap();
    }

    async fn path(&self) -> String {
        self.page().current_url().await.unwrap().path().to_owned()
    }

    /// Fills fields by their names and sends the form that they are in.
    async fn fills(&self, action: &str, fields: &[(&str, &str)]) {
        let form = format!("form[method='post'][action='{action}']");
        for (name, text) in fields {
            let field = format!("{form} [name='{name}']");
            let field = self.page().find(Locator::Css(&field)).await.unwrap_or_else(|error| panic!("{field}: {error}"));
            if field.tag_name().await.unwrap() == "select" {
                field.select_by_index(1).await.unwrap();
            } else {
                field.clear().await.unwrap();
                field.send_keys(text).await.unwrap();
            }
        }
        self.sends(action).await;
    }

    /// Presses the button that sends a form.
    async fn sends(&self, action: &str) {
        let button = format!("form[method='post'][action='{action}'] button:not([type='button'])");
        let button = self.page().find(Locator::Css(&button)).await.unwrap_or_else(|error| panic!("{button}: {error}"));
        button.click().await.unwrap();
    }

    async fn unticks(&self, name: &str) {
        let field = format!("input[type='checkbox'][name='{name}']");
        let field = self.page().find(Locator::Css(&field)).await.unwrap();
        if field.prop("checked").await.unwrap().as_deref() == Some("true") {
            field.click().await.unwrap();
        }
    }

    /// All that the page says; nothing while one page gives way to the next.
    async fn reads(&self) -> String {
        match self.page().find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    async fn signs_up(&self, name: &str) {
        self.goes("/sign-up").await;
        let email = email(name);
        self.fills("/sign-up", &[("name", name), ("email", &email), ("password", PASSWORD)]).await;
        self.until(|path| path != "/sign-up").await;
    }

    /// Waits until the address is as wanted.
    async fn until(&self, wanted: impl Fn(&str) -> bool) {
        for _ in 0..100 {
            if wanted(&self.path().await) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("still at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Waits until the page says something.
    async fn until_it_says(&self, words: &str) {
        for _ in 0..100 {
            if self.reads().await.contains(words) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no {words:?} at {}:\n{}", self.path().await, self.reads().await);
    }
}

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
    let approve = owner.page().find(Locator::Css("form[action$='/approve'] button")).await.unwrap();
    approve.click().await.unwrap();
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
