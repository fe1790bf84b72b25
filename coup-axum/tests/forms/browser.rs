//! A deployment in memory, and browsers that know cookies, links and forms, but no script.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's own tools")]

use std::{collections::BTreeMap, sync::Arc};

use axum::{Router, http::Method};
use axum_test::TestServer;
use coup_axum::{
    identity::{Argon2Passwords, SessionCaller, SessionCookie},
    pages::{Accounts, Mount, PagesOptions, pages},
};
use coup_core::{
    admin::service::CreateAdmin,
    coup::{Coup, Settings},
    policy::AdminRole,
    store::Store,
    testing::{FixedClock, MemoryStore, SeededIds, fixtures},
    user::service::SignUp,
};

pub(crate) const PASSWORD: &str = "파란 하늘 아래 두 사람";
const ADDRESS: &str = "http://127.0.0.1:3000";

/// Pages at `/coup`.
pub(crate) struct House {
    server: TestServer,
    coup: Coup,
    pub(crate) clock: FixedClock,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|options| options)
    }

    pub(crate) fn with(change: impl FnOnce(PagesOptions) -> PagesOptions) -> Self {
        // What administrators are asked beside has tests of its own.
        let settings = Settings { require_admin_second_factor: false, ..Settings::default() };
        Self::made(settings, change)
    }

    pub(crate) fn with_settings(settings: Settings) -> Self {
        Self::made(settings, |options| options)
    }

    fn made(settings: Settings, change: impl FnOnce(PagesOptions) -> PagesOptions) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = FixedClock::at(fixtures::START);
        let coup = Coup::builder(store)
            .clock(Arc::new(clock.clone()))
            .ids(Arc::new(SeededIds::new(1)))
            .passwords(Arc::new(Argon2Passwords::with_cost(8, 1, 1).unwrap()))
            .settings(settings)
            .identity_provider(Arc::new(coup_core::testing::StandIn(coup_core::identity::model::Provider::Google)))
            .blobs(Arc::new(coup_core::testing::MemoryBlobs::default()))
            .build();
        let cookie = SessionCookie::for_address(ADDRESS);
        let mount = Mount { base: "/coup".to_owned(), api: "/api".to_owned() };
        let options = change(PagesOptions::new(mount, ADDRESS, Accounts::Own(cookie)));
        let app: Router = Router::new()
            .nest("/coup", pages::<SessionCookie, SessionCaller>(coup.clone(), options))
            .with_state(cookie);
        Self { server: TestServer::new(app), coup, clock }
    }

    /// Somebody's browser, signed in nowhere.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { house: self, cookies: BTreeMap::new(), language: "ko" }
    }

    /// Somebody's address for letters.
    #[expect(clippy::unused_self, reason = "the house knows its people")]
    pub(crate) fn address(&self, name: &str) -> String {
        let local: Vec<String> = name.bytes().map(|b| b.to_string()).collect();
        format!("{}@school.kr", local.join("-"))
    }

    /// An administrator who has signed in.
    pub(crate) async fn administrator(&self, name: &str, role: AdminRole) -> Browser<'_> {
        let email = self.address(name);
        let account = SignUp::parse(&email, PASSWORD.into(), name).unwrap();
        self.coup.as_host("set-up").run(CreateAdmin { account, role }).await.unwrap();
        let mut browser = self.browser();
        browser.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await.leads_to("/coup/studies");
        browser
    }

    /// Somebody who has signed up.
    pub(crate) async fn person(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let email = self.address(name);
        let fields = [("name", name), ("email", email.as_str()), ("password", PASSWORD)];
        browser.post("/sign-up", &fields).await.leads_to("/coup/studies");
        browser
    }
}

pub(crate) struct Browser<'a> {
    house: &'a House,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: &'static str,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
    pub(crate) what: String,
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], None).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], Some(body)).await
    }

    /// Posts, and goes where that leads.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        let place = page.place();
        self.get(&place).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Page {
        self.sends(method, path, headers, body.map(String::into_bytes)).await
    }

    /// Posts a form with a file.
    pub(crate) async fn uploads(&mut self, path: &str, kind: &str, form: Vec<u8>) -> Page {
        self.sends("POST", path, &[("content-type", kind)], Some(form)).await
    }

    async fn sends(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Page {
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        // A fragment stays in the browser.
        let address = format!("/coup{}", path.split('#').next().unwrap_or_default());
        let mut request = self.house.server.method(verb, &address).add_header("accept-language", self.language);
        if let Some(body) = body {
            request = request.bytes(body.into());
        }
        for (name, value) in headers {
            request = request.add_header(*name, *value);
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.add_header("cookie", cookies.join("; "));
        }
        let response = request.await;
        for cookie in response.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap());
        }
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let page = Page {
            status: response.status_code().as_u16(),
            location: header("location"),
            text: String::from_utf8_lossy(response.as_bytes()).into_owned(),
            what: format!("{method} {path}"),
        };
        if header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            assert!(header("content-security-policy").unwrap().contains("default-src 'self'"), "{}", page.what);
            assert_eq!(header("cache-control").unwrap(), "no-store", "{}", page.what);
            page.is_plain();
        }
        page
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{cookie}");
        if value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Page {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self
    }

    #[track_caller]
    pub(crate) fn has(self, words: &str) -> Self {
        assert!(self.text.contains(words), "{} does not say {words:?}: {}", self.what, self.text);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(self, words: &str) -> Self {
        assert!(!self.text.contains(words), "{} says {words:?}: {}", self.what, self.text);
        self
    }

    /// A redirect after a form.
    #[track_caller]
    pub(crate) fn leads_to(self, address: &str) -> Self {
        assert_eq!(self.status, 303, "{}: {}", self.what, self.text);
        assert_eq!(self.location.as_deref(), Some(address), "{}", self.what);
        self
    }

    /// Where it leads, below the mount.
    #[track_caller]
    pub(crate) fn place(&self) -> String {
        assert_eq!(self.status, 303, "{}: {}", self.what, self.text);
        self.location.as_deref().unwrap().strip_prefix("/coup").unwrap().to_owned()
    }

    /// The error at a field.
    #[track_caller]
    pub(crate) fn error_at(self, field: &str, words: &str) -> Self {
        let start = format!("id=\"e-{field}\"");
        let place = self.text.find(&start).unwrap_or_else(|| panic!("no error at {field}: {}", self.text));
        let end = self.text[place..].find("</p>").unwrap();
        let error = &self.text[place..place + end];
        assert!(error.contains(words), "{field}: {error}");
        self.has("class=\"summary\" role=\"alert\"")
    }

    /// The first text between two others.
    #[track_caller]
    pub(crate) fn between(&self, start: &str, end: &str) -> String {
        let place = self.text.find(start).unwrap_or_else(|| panic!("{}: no {start:?}: {}", self.what, self.text));
        let rest = &self.text[place + start.len()..];
        rest[..rest.find(end).unwrap()].to_owned()
    }

    /// Nothing that a policy without exceptions would have to refuse, and nothing that was left untranslated.
    #[track_caller]
    fn is_plain(&self) {
        for script in self.text.split("<script").skip(1) {
            let tag = script.split("</script>").next().unwrap();
            assert!(tag.contains("src=\"/coup/assets/") && tag.ends_with('>'), "{}: <script{tag}", self.what);
        }
        for forbidden in ["<style", " style=\"", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!self.text.contains(forbidden), "{}: {forbidden}", self.what);
        }
        assert!(!self.text.contains("Unknown localization"), "{}: {}", self.what, self.text);
    }
}
