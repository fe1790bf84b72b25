//! Bad input: a problem with a status of 4xx that names the field, and nothing is written.

use coup_tests::{Answer, PASSWORD, Person, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// The fields that a problem names.
fn fields(answer: &Answer) -> Vec<&str> {
    let errors = answer.body["errors"].as_array().unwrap_or_else(|| panic!("no errors in {}", answer.body));
    errors.iter().map(|error| error["field"].as_str().unwrap()).collect()
}

#[track_caller]
fn names(answer: &Answer, status: u16, field: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", answer.body);
    assert!(fields(answer).contains(&field), "{field} in {}", answer.body);
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(!message.is_empty(), "{}", answer.body);
}

fn study(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({ "name": "멀쩡한 스터디", "description": "아무 문제 없어요", "category": "기타" });
    change(&mut body);
    body
}

#[tokio::test]
async fn a_wrong_body_names_its_field_and_founds_nothing() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "김민준").await;
    let cases: Vec<(Value, &str)> = vec![
        (study(|body| body["colour"] = json!("red")), "colour"),
        // What only the program sets cannot be set from outside.
        (study(|body| body["ownerId"] = json!("somebody")), "ownerId"),
        (study(|body| body["memberCount"] = json!(1000)), "memberCount"),
        (study(|body| body["name"] = json!(7)), "name"),
        (study(|body| body["name"] = json!("")), "name"),
        (study(|body| body["name"] = json!("가".repeat(81))), "name"),
        (study(|body| body["name"] = json!("뒤집힌\u{202E}이름")), "name"),
        (study(|body| body["maxMembers"] = json!("twenty")), "maxMembers"),
        (study(|body| body["maxMembers"] = json!(1)), "maxMembers"),
        (study(|body| body["maxMembers"] = json!(1_000_000)), "maxMembers"),
        (study(|body| body["isPublic"] = json!("yes")), "isPublic"),
        (study(|body| body["tags"] = json!(["좋은 태그", ""])), "tags[1]"),
        (study(|body| body["tags"] = json!([1])), "tags[0]"),
        (study(|body| body["timeZone"] = json!("Asia/Atlantis")), "timeZone"),
        (study(|body| drop(body.as_object_mut().unwrap().remove("category"))), "category"),
    ];
    for (body, field) in cases {
        names(&person.post("/studies", body).await, 422, field);
    }
    let several = json!({ "name": "", "description": "", "category": "" });
    let answer = person.post("/studies", several).await.is(422);
    assert_eq!(fields(&answer), ["name", "description", "category"], "all of them at once");
    assert!(person.get("/studies").await.is(200).items("/id").is_empty());
    assert!(person.get("/my-studies").await.is(200).items("/id").is_empty());
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_refused() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "이서연").await;
    let post = || person.raw(Method::POST, "/studies");
    let json_type = ("content-type", "application/json");
    for body in ["", "{", "[1, 2", "{\"name\": \"a\"} trailing", "\u{0}"] {
        let answer = Answer::of(post().header(json_type.0, json_type.1).body(body)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 422), "{body:?}: {} {}", answer.status, answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    Answer::of(post().header("content-type", "text/plain").body("{}")).await.is(415);
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let answer = Answer::of(post().header(json_type.0, json_type.1).body(deep)).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let huge = json!({ "name": "큰 스터디", "description": "a".repeat(100_000), "category": "기타" });
    let refused = person.post("/studies", huge).await.is(413);
    assert_eq!(refused.headers["connection"], "close", "nobody asks on where the rest was not read");
    assert!(person.get("/my-studies").await.is(200).items("/id").is_empty());
}

