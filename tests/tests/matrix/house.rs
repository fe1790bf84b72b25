//! The deployment that is asked: API and accounts as the reference server nests them, over a store that counts.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Method, Request, header},
};
use coup_axum::{
    api::{ApiOptions, api},
    identity::{SessionCaller, SessionCookie, identity},
    pages::{Accounts, Mount, PagesOptions, pages},
    socket::Direct,
};
use coup_core::{
    changes::{Change, Parts},
    coup::{Coup, Ctx},
    error::Error,
    file::model::BlobKey,
    identity::model::Provider,
    store::Credential,
    testing::{Counting, FixedClock, MemoryBlobs, MemoryStore, SeededIds, StandIn},
    user::{model::PasswordHash, passwords::Passwords, service::SessionToken},
};
use coup_realtime::live::{Limits, Live};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tower::ServiceExt as _;

use crate::{
    actors::Comes,
    cross::Front,
    document::without_parameters,
    places::{Scene, TOKEN, now, picture},
    sockets,
};

const PREFIX: &str = "/api";
const ADDRESS: &str = "http://127.0.0.1:3000";

/// A deployment, whose store begins anew with each request.
pub(crate) struct House {
    api: Router,
    pages: Router,
    live: Live,
    cookie: SessionCookie,
    store: Arc<Counting<MemoryStore>>,
    calm: MemoryStore,
    pub(crate) document: Value,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Of the API, below its prefix.
    pub(crate) path: String,
    /// As JSON; pages get its fields as a form's. A list is the bytes of a file.
    pub(crate) body: Option<Value>,
}

