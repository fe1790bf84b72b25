//! Somebody at a browser, who reads and fills pages as people do.

use coup_tests::{Browser, BrowserOptions, PASSWORD, Server, email};
use fantoccini::{Client, Locator};

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

    /// Waits until the address is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&str) -> bool) {
        for _ in 0..100 {
            if wanted(&self.path().await) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("still at {}:\n{}", self.path().await, self.reads().await);
    }

    /// Waits until the page says something.
    pub(crate) async fn until_it_says(&self, words: &str) {
        for _ in 0..100 {
            if self.reads().await.contains(words) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no {words:?} at {}:\n{}", self.path().await, self.reads().await);
    }
}
