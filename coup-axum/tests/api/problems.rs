//! Refusals: their words, their headers, and what they do not say.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{Router, extract::FromRequestParts, http::request::Parts};
use axum_test::TestServer;
use coup_axum::{
    api::{ApiOptions, api},
    caller::Caller,
    problem::{Language, Wording},
};
use coup_core::{
    coup::Coup,
    store::Store,
    testing::MemoryStore,
    user::{model::PasswordHash, passwords::Passwords},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_problem_speaks_korean_or_english() {
    let house = House::new();
    let person = house.person("김민준").await;
    for (accept, language, title, message) in [
        ("", "ko", "입력을 확인해 주세요", "2자 이상이어야 해요."),
        ("en", "en", "Invalid input", "At least 2 characters are needed."),
        ("ko;q=0.1, en-US;q=0.9", "en", "Invalid input", "At least 2 characters are needed."),
        ("fr", "ko", "입력을 확인해 주세요", "2자 이상이어야 해요."),
    ] {
        let headers = [("content-type", "application/json"), ("accept-language", accept)];
        let reply = house
            .raw(Some(&person), "POST", "/studies", &headers, br#"{"name":"a"}"#.to_vec())
            .await
            .problem(422, "invalid_input");
        assert_eq!(
            (reply.json["title"].as_str(), reply.headers["content-language"].to_str().ok()),
            (Some(title), Some(language))
        );
        assert_eq!(
            (reply.json["errors"][0]["message"].as_str(), reply.headers["vary"].to_str().ok()),
            (Some(message), Some("accept-language"))
        );
        assert_eq!(reply.json["type"], "urn:coup:problem:invalid_input");
    }
}

#[tokio::test]
async fn a_refusal_names_the_permission_in_words() {
    let house = House::new();
    let (owner, other) = (house.person("김민준").await, house.person("이서연").await);
    let study = house.study(&owner, json!({})).await;
    let english = [("accept-language", "en")];
    let reply = house
        .raw(Some(&other), "DELETE", &format!("/studies/{study}"), &english, Vec::new())
        .await
        .problem(403, "forbidden");
    assert_eq!(
        (&reply.json["detail"], &reply.json["permission"]),
        (&json!("You may not delete the study."), &json!("study:study.delete"))
    );
    assert!(reply.json.get("sanction").is_none() && reply.json.get("errors").is_none());
}

#[tokio::test]
async fn an_unknown_address_and_an_unknown_method_are_problems_too() {
    let house = House::new();
    for path in ["", "/nothing", "/studies/", "/admin/users", "/openapi.yaml"] {
        let reply = house.get(None, path).await;
        assert_eq!((reply.status, reply.json["code"].as_str()), (404, Some("no_such_path")), "{path}");
    }
    let reply = house.send(None, "PUT", "/studies", None).await.problem(405, "method_not_allowed");
    assert_eq!(reply.headers["allow"], "GET,HEAD,POST");
}

#[tokio::test]
async fn a_host_says_it_in_its_own_words() {
    struct School;
    impl Wording for School {
        fn say(&self, key: &str, language: Language) -> Option<String> {
            (key == "problem.not_signed_in.detail" && language == Language::Ko)
                .then(|| "학교 계정으로 로그인하세요.".into())
        }
    }
    let house = House::with("http://127.0.0.1", ApiOptions::default().wording(Arc::new(School)));
    assert_eq!(house.get(None, "/me").await.json["detail"], "학교 계정으로 로그인하세요.");
}

/// A host's people: whoever the header names.
struct Pupil(Option<String>);

impl FromRequestParts<&'static str> for Pupil {
    type Rejection = (axum::http::StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, school: &&'static str) -> Result<Self, Self::Rejection> {
        assert_eq!(*school, "school");
        let name = parts.headers.get("x-pupil").and_then(|value| value.to_str().ok());
        if name == Some("expelled") {
            return Err((axum::http::StatusCode::IM_A_TEAPOT, "the school's own answer"));
        }
        Ok(Self(name.map(str::to_owned)))
    }
}

impl From<Pupil> for Caller {
    fn from(pupil: Pupil) -> Self {
        pupil.0.and_then(|name| name.parse().ok()).map_or_else(Self::anonymous, Self::user)
    }
}

/// Hashes for ever, or panics.
struct Broken(bool);

#[async_trait]
impl Passwords for Broken {
    async fn hash(&self, _: &SecretString, _: [u8; 16]) -> Result<PasswordHash, coup_core::error::Error> {
        assert!(!self.0, "a secret of the inside");
        std::future::pending().await
    }

    async fn verify(&self, _: &SecretString, _: Option<&PasswordHash>) -> Result<bool, coup_core::error::Error> {
        Err(coup_core::error::Error::Internal("a secret of the inside".into()))
    }
}

fn broken(panics: bool) -> TestServer {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let coup = Coup::builder(store).passwords(Arc::new(Broken(panics))).build();
    let options = ApiOptions { timeout: Duration::from_millis(50), ..ApiOptions::default() };
    let cookie = coup_axum::identity::SessionCookie::for_address("");
    let (accounts, _) = coup_axum::identity::identity::<&'static str, Pupil>(coup.clone(), cookie, &options);
    let (routes, _) = api::<&'static str, Pupil>(coup, options);
    TestServer::new(Router::new().nest("/coup", routes.merge(accounts)).with_state("school"))
}

#[tokio::test]
async fn a_fault_inside_says_nothing_of_itself() {
    let sign_up = json!({ "email": "kim@school.kr", "password": "파란 하늘 아래 두 사람", "name": "김민준" });
    let sign_in = json!({ "email": "kim@school.kr", "password": "파란 하늘 아래 두 사람" });
    for (path, body) in [("/coup/auth/sign-up", sign_up), ("/coup/auth/sign-in", sign_in)] {
        let reply = broken(true).post(path).json(&body).await;
        assert_eq!(reply.status_code(), 500, "{path}");
        assert_eq!(reply.json::<Value>()["code"], "internal");
        assert!(!reply.text().contains("secret"), "{}", reply.text());
        assert_eq!(reply.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_takes_too_long_ends_with_a_problem() {
    let body = json!({ "email": "kim@school.kr", "password": "파란 하늘 아래 두 사람", "name": "김민준" });
    let reply = broken(false).post("/coup/auth/sign-up").json(&body).await;
    assert_eq!((reply.status_code().as_u16(), reply.header("retry-after").to_str().unwrap()), (503, "5"));
    assert_eq!(reply.json::<Value>()["code"], "timeout");
}

#[tokio::test]
async fn the_hosts_extractor_says_who_calls() {
    let server = broken(false);
    let anonymous = server.get("/coup/studies").await;
    assert_eq!(
        (anonymous.status_code().as_u16(), anonymous.json::<Value>()["code"].as_str()),
        (401, Some("not_signed_in"))
    );
    // The host vouches for them, and CoUp does not know them yet.
    assert_eq!(server.get("/coup/studies").add_header("x-pupil", "17").await.status_code(), 401);
    let own = server.get("/coup/studies").add_header("x-pupil", "expelled").await;
    assert_eq!((own.status_code().as_u16(), own.text().as_str()), (418, "the school's own answer"));
}