/// What came back, and what was written meanwhile.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The methods that there are instead, of a 405.
    pub(crate) allow: String,
    /// Where it leads; empty if nowhere.
    pub(crate) location: String,
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
        let blobs = MemoryBlobs::default();
        blobs.keep(BlobKey::of(picture()), vec![0xff, 0xd8, 0xff]);
        let coup = Coup::builder(store.clone())
            .clock(Arc::new(FixedClock::at(now())))
            .ids(Arc::new(SeededIds::new(2)))
            .passwords(Arc::new(PlainPasswords))
            // What administrators are asked beside has tests of its own.
            .settings(coup_core::coup::Settings {
                require_admin_second_factor: false,
                ..coup_core::coup::Settings::default()
            })
            .identity_provider(Arc::new(StandIn(Provider::Google)))
            .identity_provider(Arc::new(StandIn(Provider::Github)))
            .blobs(Arc::new(blobs))
            .build();
        let cookie = SessionCookie::for_address(ADDRESS);
        let live = Live::new(coup.clone(), Limits::default());
        // Whoever only reads the document asks for no stream.
        if Handle::try_current().is_ok() {
            let live = live.clone();
            tokio::spawn(async move { live.run(std::future::pending()).await });
        }
        let options = ApiOptions::default().live(live.clone());
        let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, document) = api::<SessionCookie, SessionCaller>(coup.clone(), options.document(document));
        let mount = Mount { base: String::new(), api: PREFIX.into() };
        let options = PagesOptions::new(mount, ADDRESS, Accounts::Own(cookie));
        Self {
            api: Router::new().nest(PREFIX, routes.merge(accounts)).with_state(cookie),
            pages: pages::<SessionCookie, SessionCaller>(coup, options).with_state(cookie),
            live,
            cookie,
            store,
            calm: MemoryStore::new(),
            document: serde_json::to_value(&document).unwrap(),
        }
    }

    /// Events are asked on connections that were opened in this scene.
    pub(crate) fn opening_in(self, scene: Scene) -> Self {
        Self { calm: scene.store, ..self }
    }

    /// Asks as the scene's actor, in the scene as it was made.
    pub(crate) async fn ask(&self, front: Front, scene: &Scene, asked: &Asked) -> Answer {
        if front == Front::Sockets {
            return self.event(scene, asked).await;
        }
        self.store.inner().restore(&scene.store);
        let token = (scene.actor.comes != Comes::Anonymously).then_some(TOKEN);
        self.send(front, token, asked).await
    }

    /// An event on a connection that was opened in `calm`, where the same person is a member and under nothing.
    async fn event(&self, scene: &Scene, asked: &Asked) -> Answer {
        let known = scene.actor.comes != Comes::Anonymously;
        let credential = known.then(|| Credential::Session(SessionToken::hash(TOKEN)));
        let ctx = Ctx { credential, ..Ctx::default() };
        let connects = asked.method == sockets::CONNECT;
        self.store.inner().restore(if connects { &scene.store } else { &self.calm });
        self.store.take();
        let client = match Direct::open(self.live.clone(), ctx).await {
            Ok(client) => client,
            Err(problem) => return self.acknowledged(json!({ "ok": false, "problem": problem })),
        };
        if connects {
            return self.acknowledged(json!({ "ok": true }));
        }
        assert!(self.store.take().is_empty(), "connecting writes nothing");
        self.store.inner().restore(&scene.store);
        let body = asked.body.as_ref().unwrap();
        let answer = self.acknowledged(client.answer(&asked.method, body).await);
        let study = body["studyId"].as_str().unwrap().parse().unwrap();
        let hears = asked.method == "study:join" && answer.status == 200;
        assert_eq!(client.hears(study), hears, "{}, {asked:?}", scene.actor);
        answer
    }

    fn acknowledged(&self, mut said: Value) -> Answer {
        let (status, body) = match (said["ok"].as_bool(), said["problem"].take()) {
            (Some(true), Value::Null) => (200, said),
            (Some(false), problem) => (u16::try_from(problem["status"].as_u64().unwrap()).unwrap(), problem),
            _ => panic!("no acknowledgement: {said}"),
        };
        let body = body.to_string().into_bytes();
        Answer { status, allow: String::new(), location: String::new(), body, written: self.written() }
    }

    /// Asks in whatever there is, with this session or as nobody.
    pub(crate) async fn send(&self, front: Front, token: Option<&str>, asked: &Asked) -> Answer {
        self.store.take();
        let (router, prefix) = self.router(front);
        let method = Method::from_bytes(asked.method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(format!("{prefix}{}", asked.path));
        if let Some(token) = token {
            request = request.header(header::COOKIE, format!("{}={token}", self.cookie.name()));
        }
        let (kind, body) = match &asked.body {
            None => (None, Vec::new()),
            Some(Value::Array(bytes)) => file(front, bytes),
            Some(json) if front == Front::Api => (Some("application/json"), json.to_string().into_bytes()),
            Some(fields) => (Some("application/x-www-form-urlencoded"), form(fields).into_bytes()),
        };
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let response = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let said = |name| response.headers().get(name).map_or("", |value: &HeaderValue| value.to_str().unwrap());
        let (allow, location) = (said(header::ALLOW).to_owned(), said(header::LOCATION).to_owned());
        let status = response.status().as_u16();
        // A stream has no end: what it begins with is asked elsewhere.
        let endless = said(header::CONTENT_TYPE) == "text/event-stream";
        let body = if endless { Body::empty() } else { response.into_body() };
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status, allow, location, body, written: self.written() }
    }

    /// What was written, but that somebody tried to sign in, or showed their password: each attempt is counted, right or wrong.
    fn written(&self) -> Vec<Parts> {
        let counts = |change: &Change| matches!(change, Change::TakePlace(_) | Change::GivePlaceBack(_));
        self.store
            .take()
            .into_iter()
            .filter(|parts| parts.writes.is_empty() || !parts.writes.iter().all(counts))
            .collect()
    }

    fn router(&self, front: Front) -> (&Router, &'static str) {
        match front {
            Front::Api => (&self.api, PREFIX),
            Front::Pages => (&self.pages, ""),
            Front::Sockets => panic!("events have no routes"),
        }
    }

    /// Methods and paths, as the router itself tells them: `GET /studies/{id}`.
    pub(crate) async fn routes(&self, front: Front) -> BTreeSet<String> {
        let (router, prefix) = self.router(front);
        // axum lists its paths nowhere but here; the tests that ask also ask whether there are any.
        let told = format!("{router:?}");
        let paths = told.split("RouteId(").skip(1).filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
        // What answers every other path, which the prefix itself leads to as well.
        let paths = paths.filter(|path| !path.contains("__private__axum"));
        let paths: BTreeSet<&str> = paths.map(|path| path.strip_prefix(prefix).unwrap_or(path)).collect();
        let mut routes = BTreeSet::new();
        for path in paths {
            // A method that nothing has is answered by those that there are.
            let asked = Asked { method: "TRACE".into(), path: without_parameters(path), body: None };
            let answer = self.send(front, None, &asked).await;
            if !prefix.is_empty() && ["", "/"].contains(&path) {
                assert_eq!(answer.status, 404, "the prefix itself");
                continue;
            }
            assert_eq!(answer.status, 405, "TRACE {path}");
            // GET answers HEAD too.
            let methods = answer.allow.split(',').map(str::trim).filter(|method| *method != "HEAD");
            routes.extend(methods.map(|method| format!("{method} {path}")));
        }
        routes
    }
}

fn form(fields: &Value) -> String {
    let fields = fields.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
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

/// What an upload is sent as: a file alone, or in a form.
fn file(front: Front, bytes: &[Value]) -> (Option<&'static str>, Vec<u8>) {
    let bytes: Vec<u8> = bytes.iter().map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect();
    if front == Front::Api {
        return (Some("image/png"), bytes);
    }
    let head = b"--part\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\n\r\n";
    (Some("multipart/form-data; boundary=part"), [&head[..], &bytes, b"\r\n--part--\r\n"].concat())
}
