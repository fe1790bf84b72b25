//! Somebody at a browser, who reads and fills pages as people do.

use std::time::{Duration, Instant};

use coup_tests::{Browser, BrowserOptions, PASSWORD, Server, email};
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);

/// Somebody at a browser.
pub(crate) struct Visitor {
    browser: Browser,
    address: String,
}

impl Visitor {
    pub(crate) async fn new(server: &Server, scripts: bool) -> Self {
        Self::at(server, BrowserOptions { scripts, ..BrowserOptions::default() }).await
    }

    pub(crate) async fn at(server: &Server, options: BrowserOptions) -> Self {
        Self { browser: Browser::open(options).await, address: server.url("") }
    }

    /// From now on, in this tab.
    pub(crate) async fn runs_before_each_page(&self, script: &str) {
        self.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    pub(crate) async fn is_pictured(&self, name: &str) {
        self.browser.screenshot(name).await;
    }

    pub(crate) fn page(&self) -> &Client {
        self.browser.client()
    }

    pub(crate) async fn goes(&self, path: &str) {
        self.page().goto(&format!("{}{path}", self.address)).await.unwrap();
    }

    pub(crate) async fn path(&self) -> String {
        self.page().current_url().await.unwrap().path().to_owned()
    }

    /// Fills fields by their names and sends the form that they are in.
    pub(crate) async fn fills(&self, action: &str, fields: &[(&str, &str)]) {
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
    pub(crate) async fn sends(&self, action: &str) {
        let button = format!("form[method='post'][action='{action}'] button:not([type='button'])");
        let button = self.page().find(Locator::Css(&button)).await.unwrap_or_else(|error| panic!("{button}: {error}"));
        button.click().await.unwrap();
    }

    pub(crate) async fn unticks(&self, name: &str) {
        let field = format!("input[type='checkbox'][name='{name}']");
        let field = self.page().find(Locator::Css(&field)).await.unwrap();
        if field.prop("checked").await.unwrap().as_deref() == Some("true") {
            field.click().await.unwrap();
        }
    }

    /// All that the page says; nothing while one page gives way to the next.
    pub(crate) async fn reads(&self) -> String {
        match self.page().find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    pub(crate) async fn signs_up(&self, name: &str) {
        self.goes("/sign-up").await;
        let email = email(name);
        self.fills("/sign-up", &[("name", name), ("email", &email), ("password", PASSWORD)]).await;
        self.until(|path| path != "/sign-up").await;
    }

    /// What an expression is in the page; null while one page gives way to the next.
    pub(crate) async fn finds(&self, expression: &str) -> Value {
        self.page().execute(&format!("return {expression}"), Vec::new()).await.unwrap_or_default()
    }

    /// Clicks what there is, or what comes.
    pub(crate) async fn clicks(&self, css: &str) {
        let clicked = eventually(async || match self.page().find(Locator::Css(css)).await {
            Ok(found) => found.click().await.is_ok(),
            Err(_) => false,
        });
        assert!(clicked.await, "no {css} to click at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Writes into a field, behind what stands there.
    pub(crate) async fn writes(&self, css: &str, text: &str) {
        let written = eventually(async || match self.page().find(Locator::Css(css)).await {
            Ok(found) => found.send_keys(text).await.is_ok(),
            Err(_) => false,
        });
        assert!(written.await, "no {css} to write into at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Waits until the address is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&str) -> bool) {
        let is_so = eventually(async || wanted(&self.path().await)).await;
        assert!(is_so, "still at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Waits until the page says something.
    pub(crate) async fn until_it_says(&self, words: &str) {
        let is_so = eventually(async || self.reads().await.contains(words)).await;
        assert!(is_so, "no {words:?} at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Waits until an expression is as expected.
    pub(crate) async fn until_found(&self, expression: &str, expected: &Value) {
        if !eventually(async || self.finds(expression).await == *expected).await {
            let found = self.finds(expression).await;
            panic!("{expression} is {found}, not {expected}, at {}:\n{}", self.path().await, self.reads().await);
        }
    }
}

/// Asks again and again whether something is so, as long as a machine with much else to do may take; whether it came to be.
pub(crate) async fn eventually(is_so: impl AsyncFn() -> bool) -> bool {
    let begin = Instant::now();
    loop {
        if is_so().await {
            return true;
        }
        if begin.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
