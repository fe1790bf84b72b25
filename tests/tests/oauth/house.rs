//! A deployment over TCP, a provider on loopback, and browsers that go from one to the other.

use std::{collections::BTreeMap, sync::Arc};

use axum::Router;
use coup_axum::{
    api::{ApiOptions, api},
    identity::{
        Argon2Passwords, SessionCaller, SessionCookie, identity,
        oauth::{Client, GitHub, OpenId},
    },
    pages::{Accounts, Mount, PagesOptions, pages},
};
use coup_core::{
    changes::{Changes, Row, SystemPermit},
    coup::Coup,
    identity::model::Provider as Way,
    store::{IdentityReads as _, Store, UserReads as _},
    testing::{FixedClock, MemoryStore, SeededIds, fixtures},
    text::Email,
    user::model::User,
};
use coup_tests::{
    PASSWORD,
    provider::{CLIENT, Known, Provider},
};
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Where the pages and the API are.
const BASE: &str = "";

/// A deployment.
pub(crate) struct House {
    pub(crate) address: String,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: FixedClock,
    pub(crate) provider: Provider,
    cookie: SessionCookie,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Self {
        let json = self.json();
        assert_eq!((self.status, json["code"].as_str()), (status, Some(code)), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn leads_to(self, place: &str) -> Self {
        assert_eq!((self.status, &*self.location), (303, place), "{self:?}");
        self
    }
}

/// Somebody's browser.
pub(crate) struct Browser {
    client: reqwest::Client,
    address: String,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) accepts: &'static str,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::seen_at(None).await
    }

    /// One that browsers see under another address than it is at.
    pub(crate) async fn seen_at(public: Option<&str>) -> Self {
        let clock = FixedClock::at(fixtures::START);
        let provider = Provider::start(Known::new(1, "김민준", "minjun@school.kr"), fixtures::START).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let public = public.unwrap_or(&address);
        drop(coup_tests::web::client());
        let client = |way| Client::new(CLIENT.0, CLIENT.1, public, "/api", way).unwrap();
        let google = OpenId::google(&provider.address, client(Way::Google)).unwrap();
        // Two issuers at one port.
        let hub = provider.address.replace("127.0.0.1", "localhost");
        let github = GitHub::new(&hub, &hub, client(Way::Github)).unwrap();
        let store = Arc::new(MemoryStore::new());
        let shared: Arc<dyn Store> = store.clone();
        let coup = Coup::builder(shared)
            .clock(Arc::new(clock.clone()))
            .ids(Arc::new(SeededIds::new(1)))
            .passwords(Arc::new(Argon2Passwords::with_cost(8, 1, 1).unwrap()))
            .identity_provider(Arc::new(google))
            .identity_provider(Arc::new(github))
            .build();
        let cookie = SessionCookie::for_address(public);
        tokio::spawn(async move { axum::serve(listener, routes(coup, cookie, "")).await });
        Self { address, store, clock, provider, cookie }
    }

    /// One without any provider.
    pub(crate) async fn plain() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let coup = Coup::builder(Arc::new(MemoryStore::new())).build();
        let routes = routes(coup, SessionCookie::for_address(&address), &address);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }

    /// Somebody with an account by address and password, signed in.
    pub(crate) async fn member(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let body = json!({ "email": email, "password": PASSWORD, "name": "박서연" });
        browser.send(Method::POST, "/api/auth/sign-up", Some(body)).await.is(201);
        browser
    }

    pub(crate) async fn user(&self, email: &str) -> Option<User> {
        self.store.user_by_email(&Email::parse("email", email).unwrap()).await.unwrap()
    }

    /// To whose account the provider's person is linked by any way.
    pub(crate) async fn linked(&self, subject: u64) -> Option<User> {
        let hub = self.provider.address.replace("127.0.0.1", "localhost");
        for issuer in [&self.provider.address, &hub] {
            if let Some(identity) = self.store.identity(issuer, &subject.to_string()).await.unwrap() {
                return self.store.user(&identity.user).await.unwrap();
            }
        }
        None
    }

    /// As an operator would.
    pub(crate) async fn change(&self, user: User) {
        let changes = Changes::system(SystemPermit::Operator).save(Row::User(Box::new(user)));
        self.store.commit(changes).await.unwrap();
    }

    pub(crate) fn session_cookie(&self) -> &'static str {
        self.cookie.name()
    }
}

fn routes(coup: Coup, cookie: SessionCookie, public: &str) -> Router {
    let mount = Mount { base: BASE.into(), api: "/api".into() };
    let options = ApiOptions::default().pages(mount.clone());
    let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
    let (api, _) = api::<SessionCookie, SessionCaller>(coup.clone(), options.document(document));
    let seen = PagesOptions::new(mount, public, Accounts::Own(cookie));
    Router::new()
        .nest("/api", api.merge(accounts))
        .merge(pages::<SessionCookie, SessionCaller>(coup, seen))
        .with_state(cookie)
}

impl Browser {
    pub(crate) fn at(address: &str) -> Self {
        let client = coup_tests::web::client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, address: address.to_owned(), cookies: BTreeMap::new(), accepts: "text/html,*/*" }
    }

    /// A client that is no browser.
    pub(crate) fn plainly(mut self) -> Self {
        self.accepts = "application/json";
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.address) };
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method, address).header(header::ACCEPT, self.accepts);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let set: Vec<String> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        for cookie in &set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let (status, location) = (answer.status().as_u16(), location.unwrap_or_default());
        Reply { status, location, cookies: set, text: answer.text().await.unwrap() }
    }

    /// Goes to the provider and says yes there: the address that it sends the browser back to.
    pub(crate) async fn goes(&mut self, path: &str) -> String {
        let away = self.get(path).await.is(303);
        self.asks(&away.location).await
    }

    /// The same from an address at the provider on.
    pub(crate) async fn asks(&mut self, address: &str) -> String {
        // The provider gets no cookies of ours: it is another site.
        let mut there = Self::at("");
        let back = there.get(address).await;
        assert_eq!(back.status, 302, "{back:?}");
        back.location
    }

    /// There and back.
    pub(crate) async fn signs_in(&mut self, way: &str) -> Reply {
        let back = self.goes(&format!("/api/auth/{way}")).await;
        self.get(&back).await
    }

    /// Links by the API: there and back.
    pub(crate) async fn links(&mut self, way: &str) -> Reply {
        let begun = self.send(Method::POST, &format!("/api/me/identities/{way}"), None).await.is(201);
        let back = self.asks(begun.json()["address"].as_str().unwrap()).await;
        self.get(&back).await
    }

    /// Who the browser is signed in as, by the API.
    pub(crate) async fn me(&mut self) -> Option<Value> {
        let me = self.get("/api/me").await;
        (me.status == 200).then(|| me.json())
    }
}
