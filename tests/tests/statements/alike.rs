//! Who asks at the door does not learn who has an account: what is answered, how often a password is hashed, and what the database is
//! asked are the same.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use coup_axum::{
    api::{ApiOptions, api},
    identity::{SessionCaller, SessionCookie, identity},
};
use coup_core::{
    coup::{Coup, Settings},
    error::Error,
    mail::model::{Mail, MailError, Mailer},
    store::Store,
    testing::{FixedClock, SeededIds, fixtures::START},
    user::{model::PasswordHash, passwords::Passwords, service::SignUp},
};
use coup_storage_sqlite::SqliteStore;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::counted::Counting;

const PASSWORD: &str = "zanzibar-otter-3";
const KNOWN: &str = "known@school.kr";
/// As long as the other one.
const UNKNOWN: &str = "nobod@school.kr";

struct Nowhere;

#[async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        Ok(())
    }
}

/// Passwords as they are, counted.
#[derive(Default)]
struct Counted(AtomicUsize);

#[async_trait]
impl Passwords for Counted {
    async fn hash(&self, password: &SecretString, _: [u8; 16]) -> Result<PasswordHash, Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(PasswordHash::new(password.expose_secret().to_owned()))
    }

    async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<bool, Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(hash.is_some_and(|hash| hash.expose() == password.expose_secret()))
    }
}

/// All that somebody at the door can see, and what it cost.
#[derive(Debug, PartialEq)]
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    hashings: usize,
    statements: Vec<String>,
}

struct Door {
    app: Router,
    coup: Coup,
    passwords: Arc<Counted>,
    counting: Counting,
    _folder: tempfile::TempDir,
}

impl Door {
    async fn new() -> Self {
        let counting = Counting::begin().await;
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("coup.db")).await.unwrap();
        store.migrate().await.unwrap();
        let passwords = Arc::new(Counted::default());
        let builder = || {
            Coup::builder(Arc::new(store.clone()) as Arc<dyn Store>)
                .clock(Arc::new(FixedClock::at(START)))
                .passwords(passwords.clone())
        };
        // Somebody has an account.
        let settings = Settings { require_email_verification: Some(false), ..Settings::default() };
        let account = SignUp::parse(KNOWN, PASSWORD.into(), "김민준").unwrap();
        let before = builder().ids(Arc::new(SeededIds::new(1))).settings(settings).build();
        before.run(&coup_core::coup::Ctx::default(), account).await.unwrap();
        let coup = builder().ids(Arc::new(SeededIds::new(2))).mailer(Arc::new(Nowhere)).build();
        let cookie = SessionCookie::for_address("http://127.0.0.1:3000");
        let options = ApiOptions::default();
        let (accounts, _) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
        let (routes, _) = api::<SessionCookie, SessionCaller>(coup.clone(), options);
        let app = Router::new().nest("/api", routes.merge(accounts)).with_state(cookie);
        Self { app, coup, passwords, counting, _folder: folder }
    }

    async fn asks(&self, path: &str, body: &Value) -> Seen {
        let before = self.passwords.0.load(Ordering::Relaxed);
        let request = Request::post(format!("/api{path}")).header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(body.to_string())).unwrap();
        let ((parts, body), statements) = self
            .counting
            .during(async {
                let (parts, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
                (parts, to_bytes(body, usize::MAX).await.unwrap().to_vec())
            })
            .await;
        let hashings = self.passwords.0.load(Ordering::Relaxed) - before;
        Seen { status: parts.status, headers: parts.headers, body, hashings, statements }
    }

    /// The same asked of an address with an account and of one without, again and again.
    async fn answers_alike(&self, path: &str, body: impl Fn(&str) -> Value, (status, hashings): (u16, usize)) {
        // More often than letters are sent.
        for round in 0..5 {
            let known = self.asks(path, &body(KNOWN)).await;
            let unknown = self.asks(path, &body(UNKNOWN)).await;
            assert_eq!(known, unknown, "{path}, round {round}");
            assert_eq!((known.status.as_u16(), known.hashings), (status, hashings), "{path}, round {round}");
            assert!(!known.statements.is_empty(), "{path}: the driver is not listened to");
        }
    }
}

#[tokio::test]
async fn who_asks_at_the_door_does_not_learn_who_has_an_account() {
    let door = Door::new().await;
    let wrong = |email: &str| json!({ "email": email, "password": "another-otter-44" });
    door.answers_alike("/auth/sign-in", wrong, (401, 1)).await;
    let up = |email: &str| json!({ "email": email, "password": "another-otter-44", "name": "박지호" });
    door.answers_alike("/auth/sign-up", up, (202, 1)).await;
    door.answers_alike("/auth/reset", |email| json!({ "email": email }), (202, 0)).await;
    let code = |email: &str| json!({ "email": email, "code": "7K3M-9QXZ-04HB", "password": "another-otter-44" });
    for path in ["/auth/verify", "/auth/reset/confirm"] {
        door.answers_alike(path, code, (409, 0)).await;
    }
    // Now one of the two has a code.
    while door.coup.tick().await.unwrap().more {}
    for path in ["/auth/verify", "/auth/reset/confirm"] {
        door.answers_alike(path, code, (409, 0)).await;
    }
}
