//! What any route does with a body, a path or a browser that it does not like.

use coup_axum::api::ApiOptions;
use serde_json::json;

use crate::house::House;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn a_body_is_json_whole_and_not_too_large() {
    let house = House::new();
    let person = house.person("김민준").await;
    let post = |headers: Vec<(&'static str, &'static str)>, bytes: &str| {
        let bytes = bytes.as_bytes().to_vec();
        let (house, person) = (&house, &person);
        async move { house.raw(Some(person), "POST", "/studies", &headers, bytes).await }
    };
    post(vec![JSON], "{").await.problem(400, "malformed_json");
    post(vec![JSON], "").await.problem(400, "malformed_json");
    post(vec![JSON], "{} {}").await.problem(400, "malformed_json");
    post(vec![JSON], "{\"name\": \"\u{fffd}").await.problem(400, "malformed_json");
    for no_object in ["[]", " [\"이름\"]", "7", "null", "\"{}\""] {
        post(vec![JSON], no_object).await.names("body", "wrong_type");
    }
    post(vec![JSON], "[1,").await.problem(400, "malformed_json");
    post(vec![JSON], "{\"name\":\"가나\",\"name\":\"다라\"}").await.names("name", "duplicate_field");
    post(vec![], "{}").await.problem(415, "unsupported_media_type");
    post(vec![("content-type", "text/plain")], "{}").await.problem(415, "unsupported_media_type");
    post(vec![("content-type", "application/x-www-form-urlencoded")], "name=a")
        .await
        .problem(415, "unsupported_media_type");
    post(vec![("content-type", "application/json; charset=utf-8")], "{}").await.names("name", "required");
    let large = json!({ "description": "a".repeat(65 * 1024) }).to_string();
    post(vec![JSON], &large).await.problem(413, "too_large");
    assert!(house.get(Some(&person), "/my-studies").await.items().is_empty());
}

#[tokio::test]
async fn a_body_is_nested_no_deeper_than_anything_needs() {
    let house = House::new();
    let person = house.person("김민준").await;
    let nested = |deep: usize| format!("{{\"name\":{}{}}}", "[".repeat(deep - 1), "]".repeat(deep - 1)).into_bytes();
    let post = |deep| house.raw(Some(&person), "POST", "/studies", &[JSON], nested(deep));
    post(32).await.names("name", "wrong_type");
    for deep in [33, 5000] {
        post(deep).await.problem(400, "too_deep");
    }
    let open = format!("{{\"name\":{}", "[".repeat(5000)).into_bytes();
    house.raw(Some(&person), "POST", "/studies", &[JSON], open).await.problem(400, "too_deep");
}

#[tokio::test]
async fn the_body_limit_is_an_option() {
    let house = House::with("http://127.0.0.1", ApiOptions { body_limit: 300, ..ApiOptions::default() });
    let person = house.person("김민준").await;
    house.post(Some(&person), "/studies", json!({ "description": "a".repeat(300) })).await.problem(413, "too_large");
}

#[tokio::test]
async fn what_takes_no_body_takes_none() {
    let house = House::new();
    let person = house.person("김민준").await;
    let close = format!("/studies/{}/close", house.study(&person, json!({})).await);
    house.post(Some(&person), &close, json!({ "force": true })).await.names("force", "unknown_field");
    house
        .raw(Some(&person), "POST", &close, &[("content-type", "text/plain")], b"now".to_vec())
        .await
        .problem(415, "unsupported_media_type");
    house.post(Some(&person), &close, json!({})).await.is(200);
}

#[tokio::test]
async fn a_malformed_id_in_the_path_is_named() {
    let house = House::new();
    let person = house.person("김민준").await;
    let study = house.study(&person, json!({})).await;
    let control = "%00";
    for (path, field) in [
        ("/studies/1".to_owned(), "id"),
        (format!("/studies/{}", study.replace('-', "")), "id"),
        (format!("/studies/{study}%20"), "id"),
        ("/studies/%ff".to_owned(), "id"),
        ("/my-studies/x/messages".to_owned(), "id"),
    ] {
        house.get(Some(&person), &path).await.names(field, "malformed_id");
    }
    house
        .send(Some(&person), "DELETE", &format!("/my-studies/{study}/messages/7"), None)
        .await
        .names("msgId", "malformed_id");
    house
        .send(Some(&person), "DELETE", &format!("/studies/{study}/members/{control}"), None)
        .await
        .names("userId", "malformed_id");
    for hostile in ["*", "role:admin", "a,b", "study:OWNER", "'%3B--"] {
        let path = format!("/studies/{study}/members/{hostile}");
        house.send(Some(&person), "DELETE", &path, None).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_unsafe_request_of_another_site_is_refused() {
    let house = House::new();
    let person = house.person("김민준").await;
    let cases: [(&[(&str, &str)], u16); 8] = [
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "https://evil.example"), ("host", "coup.school.kr")], 403),
        (&[("origin", "null"), ("host", "coup.school.kr")], 403),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://coup.school.kr")], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("origin", "https://coup.school.kr"), ("host", "coup.school.kr")], 200),
        (&[], 200),
    ];
    for (headers, status) in cases {
        let headers: Vec<_> = headers.iter().copied().chain([JSON]).collect();
        let reply = house.raw(Some(&person), "PATCH", "/me", &headers, br#"{"bio":"a"}"#.to_vec()).await.is(status);
        if status == 403 {
            reply.problem(403, "cross_site");
        }
        house.raw(Some(&person), "GET", "/me", &headers, Vec::new()).await.is(200);
    }
}
