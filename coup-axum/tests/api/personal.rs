//! `DELETE /me` and `GET /me/export`.

use coup_core::policy::AdminRole;
use serde_json::json;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn who_deletes_their_account_is_nobody_any_more_and_the_address_is_free() {
    let house = House::new();
    let (owner, person) = (house.person("이서연").await, house.person("김민준").await);
    let study = house.study(&owner, json!({})).await;
    house.post(Some(&person), &format!("/studies/{study}/join"), json!({})).await.is(201);
    let messages = format!("/my-studies/{study}/messages");
    house.post(Some(&person), &messages, json!({ "content": "안녕하세요" })).await.is(201);
    let gone = house.send(Some(&person), "DELETE", "/me", None).await.is(204);
    let cookie = gone.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.split(';').next().unwrap().ends_with('='), "{cookie}");
    house.get(Some(&person), "/me").await.problem(401, "not_signed_in");
    let unknown = json!({ "email": "nobody@school.kr", "password": PASSWORD });
    let unknown = house.post(None, "/auth/sign-in", unknown).await.problem(401, "wrong_credentials");
    let known = json!({ "email": person.email, "password": PASSWORD });
    let known = house.post(None, "/auth/sign-in", known).await.problem(401, "wrong_credentials");
    assert_eq!(known.text, unknown.text);
    let said = house.get(Some(&owner), &messages).await.is(200);
    let said = said.items().iter().find(|one| one["userId"] == json!(person.id)).unwrap().clone();
    assert_eq!((&said["content"], &said["author"]["name"]), (&json!("안녕하세요"), &json!(null)));
    let members = house.get(Some(&owner), &format!("/studies/{study}/members")).await.is(200);
    assert_eq!(members.items().len(), 1);
    let anew = json!({ "email": person.email, "password": PASSWORD, "name": "새 사람" });
    house.post(None, "/auth/sign-up", anew).await.is(201);
}

#[tokio::test]
async fn the_owner_is_told_which_studies_to_hand_over_or_close() {
    let house = House::new();
    let owner = house.person("이서연").await;
    let study = house.study(&owner, json!({})).await;
    let refused = house.send(Some(&owner), "DELETE", "/me", None).await.problem(409, "owns_studies");
    assert_eq!(refused.json["studies"][0]["id"], json!(study));
    assert!(refused.json["studies"][0]["name"].is_string(), "{}", refused.text);
    house.get(Some(&owner), "/me").await.is(200);
    house.send(Some(&owner), "POST", &format!("/studies/{study}/close"), None).await.is(200);
    house.send(Some(&owner), "DELETE", "/me", None).await.is(204);
}

#[tokio::test]
async fn both_ask_again_who_it_is_and_the_last_super_admin_stays() {
    let house = House::new();
    let root = house.administrator("김민준", AdminRole::SuperAdmin).await;
    house.send(Some(&root), "DELETE", "/me", None).await.problem(409, "last_super_admin");
    let export = house.get(Some(&root), "/me/export").await.is(200);
    assert!(export.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"coup-"));
    assert_eq!(export.headers["cache-control"], "no-store");
    assert_eq!(
        (&export.json["format"], &export.json["account"]["id"]),
        (&json!("coup-personal-data"), &json!(root.id))
    );
    house.clock.advance(chrono::TimeDelta::minutes(15));
    house.send(Some(&root), "DELETE", "/me", None).await.problem(403, "confirmation_required");
    house.get(Some(&root), "/me/export").await.problem(403, "confirmation_required");
    house.get(None, "/me/export").await.problem(401, "not_signed_in");
}
