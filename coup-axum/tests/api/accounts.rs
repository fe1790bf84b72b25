//! `/auth/verify`, `/auth/reset`, `/auth/confirm`, `/me/password`, `/me/sessions`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use coup_core::policy::AdminRole;
use serde_json::{Value, json};

use crate::house::{House, NO_ID, PASSWORD, Person};

const NEW: &str = "zanzibar-otter-3";

fn cookie(reply: &crate::house::Reply) -> String {
    reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

impl House {
    async fn elsewhere(&self, person: &Person) -> Person {
        let reply = self.post(None, "/auth/sign-in", json!({ "email": person.email, "password": PASSWORD })).await;
        Person { cookie: cookie(&reply.is(200)), ..person.clone() }
    }
}

#[tokio::test]
async fn one_lists_and_ends_ones_own_sessions() {
    let house = House::new();
    let (person, other) = (house.person("김민준").await, house.person("이서연").await);
    let phone = house.elsewhere(&person).await;
    let listed = house.get(Some(&person), "/me/sessions").await.is(200);
    let current: Vec<_> = listed.items().iter().map(|one| one["isCurrent"].as_bool().unwrap()).collect();
    assert_eq!((current, &listed.json["nextCursor"]), (vec![false, true], &Value::Null));
    for secret in ["token", "hash"] {
        assert!(!listed.text.to_lowercase().contains(secret), "{}", listed.text);
    }
    let path = format!("/me/sessions/{}", listed.items()[0]["id"].as_str().unwrap());
    house.send(Some(&other), "DELETE", &path, None).await.problem(404, "not_found");
    house.send(Some(&person), "DELETE", &path, None).await.is(204);
    house.get(Some(&phone), "/me").await.problem(401, "not_signed_in");
    for gone in [path, format!("/me/sessions/{NO_ID}")] {
        house.send(Some(&person), "DELETE", &gone, None).await.problem(404, "not_found");
    }
    house.send(Some(&person), "DELETE", "/me/sessions/x", None).await.names("id", "malformed_id");

    let phone = house.elsewhere(&person).await;
    let out = house.send(Some(&person), "POST", "/auth/sign-out-everywhere", None).await.is(204);
    assert!(cookie(&out).ends_with('='), "{}", cookie(&out));
    for gone in [&person, &phone] {
        house.get(Some(gone), "/me").await.problem(401, "not_signed_in");
    }
    house.get(Some(&other), "/me").await.is(200);
}

#[tokio::test]
async fn a_changed_password_gives_this_browser_a_new_cookie() {
    let house = House::new();
    let person = house.person("김민준").await;
    let change = |body| house.send(Some(&person), "PUT", "/me/password", Some(body));
    let wrong = change(json!({ "current": "어림짐작 비밀번호", "new": NEW })).await.names("current", "wrong_password");
    assert!(!wrong.text.contains(NEW));
    change(json!({ "current": PASSWORD, "new": "짧아요" })).await.names("new", "too_short");
    change(json!({ "new": NEW })).await.names("current", "required");
    let changed = change(json!({ "current": PASSWORD, "new": NEW })).await.is(204);
    house.get(Some(&person), "/me").await.problem(401, "not_signed_in");
    let anew = Person { cookie: cookie(&changed), ..person.clone() };
    house.get(Some(&anew), "/me").await.is(200);
    house
        .send(None, "PUT", "/me/password", Some(json!({ "current": PASSWORD, "new": NEW })))
        .await
        .problem(401, "not_signed_in");
}

#[tokio::test]
async fn who_is_refused_for_want_of_confirmation_confirms_and_asks_again() {
    let house = House::new();
    let (root, other) = (house.administrator("김민준", AdminRole::SuperAdmin).await, house.person("이서연").await);
    house.clock.advance(chrono::TimeDelta::minutes(15));
    let grant = || house.post(Some(&root), "/admin/settings/admins", json!({ "userId": other.id, "role": "VIEWER" }));
    let refused = grant().await.problem(403, "confirmation_required");
    assert!(refused.json["detail"].as_str().unwrap().contains("비밀번호"), "{}", refused.text);
    house.get(Some(&root), "/admin/settings/logs/export").await.problem(403, "confirmation_required");
    house.post(Some(&root), "/auth/confirm", json!({ "password": "guess" })).await.names("password", "wrong_password");
    grant().await.problem(403, "confirmation_required");
    house.post(Some(&root), "/auth/confirm", json!({ "password": PASSWORD })).await.is(204);
    grant().await.is(201);
    house.get(Some(&root), "/admin/settings/logs/export").await.is(200);
}

#[tokio::test]
async fn where_there_is_no_letter_every_code_is_wrong() {
    let house = House::new();
    house.person("김민준").await;
    let code = json!({ "email": "nobody@school.kr", "code": "7K3M-9QXZ-04HB", "password": NEW });
    for path in ["/auth/verify", "/auth/reset/confirm"] {
        house.post(None, path, code.clone()).await.problem(409, "code_wrong");
        let nonsense = json!({ "email": "nobody", "code": "", "password": NEW });
        house.post(None, path, nonsense).await.names("email", "not_an_email");
    }
    house.post(None, "/auth/reset", json!({ "email": "nobody@school.kr" })).await.is(202);
}
