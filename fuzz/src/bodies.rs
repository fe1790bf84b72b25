//! Bodies of requests, sent to every operation that takes one.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, header},
};
use coup_axum::{
    api::{ApiOptions, api},
    identity::{Argon2Passwords, SessionCaller, SessionCookie, identity},
};
use coup_core::{
    coup::Coup,
    testing::{FixedClock, MemoryStore, SeededIds, fixtures},
};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

const NOBODY: &str = "0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57";
const LARGEST: usize = 1 << 20;

/// Whatever the body says, the answer is a success, or a problem of the client's that is worded as one; never a fault of ours.
pub fn bodies(data: &[u8]) {
    let House { runtime, router, cookie, operations } = &*HOUSE;
    runtime.block_on(async {
        for (method, path) in operations {
            let request = request(method, path, cookie, data.to_vec());
            let Ok(response) = router.clone().oneshot(request).await;
            hold(&format!("{method} {path}"), response).await;
        }
    });
}

async fn hold(what: &str, response: Response<Body>) {
    let status = response.status().as_u16();
    let kind = response.headers().get(header::CONTENT_TYPE).cloned();
    let body = to_bytes(response.into_body(), LARGEST).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&body);
    assert!((200..300).contains(&status) || (400..500).contains(&status), "{what}: {status} {said}");
    if status >= 400 {
        assert!(kind.is_some_and(|kind| kind == "application/problem+json"), "{what}: {said}");
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let word = |name: &str| problem.get(name).and_then(Value::as_str).is_some_and(|word| !word.is_empty());
        assert!(["type", "title", "detail", "code"].into_iter().all(word), "{what}: {said}");
        assert_eq!(problem.get("status"), Some(&status.into()), "{what}: {said}");
    }
}

/// One deployment in memory, with a person and their study, for all inputs of this process.
struct House {
    runtime: Runtime,
    router: Router,
    cookie: String,
    operations: Vec<(String, String)>,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let coup = Coup::builder(Arc::new(MemoryStore::new()))
        .clock(Arc::new(FixedClock::at(fixtures::START)))
        .ids(Arc::new(SeededIds::new(1)))
        .passwords(Arc::new(Argon2Passwords::with_cost(8, 1, 1).expect("the least cost")))
        .build();
    let cookie = SessionCookie::for_address("http://127.0.0.1");
    let options = ApiOptions { timeout: Duration::from_mins(1), ..ApiOptions::default() };
    let (accounts, document) = identity::<SessionCookie, SessionCaller>(coup.clone(), cookie, &options);
    let (routes, document) = api::<SessionCookie, SessionCaller>(coup, options.document(document));
    let router = routes.merge(accounts).with_state(cookie);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");

    let body = br#"{"email":"kim@school.kr","password":"blue sky over two people","name":"Kim"}"#;
    let signed_up = request("POST", "/auth/sign-up", "", body.to_vec());
    let Ok(signed_up) = runtime.block_on(router.clone().oneshot(signed_up));
    let cookie = signed_up.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()).expect("a cookie");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let body = br#"{"name":"Algorithms","description":"On Tuesdays","category":"Programming"}"#.to_vec();
    let founded = request("POST", "/studies", &cookie, body);
    let study: Value = runtime.block_on(async {
        let Ok(founded) = router.clone().oneshot(founded).await;
        serde_json::from_slice(&to_bytes(founded.into_body(), LARGEST).await.unwrap_or_default()).unwrap_or_default()
    });
    let study = study.get("id").and_then(Value::as_str).expect("a study").to_owned();

    let document = serde_json::to_value(&document).expect("a document");
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = paths
        .flat_map(|(path, methods)| {
            let path = path.replace("{id}", &study).replace("{msgId}", NOBODY).replace("{userId}", "nobody");
            let methods = methods.as_object().into_iter().flatten();
            let taking = methods.filter(|(_, operation)| operation.get("requestBody").is_some());
            taking.map(|(method, _)| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect::<Vec<_>>();
    assert!(operations.len() >= 10, "operations that take a body: {operations:?}");
    House { runtime, router, cookie, operations }
});

fn request(method: &str, path: &str, cookie: &str, body: Vec<u8>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie)
        .body(Body::from(body))
        .expect("a request")
}
