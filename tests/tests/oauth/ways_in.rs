//! Who comes in by what a provider proves.

use coup_core::user::model::UserStatus;
use coup_tests::{PASSWORD, provider::Known};
use reqwest::Method;
use serde_json::json;

use crate::house::{Browser, House};

const WAYS: [&str; 2] = ["google", "github"];

#[tokio::test]
async fn who_is_new_gets_an_account_with_the_address_that_is_proved_to_be_theirs() {
    for way in WAYS {
        let house = House::new().await;
        let mut browser = house.browser();
        browser.signs_in(way).await.leads_to("/studies");
        let me = browser.me().await.unwrap();
        assert_eq!((&me["name"], &me["email"]), (&json!("김민준"), &json!("minjun@school.kr")), "{way}");
        assert!(me["lastLoginAt"].is_string());
        let account = house.user("minjun@school.kr").await.unwrap();
        assert!(account.password.is_none());
        assert_eq!(house.linked(1).await, Some(account));
    }
}

#[tokio::test]
async fn who_comes_again_is_the_same_person_whatever_they_are_called_now() {
    for way in WAYS {
        let house = House::new().await;
        let mut browser = house.browser();
        browser.signs_in(way).await.leads_to("/studies");
        let first = browser.me().await.unwrap();
        house.provider.is_asked_by(Known::new(1, "김새이름", "new.address@school.kr"));
        let mut elsewhere = house.browser();
        elsewhere.signs_in(way).await.leads_to("/studies");
        let again = elsewhere.me().await.unwrap();
        assert_eq!((&again["id"], &again["email"], &again["name"]), (&first["id"], &first["email"], &first["name"]));
        assert!(house.user("new.address@school.kr").await.is_none());
        // Somebody else with the address that was theirs is somebody else.
        house.provider.is_asked_by(Known::new(2, "이서연", "other@school.kr"));
        let mut other = house.browser();
        other.signs_in(way).await.leads_to("/studies");
        assert_ne!(other.me().await.unwrap()["id"], first["id"]);
    }
}

#[tokio::test]
async fn a_verified_address_links_nothing_and_its_owner_is_told_to_sign_in_and_link() {
    for way in WAYS {
        let house = House::new().await;
        drop(house.member("minjun@school.kr").await);
        let before = house.user("minjun@school.kr").await;
        let mut browser = house.browser();
        browser.signs_in(way).await.leads_to("/sign-in");
        assert!(browser.me().await.is_none());
        assert!(house.linked(1).await.is_none());
        assert_eq!(house.user("minjun@school.kr").await, before);
        let page = browser.get("/sign-in").await.is(200);
        assert!(page.text.contains("이 이메일 주소로 만든 계정이 이미 있어요"), "{}", page.text);
        let page = browser.get("/sign-in").await.is(200);
        assert!(!page.text.contains("이 이메일 주소로"), "it is said once");
        let mut plain = house.browser().plainly();
        plain.signs_in(way).await.problem(409, "sign_in_to_link");
    }
}

