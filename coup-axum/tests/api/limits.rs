//! Who guesses too often, told by the API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, Person, Reply};

/// All cookies that an answer sets, `name=value`, in their order.
fn cookies(reply: &Reply) -> Vec<String> {
    let set = reply.headers.get_all("set-cookie").iter();
    set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

async fn sign_in(house: &House, cookie: Option<&str>, email: &str, password: &str) -> Reply {
    let who = cookie.map(|cookie| Person { id: String::new(), email: email.into(), cookie: cookie.into() });
    house.post(who.as_ref(), "/auth/sign-in", json!({ "email": email, "password": password })).await
}

#[tokio::test]
async fn who_signed_in_too_often_is_told_when_to_come_back_alike_with_and_without_an_account() {
    let house = House::new();
    let person = house.person("김민준").await;
    let mut told: Vec<(Value, String)> = Vec::new();
    for email in [person.email.as_str(), "nobody@school.kr"] {
        for _ in 0..10 {
            sign_in(&house, None, email, "어림짐작 비밀번호").await.problem(401, "wrong_credentials");
        }
        let refused = sign_in(&house, None, email, PASSWORD).await.problem(429, "too_many_attempts");
        assert_eq!(refused.headers["retry-after"], "900");
        assert!(refused.json["detail"].as_str().unwrap().contains("15분 뒤에"), "{}", refused.text);
        assert!(cookies(&refused).is_empty());
        told.push((refused.json, format!("{:?}", refused.headers["retry-after"])));
    }
    assert_eq!(told[0], told[1]);
    house.clock.advance(TimeDelta::minutes(14));
    let refused = sign_in(&house, None, &person.email, PASSWORD).await.problem(429, "too_many_attempts");
    assert_eq!(refused.headers["retry-after"], "60");
    house.clock.advance(TimeDelta::minutes(1));
    sign_in(&house, None, &person.email, PASSWORD).await.is(200);
}

#[tokio::test]
async fn signing_in_sets_a_second_cookie_by_which_this_browser_is_let_in_whatever_strangers_do() {
    let house = House::new();
    let person = house.person("김민준").await;
    let signed_in = sign_in(&house, None, &person.email, PASSWORD).await.is(200);
    let set: Vec<String> =
        signed_in.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    let [session, device] = set.as_slice() else { panic!("{set:?}") };
    assert!(session.starts_with("coup_session="), "{session}");
    assert!(device.starts_with("coup_device="), "{device}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"] {
        assert!(device.contains(attribute), "{device}");
    }
    let device = device.split(';').next().unwrap().to_owned();
    for _ in 0..12 {
        sign_in(&house, None, &person.email, "어림짐작 비밀번호").await;
    }
    sign_in(&house, None, &person.email, PASSWORD).await.problem(429, "too_many_attempts");
    for odd in ["coup_device=", "coup_device=x", "coup_session=y", &device.replace("coup_device", "other")] {
        sign_in(&house, Some(odd), &person.email, PASSWORD).await.problem(429, "too_many_attempts");
    }
    sign_in(&house, Some(&device), "nobody@school.kr", PASSWORD).await.problem(401, "wrong_credentials");
    let again = sign_in(&house, Some(&device), &person.email, PASSWORD).await.is(200);
    let [_, anew] = <[String; 2]>::try_from(cookies(&again)).unwrap();
    assert_ne!(anew, device, "another one each time");
    sign_in(&house, Some(&device), &person.email, PASSWORD).await.problem(429, "too_many_attempts");
    sign_in(&house, Some(&anew), &person.email, PASSWORD).await.is(200);
}

#[tokio::test]
async fn showing_ones_password_wrongly_too_often_is_refused_also_where_it_is_changed() {
    let house = House::new();
    let person = house.person("김민준").await;
    for _ in 0..10 {
        let body = json!({ "password": "어림짐작 비밀번호" });
        house.post(Some(&person), "/auth/confirm", body).await.names("password", "wrong_password");
    }
    let confirm = house.post(Some(&person), "/auth/confirm", json!({ "password": PASSWORD })).await;
    assert_eq!(confirm.problem(429, "too_many_attempts").headers["retry-after"], "900");
    let body = json!({ "current": PASSWORD, "new": "zanzibar-otter-3" });
    house.send(Some(&person), "PUT", "/me/password", Some(body.clone())).await.problem(429, "too_many_attempts");
    house.clock.advance(TimeDelta::minutes(15));
    let changed = house.send(Some(&person), "PUT", "/me/password", Some(body)).await.is(204);
    assert_eq!(cookies(&changed).len(), 2, "the browser is known anew, too");
}
