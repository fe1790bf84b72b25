//! A real browser, with an empty profile for each test.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::environment::{finish, from_tests_run};

/// What the page is shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 390 × 844 points, touched.
    Phone,
    /// 820 × 1180 points, touched.
    Tablet,
    /// 1280 × 900 points.
    Desktop,
}

/// Who looks at the page: by default a Korean reader at a desk, with scripts.
#[derive(Debug, Clone, Copy)]
pub struct BrowserOptions {
    /// What it is shown on.
    pub screen: Screen,
    /// What `Accept-Language` says.
    pub languages: &'static str,
    /// Whether the pages' scripts run.
    pub scripts: bool,
}

/// A browser of one test's own; it is closed when this is dropped.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    session: String,
    // Last, so that it goes after the browser that writes to it.
    _profile: TempDir,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self { screen: Screen::Desktop, languages: "ko-KR,ko", scripts: true }
    }
}

impl Browser {
    /// Opens one.
    ///
    /// # Panics
    /// When the driver that `tests/run` starts does not give one.
    pub async fn open(options: BrowserOptions) -> Self {
        let driver = from_tests_run(DRIVER);
        let profile = TempDir::new().expect("a temporary folder");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(options, profile.path()))
            .connect(&driver)
            .await
            .expect("the driver must open a browser");
        let id = client.session_id().await.expect("an open session").expect("its identifier");
        Self { client, session: format!("{driver}/session/{id}"), _profile: profile }
    }

    /// What drives it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Gives the browser a command of its own protocol, about the tab that is driven, and answers what it says.
    ///
    /// # Panics
    /// When the driver or the browser refuses.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        let answer = request_client()
            .post(format!("{}/goog/cdp/execute", self.session))
            .json(&json!({ "cmd": name, "params": parameters }))
            .send()
            .await
            .expect("the driver must answer");
        assert!(answer.status().is_success(), "{name}: the driver answered {answer:?}");
        answer.json().await.expect("the driver answers in JSON")
    }

    /// Writes the whole page, also what is below the screen's edge, to `tests/output/NAME.png`.
    ///
    /// # Panics
    /// When the browser or the folder refuses.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let answer = self.command("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await;
        let picture = answer.pointer("/value/data").and_then(Value::as_str);
        let picture = picture.unwrap_or_else(|| panic!("the driver gave no picture but {answer}"));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("output");
        std::fs::create_dir_all(&folder).expect("the folder of pictures");
        let file = folder.join(name).with_extension("png");
        std::fs::write(&file, BASE64_STANDARD.decode(picture).expect("base64")).expect("a picture on disk");
        file
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let session = self.session.clone();
        finish(async move {
            // Should the driver be gone, its browsers are too.
            let _ = request_client().delete(session).send().await;
        });
    }
}

const DRIVER: &str = "COUP_TEST_WEBDRIVER_URL";

fn request_client() -> reqwest::Client {
    crate::web::client().timeout(Duration::from_secs(30)).build().expect("a client")
}

fn capabilities(options: BrowserOptions, profile: &Path) -> Capabilities {
    let (width, height, touched) = match options.screen {
        Screen::Phone => (390, 844, true),
        Screen::Tablet => (820, 1180, true),
        Screen::Desktop => (1280, 900, false),
    };
    let mut chrome = json!({
        "args": [
            "--headless",
            // Its sandbox does not run as root, and the pages are our own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            // Containers often have 64 MB of shared memory.
            "--disable-dev-shm-usage",
            // Nothing but the page under test asks for anything.
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={width},{height}"),
        ],
        "prefs": {
            "intl.accept_languages": options.languages,
            "profile.managed_default_content_settings.javascript": if options.scripts { 1 } else { 2 },
        },
    });
    if let (true, Some(chrome)) = (touched, chrome.as_object_mut()) {
        // A window cannot be made as narrow as a phone.
        let screen = json!({ "width": width, "height": height, "pixelRatio": 2.0, "touch": true });
        chrome.insert("mobileEmulation".to_owned(), json!({ "deviceMetrics": screen }));
    }
    Capabilities::from_iter([("goog:chromeOptions".to_owned(), chrome)])
}