#[tokio::test]
async fn an_unverified_address_is_nobodys_and_tells_nothing_of_whose_it_is() {
    for way in WAYS {
        let mut answers = Vec::new();
        for taken in [true, false] {
            let house = House::new().await;
            if taken {
                drop(house.member("minjun@school.kr").await);
            }
            house.provider.is_asked_by(Known::new(1, "김민준", "minjun@school.kr").unverified());
            let mut browser = house.browser();
            let reply = browser.signs_in(way).await.leads_to("/studies");
            let me = browser.me().await.unwrap();
            assert_eq!(me["email"], json!(null), "an address that is not proved is not theirs");
            let mut names: Vec<_> =
                reply.cookies.iter().map(|cookie| cookie.split('=').next().unwrap().to_owned()).collect();
            names.sort();
            answers.push((reply.status, reply.location, names, reply.text, me["name"].clone()));
            let owner = house.user("minjun@school.kr").await;
            assert_eq!(owner.is_some(), taken);
            assert!(owner.is_none_or(|owner| Some(owner.id) != me["id"].as_str().map(|id| id.parse().unwrap())));
        }
        assert_eq!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn what_a_provider_tells_only_by_its_access_token_is_asked_there() {
    let house = House::new().await;
    house.provider.tells_elsewhere();
    let mut browser = house.browser();
    browser.signs_in("google").await.leads_to("/studies");
    assert_eq!(browser.me().await.unwrap()["email"], "minjun@school.kr");
}

#[tokio::test]
async fn who_has_neither_name_nor_address_has_an_account_all_the_same() {
    let house = House::new().await;
    house.provider.is_asked_by(Known { subject: 5, name: None, email: None });
    for (way, name) in [("google", "새 사용자"), ("github", "user-5")] {
        let house = if way == "google" { &house } else { &House::new().await };
        house.provider.is_asked_by(Known { subject: 5, name: None, email: None });
        let mut browser = house.browser();
        browser.signs_in(way).await.leads_to("/studies");
        assert_eq!(browser.me().await.unwrap()["name"], name);
    }
}

#[tokio::test]
async fn a_new_session_takes_the_place_of_the_one_that_the_browser_had() {
    let house = House::new().await;
    let mut browser = house.member("seoyeon@school.kr").await;
    let old = browser.cookies[house.session_cookie()].clone();
    browser.signs_in("google").await.leads_to("/studies");
    assert_ne!(browser.cookies[house.session_cookie()], old);
    assert_eq!(browser.me().await.unwrap()["name"], "김민준");
    let mut before = house.browser();
    before.cookies.insert(house.session_cookie().to_owned(), old);
    assert!(before.me().await.is_none(), "the older session has ended");
}

#[tokio::test]
async fn a_deleted_account_is_not_signed_in_and_a_suspended_one_reads_why() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.signs_in("google").await.leads_to("/studies");
    let account = house.linked(1).await.unwrap();
    house.change(coup_core::user::model::User { status: UserStatus::Suspended, ..account }).await;
    house.browser().signs_in("google").await.leads_to("/me/sanctions");
    let account = house.linked(1).await.unwrap();
    house.change(coup_core::user::model::User { status: UserStatus::Deleted, ..account }).await;
    let mut browser = house.browser();
    browser.signs_in("google").await.leads_to("/sign-in");
    assert!(browser.get("/sign-in").await.text.contains("누구인지 확인할 수 없었어요"));
    house.browser().plainly().signs_in("google").await.problem(401, "wrong_credentials");
}

#[tokio::test]
async fn next_is_a_path_of_ours_or_left_aside() {
    let house = House::new().await;
    let long = format!("/{}", "a".repeat(1000));
    for (next, leads) in [
        ("/my-studies?cursor=%EA%B0%80", "/my-studies?cursor=%EA%B0%80"),
        ("https://elsewhere.example", "/studies"),
        ("//elsewhere.example", "/studies"),
        ("/\\elsewhere.example", "/studies"),
        ("/a\r\nset-cookie: b=c", "/studies"),
        (long.as_str(), "/studies"),
        ("", "/studies"),
    ] {
        let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        for start in ["/api/auth/google", "/sign-in/google"] {
            let mut browser = house.browser();
            let back = browser.goes(&format!("{start}?{query}")).await;
            browser.get(&back).await.leads_to(leads);
        }
    }
}

#[tokio::test]
async fn what_is_not_configured_is_not_found_and_has_no_button() {
    let address = House::plain().await;
    let mut browser = Browser::at(&address).plainly();
    for way in WAYS {
        for path in ["", "/callback?code=a&state=b"] {
            browser.get(&format!("/api/auth/{way}{path}")).await.problem(404, "not_configured");
        }
    }
    let mut browser = Browser::at(&address);
    let page = browser.get("/sign-in").await.is(200);
    assert!(!page.text.contains("Google") && !page.text.contains("GitHub"), "{}", page.text);
    assert_eq!(browser.get("/sign-in/google").await.status, 404);
    assert_eq!(browser.get("/sign-in/another").await.status, 404);

    let house = House::new().await;
    for page in ["/sign-in", "/sign-up"] {
        let page = house.browser().get(page).await.is(200);
        assert!(page.text.contains("Google로 계속하기") && page.text.contains("/sign-in/github"), "{}", page.text);
    }
}

#[tokio::test]
async fn two_who_come_with_one_identity_at_once_are_one_person() {
    for way in WAYS {
        let house = House::new().await;
        let (mut one, mut two) = (house.browser(), house.browser());
        let (back_one, back_two) =
            (one.goes(&format!("/api/auth/{way}")).await, two.goes(&format!("/api/auth/{way}")).await);
        let (first, second) = tokio::join!(one.get(&back_one), two.get(&back_two));
        assert_eq!((first.status, second.status), (303, 303));
        assert_eq!(one.me().await.unwrap()["id"], two.me().await.unwrap()["id"]);
    }
}

#[tokio::test]
async fn who_came_by_a_provider_cannot_come_in_by_a_password_that_they_never_set() {
    let house = House::new().await;
    house.browser().signs_in("google").await.leads_to("/studies");
    let mut browser = house.browser();
    for password in ["", PASSWORD] {
        let body = json!({ "email": "minjun@school.kr", "password": password });
        browser.send(Method::POST, "/api/auth/sign-in", Some(body)).await.problem(401, "wrong_credentials");
    }
}
