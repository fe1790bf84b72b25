//! Linking and unlinking: while signed in, in the session that asked, to one account; and the last way in stays.

use coup_tests::provider::{Bend, Known};
use reqwest::Method;
use serde_json::json;

use crate::house::{Browser, House};

async fn linked(browser: &mut Browser) -> Vec<String> {
    let list = browser.get("/api/me/identities").await.is(200).json();
    let provider = |item: &serde_json::Value| item["provider"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(provider).collect()
}

#[tokio::test]
async fn an_identity_is_linked_while_signed_in_and_signs_in_from_then_on() {
    for (way, word) in [("google", "GOOGLE"), ("github", "GITHUB")] {
        let house = House::new().await;
        let mut member = house.member("seoyeon@school.kr").await;
        let me = member.me().await.unwrap();
        member.links(way).await.leads_to("/me/identities");
        assert_eq!(linked(&mut member).await, [word]);
        let list = member.get("/api/me/identities").await.json();
        assert_eq!(list["items"][0]["email"], "minjun@school.kr");
        assert_eq!(member.me().await.unwrap(), me, "nothing else of the account changed");
        assert!(house.user("minjun@school.kr").await.is_none(), "the address there is not the account's");
        let mut elsewhere = house.browser();
        elsewhere.signs_in(way).await.leads_to("/studies");
        assert_eq!(elsewhere.me().await.unwrap()["id"], me["id"]);
        // Again is no fault.
        member.links(way).await.leads_to("/me/identities");
        assert_eq!(linked(&mut member).await, [word]);
    }
}

#[tokio::test]
async fn who_was_told_that_they_have_an_account_links_it_there() {
    let house = House::new().await;
    let mut member = house.member("minjun@school.kr").await;
    let id = member.me().await.unwrap()["id"].clone();
    house.browser().plainly().signs_in("google").await.problem(409, "sign_in_to_link");
    member.links("google").await.leads_to("/me/identities");
    let mut elsewhere = house.browser();
    elsewhere.signs_in("google").await.leads_to("/studies");
    assert_eq!(elsewhere.me().await.unwrap()["id"], id);
}

#[tokio::test]
async fn nobody_links_without_being_signed_in() {
    let house = House::new().await;
    let mut stranger = house.browser().plainly();
    for way in ["google", "github"] {
        let path = format!("/api/me/identities/{way}");
        stranger.send(Method::POST, &path, None).await.problem(401, "not_signed_in");
        stranger.send(Method::DELETE, &path, None).await.problem(401, "not_signed_in");
    }
    stranger.get("/api/me/identities").await.problem(401, "not_signed_in");
}

#[tokio::test]
async fn an_identity_of_another_account_is_not_linked() {
    for way in ["google", "github"] {
        let house = House::new().await;
        house.browser().signs_in(way).await.leads_to("/studies");
        let owner = house.linked(1).await.unwrap();
        let mut member = house.member("seoyeon@school.kr").await;
        member.links(way).await.leads_to("/me/identities");
        let page = member.get("/me/identities").await.is(200);
        assert!(page.text.contains("이미 다른 계정에 연결돼 있어요"), "{}", page.text);
        assert!(!member.get("/me/identities").await.text.contains("이미 다른 계정에"), "it is said once");
        member.accepts = "application/json";
        member.links(way).await.problem(409, "identity_taken");
        assert!(linked(&mut member).await.is_empty());
        assert_eq!(house.linked(1).await.unwrap().id, owner.id);
    }
}

#[tokio::test]
async fn an_account_has_one_identity_of_a_provider() {
    let house = House::new().await;
    let mut member = house.member("seoyeon@school.kr").await;
    member.links("google").await.leads_to("/me/identities");
    house.provider.is_asked_by(Known::new(2, "다른 이름", "another@school.kr"));
    member.accepts = "application/json";
    member.links("google").await.problem(409, "provider_linked");
    assert!(house.linked(2).await.is_none());
}

#[tokio::test]
async fn a_link_is_made_in_the_session_that_asked_for_it_only() {
    let house = House::new().await;
    let mut member = house.member("seoyeon@school.kr").await;
    let begun = member.send(Method::POST, "/api/me/identities/google", None).await.is(201);
    let back = member.asks(begun.json()["address"].as_str().unwrap()).await;
    let flow = member.cookies["coup_sign_in"].clone();
    // Somebody else's browser, with all that there is but the session.
    for signed_in in [true, false] {
        let mut other = if signed_in { house.member("other@school.kr").await } else { house.browser() };
        let again = member.send(Method::POST, "/api/me/identities/google", None).await.is(201);
        let back = member.asks(again.json()["address"].as_str().unwrap()).await;
        other.cookies.insert("coup_sign_in".into(), member.cookies["coup_sign_in"].clone());
        other.accepts = "application/json";
        let (status, code) = if signed_in { (409, "sign_in_expired") } else { (401, "not_signed_in") };
        other.get(&back).await.problem(status, code);
        assert!(house.linked(1).await.is_none());
    }
    // The same person, signed in anew.
    let body = json!({ "email": "seoyeon@school.kr", "password": coup_tests::PASSWORD });
    let mut anew = house.browser().plainly();
    anew.send(Method::POST, "/api/auth/sign-in", Some(body)).await.is(200);
    anew.cookies.insert("coup_sign_in".into(), flow);
    anew.get(&back).await.problem(409, "sign_in_expired");
    assert!(house.linked(1).await.is_none());
}

#[tokio::test]
async fn a_link_that_fails_at_the_provider_leaves_all_as_it_was() {
    let house = House::new().await;
    let mut member = house.member("seoyeon@school.kr").await;
    for (bend, words) in [(Bend::Denied, "취소됐어요"), (Bend::Nonce, "누구인지 확인할 수 없었어요")] {
        house.provider.bends(bend);
        member.links("google").await.leads_to("/me/identities");
        assert!(member.get("/me/identities").await.text.contains(words), "{bend:?}");
        assert!(linked(&mut member).await.is_empty());
    }
}

#[tokio::test]
async fn an_identity_is_unlinked_and_signs_in_no_more() {
    let house = House::new().await;
    let mut member = house.member("seoyeon@school.kr").await;
    let id = member.me().await.unwrap()["id"].clone();
    member.links("google").await.leads_to("/me/identities");
    member.send(Method::DELETE, "/api/me/identities/google", None).await.is(204);
    assert!(linked(&mut member).await.is_empty());
    member.send(Method::DELETE, "/api/me/identities/google", None).await.problem(404, "not_found");
    let mut elsewhere = house.browser();
    elsewhere.signs_in("google").await.leads_to("/studies");
    assert_ne!(elsewhere.me().await.unwrap()["id"], id);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let house = House::new().await;
    let mut person = house.browser();
    person.signs_in("google").await.leads_to("/studies");
    person.send(Method::DELETE, "/api/me/identities/google", None).await.problem(409, "last_way_in");
    assert_eq!(linked(&mut person).await, ["GOOGLE"]);
    // With another one beside it goes; then that is the last.
    person.links("github").await.leads_to("/me/identities");
    person.send(Method::DELETE, "/api/me/identities/google", None).await.is(204);
    person.send(Method::DELETE, "/api/me/identities/github", None).await.problem(409, "last_way_in");
}

#[tokio::test]
async fn of_two_who_unlink_the_last_two_at_once_one_is_refused() {
    let house = House::new().await;
    for subject in 10..20 {
        house.provider.is_asked_by(Known { subject, name: None, email: None });
        let mut person = house.browser();
        person.signs_in("google").await.leads_to("/studies");
        person.links("github").await.leads_to("/me/identities");
        let mut twin = house.browser();
        twin.cookies.clone_from(&person.cookies);
        let (one, two) = tokio::join!(
            person.send(Method::DELETE, "/api/me/identities/google", None),
            twin.send(Method::DELETE, "/api/me/identities/github", None),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
        assert_eq!(linked(&mut person).await.len(), 1);
    }
}

#[tokio::test]
async fn the_profile_shows_what_is_linked_and_asks_before_it_is_unlinked() {
    let house = House::new().await;
    let mut member = house.member("seoyeon@school.kr").await;
    let page = member.get("/me/identities").await.is(200);
    assert!(page.text.contains("연결된 계정") && page.text.contains("/me/identities/google/link"), "{}", page.text);
    let going = member.send(Method::POST, "/me/identities/google/link", None).await.is(200);
    let (_, rest) = going.text.split_once("content=\"0;url=").unwrap();
    let address = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let back = member.asks(&address).await;
    member.get(&back).await.leads_to("/me/identities");
    let page = member.get("/me/identities").await.is(200);
    assert!(page.text.contains("연결했어요") && page.text.contains("minjun@school.kr"), "{}", page.text);
    let question = member.get("/me/identities/google/unlink").await.is(200);
    assert!(question.text.contains("Google 연결을 끊을까요?"), "{}", question.text);
    member.send(Method::POST, "/me/identities/google/unlink", None).await.leads_to("/me/identities");
    assert!(member.get("/me/identities").await.text.contains("연결을 끊었어요"));
    assert_eq!(member.get("/me/identities/google/unlink").await.status, 404);

    let mut person = house.browser();
    house.provider.is_asked_by(Known::new(7, "이하준", "hajun@school.kr"));
    person.signs_in("google").await.leads_to("/studies");
    let refused = person.send(Method::POST, "/me/identities/google/unlink", None).await.is(409);
    assert!(refused.text.contains("로그인할 방법이 없어져요"), "{}", refused.text);
}

#[tokio::test]
async fn another_site_begins_no_link() {
    let house = House::new().await;
    let member = house.member("seoyeon@school.kr").await;
    let client = coup_tests::web::client().build().unwrap();
    let cookie = format!("{}={}", house.session_cookie(), member.cookies[house.session_cookie()]);
    for path in ["/me/identities/google/link", "/api/me/identities/google", "/me/identities/google/unlink"] {
        let request = client.post(format!("{}{path}", house.address)).header("cookie", &cookie);
        let answer = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
}