#[tokio::test]
async fn malformed_ids_cursors_and_queries_are_refused_by_name() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "최하은").await;
    let own = person.founds("우리 스터디", json!({})).await;
    for (path, field) in [
        ("/studies/7".to_owned(), "id"),
        (format!("/studies/{}", own.to_uppercase().replace('-', "")), "id"),
        ("/studies/..%2F..%2Fetc".to_owned(), "id"),
        ("/studies?cursor=AAAA".to_owned(), "cursor"),
        (format!("/studies/{own}/members?cursor=%00"), "cursor"),
        ("/studies?limit=0".to_owned(), "limit"),
        ("/studies?limit=101".to_owned(), "limit"),
        ("/studies?limit=many".to_owned(), "limit"),
        ("/studies?sortBy=colour".to_owned(), "sortBy"),
        ("/studies?isRecruiting=perhaps".to_owned(), "isRecruiting"),
        ("/studies?page=2".to_owned(), "page"),
        (format!("/my-studies/{own}/messages?before=soon"), "before"),
    ] {
        names(&person.get(&path).await, 422, field);
    }
    // The cursor of one list is none of another.
    let other = person.founds("다른 스터디", json!({})).await;
    let cursor = person.get("/studies?limit=1").await.is(200).text("/nextCursor");
    names(&person.get(&format!("/studies?limit=1&sortBy=rating&cursor={cursor}")).await, 422, "cursor");
    names(&person.get(&format!("/studies/{other}/members?cursor={cursor}")).await, 422, "cursor");
}

#[tokio::test]
async fn a_wrong_message_is_not_sent_and_an_account_needs_more_than_that() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "정도윤").await;
    let own = person.founds("말 많은 스터디", json!({})).await;
    let messages = format!("/my-studies/{own}/messages");
    for (body, field) in [
        (json!({ "content": "" }), "content"),
        (json!({ "content": " \n " }), "content"),
        (json!({ "content": "가".repeat(4001) }), "content"),
        (json!({ "content": "a\u{200B}b" }), "content"),
        (json!({ "content": ["a"] }), "content"),
        (json!({ "content": "a", "seq": 1 }), "seq"),
        (json!({ "content": "a", "userId": "somebody" }), "userId"),
        (json!({ "content": "a", "clientId": "x".repeat(65) }), "clientId"),
        (json!({ "content": "a", "replyToId": "the last one" }), "replyToId"),
        (json!({ "content": "a", "replyToId": own }), "replyToId"),
    ] {
        names(&person.post(&messages, body).await, 422, field);
    }
    names(&person.post(&format!("{messages}/read"), json!({ "seq": -1 })).await, 422, "seq");
    names(&person.post(&format!("{messages}/read"), json!({ "seq": "1" })).await, 422, "seq");
    assert!(person.get(&messages).await.is(200).items("/id").is_empty());

    let stranger = Person::stranger(&server);
    for (body, field) in [
        (json!({ "email": "no address", "password": PASSWORD, "name": "누구" }), "email"),
        (json!({ "email": "a@school.example", "password": "short", "name": "누구" }), "password"),
        (json!({ "email": "a@school.example", "password": "password1234", "name": "누구" }), "password"),
        (json!({ "email": "a@school.example", "password": PASSWORD, "name": "누\n구" }), "name"),
        (json!({ "email": "a@school.example", "password": PASSWORD, "name": "누구", "role": "ADMIN" }), "role"),
    ] {
        names(&stranger.post("/auth/sign-up", body).await, 422, field);
    }
    stranger.get("/me").await.refuses(401, "not_signed_in");
    // The address is free still.
    let right = json!({ "email": "a@school.example", "password": PASSWORD, "name": "누구" });
    stranger.post("/auth/sign-up", right).await.is(201);
}

#[tokio::test]
async fn problems_speak_korean_and_english() {
    let server = Server::on_sqlite().await;
    let stranger = Person::stranger(&server);
    let title = async |language: &str| {
        let asked = stranger.raw(Method::GET, "/me").header("accept-language", language);
        Answer::of(asked).await.is(401).text("/title")
    };
    let (korean, english) = (title("ko-KR,ko;q=0.9,en;q=0.8").await, title("en-GB,en").await);
    assert!(korean.chars().any(|c| ('가'..='힣').contains(&c)), "{korean}");
    assert!(english.is_ascii(), "{english}");
}

#[tokio::test]
async fn a_page_elsewhere_cannot_write_in_somebodys_name() {
    let server = Server::on_sqlite().await;
    let person = Person::new(&server, "강수아").await;
    let body = study(|_| {});
    for (header, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")] {
        let answer = Answer::of(person.raw(Method::POST, "/studies").header(header, value).json(&body)).await;
        assert_eq!(answer.status, 403, "{header}: {}", answer.body);
    }
    assert!(person.get("/my-studies").await.is(200).items("/id").is_empty());
    let own = person.raw(Method::POST, "/studies").header("sec-fetch-site", "same-origin").json(&body);
    Answer::of(own).await.is(201);
}
