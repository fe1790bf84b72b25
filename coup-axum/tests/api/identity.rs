//! `/auth`, `/me`.

use coup_axum::api::ApiOptions;
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, Person};

#[tokio::test]
async fn sign_up_signs_in_with_a_cookie_that_scripts_cannot_read() {
    let house = House::new();
    let body = json!({ "email": " Kim@School.kr ", "password": PASSWORD, "name": "김민준" });
    let reply = house.post(None, "/auth/sign-up", body.clone()).await.is(201);
    assert_eq!(
        (&reply.json["email"], &reply.json["role"], &reply.json["adminRole"]),
        (&json!("kim@school.kr"), &json!("USER"), &Value::Null)
    );
    let cookie = reply.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("coup_session="), "{cookie}");
    for mark in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Expires="] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    house.post(None, "/auth/sign-up", body).await.problem(409, "email_taken");
}

#[tokio::test]
async fn on_https_the_cookie_is_the_hosts_own_and_no_other_counts() {
    let house = House::with("https://coup.school.kr", ApiOptions::default());
    let person = house.person("김민준").await;
    assert!(person.cookie.starts_with("__Host-coup_session="), "{}", person.cookie);
    house.get(Some(&person), "/me").await.is(200);
    let planted = Person { cookie: person.cookie.replace("__Host-", ""), ..person };
    house.get(Some(&planted), "/me").await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn sign_in_answers_alike_whether_or_not_the_account_exists() {
    let house = House::new();
    let person = house.person("김민준").await;
    let wrong = |email: &str| json!({ "email": email, "password": "어림짐작 비밀번호입니다" });
    let known = house.post(None, "/auth/sign-in", wrong(&person.email)).await.problem(401, "wrong_credentials");
    let unknown = house.post(None, "/auth/sign-in", wrong("nobody@school.kr")).await.problem(401, "wrong_credentials");
    let nonsense = house.post(None, "/auth/sign-in", wrong("not an address")).await.problem(401, "wrong_credentials");
    assert_eq!(known.json, unknown.json);
    assert_eq!(known.json, nonsense.json);
    assert!(!known.headers.contains_key("set-cookie"));
    let right = json!({ "email": person.email, "password": PASSWORD });
    let signed_in = house.post(None, "/auth/sign-in", right).await.is(200);
    assert_eq!(signed_in.json["id"], person.id);
    assert!(signed_in.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn sign_out_ends_this_session_and_no_other() {
    let house = House::new();
    let person = house.person("김민준").await;
    let reply = house.post(None, "/auth/sign-in", json!({ "email": person.email, "password": PASSWORD })).await;
    let cookie = reply.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let elsewhere = Person { cookie, ..person.clone() };
    let out = house.send(Some(&person), "POST", "/auth/sign-out", None).await.is(204);
    let cookie = out.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("coup_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    house.get(Some(&person), "/me").await.problem(401, "not_signed_in");
    house.get(Some(&elsewhere), "/me").await.is(200);
    let again = house.send(Some(&person), "POST", "/auth/sign-out", None).await.problem(401, "not_signed_in");
    assert!(again.headers.contains_key("set-cookie"), "a stale cookie goes all the same");
}

#[tokio::test]
async fn a_session_ends_by_the_clock() {
    let house = House::new();
    let person = house.person("김민준").await;
    house.clock.advance(chrono::TimeDelta::hours(24 * 14));
    house.get(Some(&person), "/me").await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_account_is_named_and_no_password_comes_back() {
    let house = House::new();
    let reply = house.post(None, "/auth/sign-up", json!({})).await;
    reply.names("email", "required").names("password", "required").names("name", "required");
    let sign_up =
        |email: &str, password: &str, name: &str| json!({ "email": email, "password": password, "name": name });
    for (body, field, code) in [
        (sign_up("kim", PASSWORD, "김민준"), "email", "not_an_email"),
        (sign_up("kim@school.kr", "짧은 비밀", "김민준"), "password", "too_short"),
        (sign_up("kim@school.kr", "password1234", "김민준"), "password", "too_common"),
        (sign_up("kim@school.kr", &"가나다라".repeat(40), "김민준"), "password", "too_long"),
        (sign_up("kim@school.kr", PASSWORD, "김\u{200B}민준"), "name", "forbidden_character"),
        (
            json!({ "email": "kim@school.kr", "password": PASSWORD, "name": "김민준", "role": "ADMIN" }),
            "role",
            "unknown_field",
        ),
        (
            json!({ "email": "kim@school.kr", "password": 123_456_789_012_i64, "name": "김민준" }),
            "password",
            "wrong_type",
        ),
    ] {
        let reply = house.post(None, "/auth/sign-up", body).await.names(field, code);
        assert!(
            !reply.text.contains(PASSWORD)
                && !reply.text.contains("password1234")
                && !reply.text.contains("123456789012")
        );
    }
    house
        .post(None, "/auth/sign-in", json!({ "email": "kim@school.kr", "password": PASSWORD }))
        .await
        .problem(401, "wrong_credentials");
}

#[tokio::test]
async fn one_edits_ones_own_profile() {
    let house = House::new();
    let person = house.person("김민준").await;
    let me = |body| house.send(Some(&person), "PATCH", "/me", Some(body));
    let edited = me(json!({ "name": "민준", "bio": "반갑습니다\n둘째 줄", "locale": "en" })).await.is(200).json;
    assert_eq!(
        (&edited["name"], &edited["bio"], &edited["locale"]),
        (&json!("민준"), &json!("반갑습니다\n둘째 줄"), &json!("en"))
    );
    let edited = me(json!({ "bio": null, "locale": null })).await.is(200).json;
    assert_eq!((&edited["name"], &edited["bio"], &edited["locale"]), (&json!("민준"), &Value::Null, &Value::Null));
    me(json!({ "name": "" })).await.names("name", "required");
    me(json!({ "name": null })).await.names("name", "wrong_type");
    me(json!({ "locale": "fr" })).await.names("locale", "unknown_value");
    for privileged in ["id", "email", "role", "adminRole", "status"] {
        me(json!({ privileged: "ADMIN" })).await.names(privileged, "unknown_field");
    }
    assert_eq!(house.get(Some(&person), "/me").await.is(200).json["role"], "USER");
    house.send(None, "PATCH", "/me", Some(json!({ "name": "누구" }))).await.problem(401, "not_signed_in");
}
