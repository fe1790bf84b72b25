//! The deployment that is asked: API and accounts as the reference server nests them, over a store that counts.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use coup_axum::{
    api::{ApiOptions, api},
    identity::{SessionCaller, SessionCookie, identity},
};
use coup_core::{
    changes::Parts,
    coup::Coup,
    error::Error,
    testing::{Counting, FixedClock, MemoryStore, SeededIds},
    user::{model::PasswordHash, passwords::Passwords},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{
    actors::Comes,
    places::{Scene, TOKEN, now},
};

const PREFIX: &str = "/api";

/// A deployment, whose store begins anew with each request.
pub(crate) struct House {
    app: Router,
    cookie: SessionCookie,
    store: Arc<Counting<MemoryStore>>,
    pub(crate) document: Value,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Below the prefix.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// What came back, and what was written meanwhile.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) allow: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) written: Vec<Parts>,
}

impl Answer {
    /// The body of a problem; `null` of any other.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl House {
    pub(crate) fn new() -> Self {
        let store = Arc::new(Counting::new(MemoryStore::new()));
        let coup = Coup::builder(store.clone())
            .clock(Arc::new(FixedClock::at(now())))
            .ids(Arc::new(SeededIds::new(2)))
            .passwords(Arc::new(PlainPasswords))
            .build();
        let cookie = SessionCookie::for_address("http://127.0.0.1:3000");
        let options = ApiOptions::default();
        let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, document) = api::<SessionCookie, SessionCaller>(coup, options.document(document));
        let app = Router::new().nest(PREFIX, routes.merge(accounts)).with_state(cookie);
        Self { app, cookie, store, document: serde_json::to_value(&document).unwrap() }
    }

    /// Asks as the scene's actor, in the scene as it was made.
    pub(crate) async fn ask(&self, scene: &Scene, asked: &Asked) -> Answer {
        self.store.inner().restore(&scene.store);
        let token = (scene.actor.comes != Comes::Anonymously).then_some(TOKEN);
        self.send(token, asked).await
    }

    /// Asks as nobody.
    pub(crate) async fn send(&self, token: Option<&str>, asked: &Asked) -> Answer {
        self.store.take();
        let method = Method::from_bytes(asked.method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(format!("{PREFIX}{}", asked.path));
        if let Some(token) = token {
            request = request.header(header::COOKIE, format!("{}={token}", self.cookie.name()));
        }
        let body = asked.body.as_ref().map_or_else(Body::empty, |json| Body::from(json.to_string()));
        if asked.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let allow = response.headers().get(header::ALLOW).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, allow, body, written: self.store.take() }
    }

    /// The paths of the router below the prefix, as the router itself tells them.
    pub(crate) fn routes(&self) -> BTreeSet<String> {
        // axum lists its paths nowhere but here; the test that asks also asks whether there are any.
        let told = format!("{:?}", self.app);
        let paths = told.split("RouteId(").skip(1).filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
        // What answers every other path.
        let paths = paths.filter(|path| !path.contains("__private__axum"));
        paths.map(|path| path.strip_prefix(PREFIX).unwrap_or(path).to_owned()).collect()
    }
}

/// Passwords as they are: these tests are not about guessing them.
struct PlainPasswords;

#[async_trait]
impl Passwords for PlainPasswords {
    async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        Ok(PasswordHash::new(format!("plain:{}", password.expose_secret())))
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        Ok(hash.is_some_and(|hash| hash.expose() == format!("plain:{}", password.expose_secret())))
    }
}
